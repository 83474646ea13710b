import {
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SseError,
} from '@modelcontextprotocol/client';
import { OutboundError, type OutboundErrorCode } from '../../outbound/outbound-error.ts';
import { OwnError } from '../../outbound/own-error.ts';
import { isVersionMismatch, type JsonRpcError, NO_VALID_SESSION } from './json-rpc.ts';
import { McpFailure, type McpFailureCode, type MissingScopes } from './mcp-failure.ts';

/** What the meaning of a refusal depends on. */
export interface RefusalContext {
  /** Were credentials sent? */
  hasCredentials: boolean;
  /** Does the request belong to a session the server gave us? */
  sessionInUse: boolean;
  /** What the refusal says that the credentials lack. */
  missingScopes?: MissingScopes | undefined;
}

/** The HTTP status behind a failure; kept as its cause. */
class HttpRefusal extends OwnError {
  override readonly name = 'HttpRefusal';
  readonly status: number;

  constructor(status: number) {
    super(`The server answered with status ${status}.`);
    this.status = status;
  }
}

const OF_OUTBOUND: Record<OutboundErrorCode, McpFailureCode> = {
  INVALID_URL: 'INVALID_URL',
  BLOCKED_URL: 'BLOCKED_URL',
  DNS_FAILED: 'CONNECTION_FAILED',
  CONNECT_FAILED: 'CONNECTION_FAILED',
  TLS_FAILED: 'CONNECTION_FAILED',
  CONNECTION_LOST: 'CONNECTION_FAILED',
  // Only the credentials put values of others into a request.
  INVALID_REQUEST: 'AUTH_FAILED',
  INVALID_RESPONSE: 'INVALID_MCP_SERVER',
  REDIRECT_REFUSED: 'INVALID_MCP_SERVER',
  RESPONSE_TOO_LARGE: 'RESPONSE_TOO_LARGE',
};

/** The failure a status outside 2xx stands for. `error` is the JSON-RPC error in its body, where there is one. */
export function failureOfStatus(
  status: number,
  { hasCredentials, sessionInUse, missingScopes }: RefusalContext,
  error?: JsonRpcError,
): McpFailure {
  const cause = new HttpRefusal(status);
  const common = { cause, status };
  // RFC 9110 section 15.5.2: a request answered with 401 has not been applied.
  if (status === 401) {
    const code = hasCredentials ? 'AUTH_FAILED' : 'AUTH_REQUIRED';
    return new McpFailure(code, { ...common, notExecuted: true });
  }
  if (status === 403) return new McpFailure('AUTH_FAILED', { ...common, missingScopes });
  if (isTransient(status)) return new McpFailure('CONNECTION_FAILED', common);
  if (error !== undefined && isVersionMismatch(error)) {
    return new McpFailure('PROTOCOL_MISMATCH', common);
  }
  if (sessionInUse && status === 404) {
    return new McpFailure('INVALID_MCP_SERVER', {
      ...common,
      sessionLost: true,
      notExecuted: true,
    });
  }
  if (sessionInUse && status === 400) {
    const notExecuted = error?.code === NO_VALID_SESSION;
    return new McpFailure('INVALID_MCP_SERVER', { ...common, sessionLost: true, notExecuted });
  }
  return new McpFailure('INVALID_MCP_SERVER', common);
}

function isTransient(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** The HTTP status a failure comes from, if it comes from one. */
export function findStatus(failure: McpFailure): number | undefined {
  return failure.cause instanceof HttpRefusal ? failure.cause.status : undefined;
}

/** Deeper chains of causes are not followed. */
const MAX_CAUSES = 10;

/**
 * Turns whatever the SDK, the way out or Node threw into a failure. The SDK wraps errors, so the chain of causes is searched for
 * the first one that is understood. Types, codes and status decide, never message text.
 */
export function toMcpFailure(error: unknown, context: RefusalContext): McpFailure {
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth += 1) {
    const failure = understood(current, context);
    if (failure !== undefined) return failure;
    current = current.cause;
  }
  return new McpFailure('INVALID_MCP_SERVER', { cause: error });
}

function understood(error: Error, context: RefusalContext): McpFailure | undefined {
  if (error instanceof McpFailure) return error;
  if (error instanceof OutboundError) {
    return new McpFailure(OF_OUTBOUND[error.code], {
      cause: error,
      notExecuted: !error.requestSent,
    });
  }
  if (error instanceof SdkHttpError) return failureOfStatus(error.status, context);
  if (error instanceof SdkError) return ofSdkError(error);
  if (error instanceof ProtocolError) {
    const code = isVersionMismatch(error) ? 'PROTOCOL_MISMATCH' : 'INVALID_MCP_SERVER';
    return new McpFailure(code, { cause: error });
  }
  if (error instanceof SseError && error.code !== undefined && error.code >= 400) {
    return failureOfStatus(error.code, context);
  }
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    return new McpFailure('TIMEOUT', { cause: error });
  }
  return undefined;
}

const CONNECTION_ERRORS: ReadonlySet<SdkErrorCode> = new Set([
  SdkErrorCode.ConnectionClosed,
  SdkErrorCode.NotConnected,
  SdkErrorCode.SendFailed,
]);

function ofSdkError(error: SdkError): McpFailure | undefined {
  const cause = error;
  if (error.code === SdkErrorCode.RequestTimeout) return new McpFailure('TIMEOUT', { cause });
  if (CONNECTION_ERRORS.has(error.code)) return new McpFailure('CONNECTION_FAILED', { cause });
  if (error.code !== SdkErrorCode.EraNegotiationFailed) {
    return new McpFailure('INVALID_MCP_SERVER', { cause });
  }
  // The reason is its cause; without one the two share no era.
  return error.cause === undefined ? new McpFailure('PROTOCOL_MISMATCH', { cause }) : undefined;
}
