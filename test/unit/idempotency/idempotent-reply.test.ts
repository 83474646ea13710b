import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseKeyring } from '../../../src/modules/credentials/keyring.ts';
import { SealedBox } from '../../../src/modules/credentials/sealed-box.ts';
import {
  IdempotencyService,
  type StoredReply,
} from '../../../src/modules/idempotency/idempotency-service.ts';
import {
  type IdempotencyRequest,
  idempotentReply,
} from '../../../src/modules/idempotency/idempotent-reply.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryIdempotencyStore } from '../../support/memory-idempotency-store.ts';

const alice = { tenantId: 'tenant-a', userId: 'alice' };
const stored: StoredReply = { status: 201, headers: { etag: '"1"' }, body: { id: 'c1' } };

let service: IdempotencyService;
let runs: number;

beforeEach(() => {
  const box = new SealedBox(parseKeyring(`k1:${randomBytes(32).toString('base64')}`));
  const store = new MemoryIdempotencyStore();
  service = new IdempotencyService({
    store,
    box,
    clock: new FakeClock(),
    onAnswerLost: () => undefined,
  });
  runs = 0;
});

function request(key: string | undefined, rest: Partial<IdempotencyRequest> = {}) {
  return {
    url: '/api/connectors',
    body: { name: 'Server' },
    headers: key === undefined ? {} : { 'idempotency-key': key },
    ...rest,
  };
}

/** Sends the request and gives back what was answered. */
async function answer(from: IdempotencyRequest, operation = 'createConnector') {
  const sent: { status?: number; headers?: object; body?: unknown } = {};
  const reply = {
    code: (status: number) => {
      sent.status = status;
    },
    headers: (values: object) => {
      sent.headers = values;
    },
    send: (body: unknown) => {
      sent.body = body;
    },
  };
  const work = async () => {
    runs += 1;
    return stored;
  };
  await idempotentReply(service, alice, from, reply, { operation, repeatable: true, work });
  return sent;
}

describe('idempotentReply', () => {
  it('answers as usual where there is no key, as often as asked', async () => {
    for (let i = 0; i < 2; i += 1) {
      expect(await answer(request(undefined))).toEqual(stored);
    }
    expect(runs).toBe(2);
  });

  it('answers once where there is one, and marks a replay', async () => {
    expect(await answer(request('k'))).toEqual(stored);
    expect(await answer(request('k'))).toEqual({
      ...stored,
      headers: { etag: '"1"', 'idempotency-replayed': 'true' },
    });
    expect(runs).toBe(1);
  });

  it.each([
    ['body', { body: { name: 'Other' } }],
    ['nested value', { body: { name: 'Server', more: { a: 1 } } }],
    ['missing body', { body: undefined }],
    ['path', { url: '/api/connectors/1' }],
    ['query', { url: '/api/connectors?a=1' }],
  ])('refuses the key with another %s', async (_, rest) => {
    await answer(request('k'));
    await expect(answer(request('k', rest))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(runs).toBe(1);
  });

  it('keeps operations apart', async () => {
    await answer(request('k'));
    await answer(request('k'), 'testConnection');
    expect(runs).toBe(2);
  });

  it('sends nothing where the work fails', async () => {
    const failure = new Error('broken');
    const touched: unknown[] = [];
    const touch = (value: unknown) => touched.push(value);
    const reply = { code: touch, headers: touch, send: touch };
    for (const key of [undefined, 'k']) {
      const failed = idempotentReply(service, alice, request(key), reply, {
        operation: 'createConnector',
        repeatable: true,
        work: () => Promise.reject(failure),
      });
      await expect(failed).rejects.toBe(failure);
    }
    expect(touched).toEqual([]);
  });
});
