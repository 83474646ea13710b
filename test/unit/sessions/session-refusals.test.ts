import { beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/errors/app-error.ts';
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
  type ToolChangeSign,
} from '../../../src/modules/sessions/session-service.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Gate, settled } from '../lib/gate.ts';
import { FakeMcpClient } from './fake-mcp.ts';

/** Of requests to a server. A run has one of its own, as every call has. */
const { signal } = new AbortController();
const alice = { tenantId: 'tenant-a', userId: 'alice' };
const bob = { ...alice, userId: 'bob' };

let clock: FakeClock;
let mcpClient: FakeMcpClient;
let pool: SessionPool;
let service: SessionService;
let signs: [string, string, ToolChangeSign][];

const subject: SessionSubject = {
  connectorId: 'c1',
  credentialGeneration: 1,
  openTarget: async () => ({
    url: 'https://mcp.example.com/mcp',
    transport: 'auto',
    era: undefined,
    secretHeaders: {},
  }),
};

beforeEach(() => {
  clock = new FakeClock();
  mcpClient = new FakeMcpClient();
  signs = [];
  pool = new SessionPool({
    clock,
    idleMs: 60_000,
    limits: { total: 3, perUser: 2, perConnector: 2 },
  });
  service = new SessionService({
    pool,
    breakers: new CircuitBreakers({ clock }),
    mcpClient,
    clock,
    connectTimeoutMs: 30_000,
    onToolsMayDiffer: ({ userId }, connectorId, sign) => signs.push([userId, connectorId, sign]),
  });
});

const run = (work: () => Promise<unknown> = async () => 'well', of = subject, by = alice) =>
  service.run(by, of, work, { signal: new AbortController().signal });
const failWith = (code: McpFailureCode, options: McpFailureOptions = {}) =>
  run(() => Promise.reject(new McpFailure(code, options)));

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const REFUSED = { code: 'UPSTREAM_UNREACHABLE', options: { hadNoEffect: true } };

describe('a server that cannot be reached', () => {
  it('is not asked any more after three connects, and callers are told until when', async () => {
    mcpClient.beforeConnect = () => Promise.reject(new McpFailure('CONNECTION_FAILED'));
    for (let n = 0; n < 3; n += 1) {
      expect(await errorOf(run())).toMatchObject({ code: 'CONNECTION_FAILED' });
    }

    const error = (await errorOf(run())) as AppError;

    expect(error).toMatchObject({
      ...REFUSED,
      options: {
        retryAfterSeconds: 30,
        extensions: { connector_id: 'c1', reason: 'CONNECTION_FAILED', retryable: true },
      },
    });
    expect(error.options.detail).toContain('30 seconds');
    expect(mcpClient.targets).toHaveLength(3);
  });

  it('counts one failure for all who waited for the same connect', async () => {
    const gate = new Gate();
    mcpClient.beforeConnect = () => gate.promise;
    const waiting = Array.from({ length: 50 }, () => errorOf(run()));
    await settled();
    gate.fail(new McpFailure('TIMEOUT'));
    for (const error of await Promise.all(waiting))
      expect(error).toMatchObject({ code: 'TIMEOUT' });

    mcpClient.beforeConnect = async () => undefined;
    expect(await run()).toBe('well');
  });

  it('is asked by one call when the time is over, and by all when that succeeded', async () => {
    mcpClient.beforeConnect = () => Promise.reject(new McpFailure('CONNECTION_FAILED'));
    for (let n = 0; n < 3; n += 1) await errorOf(run());
    clock.advance(30_000);
    const gate = new Gate();
    mcpClient.beforeConnect = () => gate.promise;
    const probe = run();
    await settled();

    expect(await errorOf(run())).toMatchObject(REFUSED);

    gate.open();
    expect(await probe).toBe('well');
    expect(await run()).toBe('well');
  });

  it('is asked again at once after a test that passed', async () => {
    mcpClient.beforeConnect = () => Promise.reject(new McpFailure('CONNECTION_FAILED'));
    for (let n = 0; n < 3; n += 1) await errorOf(run());
    mcpClient.beforeConnect = async () => undefined;
    expect(await errorOf(run())).toMatchObject(REFUSED);
    service.trust('c1');
    expect(await run()).toBe('well');
  });

  it('with other credentials is another one', async () => {
    mcpClient.beforeConnect = () => Promise.reject(new McpFailure('CONNECTION_FAILED'));
    for (let n = 0; n < 3; n += 1) await errorOf(run());
    mcpClient.beforeConnect = async () => undefined;
    expect(await run(undefined, { ...subject, credentialGeneration: 2 })).toBe('well');
  });
});

