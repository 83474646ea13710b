import { beforeEach, describe, expect, it } from 'vitest';
import type { McpConnection } from '../../../src/mcp/client/mcp-client.ts';
import {
  type SessionKey,
  SessionPool,
  SessionPoolClosed,
} from '../../../src/modules/sessions/session-pool.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Gate, settled } from '../lib/gate.ts';
import { FakeConnection } from './fake-mcp.ts';

const IDLE_MS = 60_000;
const key: SessionKey = {
  tenantId: 'tenant-a',
  userId: 'alice',
  connectorId: 'c1',
  credentialGeneration: 1,
};

let clock: FakeClock;
let pool: SessionPool;
let opened: FakeConnection[];

const connect = async () => {
  const connection = new FakeConnection();
  opened.push(connection);
  return connection;
};
const nothing = async () => undefined;
/** Uses the session of the key and does nothing with it. */
const touch = (sessionKey: SessionKey = key) => pool.use(sessionKey, connect, nothing);
const closedCounts = () => opened.map((connection) => connection.closed);

/** Starts a use that lasts until the gate opens. */
function hold(sessionKey: SessionKey = key, open: () => Promise<McpConnection> = connect) {
  const gate = new Gate();
  const session = new Gate<{ connection: McpConnection; retire: () => void }>();
  const done = pool.use(sessionKey, open, async (connection, { retire }) => {
    session.open({ connection, retire });
    await gate.promise;
    return connection;
  });
  return { gate, session: session.promise, done };
}

beforeEach(() => {
  clock = new FakeClock();
  pool = new SessionPool({ clock, idleMs: IDLE_MS });
  opened = [];
});

