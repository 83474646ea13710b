import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { McpConnection } from '../../../src/mcp/client/mcp-client.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { startHttpEndpoint } from '../../support/mcp-servers/http-endpoint.ts';
import { createTestClient } from '../../support/mcp-servers/test-client.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Message {
  id?: number | string;
  method: string;
}

/** A JSON-RPC answer without its envelope, or text to be sent as it is. */
type Canned = { result: unknown } | { error: unknown } | { raw: unknown } | undefined;

const INITIALIZED: Canned = {
  result: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'canned\u202e', version: '1', title: 'Canned' },
  },
};
const DISCOVERED: Canned = {
  result: {
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities: { tools: {} },
    ttlMs: 0,
    cacheScope: 'private',
  },
};

const signal = () => AbortSignal.timeout(20_000);

async function connect(url: string, transport: 'auto' | 'sse' = 'auto'): Promise<McpConnection> {
  const client = createTestClient({ probeTimeoutMs: 20_000 });
  cleanups.push(() => client.close());
  const target = { url, transport, era: undefined, secretHeaders: {} };
  return await client.mcpClient.connect(target, { signal: signal() });
}

function render(message: Message, canned: Canned): string {
  if (canned !== undefined && 'raw' in canned) return JSON.stringify(canned.raw);
  return JSON.stringify({ jsonrpc: '2.0', id: message.id, ...canned });
}

/** A streamable HTTP server of canned answers; those of `refusals` come with status 400. */
async function startCanned(answers: Record<string, Canned>, refusals: Record<string, Canned> = {}) {
  const server = await startHttpEndpoint((_request, response, seen) => {
    const message: Message = JSON.parse(seen.body);
    const refusal = refusals[message.method];
    const canned = refusal ?? answers[message.method];
    if (message.id === undefined) return response.writeHead(202).end();
    if (canned === undefined) return response.writeHead(400).end();
    response.writeHead(refusal === undefined ? 200 : 400, { 'content-type': 'application/json' });
    return response.end(render(message, canned));
  });
  cleanups.push(() => server.close());
  return `${server.origin}/mcp`;
}

/** Writes one message on the stream of a {@link startCannedSse}. */
type Send = (data: string) => void;

/** An SSE server of canned answers; a function answers by itself. */
async function startCannedSse(
  answers: Record<string, Canned | string | ((message: Message, send: Send) => void)>,
) {
  let stream: ServerResponse | undefined;
  const send: Send = (data) => void stream?.write(`event: message\ndata: ${data}\n\n`);
  const server = await startHttpEndpoint((request, response, seen) => {
    if (request.method === 'GET') {
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.write('event: endpoint\ndata: /messages\n\n');
      return;
    }
    response.writeHead(202).end();
    const message: Message = JSON.parse(seen.body);
    const canned = answers[message.method];
    if (typeof canned === 'function') canned(message, send);
    else if (typeof canned === 'string') send(canned);
    else if (canned !== undefined) send(render(message, canned));
  });
  cleanups.push(() => server.close());
  return `${server.origin}/sse`;
}

async function failureOf(work: Promise<unknown>): Promise<McpFailure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof McpFailure)) throw new Error('no failure', { cause: error });
  return error;
}

const list = (connection: McpConnection) => connection.listTools({ signal: signal() });
const call = (connection: McpConnection) =>
  connection.callTool({ name: 'x', arguments: {} }, { signal: signal() });

describe('tools/list', () => {
  it('that a server does not have is an empty list', async () => {
    const error = { error: { code: -32601, message: 'Method not found' } };
    const url = await startCanned({ initialize: INITIALIZED, 'tools/list': error });
    expect(await list(await connect(url))).toEqual({ tools: [], warnings: [] });
  });

  it('is not asked of a server that says it has no tools', async () => {
    const initialize = {
      result: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        serverInfo: { name: 'n', version: '1' },
      },
    };
    const url = await startCanned({ initialize });
    expect(await list(await connect(url))).toEqual({ tools: [], warnings: [] });
  });

  it('that fails is a failure', async () => {
    for (const [code, expected] of [
      [-32603, 'INVALID_MCP_SERVER'],
      [-32022, 'PROTOCOL_MISMATCH'],
    ]) {
      const error = { error: { code, message: 'upstream text' } };
      const url = await startCanned({ initialize: INITIALIZED, 'tools/list': error });
      expect(await failureOf(list(await connect(url)))).toMatchObject({ code: expected });
    }
  });

  it('is found in a batch', async () => {
    const tools = [{ name: 'good', inputSchema: { type: 'object' } }];
    const batch = [
      { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } },
      { jsonrpc: '2.0', id: 1_000, result: { tools } },
    ];
    const url = await startCanned({ initialize: INITIALIZED, 'tools/list': { raw: batch } });
    expect((await list(await connect(url))).tools).toHaveLength(1);
    const empty = await startCanned({ initialize: INITIALIZED, 'tools/list': { raw: [] } });
    expect(await failureOf(list(await connect(empty)))).toMatchObject({
      code: 'INVALID_MCP_SERVER',
    });
  });
});

