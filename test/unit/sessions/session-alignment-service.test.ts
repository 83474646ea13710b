import { beforeEach, describe, expect, it } from 'vitest';
import { SessionAlignmentService } from '../../../src/modules/sessions/session-alignment-service.ts';
import type { SessionInfo } from '../../../src/modules/sessions/session-pool.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { settled } from '../lib/gate.ts';

let clock: FakeClock;
/** Connectors that have a session. */
let open: string[];
/** Whose they are. */
let user: (connectorId: string, index: number) => string;
/** Generations of the connectors that are enabled. */
let rows: Map<string, number>;
let read: () => Promise<void>;
let questions: string[][];
/** What was closed: the connector, and the generation that stays. */
let closed: [string, number | undefined][];
let failures: unknown[];
let service: SessionAlignmentService;

beforeEach(() => {
  clock = new FakeClock();
  open = ['c1', 'c2'];
  user = () => 'alice';
  rows = new Map([
    ['c1', 1],
    ['c2', 7],
  ]);
  read = async () => undefined;
  questions = [];
  closed = [];
  failures = [];
  service = new SessionAlignmentService({
    pool: {
      *list() {
        for (const [index, connectorId] of open.entries()) {
          yield { ...sessionOf(connectorId, index), userId: user(connectorId, index) };
        }
      },
      closeOthers: async ({ connectorId, userId }, kept) =>
        void closed.push([userId === 'alice' ? connectorId : `${connectorId} of ${userId}`, kept]),
    },
    store: {
      listGenerations: async (places) => {
        questions.push(places.map(({ connectorId }) => connectorId));
        await read();
        return places.map(({ connectorId, userId }) =>
          userId === 'alice' ? rows.get(connectorId) : rows.get(`${connectorId} of ${userId}`),
        );
      },
    },
    clock,
    onFailure: (error) => void failures.push(error),
  });
});

function sessionOf(connectorId: string, number: number): SessionInfo {
  const of = { tenantId: 't', userId: 'alice', connectorId, number };
  return { ...of, state: 'open', server: undefined, ageMs: 0, idleMs: 0, inUse: 0, uses: 1 };
}

async function notice(...connectorIds: string[]): Promise<void> {
  for (const id of connectorIds) service.notice(id);
  await settled();
}

describe('a change', () => {
  it('closes the sessions of its connector that have another generation than its row', async () => {
    await notice('c2');
    expect(closed).toEqual([['c2', 7]]);
  });

  it('closes all sessions of a connector that is disabled or gone', async () => {
    rows.delete('c1');
    await notice('c1');
    expect(closed).toEqual([['c1', undefined]]);
  });

  it('of a connector without a session asks nothing', async () => {
    await notice('c3', 'c4');
    expect([questions, closed]).toEqual([[], []]);
  });

  it('that may be any looks at all connectors with a session, each once', async () => {
    open = ['c1', 'c2', 'c1'];
    await notice('all');
    expect(questions).toEqual([['c1', 'c2']]);
    expect(closed.map(([id]) => id)).toEqual(['c1', 'c2']);
  });
});

describe('members who each have credentials of their own', () => {
  it('keep their sessions when those of another one change', async () => {
    open = ['c1', 'c1'];
    user = (_id, index) => (index === 0 ? 'alice' : 'bob');
    rows = new Map([
      ['c1', 4],
      ['c1 of bob', 9],
    ]);
    await notice('c1');
    expect(closed).toEqual([
      ['c1', 4],
      ['c1 of bob', 9],
    ]);
    rows.delete('c1 of bob');
    closed = [];
    await notice('c1');
    expect(closed).toEqual([
      ['c1', 4],
      ['c1 of bob', undefined],
    ]);
  });
});

describe('many changes', () => {
  it('that come together cost one question', async () => {
    await notice(...Array.from({ length: 1_000 }, (_, n) => `c${n % 5}`));
    expect(questions).toEqual([['c1', 'c2']]);
  });

  it('that come while rows are read are looked at after that', async () => {
    let finish = () => {};
    read = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    await notice('c1');
    read = async () => undefined;
    rows.set('c1', 2);
    await notice('c1', 'c1', 'c1');
    expect(questions).toEqual([['c1']]);
    finish();
    await settled();
    expect(questions).toEqual([['c1'], ['c1']]);
    expect(closed.at(-1)).toEqual(['c1', 2]);
    await notice('c2');
    expect(questions).toHaveLength(3);
  });
});

describe('rows that cannot be read', () => {
  it('are read again after a second, and nothing is closed until then', async () => {
    read = () => Promise.reject(new Error('gone'));
    await notice('c1');
    for (let second = 0; second < 5; second += 1) {
      clock.advance(1_000);
      await settled();
    }
    expect(questions).toHaveLength(6);
    expect([failures.length, closed.length]).toEqual([1, 0]);
    read = async () => undefined;
    service.notice('c2');
    clock.advance(1_000);
    await settled();
    expect(closed).toEqual([
      ['c1', 1],
      ['c2', 7],
    ]);
  });

  it('are left alone when the service stops', async () => {
    read = () => Promise.reject(new Error('gone'));
    await notice('c1');
    await service.close();
    clock.advance(10_000);
    await notice('c2');
    expect(questions).toHaveLength(1);
    expect(closed).toEqual([]);
  });
});
