import { beforeEach, describe, expect, it } from 'vitest';
import type { ListenStream } from '../../../src/mcp/server/listen-stream.ts';
import { type ListenRequest, ListenStreams } from '../../../src/mcp/server/listen-streams.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const IDENTITY = { name: 'test', version: '1', title: 'Test' };
const SECOND_MS = 1_000;

let clock: FakeClock;
let streams: ListenStreams;
let errors: unknown[];
let content: string | Error;
let looks: number;
let watchers: Set<() => void>;

beforeEach(() => {
  clock = new FakeClock();
  errors = [];
  content = 'first';
  looks = 0;
  watchers = new Set();
  streams = new ListenStreams({
    identity: IDENTITY,
    clock,
    keepAliveMs: 15 * SECOND_MS,
    onError: (error) => errors.push(error),
    limits: { perUser: 2, total: 3 },
  });
});

const backend: ListenRequest['backend'] = {
  fingerprints: async () => {
    looks += 1;
    if (content instanceof Error) throw content;
    return { tools: content };
  },
  watch: (onMayDiffer) => {
    watchers.add(onMayDiffer);
    return () => watchers.delete(onMayDiffer);
  },
};

function open(more: Partial<ListenRequest> = {}): Promise<ListenStream> {
  return streams.open({
    id: 'sub-1',
    lists: ['tools'],
    user: 'alice',
    backend,
    tokenExpiresAt: new Date(clock.now().getTime() + 3_600 * SECOND_MS),
    signal: new AbortController().signal,
    ...more,
  });
}

/** Something may have changed. */
function announce(times = 1): void {
  for (let n = 0; n < times; n += 1) for (const watcher of watchers) watcher();
}

/** Lets everything that waits for nothing run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Looks are two seconds apart. */
async function pass(seconds: number): Promise<void> {
  await settle();
  for (let n = 0; n < seconds; n += 1) {
    clock.advance(SECOND_MS);
    await settle();
  }
}

interface Told {
  id?: unknown;
  method?: string;
  params?: unknown;
  result?: unknown;
}

/** The messages that a client could read by now. */
function read({ body }: ListenStream): Told[] {
  const text = String(body.read() ?? '');
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']): Told => JSON.parse(data));
}

const _meta = { 'io.modelcontextprotocol/subscriptionId': 'sub-1' };
const acknowledged = {
  jsonrpc: '2.0',
  method: 'notifications/subscriptions/acknowledged',
  params: { _meta, notifications: { toolsListChanged: true } },
};
const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta } };
const ended = {
  jsonrpc: '2.0',
  id: 'sub-1',
  result: {
    resultType: 'complete',
    _meta: { ..._meta, 'io.modelcontextprotocol/serverInfo': IDENTITY },
  },
};

