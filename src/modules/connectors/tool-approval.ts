/**
 * Where the definition of a tool stands: `approved`, by a person or by a policy; `new`, the first one of this name, which nobody
 * approved; `changed`, another one than was approved or offered before; `moved`, found at a new address of the connector.
 */
export const TOOL_STATES = ['approved', 'new', 'changed', 'moved'] as const;
export type ToolState = (typeof TOOL_STATES)[number];

/** What becomes of a definition that nobody approved: it is held back, offered with a warning, or taken as approved. */
export type ToolPolicy = 'hold' | 'warn' | 'accept';

/** Who decides where no person did. Where two apply to a tool, the stricter one holds. */
export interface ToolPolicies {
  /** For the first definition of a tool. */
  first: ToolPolicy;
  /** For one that replaces another, and for all tools after the connector's URL changed. */
  changed: ToolPolicy;
  /** For tools that their server has ever marked with `destructiveHint`, on top of the two. */
  destructive: ToolPolicy;
}

/**
 * The policies for a connector. The operator vouches for servers of the catalog and changes them for everybody at once: their first tools are
 * taken as approved, and changed ones are offered with a warning at least, since nobody who uses them could judge a new release.
 */
export function policiesFor(
  source: 'own' | 'catalog' | 'system',
  policies: ToolPolicies,
): ToolPolicies {
  if (source === 'own') return policies;
  const changed = policies.changed === 'hold' ? 'warn' : policies.changed;
  return { ...policies, first: 'accept', changed };
}

/** Whether agents get a tool. */
export type ToolAdmission = 'offered' | 'warned' | 'held' | 'disabled';

/** What is known of a tool before its server is asked again. */
export interface DefinitionStanding {
  state: ToolState;
  definitionHash: string;
  /** Of the definition that was approved last; undefined where none was, or for another address. */
  approvedHash: string | undefined;
  /** Its server has ever marked it with `destructiveHint`. */
  isDestructive: boolean;
}

/** What a discovery found. */
export type FoundTool = Pick<DefinitionStanding, 'definitionHash' | 'isDestructive'>;

/** Around a discovery. */
export interface DiscoveryContext {
  policies: ToolPolicies;
  /** The connector's URL has just changed: nothing that was approved there is approved here. */
  isMoved: boolean;
  /** Tools were forgotten: a name that is not known need not be new. */
  isForgetful: boolean;
}

/** Where a definition stands after a discovery. */
export interface ToolVerdict extends DefinitionStanding {
  /** A policy has just approved it. */
  isNewlyApproved: boolean;
  /** What a change is shown against from now on: nothing, the same as before, or the definition that was stored until now. */
  reference: 'none' | 'kept' | 'replaced';
}

const STRICTNESS: readonly ToolPolicy[] = ['accept', 'warn', 'hold'];
const ADMISSIONS = { accept: 'offered', warn: 'warned', hold: 'held' } as const;

/** The policy for a definition that is not approved. */
function policyFor(
  { state, isDestructive }: Pick<DefinitionStanding, 'state' | 'isDestructive'>,
  { first, changed, destructive }: ToolPolicies,
): ToolPolicy {
  const policy = state === 'new' ? first : changed;
  if (!isDestructive) return policy;
  return STRICTNESS.indexOf(destructive) > STRICTNESS.indexOf(policy) ? destructive : policy;
}

/** Whether agents get a tool; the owner's switch comes first. */
export function admissionOf(
  tool: Pick<DefinitionStanding, 'state' | 'isDestructive'> & { isEnabled: boolean },
  policies: ToolPolicies,
): ToolAdmission {
  if (!tool.isEnabled) return 'disabled';
  return tool.state === 'approved' ? 'offered' : ADMISSIONS[policyFor(tool, policies)];
}

/** Whether agents get a tool whose definition has changed before anybody has approved that, whatever it says of itself. */
export function offersChanges(policies: ToolPolicies): boolean {
  const changed = { state: 'changed', isDestructive: true, isEnabled: true } as const;
  return admissionOf(changed, policies) !== 'held';
}

/**
 * Decides where a definition stands that a server was found to offer. The only place where a policy approves anything.
 * @param standing of the tool it takes the place of; undefined where there is none
 */
export function judgeTool(
  standing: DefinitionStanding | undefined,
  found: FoundTool,
  context: DiscoveryContext,
): ToolVerdict {
  const { definitionHash } = found;
  const isDestructive = found.isDestructive || standing?.isDestructive === true;
  const approvedHash = context.isMoved ? undefined : standing?.approvedHash;
  const approved = { definitionHash, isDestructive, state: 'approved', reference: 'none' } as const;
  if (approvedHash === definitionHash) return { ...approved, approvedHash, isNewlyApproved: false };
  const state = unapprovedState(standing, found, context);
  if (policyFor({ state, isDestructive }, context.policies) === 'accept') {
    return { ...approved, approvedHash: definitionHash, isNewlyApproved: true };
  }
  const reference = referenceFor(state, standing);
  return { state, definitionHash, approvedHash, isDestructive, isNewlyApproved: false, reference };
}

function unapprovedState(
  standing: DefinitionStanding | undefined,
  { definitionHash }: FoundTool,
  { policies, isMoved, isForgetful }: DiscoveryContext,
): ToolState {
  if (isMoved || standing?.state === 'moved') return 'moved';
  if (standing === undefined) return isForgetful ? 'changed' : 'new';
  if (standing.state !== 'new') return 'changed';
  // What was offered with a warning is known to agents, so another definition is a change; what was held back is known to nobody.
  const wasHeld = policyFor(standing, policies) === 'hold';
  return wasHeld || standing.definitionHash === definitionHash ? 'new' : 'changed';
}

function referenceFor(
  state: ToolState,
  standing: DefinitionStanding | undefined,
): ToolVerdict['reference'] {
  if (state === 'new' || standing === undefined) return 'none';
  return standing.state === 'approved' || standing.state === 'new' ? 'replaced' : 'kept';
}
