import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';

/** One request as a test server saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  /** The JSON-RPC method in the body, or an empty text. */
  rpcMethod: string;
}

/** A real HTTP server on a loopback port. */
export interface HttpEndpoint {
  origin: string;
  port: number;
  /** Every request, oldest first. */
  requests: SeenRequest[];
  /** Connections that are open now. */
  openSockets(): number;
  /** The most connections that were open at once. */
  peakSockets(): number;
  /** Closes server and connections. */
  close(): Promise<void>;
}

/** Answers one request; the body is read already. */
export type EndpointHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  seen: SeenRequest,
) => unknown;

/** Settings of {@link startHttpEndpoint}. */
export interface HttpEndpointOptions {
  /** Loopback address. Default 127.0.0.1. */
  host?: string;
  /** Default: any free one. */
  port?: number;
  /** Speaks TLS with these. */
  tls?: TlsOptions;
}

/** Starts an HTTP server whose requests are recorded. */
export async function startHttpEndpoint(
  handler: EndpointHandler,
  { host = '127.0.0.1', port = 0, tls }: HttpEndpointOptions = {},
): Promise<HttpEndpoint> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let peak = 0;
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    request.on('error', () => {});
    void readBody(request).then((body) => {
      const seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
        rpcMethod: rpcMethodOf(body),
      };
      requests.push(seen);
      return handler(request, response, seen);
    });
  };
  const server = tls === undefined ? createServer(onRequest) : createSecureServer(tls, onRequest);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    peak = Math.max(peak, sockets.size);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await listen(server, host, port);
  const bound = (server.address() as AddressInfo).port;
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    requests,
    openSockets: () => sockets.size,
    peakSockets: () => peak,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
  } catch {
    // The client went away; what came is enough.
  }
  return Buffer.concat(parts).toString();
}

function rpcMethodOf(body: string): string {
  try {
    const message: { method?: unknown } = JSON.parse(body);
    return typeof message.method === 'string' ? message.method : '';
  } catch {
    return '';
  }
}
