import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { SealContext, SealedBox } from '../credentials/index.ts';
import type { IdempotencySlot, IdempotencyStore } from './idempotency-store.ts';

/** An answer that can be given again. */
export interface StoredReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

/** A request that must not run twice. */
export interface IdempotentRequest {
  slot: IdempotencySlot;
  /** SHA-256 of everything that makes the request what it is, hex. */
  requestHash: string;
  /**
   * Whether a request that failed or broke off may run again. Otherwise its error is kept like an answer, and a request
   * that broke off stays in progress until the key expires.
   */
  repeatable: boolean;
  work: () => Promise<StoredReply>;
}

/** Keys live for an hour. */
const TTL_MS = 60 * 60 * 1000;
/** Characters of an answer that is kept; a larger one is only known to have been given. */
const MAX_KEPT_LENGTH = 64 * 1024;
/** Keys of one caller at a time. */
const MAX_LIVE_KEYS = 10_000;
/** Longer than any request may run; after that a repeatable one has broken off. */
const ABANDONED_AFTER_MS = 2 * 60 * 1000;

/** Makes retries safe: the first request with a key runs, the others get its answer. */
export class IdempotencyService {
  readonly #store: IdempotencyStore;
  readonly #box: Pick<SealedBox, 'seal' | 'open' | 'fingerprints'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #onAnswerLost: (error: unknown) => void;

  constructor(deps: {
    store: IdempotencyStore;
    /** Answers are sealed: they may hold what a tool returned. */
    box: Pick<SealedBox, 'seal' | 'open' | 'fingerprints'>;
    clock: Pick<Clock, 'now'>;
    /** Told, for the log, of an answer that could not be kept: its key stays in progress until it expires. */
    onAnswerLost: (error: unknown) => void;
  }) {
    this.#store = deps.store;
    this.#box = deps.box;
    this.#clock = deps.clock;
    this.#onAnswerLost = deps.onAnswerLost;
  }

  /**
   * @returns the answer, and whether it is that of an earlier request.
   * @throws AppError `IDEMPOTENCY_KEY_REUSED`, `IDEMPOTENCY_IN_PROGRESS`, `IDEMPOTENCY_NOT_REPLAYABLE`, `RATE_LIMITED`
   * where the caller has too many live keys, or what `work` throws.
   */
  async run(request: IdempotentRequest): Promise<{ reply: StoredReply; replayed: boolean }> {
    const { slot, requestHash, repeatable } = request;
    const now = this.#clock.now();
    if ((await this.#store.countLive(slot.identity, now)) >= MAX_LIVE_KEYS) {
      throw new AppError('RATE_LIMITED', { detail: TOO_MANY_KEYS, retryAfterSeconds: 60 });
    }
    const expiresAt = new Date(now.getTime() + (repeatable ? ABANDONED_AFTER_MS : TTL_MS));
    // Keyed, because a body may hold a secret that could be guessed from a plain hash.
    const fingerprints = this.#box.fingerprints(requestHash);
    const claim = { requestHash: String(fingerprints[0]), now, expiresAt };
    const first = await this.#store.begin(slot, claim);
    if (first === undefined) {
      return { reply: await this.#runFirst(request, expiresAt), replayed: false };
    }
    if (!fingerprints.includes(first.requestHash)) throw new AppError('IDEMPOTENCY_KEY_REUSED');
    if (first.sealed === undefined) {
      throw new AppError('IDEMPOTENCY_IN_PROGRESS', { retryAfterSeconds: 1 });
    }
    // The seal proves that the text is one #keep wrote.
    const kept = JSON.parse(this.#box.open(first.sealed, sealContext(slot))) as Kept;
    if ('isTooLarge' in kept) throw new AppError('IDEMPOTENCY_NOT_REPLAYABLE');
    if ('error' in kept) {
      const headers = { 'idempotency-replayed': 'true' };
      throw new AppError(kept.error.code, { ...kept.error.options, headers });
    }
    return { reply: kept.reply, replayed: true };
  }

  /** Deletes expired records, a batch at a time. @returns how many were deleted. */
  deleteExpired(): Promise<number> {
    return this.#store.deleteExpired(this.#clock.now());
  }

  async #runFirst(
    { slot, repeatable, work }: IdempotentRequest,
    claimedUntil: Date,
  ): Promise<StoredReply> {
    let reply: StoredReply;
    try {
      reply = await work();
    } catch (error) {
      // Where even that fails, the slot stays taken until its claim expires; the caller needs the first error.
      await this.#settleFailure(slot, { repeatable, error, claimedUntil }).catch(
        this.#onAnswerLost,
      );
      throw error;
    }
    // The work is done: its answer goes out, whatever becomes of the record.
    await this.#keep(slot, { reply }, claimedUntil).catch(this.#onAnswerLost);
    return reply;
  }

  /** What was refused before it ran may be sent again; what may have run must not. */
  async #settleFailure(
    slot: IdempotencySlot,
    failure: { repeatable: boolean; error: unknown; claimedUntil: Date },
  ): Promise<void> {
    const { repeatable, error, claimedUntil } = failure;
    const isRefusal =
      error instanceof AppError && (error.status < 500 || error.options.hadNoEffect === true);
    if (repeatable || isRefusal) return await this.#store.release(slot, claimedUntil);
    const { code, options } = error instanceof AppError ? error : new AppError('INTERNAL');
    const { cause: _cause, ...shown } = options;
    await this.#keep(slot, { error: { code, options: shown } }, claimedUntil);
  }

  async #keep(slot: IdempotencySlot, kept: Kept, claimedUntil: Date): Promise<void> {
    const expiresAt = new Date(this.#clock.now().getTime() + TTL_MS);
    const text = JSON.stringify(kept);
    const kind = text.length > MAX_KEPT_LENGTH ? JSON.stringify(TOO_LARGE) : text;
    const sealed = this.#box.seal(kind, sealContext(slot));
    await this.#store.finish(slot, { sealed, expiresAt }, claimedUntil);
  }
}

type Kept =
  | { reply: StoredReply }
  | { isTooLarge: true }
  | { error: { code: AppError['code']; options: Omit<AppError['options'], 'cause'> } };

const TOO_LARGE: Kept = { isTooLarge: true };
const TOO_MANY_KEYS = 'Too many Idempotency-Keys are in use. Each is kept for an hour.';

function sealContext({ identity, operation, key }: IdempotencySlot): SealContext {
  return {
    table: 'idempotency_records',
    column: 'sealed',
    tenantId: identity.tenantId,
    owner: `user:${identity.userId}`,
    rowId: JSON.stringify([operation, key]),
    url: '-',
  };
}
