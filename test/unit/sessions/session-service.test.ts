import { getEventListeners } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import type { McpConnection, McpTarget } from '../../../src/mcp/client/mcp-client.ts';
import {
  McpFailure,
  type McpFailureCode,
  type McpFailureOptions,
} from '../../../src/mcp/client/mcp-failure.ts';
import { CircuitBreakers } from '../../../src/modules/sessions/circuit-breakers.ts';
import { SessionPool } from '../../../src/modules/sessions/session-pool.ts';
import {
  SessionService,
  type SessionSubject,
} from '../../../src/modules/sessions/session-service.ts';
import type { Identity } from '../../../src/tenancy/caller.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Gate, settled } from '../lib/gate.ts';
import { FakeMcpClient } from './fake-mcp.ts';

/** Of requests to a server. A run has one of its own, as every call has. */
const { signal } = new AbortController();
const alice = { tenantId: 'tenant-a', userId: 'alice' };
const target: McpTarget = {
  url: 'https://mcp.example.com/mcp',
  transport: 'auto',
  era: undefined,
  secretHeaders: { authorization: 'Bearer t' },
};

let clock: FakeClock;
let mcpClient: FakeMcpClient;
let pool: SessionPool;
let service: SessionService;
let targetsOpened: number;
let subject: SessionSubject;

beforeEach(() => {
  mcpClient = new FakeMcpClient();
  clock = new FakeClock();
  pool = new SessionPool({ clock, idleMs: 60_000 });
  service = createService();
  targetsOpened = 0;
  subject = {
    connectorId: 'c1',
    credentialGeneration: 1,
    openTarget: async () => {
      targetsOpened += 1;
      return target;
    },
  };
});

function createService(): SessionService {
  const breakers = new CircuitBreakers({ clock });
  const onToolsMayDiffer = () => undefined;
  const deps = { pool, breakers, mcpClient, clock, connectTimeoutMs: 30_000, onToolsMayDiffer };
  return new SessionService(deps);
}

/** Runs work that nobody gives up on. */
function run<Result>(
  identity: Identity,
  of: SessionSubject,
  work: (connection: McpConnection) => Promise<Result>,
): Promise<Result> {
  return service.run(identity, of, work, { signal: new AbortController().signal });
}

/** Makes a session, so that the next run finds one. */
const warmUp = () => run(alice, subject, async () => undefined);

/** Fails as often as told, then succeeds; remembers the connections it was given. */
function failing(
  code: McpFailureCode,
  options: McpFailureOptions,
  times = Number.POSITIVE_INFINITY,
) {
  const connections: McpConnection[] = [];
  const failures: McpFailure[] = [];
  const work = async (connection: McpConnection) => {
    connections.push(connection);
    if (connections.length > times) return 'well';
    const failure = new McpFailure(code, options);
    failures.push(failure);
    throw failure;
  };
  return { work, connections, failures };
}

