import { afterEach, describe, expect, it } from 'vitest';
import type { McpConnection, McpTarget } from '../../../src/mcp/client/mcp-client.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { startEverything } from '../../support/mcp-servers/everything-server.ts';
import { startHttpEndpoint } from '../../support/mcp-servers/http-endpoint.ts';
import {
  type LegacyServerOptions,
  startLegacyServer,
} from '../../support/mcp-servers/legacy-server.ts';
import { startDualServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { createTestClient } from '../../support/mcp-servers/test-client.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Has a server closed when the test ends. */
async function running<Server extends { close(): Promise<void> }>(starting: Promise<Server>) {
  const server = await starting;
  cleanups.push(() => server.close());
  return server;
}

const NO_HURRY_MS = 20_000;
const signal = () => AbortSignal.timeout(NO_HURRY_MS);

function createClient() {
  const client = createTestClient({ probeTimeoutMs: NO_HURRY_MS, closeTimeoutMs: 500 });
  cleanups.push(() => client.close());
  return client.mcpClient;
}

async function connect(target: Partial<McpTarget> & { url: string }): Promise<McpConnection> {
  const complete = { transport: 'auto' as const, era: undefined, secretHeaders: {}, ...target };
  return await createClient().connect(complete, { signal: signal() });
}

async function failureOf(work: Promise<unknown>): Promise<McpFailure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof McpFailure)) throw new Error('no failure', { cause: error });
  return error;
}

const servers = {
  'legacy, event stream': () => startLegacyServer(),
  'legacy, JSON': () => startLegacyServer({ json: true }),
  'legacy, SSE': () => startLegacyServer({ transport: 'sse' }),
  dual: () => startDualServer(),
  modern: () => startModernServer(),
};

describe.each(Object.entries(servers))('a server that is %s', (_name, start) => {
  it('has its tools listed and called', async () => {
    const { url, calls } = await running(start());
    const connection = await connect({ url });
    const { tools } = await connection.listTools({ signal: signal() });
    expect(tools.find(({ name }) => name === 'add')).toEqual({
      name: 'add',
      title: undefined,
      description: 'Adds two numbers.',
      inputSchema: expect.objectContaining({ type: 'object', required: ['a', 'b'] }),
      outputSchema: expect.objectContaining({ required: ['sum'] }),
      annotations: { readOnlyHint: true },
    });
    const call = (name: string, input = {}) =>
      connection.callTool({ name, arguments: input }, { signal: signal() });
    expect(await call('echo', { message: 'hello' })).toEqual({
      kind: 'result',
      content: [{ type: 'text', text: 'hello' }],
      structuredContent: undefined,
      isError: false,
    });
    expect(await call('add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } });
    expect(await call('fail')).toMatchObject({ kind: 'result', isError: true });
    expect(await call('missing')).toMatchObject({ kind: 'protocol-error', code: -32602 });
    expect(calls).toMatchObject({ echo: 1, add: 1, fail: 1 });
  });

  it('answers calls side by side', async () => {
    const { url } = await running(start());
    const connection = await connect({ url });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        connection.callTool({ name: 'echo', arguments: { message: n } }, { signal: signal() }),
      ),
    );
    expect(answers.map((answer) => answer.kind === 'result' && answer.content[0])).toEqual(
      Array.from({ length: 20 }, (_, n) => ({ type: 'text', text: String(n) })),
    );
  });

  it('is told when a call is given up, and the connection stays usable', async () => {
    const server = await running(start());
    const connection = await connect({ url: server.url });
    const caller = new AbortController();
    const waiting = failureOf(
      connection.callTool({ name: 'wait', arguments: {} }, { signal: caller.signal }),
    );
    await expect.poll(() => server.calls['wait']).toBe(1);
    caller.abort();
    expect(await waiting).toMatchObject({ code: 'TIMEOUT', notExecuted: false });
    await expect.poll(() => server.cancelled()).toBeGreaterThan(0);
    const echo = { name: 'echo', arguments: { message: 'still here' } };
    expect(await connection.callTool(echo, { signal: signal() })).toMatchObject({ kind: 'result' });
  });

  it('is left without sockets, and a closed connection refuses calls', async () => {
    const server = await running(start());
    const connection = await connect({ url: server.url });
    await connection.listTools({ signal: signal() });
    const waiting = failureOf(
      connection.callTool({ name: 'wait', arguments: {} }, { signal: signal() }),
    );
    await expect.poll(() => server.calls['wait']).toBe(1);
    await connection.close();
    expect(await waiting).toMatchObject({ code: 'CONNECTION_FAILED', notExecuted: false });
    await expect.poll(() => server.openSockets()).toBe(0);
    const echo = connection.callTool({ name: 'echo', arguments: {} }, { signal: signal() });
    expect(await failureOf(echo)).toMatchObject({ notExecuted: true, sessionLost: true });
  });
});