describe('which failures count', () => {
  it.each<[McpFailureCode, McpFailureOptions]>([
    ['CONNECTION_FAILED', {}],
    ['CONNECTION_FAILED', { status: 503 }],
    ['CONNECTION_FAILED', { status: 429 }],
  ])('%s %j of a call does', async (code, options) => {
    for (let n = 0; n < 3; n += 1)
      expect(await errorOf(failWith(code, options))).toMatchObject({ code });
    expect(await errorOf(run())).toMatchObject(REFUSED);
  });

  it.each<[McpFailureCode, McpFailureOptions]>([
    ['CONNECTION_FAILED', { status: 500 }],
    ['TIMEOUT', {}],
    ['INVALID_MCP_SERVER', {}],
    ['RESPONSE_TOO_LARGE', {}],
    ['AUTH_FAILED', { status: 401, notExecuted: true }],
  ])('%s %j of a call does not: another tool may work', async (code, options) => {
    for (let n = 0; n < 10; n += 1)
      expect(await errorOf(failWith(code, options))).toMatchObject({ code });
    expect(await run()).toBe('well');
  });

  it.each<McpFailureCode>(['AUTH_FAILED', 'AUTH_REQUIRED'])(
    '%s of a connect does not: waiting does not help, its owner has to sign in',
    async (code) => {
      mcpClient.beforeConnect = () => Promise.reject(new McpFailure(code));
      for (let n = 0; n < 10; n += 1) expect(await errorOf(run())).toMatchObject({ code });
    },
  );

  it('a lost session does not where the second try succeeds', async () => {
    for (let n = 0; n < 10; n += 1) {
      let tries = 0;
      await run(async () => {
        tries += 1;
        if (tries === 1)
          throw new McpFailure('CONNECTION_FAILED', { sessionLost: true, notExecuted: true });
      });
    }
    expect(await run()).toBe('well');
  });

  it('an error of our own does not', async () => {
    const broken = { ...subject, openTarget: () => Promise.reject(new TypeError('ours')) };
    for (let n = 0; n < 10; n += 1) {
      expect(await errorOf(run(undefined, broken))).toBeInstanceOf(TypeError);
    }
    expect(await run()).toBe('well');
  });
});

describe('a session too many', () => {
  const hold = (connectorId: string, by = alice) => {
    const gate = new Gate();
    run(() => gate.promise, { ...subject, connectorId }, by).catch(() => undefined);
    return settled();
  };

  it.each([
    ['user', [alice, alice], 'SESSION_LIMIT_REACHED', 429, 'c9'],
    ['connector', [bob, alice], 'SESSION_LIMIT_REACHED', 429, 'c0'],
    ['service', [alice, alice, bob], 'SESSIONS_EXHAUSTED', 503, 'c9'],
  ] as const)('of the %s is refused: %j', async (scope, holders, code, status, connectorId) => {
    for (const [n, holder] of holders.entries())
      await hold(scope === 'connector' ? 'c0' : `c${n}`, holder);
    const by = { ...alice, userId: scope === 'user' ? 'alice' : 'carol' };
    const connects = mcpClient.targets.length;

    const error = await errorOf(run(undefined, { ...subject, connectorId }, by));

    expect(error).toMatchObject({
      code,
      status,
      options: {
        hadNoEffect: true,
        retryAfterSeconds: expect.any(Number),
        extensions: { scope, connector_id: connectorId, retryable: true },
      },
    });
    expect(mcpClient.targets).toHaveLength(connects);
  });
});

describe('signs that the tools changed', () => {
  it('are passed on: what the server says, a lost session, and each use', async () => {
    await run();
    mcpClient.connections[0]?.onListsChanged?.();
    let tries = 0;
    await run(async () => {
      tries += 1;
      if (tries === 1)
        throw new McpFailure('INVALID_MCP_SERVER', { sessionLost: true, notExecuted: true });
    });
    expect(signs).toEqual([
      ['alice', 'c1', 'used'],
      ['alice', 'c1', 'announced'],
      ['alice', 'c1', 'restarted'],
      ['alice', 'c1', 'used'],
    ]);
  });

  it('can be looked into over the session that is open, and only there', async () => {
    const look = () =>
      service.runIfOpen(alice, subject, (connection) => connection.listTools({ signal }));
    expect(await look()).toBeUndefined();
    expect(mcpClient.targets).toEqual([]);
    await run();
    expect(await look()).toEqual({ tools: [], warnings: [] });
    expect(mcpClient.targets).toHaveLength(1);
  });

  it('a look that fails costs the session', async () => {
    await run();
    const failing = service.runIfOpen(alice, subject, () =>
      Promise.reject(new McpFailure('INVALID_MCP_SERVER', { sessionLost: true })),
    );
    await expect(failing).rejects.toMatchObject({ code: 'INVALID_MCP_SERVER' });
    await settled();
    expect(mcpClient.open).toBe(0);
  });
});