describe('connecting', () => {
  it('opens the target only for a new connection', async () => {
    await warmUp();
    await warmUp();
    expect(targetsOpened).toBe(1);
    expect(mcpClient.targets).toEqual([target]);
  });

  it('50 concurrent runs share one connect', async () => {
    await Promise.all(
      Array.from({ length: 50 }, () => run(alice, subject, (c) => c.listTools({ signal }))),
    );
    expect(mcpClient.connections).toHaveLength(1);
    expect(targetsOpened).toBe(1);
  });

  it.each([
    [{ ...alice, userId: 'bob' }, {}],
    [{ ...alice, tenantId: 'tenant-b' }, {}],
    [alice, { credentialGeneration: 2 }],
    [alice, { connectorId: 'c2' }],
  ])('never shares with %j %j', async (identity, change) => {
    const mine = await run(alice, subject, async (connection) => connection);
    const other = { ...subject, ...change };
    const theirs = await run(identity, other, async (connection) => connection);
    expect(theirs).not.toBe(mine);
    expect(mcpClient.connections).toHaveLength(2);
  });

  it('leaves no listener on the signal of a caller, however the run ends', async () => {
    const caller = new AbortController();
    const byCaller = (work: () => Promise<unknown>, of = subject) =>
      service.run(alice, of, work, { signal: caller.signal }).catch(() => undefined);
    const failed = new McpFailure('CONNECTION_FAILED', { notExecuted: true, sessionLost: true });
    const broken = { ...subject, openTarget: () => Promise.reject(new Error('sealed')) };

    await Promise.all(Array.from({ length: 5 }, () => byCaller(async () => 'well')));
    await byCaller(() => Promise.reject(failed));
    await byCaller(async () => 'well', { ...broken, connectorId: 'c3' });

    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });

  it('a failed connect proves that nothing ran; it is not tried again, and forgotten', async () => {
    const failure = new McpFailure('CONNECTION_FAILED', { notExecuted: true, sessionLost: true });
    mcpClient.beforeConnect = () => Promise.reject(failure);
    await expect(warmUp()).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      notExecuted: true,
      cause: failure,
    });
    expect(mcpClient.targets).toHaveLength(1);
    mcpClient.beforeConnect = async () => undefined;
    await warmUp();
    expect(mcpClient.targets).toHaveLength(2);
  });

  it('a target that does not open is thrown as it is, and no server is asked', async () => {
    const failure = new Error('sealed text does not open');
    const broken = { ...subject, openTarget: () => Promise.reject(failure) };
    await expect(run(alice, broken, async () => undefined)).rejects.toBe(failure);
    expect(mcpClient.targets).toEqual([]);
    expect(pool.statistics.sessions).toBe(0);
  });

  it('gives every connect a deadline of its own', async () => {
    mcpClient.beforeConnect = () =>
      new Promise((_, reject) => {
        const connectSignal = mcpClient.signals.at(-1);
        connectSignal?.addEventListener('abort', () => reject(new McpFailure('TIMEOUT')));
      });
    for (const count of [1, 2]) {
      const running = run(alice, subject, async () => undefined);
      await settled();
      clock.advance(29_999);
      await settled();
      expect(mcpClient.signals.at(-1)?.aborted).toBe(false);
      clock.advance(1);
      await expect(running).rejects.toMatchObject({ code: 'TIMEOUT' });
      expect(mcpClient.signals).toHaveLength(count);
      expect(clock.sleeping).toBe(0);
    }
  });

  it('ends the deadline of a connect with the connect', async () => {
    await warmUp();
    expect(clock.sleeping).toBe(0);
    clock.advance(30_000);
    expect(mcpClient.signals[0]?.aborted).toBe(false);
  });
});

