import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startEverything } from '../../support/mcp-servers/everything-server.ts';
import { startLegacyServer } from '../../support/mcp-servers/legacy-server.ts';
import { startDualServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

let service: TestService;
let server: ScriptedServer;
let aliceToken: string;
let alice: ApiClient;

const call = { name: 'mine__echo', arguments: { message: 'hello' } };

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
});

afterAll(() => service.close());

beforeEach(async () => {
  const user = `user-${crypto.randomUUID()}`;
  aliceToken = await service.tokenFor(user);
  alice = await service.clientFor(user);
  server = await ScriptedServer.start();
});

afterEach(() => server.stop());

async function connect(client: ApiClient, url = server.url): Promise<string> {
  return (await client.createConnector({ name: 'Mine', server_url: url })).ok(201).id;
}

describe('the session with a server', () => {
  it('is opened by the first call and used by the next ones', async () => {
    await connect(alice);
    expect(server.openSessions).toBe(0);

    for (let n = 0; n < 5; n += 1) (await alice.callTool(call)).ok();

    expect(server.openSessions).toBe(1);
    expect(server.handshakes).toBe(2); // one of them was the test's
  });

  it('is one, also where twenty first calls come at once', async () => {
    await connect(alice);

    const answers = await Promise.all(Array.from({ length: 20 }, () => alice.callTool(call)));

    for (const answer of answers) answer.ok();
    expect(server.calls).toHaveLength(20);
    expect(server.handshakes).toBe(2);
  });

  it('is never shared between users, nor between tenants', async () => {
    const user = `user-${crypto.randomUUID()}`;
    const clients = [
      alice,
      await service.clientFor(user),
      await service.clientFor(user, { tenant: 'other' }),
    ];
    for (const client of clients) {
      await connect(client);
      (await client.callTool(call)).ok();
    }

    const used = server.requests
      .filter(({ rpcMethod }) => rpcMethod === 'tools/call')
      .map(({ headers }) => headers['mcp-session-id']);
    expect(new Set(used).size).toBe(3);
    expect(server.openSessions).toBe(3);
  });

  it('is closed at the server when the service stops', async () => {
    const short = await startTestService();
    try {
      const client = await short.clientFor();
      await connect(client);
      (await client.callTool(call)).ok();
      expect(server.openSessions).toBe(1);
    } finally {
      await short.close();
    }

    expect(server.openSessions).toBe(0);
  });
});

describe('after a restart of the server', () => {
  it('the next call succeeds, and runs once', async () => {
    await connect(alice);
    (await alice.callTool(call)).ok();
    server.forget();

    (await alice.callTool(call)).ok();

    expect(server.calls).toHaveLength(2);
    expect(server.openSessions).toBe(1);
  });

  it('the next call succeeds, also where the connections are gone', async () => {
    await connect(alice);
    (await alice.callTool(call)).ok();
    await server.stop();
    await server.listen();

    (await alice.callTool(call)).ok();

    expect(server.calls).toHaveLength(2);
  });

  it('the next call succeeds, also where the server calls the session a bad request', async () => {
    const legacy = await startLegacyServer({ unknownSession: 400 });
    try {
      await connect(alice, legacy.url);
      (await alice.callTool(call)).ok();
      legacy.restart();

      (await alice.callTool(call)).ok();

      expect(legacy.calls).toEqual({ echo: 2 });
    } finally {
      await legacy.close();
    }
  });

  it('ten calls at once succeed, each once, over one new session', async () => {
    await connect(alice);
    (await alice.callTool(call)).ok();
    server.forget();

    const answers = await Promise.all(Array.from({ length: 10 }, () => alice.callTool(call)));

    for (const answer of answers) answer.ok();
    expect(server.calls).toHaveLength(11);
    await expect.poll(() => server.openSessions).toBe(1);
  });

  it('a call that may have run is not sent again', async () => {
    await connect(alice);
    (await alice.callTool(call)).ok();
    // The tool runs, and only then the connection breaks; the server stays up, so that a second try would reach it.
    server.intercept = (_seen, response) => {
      server.script = () => {
        response.destroy();
        return new Promise(() => {});
      };
      return false;
    };

    (await alice.callTool(call)).problem(502, 'UPSTREAM_UNREACHABLE');

    expect(server.calls).toHaveLength(2);
    server.intercept = () => false;
    server.script = () => ({ content: [] });
    (await alice.callTool(call)).ok();
    expect(server.calls).toHaveLength(3);
  });
});

