import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server as McpServer } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { McpConnection } from '../../../src/mcp/client/mcp-client.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { startHttpEndpoint } from '../../support/mcp-servers/http-endpoint.ts';
import { createTestClient } from '../../support/mcp-servers/test-client.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';

const signal = () => AbortSignal.timeout(20_000);
const CHANGED = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
const event = (message: object) => `event: message\ndata: ${JSON.stringify(message)}\n\n`;

const cleanups: (() => Promise<unknown>)[] = [];
let clock: FakeClock;
let changes: number;

beforeEach(() => {
  clock = new FakeClock();
  changes = 0;
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function watch(url: string): Promise<McpConnection> {
  const client = createTestClient({ clock, closeTimeoutMs: 500, probeTimeoutMs: 20_000 });
  cleanups.push(() => client.close());
  const target = { url, transport: 'auto', era: undefined, secretHeaders: {} } as const;
  const connection = await client.mcpClient.connect(target, { signal: signal() });
  connection.watchLists(() => {
    changes += 1;
  });
  return connection;
}

/** A legacy server whose GET stream the test answers. */
async function startStreaming(
  onStream: (response: ServerResponse, number: number, request: IncomingMessage) => void,
  { listChanged = true } = {},
) {
  let streams = 0;
  const endpoint = await startHttpEndpoint((request, response, seen) => {
    if (request.method === 'GET') {
      streams += 1;
      return onStream(response, streams, request);
    }
    if (seen.rpcMethod !== 'initialize') return response.writeHead(202).end();
    const { id }: { id: number } = JSON.parse(seen.body);
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'session-1' });
    return response.end(
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        result: {
          protocolVersion: '2025-11-25',
          capabilities: { tools: { listChanged } },
          serverInfo: { name: 's', version: '1' },
        },
      }),
    );
  });
  cleanups.push(() => endpoint.close());
  return { url: `${endpoint.origin}/mcp`, endpoint, streams: () => streams };
}

function openStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

