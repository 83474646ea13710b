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
  /** Words of a name, and of a title, that are searched. */
  label: 12,
  /** Words of a description that are searched, where all tools together do not have too many. */
  description: 300,
  /** Words of the parameters' names that are searched, likewise. */
  parameters: 100,
  /** Words of descriptions and parameters of a whole toolset: what servers write must not decide how long a search takes. */
  toolset: 30_000,
  /** Words of a description, and of parameters, that are searched however many tools there are. */
  least: 3,
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

/** UTF-16 units that are looked at for each word that is wanted. */
const UNITS_PER_WORD = 16;

/** The first words of a text: `create_issue` is two, and `createIssue` as well, beside the one that it is. */
function firstWords(text: string, count: number): string {
  return words(text.slice(0, count * UNITS_PER_WORD))
    .slice(0, count)
    .join(' ');
}

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
    const { label, description, parameters } = shares(tools.length);
    this.#index.addAll(
      tools.map(({ name, definition, connector }, id) => ({
        id,
        name: firstWords(name, label),
        title: firstWords(definition.title ?? '', label),
        connector: firstWords(connector.name, label),
        description: firstWords(definition.description ?? '', description),
        parameters: parametersOf(definition.inputSchema, parameters),
      })),
    );
  }

  /** How many different words can be found. */
  get words(): number {
    return this.#index.termCount;
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

/** How many words of each tool are searched, where there are this many tools. */
function shares(tools: number): { label: number; description: number; parameters: number } {
  const { label, description, parameters, toolset, least } = SEARCH_LIMITS;
  const share = toolset / Math.max(1, tools) / (description + parameters);
  const part = (most: number) => Math.min(most, Math.max(least, Math.floor(share * most)));
  return { label, description: part(description), parameters: part(parameters) };
}

function parametersOf(inputSchema: { [key: string]: unknown }, count: number): string {
  const { properties } = inputSchema;
  if (typeof properties !== 'object' || properties === null) return '';
  return firstWords(Object.keys(properties).slice(0, count).join(' '), count);
}
