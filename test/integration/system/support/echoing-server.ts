import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type HttpEndpoint,
  type SeenRequest,
  startHttpEndpoint,
} from '../../../support/mcp-servers/http-endpoint.ts';

/** One request, and everything it carried as one text. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  seen: SeenRequest;
  /** URL and headers of the request. */
  echo: string;
}

/** Ways to fail a handshake while repeating what the request carried. */
export type Echo = keyof typeof ECHOES;

const ECHOES = {
  unauthorized: ({ response, echo }: Exchange) =>
    response.writeHead(401, { 'www-authenticate': `Bearer error="${oneLine(echo)}"` }).end(echo),
  forbidden: ({ response, echo }: Exchange) =>
    response.writeHead(403, oneLine(echo), { 'content-type': 'text/plain' }).end(echo),
  broken: ({ response, echo }: Exchange) =>
    response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ echo })),
  html: ({ response, echo }: Exchange) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<h1>${echo}</h1>`),
  'invalid-json': ({ response, echo }: Exchange) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(echo),
  'media-type': ({ response, echo }: Exchange) =>
    response.writeHead(200, { 'content-type': `text/${oneLine(echo)}` }).end(echo),
  redirect: ({ response, request, echo }: Exchange) =>
    response
      .writeHead(307, { location: `${request.url}&echo=${encodeURIComponent(echo)}` })
      .end(echo),
  'error-on-initialize': (exchange: Exchange) =>
    rpc(exchange, { error: { code: -32603, message: exchange.echo, data: exchange.echo } }),
  'unknown-version': (exchange: Exchange) =>
    rpc(exchange, {
      result: {
        protocolVersion: exchange.echo,
        capabilities: { tools: {} },
        serverInfo: { name: exchange.echo, version: exchange.echo },
        instructions: exchange.echo,
      },
    }),
  'error-on-tools': (exchange: Exchange) =>
    exchange.seen.rpcMethod === 'tools/list'
      ? rpc(exchange, { error: { code: -32000, message: exchange.echo, data: exchange.echo } })
      : handshake(exchange),
  'reset-in-body': ({ response, request, echo }: Exchange) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-echo': oneLine(echo) });
    response.write(echo, () => request.socket.destroy());
  },
};

/** Starts a server that passes every test, and repeats what it was sent in all it says of itself and its tools. */
export function startRepeatingServer(): Promise<HttpEndpoint> {
  return startHttpEndpoint((request, response, seen) => {
    const echo = JSON.stringify(seen.headers);
    const exchange = { request, response, seen, echo };
    const short = String(seen.headers['x-api-key'] ?? seen.headers.authorization);
    const schema = {
      type: 'object',
      properties: { [short]: { description: echo, enum: [short] } },
    };
    const tool = { name: 'repeat', title: short, description: echo, inputSchema: schema };
    switch (seen.rpcMethod) {
      case 'initialize': {
        const serverInfo = { name: echo, version: short, title: echo };
        const capabilities = { tools: {} };
        return rpc(exchange, {
          result: { protocolVersion: '2025-06-18', capabilities, serverInfo, instructions: echo },
        });
      }
      case 'tools/list': {
        const named = { ...tool, name: short.slice(0, 128) };
        return rpc(exchange, { result: { tools: [tool, named, { name: short }] } });
      }
      default:
        return response.writeHead(request.method === 'POST' ? 202 : 405).end();
    }
  });
}

export const ALL_ECHOES = Object.keys(ECHOES) as Echo[];

/** Starts a server that fails as its path's first segment says: `/forbidden/…`. */
export function startEchoingServer(): Promise<HttpEndpoint> {
  return startHttpEndpoint((request, response, seen) => {
    const kind = ALL_ECHOES.find((one) => seen.path.startsWith(`/${one}/`)) ?? 'broken';
    const echo = `${seen.path} ${JSON.stringify(seen.headers)}`;
    ECHOES[kind]({ request, response, seen, echo });
  });
}

function handshake(exchange: Exchange): unknown {
  if (exchange.seen.rpcMethod !== 'initialize') return exchange.response.writeHead(202).end();
  const serverInfo = { name: 'echoing', version: '1' };
  const result = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo };
  return rpc(exchange, { result });
}

function rpc({ response, seen }: Exchange, answer: object): unknown {
  const { id }: { id?: unknown } = JSON.parse(seen.body || '{}');
  response.writeHead(200, { 'content-type': 'application/json' });
  return response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
}

/** What a header or a reason phrase can carry. */
function oneLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]|"/g, ' ');
}
