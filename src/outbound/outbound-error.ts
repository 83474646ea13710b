import { OwnError } from './own-error.ts';

/** Why a request to the outside failed. */
export type OutboundErrorCode =
  /** Not an http(s) URL, or one that carries a user name or password. */
  | 'INVALID_URL'
  /** The policy does not allow this target or the address it resolves to. */
  | 'BLOCKED_URL'
  /** The name does not resolve. */
  | 'DNS_FAILED'
  /** No connection: refused, unreachable, reset or timed out before a request was sent. */
  | 'CONNECT_FAILED'
  /** The TLS handshake failed: certificate, host name or protocol. */
  | 'TLS_FAILED'
  /** The request cannot be put on the wire, for example a header value with a line break. */
  | 'INVALID_REQUEST'
  /** The connection ended before the answer was complete. */
  | 'CONNECTION_LOST'
  /** Not an HTTP answer, or one whose content encoding cannot be read. */
  | 'INVALID_RESPONSE'
  /** The server answered 3xx; redirects are never followed. */
  | 'REDIRECT_REFUSED'
  /** More decoded bytes, or larger headers, than allowed. */
  | 'RESPONSE_TOO_LARGE';

/** Codes of failures that happen before the first byte of a request leaves. */
const BEFORE_REQUEST: ReadonlySet<OutboundErrorCode> = new Set([
  'INVALID_URL',
  'BLOCKED_URL',
  'DNS_FAILED',
  'CONNECT_FAILED',
  'TLS_FAILED',
  'INVALID_REQUEST',
]);

/** A request that was refused by the policy or failed on the way. Neither it nor its causes hold an address or upstream text. */
export class OutboundError extends OwnError {
  override readonly name = 'OutboundError';
  readonly code: OutboundErrorCode;

  constructor(code: OutboundErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }

  /** False where it is certain that no byte of the request was sent. */
  get requestSent(): boolean {
    return !BEFORE_REQUEST.has(this.code);
  }
}