describe('sessions', () => {
  it('are ended on the server by close', async () => {
    const server = await running(startLegacyServer());
    const connection = await connect({ url: server.url });
    expect(server.openSessions()).toBe(1);
    await connection.close();
    expect(server.openSessions()).toBe(0);
    const last = server.requests.at(-1);
    expect(last).toMatchObject({ method: 'DELETE' });
    expect(last?.headers['mcp-protocol-version']).toBe(connection.protocolVersion);
  });

  it.each<LegacyServerOptions>([{}, { json: true }, { unknownSession: 400 }])(
    'lost in a restart are recognised: %o',
    async (options) => {
      const server = await running(startLegacyServer(options));
      const connection = await connect({ url: server.url });
      server.restart();
      const echo = connection.callTool({ name: 'echo', arguments: {} }, { signal: signal() });
      expect(await failureOf(echo)).toMatchObject({ sessionLost: true, notExecuted: true });
      expect(server.calls).toEqual({});
    },
  );

  it('over SSE are lost with their stream', async () => {
    const server = await running(startLegacyServer({ transport: 'sse' }));
    const connection = await connect({ url: server.url });
    server.restart();
    await expect.poll(() => server.openSessions()).toBe(0);
    const echo = () =>
      failureOf(connection.callTool({ name: 'echo', arguments: {} }, { signal: signal() }));
    await expect.poll(async () => (await echo()).notExecuted).toBe(true);
    expect(await echo()).toMatchObject({ code: 'CONNECTION_FAILED', sessionLost: true });
  });

  it('end when the server is gone', async () => {
    const server = await running(startLegacyServer());
    const connection = await connect({ url: server.url });
    await server.close();
    const echo = connection.callTool({ name: 'echo', arguments: {} }, { signal: signal() });
    expect(await failureOf(echo)).toMatchObject({ code: 'CONNECTION_FAILED' });
    await connection.close();
  });

  it('never open a stream that the server could make us poll', async () => {
    const server = await running(startLegacyServer());
    const connection = await connect({ url: server.url });
    await connection.listTools({ signal: signal() });
    expect(server.requests.map(({ method }) => method)).not.toContain('GET');
  });
});