describe('an answer with id null', () => {
  const answered = async (body: { [key: string]: unknown }) => {
    const raw = { jsonrpc: '2.0', id: null, ...body };
    return await connect(await startCanned({ initialize: INITIALIZED, 'tools/call': { raw } }));
  };

  it('is an error that the server could not attribute', async () => {
    const connection = await answered({ error: { code: -32700, message: 'Parse error' } });
    expect(await call(connection)).toMatchObject({ kind: 'protocol-error', code: -32700 });
  });

  it('is no result', async () => {
    const connection = await answered({ result: { content: [] } });
    expect(await failureOf(call(connection))).toMatchObject({ code: 'INVALID_MCP_SERVER' });
  });
});

describe('tools/call', () => {
  it('answered with an error in the modern era is an answer, whatever its status', async () => {
    const error = { code: -32602, message: `bad\u202e ${'x'.repeat(5_000)}` };
    const answers = { 'server/discover': DISCOVERED };
    const url = await startCanned(answers, { 'tools/call': { error } });
    const outcome = await call(await connect(url));
    expect(outcome).toEqual({ kind: 'protocol-error', code: -32602, message: expect.any(String) });
    expect(outcome.kind === 'protocol-error' && outcome.message).toMatch(/^bad x{1996}$/);
  });

  it('refused without an answer to it is a failure', async () => {
    const other = { raw: { jsonrpc: '2.0', id: 'other', error: { code: -32602, message: '' } } };
    const url = await startCanned({ 'server/discover': DISCOVERED }, { 'tools/call': other });
    expect(await failureOf(call(await connect(url)))).toMatchObject({
      code: 'INVALID_MCP_SERVER',
      notExecuted: false,
    });
  });

  it('that asks its user for input says so', async () => {
    const result = { resultType: 'input_required', inputRequests: {}, requestState: 's' };
    const url = await startCanned({ 'server/discover': DISCOVERED, 'tools/call': { result } });
    expect(await call(await connect(url))).toMatchObject({ kind: 'protocol-error', code: -32021 });
  });

  it.each<[string, unknown]>([
    ['content that is no list', { content: 'text' }],
    ['a block that is no object', { content: ['text'] }],
    ['an unknown kind of result', { resultType: 'other', content: [] }],
  ])('with %s is not usable', async (_what, result) => {
    const url = await startCanned({ initialize: INITIALIZED, 'tools/call': { result } });
    expect(await failureOf(call(await connect(url)))).toMatchObject({ code: 'INVALID_MCP_SERVER' });
  });

  it('without content has none', async () => {
    const url = await startCanned({ initialize: INITIALIZED, 'tools/call': { result: {} } });
    expect(await call(await connect(url))).toEqual({
      kind: 'result',
      content: [],
      structuredContent: undefined,
      isError: false,
    });
  });
});

describe('over SSE', () => {
  it.each<[string, Canned | string, string]>([
    ['a wrong id', { raw: { jsonrpc: '2.0', id: 77, result: {} } }, 'INVALID_MCP_SERVER'],
    ['text', 'hello', 'INVALID_MCP_SERVER'],
    ['JSON that is not JSON-RPC', '{"a":1}', 'INVALID_MCP_SERVER'],
    [
      'an unknown version',
      {
        result: {
          protocolVersion: '1999-01-01',
          capabilities: {},
          serverInfo: { name: 'n', version: '1' },
        },
      },
      'PROTOCOL_MISMATCH',
    ],
  ])('%s in answer to initialize fails at once', async (_what, initialize, code) => {
    const url = await startCannedSse({ initialize });
    expect(await failureOf(connect(url, 'sse'))).toMatchObject({ code });
  });

  it.each<[string, string]>([
    ['a wrong id', '{"jsonrpc":"2.0","id":77,"result":{}}'],
    ['text', 'hello'],
  ])('%s in answer to a call fails at once', async (_what, answer) => {
    const url = await startCannedSse({ initialize: INITIALIZED, 'tools/call': answer });
    const connection = await connect(url, 'sse');
    expect(connection.serverInfo).toEqual({ name: 'canned', version: '1', title: 'Canned' });
    expect(await failureOf(call(connection))).toMatchObject({ code: 'INVALID_MCP_SERVER' });
  });

  it('an answer that comes too late is no fault', async () => {
    const calls: Message[] = [];
    const url = await startCannedSse({
      initialize: INITIALIZED,
      'tools/call': (message, send) => {
        calls.push(message);
        if (calls.length === 1) return;
        for (const late of calls) send(render(late, { result: { content: [{ id: late.id }] } }));
      },
    });
    const connection = await connect(url, 'sse');
    const caller = new AbortController();
    const first = failureOf(
      connection.callTool({ name: 'x', arguments: {} }, { signal: caller.signal }),
    );
    await expect.poll(() => calls.length).toBe(1);
    caller.abort();
    expect(await first).toMatchObject({ code: 'TIMEOUT' });
    const outcome = await call(connection);
    expect(outcome).toMatchObject({ content: [{ id: calls[1]?.id }] });
  });
});
