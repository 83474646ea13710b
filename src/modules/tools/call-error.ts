import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import { McpFailure, type McpFailureCode } from '../../mcp/client/mcp-failure.ts';
import { messageFor } from '../connectors/index.ts';

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

/** Failures that may have passed a moment later. */
const TRANSIENT: ReadonlySet<McpFailureCode> = new Set(['CONNECTION_FAILED', 'TIMEOUT']);

/** How far a call came. */
export interface CallState {
  connectorId: string | undefined;
  /** Seconds the call might have taken. */
  limitSeconds: number | undefined;
  /** The tool may have been run. */
  isSent: boolean;
}

/** Turns what ended a call into what its caller is told. Other errors stay as they are. */
export function callErrorOf(error: unknown, state: CallState): unknown {
  if (error instanceof McpFailure) return ofFailure(error, state);
  if (!(error instanceof AppError) || state.isSent) return error;
  return new AppError(error.code, { ...error.options, hadNoEffect: true });
}

function ofFailure(failure: McpFailure, state: CallState): AppError {
  const { code, notExecuted } = failure;
  return new AppError(CALL_ERROR[code], {
    detail: detailOf(failure, state),
    extensions: {
      connector_id: state.connectorId,
      reason: code,
      retryable: notExecuted && TRANSIENT.has(code),
      may_have_run: !notExecuted,
    },
    hadNoEffect: notExecuted,
    cause: failure,
  });
}

/** The sentences of a connection test, but for what only a call can be told. */
function detailOf({ code, notExecuted }: McpFailure, { limitSeconds }: CallState): string {
  if (notExecuted) return messageFor(code);
  if (code === 'TIMEOUT' && limitSeconds !== undefined) {
    return `The tool did not answer within the ${limitSeconds} seconds its connector allows (call_timeout_seconds). It may have run all the same.`;
  }
  if (code === 'RESPONSE_TOO_LARGE') {
    return 'The result is larger than the 10 MiB that are accepted, or the server sent a flood of messages before it. Ask the tool for less.';
  }
  return messageFor(code);
}
