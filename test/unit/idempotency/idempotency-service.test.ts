import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import { parseKeyring } from '../../../src/modules/credentials/keyring.ts';
import { SealedBox } from '../../../src/modules/credentials/sealed-box.ts';
import {
  IdempotencyService,
  type IdempotentRequest,
  type StoredReply,
} from '../../../src/modules/idempotency/idempotency-service.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryIdempotencyStore } from '../../support/memory-idempotency-store.ts';
import { Gate, settled } from '../lib/gate.ts';

const MINUTE = 60_000;
const TTL = 60 * MINUTE;
const box = new SealedBox(parseKeyring(`k1:${randomBytes(32).toString('base64')}`));
const alice = { tenantId: 'tenant-a', userId: 'alice' };
const slot = { identity: alice, operation: 'callUserTool', key: 'key-1' };
const reply: StoredReply = {
  status: 201,
  headers: { etag: '"1"', location: '/api/connectors/c1' },
  body: { text: 'topsecret 🔑', list: [1, null] },
};

let clock: FakeClock;
let store: MemoryIdempotencyStore;
let service: IdempotencyService;
let runs: number;
let lost: unknown[];

beforeEach(() => {
  clock = new FakeClock();
  store = new MemoryIdempotencyStore();
  service = new IdempotencyService({
    store,
    box,
    clock,
    onAnswerLost: (error) => lost.push(error),
  });
  runs = 0;
  lost = [];
});

/** A request that counts its runs. */
function request(overrides: Partial<IdempotentRequest> = {}): IdempotentRequest {
  const { work = async () => reply, ...rest } = overrides;
  return {
    slot,
    requestHash: 'hash-1',
    repeatable: false,
    ...rest,
    work: () => {
      runs += 1;
      return work();
    },
  };
}

const failing = (error: unknown, repeatable = false) =>
  request({ repeatable, work: () => Promise.reject(error) });

const refusal = (code: AppError['code']) => expect.objectContaining({ code });

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

describe('a request with a key', () => {
  it('runs once; the same request again gets its answer', async () => {
    expect(await service.run(request())).toEqual({ reply, replayed: false });
    expect(await service.run(request())).toEqual({ reply, replayed: true });
    expect(await service.run(request())).toEqual({ reply, replayed: true });
    expect(runs).toBe(1);
  });

  it('is refused with another body', async () => {
    await service.run(request());
    await expect(service.run(request({ requestHash: 'hash-2' }))).rejects.toThrow(
      refusal('IDEMPOTENCY_KEY_REUSED'),
    );
    expect(runs).toBe(1);
  });

  it('is refused with another body while the first is in progress, too', async () => {
    const gate = new Gate<StoredReply>();
    const first = service.run(request({ work: () => gate.promise }));
    await settled();
    await expect(service.run(request({ requestHash: 'hash-2' }))).rejects.toThrow(
      refusal('IDEMPOTENCY_KEY_REUSED'),
    );
    gate.open(reply);
    await first;
    expect(runs).toBe(1);
  });

  it('of 20 concurrent callers one runs, and the others are told to come back', async () => {
    const gate = new Gate<StoredReply>();
    const all = Array.from({ length: 20 }, () =>
      service.run(request({ work: () => gate.promise })),
    );
    const outcomes = Promise.allSettled(all);
    await settled();
    expect(runs).toBe(1);
    gate.open(reply);
    const winners = (await outcomes).filter(({ status }) => status === 'fulfilled');
    expect(winners).toEqual([{ status: 'fulfilled', value: { reply, replayed: false } }]);
    for (const outcome of await outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({
        code: 'IDEMPOTENCY_IN_PROGRESS',
        status: 409,
        options: { retryAfterSeconds: 1 },
      });
    }
    expect(runs).toBe(1);
    expect(await service.run(request())).toEqual({ reply, replayed: true });
  });

  it.each([
    ['another key', { ...slot, key: 'key-2' }],
    ['another operation', { ...slot, operation: 'createConnector' }],
    ['another user', { ...slot, identity: { ...alice, userId: 'bob' } }],
    ['another tenant', { ...slot, identity: { ...alice, tenantId: 'tenant-b' } }],
  ])('%s is another request', async (_, other) => {
    await service.run(request());
    expect(await service.run(request({ slot: other, requestHash: 'hash-2' }))).toMatchObject({
      replayed: false,
    });
    expect(runs).toBe(2);
  });

  it('is remembered for an hour from its answer', async () => {
    const slow = async () => {
      clock.advance(MINUTE);
      return reply;
    };
    await service.run(request({ work: slow }));
    clock.advance(TTL - 1);
    expect(await service.run(request())).toMatchObject({ replayed: true });
    clock.advance(1);
    expect(await service.run(request())).toMatchObject({ replayed: false });
    expect(runs).toBe(2);
  });

  it('deletes what has expired', async () => {
    await service.run(request());
    expect(await service.deleteExpired()).toBe(0);
    clock.advance(TTL);
    expect(await service.deleteExpired()).toBe(1);
    expect(store.rows.size).toBe(0);
  });
});

