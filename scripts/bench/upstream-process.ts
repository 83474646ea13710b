// The MCP servers of the benchmark, in a process of their own; started by `upstream-servers.ts`. They cost next to nothing:
// what is measured is who stands in front of them.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UpstreamKind } from './upstream-servers.ts';

const TOOLS = Number(process.argv[2]);

/** A JSON-RPC message, as far as the servers look at it. */
interface Message {
  id?: number | string;
  method: string;
  params?: { name?: string };
}

const tools = Array.from({ length: TOOLS }, (_, number) => ({
  name: `search_records_${number}`,
  description: `Searches the records of table ${number} and returns those that match, the newest first. Use it before records are changed.`,
  inputSchema: {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'Words that a record has to contain.' },
      limit: { type: 'integer', minimum: 1, maximum: 100, description: 'The most to return.' },
      order: { type: 'string', enum: ['newest', 'oldest', 'relevance'] },
      fields: { type: 'array', items: { type: 'string' }, description: 'Columns to return.' },
    },
    required: ['query'],
    additionalProperties: false,
  },
}));
const callResult = { content: [{ type: 'text', text: 'A record of the table. '.repeat(40) }] };
const serverInfo = { name: 'bench', version: '1.0.0' };
const sessions = new Set<string>();

function resultOf({ method }: Message, isModern: boolean): object {
  const complete = isModern ? { resultType: 'complete' } : {};
  switch (method) {
    case 'server/discover':
      return {
        ...complete,
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        ttlMs: 0,
        cacheScope: 'private',
      };
    case 'initialize':
      return { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo };
    case 'tools/list':
      return { ...complete, tools, ...(isModern && { ttlMs: 0, cacheScope: 'private' }) };
    default:
      return { ...complete, ...callResult };
  }
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // What the path ends with says how the server behaves.
  const kind = request.url?.split('/').at(-1) as UpstreamKind;
  if (request.method === 'DELETE') return void response.writeHead(200).end();
  if (request.method !== 'POST') return void response.writeHead(405).end();
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  const message: Message = JSON.parse(Buffer.concat(parts).toString());
  const isModern = kind === 'modern';
  if (!isModern && message.method === 'server/discover') {
    return send(response, kind, { id: message.id, error: { code: -32601, message: 'unknown' } });
  }
  if (message.method === 'initialize') {
    const session = randomUUID();
    sessions.add(session);
    response.setHeader('mcp-session-id', session);
  } else if (!isModern && !sessions.has(String(request.headers['mcp-session-id']))) {
    return void response.writeHead(404).end();
  }
  if (message.id === undefined) return void response.writeHead(202).end();
  send(response, kind, { id: message.id, result: resultOf(message, isModern) });
}

function send(response: ServerResponse, kind: UpstreamKind, message: object): void {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  if (kind === 'events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.end(`event: message\ndata: ${text}\n\n`);
  } else {
    const length = Buffer.byteLength(text);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
    response.end(text);
  }
}

const server = createServer((request, response) => {
  handle(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ origin: `http://127.0.0.1:${port}` });
});
process.once('disconnect', () => process.exit());
