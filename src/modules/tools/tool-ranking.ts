import type { Toolset, ToolsetOutcome, ToolsetTool } from './toolset.ts';

/** What to keep first where not all tools fit: tools that work now, then those that may, then those that will fail. */
const BY_OUTCOME: readonly ToolsetOutcome['outcome'][] = ['ok', 'stale', 'needs_auth', 'error'];

/**
 * The order in which tools are kept where a list must be cut: the selected one; then connectors by how well they are; among equals
 * one tool of each connector in turn, so that no connector with many tools crowds out the others. Connectors come by slug and
 * their tools by name, so that the same tools are cut every time.
 */
export function rankTools(
  { tools, outcomes }: Toolset,
  selected: string | undefined,
): ToolsetTool[] {
  const byConnector = new Map<string, ToolsetTool[]>();
  for (const tool of tools) {
    const own = byConnector.get(tool.connectorId) ?? [];
    byConnector.set(tool.connectorId, own);
    own.push(tool);
  }
  const ranked = BY_OUTCOME.flatMap((wanted) =>
    takeTurns(
      outcomes
        .filter(({ outcome }) => outcome === wanted)
        .map(({ connectorId }) => byConnector.get(connectorId) ?? []),
    ),
  );
  if (selected === undefined) return ranked;
  return [
    ...ranked.filter(({ name }) => name === selected),
    ...ranked.filter(({ name }) => name !== selected),
  ];
}

/** The first of each list, then the second of each, and so on. */
function takeTurns<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const rounds = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) =>
    lists.flatMap((list) => list.slice(round, round + 1)),
  ).flat();
}