describe('a legacy server over streamable HTTP', () => {
  it('is heard on its stream, which belongs to the session', async () => {
    let sent: IncomingMessage | undefined;
    let stream: ServerResponse | undefined;
    const { url } = await startStreaming((response, _n, request) => {
      sent = request;
      stream = openStream(response);
      stream.write(event(CHANGED));
    });
    await watch(url);
    await expect.poll(() => changes).toBe(1);
    expect(sent?.headers).toMatchObject({
      accept: 'text/event-stream',
      'mcp-session-id': 'session-1',
      'mcp-protocol-version': '2025-11-25',
    });
    stream?.write(event(CHANGED));
    await expect.poll(() => changes).toBe(2);
  });

  it('that announces no changes is not asked for a stream', async () => {
    const { url, streams } = await startStreaming((response) => void openStream(response), {
      listChanged: false,
    });
    const connection = await watch(url);
    await connection.close();
    expect(streams()).toBe(0);
  });

  it('is asked for no stream by those who do not watch, as a test does', async () => {
    const { url, streams } = await startStreaming((response) => void openStream(response));
    const client = createTestClient({ clock });
    cleanups.push(() => client.close());
    const target = { url, transport: 'auto', era: 'legacy', secretHeaders: {} } as const;
    const connection = await client.mcpClient.connect(target, { signal: signal() });
    await connection.close();
    expect(streams()).toBe(0);
  });

  it.each([400, 401, 403, 404, 405])('that answers %d is left alone', async (status) => {
    const { url, streams } = await startStreaming(
      (response) => void response.writeHead(status).end(),
    );
    await watch(url);
    await expect.poll(streams).toBe(1);
    // Nothing waits for the time to try again.
    await expect.poll(() => clock.sleeping).toBe(0);
    clock.advance(10 * 60_000);
    expect(streams()).toBe(1);
  });

  it('that ends its stream at once, as often as it can, is asked ever more rarely, and then left alone', async () => {
    const { url, streams } = await startStreaming((response) => {
      openStream(response).end('retry: 1\n\n');
    });
    await watch(url);
    const pauses: number[] = [];
    for (let n = 1; n < 10; n += 1) {
      await expect.poll(() => clock.sleeping).toBe(1);
      expect(streams()).toBe(n);
      let waited = 0;
      while (clock.sleeping === 1) {
        clock.advance(1_000);
        waited += 1;
        await Promise.resolve();
      }
      pauses.push(waited);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    await expect.poll(streams).toBe(10);
    await expect.poll(() => clock.sleeping).toBe(0);
    clock.advance(100 * 60_000);
    expect(streams()).toBe(10);
    // Each new stream may have missed something.
    expect(changes).toBe(9);
  });

  it('that floods its stream is left alone, and the session works on', async () => {
    const { url, streams, endpoint } = await startStreaming((response) => {
      openStream(response);
      for (let n = 0; n < 5_000; n += 1) response.write(event(CHANGED));
    });
    await watch(url);
    await expect.poll(() => endpoint.openSockets()).toBeLessThan(2);
    await expect.poll(() => clock.sleeping).toBe(0);
    expect(streams()).toBe(1);
    expect(changes).toBeLessThanOrEqual(100);
  });

  it('that sends one event without end is left alone', async () => {
    let isClosed = false;
    const { url } = await startStreaming((response) => {
      response.on('close', () => {
        isClosed = true;
      });
      openStream(response).write(`data: ${'x'.repeat(2 * 1024 * 1024)}`);
    });
    await watch(url);
    await expect.poll(() => isClosed).toBe(true);
  });

  it('has its pings on the stream answered, and not more than some', async () => {
    const { url, endpoint } = await startStreaming((response) => {
      openStream(response);
      for (let id = 0; id < 50; id += 1) {
        response.write(event({ jsonrpc: '2.0', id, method: 'ping' }));
      }
    });
    await watch(url);
    const answers = () =>
      endpoint.requests.filter(({ body }) => body.includes('"result":{}')).length;
    await expect.poll(answers).toBeGreaterThanOrEqual(1);
    await expect.poll(() => clock.sleeping).toBe(0);
    expect(answers()).toBeLessThanOrEqual(10);
  });

  it('loses its stream with the connection', async () => {
    let isClosed = false;
    const { url, streams } = await startStreaming((response) => {
      openStream(response).write(': hello\n\n');
      response.on('close', () => {
        isClosed = true;
      });
    });
    const connection = await watch(url);
    await expect.poll(streams).toBe(1);
    await connection.close();
    await expect.poll(() => isClosed).toBe(true);
    expect(clock.sleeping).toBe(0);
  });
});

describe('the official servers', () => {
  it('legacy: are heard when a tool is added', async () => {
    const server = await ScriptedServer.start({ announces: true });
    cleanups.push(() => server.stop());
    await watch(server.url);
    await expect.poll(() => server.streams).toBe(1);
    await server.announceTools();
    await expect.poll(() => changes).toBe(1);
  });

  it('modern: are heard by subscriptions/listen', async () => {
    const handler = createMcpHandler(
      () => {
        const capabilities = { tools: { listChanged: true } };
        const server = new McpServer({ name: 'm', version: '1' }, { capabilities });
        server.setRequestHandler('tools/list', () => ({ tools: [] }));
        return server;
      },
      { legacy: 'reject' },
    );
    const node = toNodeHandler(handler);
    let listens = 0;
    const endpoint = await startHttpEndpoint(async (request, response, seen) => {
      listens += seen.rpcMethod === 'subscriptions/listen' ? 1 : 0;
      const { method = 'GET', url = '/', headers } = request;
      const message = {
        method,
        url,
        headers,
        [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
      };
      await node(message, response, seen.body === '' ? undefined : JSON.parse(seen.body));
    });
    cleanups.push(() => endpoint.close());
    const connection = await watch(`${endpoint.origin}/mcp`);
    expect(connection.era).toBe('modern');
    await expect.poll(() => listens).toBe(1);
    await expect
      .poll(() => {
        handler.notify.toolsChanged();
        return changes;
      })
      .toBeGreaterThan(0);
    await connection.close();
    await expect.poll(() => endpoint.openSockets()).toBe(0);
  });
});

describe('a server over SSE', () => {
  let http: Server;

  it('is heard on the one stream there is', async () => {
    let stream: ServerResponse | undefined;
    http = createServer((request, response) => {
      if (request.method === 'GET') {
        stream = openStream(response);
        stream.write('event: endpoint\ndata: /messages\n\n');
        return;
      }
      const parts: Buffer[] = [];
      request
        .on('data', (part: Buffer) => parts.push(part))
        .on('end', () => {
          response.writeHead(202).end();
          const message: { id?: number; method: string } = JSON.parse(String(Buffer.concat(parts)));
          if (message.method !== 'initialize') return;
          const result = {
            protocolVersion: '2025-11-25',
            capabilities: { tools: { listChanged: true } },
            serverInfo: { name: 's', version: '1' },
          };
          stream?.write(event({ jsonrpc: '2.0', id: message.id, result }));
        });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    cleanups.push(async () => {
      http.closeAllConnections();
      http.close();
    });
    const client = createTestClient({ clock });
    cleanups.push(() => client.close());
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/sse`;
    const target = { url, transport: 'sse', era: 'legacy', secretHeaders: {} } as const;
    const connection = await client.mcpClient.connect(target, { signal: signal() });
    connection.watchLists(() => {
      changes += 1;
    });
    stream?.write(event(CHANGED));
    await expect.poll(() => changes).toBe(1);
  });
});
