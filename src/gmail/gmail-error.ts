/** How a request to Gmail can fail. */
export type GmailFailure =
  /** Gmail does not take the token. */
  | 'TOKEN_REFUSED'
  /** The token is good, and may not do this. */
  | 'SCOPE_MISSING'
  /** The project of the client has no Gmail API, or the account no mailbox. */
  | 'NOT_AVAILABLE'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  /** Gmail does not accept the request. */
  | 'REFUSED'
  /** No answer, or one that says "not now". */
  | 'UNREACHABLE'
  /** The answer is larger than is read. */
  | 'TOO_LARGE'
  /** The answer is not one of Gmail. */
  | 'UNREADABLE';

/** A request to Gmail that failed. Holds no text of it. */
export class GmailError extends Error {
  override readonly name = 'GmailError';
  readonly failure: GmailFailure;

  constructor(failure: GmailFailure, options: { cause?: unknown } = {}) {
    super(failure, options);
    this.failure = failure;
  }
}
