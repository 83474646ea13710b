import { connect as connectSocket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startLegacyServer } from '../../support/mcp-servers/legacy-server.ts';
import { startDualServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

let service: TestService;
let server: ScriptedServer;
let token: string;
let alice: ApiClient;

const STREAM = { accept: 'text/event-stream' };

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
});

afterAll(() => service.close());

beforeEach(async () => {
  const user = `user-${crypto.randomUUID()}`;
  token = await service.tokenFor(user);
  alice = await service.clientFor(user);
  server = await ScriptedServer.start({ json: false });
});

afterEach(() => server.stop());

async function connect(url: string): Promise<void> {
  (await alice.createConnector({ name: 'Mine', server_url: url })).ok(201);
}

/** A call over a socket of its own. @returns what hangs up */
function callAndLeave(tool: string, headers: Record<string, string> = {}): () => void {
  const { hostname, port, host } = new URL(service.url);
  const body = JSON.stringify({ name: `mine__${tool}`, arguments: {} });
  const socket = connectSocket({ host: hostname, port: Number(port) });
  const lines = [
    'POST /api/users/me/tools/call HTTP/1.1',
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.on('error', () => {}).write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return () => socket.destroy();
}

const cancelledLines = () =>
  service.operations().filter(({ outcome }) => outcome === 'cancelled').length;

describe('a caller who hangs up', () => {
  it.each([
    ['plain', {}],
    ['streamed', STREAM],
  ])('has the call cancelled on the server, and the session stays: %s', async (_how, headers) => {
    await connect(server.url);
    (await alice.callTool({ name: 'mine__echo' })).ok();
    const before = cancelledLines();
    server.script = () => new Promise(() => {});
    const leave = callAndLeave('echo', headers);
    await expect.poll(() => server.calls.length).toBe(2);

    leave();

    await expect.poll(() => server.cancelled).toEqual(['echo']);
    await expect.poll(cancelledLines).toBe(before + 1);
    const { handshakes } = server;
    server.script = () => ({ content: [] });
    (await alice.callTool({ name: 'mine__echo' })).ok();
    expect(server.handshakes).toBe(handshakes);
    expect(server.openSessions).toBe(1);
  });

  it('costs others who call over the same session nothing', async () => {
    await connect(server.url);
    const releases: (() => void)[] = [];
    server.script = () => new Promise((resolve) => releases.push(() => resolve({ content: [] })));
    const leave = callAndLeave('echo');
    await expect.poll(() => releases.length).toBe(1);
    const other = alice.callTool({ name: 'mine__echo' });
    await expect.poll(() => releases.length).toBe(2);

    leave();
    await expect.poll(() => server.cancelled.length).toBe(1);
    releases[1]?.();

    (await other).ok();
  });

  it('before the session is there leaves no call behind, and the session for the next one', async () => {
    await connect(server.url);
    const gate = server.gate('initialize');
    const before = cancelledLines();
    const leave = callAndLeave('echo');
    await gate.arrived();

    leave();
    await expect.poll(cancelledLines).toBe(before + 1);
    gate.open();

    (await alice.callTool({ name: 'mine__echo' })).ok();
    expect(server.calls).toEqual(['echo']);
    expect(server.openSessions).toBe(1);
  });

  it('does not wait with an Idempotency-Key: the call goes on, and its answer is kept', async () => {
    await connect(server.url);
    const key = { 'idempotency-key': 'come-back' };
    let release = () => {};
    server.script = () =>
      new Promise((resolve) => {
        release = () => resolve({ content: [{ type: 'text', text: 'kept' }] });
      });
    const leave = callAndLeave('echo', key);
    await expect.poll(() => server.calls.length).toBe(1);
    leave();
    (await alice.callTool({ name: 'mine__echo', arguments: {} }, { headers: key })).problem(
      409,
      'IDEMPOTENCY_IN_PROGRESS',
    );
    release();

    const retry = () => alice.callTool({ name: 'mine__echo', arguments: {} }, { headers: key });
    await expect.poll(async () => (await retry()).status).toBe(200);

    expect((await retry()).ok().content).toEqual([{ type: 'text', text: 'kept' }]);
    expect(server.calls).toEqual(['echo']);
    expect(server.cancelled).toEqual([]);
  });

  it('leaves no session and no socket behind, a hundred times', async () => {
    await connect(server.url);
    server.script = () => new Promise(() => {});
    for (let n = 0; n < 100; n += 1) {
      const leave = callAndLeave('echo', n % 2 === 0 ? STREAM : {});
      await expect.poll(() => server.calls.length, { interval: 5 }).toBe(n + 1);
      leave();
    }
    await expect.poll(() => server.cancelled.length).toBe(100);
    expect(server.openSessions).toBe(1);
    const operator = await service.clientFor('operator', { scopes: ['operator'] });
    const page = async () => (await operator.listSessions('?limit=100')).ok();
    await expect.poll(async () => (await page()).totals.in_use).toBe(0);
  });
});

describe('servers of every kind are told', () => {
  it.each([
    ['streamable HTTP of the legacy era', () => startLegacyServer()],
    ['streamable HTTP that answers in JSON', () => startLegacyServer({ json: true })],
    ['SSE', () => startLegacyServer({ transport: 'sse' })],
    ['both eras', () => startDualServer()],
    ['the modern era only', () => startModernServer()],
  ])('%s', async (_kind, start) => {
    const upstream = await start();
    try {
      await connect(upstream.url);
      for (const headers of [{}, STREAM]) {
        const told = upstream.cancelled();
        const calls = upstream.calls['wait'] ?? 0;
        const leave = callAndLeave('wait', headers);
        await expect.poll(() => upstream.calls['wait']).toBe(calls + 1);
        leave();
        await expect.poll(() => upstream.cancelled()).toBe(told + 1);
      }
      (await alice.callTool({ name: 'mine__echo', arguments: { message: 'x' } })).ok();
    } finally {
      await upstream.close();
    }
  });
});
