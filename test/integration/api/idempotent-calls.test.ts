import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

let service: TestService;
let clock: ImpatientClock;
let server: ScriptedServer;
let alice: ApiClient;
let headers: { 'idempotency-key': string };

const call = { name: 'mine__echo', arguments: { n: 1 } };

beforeAll(async () => {
  clock = new ImpatientClock();
  service = await startTestService({ clock });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start();
  headers = { 'idempotency-key': randomUUID() };
  (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
});

afterEach(() => server.stop());

describe('calling a tool with an Idempotency-Key', () => {
  it('runs it once, and answers a repeat with the same result', async () => {
    const first = await alice.callTool(call, { headers });
    const second = await alice.callTool(call, { headers });

    expect(second.ok()).toEqual(first.ok());
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(server.calls).toEqual(['echo']);
  });

  it('runs it every time without a key', async () => {
    (await alice.callTool(call)).ok();
    (await alice.callTool(call)).ok();

    expect(server.calls).toHaveLength(2);
  });

  it('runs one of twenty at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => alice.callTool(call, { headers })),
    );

    for (const { outcome } of answers) expect(['ok', 'IDEMPOTENCY_IN_PROGRESS']).toContain(outcome);
    expect(answers.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThanOrEqual(1);
    expect(server.calls).toEqual(['echo']);
  });

  it('refuses other arguments under the same key', async () => {
    (await alice.callTool(call, { headers })).ok();

    const other = await alice.callTool({ ...call, arguments: { n: 2 } }, { headers });

    other.problem(422, 'IDEMPOTENCY_KEY_REUSED');
    expect(server.calls).toHaveLength(1);
  });

  it('keeps keys of calls and of creates apart', async () => {
    const draft = { name: 'Other', server_url: server.url };
    (await alice.createConnector(draft, headers)).ok(201);

    (await alice.callTool(call, { headers })).ok();
    expect(server.calls).toEqual(['echo']);
  });

  it('keeps a failure that the tool itself reports', async () => {
    server.script = () => ({ content: [{ type: 'text', text: 'No.' }], isError: true });
    const first = await alice.callTool(call, { headers });
    server.script = () => ({ content: [] });

    expect((await alice.callTool(call, { headers })).ok()).toEqual(first.ok());
    expect(server.calls).toHaveLength(1);
  });

  it('keeps a 504, since the tool may have run, and does not run it again', async () => {
    server.script = () => new Promise(() => {});
    const calling = alice.callTool(call, { headers });
    await expect.poll(() => server.calls.length).toBe(1);
    expect(clock.expire(60_000)).toBe(1);
    (await calling).problem(504, 'UPSTREAM_TIMEOUT');
    server.script = () => ({ content: [] });

    const repeated = await alice.callTool(call, { headers });

    repeated.problem(504, 'UPSTREAM_TIMEOUT');
    expect(server.calls).toHaveLength(1);
    (await alice.callTool(call)).ok();
  });

  it('keeps a 502 of a connection that broke off during the call', async () => {
    (await alice.callTool({ ...call, arguments: {} })).ok();
    server.intercept = ({ rpcMethod }, response) => {
      if (rpcMethod === 'tools/call') response.destroy();
      return rpcMethod === 'tools/call';
    };
    (await alice.callTool(call, { headers })).problem(502, 'UPSTREAM_UNREACHABLE');
    server.intercept = () => false;

    (await alice.callTool(call, { headers })).problem(502, 'UPSTREAM_UNREACHABLE');

    expect(server.calls).toHaveLength(1);
  });

  it('lets a call be repeated that provably did not reach the server', async () => {
    await server.stop();
    (await alice.callTool(call, { headers })).problem(502, 'UPSTREAM_UNREACHABLE');
    await server.listen();

    (await alice.callTool(call, { headers })).ok();

    expect(server.calls).toEqual(['echo']);
  });

  it('lets a call be repeated that was refused before it ran', async () => {
    const unknown = { ...call, name: 'mine__unknown' };
    (await alice.callTool(unknown, { headers })).problem(404, 'TOOL_NOT_FOUND');
    const [connector] = (await alice.listConnectors()).ok().items;
    const id = String(connector?.id);
    (await alice.setStatus(id, 'DISABLED')).ok();
    (await alice.callTool(call, { headers })).problem(409, 'CONNECTOR_DISABLED');
    (await alice.setStatus(id, 'ENABLED')).ok();

    (await alice.callTool(call, { headers })).ok();

    expect(server.calls).toEqual(['echo']);
  });

  it('does not keep an answer that is too large, and does not run the tool again', async () => {
    const text = 'x'.repeat(65 * 1024);
    server.script = () => ({ content: [{ type: 'text', text }] });
    const first = (await alice.callTool(call, { headers })).ok();
    expect(first.content).toEqual([{ type: 'text', text }]);

    const repeated = await alice.callTool(call, { headers });

    repeated.problem(409, 'IDEMPOTENCY_NOT_REPLAYABLE');
    expect(server.calls).toHaveLength(1);
  });

  it('refuses new keys of a caller who has ten thousand, and nobody else', async () => {
    const user = `user-${randomUUID()}`;
    const greedy = await service.clientFor(user);
    await service.databaseTools.owner.query(
      `insert into idempotency_records (tenant_id, user_id, operation, key, request_hash, expires_at)
       select 'default', $1, 'callUserTool', n::text, repeat('0', 64), now() + interval '1 hour'
       from generate_series(1, 10000) n`,
      [user],
    );
    (await greedy.createConnector({ name: 'Mine', server_url: server.url })).ok(201);

    const refused = await greedy.callTool(call, { headers });

    refused.problem(429, 'RATE_LIMITED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(server.calls).toEqual([]);
    (await greedy.callTool(call)).ok();
    (await alice.callTool(call, { headers })).ok();
  });

  it('keeps the answers of users apart', async () => {
    const bob = await service.clientFor();
    (await bob.createConnector({ name: 'Mine', server_url: server.url })).ok(201);

    const mine = (await alice.callTool(call, { headers })).ok();
    const his = (await bob.callTool(call, { headers })).ok();

    expect(his.connector_id).not.toBe(mine.connector_id);
    expect(server.calls).toHaveLength(2);
  });
});