describe('kept answers', () => {
  const sealedTexts = () => [...store.rows.values()].map(({ sealed }) => sealed ?? '');

  it('are sealed', async () => {
    await service.run(request());
    expect(sealedTexts()).toEqual([expect.stringMatching(/^mc1\.k1\./)]);
    expect(JSON.stringify([...store.rows])).not.toMatch(/topsecret|etag/);
  });

  it.each([
    { ...slot, key: 'key-2' },
    { ...slot, operation: 'createConnector' },
    { ...slot, identity: { ...alice, userId: 'bob' } },
    { ...slot, identity: { ...alice, tenantId: 'tenant-b' } },
    { ...slot, operation: 'callUserTool","key-1', key: '' },
  ])('do not open in the slot of another request: %j', async (other) => {
    await service.run(request());
    const [mine] = sealedTexts();
    await service.run(request({ slot: other }));
    for (const row of store.rows.values()) if (mine !== undefined) row.sealed = mine;
    expect(await errorOf(service.run(request({ slot: other })))).toMatchObject({
      name: 'SealError',
      code: 'OPEN_FAILED',
    });
    expect(runs).toBe(2);
  });

  it('that do not open do not run the request again', async () => {
    await service.run(request());
    for (const row of store.rows.values()) row.sealed = 'damaged';
    expect(await errorOf(service.run(request()))).toMatchObject({ code: 'SEALED_FORMAT' });
    expect(runs).toBe(1);
  });

  it.each([null, undefined, '', 0, false, [], {}, { error: { code: 'x' } }])(
    'give back the body %j',
    async (body) => {
      const odd = { status: 200, headers: {}, body };
      await service.run(request({ work: async () => odd }));
      expect(await service.run(request())).toEqual({ reply: odd, replayed: true });
    },
  );
});

describe('a request that fails', () => {
  it.each([false, true])(
    'with a refusal gives its key back (repeatable %s)',
    async (repeatable) => {
      const error = new AppError('CONNECTOR_DISABLED');
      expect(await errorOf(service.run(failing(error, repeatable)))).toBe(error);
      expect(store.rows.size).toBe(0);
      expect(await service.run(request({ repeatable, requestHash: 'hash-2' }))).toEqual({
        reply,
        replayed: false,
      });
    },
  );

  it.each([new AppError('UPSTREAM_TIMEOUT'), new Error('connection lost')])(
    'and is repeatable gives its key back after %s',
    async (error) => {
      expect(await errorOf(service.run(failing(error, true)))).toBe(error);
      expect(await service.run(request({ repeatable: true }))).toMatchObject({ replayed: false });
      expect(runs).toBe(2);
    },
  );

  it('and may have run fails the same way again, without running', async () => {
    const error = new AppError('UPSTREAM_TIMEOUT', {
      detail: 'The server did not answer in time.',
      errors: [{ pointer: '/body/name', detail: 'x' }],
      extensions: { connector_id: 'c1', reason: 'TIMEOUT' },
      retryAfterSeconds: 7,
      cause: new Error('topsecret cause'),
    });
    expect(await errorOf(service.run(failing(error)))).toBe(error);
    const again = await errorOf(service.run(request()));
    const { cause: _cause, ...shown } = error.options;
    expect(again).toBeInstanceOf(AppError);
    expect(again).toMatchObject({ code: 'UPSTREAM_TIMEOUT', status: 504, options: shown });
    expect(again instanceof AppError && again.cause).toBeUndefined();
    expect(again instanceof AppError && 'cause' in again.options).toBe(false);
    expect(runs).toBe(1);
  });

  it.each([new Error('topsecret'), 'topsecret', undefined])(
    'for a reason that is not ours fails as INTERNAL again: %s',
    async (error) => {
      expect(await errorOf(service.run(failing(error)))).toBe(error);
      const again = await errorOf(service.run(request()));
      expect(again).toMatchObject({ code: 'INTERNAL', status: 500, options: {} });
      expect(runs).toBe(1);
    },
  );

  it('is kept with its body: another one is refused', async () => {
    await errorOf(service.run(failing(new AppError('UPSTREAM_TIMEOUT'))));
    await expect(service.run(request({ requestHash: 'hash-2' }))).rejects.toThrow(
      refusal('IDEMPOTENCY_KEY_REUSED'),
    );
  });

  it('is forgotten after an hour', async () => {
    await errorOf(service.run(failing(new AppError('UPSTREAM_TIMEOUT'))));
    clock.advance(TTL);
    expect(await service.run(request())).toMatchObject({ replayed: false });
  });

  it('under 20 concurrent callers runs once', async () => {
    const gate = new Gate<StoredReply>();
    const all = Array.from({ length: 20 }, () =>
      service.run(request({ work: () => gate.promise })),
    );
    const outcomes = Promise.allSettled(all);
    await settled();
    gate.fail(new AppError('UPSTREAM_UNREACHABLE'));
    const codes = (await outcomes).map((outcome) =>
      outcome.status === 'rejected' ? outcome.reason.code : 'none',
    );
    expect(codes.filter((code) => code === 'UPSTREAM_UNREACHABLE')).toHaveLength(1);
    expect(codes.filter((code) => code === 'IDEMPOTENCY_IN_PROGRESS')).toHaveLength(19);
    expect(runs).toBe(1);
  });
});