describe('sharing', () => {
  it('50 concurrent callers share one connect and one connection', async () => {
    const gate = new Gate();
    let connects = 0;
    const slowConnect = async () => {
      connects += 1;
      await gate.promise;
      return await connect();
    };
    const uses = Array.from({ length: 50 }, () =>
      pool.use(key, slowConnect, async (connection) => connection),
    );
    await settled();
    expect(pool.statistics).toEqual({ sessions: 1, inUse: 1 });
    gate.open();
    expect(new Set(await Promise.all(uses)).size).toBe(1);
    expect(connects).toBe(1);
    expect(pool.statistics).toEqual({ sessions: 1, inUse: 0 });
    expect(closedCounts()).toEqual([0]);
  });

  it('reuses a connection and says so', async () => {
    const reused: boolean[] = [];
    for (let i = 0; i < 3; i += 1) {
      await pool.use(key, connect, async (_, { isReused }) => reused.push(isReused));
    }
    expect(reused).toEqual([false, true, true]);
    expect(opened).toHaveLength(1);
  });

  it('gives back what work returns, and throws what it throws, keeping the connection', async () => {
    const failure = new Error('broken');
    expect(await pool.use(key, connect, async () => 42)).toBe(42);
    await expect(pool.use(key, connect, () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(
      pool.use(key, connect, () => {
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(pool.statistics).toEqual({ sessions: 1, inUse: 0 });
    await touch();
    expect(closedCounts()).toEqual([0]);
  });

  it('tenants, users, connectors and generations never share', async () => {
    const keys: SessionKey[] = [
      key,
      { ...key, tenantId: 'tenant-b' },
      { ...key, userId: 'bob' },
      { ...key, connectorId: 'c2' },
      { ...key, credentialGeneration: 2 },
      { ...key, tenantId: 'alice', userId: 'tenant-a' },
      { ...key, tenantId: 'tenant-a"', userId: 'alice' },
      { ...key, tenantId: 'tenant-a","alice', userId: '' },
      { ...key, tenantId: '', userId: 'tenant-a","alice' },
      { ...key, tenantId: 'tenant-a,alice', userId: 'c1' },
      { ...key, userId: '__proto__' },
    ];
    await Promise.all(keys.map((each) => touch(each)));
    expect(opened).toHaveLength(keys.length);
    await Promise.all(keys.map((each) => touch({ ...each })));
    expect(opened).toHaveLength(keys.length);
    expect(pool.statistics.sessions).toBe(keys.length);
  });
});

describe('a failed connect', () => {
  it('fails for all who waited for it and is forgotten', async () => {
    const failure = new Error('refused');
    const gate = new Gate<McpConnection>();
    const uses = Array.from({ length: 20 }, () => pool.use(key, () => gate.promise, nothing));
    await settled();
    gate.fail(failure);
    const outcomes = await Promise.allSettled(uses);
    expect(outcomes).toEqual(outcomes.map(() => ({ status: 'rejected', reason: failure })));
    expect(pool.statistics).toEqual({ sessions: 0, inUse: 0 });
    await touch();
    expect(opened).toHaveLength(1);
  });

  it('is forgotten before the caller learns of it, so that a retry at once connects', async () => {
    const isReused = await pool
      .use(
        key,
        () => {
          throw new Error('at once');
        },
        nothing,
      )
      .catch(() => pool.use(key, connect, async (_, session) => session.isReused));
    expect(isReused).toBe(false);
  });

  it('does not run the work', async () => {
    let runs = 0;
    const work = async () => (runs += 1);
    await expect(pool.use(key, () => Promise.reject(new Error('no')), work)).rejects.toThrow('no');
    expect(runs).toBe(0);
  });

  it('of a session that was taken out does not remove its successor', async () => {
    const gate = new Gate<McpConnection>();
    const old = pool.use(key, () => gate.promise, nothing);
    await settled();
    const closing = pool.closeConnector('c1');
    await touch();
    gate.fail(new Error('refused'));
    await expect(old).rejects.toThrow('refused');
    await closing;
    expect(pool.statistics).toEqual({ sessions: 1, inUse: 0 });
    await touch();
    expect(closedCounts()).toEqual([0]);
  });
});

describe('retire', () => {
  it('closes at the end of the use, and the next caller connects anew', async () => {
    await pool.use(key, connect, async (_, { retire }) => {
      retire();
      retire();
      expect(pool.statistics).toEqual({ sessions: 1, inUse: 1 });
      expect(closedCounts()).toEqual([0]);
    });
    await settled();
    expect(closedCounts()).toEqual([1]);
    await touch();
    expect(closedCounts()).toEqual([1, 0]);
  });

  it('closes only after the last of several uses', async () => {
    const uses = [hold(), hold(), hold()];
    const [first, second, third] = uses;
    (await first?.session)?.retire();
    await touch();
    expect(opened).toHaveLength(2);
    for (const use of [first, third]) {
      use?.gate.open();
      await use?.done;
      await settled();
      expect(closedCounts()).toEqual([0, 0]);
    }
    second?.gate.open();
    await second?.done;
    await settled();
    expect(closedCounts()).toEqual([1, 0]);
  });

  it('closes once, however many uses retire it, also when they fail', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        pool.use(key, connect, async (_, { retire }) => {
          await settled();
          retire();
          throw new Error('lost');
        }),
      ),
    );
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await settled();
    expect(closedCounts()).toEqual([1]);
  });

  it('called after the use closes at once, and does no harm to a successor', async () => {
    const late = await pool.use(key, connect, async (_, { retire }) => retire);
    late();
    await settled();
    expect(closedCounts()).toEqual([1]);
    await touch();
    late();
    await touch();
    await settled();
    expect(closedCounts()).toEqual([1, 0]);
  });
});

describe('closeOthers', () => {
  it('closes what one user has with the connector, but for one generation, and nobody else', async () => {
    await touch();
    await touch({ ...key, credentialGeneration: 2 });
    await touch({ ...key, connectorId: 'c2' });
    await touch({ ...key, userId: 'bob', credentialGeneration: 7 });
    const { connectorId, userId } = key;
    await pool.closeOthers({ connectorId, userId }, 2);
    expect(closedCounts()).toEqual([1, 0, 0, 0]);
    await pool.closeOthers({ connectorId, userId }, undefined);
    expect(closedCounts()).toEqual([1, 1, 0, 0]);
  });
});

describe('closeConnector', () => {
  it('closes the sessions of the connector, of all its users, and no other', async () => {
    await touch();
    await touch({ ...key, userId: 'bob' });
    await touch({ ...key, credentialGeneration: 2 });
    await touch({ ...key, connectorId: 'c2' });
    await pool.closeConnector('c1');
    expect(closedCounts()).toEqual([1, 1, 1, 0]);
    expect(pool.statistics.sessions).toBe(1);
  });

  it('does not wait for uses under way; they end on their connection, which closes then', async () => {
    const use = hold();
    const { connection } = await use.session;
    await pool.closeConnector('c1');
    expect(closedCounts()).toEqual([0]);
    await touch();
    expect(opened).toHaveLength(2);
    use.gate.open();
    expect(await use.done).toBe(connection);
    await settled();
    expect(closedCounts()).toEqual([1, 0]);
  });

  it('leaks no connection that was still being opened', async () => {
    const gate = new Gate();
    const use = hold(key, async () => {
      await gate.promise;
      return await connect();
    });
    await settled();
    await pool.closeConnector('c1');
    expect(pool.statistics).toEqual({ sessions: 1, inUse: 1 });
    gate.open();
    use.gate.open();
    const used = await use.done;
    await settled();
    // Nothing was sent on it: whoever waited has connected anew.
    expect(closedCounts()).toEqual([1, 0]);
    expect(used).toBe(opened[1]);
    expect(pool.statistics).toEqual({ sessions: 1, inUse: 0 });
  });

  it('has whoever waits for a connect learn that none may be made any more', async () => {
    const gate = new Gate();
    let mayConnect = true;
    let isSent = false;
    const open = async () => {
      if (!mayConnect) throw new Error('disabled');
      await gate.promise;
      return await connect();
    };
    const uses = [1, 2].map(() =>
      pool.use(key, open, async () => {
        isSent = true;
      }),
    );
    await settled();
    mayConnect = false;
    await pool.closeConnector('c1');
    gate.open();
    for (const use of uses) await expect(use).rejects.toThrow('disabled');
    await settled();
    expect(isSent).toBe(false);
    expect(closedCounts()).toEqual([1]);
    expect(pool.statistics).toEqual({ sessions: 0, inUse: 0 });
  });

  it('knows nothing of a connector without sessions', async () => {
    await touch();
    await pool.closeConnector('unknown');
    expect(closedCounts()).toEqual([0]);
  });
});

describe('sweep', () => {
  it('closes what nobody has used for the idle time, counted from the end of the last use', async () => {
    const use = hold();
    clock.advance(IDLE_MS * 2);
    use.gate.open();
    await use.done;
    clock.advance(IDLE_MS - 1);
    await pool.sweep();
    expect(closedCounts()).toEqual([0]);
    clock.advance(1);
    await pool.sweep();
    expect(closedCounts()).toEqual([1]);
    expect(pool.statistics).toEqual({ sessions: 0, inUse: 0 });
    await touch();
    expect(opened).toHaveLength(2);
  });

  it('leaves a session in use and one whose connect takes long', async () => {
    const use = hold();
    const gate = new Gate<McpConnection>();
    const connecting = pool.use({ ...key, userId: 'bob' }, () => gate.promise, nothing);
    clock.advance(IDLE_MS * 10);
    await pool.sweep();
    expect(pool.statistics).toEqual({ sessions: 2, inUse: 2 });
    use.gate.open();
    gate.open(await connect());
    await Promise.all([use.done, connecting]);
    await pool.sweep();
    expect(closedCounts()).toEqual([0, 0]);
  });

  it('a use starts the idle time anew', async () => {
    for (let i = 0; i < 5; i += 1) {
      await touch();
      clock.advance(IDLE_MS - 1);
      await pool.sweep();
    }
    expect(closedCounts()).toEqual([0]);
  });

  it('tells the idle from the busy', async () => {
    await touch();
    await touch({ ...key, userId: 'bob' });
    clock.advance(IDLE_MS);
    await touch();
    await pool.sweep();
    expect(closedCounts()).toEqual([0, 1]);
  });
});

describe('close', () => {
  it('closes all sessions and refuses new ones', async () => {
    await touch();
    await touch({ ...key, userId: 'bob' });
    await pool.close();
    expect(closedCounts()).toEqual([1, 1]);
    await expect(touch()).rejects.toThrow('the session pool is closed');
    expect(opened).toHaveLength(2);
    expect(pool.statistics).toEqual({ sessions: 0, inUse: 0 });
  });

  it('closes a session in use without waiting for its use', async () => {
    const use = hold();
    await use.session;
    await pool.close();
    expect(closedCounts()[0]).toBeGreaterThan(0);
    use.gate.open();
    await use.done;
  });

  it('leaks no connection that is still being opened', async () => {
    const gate = new Gate();
    const use = pool
      .use(
        key,
        async () => {
          await gate.promise;
          return await connect();
        },
        nothing,
      )
      .catch(() => undefined);
    await settled();
    const closing = pool.close();
    gate.open();
    await Promise.all([closing, use]);
    await settled();
    expect(closedCounts()[0]).toBeGreaterThan(0);
    expect(pool.statistics).toEqual({ sessions: 0, inUse: 0 });
  });

  it('waits for connections that were being closed already', async () => {
    const gate = new Gate();
    const slow = new FakeConnection();
    slow.close = async () => {
      await gate.promise;
      slow.closed += 1;
    };
    await pool.use(
      key,
      async () => slow,
      async (_, { retire }) => retire(),
    );
    let isDone = false;
    const closing = pool.close().then(() => {
      isDone = true;
    });
    await settled();
    expect(isDone).toBe(false);
    gate.open();
    await closing;
    expect(slow.closed).toBe(1);
  });

  it('closes each session once, also one that was retired while in use', async () => {
    const retired = pool.use(key, connect, async (_, { retire }) => {
      retire();
      await gate.promise;
    });
    const gate = new Gate();
    await settled();
    const current = hold();
    await current.session;
    await pool.close();
    expect(closedCounts()).toEqual([1, 1]);
    gate.open();
    current.gate.open();
    await Promise.all([retired, current.done]);
    await settled();
    expect(closedCounts()).toEqual([1, 1]);
    expect(pool.statistics).toEqual({ sessions: 0, inUse: 0 });
  });

  it('neither waits for a connect under way nor sends anything on it', async () => {
    const gate = new Gate();
    let isSent = false;
    const use = pool.use(
      key,
      async () => {
        await gate.promise;
        return await connect();
      },
      async () => {
        isSent = true;
      },
    );
    const refused = expect(use).rejects.toBeInstanceOf(SessionPoolClosed);
    await settled();
    await pool.close();
    gate.open();
    await refused;
    await settled();
    expect(isSent).toBe(false);
    expect(closedCounts()).toEqual([1]);
  });

  it('survives a connection that fails to close', async () => {
    const broken = new FakeConnection();
    broken.close = () => Promise.reject(new Error('cannot close'));
    await pool.use(key, async () => broken, nothing);
    await pool.close();
    expect(pool.statistics).toEqual({ sessions: 0, inUse: 0 });
  });

  it('may be called twice', async () => {
    await touch();
    await Promise.all([pool.close(), pool.close()]);
    expect(closedCounts()).toEqual([1]);
  });
});
