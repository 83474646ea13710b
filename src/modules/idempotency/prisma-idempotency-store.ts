import type { Database, DatabaseTransaction } from '../../database/index.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { IdempotencyRecord, IdempotencySlot, IdempotencyStore } from './idempotency-store.ts';

function keyOf({ identity, operation, key }: IdempotencySlot) {
  return { tenantId: identity.tenantId, userId: identity.userId, operation, key };
}

/** A slot is taken over only after its claim has expired, so the time of that tells the claims apart. */
function claimed(slot: IdempotencySlot, claimedUntil: Date) {
  return { ...keyOf(slot), sealed: null, expiresAt: claimedUntil };
}

/** Idempotency records in PostgreSQL. */
export class PrismaIdempotencyStore implements IdempotencyStore {
  readonly #database: Pick<Database, 'asUser' | 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'asUser' | 'asWorker'> }) {
    this.#database = database;
  }

  /** A transaction of the user's, for records alone. */
  #asUser<Result>(
    identity: Identity,
    work: (tx: DatabaseTransaction) => Promise<Result>,
  ): Promise<Result> {
    return this.#database.asUser(identity, work, { keepsConnectors: true });
  }

  begin(
    slot: IdempotencySlot,
    { requestHash, now, expiresAt }: { requestHash: string; now: Date; expiresAt: Date },
  ): Promise<IdempotencyRecord | undefined> {
    const key = keyOf(slot);
    return this.#asUser(slot.identity, async (tx) => {
      await tx.idempotencyRecord.deleteMany({ where: { ...key, expiresAt: { lte: now } } });
      const { count } = await tx.idempotencyRecord.createMany({
        data: [{ ...key, requestHash, expiresAt }],
        skipDuplicates: true,
      });
      if (count === 1) return undefined;
      const first = await tx.idempotencyRecord.findFirst({ where: key });
      // Released between the two statements: the caller is told to come back.
      if (first === null) return { requestHash, sealed: undefined };
      return { requestHash: first.requestHash, sealed: first.sealed ?? undefined };
    });
  }

  countLive(identity: Identity, now: Date): Promise<number> {
    const { tenantId, userId } = identity;
    return this.#asUser(identity, (tx) =>
      tx.idempotencyRecord.count({ where: { tenantId, userId, expiresAt: { gt: now } } }),
    );
  }

  async finish(
    slot: IdempotencySlot,
    answer: { sealed: string; expiresAt: Date },
    claimedUntil: Date,
  ): Promise<void> {
    await this.#asUser(slot.identity, (tx) =>
      tx.idempotencyRecord.updateMany({ where: claimed(slot, claimedUntil), data: answer }),
    );
  }

  async release(slot: IdempotencySlot, claimedUntil: Date): Promise<void> {
    await this.#asUser(slot.identity, (tx) =>
      tx.idempotencyRecord.deleteMany({ where: claimed(slot, claimedUntil) }),
    );
  }

  deleteExpired(now: Date): Promise<number> {
    return this.#database.asWorker(
      (tx) => tx.$executeRaw`
        delete from idempotency_records where ctid in (
          select ctid from idempotency_records where expires_at <= ${now} limit 500
        )`,
    );
  }
}
