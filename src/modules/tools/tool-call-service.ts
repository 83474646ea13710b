import { AppError } from '../../errors/app-error.ts';
import { Cancelled } from '../../lib/cancelled.ts';
import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import type { OperationFields, OperationLog } from '../../lib/operation-log.ts';
import { type LinkedSignal, linkSignals } from '../../mcp/client/linked-signal.ts';
import type {
  CallProgress,
  JsonObject,
  McpTarget,
  ToolOutcome,
} from '../../mcp/client/mcp-client.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  CallableTool,
  ConnectorSecrets,
  ConnectorService,
  ConnectorToolStore,
} from '../connectors/index.ts';
import type { SessionService } from '../sessions/index.ts';
import { type CallState, callErrorOf } from './call-error.ts';
import type { CallMetrics } from './call-metrics.ts';

/** Bytes of JSON that the arguments of a call may take. */
const MAX_ARGUMENTS_BYTES = 256 * 1024;

/** A call by the namespaced name. */
export interface ToolCall {
  name: string;
  arguments: JsonObject;
  /** The definition the agent knows; any where it is undefined. */
  definitionHash?: string | undefined;
}

/** How a call is given up, and who is told how far it is. */
export interface ToolCallOptions {
  /** The caller does not wait any more. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: CallProgress) => void) | undefined;
}

/** What a server answered, and where it came from. */
export interface ToolCallResult {
  outcome: ToolOutcome;
  connectorId: string;
  /** As the server calls it. */
  toolName: string;
  durationMs: number;
}

/** Collaborators of the {@link ToolCallService}. */
export interface ToolCallServiceDeps {
  store: Pick<ConnectorToolStore, 'findCallable'>;
  connectors: Pick<ConnectorService, 'getRecord'>;
  secrets: Pick<ConnectorSecrets, 'openTarget'>;
  sessions: Pick<SessionService, 'run'>;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  log: OperationLog;
  metrics: CallMetrics;
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
  readonly #stopping = new AbortController();

  constructor(deps: ToolCallServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Calls the tool on its server, over the user's session.
   * @throws AppError `TOOL_NOT_FOUND`, `CONNECTOR_NOT_FOUND` (deleted meanwhile), `CONNECTOR_DISABLED`, `TOOL_CHANGED`, `PAYLOAD_TOO_LARGE`,
   * `NEEDS_AUTH`, `UPSTREAM_UNREACHABLE`, `UPSTREAM_INVALID`, `UPSTREAM_TIMEOUT`, `SESSION_LIMIT_REACHED`, `SESSIONS_EXHAUSTED`. A failure
   * that the tool or its server reports is a result. Cancelled where the caller's own signal ended it.
   */
  async call(
    identity: Identity,
    call: ToolCall,
    options: ToolCallOptions = {},
  ): Promise<ToolCallResult> {
    const { clock, log, metrics } = this.#deps;
    const startedAt = clock.monotonic();
    let ending = 'INTERNAL';
    try {
      return await log.run('tool.call', identity, async (fields) => {
        fields.tool = call.name;
        const state = { connectorId: undefined, limitSeconds: undefined, isSent: false };
        const result = await this.#run(identity, { call, options, state, fields });
        ending = fields.outcome = logOutcome(result.outcome);
        return result;
      });
    } catch (error) {
      if (error instanceof AppError) ending = error.code;
      if (error instanceof Cancelled) ending = 'cancelled';
      throw error;
    } finally {
      metrics.ended(ending, clock.monotonic() - startedAt);
    }
  }

  /** Ends every call under way, and every later one: the service cannot wait for them. */
  abortAll(): void {
    this.#stopping.abort(new DOMException('The service is stopping.', 'AbortError'));
  }

  async #run(identity: Identity, running: RunningCall): Promise<ToolCallResult> {
    const { state, options } = running;
    try {
      assertFits(running.call.arguments);
      const tool = await this.#findTool(identity, running);
      return await this.#send(identity, tool, running);
    } catch (error) {
      if (options.signal?.aborted) throw new Cancelled({ cause: error });
      throw callErrorOf(error, state);
    }
  }

  async #findTool(identity: Identity, { call, fields, state }: RunningCall): Promise<CallableTool> {
    const tool = await this.#deps.store.findCallable(identity, call.name);
    if (tool === undefined) throw new AppError('TOOL_NOT_FOUND');
    const { connectorId, definitionHash } = tool;
    fields.connector_id = state.connectorId = connectorId;
    state.limitSeconds = tool.callTimeoutSeconds;
    if (tool.intent === 'DISABLED') throw disabled(connectorId);
    if (call.definitionHash !== undefined && call.definitionHash !== definitionHash) {
      throw new AppError('TOOL_CHANGED', {
        extensions: { connector_id: connectorId, definition_hash: definitionHash },
      });
    }
    return tool;
  }

  async #send(
    identity: Identity,
    { connectorId, credentialGeneration, toolName, callTimeoutSeconds }: CallableTool,
    { call, options, state }: RunningCall,
  ): Promise<ToolCallResult> {
    const { clock, sessions } = this.#deps;
    const startedAt = clock.monotonic();
    const deadline = startDeadline(clock, callTimeoutSeconds * 1000);
    const given = options.signal && cancelledBy(options.signal);
    const linked = linkSignals([deadline.signal, given?.signal, this.#stopping.signal]);
    const { signal } = linked;
    const openTarget = () => this.#openTarget(identity, connectorId);
    const subject = { connectorId, credentialGeneration, openTarget };
    try {
      const outcome = await sessions.run(
        identity,
        subject,
        (connection) => {
          state.isSent = true;
          const sent = { name: toolName, arguments: call.arguments };
          return connection.callTool(sent, { signal, onProgress: options.onProgress });
        },
        { signal },
      );
      const durationMs = Math.round(clock.monotonic() - startedAt);
      return { outcome, connectorId, toolName, durationMs };
    } finally {
      linked.release();
      given?.release();
      deadline.release();
    }
  }

  async #openTarget(identity: Identity, connectorId: string): Promise<McpTarget> {
    const record = await this.#deps.connectors.getRecord(identity, connectorId);
    // Disabled since the tool was looked up: its sessions are closed, and none may open.
    if (record.intent === 'DISABLED') throw disabled(connectorId);
    return this.#deps.secrets.openTarget(identity, record);
  }
}

/** Follows the caller's signal, and says that it was the caller. */
function cancelledBy(source: AbortSignal): Pick<LinkedSignal, 'signal' | 'release'> {
  const controller = new AbortController();
  const onAbort = () => controller.abort(new Cancelled({ cause: source.reason }));
  if (source.aborted) onAbort();
  else source.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    release: () => source.removeEventListener('abort', onAbort),
  };
}

/** @throws AppError `PAYLOAD_TOO_LARGE` */
function assertFits(args: JsonObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(args));
  if (bytes <= MAX_ARGUMENTS_BYTES) return;
  throw new AppError('PAYLOAD_TOO_LARGE', {
    detail: `The arguments take ${bytes} bytes of JSON; at most ${MAX_ARGUMENTS_BYTES} are accepted.`,
  });
}

function logOutcome(outcome: ToolOutcome): string {
  if (outcome.kind === 'protocol-error') return 'protocol_error';
  return outcome.isError ? 'tool_error' : 'ok';
}

function disabled(connectorId: string): AppError {
  return new AppError('CONNECTOR_DISABLED', { extensions: { connector_id: connectorId } });
}
