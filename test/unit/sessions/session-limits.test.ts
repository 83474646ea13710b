import { beforeEach, describe, expect, it } from 'vitest';
import { type SessionKey, SessionPool } from '../../../src/modules/sessions/session-pool.ts';
import type { SessionLimitReached } from '../../../src/modules/sessions/session-rooms.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Gate, settled } from '../lib/gate.ts';
import { FakeConnection } from './fake-mcp.ts';

const limits = { total: 4, perUser: 2, perConnector: 3 };

let clock: FakeClock;
let pool: SessionPool;
let opened: Map<string, FakeConnection>;

const keyOf = (userId: string, connectorId: string, tenantId = 't'): SessionKey => ({
  tenantId,
  userId,
  connectorId,
  credentialGeneration: 1,
});
const nameOf = ({ userId, connectorId }: SessionKey) => `${userId}/${connectorId}`;

const connectTo = (key: SessionKey) => async () => {
  const connection = new FakeConnection();
  opened.set(nameOf(key), connection);
  return connection;
};

async function touch(userId: string, connectorId: string, tenantId?: string): Promise<void> {
  const key = keyOf(userId, connectorId, tenantId);
  clock.advance(1);
  await pool.use(key, connectTo(key), async () => undefined);
}

/** Starts a use that lasts until the gate opens. */
async function hold(userId: string, connectorId: string): Promise<Gate> {
  const gate = new Gate();
  const key = keyOf(userId, connectorId);
  pool.use(key, connectTo(key), () => gate.promise).catch(() => undefined);
  await settled();
  return gate;
}

async function refusalOf(work: Promise<unknown>): Promise<SessionLimitReached> {
  return await work.then(
    () => {
      throw new Error('not refused');
    },
    (error: SessionLimitReached) => error,
  );
}

const openNames = () => [...opened].filter(([, { closed }]) => closed === 0).map(([name]) => name);

beforeEach(() => {
  clock = new FakeClock();
  pool = new SessionPool({ clock, idleMs: 60_000, limits });
  opened = new Map();
});

describe('at the limit', () => {
  it('of a user, the session they used longest ago makes room, and nobody else has to', async () => {
    await touch('bob', 'b1');
    await touch('alice', 'a1');
    await touch('alice', 'a2');
    await touch('alice', 'a1');

    await touch('alice', 'a3');

    expect(openNames()).toEqual(['bob/b1', 'alice/a1', 'alice/a3']);
  });

  it('of a connector, the session used longest ago with it makes room', async () => {
    for (const user of ['alice', 'bob', 'carol']) await touch(user, 'shared');

    await touch('dave', 'shared');

    expect(openNames()).toEqual(['bob/shared', 'carol/shared', 'dave/shared']);
  });

  it('of the service, the session used longest ago makes room, whosever it is', async () => {
    for (const user of ['alice', 'bob', 'carol', 'dave']) await touch(user, `of ${user}`);
    await touch('alice', 'of alice');

    await touch('eve', 'of eve');

    expect(openNames()).not.toContain('bob/of bob');
    expect(openNames()).toHaveLength(4);
  });

  it('takes no session that is in use', async () => {
    const gate = await hold('alice', 'a1');
    await touch('alice', 'a2');

    await touch('alice', 'a3');

    expect(openNames()).toEqual(['alice/a1', 'alice/a3']);
    gate.open();
  });

  it.each([
    ['user', 2, ['alice/1', 'alice/2'], 'alice/3'],
    ['connector', 3, ['alice/1', 'bob/1', 'carol/1'], 'dave/1'],
    ['service', 4, ['alice/1', 'alice/2', 'bob/3', 'bob/4'], 'carol/5'],
  ] as const)(
    'of the %s with all %d in use, a new one is refused without a connect, and gets in later',
    async (scope, limit, held, refused) => {
      const gates = await Promise.all(
        held.map((name) => hold(...(name.split('/') as [string, string]))),
      );
      const [user, connector] = refused.split('/') as [string, string];

      expect(await refusalOf(touch(user, connector))).toMatchObject({ scope, limit });
      expect(opened.size).toBe(held.length);
      expect(pool.statistics).toEqual({ sessions: held.length, inUse: held.length });

      gates[0]?.open();
      await settled();
      await touch(user, connector);
      expect(openNames()).toHaveLength(held.length);
    },
  );

  it('those who have a session go on', async () => {
    await hold('alice', '1');
    await hold('alice', '2');

    await touch('alice', '1');

    expect(opened.size).toBe(2);
  });

  it('counts users and connectors of tenants apart', async () => {
    await touch('alice', '1', 'one');
    await touch('alice', '1', 'two');
    await touch('alice', '2', 'one');
    await touch('alice', '2', 'two');

    expect([...pool.list()]).toHaveLength(4);
  });
});

