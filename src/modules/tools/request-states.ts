import { createHash } from 'node:crypto';
import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { JsonObject } from '../../mcp/client/mcp-client.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { CallableTool } from '../connectors/index.ts';
import { type SealContext, SealError, type SealedBox } from '../credentials/index.ts';

/** Milliseconds a user has to answer what a tool asked. */
const REQUEST_STATE_MS = 10 * 60_000;
/** Characters of a state that was given out: at most 32 KiB of a server, sealed and in Base64. */
const MAX_LENGTH = 48 * 1024;

/** The call that a state belongs to. */
export interface StateOwner {
  tool: Pick<CallableTool, 'connectorId' | 'credentialGeneration' | 'toolName'>;
  arguments: JsonObject;
}

/** Collaborators of {@link RequestStates}. */
export interface RequestStatesDeps {
  box: Pick<SealedBox, 'seal' | 'open'>;
  clock: Pick<Clock, 'now'>;
}

/**
 * The state of a call that waits for its user, kept by the client, so that any replica can go on with the call (MCP 2026-07-28, Multi
 * Round-Trip Requests). The server's own state is sealed in it to user, connector, its present address and credentials, tool, arguments
 * and time: it can be sent back to the server that gave it for this very call, and nowhere else. Until it expires it can be used again,
 * so a server that must not see a state twice has to remember it.
 */
export class RequestStates {
  readonly #deps: RequestStatesDeps;

  constructor(deps: RequestStatesDeps) {
    this.#deps = deps;
  }

  /** @param state the server's own; undefined where it gave none */
  seal(identity: Identity, owner: StateOwner, state: string | undefined): string {
    const until = this.#deps.clock.now().getTime() + REQUEST_STATE_MS;
    const marked = state === undefined ? '' : `=${state}`;
    return this.#deps.box.seal(`${until}${marked}`, contextOf(identity, owner));
  }

  /**
   * @returns the server's own state
   * @throws AppError `REQUEST_STATE_INVALID` for a state that was not given out for this call, or has expired
   */
  open(identity: Identity, owner: StateOwner, sealed: string): string | undefined {
    const text = this.#open(identity, owner, sealed);
    const end = text.indexOf('=');
    const until = Number(end === -1 ? text : text.slice(0, end));
    if (!(this.#deps.clock.now().getTime() < until)) throw new AppError('REQUEST_STATE_INVALID');
    return end === -1 ? undefined : text.slice(end + 1);
  }

  #open(identity: Identity, owner: StateOwner, sealed: string): string {
    if (sealed.length > MAX_LENGTH) throw new AppError('REQUEST_STATE_INVALID');
    try {
      return this.#deps.box.open(sealed, contextOf(identity, owner));
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      throw new AppError('REQUEST_STATE_INVALID', { cause: error });
    }
  }
}

function contextOf(
  { tenantId, userId }: Identity,
  { tool, arguments: args }: StateOwner,
): SealContext {
  const { connectorId, credentialGeneration, toolName } = tool;
  const hash = createHash('sha256').update(canonicalJson(args)).digest('hex');
  return {
    table: 'mcp_calls',
    column: 'request_state',
    tenantId,
    owner: `user:${userId}`,
    rowId: JSON.stringify([connectorId, credentialGeneration, toolName.toWellFormed(), hash]),
    url: '-',
  };
}

/** The same for the same arguments, in whatever order a client writes their names. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
