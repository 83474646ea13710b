// One suite for the fake that unit tests use and for the real store, so that the fake cannot drift.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  IdempotencySlot,
  IdempotencyStore,
} from '../../../src/modules/idempotency/idempotency-store.ts';
import { PrismaIdempotencyStore } from '../../../src/modules/idempotency/prisma-idempotency-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { MemoryIdempotencyStore } from '../../support/memory-idempotency-store.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const HASH_A = 'a'.repeat(64);
const HASH_B = 'b'.repeat(64);
const SEALED = 'mc1.k1.sealed';
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

const stores: [string, () => IdempotencyStore][] = [
  ['in memory', () => new MemoryIdempotencyStore()],
  ['in PostgreSQL', () => new PrismaIdempotencyStore({ database: database.database })],
];

describe.each(stores)('idempotency records %s', (_name, create) => {
  let store: IdempotencyStore;
  let slot: IdempotencySlot;

  beforeEach(async () => {
    store = create();
    await database.owner.query('truncate idempotency_records');
    slot = { identity: { tenantId: 't', userId: 'alice' }, operation: 'create', key: 'k' };
  });

  const begin = (requestHash = HASH_A, now = 0, expires = 60, of = slot) =>
    store.begin(of, { requestHash, now: at(now), expiresAt: at(expires) });

  it('gives a slot to the first and its record to the others', async () => {
    expect(await begin()).toBeUndefined();
    expect(await begin(HASH_B)).toEqual({ requestHash: HASH_A, sealed: undefined });
    await store.finish(slot, { sealed: SEALED, expiresAt: at(600) }, at(60));
    expect(await begin(HASH_B, 599, 700)).toEqual({ requestHash: HASH_A, sealed: SEALED });
  });

  it('gives it to one of twenty', async () => {
    const winners = await Promise.all(Array.from({ length: 20 }, () => begin()));
    expect(winners.filter((record) => record === undefined)).toHaveLength(1);
  });

  it('keeps the slots of users, tenants, operations and keys apart', async () => {
    await begin();
    const others = [
      { ...slot, key: 'other' },
      { ...slot, operation: 'call' },
      { ...slot, identity: { tenantId: 't', userId: 'bob' } },
      { ...slot, identity: { tenantId: 'u', userId: 'alice' } },
    ];
    for (const other of others) expect(await begin(HASH_A, 0, 60, other)).toBeUndefined();
  });

  it('gives a released and an expired slot anew', async () => {
    await begin();
    await store.release(slot, at(60));
    expect(await begin(HASH_B)).toBeUndefined();
    expect(await begin(HASH_A, 60, 120)).toBeUndefined();
    expect(await begin(HASH_A, 61, 121)).toEqual({ requestHash: HASH_A, sealed: undefined });
  });

  it('lets nobody touch a slot that was taken over, or an answer', async () => {
    await begin();
    await begin(HASH_B, 60, 120);
    await store.finish(slot, { sealed: SEALED, expiresAt: at(600) }, at(60));
    await store.release(slot, at(60));
    expect(await begin(HASH_A, 61)).toEqual({ requestHash: HASH_B, sealed: undefined });
    await store.finish(slot, { sealed: SEALED, expiresAt: at(600) }, at(120));
    await store.release(slot, at(120));
    await store.release(slot, at(600));
    expect(await begin(HASH_A, 61)).toEqual({ requestHash: HASH_B, sealed: SEALED });
  });

  it('counts what the caller has and is not expired', async () => {
    await begin();
    await begin(HASH_A, 0, 30, { ...slot, key: 'short' });
    await begin(HASH_A, 0, 60, { ...slot, identity: { tenantId: 't', userId: 'bob' } });
    expect(await store.countLive(slot.identity, at(29))).toBe(2);
    expect(await store.countLive(slot.identity, at(30))).toBe(1);
    expect(await store.countLive({ tenantId: 'u', userId: 'alice' }, at(0))).toBe(0);
  });

  it('deletes what has expired, of all users', async () => {
    await begin();
    await begin(HASH_A, 0, 60, { ...slot, identity: { tenantId: 'u', userId: 'bob' } });
    await begin(HASH_A, 0, 61, { ...slot, key: 'later' });
    expect(await store.deleteExpired(at(60))).toBe(2);
    expect(await store.deleteExpired(at(60))).toBe(0);
  });
});
