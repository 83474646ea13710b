import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { McpConnection } from '../../../src/mcp/client/mcp-client.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type HttpEndpoint, startHttpEndpoint } from '../../support/mcp-servers/http-endpoint.ts';
import { createTestClient } from '../../support/mcp-servers/test-client.ts';
import { settle } from './support/workshop-clock.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Message {
  id?: number;
  method?: string;
  params?: { name?: string; cursor?: string };
}

/** Sends what an attack sends; `write` puts text on the stream, and comes back when there is room for more. */
interface Attack {
  message: Message;
  write: (text: string) => Promise<void>;
  answer: (body: { [key: string]: unknown }) => Promise<void>;
  count: number;
}

type Behaviour = (attack: Attack) => unknown;

const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'hostile', version: '1' },
};

/** What happens at a method; the rest is as a legacy server does it. */
type Behaviours = { [method: string]: Behaviour };

const WELL_BEHAVED: Behaviours = {
  initialize: ({ answer }) => answer({ result: INITIALIZED }),
  'tools/list': ({ answer }) => answer({ result: { tools: [] } }),
  'tools/call': ({ answer }) => answer({ result: { content: [] } }),
};

/** Answers every request with an event stream of its own. */
async function startHttp(behaviours: Behaviours): Promise<HttpEndpoint & { url: string }> {
  let count = 0;
  const server = await startHttpEndpoint(async (request, response, { body }) => {
    if (request.method !== 'POST') return response.writeHead(405).end();
    const message: Message = JSON.parse(body);
    const behaviour = { ...WELL_BEHAVED, ...behaviours }[message.method ?? ''];
    if (message.method === 'server/discover') return response.writeHead(404).end();
    if (message.id === undefined || behaviour === undefined) return response.writeHead(202).end();
    count += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    await behaviour(attackOn(response, message, count));
    return response.end();
  });
  cleanups.push(() => server.close());
  return { ...server, url: `${server.origin}/mcp` };
}

/** Answers on one event stream, as the SSE transport does. */
async function startSse(behaviours: Behaviours) {
  let stream: ServerResponse | undefined;
  let count = 0;
  const server = await startHttpEndpoint(async (request, response, { body }) => {
    if (request.method === 'GET') {
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.write('event: endpoint\ndata: /messages\n\n');
      return;
    }
    response.writeHead(202).end();
    const message: Message = JSON.parse(body);
    const behaviour = { ...WELL_BEHAVED, ...behaviours }[message.method ?? ''];
    if (stream === undefined || message.id === undefined) return;
    count += 1;
    await behaviour?.(attackOn(stream, message, count));
  });
  cleanups.push(() => server.close());
  const send = (text: string) => stream?.write(text);
  return { ...server, url: `${server.origin}/sse`, send };
}

function attackOn(stream: ServerResponse, message: Message, count: number): Attack {
  const write = (text: string) =>
    new Promise<void>((resolve) => {
      if (stream.destroyed || stream.write(text)) return resolve();
      const onEnd = () => {
        stream.off('drain', onEnd).off('close', onEnd);
        resolve();
      };
      stream.on('drain', onEnd).on('close', onEnd);
    });
  const answer: Attack['answer'] = (body) =>
    write(event({ jsonrpc: '2.0', id: message.id, ...body }));
  return { message, write, answer, count };
}

const event = (message: unknown) =>
  `data: ${typeof message === 'string' ? message : JSON.stringify(message)}\n\n`;
const ping = (id: number) => event({ jsonrpc: '2.0', id: `ping-${id}`, method: 'ping' });
const note = event({
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { level: 'info', data: 'working' },
});
const times = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join('');

const signal = (ms = 20_000) => AbortSignal.timeout(ms);

/** The time a server has to regain what it may send stands still, unless a test moves it on. */
async function connect(url: string, clock = new FakeClock()): Promise<McpConnection> {
  const client = createTestClient({ clock });
  cleanups.push(() => client.close());
  const transport = url.endsWith('/sse') ? 'sse' : 'streamable-http';
  const target = { url, transport, era: undefined, secretHeaders: {} } as const;
  return await client.mcpClient.connect(target, { signal: signal() });
}

const list = (connection: McpConnection) => connection.listTools({ signal: signal() });
const call = (connection: McpConnection, ms?: number) =>
  connection.callTool({ name: 'x', arguments: {} }, { signal: signal(ms) });

async function failureOf(work: Promise<unknown>): Promise<McpFailure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof McpFailure)) throw new Error('no failure', { cause: error });
  return error;
}

/** Answers to requests of the server. */
const pongs = ({ requests }: HttpEndpoint) =>
  requests.filter(({ method, rpcMethod }) => method === 'POST' && rpcMethod === '').length;

