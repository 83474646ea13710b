import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import type { JsonObject, McpTarget, ToolOutcome } from '../../mcp/client/mcp-client.ts';
import { McpFailure, type McpFailureCode } from '../../mcp/client/mcp-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  ConnectorSecrets,
  ConnectorService,
  ConnectorToolStore,
} from '../connectors/index.ts';
import { messageFor } from '../connectors/index.ts';
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
      const tool = await this.#deps.store.findCallable(identity, call.name);
      if (tool === undefined) throw new AppError('TOOL_NOT_FOUND');
      const { connectorId, credentialGeneration, toolName } = tool;
      fields.connector_id = connectorId;
      const extensions = { connector_id: connectorId };
      if (tool.intent === 'DISABLED') throw new AppError('CONNECTOR_DISABLED', { extensions });
      const startedAt = this.#deps.clock.monotonic();
      const { signal, release } = startDeadline(this.#deps.clock, this.#deps.callTimeoutMs);
      const outcome = await this.#deps.sessions
        .run(
          identity,
          {
            connectorId,
            credentialGeneration,
            openTarget: () => this.#openTarget(identity, connectorId),
          },
          (connection) =>
            connection.callTool({ name: toolName, arguments: call.arguments }, { signal }),
          { signal },
        )
        .catch((error: unknown) => {
          throw translate(error, connectorId);
        })
        .finally(release);
      fields.outcome = logOutcome(outcome);
      const durationMs = Math.round(this.#deps.clock.monotonic() - startedAt);
      return { outcome, connectorId, toolName, durationMs };
    });
  }

  async #openTarget(identity: Identity, connectorId: string): Promise<McpTarget> {
    const record = await this.#deps.connectors.getRecord(identity, connectorId);
    // Disabled since the tool was looked up: its sessions are closed, and none may open.
    if (record.intent === 'DISABLED') {
      throw new AppError('CONNECTOR_DISABLED', { extensions: { connector_id: connectorId } });
    }
    return this.#deps.secrets.openTarget(identity, record);
  }
}

function logOutcome(outcome: ToolOutcome): string {
  if (outcome.kind === 'protocol-error') return 'protocol_error';
  return outcome.isError ? 'tool_error' : 'ok';
}

function translate(error: unknown, connectorId: string): unknown {
  if (!(error instanceof McpFailure)) return error;
  return new AppError(CALL_ERROR[error.code], {
    detail: messageFor(error.code),
    extensions: { connector_id: connectorId, reason: error.code },
    hadNoEffect: error.notExecuted,
    cause: error,
  });
}
