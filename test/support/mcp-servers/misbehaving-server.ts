import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type SeenRequest, startHttpEndpoint } from './http-endpoint.ts';

/** A way to misbehave. */
export type Misbehaviour = 'refused' | `${keyof ReturnType<typeof createBehaviours>}`;

/** A server that misbehaves in one way. */
export interface MisbehavingServer {
  url: string;
  requests: SeenRequest[];
  openSockets(): number;
  close(): Promise<void>;
}

interface RpcMessage {
  id?: string | number;
  method?: string;
  params?: { [key: string]: unknown };
}

/** One exchange with a misbehaving server. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  message: RpcMessage;
  /** Counts requests, from 1. */
  count: number;
}

type Behaviour = (exchange: Exchange) => unknown;

/** Starts a server that misbehaves as its kind says. */
export async function startMisbehaving(kind: Misbehaviour): Promise<MisbehavingServer> {
  let count = 0;
  const behaviours = createBehaviours();
  const endpoint = await startHttpEndpoint((request, response, seen) => {
    count += 1;
    const message: RpcMessage = seen.rpcMethod === '' ? {} : JSON.parse(seen.body);
    if (kind !== 'refused') behaviours[kind]({ request, response, message, count });
  });
  if (kind === 'refused') await endpoint.close();
  return { ...endpoint, url: `${endpoint.origin}/mcp` };
}

const GOOD_TOOL = { name: 'good', inputSchema: { type: 'object' } };

/** Like a legacy server in everything but `tools/list`. */
function atTools(answer: Behaviour): Behaviour {
  return (exchange) =>
    exchange.message.method === 'tools/list' ? answer(exchange) : legacy(exchange);
}

function atInitialize(answer: Behaviour): Behaviour {
  return (exchange) =>
    exchange.message.method === 'initialize' ? answer(exchange) : legacy(exchange);
}

/** Every kind but `refused`, which is a port nobody listens on. */
const createBehaviours = () =>
  ({
    reset: ({ request }) => request.socket.destroy(),
    hang: () => {},
    'hang-on-discover': (exchange) => {
      if (exchange.message.method !== 'server/discover') legacy(exchange);
    },
    'hang-on-initialized': (exchange) => {
      if (exchange.message.method !== 'notifications/initialized') legacy(exchange);
    },
    'hang-on-tools': atTools(() => {}),
    'hang-in-body': ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"jsonrpc"');
    },
    trickle: ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    },
    401: status(401),
    403: status(403),
    404: status(404),
    405: status(405),
    429: status(429),
    500: status(500),
    '500-on-discover': (exchange) =>
      exchange.message.method === 'server/discover' ? status(500)(exchange) : legacy(exchange),
    '502-then-fine': (exchange) =>
      exchange.count === 1 ? status(502)(exchange) : legacy(exchange),
    html: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Welcome</p>');
    },
    empty: ({ response }) => response.writeHead(200).end(),
    202: ({ response }) => response.writeHead(202).end(),
    'invalid-json': ({ response }) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{not json'),
    'not-json-rpc': ({ response }) => json(response, { hello: 'world' }),
    'wrong-id': ({ response, message }) =>
      json(response, { ...initializeResult(message), id: 99_999 }),
    'wrong-id-on-tools': atTools(({ response }) =>
      json(response, { jsonrpc: '2.0', id: 'other', result: { tools: [] } }),
    ),
    'stream-ends-unanswered': atInitialize(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': bye\n\n');
    }),
    'stream-ends-unanswered-on-tools': atTools(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('id: 1\ndata:\n\n');
    }),
    'unknown-version': atInitialize(({ response, message }) =>
      json(response, initializeResult(message, { protocolVersion: '1999-01-01' })),
    ),
    'error-on-initialize': atInitialize(({ response, message }) =>
      json(response, { jsonrpc: '2.0', id: message.id, error: { code: -32603, message: 'no' } }),
    ),
    'endless-pages': atTools(({ response, message, count }) =>
      json(response, {
        jsonrpc: '2.0',
        id: message.id,
        result: { tools: [{ ...GOOD_TOOL, name: `t${count}` }], nextCursor: `c${count}` },
      }),
    ),
    'circular-pages': atTools(({ response, message, count }) =>
      json(response, {
        jsonrpc: '2.0',
        id: message.id,
        result: { tools: [{ ...GOOD_TOOL, name: `t${count}` }], nextCursor: 'same' },
      }),
    ),
    'too-many-tools': atTools(({ response, message }) => {
      const tools = Array.from({ length: 501 }, (_, n) => ({ ...GOOD_TOOL, name: `t${n}` }));
      json(response, { jsonrpc: '2.0', id: message.id, result: { tools } });
    }),
    'huge-body': atTools(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () =>
        response.write(Buffer.alloc(256 * 1024, 0x20), () => !response.destroyed && more());
      more();
    }),
    'gzip-bomb': atTools(({ response }) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      response.writeHead(200, headers).end(gzipSync(Buffer.alloc(32 * 1024 * 1024, 0x20)));
    }),
    redirect: ({ response }) =>
      response.writeHead(307, { location: 'http://169.254.169.254/latest' }).end(),
    'broken-tools': atTools(({ response, message }) => {
      const tools = [
        GOOD_TOOL,
        { name: 'no-schema' },
        { name: 'text-schema', inputSchema: { type: 'string' } },
        { name: 'x'.repeat(129), inputSchema: { type: 'object' } },
        { name: 'bell\u0007', inputSchema: { type: 'object' } },
        {
          name: 'large',
          inputSchema: { type: 'object', description: 'y'.repeat(7_000), $defs: large() },
        },
        GOOD_TOOL,
        'not a tool',
      ];
      json(response, { jsonrpc: '2.0', id: message.id, result: { tools } });
    }),
    'pings-while-listing': pingingServer(),
    'foreign-sse-endpoint': ({ request, response }) => {
      if (request.method !== 'GET') return response.writeHead(405).end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: endpoint\ndata: http://127.0.0.2:9/messages\n\n');
      return response;
    },
    'silent-sse': ({ request, response }) => {
      if (request.method !== 'GET') return response.writeHead(404).end();
      return response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hi\n\n');
    },
    'sse-ends': ({ request, response }) => {
      if (request.method !== 'GET') return response.writeHead(405).end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return response.end('retry: 1\nevent: endpoint\ndata: /messages\n\n');
    },
  }) satisfies Record<string, Behaviour>;

