import type {
  IdempotencyRecord,
  IdempotencySlot,
  IdempotencyStore,
} from '../../src/modules/idempotency/idempotency-store.ts';
import type { Identity } from '../../src/tenancy/caller.ts';

interface Row extends IdempotencyRecord {
  expiresAt: Date;
}

function idOf({ identity, operation, key }: IdempotencySlot): string {
  return JSON.stringify([identity.tenantId, identity.userId, operation, key]);
}

function isClaimed(row: Row, claimedUntil: Date): boolean {
  return row.sealed === undefined && row.expiresAt.getTime() === claimedUntil.getTime();
}

/** Idempotency records in memory, with the rules of the one in PostgreSQL. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly rows = new Map<string, Row>();
  /** Where it throws, the store fails. */
  beforeFinish: () => void = () => undefined;

  async begin(
    slot: IdempotencySlot,
    { requestHash, now, expiresAt }: { requestHash: string; now: Date; expiresAt: Date },
  ): Promise<IdempotencyRecord | undefined> {
    const id = idOf(slot);
    const first = this.rows.get(id);
    if (first !== undefined && first.expiresAt > now) {
      return { requestHash: first.requestHash, sealed: first.sealed };
    }
    this.rows.set(id, { requestHash, sealed: undefined, expiresAt });
    return undefined;
  }

  async countLive({ tenantId, userId }: Identity, now: Date): Promise<number> {
    const own = JSON.stringify([tenantId, userId]).slice(0, -1);
    return [...this.rows].filter(([id, row]) => id.startsWith(`${own},`) && row.expiresAt > now)
      .length;
  }

  async finish(
    slot: IdempotencySlot,
    answer: { sealed: string; expiresAt: Date },
    claimedUntil: Date,
  ): Promise<void> {
    this.beforeFinish();
    const row = this.rows.get(idOf(slot));
    if (row !== undefined && isClaimed(row, claimedUntil)) Object.assign(row, answer);
  }

  async release(slot: IdempotencySlot, claimedUntil: Date): Promise<void> {
    const id = idOf(slot);
    const row = this.rows.get(id);
    if (row !== undefined && isClaimed(row, claimedUntil)) this.rows.delete(id);
  }

  async deleteExpired(now: Date): Promise<number> {
    const expired = [...this.rows].filter(([, row]) => row.expiresAt <= now).slice(0, 500);
    for (const [id] of expired) this.rows.delete(id);
    return expired.length;
  }
}
