import { AppError } from '../../errors/app-error.ts';
import { Cancelled } from '../../lib/cancelled.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationFields, OperationLog } from '../../lib/operation-log.ts';
import type {
  Asking,
  CallInput,
  CallOutcome,
  CallProgress,
  DiscoveredTool,
  JsonObject,
} from '../../mcp/client/mcp-client.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { AuditTrail } from '../audit/index.ts';
import {
  type CallableTool,
  type ConnectorToolStore,
  hashOfDiscovered,
  offersChanges,
  type ToolPolicies,
} from '../connectors/index.ts';
import type { ServerRequestService } from '../sessions/index.ts';
import { type CallState, callErrorOf, type SignInLink } from './call-error.ts';
import type { CallMetrics } from './call-metrics.ts';
import type { RequestStates } from './request-states.ts';
import { placeOf, refusalOf } from './tool-availability.ts';

/** Bytes of JSON that the arguments of a call may take. */
const MAX_ARGUMENTS_BYTES = 256 * 1024;

/** A call by the namespaced name. */
export interface ToolCall {
  name: string;
  arguments: JsonObject;
  /** The definition the agent knows; any where it is undefined. */
  definitionHash?: string | undefined;
  /** Goes on with a call that asked its user: the answers, and the state as this service gave it out. */
  input?: CallInput | undefined;
}

/** How a call is given up, and who is told how far it is. */
export interface ToolCallOptions {
  /** The caller does not wait any more. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: CallProgress) => void) | undefined;
  /** How the user can be asked; undefined where the caller cannot go on with a call. */
  asking?: Asking | undefined;
}

/** What a server answered, and where it came from. */
export interface ToolCallResult {
  /** Its `state`, where it asks, is sealed to this call. */
  outcome: CallOutcome;
  connectorId: string;
  /** As the server calls it. */
  toolName: string;
  durationMs: number;
}

/** Collaborators of the {@link ToolCallService}. */
export interface ToolCallServiceDeps {
  store: Pick<ConnectorToolStore, 'findCallable'>;
  /** Asks the database, whatever `store` remembers. */
  rows: Pick<ConnectorToolStore, 'findCallable'>;
  /** What becomes of tools that their servers change. */
  policies: ToolPolicies;
  requests: Pick<ServerRequestService, 'run'>;
  states: Pick<RequestStates, 'seal' | 'open'>;
  clock: Pick<Clock, 'monotonic'>;
  log: OperationLog;
  metrics: CallMetrics;
  audit: Pick<AuditTrail, 'called'>;
  signInUrl: SignInLink;
}

/** A call under way. */
interface RunningCall {
  call: ToolCall;
  options: ToolCallOptions;
  state: CallState;
  fields: OperationFields;
}

/** Calls a user's tools. */
export class ToolCallService {
  readonly #deps: ToolCallServiceDeps;

  constructor(deps: ToolCallServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Calls the tool on its server, over the user's session.
   * @throws AppError `TOOL_NOT_FOUND`, `CONNECTOR_NOT_FOUND` (deleted meanwhile), `CONNECTOR_DISABLED`, `TOOL_DISABLED`,
   * `TOOL_NOT_APPROVED`, `TOOL_CHANGED`, `PAYLOAD_TOO_LARGE`, `REQUEST_STATE_INVALID`, `NEEDS_AUTH`, `UPSTREAM_UNREACHABLE`,
   * `UPSTREAM_INVALID`, `UPSTREAM_TIMEOUT`, `SESSION_LIMIT_REACHED`, `SESSIONS_EXHAUSTED`. A failure
   * that the tool or its server reports is a result. Cancelled where the caller's own signal ended it.
   */
  async call(
    identity: Identity,
    call: ToolCall,
    options: ToolCallOptions = {},
  ): Promise<ToolCallResult> {
    const { clock, log, metrics, audit } = this.#deps;
    const startedAt = clock.monotonic();
    const state: CallState = { connectorId: undefined, limitSeconds: undefined, isSent: false };
    let ending = 'INTERNAL';
    try {
      return await log.run('tool.call', identity, async (fields) => {
        fields.tool = call.name;
        const result = await this.#run(identity, { call, options, state, fields });
        ending = fields.outcome = logOutcome(result.outcome);
        return result;
      });
    } catch (error) {
      if (error instanceof AppError) ending = error.code;
      if (error instanceof Cancelled) ending = 'cancelled';
      throw error;
    } finally {
      const durationMs = clock.monotonic() - startedAt;
      metrics.ended(ending, durationMs);
      const { connectorId } = state;
      const { name: tool, arguments: args } = call;
      audit.called(identity, { tool, arguments: args, connectorId, outcome: ending, durationMs });
    }
  }

  async #run(identity: Identity, running: RunningCall): Promise<ToolCallResult> {
    const { state, options } = running;
    try {
      assertFits(running.call);
      const tool = await this.#findTool(this.#deps.store, identity, running);
      return await this.#send(identity, tool, running);
    } catch (error) {
      if (options.signal?.aborted) throw new Cancelled({ cause: error });
      throw callErrorOf(error, state, this.#deps);
    }
  }

  async #findTool(
    store: Pick<ConnectorToolStore, 'findCallable'>,
    identity: Identity,
    { call, fields, state }: RunningCall,
  ): Promise<CallableTool> {
    const tool = await store.findCallable(identity, call.name);
    if (tool === undefined) throw new AppError('TOOL_NOT_FOUND');
    const { connectorId, definitionHash } = tool;
    fields.connector_id = state.connectorId = connectorId;
    state.limitSeconds = tool.callTimeoutSeconds;
    const refusal = refusalOf(tool, call.definitionHash);
    if (refusal === undefined) return tool;
    throw new AppError(refusal.code, {
      extensions: {
        connector_id: connectorId,
        ...placeOf(refusal, tool),
        ...(refusal.code === 'TOOL_CHANGED' && { definition_hash: definitionHash }),
      },
    });
  }