function status(code: number): Behaviour {
  return ({ response }) =>
    response.writeHead(code, { 'content-type': 'text/plain' }).end('upstream text');
}

function large(): { [name: string]: unknown } {
  return Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [`d${n}`, { description: 'z'.repeat(7_000) }]),
  );
}

/** A server that asks its client for a ping before it answers, and waits for the pong. */
function pingingServer(): Behaviour {
  let listing: { response: ServerResponse; id: string | number | undefined } | undefined;
  return (exchange) => {
    const { message, response, request } = exchange;
    if (message.method === 'tools/list') {
      listing = { response, id: message.id };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const ping = { jsonrpc: '2.0', id: 'ping-1', method: 'ping' };
      const log = {
        jsonrpc: '2.0',
        method: 'notifications/message',
        params: { level: 'info', data: 1 },
      };
      response.write(`data: ${JSON.stringify(log)}\r\n\r\ndata: ${JSON.stringify(ping)}\r\n\r\n`);
      return;
    }
    if (request.method === 'POST' && message.method === undefined && listing !== undefined) {
      response.writeHead(202).end();
      const answer = { jsonrpc: '2.0', id: listing.id, result: { tools: [GOOD_TOOL] } };
      listing.response.end(`event: message\ndata: ${JSON.stringify(answer)}\n\n`);
      return;
    }
    legacy(exchange);
  };
}

/** A well-behaved legacy server with one tool and no session. */
function legacy({ request, response, message }: Exchange): void {
  if (request.method !== 'POST') {
    response.writeHead(405).end();
    return;
  }
  const answers: Record<string, { [key: string]: unknown }> = {
    initialize: initializeResult(message),
    'tools/list': { result: { tools: [GOOD_TOOL] } },
    'server/discover': { error: { code: -32601, message: 'Method not found' } },
  };
  const answer = answers[message.method ?? ''];
  if (answer === undefined) response.writeHead(202).end();
  else json(response, { jsonrpc: '2.0', id: message.id, ...answer });
}

function initializeResult(message: RpcMessage, changes: { [key: string]: unknown } = {}) {
  return {
    jsonrpc: '2.0',
    id: message.id,
    result: {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'misbehaving', version: '1' },
      ...changes,
    },
  };
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