describe('secret headers', () => {
  const secretHeaders = {
    Authorization: 'Bearer s3cret',
    'X-Key': 'k3y',
    'Mcp-Session-Id': 'mine',
  };

  it.each(Object.entries(servers))(
    'are on every request to a server that is %s',
    async (_name, start) => {
      const server = await running(start());
      const connection = await connect({ url: server.url, secretHeaders });
      await connection.listTools({ signal: signal() });
      await connection.close();
      expect(server.requests.length).toBeGreaterThan(1);
      for (const { headers } of server.requests) {
        expect(headers).toMatchObject({ authorization: 'Bearer s3cret', 'x-key': 'k3y' });
      }
    },
  );

  it('let their server in', async () => {
    const requireHeaders = { 'X-Key': 'k3y' };
    const server = await running(startModernServer({ requireBearer: 's3cret', requireHeaders }));
    const connection = await connect({ url: server.url, secretHeaders });
    expect((await connection.listTools({ signal: signal() })).tools).toHaveLength(4);
  });

  it('are not sent where a challenge, a redirect or an SSE endpoint points', async () => {
    const thief = await running(startHttpEndpoint((_request, response) => response.end('{}')));
    const lure = await running(
      startHttpEndpoint((request, response) => {
        if (request.method === 'GET') {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write(`event: endpoint\ndata: ${thief.origin}/messages\n\n`);
          return;
        }
        const metadata = `${thief.origin}/.well-known/oauth-protected-resource`;
        const challenge = `Bearer resource_metadata="${metadata}"`;
        if (request.url === '/401') response.writeHead(401, { 'www-authenticate': challenge });
        else if (request.url === '/sse') response.writeHead(405);
        else response.writeHead(308, { location: thief.origin });
        response.end();
      }),
    );
    for (const path of ['/401', '/redirect', '/sse']) {
      await failureOf(connect({ url: `${lure.origin}${path}`, secretHeaders }));
    }
    expect(thief.requests).toEqual([]);
  });

  it('that no request can carry fail as credentials', async () => {
    const server = await running(startLegacyServer());
    const secret = { Authorization: 'Bearer a\nb' };
    const failure = await failureOf(connect({ url: server.url, secretHeaders: secret }));
    expect(failure).toMatchObject({ code: 'AUTH_FAILED', notExecuted: true });
    expect(server.requests).toEqual([]);
  });
});

describe('content that the SDK does not know', () => {
  const result = {
    resultType: 'complete',
    content: [
      { type: 'hologram', points: [1, 2], nested: { a: null } },
      { type: 'text', text: 'plain', extra: true },
    ],
    structuredContent: { any: ['thing'] },
  };
  const answers: Record<string, { [key: string]: unknown }> = {
    initialize: {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'canned', version: '1' },
    },
    'server/discover': {
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      ttlMs: 0,
      cacheScope: 'private',
    },
    'tools/call': result,
  };

  it.each(['legacy', 'modern'] as const)('is passed on unchanged: %s', async (era) => {
    const server = await running(
      startHttpEndpoint((_request, response, seen) => {
        const known = era === 'modern' || seen.rpcMethod !== 'server/discover';
        const answer = known ? answers[seen.rpcMethod] : undefined;
        if (answer === undefined)
          return response.writeHead(seen.rpcMethod.includes('/i') ? 202 : 400).end();
        response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
        return response.end(
          JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(seen.body).id, result: answer }),
        );
      }),
    );
    const connection = await connect({ url: `${server.origin}/mcp` });
    expect(connection.era).toBe(era);
    const outcome = await connection.callTool({ name: 'x', arguments: {} }, { signal: signal() });
    expect(outcome).toEqual({
      kind: 'result',
      content: result.content,
      structuredContent: result.structuredContent,
      isError: false,
    });
  });
});

describe('the published server-everything', () => {
  it.each(['streamableHttp', 'sse'] as const)('works over %s', async (transport) => {
    const server = await running(startEverything(transport));
    const connection = await connect({ url: server.url });
    const { tools, warnings } = await connection.listTools({ signal: signal() });
    expect(tools.length).toBeGreaterThan(5);
    expect(warnings).toEqual([]);
    const outcome = await connection.callTool(
      { name: 'echo', arguments: { message: 'hi' } },
      { signal: signal() },
    );
    expect(outcome).toMatchObject({ content: [{ type: 'text', text: 'Echo: hi' }] });
  });
});

it('connects to nothing once the deadline is over', async () => {
  const server = await running(startLegacyServer());
  const target = { url: server.url, transport: 'auto', era: undefined, secretHeaders: {} } as const;
  const connecting = createClient().connect(target, { signal: AbortSignal.abort() });
  expect(await failureOf(connecting)).toMatchObject({ code: 'TIMEOUT', notExecuted: true });
  expect(server.requests).toEqual([]);
});
