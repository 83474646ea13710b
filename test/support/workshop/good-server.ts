import type { Exchange, Outcome } from './behaviour.ts';

/** The one tool that servers of the workshop offer. */
export const GOOD_TOOL = { name: 'good', inputSchema: { type: 'object' } };

/** The answer of a good server of the legacy era to `initialize`. */
export const INITIALIZED = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 'workshop', version: '1' },
};

/** The answer of a good server of the modern era to `server/discover`. */
export const DISCOVERED = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: {} },
  ttlMs: 0,
  cacheScope: 'private',
};

/** What a server without the legacy handshake says to it (MCP 2026-07-28). */
const NO_HANDSHAKE = {
  code: -32022,
  message: 'Unsupported protocol version',
  data: { supported: ['2026-07-28'] },
};

const METHOD_NOT_FOUND: Outcome = { error: { code: -32601, message: 'Method not found' } };

const ANSWERS: Record<Exchange['dialect'], Record<string, Outcome>> = {
  legacy: {
    initialize: { result: INITIALIZED },
    'tools/list': { result: { tools: [GOOD_TOOL] } },
  },
  sse: {
    initialize: { result: INITIALIZED },
    'tools/list': { result: { tools: [GOOD_TOOL] } },
  },
  modern: {
    'server/discover': { result: DISCOVERED },
    'tools/list': { result: toolPage([GOOD_TOOL]) },
  },
};

/** A result of `tools/list` that both eras can read. */
export function toolPage(
  tools: readonly unknown[],
  nextCursor?: string,
): { [key: string]: unknown } {
  const page = { resultType: 'complete', tools, ttlMs: 0, cacheScope: 'private' };
  return nextCursor === undefined ? page : { ...page, nextCursor };
}

/** A well-behaved server with one tool and no session. */
export function behaveWell(exchange: Exchange): void {
  const { dialect, message, request, response } = exchange;
  if (dialect === 'sse' && request.method === 'GET') {
    openStream(exchange).write('event: endpoint\ndata: /messages\n\n');
    return;
  }
  if (request.method !== 'POST' || (dialect === 'sse' && request.url !== '/messages')) {
    response.writeHead(405).end();
    return;
  }
  if (message.id === undefined || message.method === undefined) response.writeHead(202).end();
  else if (dialect === 'modern' && message.method === 'initialize') refuseHandshake(exchange);
  else exchange.reply(ANSWERS[dialect][message.method] ?? METHOD_NOT_FOUND);
}

function refuseHandshake({ message, response }: Exchange): void {
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, error: NO_HANDSHAKE }));
}

/** Answers with an event stream whose events the exchange writes. */
export function openStream({ response }: Pick<Exchange, 'response'>): Exchange['response'] {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}
