import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import type { OperationFields, OperationLog } from '../../lib/operation-log.ts';
import type { JsonObject, McpTarget, ToolOutcome } from '../../mcp/client/mcp-client.ts';
import { McpFailure, type McpFailureCode } from '../../mcp/client/mcp-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  CallableTool,
  ConnectorSecrets,
  ConnectorService,
  ConnectorToolStore,
} from '../connectors/index.ts';
import type { SessionService } from '../sessions/index.ts';

/** A call by the namespaced name. */
export interface ToolCall {
  name: string;
  arguments: JsonObject;
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
  /** Milliseconds a call may take, connect included. */
  callTimeoutMs: number;
}

/** How a failed exchange looks to the agent's backend. Never 401 or 403: those speak of our own caller. */
const CALL_ERROR: Record<McpFailureCode, ErrorCode> = {
  INVALID_URL: 'UPSTREAM_UNREACHABLE',
  BLOCKED_URL: 'UPSTREAM_UNREACHABLE',
  CONNECTION_FAILED: 'UPSTREAM_UNREACHABLE',
  TIMEOUT: 'UPSTREAM_TIMEOUT',
  AUTH_FAILED: 'NEEDS_AUTH',
  AUTH_REQUIRED: 'NEEDS_AUTH',
  INVALID_MCP_SERVER: 'UPSTREAM_INVALID',
  PROTOCOL_MISMATCH: 'UPSTREAM_INVALID',
  RESPONSE_TOO_LARGE: 'UPSTREAM_INVALID',
};

/** Calls a user's tools. */
export class ToolCallService {
  readonly #deps: ToolCallServiceDeps;

  constructor(deps: ToolCallServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Calls the tool on its server, over the user's session.
   * @throws AppError `TOOL_NOT_FOUND`, `CONNECTOR_NOT_FOUND` (deleted meanwhile), `CONNECTOR_DISABLED`, `NEEDS_AUTH`, `UPSTREAM_UNREACHABLE`, `UPSTREAM_INVALID`,
   * `UPSTREAM_TIMEOUT`. A failure that the tool or its server reports is a result.
   */
  call(identity: Identity, call: ToolCall): Promise<ToolCallResult> {
    return this.#deps.log.run('tool.call', identity, async (fields) => {
      fields.tool = call.name;
      const progress: CallProgress = { isSent: false };
      try {
        const tool = await this.#findTool(identity, call.name, fields);
        return await this.#send(identity, tool, { call, progress, fields });
      } catch (error) {
        throw translate(error, { connectorId: fields.connector_id, ...progress });
      }
    });
  }

  async #findTool(
    identity: Identity,
    name: string,
    fields: OperationFields,
  ): Promise<CallableTool> {
    const tool = await this.#deps.store.findCallable(identity, name);
    if (tool === undefined) throw new AppError('TOOL_NOT_FOUND');
    fields.connector_id = tool.connectorId;
    if (tool.intent === 'DISABLED') throw disabled(tool.connectorId);
    return tool;
  }

  async #send(
    identity: Identity,
    { connectorId, credentialGeneration, toolName }: CallableTool,
    { call, progress, fields }: { call: ToolCall; progress: CallProgress; fields: OperationFields },
  ): Promise<ToolCallResult> {
    const startedAt = this.#deps.clock.monotonic();
    const { signal, release } = startDeadline(this.#deps.clock, this.#deps.callTimeoutMs);
    const openTarget = () => this.#openTarget(identity, connectorId);
    const subject = { connectorId, credentialGeneration, openTarget };
    try {
      const outcome = await this.#deps.sessions.run(
        identity,
        subject,
        (connection) => {
          progress.isSent = true;
          const sent = { name: toolName, arguments: call.arguments };
          return connection.callTool(sent, { signal });
        },
        { signal },
      );
      fields.outcome = logOutcome(outcome);
      const durationMs = Math.round(this.#deps.clock.monotonic() - startedAt);
      return { outcome, connectorId, toolName, durationMs };
    } finally {
      release();
    }
  }

  async #openTarget(identity: Identity, connectorId: string): Promise<McpTarget> {
    const record = await this.#deps.connectors.getRecord(identity, connectorId);
    // Disabled since the tool was looked up: its sessions are closed, and none may open.
    if (record.intent === 'DISABLED') throw disabled(connectorId);
    return this.#deps.secrets.openTarget(identity, record);
  }
}

function logOutcome(outcome: ToolOutcome): string {
  if (outcome.kind === 'protocol-error') return 'protocol_error';
  return outcome.isError ? 'tool_error' : 'ok';
}

/** How far a call came. */
interface CallProgress {
  /** The tool may have been run. */
  isSent: boolean;
}

function disabled(connectorId: string): AppError {
  return new AppError('CONNECTOR_DISABLED', { extensions: { connector_id: connectorId } });
}

function translate(
  error: unknown,
  { connectorId, isSent }: CallProgress & { connectorId: string | undefined },
): unknown {
  if (error instanceof McpFailure) {
    return new AppError(CALL_ERROR[error.code], {
      extensions: { connector_id: connectorId, reason: error.code },
      hadNoEffect: error.notExecuted,
      cause: error,
    });
  }
  if (!(error instanceof AppError) || isSent) return error;
  return new AppError(error.code, { ...error.options, hadNoEffect: true });
}