describe('a stream', () => {
  it('says first what it tells, and tells a list that is another one', async () => {
    const stream = await open();
    expect(read(stream)).toEqual([acknowledged]);
    content = 'second';
    announce();
    await settle();
    expect(read(stream)).toEqual([changed]);
  });

  it('tells nothing of a list that is the same', async () => {
    const stream = await open();
    read(stream);
    announce();
    await pass(5);
    expect(looks).toBe(2);
    expect(read(stream)).toEqual([]);
  });

  it('misses nothing that changes while it is opened', async () => {
    const opening = open();
    content = 'second';
    announce();
    const stream = await opening;
    read(stream);
    content = 'third';
    announce();
    await pass(3);
    expect(read(stream)).toEqual([changed]);
  });

  it('makes few messages of a flood, the last of which comes after the last change', async () => {
    const stream = await open();
    read(stream);
    for (let n = 0; n < 100; n += 1) {
      content = `change ${n}`;
      announce(100);
      await pass(0);
      clock.advance(100);
    }
    await pass(3);
    expect(looks).toBeLessThanOrEqual(8);
    const told = read(stream);
    expect(told.length).toBeGreaterThanOrEqual(5);
    expect(told.length).toBeLessThanOrEqual(7);
    announce();
    await pass(5);
    expect(read(stream)).toEqual([]);
  });

  it('goes on where the lists cannot be looked at for a while', async () => {
    const stream = await open();
    read(stream);
    const failure = new Error('no database');
    content = failure;
    announce();
    await pass(4);
    expect(errors.length).toBeGreaterThanOrEqual(2);
    expect(new Set(errors)).toEqual(new Set([failure]));
    content = 'second';
    await pass(3);
    expect(read(stream)).toEqual([changed]);
  });

  it('of what cannot be followed ends at once', async () => {
    const stream = await open({ lists: ['prompts', 'resources'] });
    expect(read(stream)).toEqual([
      { ...acknowledged, params: { _meta, notifications: {} } },
      ended,
    ]);
    expect([streams.size, watchers.size]).toEqual([0, 0]);
  });

  it('ends with the token that opened it', async () => {
    const stream = await open({ tokenExpiresAt: new Date(clock.now().getTime() + 60 * SECOND_MS) });
    read(stream);
    await pass(59);
    expect(streams.size).toBe(1);
    await pass(1);
    expect(read(stream)).toEqual([ended]);
    expect([streams.size, watchers.size]).toEqual([0, 0]);
  });

  it('whose token has no end a timer knows lasts', async () => {
    const stream = await open({ tokenExpiresAt: new Date(8.64e15) });
    await pass(60);
    expect(read(stream)).toEqual([acknowledged]);
    expect(streams.size).toBe(1);
  });

  it('leaves nothing behind when its client leaves', async () => {
    const left = new AbortController();
    await open({ signal: left.signal });
    await settle();
    expect([streams.size, watchers.size, clock.sleeping]).toEqual([1, 1, 2]);
    left.abort();
    await settle();
    expect([streams.size, watchers.size, clock.sleeping]).toEqual([0, 0, 0]);
    await open({ signal: left.signal });
    await settle();
    expect([streams.size, watchers.size, clock.sleeping]).toEqual([0, 0, 0]);
  });

  it('is not opened where the lists cannot be read', async () => {
    content = new Error('no database');
    await expect(open()).rejects.toBe(content);
    expect([streams.size, watchers.size]).toEqual([0, 0]);
  });
});

describe('a client that does not read', () => {
  it('costs no more memory, however much changes, and is told once when it reads again', async () => {
    const stream = await open();
    for (let n = 0; n < 300; n += 1) {
      content = `change ${n}`;
      announce();
      await pass(2);
      if (stream.ended.aborted) break;
      // Signs of life that are read would prove that somebody reads.
      if (n === 250) expect(stream.body.readableLength).toBeLessThan(40_000);
    }
    expect(stream.body.readableLength).toBeLessThan(40_000);
  });

  it('for long is let go', async () => {
    const stream = await open();
    for (let n = 0; n < 400 && !stream.ended.aborted; n += 1) {
      content = `change ${n}`;
      announce();
      await pass(2);
    }
    await pass(15 * 9);
    expect(stream.ended.aborted).toBe(true);
    expect(stream.body.destroyed).toBe(true);
    expect([streams.size, watchers.size]).toEqual([0, 0]);
  });

  it('and one that does gets signs of life', async () => {
    const stream = await open();
    read(stream);
    await pass(30);
    expect(String(stream.body.read())).toBe(': listening\n\n: listening\n\n');
  });
});

describe('streams are bounded', () => {
  it('per user, and in total, with an error that says so', async () => {
    await open();
    await open();
    await expect(open()).rejects.toMatchObject({
      code: -32000,
      message: expect.stringContaining('All 2 streams that one user'),
      data: { code: 'RATE_LIMITED', scope: 'user' },
    });
    const left = new AbortController();
    await open({ user: 'bob', signal: left.signal });
    await expect(open({ user: 'carol' })).rejects.toMatchObject({ data: { scope: 'service' } });
    left.abort();
    await settle();
    await open({ user: 'carol' });
    expect([streams.size, watchers.size]).toEqual([3, 3]);
  });

  it('also where many are opened at once', async () => {
    const opened = await Promise.allSettled([open(), open(), open(), open()]);
    expect(opened.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect([streams.size, watchers.size]).toEqual([2, 2]);
  });
});

it('all streams end at once when the service stops, and no other begins', async () => {
  const stream = await open();
  read(stream);
  streams.close();
  expect(read(stream)).toEqual([ended]);
  expect(streams.size).toBe(0);
  await settle();
  expect([watchers.size, clock.sleeping]).toEqual([0, 0]);
  await expect(open()).rejects.toMatchObject({ code: -32000 });
});
