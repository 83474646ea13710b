import type { Identity } from '../../tenancy/caller.ts';

/** Names one request of a caller. */
export interface IdempotencySlot {
  identity: Identity;
  operation: string;
  key: string;
}

/** What is known of the first request with a key. */
export interface IdempotencyRecord {
  /** SHA-256 of the request, hex. */
  requestHash: string;
  /** The sealed answer; undefined while the first request is in progress. */
  sealed: string | undefined;
}

/** Answers of requests that carried an `Idempotency-Key`, seen by their caller only. */
export interface IdempotencyStore {
  /**
   * Takes the slot if it is free or expired. Of concurrent callers one wins.
   * @returns undefined to the winner, the record of the first request to everybody else.
   */
  begin(
    slot: IdempotencySlot,
    request: { requestHash: string; now: Date; expiresAt: Date },
  ): Promise<IdempotencyRecord | undefined>;
  /** How many slots the caller has that are not expired. */
  countLive(identity: Identity, now: Date): Promise<number>;
  /** Keeps the answer, unless the slot was taken over after `claimedUntil`, the `expiresAt` of {@link begin}. */
  finish(
    slot: IdempotencySlot,
    answer: { sealed: string; expiresAt: Date },
    claimedUntil: Date,
  ): Promise<void>;
  /** Gives the slot back, as if the request had not been made, unless it was taken over meanwhile. */
  release(slot: IdempotencySlot, claimedUntil: Date): Promise<void>;
  /** Deletes up to 500 expired records of all callers. @returns how many. */
  deleteExpired(now: Date): Promise<number>;
}
