import { beforeEach, describe, expect, it } from 'vitest';
import { EventStream } from '../../../src/http/event-stream.ts';
import type { ChangeEvent, EventSink } from '../../../src/modules/events/event.ts';
import { EventHub } from '../../../src/modules/events/event-hub.ts';
import { EVENT_LIMITS, EventService } from '../../../src/modules/events/event-service.ts';
import { toSink } from '../../../src/modules/events/stream-sink.ts';
import type { Caller } from '../../../src/tenancy/caller.ts';
import { FakeClock } from '../../support/fake-clock.ts';

// Clients that do not read, and databases that do not answer: what no real one does when a test wants it.

const TOLD = { tenantId: 't', userId: 'alice', projectId: null };

let clock: FakeClock;
let hub: EventHub;
let ended: string[];
let failures: unknown[];
/** How many events there are, how often they were asked for, and what the database says instead. */
let rows: { newest: number; reads: number; fault: Error | undefined };

beforeEach(() => {
  clock = new FakeClock();
  ended = [];
  failures = [];
  rows = { newest: 0, reads: 0, fault: undefined };
  hub = new EventHub({ store, clock, onError: (error) => failures.push(error) });
});

const store = {
  publish: async () => {
    if (rows.fault !== undefined) throw rows.fault;
    return { oldest: 0n, newest: BigInt(rows.newest) };
  },
  read: async (_audience: unknown, after: bigint, limit: number): Promise<ChangeEvent[]> => {
    rows.reads += 1;
    const count = Math.min(limit, rows.newest - Number(after));
    return Array.from({ length: count }, (_, index) => ({
      position: after + BigInt(index + 1),
      kind: 'connector.updated',
      objectType: 'connector',
      objectId: `${Number(after) + index + 1}`,
      projectId: undefined,
      at: clock.now(),
    }));
  },
  deleteBefore: async () => 0,
};

const callerOf = (userId: string): Caller => ({
  tenantId: 't',
  userId,
  scopes: new Set(),
  actor: undefined,
  clientId: undefined,
  tokenExpiresAt: new Date(clock.now().getTime() + 600_000),
  projects: new Map(),
});

const serviceWith = (limits: { perUser: number; total: number } = EVENT_LIMITS) =>
  new EventService({ store, hub, clock, limits, onEnd: (reason) => ended.push(reason) });

async function open(): Promise<EventStream> {
  const stream = new EventStream({ clock });
  const opened = await serviceWith().open(callerOf('alice'), undefined, () => toSink(stream));
  stream.ended.addEventListener('abort', () => opened.leave());
  return stream;
}

/** Announces that there are events, and waits until nothing happens any more. */
async function announce(newest: number): Promise<void> {
  rows.newest = newest;
  hub.tell(TOLD);
  await settled();
}

async function settled(): Promise<void> {
  for (let before = -1; before !== rows.reads; ) {
    before = rows.reads;
    for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

const idsIn = (text: string) => [...text.matchAll(/"object_id":"(\d+)"/g)].map(([, id]) => id);

describe('a client that does not read', () => {
  it('has a bounded part of what there is wait for it, and is cut off in the end', async () => {
    const stream = await open();
    await announce(100_000);
    expect(rows.reads).toBeLessThan(10);
    const waiting = stream.body.readableLength;
    const sleeping = clock.sleeping;
    expect(waiting).toBeLessThan(100_000);

    for (let n = 0; n < 50; n += 1) await announce(100_000 + n);
    expect(rows.reads).toBeLessThan(10);
    expect(stream.body.readableLength).toBe(waiting);
    expect(hub.size).toBe(1);
    expect(clock.sleeping).toBe(sleeping);

    clock.advance(30_000);
    await settled();
    expect(ended).toEqual(['slow']);
    expect(stream.body.destroyed).toBe(true);
    expect(hub.size).toBe(0);
    expect(clock.sleeping).toBe(0);
  });

  it('gets all of it where it begins to read in time', async () => {
    const stream = await open();
    await announce(3_000);
    clock.advance(29_000);
    let text = '';
    stream.body.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    await expect.poll(() => idsIn(text).length).toBe(3_000);
    expect(idsIn(text)).toEqual(Array.from({ length: 3_000 }, (_, n) => String(n + 1)));
    clock.advance(29_000);
    await settled();
    expect(ended).toEqual([]);
  });
});

describe('a database that does not answer', () => {
  it('delays what there is, and loses nothing of it', async () => {
    const stream = await open();
    let text = '';
    stream.body.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    rows.fault = new Error('away');
    await announce(5);
    expect(failures).toEqual([rows.fault]);
    clock.advance(250);
    await settled();
    expect(failures).toHaveLength(1);
    rows.fault = undefined;
    await settled();
    expect(idsIn(text)).toEqual([]);
    clock.advance(500);
    await settled();
    expect(idsIn(text)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('is no stream at all for whoever comes then', async () => {
    rows.fault = new Error('away');
    await expect(open()).rejects.toBe(rows.fault);
    rows.fault = undefined;
    await open();
    expect(hub.size).toBe(1);
  });
});

describe('rights', () => {
  it('are looked at when an event is sent, not when it was read for', async () => {
    const sent: string[] = [];
    const sink: EventSink = {
      begin: () => sent.push('begin'),
      send: () => sent.push('event'),
      isFull: false,
      whenTaken: async () => {},
      end: (reason) => sent.push(reason),
    };
    await serviceWith().open(callerOf('alice'), undefined, () => sink);
    await settled();
    const late = clock;
    const { read } = store;
    store.read = async (...of) => {
      late.advance(600_000);
      return read(...of);
    };
    await announce(3);
    store.read = read;
    expect(sent).toEqual(['begin', 'token_expired']);
  });
});

describe('all streams of a process', () => {
  it('are bounded, also where all come at once', async () => {
    const service = serviceWith({ perUser: 3, total: 10 });
    const sink = () => toSink(new EventStream({ clock }));
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        service.open(callerOf(`user-${n % 8}`), undefined, sink).then(
          () => 'open',
          ({ code }: { code: string }) => code,
        ),
      ),
    );
    expect(outcomes.toSorted()).toEqual([
      ...Array(6).fill('OVERLOADED'),
      ...Array(10).fill('open'),
    ]);
    hub.close();
    expect(ended).toEqual(Array(10).fill('stopping'));
    expect(hub.size).toBe(0);
    // Whoever was let in a moment before.
    await service.open(callerOf('late'), undefined, sink);
    expect(ended).toHaveLength(11);
    expect(hub.size).toBe(0);
  });
});
