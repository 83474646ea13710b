import { cleanText } from '../../mcp/client/untrusted-text.ts';
import type { ToolDefinition } from '../connectors/index.ts';
import { rankTools } from './tool-ranking.ts';
import { compareNames, type Toolset, type ToolsetOutcome, type ToolsetTool } from './toolset.ts';

/** A tool the user can choose in a chat. */
export interface ComposerEntry {
  /** The namespaced name. */
  id: string;
  /** As the server calls the tool, in one line. Untrusted. */
  toolLabel: string;
  /** As its owner called the connector, in one line. */
  connectorLabel: string;
}

/** The menu of a chat. */
export interface ComposerMenu {
  /** Sorted by id. */
  entries: ComposerEntry[];
  /** Tools that found no place. */
  omitted: number;
  outcomes: ToolsetOutcome[];
}

/** Characters that a menu has room for. */
const MAX_LABEL = 48;

/**
 * Puts the menu together. Pure.
 * @param limit entries at most, at least 1
 */
export function composeMenu(toolset: Toolset, limit: number): ComposerMenu {
  const connectors = new Map(toolset.outcomes.map((one) => [one.connectorId, one]));
  const offered = rankTools(toolset, undefined).flatMap((tool) => {
    const connector = connectors.get(tool.connectorId);
    return connector === undefined || connector.outcome === 'needs_auth'
      ? []
      : [{ tool, connectorLabel: labelOf(connector.name) ?? connector.slug }];
  });
  const kept = offered.slice(0, limit).sort((a, b) => compareNames(a.tool.name, b.tool.name));
  const entries = kept.map(({ tool, connectorLabel }) => ({
    id: tool.name,
    toolLabel: toolLabelOf(tool),
    connectorLabel,
  }));
  return {
    entries: tellApart(entries),
    omitted: offered.length - kept.length,
    outcomes: toolset.outcomes,
  };
}

/** What its server calls the tool; a name without a title as words. */
function toolLabelOf({ name, definition }: ToolsetTool): string {
  const own = ownNameOf(name);
  const words = labelOf(own.replaceAll(/[_-]+/g, ' '));
  return titleOf(definition) ?? (words && words.charAt(0).toUpperCase() + words.slice(1)) ?? name;
}

function ownNameOf(name: string): string {
  return name.slice(name.indexOf('__') + 2);
}

function titleOf({ title, annotations }: ToolDefinition): string | undefined {
  const hint = annotations?.['title'];
  return labelOf(title) ?? (typeof hint === 'string' ? labelOf(hint) : undefined);
}

/** One visible line, cut to what a menu has room for; undefined where nothing is left. */
function labelOf(text = ''): string | undefined {
  const line = cleanText(text, text.length).replaceAll(/\s+/g, ' ').trim();
  if (line === '') return undefined;
  return line.length <= MAX_LABEL ? line : `${cleanText(line, MAX_LABEL - 1).trimEnd()}…`;
}

/** Two entries must not look alike, or the user would choose blindly: those that would get their names as well. */
function tellApart(entries: readonly ComposerEntry[]): ComposerEntry[] {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(looks(entry), (counts.get(looks(entry)) ?? 0) + 1);
  return entries.map((entry) => {
    if (counts.get(looks(entry)) === 1) return entry;
    return { ...entry, toolLabel: `${entry.toolLabel} (${entry.id})` };
  });
}

function looks({ connectorLabel, toolLabel }: ComposerEntry): string {
  return `${connectorLabel}: ${toolLabel}`.normalize('NFKC').toLowerCase();
}