  async #send(
    identity: Identity,
    found: CallableTool,
    running: RunningCall,
  ): Promise<ToolCallResult> {
    const { clock, requests, rows, states } = this.#deps;
    const { call, options, state: callState } = running;
    const startedAt = clock.monotonic();
    const prepare = (tool: CallableTool) => ({
      ...tool,
      input: this.#openInput(identity, tool, call),
    });
    const { outcome, tool } = await requests.run(
      identity,
      prepare(found),
      async (connection, { input, ...asked }, signal) => {
        callState.isSent = true;
        const { toolName, headerParameters } = asked;
        const onOther = (other: DiscoveredTool) => this.#assertMayRun(other, asked, call);
        const sent = {
          name: toolName,
          arguments: call.arguments,
          headerParameters,
          input,
          onOther,
        };
        const { onProgress, asking } = options;
        const answer = await connection.callTool(sent, { signal, onProgress, asking });
        return { outcome: answer, tool: asked };
      },
      {
        signal: options.signal,
        renew: async () => prepare(await this.#findTool(rows, identity, running)),
      },
    );
    const durationMs = Math.round(clock.monotonic() - startedAt);
    const owner = { tool, arguments: call.arguments };
    const asked =
      outcome.kind === 'input-required'
        ? { ...outcome, state: states.seal(identity, owner, outcome.state) }
        : outcome;
    const { connectorId, toolName } = tool;
    return { outcome: asked, connectorId, toolName, durationMs };
  }

  /**
   * Whether a tool that has changed under the call may be called all the same.
   * @throws AppError `TOOL_CHANGED`
   */
  #assertMayRun(
    other: DiscoveredTool,
    { connectorId, definitionHash }: CallableTool,
    call: ToolCall,
  ): void {
    const present = hashOfDiscovered(other);
    if (present === definitionHash) return;
    if (call.definitionHash === undefined && offersChanges(this.#deps.policies)) return;
    throw new AppError('TOOL_CHANGED', {
      extensions: { connector_id: connectorId, definition_hash: present },
      hadNoEffect: true,
    });
  }

  /** @throws AppError `REQUEST_STATE_INVALID` */
  #openInput(identity: Identity, tool: CallableTool, call: ToolCall): CallInput | undefined {
    if (call.input === undefined) return undefined;
    const { responses, state } = call.input;
    const owner = { tool, arguments: call.arguments };
    return {
      responses,
      state: state === undefined ? undefined : this.#deps.states.open(identity, owner, state),
    };
  }
}

/** @throws AppError `PAYLOAD_TOO_LARGE` */
function assertFits({ arguments: args, input }: ToolCall): void {
  const answers = input?.responses === undefined ? '' : JSON.stringify(input.responses);
  const bytes = Buffer.byteLength(JSON.stringify(args)) + Buffer.byteLength(answers);
  if (bytes <= MAX_ARGUMENTS_BYTES) return;
  throw new AppError('PAYLOAD_TOO_LARGE', {
    detail: `The arguments${answers === '' ? '' : ', with the answers of the user,'} take ${bytes} bytes of JSON; at most ${MAX_ARGUMENTS_BYTES} are accepted.`,
  });
}

function logOutcome(outcome: CallOutcome): string {
  if (outcome.kind === 'input-required') return 'input_required';
  if (outcome.kind === 'protocol-error') return 'protocol_error';
  return outcome.isError ? 'tool_error' : 'ok';
}
