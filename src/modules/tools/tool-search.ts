import MiniSearch from 'minisearch';
import type { SnapshotTool } from './snapshot-tool.ts';

/** A tool that a search found. */
export interface ToolMatch {
  tool: SnapshotTool;
  /** Higher is better; comparable within one search only. */
  score: number;
}

/** Bounds of one search. */
export const SEARCH_LIMITS = {
  /** Characters of the query. */
  query: 200,
  /** Words of it that are looked for; the others are left out. */
  words: 16,
  /** Characters of a word that count. */
  word: 40,
  /** Matches that are given back. */
  matches: 50,
  /** Characters of a description that are searched. */
  description: 2_000,
  /** Parameters of a tool that are searched. */
  parameters: 50,
} as const;

/** What is searched of a tool. */
interface SearchedTool {
  id: number;
  name: string;
  title: string;
  connector: string;
  description: string;
  parameters: string;
}

/** Words of a text: `create_issue` is two, and `createIssue` as well, beside the one that it is. */
function words(text: string): string[] {
  return text
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '')
    .flatMap((word) => {
      const parts = word.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2').split(' ');
      return parts.length === 1 ? parts : [word, ...parts];
    })
    .map((word) => word.toLowerCase().slice(0, SEARCH_LIMITS.word));
}

/** Letters that may be wrong or missing. Short words have too many neighbours to guess. */
function tolerance(word: string): number {
  if (word.length < 4) return 0;
  return word.length < 8 ? 1 : 2;
}

/** Searches one toolset by words, their beginnings, and words with letters wrong. */
export class ToolIndex {
  readonly #tools: readonly SnapshotTool[];
  readonly #index: MiniSearch<SearchedTool>;

  constructor(tools: readonly SnapshotTool[]) {
    this.#tools = tools;
    this.#index = new MiniSearch<SearchedTool>({
      fields: ['name', 'title', 'connector', 'description', 'parameters'],
      tokenize: words,
      processTerm: (term) => term,
      searchOptions: {
        boost: { name: 4, title: 3, connector: 2 },
        prefix: (term) => term.length > 1,
        fuzzy: tolerance,
        weights: { prefix: 0.5, fuzzy: 0.3 },
      },
    });
    this.#index.addAll(
      tools.map(({ name, definition, connector }, id) => ({
        id,
        name,
        title: definition.title ?? '',
        connector: connector.name,
        description: (definition.description ?? '').slice(0, SEARCH_LIMITS.description),
        parameters: parametersOf(definition.inputSchema),
      })),
    );
  }

  /**
   * The tools that fit best, best first, and equally good ones in the order of the toolset.
   * @param limit at most {@link SEARCH_LIMITS}.matches
   */
  search(query: string, limit: number): ToolMatch[] {
    const wanted = [...new Set(words(query.slice(0, SEARCH_LIMITS.query)))];
    return this.#index
      .search(wanted.slice(0, SEARCH_LIMITS.words).join(' '))
      .map(({ id, score }) => ({ id: Number(id), score }))
      .sort((a, b) => b.score - a.score || a.id - b.id)
      .slice(0, Math.min(limit, SEARCH_LIMITS.matches))
      .flatMap(({ id, score }) => {
        const tool = this.#tools[id];
        return tool === undefined ? [] : [{ tool, score }];
      });
  }
}

function parametersOf(inputSchema: { [key: string]: unknown }): string {
  const { properties } = inputSchema;
  if (typeof properties !== 'object' || properties === null) return '';
  return Object.keys(properties).slice(0, SEARCH_LIMITS.parameters).join(' ');
}