describe('a call that waits for its connect', () => {
  it('is not sent once its connector is disabled', async () => {
    const id = await connect(alice);
    const gate = server.gate('initialize');
    const calling = alice.callTool(call);
    await gate.arrived();

    (await alice.setStatus(id, 'DISABLED')).ok();
    gate.open();

    (await calling).problem(409, 'CONNECTOR_DISABLED');
    expect(server.calls).toEqual([]);
    await expect.poll(() => server.openSessions).toBe(0);
  });
});

describe('servers of every kind', () => {
  it.each([
    ['streamable HTTP of the legacy era', () => startLegacyServer()],
    ['streamable HTTP that answers in JSON', () => startLegacyServer({ json: true })],
    ['SSE', () => startLegacyServer({ transport: 'sse' })],
    ['both eras', () => startDualServer()],
    ['the modern era only', () => startModernServer()],
  ])('work: %s', async (_kind, start) => {
    const upstream = await start();
    try {
      const id = await connect(alice, upstream.url);
      for (let n = 0; n < 3; n += 1) {
        const result = (await alice.callTool(call)).ok();
        expect(result.content).toEqual([{ type: 'text', text: 'hello' }]);
      }
      expect(upstream.calls).toEqual({ echo: 3 });
      const sum = (await alice.callTool({ name: 'mine__add', arguments: { a: 1, b: 2 } })).ok();
      expect(sum.structured_content).toEqual({ sum: 3 });
      expect((await alice.callTool({ name: 'mine__fail' })).ok().is_error).toBe(true);
      expect((await alice.testConnector(id)).ok().success).toBe(true);
      expect((await alice.syncConnector(id)).ok().status).toBe('ENABLED');
      (await alice.callTool(call)).ok();
    } finally {
      await upstream.close();
    }
  });

  it.each(['streamableHttp', 'sse'] as const)('work: a published server over %s', async (kind) => {
    const upstream = await startEverything(kind);
    try {
      const id = await connect(alice, upstream.url);
      const { tools } = (await alice.getTools()).ok();
      expect(tools.length).toBeGreaterThan(5);
      const result = (await alice.callTool(call)).ok();
      expect(result.content).toEqual([{ type: 'text', text: 'Echo: hello' }]);
      const refused = (await alice.callTool({ name: 'mine__echo', arguments: {} })).ok();
      expect(refused.is_error).toBe(true);
      (await alice.deleteConnector(id)).ok(204);
    } finally {
      await upstream.close();
    }
  });

  it('an SSE server that restarts is found again', async () => {
    const upstream = await startLegacyServer({ transport: 'sse' });
    try {
      await connect(alice, upstream.url);
      (await alice.callTool(call)).ok();
      upstream.restart();
      await expect.poll(() => upstream.openSessions()).toBe(0);

      (await alice.callTool(call)).ok();

      expect(upstream.calls).toEqual({ echo: 2 });
    } finally {
      await upstream.close();
    }
  });
});

describe("the caller's own token", () => {
  it('never reaches a server, whatever is done with it', async () => {
    const asAlice = alice.withToken(aliceToken);
    const id = await connect(asAlice);
    (await asAlice.testConnection({ server_url: server.url })).ok();
    (await asAlice.testConnector(id)).ok();
    (await asAlice.syncConnector(id)).ok();
    (await asAlice.callTool(call)).ok();
    (await asAlice.putCredentials(id, { token: 'upstream-token' })).ok();
    (await asAlice.callTool(call)).ok();
    (await asAlice.updateConnector(id, { auth_type: 'none' })).ok();
    (await asAlice.deleteConnector(id)).ok(204);

    const seen = JSON.stringify(server.requests);
    expect(seen).toContain('upstream-token');
    for (const part of aliceToken.split('.')) expect(seen).not.toContain(part);
  });
});