describe.each([
  ['streamable HTTP', startHttp],
  ['SSE', startSse],
])('a server over %s', (_transport, start) => {
  it('may ping before it answers', async () => {
    const server = await start({
      'tools/call': async ({ write, answer }) => {
        await write(note + times(10, ping));
        await answer({ result: { content: [] } });
      },
    });
    const connection = await connect(server.url);
    for (let calls = 1; calls <= 5; calls += 1) {
      expect(await call(connection)).toMatchObject({ kind: 'result' });
      await expect.poll(() => pongs(server)).toBe(calls * 10);
    }
  });

  it('that floods with pings is cut off after ten answers, on few sockets', async () => {
    const server = await start({ 'tools/call': ({ write }) => write(times(9_000, ping)) });
    const connection = await connect(server.url);
    expect(await failureOf(call(connection))).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    await connection.close();
    expect(pongs(server)).toBeLessThanOrEqual(10);
    expect(server.peakSockets()).toBeLessThanOrEqual(8);
  });

  it('may tell how far it is, a thousand times at once', async () => {
    const server = await start({
      'tools/call': async ({ message, write, answer }) => {
        await write(note.repeat(message.params?.name === 'x' ? 1_000 : 1_001));
        await answer({ result: { content: [] } });
      },
    });
    const connection = await connect(server.url);
    for (let calls = 1; calls <= 3; calls += 1) {
      expect(await call(connection)).toMatchObject({ kind: 'result' });
    }
    const more = connection.callTool({ name: 'more', arguments: {} }, { signal: signal() });
    expect(await failureOf(more)).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  });

  it('may go on for as long as a tool works', async () => {
    const clock = new FakeClock();
    const server = await start({
      'tools/call': async ({ write, answer }) => {
        for (let seconds = 0; seconds < 60; seconds += 20) {
          await write(note.repeat(990) + times(10, ping));
          await expect.poll(() => pongs(server)).toBe(10 * (1 + seconds / 20));
          clock.advance(20_000);
        }
        await answer({ result: { content: [] } });
      },
    });
    const connection = await connect(server.url, clock);
    expect(await call(connection)).toMatchObject({ kind: 'result' });
    await settle();
    expect(clock.sleeping).toBe(0);
  });

  it('that floods with notifications is cut off', async () => {
    const server = await start({ 'tools/call': ({ write }) => write(note.repeat(5_000)) });
    const failure = await failureOf(call(await connect(server.url)));
    expect(failure).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  });

  it.each([
    ['comments', `: ${'c'.repeat(1_000)}\n\n`],
    ['fields nobody reads', `id: ${'c'.repeat(1_000)}\n\n`],
  ])('that streams %s without end is cut off', async (_what, text) => {
    let written = 0;
    const server = await start({
      'tools/call': async ({ write }) => {
        for (; written < 64 * 1024 * 1024; written += text.length * 64) {
          await write(text.repeat(64));
          if (server.openSockets() === 0) return;
        }
      },
    });
    const connection = await connect(server.url);
    expect(await failureOf(call(connection))).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  it.each([1.5, 2 ** 60])('may not answer with error code %s', async (code) => {
    const server = await start({
      'tools/call': ({ answer }) => answer({ error: { code, message: 'no' } }),
    });
    const failure = await failureOf(call(await connect(server.url)));
    expect(failure).toMatchObject({ code: 'INVALID_MCP_SERVER' });
  });

  it('may not answer with an infinite error code', async () => {
    const server = await start({
      'tools/call': ({ write, message }) =>
        write(event(`{"jsonrpc":"2.0","id":${message.id},"error":{"code":1e400,"message":""}}`)),
    });
    const failure = await failureOf(call(await connect(server.url)));
    expect(failure).toMatchObject({ code: 'INVALID_MCP_SERVER' });
  });

  it.each([
    ['content', (deep: string) => `{"content":[{"type":"text","_meta":${deep}}]}`],
    ['structuredContent', (deep: string) => `{"content":[],"structuredContent":{"a":${deep}}}`],
  ])('may not nest %s deeply', async (_what, result) => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const server = await start({
      'tools/call': ({ write, message, count }) => {
        const text = result(nested(count % 2 === 0 ? 60 : 20_000));
        return write(event(`{"jsonrpc":"2.0","id":${message.id},"result":${text}}`));
      },
    });
    const connection = await connect(server.url);
    const outcomes = [];
    for (let n = 0; n < 2; n += 1) {
      outcomes.push(
        await call(connection).then(
          ({ kind }) => kind,
          (failure) => failure.code,
        ),
      );
    }
    expect(outcomes.sort()).toEqual(['INVALID_MCP_SERVER', 'result']);
  });

  it('may offer 500 ordinary tools, and no 2 MB of definitions', async () => {
    const tool = (page: string, n: number, length: number) => ({
      name: `${page}_tool_${n}`,
      description: 'd'.repeat(length / 2),
      inputSchema: {
        type: 'object',
        properties: { a: { type: 'string', description: 'p'.repeat(length / 2) } },
      },
    });
    const offering = (length: number): Behaviours => ({
      'tools/list': ({ message, answer }) => {
        const page = Number(message.params?.cursor ?? '0');
        const tools = Array.from({ length: 50 }, (_, n) => tool(`p${page}`, n, length));
        return answer({ result: { tools, ...(page < 9 && { nextCursor: `${page + 1}` }) } });
      },
    });
    const ordinary = await start(offering(2_000));
    expect((await list(await connect(ordinary.url))).tools).toHaveLength(500);
    const large = await start(offering(12_000));
    const failure = await failureOf(list(await connect(large.url)));
    expect(failure).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    // It ends while the pages arrive.
    expect(large.requests.filter(({ rpcMethod }) => rpcMethod === 'tools/list')).toHaveLength(4);
  });

  it('may not send 8 MB of pages, whatever is kept of them', async () => {
    const server = await start({
      'tools/list': ({ answer, count }) =>
        answer({ result: { tools: [], nextCursor: `c${count}`, _meta: 'm'.repeat(3_000_000) } }),
    });
    const failure = await failureOf(list(await connect(server.url)));
    expect(failure).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    expect(server.requests.filter(({ rpcMethod }) => rpcMethod === 'tools/list')).toHaveLength(3);
  });

  it.each<[string, Behaviours]>([
    ['an error', { 'tools/list': ({ answer }) => answer({ error: { code: -1, message: SAID } }) }],
    ['no JSON', { 'tools/list': ({ write }) => write(event(SAID)) }],
    ['no JSON-RPC', { 'tools/list': ({ write }) => write(event({ [SAID]: SAID })) }],
    [
      'a refused handshake',
      { initialize: ({ answer }) => answer({ error: { code: -1, message: SAID } }) },
    ],
    ['a broken handshake', { initialize: ({ answer }) => answer({ result: { [SAID]: SAID } }) }],
    [
      'a broken request',
      {
        'tools/list': ({ write }) =>
          write(event({ jsonrpc: '2.0', id: 1, method: SAID, params: SAID })),
      },
    ],
  ])('cannot put its text into a failure: %s', async (_what, behaviours) => {
    const server = await start(behaviours);
    const failure = await failureOf(connect(server.url).then(list));
    expect(failure.code).toBe('INVALID_MCP_SERVER');
    expect(allTextOf(failure)).not.toContain(SAID);
  });
});

const SAID = 'said-by-server';

/** Every text that a logger could find in an error. */
function allTextOf(error: unknown): string {
  const texts: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    texts.push(String(current), JSON.stringify(current), String(current.stack));
    if (!(current.cause instanceof Error)) texts.push(JSON.stringify(current.cause) ?? '');
  }
  return texts.join('\n');
}

