import type { ConnectorFault, ToolDefinition, ToolSource, ToolState } from '../connectors/index.ts';

/** How fresh the tools of one connector are. */
export interface ToolsetOutcome {
  connectorId: string;
  /** The project it belongs to; undefined for one of the user's own. */
  projectId: string | undefined;
  name: string;
  slug: string;
  credentialGeneration: number;
  outcome: 'ok' | 'stale' | 'needs_auth' | 'error';
  fault: ConnectorFault | undefined;
  /** Tools that agents get, before a list is cut. */
  toolCount: number;
  /** Tools that wait for approval. */
  heldToolCount: number;
  discoveredAt: Date;
}

/** A tool by the name agents call it. */
export interface ToolsetTool {
  id: string;
  name: string;
  connectorId: string;
  definition: ToolDefinition;
  /** Of the definition as it is stored, whatever shape it is shown in. */
  definitionHash: string;
  state: ToolState;
  /** Offered, though nobody approved its definition. */
  isWarned: boolean;
}

/** A tool that is not offered until it is approved. */
export interface HeldTool {
  name: string;
  connectorId: string;
  state: ToolState;
}

/** A user's tools as agents see them. */
export interface Toolset {
  /** Sorted by name. */
  tools: ToolsetTool[];
  /** Sorted by name. */
  held: HeldTool[];
  /** Sorted by slug. */
  outcomes: ToolsetOutcome[];
}

/** By code units, so that the order is the same on every machine: prompt caches depend on it. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function outcomeOf(source: ToolSource): ToolsetOutcome['outcome'] {
  if (source.health === 'HEALTHY') return 'ok';
  if (source.health === 'NEEDS_AUTH') return 'needs_auth';
  return source.tools.length + source.held.length === 0 ? 'error' : 'stale';
}

/** Puts the sources together in a stable order; a failing server neither delays nor empties the others. */
export function compileToolset(sources: readonly ToolSource[]): Toolset {
  return {
    tools: sources
      .flatMap(({ id, tools }) =>
        tools.map(({ exposedName, ...tool }) => ({ name: exposedName, connectorId: id, ...tool })),
      )
      .sort((a, b) => compareNames(a.name, b.name)),
    held: sources
      .flatMap(({ id, held }) =>
        held.map(({ exposedName, state }) => ({ name: exposedName, connectorId: id, state })),
      )
      .sort((a, b) => compareNames(a.name, b.name)),
    outcomes: sources
      .map((source) => ({
        connectorId: source.id,
        projectId: source.projectId,
        name: source.name,
        slug: source.slug,
        credentialGeneration: source.credentialGeneration,
        outcome: outcomeOf(source),
        fault: source.fault,
        toolCount: source.tools.length,
        heldToolCount: source.held.length,
        discoveredAt: source.discoveredAt,
      }))
      .sort((a, b) => compareNames(a.slug, b.slug)),
  };
}
