import { AppError } from '../errors/app-error.ts';
import type { Identity } from '../tenancy/caller.ts';
import { Cancelled } from './cancelled.ts';
import { causeCodes } from './cause-codes.ts';
import type { Clock } from './clock.ts';

/** The part of a pino logger that is used. */
export interface OperationLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What a log line says besides outcome and duration; ids and codes only, never a secret. */
export interface OperationFields {
  connector_id?: string;
  /** Key of a catalog entry. */
  entry?: string;
  tool?: string;
  tool_id?: string;
  /** How many tools it was about. */
  tools?: number;
  /** How many entries of a file it was about, and how many of them it brought in. */
  entries?: number;
  imported?: number;
  /** What a tool was switched to. */
  enabled?: boolean;
  /** SHA-256 of the definition that somebody approved, hex. */
  approved_hash?: string;
  /** The user an operator's action is about. */
  for_user?: string;
  /** Scheme, host and port of the server. */
  origin?: string;
  /** Overrides the outcome `ok`, for operations that succeed in reporting a failure. */
  outcome?: string;
  attempts?: number;
  /** Why, in codes, where the outcome alone does not tell: as {@link causeCodes}. */
  reason?: string | undefined;
}

/** Writes one line for every operation on a connector: who, which, outcome code, duration. */
export class OperationLog {
  readonly #logger: OperationLogger;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #context: { readonly fields: object };

  constructor(deps: {
    logger: OperationLogger;
    clock: Pick<Clock, 'monotonic'>;
    /** Fields of the request under way. */
    context: { readonly fields: object };
  }) {
    this.#logger = deps.logger;
    this.#clock = deps.clock;
    this.#context = deps.context;
  }

  /**
   * Runs the operation and writes its line. `fields` may be added to while it runs. Work that was given up
   * (`AbortError`) has the outcome `ABORTED`.
   * @throws whatever `work` throws.
   */
  async run<Result>(
    operation: string,
    identity: Identity,
    work: (fields: OperationFields) => Promise<Result>,
  ): Promise<Result> {
    const fields: OperationFields = {};
    const startedAt = this.#clock.monotonic();
    const line = (outcome: string) => ({
      ...this.#context.fields,
      operation,
      tenant_id: identity.tenantId,
      user_id: identity.userId,
      ...(identity.projectId !== undefined && { project_id: identity.projectId }),
      ...fields,
      outcome,
      duration_ms: Math.round(this.#clock.monotonic() - startedAt),
    });
    try {
      const result = await work(fields);
      this.#logger.info(line(fields.outcome ?? 'ok'), 'connector operation');
      return result;
    } catch (error) {
      if (error instanceof AppError) fields.reason ??= causeCodes(error.cause);
      this.#logger.warn(line(outcomeOf(error)), 'connector operation');
      throw error;
    }
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  if (error instanceof Cancelled) return 'cancelled';
  // Its client left: nothing went wrong here.
  return error instanceof DOMException && error.name === 'AbortError' ? 'ABORTED' : 'INTERNAL';
}