describe('a session over SSE', () => {
  it('outlives any number of calls, each with messages of its own', async () => {
    const server = await startSse({
      'tools/call': async ({ write, answer }) => {
        await write(note.repeat(60));
        await answer({ result: { content: [] } });
      },
    });
    const connection = await connect(server.url);
    for (let n = 0; n < 20; n += 1) expect(await call(connection)).toMatchObject({ content: [] });
  });

  it('ends when the server floods it between calls', async () => {
    const server = await startSse({});
    const connection = await connect(server.url);
    server.send(times(1_000, ping));
    await expect.poll(() => server.openSockets(), { timeout: 5_000 }).toBeLessThan(8);
    expect(await failureOf(call(connection))).toMatchObject({ sessionLost: true });
    expect(pongs(server)).toBeLessThanOrEqual(10);
  });

  it('posts to the endpoint that was named first', async () => {
    const server = await startSse({});
    const connection = await connect(server.url);
    server.send('event: endpoint\ndata: /elsewhere\n\n');
    server.send(ping(1));
    await expect.poll(() => pongs(server)).toBe(1);
    await call(connection);
    const paths = new Set(server.requests.map(({ method, path }) => `${method} ${path}`));
    expect([...paths]).toEqual(['GET /sse', 'POST /messages']);
  });
});

it('a session never opens more than eight sockets, and ends calls that wait for one', async () => {
  const server = await startHttp({ 'tools/call': () => new Promise(() => {}) });
  const connection = await connect(server.url);
  const caller = new AbortController();
  // One caller with twenty calls; in the service each call has a signal of its own.
  setMaxListeners(20, caller.signal);
  const waiting = Array.from({ length: 20 }, () =>
    failureOf(connection.callTool({ name: 'x', arguments: {} }, { signal: caller.signal })),
  );
  await expect
    .poll(() => server.requests.filter((r) => r.rpcMethod === 'tools/call').length)
    .toBe(8);
  caller.abort();
  for (const failure of await Promise.all(waiting)) expect(failure.code).toBe('TIMEOUT');
  expect(server.peakSockets()).toBe(8);
});
