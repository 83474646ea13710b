import { AppError } from '../errors/app-error.ts';
import type { Identity } from '../tenancy/caller.ts';
import { Cancelled } from './cancelled.ts';
import { causeCodes } from './cause-codes.ts';
import type { Change } from './change-context.ts';
import type { Clock } from './clock.ts';

/** The part of a pino logger that is used. */
export interface OperationLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What a log line says besides outcome and duration; ids and codes only, never a secret. */
export interface OperationFields {
  connector_id?: string;
  deployment_id?: string;
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

/** Keeps records of changes, beside the log. */
export interface ChangeTrail {
  /** Runs `work` as this change, which its transactions record; undefined: as none, inside of another one too. */
  within<Result>(change: Change | undefined, work: () => Promise<Result>): Promise<Result>;
  /** Told of each change that was not recorded by a transaction. @param error why it failed; undefined where it did not */
  ended(change: Change, outcome: string, fields: OperationFields, error?: unknown): void;
}

/** Writes one line for every operation on a connector: who, which, outcome code, duration. */
export class OperationLog {
  readonly #logger: OperationLogger;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #context: { readonly fields: object };
  readonly #trail: ChangeTrail | undefined;

  constructor(deps: {
    logger: OperationLogger;
    clock: Pick<Clock, 'monotonic'>;
    /** Fields of the request under way. */
    context: { readonly fields: object };
    /** Where there is none, changes are logged and nothing more. */
    trail?: ChangeTrail;
  }) {
    this.#logger = deps.logger;
    this.#clock = deps.clock;
    this.#context = deps.context;
    this.#trail = deps.trail;
  }

  /**
   * Runs the operation and writes its line. `fields` may be added to while it runs. Work that was given up
   * (`AbortError`) has the outcome `ABORTED`.
   * @throws whatever `work` throws.
   */
  run<Result>(
    operation: string,
    identity: Identity,
    work: (fields: OperationFields) => Promise<Result>,
  ): Promise<Result> {
    return this.#run({ operation, identity, change: undefined }, work);
  }

  /**
   * As {@link run}, for an operation that somebody has to answer for: it leaves an audit record, also where it fails. Its transaction
   * writes the record itself, with the `record` that `Database.asUser` hands to it; where none did, it is written a moment later.
   */
  change<Result>(
    operation: string,
    identity: Identity,
    work: (fields: OperationFields) => Promise<Result>,
  ): Promise<Result> {
    const change = { action: operation, identity, isRecorded: false };
    return this.#run({ operation, identity, change }, work);
  }

  async #run<Result>(
    {
      operation,
      identity,
      change,
    }: { operation: string; identity: Identity; change: Change | undefined },
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
      const trail = this.#trail;
      const inContext = () => work(fields);
      const result = await (trail === undefined ? inContext() : trail.within(change, inContext));
      const outcome = fields.outcome ?? 'ok';
      this.#logger.info(line(outcome), 'connector operation');
      if (change !== undefined) this.#trail?.ended(change, outcome, fields);
      return result;
    } catch (error) {
      if (error instanceof AppError) fields.reason ??= causeCodes(error.cause);
      const outcome = outcomeOf(error);
      this.#logger.warn(line(outcome), 'connector operation');
      if (change !== undefined) this.#trail?.ended(change, outcome, fields, error);
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
