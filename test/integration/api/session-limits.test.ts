import { afterEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(env: Record<string, string> = {}): Promise<TestService> {
  const service = await startTestService({
    // A new URL is about sessions here, not about what its owner has to approve.
    env: { TOOL_POLICY_CHANGED: 'accept', ...env },
    clock: new ImpatientClock(),
  });
  cleanups.push(() => service.close());
  return service;
}

async function startServer(): Promise<ScriptedServer> {
  const server = await ScriptedServer.start();
  cleanups.push(() => server.stop());
  return server;
}

/** Gives a user the connectors `one` and `two`. */
async function connect(client: ApiClient, servers: readonly ScriptedServer[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [n, { url }] of servers.entries()) {
    const body = { name: ['One', 'Two'][n] ?? 'More', server_url: url };
    ids.push((await client.createConnector(body)).ok(201).id);
  }
  return ids;
}

describe('calls at their limit', () => {
  it('are refused, cost other users nothing, and can be made when one has ended', async () => {
    const service = await start({ CALLS_MAX_PER_USER: '2' });
    const server = await startServer();
    const [alice, bob] = [await service.clientFor(), await service.clientFor()];
    await connect(alice, [server]);
    await connect(bob, [server]);
    const gate = server.gate('tools/call');
    const busy = [alice.callTool({ name: 'one__echo' }), alice.callTool({ name: 'one__echo' })];
    await gate.arrived(2);
    const headers = { 'idempotency-key': 'again' };

    const refused = await alice.callTool({ name: 'one__echo' }, { headers });
    const others = bob.callTool({ name: 'one__echo' });
    await gate.arrived(3);

    expect(refused.problem(429, 'SESSION_LIMIT_REACHED')).toMatchObject({
      scope: 'user',
      retryable: true,
      connector_id: expect.any(String),
      detail: expect.stringContaining('All 2 calls'),
    });
    expect(refused.headers.get('retry-after')).toBe('1');
    gate.open();
    for (const call of [...busy, others]) (await call).ok();
    (await alice.callTool({ name: 'one__echo' }, { headers })).ok();
    expect(server.calls).toHaveLength(4);
  });

  it('are counted no longer when they fail', async () => {
    const service = await start({ CALLS_MAX_PER_USER: '1' });
    const server = await startServer();
    const alice = await service.clientFor();
    await connect(alice, [server]);
    server.intercept = ({ rpcMethod }, response) => {
      if (rpcMethod === 'tools/call') response.writeHead(403).end();
      return rpcMethod === 'tools/call';
    };

    (await alice.callTool({ name: 'one__echo' })).problem(409, 'NEEDS_AUTH');
    server.intercept = () => false;
    (await alice.callTool({ name: 'one__nothing' })).problem(404, 'TOOL_NOT_FOUND');
    (await alice.callTool({ name: 'one__echo' })).ok();
  });
});

describe('sessions at their limit', () => {
  it.each([
    ['user', { SESSIONS_MAX_PER_USER: '1' }, 429, 'SESSION_LIMIT_REACHED'],
    ['service', { SESSIONS_MAX: '1' }, 503, 'SESSIONS_EXHAUSTED'],
  ] as const)(
    'of the %s: idle ones make room, busy ones do not',
    async (scope, env, status, code) => {
      const service = await start(env);
      const servers = [await startServer(), await startServer()];
      const alice = await service.clientFor();
      await connect(alice, servers);

      (await alice.callTool({ name: 'one__echo' })).ok();
      (await alice.callTool({ name: 'two__echo' })).ok();
      await expect.poll(() => servers.map(({ openSessions }) => openSessions)).toEqual([0, 1]);
      const gate = servers[1]?.gate('tools/call');
      const busy = alice.callTool({ name: 'two__echo' });
      await gate?.arrived();

      const refused = await alice.callTool(
        { name: 'one__echo' },
        { headers: { 'idempotency-key': 'again' } },
      );

      expect(refused.problem(status, code)).toMatchObject({
        scope,
        retryable: true,
        connector_id: expect.any(String),
        detail: expect.any(String),
      });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(servers[0]?.calls).toHaveLength(1);
      gate?.open();
      (await busy).ok();
      // Nothing ran, so the key is free again.
      (
        await alice.callTool({ name: 'one__echo' }, { headers: { 'idempotency-key': 'again' } })
      ).ok();
    },
  );

  it('of one user cost another user nothing', async () => {
    const service = await start({ SESSIONS_MAX_PER_USER: '1' });
    const servers = [await startServer()];
    const gate = servers[0]?.gate('tools/call');
    const clients = [await service.clientFor(), await service.clientFor()];
    for (const client of clients) await connect(client, servers);
    const calls = clients.map((client) => client.callTool({ name: 'one__echo' }));
    await gate?.arrived(2);
    gate?.open();
    for (const answer of await Promise.all(calls)) answer.ok();
  });
});

describe('a server that does not answer any more', () => {
  it('is not asked after three failures, until a sync finds it well', async () => {
    const service = await start();
    const server = await startServer();
    const alice = await service.clientFor();
    const [id = ''] = await connect(alice, [server]);
    await server.stop();
    const call = () => alice.callTool({ name: 'one__echo' });
    for (let n = 0; n < 3; n += 1) {
      const answer = await call();
      answer.problem(502, 'UPSTREAM_UNREACHABLE');
      expect(answer.headers.get('retry-after')).toBeNull();
    }
    await server.listen();
    const seen = server.requests.length;

    const refused = await call();

    expect(refused.problem(502, 'UPSTREAM_UNREACHABLE')).toMatchObject({
      connector_id: id,
      reason: 'CONNECTION_FAILED',
      retryable: true,
      detail: expect.stringMatching(/\d+ seconds/),
    });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(30);
    expect(server.requests).toHaveLength(seen);
    const operator = await service.clientFor('operator', { scopes: ['operator'] });
    expect((await operator.listSessions()).ok()).toMatchObject({
      totals: { breakers_open: 1 },
      breakers: [{ connector_id: id, state: 'open', last_error_code: 'CONNECTION_FAILED' }],
    });
    const metrics = async () => await (await fetch(`${service.url}/metrics`)).text();
    expect(await metrics()).toContain('mcp_circuit_breakers_open 1');

    (await alice.syncConnector(id)).ok();
    (await call()).ok();
    expect((await operator.listSessions()).ok().breakers).toEqual([]);
    expect(await metrics()).toContain('mcp_circuit_breakers_open 0');
  });

  it('stays refused where the sync fails', async () => {
    const service = await start();
    const server = await startServer();
    const alice = await service.clientFor();
    const [id = ''] = await connect(alice, [server]);
    await server.stop();
    for (let n = 0; n < 3; n += 1) await alice.callTool({ name: 'one__echo' });

    expect((await alice.syncConnector(id)).ok().status).toBe('ERROR');

    const refused = await alice.callTool({ name: 'one__echo' });
    expect(refused.headers.get('retry-after')).not.toBeNull();
  });

  it('is asked at once after its URL was changed to one that works', async () => {
    const service = await start();
    const [server, other] = [await startServer(), await startServer()];
    const alice = await service.clientFor();
    const [id = ''] = await connect(alice, [server]);
    await server.stop();
    for (let n = 0; n < 4; n += 1) await alice.callTool({ name: 'one__echo' });

    (await alice.updateConnector(id, { server_url: other.url })).ok();

    (await alice.callTool({ name: 'one__echo' })).ok();
  });
});

describe('the metrics', () => {
  it('tell of calls and sessions, and of nobody who made them', async () => {
    const service = await start();
    const server = await startServer();
    const user = 'some-user-of-ours';
    const alice = await service.clientFor(user);
    const [id = ''] = await connect(alice, [server]);
    (await alice.callTool({ name: 'one__echo' })).ok();
    server.script = () => ({ content: [], isError: true });
    (await alice.callTool({ name: 'one__echo' })).ok();
    (await alice.callTool({ name: 'one__none' })).problem(404, 'TOOL_NOT_FOUND');

    const text = await (await fetch(`${service.url}/metrics`)).text();

    expect(text).toContain('mcp_tool_calls_total{outcome="ok"} 1');
    expect(text).toContain('mcp_tool_calls_total{outcome="tool_error"} 1');
    expect(text).toContain('mcp_tool_calls_total{outcome="TOOL_NOT_FOUND"} 1');
    expect(text).toContain('mcp_tool_call_duration_seconds_count 3');
    expect(text).toContain('mcp_sessions{state="idle"} 1');
    expect(text).toContain('mcp_sessions{state="in_use"} 0');
    for (const name of [user, id, 'one__', '127.0.0.1']) expect(text).not.toContain(name);
  });
});
