import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** One problem of a request, addressed by a JSON pointer into the part of the request it concerns. */
export interface FieldProblem {
  /** `/body/server_url`, `/query/limit`, `/headers/if-match`, `/params/connector_id`. */
  pointer: string;
  detail: string;
}

/** What an {@link AppError} may carry besides its code. */
export interface AppErrorOptions {
  /** Shown to the client, in `detail`. One or two sentences that say what to do. Never upstream text. */
  detail?: string;
  /** Shown to the client, in `errors`. */
  errors?: readonly FieldProblem[];
  /** Further public members of the problem document (RFC 9457 section 3.2). */
  extensions?: Readonly<Record<string, unknown>>;
  /** Seconds until a retry makes sense; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  /** Further headers of the answer. */
  headers?: Readonly<Record<string, string>>;
  /** The operation provably did nothing, so that it may be sent again under the same Idempotency-Key. */
  hadNoEffect?: boolean;
  /** Logged, never sent. */
  cause?: unknown;
}

/** The only error that leaves a service. Its code decides the HTTP status. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly options: AppErrorOptions;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(ERROR_CODES[code].title, { cause: options.cause });
    this.code = code;
    this.status = ERROR_CODES[code].status;
    this.options = options;
  }
}
