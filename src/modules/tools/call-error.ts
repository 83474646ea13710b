import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import { McpFailure, type McpFailureCode } from '../../mcp/client/mcp-failure.ts';
import { ServiceStopping } from '../sessions/index.ts';

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

/** The page of the frontend where a user signs in to a connector; undefined where the operator has named none. */
export type SignInLink = (connectorId: string) => string | undefined;

/** Turns what ended a call into what its caller is told. Other errors stay as they are. */
export function callErrorOf(
  error: unknown,
  state: CallState,
  { signInUrl }: { signInUrl: SignInLink },
): unknown {
  if (error instanceof McpFailure) return ofFailure(error, state, signInUrl);
  if (!(error instanceof AppError) || state.isSent) return error;
  return new AppError(error.code, { ...error.options, hadNoEffect: true });
}

function ofFailure(failure: McpFailure, state: CallState, signInUrl: SignInLink): AppError {
  const { code, notExecuted, missingScopes } = failure;
  const { connectorId } = state;
  const isSignIn =
    CALL_ERROR[code] === 'NEEDS_AUTH' &&
    connectorId !== undefined &&
    missingScopes?.mayBeGranted !== false;
  const signInLink = isSignIn ? signInUrl(connectorId) : undefined;
  const detail =
    signInLink === undefined ? detailOf(failure, state) : signInDetail(failure, signInLink);
  return new AppError(CALL_ERROR[code], {
    ...(detail !== undefined && { detail }),
    extensions: {
      connector_id: state.connectorId,
      reason: code,
      retryable: notExecuted && TRANSIENT.has(code),
      may_have_run: !notExecuted,
      ...(signInLink !== undefined && { sign_in_url: signInLink }),
      ...(missingScopes !== undefined && { missing_scopes: missingScopes.scopes }),
    },
    hadNoEffect: notExecuted,
    cause: failure,
  });
}

/** In the text as well, because that is what agents read. */
function signInDetail({ missingScopes }: McpFailure, link: string): string {
  if (missingScopes !== undefined) {
    return `The server wants more rights than its owner has granted. They can be granted by signing in again at ${link}`;
  }
  return `The server refused its credentials. Its owner can sign in or enter new ones at ${link}`;
}

/** What only this call can be told; undefined where the catalogue says all. */
function detailOf(
  { code, notExecuted, missingScopes, cause }: McpFailure,
  { limitSeconds }: CallState,
): string | undefined {
  if (missingScopes?.mayBeGranted === false) {
    return 'The server wants rights that its owner does not get there, although the sign-in asked for them.';
  }
  if (missingScopes !== undefined) {
    return 'The server wants more rights than its owner has granted. They are asked for in the next sign-in.';
  }
  if (notExecuted) return undefined;
  if (cause instanceof ServiceStopping) {
    return 'The service is stopping, and could not wait for the tool any longer. It may have run all the same.';
  }
  if (code === 'TIMEOUT' && limitSeconds !== undefined) {
    return `The tool did not answer within the ${limitSeconds} seconds its connector allows (call_timeout_seconds). It may have run all the same.`;
  }
  if (code === 'RESPONSE_TOO_LARGE') {
    return 'The result is larger than the 10 MiB that are accepted, or the server sent a flood of messages before it. Ask the tool for less.';
  }
  return undefined;
}
