import {
  type DefinitionStanding,
  type DiscoveryContext,
  judgeTool,
  type ToolVerdict,
} from './tool-approval.ts';
import { exposedNames, likenessOf } from './tool-names.ts';

/** A tool that is stored, or one that was and is remembered. */
export interface KnownTool extends DefinitionStanding {
  name: string;
  exposedName: string;
}

/** Where a tool that was found comes from. */
export interface PlannedTool<Found, Known> {
  found: Found;
  exposedName: string;
  verdict: ToolVerdict;
  /** The stored row that it replaces; undefined where it gets a new one. */
  stored: Known | undefined;
  /** The tool whose standing it has: the stored one, one that came back, or one whose place it takes under a similar name. */
  origin: Known | undefined;
}

/** What a discovery makes of a connector's tools. */
export interface ToolPlan<Found, Known> {
  tools: PlannedTool<Found, Known>[];
  /** Stored, and not offered any more: to be remembered. */
  removed: Known[];
  /** Remembered, and offered again: to be remembered no more. */
  returned: Known[];
}

/** What a discovery meets. */
export interface ToolPlanInput<Found, Known> {
  slug: string;
  found: readonly Found[];
  stored: readonly Known[];
  /** Removed earlier; names of stored tools are not among them. */
  remembered: readonly Known[];
  context: DiscoveryContext;
}

/**
 * Decides for all tools that a server was found to offer: what each takes the place of, where its definition stands, and the name agents
 * call it by. Pure. No tool gets the name of another one that agents may still call, be it long removed.
 */
export function planTools<
  Found extends { name: string; definitionHash: string; isDestructive: boolean },
  Known extends KnownTool,
>({
  slug,
  found,
  stored,
  remembered,
  context,
}: ToolPlanInput<Found, Known>): ToolPlan<Found, Known> {
  const names = new Set(found.map(({ name }) => name));
  const isFound = ({ name }: Known) => names.has(name);
  const gone = [...stored, ...remembered].filter((tool) => !isFound(tool));
  const storedByName = byName(stored);
  const rememberedByName = byName(remembered);
  const goneByLikeness = new Map(gone.toReversed().map((tool) => [likenessOf(tool.name), tool]));
  const known = [...stored, ...remembered].filter(isFound);
  const exposed = exposedNames(
    slug,
    [...names],
    new Map(known.map((tool) => [tool.name, tool.exposedName])),
    gone.map(({ exposedName }) => exposedName),
  );
  const tools = found.map((tool) => {
    const { name } = tool;
    const row = storedByName.get(name);
    const origin = row ?? rememberedByName.get(name) ?? goneByLikeness.get(likenessOf(name));
    const verdict = judgeTool(origin, tool, context);
    return { found: tool, exposedName: exposed.get(name) ?? name, verdict, stored: row, origin };
  });
  return {
    tools,
    removed: stored.filter((tool) => !isFound(tool)),
    returned: remembered.filter(isFound),
  };
}

function byName<Known extends KnownTool>(tools: readonly Known[]): Map<string, Known> {
  return new Map(tools.map((tool) => [tool.name, tool]));
}