describe('a request that broke off', () => {
  /** Begins a request that never ends, as where the process was killed. */
  const breakOff = async (repeatable: boolean) => {
    const never = new Gate<StoredReply>();
    service.run(request({ repeatable, work: () => never.promise })).catch(() => undefined);
    await settled();
  };

  it('may run again after two minutes where it is repeatable', async () => {
    await breakOff(true);
    clock.advance(2 * MINUTE - 1);
    await expect(service.run(request({ repeatable: true }))).rejects.toThrow(
      refusal('IDEMPOTENCY_IN_PROGRESS'),
    );
    clock.advance(1);
    expect(await service.run(request({ repeatable: true }))).toMatchObject({ replayed: false });
    expect(runs).toBe(2);
  });

  it('stays in progress for an hour where it must not run twice', async () => {
    await breakOff(false);
    clock.advance(TTL - 1);
    await expect(service.run(request())).rejects.toThrow(refusal('IDEMPOTENCY_IN_PROGRESS'));
    expect(runs).toBe(1);
    clock.advance(1);
    await service.run(request());
    expect(runs).toBe(2);
  });

  it('also where only its answer could not be stored', async () => {
    const gone = new Error('database gone');
    store.beforeFinish = () => {
      throw gone;
    };
    // The work is done, so its answer goes out.
    expect(await service.run(request())).toEqual({ reply, replayed: false });
    expect(lost).toEqual([gone]);
    store.beforeFinish = () => undefined;
    await expect(service.run(request())).rejects.toThrow(refusal('IDEMPOTENCY_IN_PROGRESS'));
    expect(runs).toBe(1);
  });
});

describe('a request that was taken over', () => {
  it('neither frees the key of its successor nor puts its answer there', async () => {
    const late = new Gate();
    const failing = service
      .run(
        request({
          repeatable: true,
          work: async () => {
            await late.promise;
            throw new AppError('CONNECTION_FAILED');
          },
        }),
      )
      .catch(() => undefined);
    await settled();
    clock.advance(3 * MINUTE);
    const successor = new Gate();
    const second = service.run(
      request({
        repeatable: true,
        work: async () => {
          await successor.promise;
          return reply;
        },
      }),
    );
    await settled();
    late.open();
    await failing;
    await expect(service.run(request({ repeatable: true }))).rejects.toEqual(
      refusal('IDEMPOTENCY_IN_PROGRESS'),
    );
    successor.open();
    expect(await second).toEqual({ reply, replayed: false });
    expect(await service.run(request())).toEqual({ reply, replayed: true });
  });
});

describe('a request that provably did nothing', () => {
  it('may be sent again under its key', async () => {
    const error = new AppError('UPSTREAM_UNREACHABLE', { hadNoEffect: true });
    await expect(service.run(failing(error))).rejects.toBe(error);
    expect(await service.run(request())).toEqual({ reply, replayed: false });
  });
});

it('the caller learns why the request failed, even where the store fails as well', async () => {
  store.beforeFinish = () => {
    throw new Error('the store is down');
  };
  const error = new AppError('UPSTREAM_TIMEOUT');
  await expect(service.run(failing(error))).rejects.toBe(error);
});

describe('what one caller may store', () => {
  it('an answer that is too large is not kept, and its request does not run again', async () => {
    const large = { ...reply, body: 'x'.repeat(64 * 1024) };
    expect(await service.run(request({ work: async () => large }))).toMatchObject({
      reply: large,
    });
    await expect(service.run(request())).rejects.toThrow(refusal('IDEMPOTENCY_NOT_REPLAYABLE'));
    expect(runs).toBe(1);
    expect([...store.rows.values()][0]?.sealed?.length).toBeLessThan(1000);
  });

  it('keys are limited, and free again when they expire', async () => {
    for (let i = 0; i < 10_000; i += 1) {
      const expiresAt = new Date(clock.now().getTime() + TTL);
      store.rows.set(JSON.stringify([alice.tenantId, alice.userId, 'o', `${i}`]), {
        requestHash: 'h',
        sealed: 's',
        expiresAt,
      });
    }
    await expect(service.run(request())).rejects.toThrow(refusal('RATE_LIMITED'));
    const bob = { ...slot, identity: { ...alice, userId: 'bob' } };
    expect(await service.run(request({ slot: bob }))).toEqual({ reply, replayed: false });
    clock.advance(TTL);
    expect(await service.run(request())).toEqual({ reply, replayed: false });
  });
});