describe('a failure on a live session', () => {
  it('runs once more, on a fresh connection, where the request was certainly not executed', async () => {
    await warmUp();
    const { work, connections } = failing('CONNECTION_FAILED', { notExecuted: true }, 1);
    expect(await run(alice, subject, work)).toBe('well');
    expect(connections).toEqual([mcpClient.connections[0], mcpClient.connections[1]]);
    expect(mcpClient.connections.map(({ closed }) => closed)).toEqual([1, 0]);
    expect(targetsOpened).toBe(2);
  });

  it('runs at most twice, and throws the second failure itself', async () => {
    await warmUp();
    const { work, connections, failures } = failing('INVALID_MCP_SERVER', {
      notExecuted: true,
      sessionLost: true,
    });
    await expect(run(alice, subject, work)).rejects.toSatisfy((error) => error === failures[1]);
    expect(connections).toHaveLength(2);
    await settled();
    expect(mcpClient.open).toBe(0);
    expect(pool.statistics).toEqual({ sessions: 0, inUse: 0 });
  });

  it('runs once more where the session was lost at its first use', async () => {
    const { work, connections } = failing(
      'CONNECTION_FAILED',
      { notExecuted: true, sessionLost: true },
      1,
    );
    expect(await run(alice, subject, work)).toBe('well');
    expect(connections).toHaveLength(2);
  });

  it('does not run again on a connection that was fresh already', async () => {
    const { work, connections, failures } = failing('CONNECTION_FAILED', { notExecuted: true });
    await expect(run(alice, subject, work)).rejects.toSatisfy((error) => error === failures[0]);
    expect(connections).toHaveLength(1);
  });

  const CODES: McpFailureCode[] = [
    'INVALID_URL',
    'BLOCKED_URL',
    'CONNECTION_FAILED',
    'TIMEOUT',
    'AUTH_FAILED',
    'AUTH_REQUIRED',
    'INVALID_MCP_SERVER',
    'PROTOCOL_MISMATCH',
    'RESPONSE_TOO_LARGE',
  ];

  it.each(CODES)('%s that may have run is never sent again, lost session or not', async (code) => {
    for (const sessionLost of [false, true]) {
      await warmUp();
      const { work, connections, failures } = failing(code, { sessionLost });
      await expect(run(alice, subject, work)).rejects.toSatisfy((error) => error === failures[0]);
      expect(connections).toHaveLength(1);
    }
  });

  it('takes the connection out of the pool, also where nothing is sent again', async () => {
    await warmUp();
    const { work } = failing('TIMEOUT', {});
    await expect(run(alice, subject, work)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await settled();
    expect(mcpClient.open).toBe(0);
    await warmUp();
    expect(mcpClient.connections).toHaveLength(2);
  });

  it('leaves others at work on the connection until they are done', async () => {
    const gate = new Gate();
    const other = run(alice, subject, async (connection) => {
      await gate.promise;
      return await connection.callTool({ name: 't', arguments: {} }, { signal });
    });
    await settled();
    const { work } = failing('TIMEOUT', {});
    await expect(run(alice, subject, work)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(mcpClient.open).toBe(1);
    gate.open();
    expect(await other).toMatchObject({ kind: 'result' });
    await settled();
    expect(mcpClient.open).toBe(0);
  });

  it('20 runs that lose one session together share one fresh connection', async () => {
    await warmUp();
    const gate = new Gate();
    const [lost] = mcpClient.connections;
    const runs = Array.from({ length: 20 }, () =>
      run(alice, subject, async (connection) => {
        await gate.promise;
        if (connection === lost) {
          throw new McpFailure('INVALID_MCP_SERVER', { notExecuted: true, sessionLost: true });
        }
        return connection;
      }),
    );
    await settled();
    gate.open();
    expect(new Set(await Promise.all(runs))).toEqual(new Set([mcpClient.connections[1]]));
    expect(mcpClient.connections.map(({ closed }) => closed)).toEqual([1, 0]);
  });

  it('a failed reconnect is what the caller learns of', async () => {
    await warmUp();
    const refused = new McpFailure('CONNECTION_FAILED');
    mcpClient.beforeConnect = () => Promise.reject(refused);
    const { work, connections } = failing('INVALID_MCP_SERVER', {
      notExecuted: true,
      sessionLost: true,
    });
    await expect(run(alice, subject, work)).rejects.toMatchObject({
      notExecuted: true,
      cause: refused,
    });
    expect(connections).toHaveLength(1);
  });

  it('an error that is not about the server costs neither connection nor a second run', async () => {
    await warmUp();
    const bug = new TypeError('a mistake of ours');
    let runs = 0;
    const work = async () => {
      runs += 1;
      throw bug;
    };
    await expect(run(alice, subject, work)).rejects.toBe(bug);
    expect(runs).toBe(1);
    await warmUp();
    expect(mcpClient.connections).toHaveLength(1);
    expect(mcpClient.open).toBe(1);
  });
});

describe('closeConnector', () => {
  it('ends the sessions of all users of the connector', async () => {
    await warmUp();
    await run({ ...alice, userId: 'bob' }, subject, async () => undefined);
    await service.closeConnector('c1');
    expect(mcpClient.open).toBe(0);
    expect(mcpClient.connections).toHaveLength(2);
  });
});