describe('what takes no room', () => {
  it('a session that is being closed, however long its goodbye takes', async () => {
    await touch('alice', '1');
    const goodbye = new Gate();
    const first = opened.get('alice/1');
    if (first !== undefined) first.close = () => goodbye.promise;
    void pool.closeConnector('1');

    await touch('alice', '2');
    await touch('alice', '3');

    expect(openNames()).toEqual(['alice/1', 'alice/2', 'alice/3']);
    expect(pool.statistics.sessions).toBe(3);
    goodbye.open();
    await settled();
    expect(pool.statistics.sessions).toBe(2);
  });

  it('a connect that failed', async () => {
    for (let n = 0; n < 10; n += 1) {
      const failing = pool.use(
        keyOf('alice', `f${n}`),
        () => Promise.reject(new Error('refused')),
        async () => undefined,
      );
      await expect(failing).rejects.toThrow('refused');
    }
    await touch('alice', '1');
    await touch('alice', '2');
    expect(openNames()).toEqual(['alice/1', 'alice/2']);
  });
});

describe('a session that drains', () => {
  it('takes room until its last use ends', async () => {
    const gate = await hold('alice', '1');
    await pool.closeConnector('1');
    await hold('alice', '1');

    expect(await refusalOf(touch('alice', '2'))).toMatchObject({ scope: 'user' });

    gate.open();
    await settled();
    await touch('alice', '2');
  });
});

describe('the list', () => {
  it('tells of each session whose it is, how old, and how much it is used', async () => {
    await touch('alice', '1');
    clock.advance(5_000);
    await hold('alice', '1');
    await touch('bob', '2');
    clock.advance(1_000);
    const never = new Gate<FakeConnection>();
    pool
      .use(
        keyOf('carol', '3'),
        () => never.promise,
        async () => undefined,
      )
      .catch(() => undefined);

    const server = {
      origin: 'https://mcp.example.com',
      era: 'legacy',
      transport: 'streamable-http',
    };
    expect([...pool.list()]).toEqual([
      {
        number: 1,
        tenantId: 't',
        userId: 'alice',
        connectorId: '1',
        state: 'open',
        server,
        ageMs: 6_001,
        idleMs: 0,
        inUse: 1,
        uses: 2,
      },
      expect.objectContaining({ number: 2, userId: 'bob', ageMs: 1_000, idleMs: 1_000, inUse: 0 }),
      expect.objectContaining({ number: 3, state: 'connecting', server: undefined, inUse: 1 }),
    ]);
  });
});

describe('closing the sessions of a user', () => {
  it('closes theirs alone, lets calls end, and says what it did', async () => {
    const gate = await hold('alice', '1');
    await touch('alice', '2');
    await touch('bob', '1');
    await touch('alice', '1', 'another');

    const done = await pool.closeUser({ tenantId: 't', userId: 'alice' });

    expect(done).toEqual({ closed: 1, draining: 1 });
    expect([...pool.list()].map(({ userId, state }) => [userId, state])).toEqual([
      ['alice', 'draining'],
      ['bob', 'open'],
      ['alice', 'open'],
    ]);
    // Twice does nothing more.
    expect(await pool.closeUser({ tenantId: 't', userId: 'alice' })).toEqual({
      closed: 0,
      draining: 0,
    });
    gate.open();
    await settled();
    expect([...pool.list()]).toHaveLength(2);
  });

  it('with one connector leaves the others', async () => {
    await touch('alice', '1');
    await touch('alice', '2');

    expect(await pool.closeUser({ tenantId: 't', userId: 'alice' }, '2')).toEqual({
      closed: 1,
      draining: 0,
    });

    expect(openNames()).toEqual(['alice/1']);
  });
});

describe('use of what is there', () => {
  const own = (connection: FakeConnection | undefined) => connection?.closed;

  it('does nothing where there is no session, and opens none', async () => {
    expect(await pool.useExisting(keyOf('alice', '1'), async () => 'used')).toBeUndefined();
    expect(opened.size).toBe(0);
  });

  it('makes a session no younger, counts as no call, and still keeps it from closing', async () => {
    await touch('alice', '1');
    clock.advance(60_000);
    const gate = new Gate();
    const use = pool.useExisting(keyOf('alice', '1'), () => gate.promise);
    await pool.sweep();
    expect(own(opened.get('alice/1'))).toBe(0);
    expect([...pool.list()][0]).toMatchObject({ uses: 1, inUse: 1 });
    gate.open();
    await use;

    await pool.sweep();
    expect(own(opened.get('alice/1'))).toBe(1);
  });
});
