import { OwnError } from '../../outbound/own-error.ts';

/** What can go wrong between us and a server; the verdicts of a connection test. */
export const MCP_FAILURE_CODES = [
  'INVALID_URL',
  'BLOCKED_URL',
  'CONNECTION_FAILED',
  'TIMEOUT',
  'AUTH_FAILED',
  'AUTH_REQUIRED',
  'INVALID_MCP_SERVER',
  'PROTOCOL_MISMATCH',
  'RESPONSE_TOO_LARGE',
] as const;

/** One of {@link MCP_FAILURE_CODES}. */
export type McpFailureCode = (typeof MCP_FAILURE_CODES)[number];

/** Whether a code is one of them. */
export function isMcpFailureCode(code: string): code is McpFailureCode {
  return MCP_FAILURE_CODES.some((known) => known === code);
}

/** Rights that the request needs and the token does not have (RFC 6750 `insufficient_scope`). */
export interface MissingScopes {
  /** As the server names them; one at least. */
  scopes: readonly string[];
  /** False where the last sign-in asked for all of them already: another one would change nothing. */
  mayBeGranted: boolean;
}

/** What an {@link McpFailure} carries besides its code. */
export interface McpFailureOptions {
  /** True only where it is certain that the server did not execute the request. */
  notExecuted?: boolean;
  /** The server no longer knows our session: a fresh connection may succeed. */
  sessionLost?: boolean;
  /** The HTTP status the server refused with, where it is that. */
  status?: number;
  missingScopes?: MissingScopes | undefined;
  /** Logged, never sent. Of errors that are not ours only names and codes are kept. */
  cause?: unknown;
}

/** A failed exchange with an MCP server. Every error of the SDK, of fetch and of the guard becomes one of these. */
export class McpFailure extends OwnError {
  override readonly name = 'McpFailure';
  readonly code: McpFailureCode;
  readonly notExecuted: boolean;
  readonly sessionLost: boolean;
  readonly status: number | undefined;
  readonly missingScopes: MissingScopes | undefined;

  constructor(code: McpFailureCode, options: McpFailureOptions = {}) {
    super(code, options);
    this.code = code;
    this.notExecuted = options.notExecuted ?? false;
    this.sessionLost = options.sessionLost ?? false;
    this.status = options.status;
    this.missingScopes = options.missingScopes;
  }
}

/** Statuses by which a gateway or a server says that it cannot serve anybody now. */
const NOBODY_SERVED: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Does the failure mean that the next request will probably fail as well? A refusal of credentials does not: the server answers. Neither
 * does a request that took too long, or one that was answered with a status of its own: others may fare better. Of a connect everything
 * else does.
 */
export function isOutage(
  { code, status }: McpFailure,
  { whileConnecting = false }: { whileConnecting?: boolean } = {},
): boolean {
  if (code === 'AUTH_FAILED' || code === 'AUTH_REQUIRED') return false;
  if (whileConnecting) return true;
  return code === 'CONNECTION_FAILED' && (status === undefined || NOBODY_SERVED.has(status));
}

/** Why an answer cannot be used, in our own words; the cause of a failure. */
export class UnusableAnswer extends OwnError {
  override readonly name = 'UnusableAnswer';
}
