import type { ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { trustAlso } from '../../../src/outbound/certificate-authorities.ts';
import { startDnsServer } from '../mcp-servers/dns-server.ts';
import {
  type HttpEndpoint,
  type SeenRequest,
  startHttpEndpoint,
} from '../mcp-servers/http-endpoint.ts';
import type { TestOutboundOptions } from '../mcp-servers/test-client.ts';
import { createTestAuthority, type TestAuthority } from '../test-certificates.ts';
import type { Behaviour, Dialect, Exchange } from './behaviour.ts';
import { behaveWell } from './good-server.ts';

/** A running server of the workshop. */
export interface WorkshopServer {
  url: string;
  requests: SeenRequest[];
  openSockets(): number;
  peakSockets(): number;
  /** Is called each time the server falls silent. */
  onStall: () => void;
  close(): Promise<void>;
}

/** What all servers of a workshop share. */
export interface Workshop {
  /** What a way out needs to reach its servers. */
  outbound: TestOutboundOptions;
  /** The server that redirects and other lures point to: it is to see no request. */
  neighbour: HttpEndpoint;
  /** Starts a server that behaves like this. */
  start(behaviour: Behaviour, dialect: Dialect): Promise<WorkshopServer>;
  close(): Promise<void>;
}

/** Names that the workshop's name server knows; all others do not exist. */
const ZONES = {
  'good.workshop.example/A': [['127.0.0.1']],
  'inside.workshop.example/A': [['127.0.0.1']],
  'addressless.workshop.example/A': [[]],
  'addressless.workshop.example/AAAA': [[]],
};

/** Opens a workshop with a name server and a certificate authority of its own. */
export async function openWorkshop(): Promise<Workshop> {
  const authority = await createTestAuthority('Workshop authority');
  const dns = await startDnsServer(ZONES);
  const neighbour = await startHttpEndpoint((_request, response) => response.end('{}'));
  return {
    outbound: {
      allowedHosts: 'good.workshop.example',
      allowedAddresses: '127.0.0.1/32',
      dns: { servers: [dns.address] },
      secureContext: trustAlso([authority.cert]),
    },
    neighbour,
    start: (behaviour, dialect) =>
      startServer(behaviour, dialect, { authority, neighbour: neighbour.origin }),
    close: async () => {
      dns.close();
      await neighbour.close();
    },
  };
}

interface Surroundings {
  authority: TestAuthority;
  neighbour: string;
}

async function startServer(
  behaviour: Behaviour,
  dialect: Dialect,
  { authority, neighbour }: Surroundings,
): Promise<WorkshopServer> {
  let onStall = () => {};
  const stall = () => onStall();
  const tls = await behaviour.tls?.(authority);
  const { onConnection } = behaviour;
  const endpoint =
    onConnection === undefined
      ? await startHttpEndpoint(handlerOf(behaviour, { dialect, neighbour, stall }), {
          ...(tls !== undefined && { tls }),
        })
      : await startTcpEndpoint((socket) => onConnection(socket, stall));
  if (behaviour.closed === true) await endpoint.close();
  const scheme = behaviour.scheme ?? (tls === undefined ? 'http' : 'https');
  const host = behaviour.hostname ?? '127.0.0.1';
  return {
    url: `${scheme}://${host}:${endpoint.port}${dialect === 'sse' ? '/sse' : '/mcp'}`,
    requests: endpoint.requests,
    openSockets: endpoint.openSockets,
    peakSockets: endpoint.peakSockets,
    get onStall() {
      return onStall;
    },
    set onStall(listener) {
      onStall = listener;
    },
    close: behaviour.closed === true ? async () => {} : endpoint.close,
  };
}

function handlerOf(
  behaviour: Behaviour,
  { dialect, neighbour, stall }: { dialect: Dialect; neighbour: string; stall: () => void },
): Parameters<typeof startHttpEndpoint>[0] {
  const handle = behaviour.handler?.() ?? behaveWell;
  let stream: ServerResponse | undefined;
  let count = 0;
  return (request, response, seen) => {
    count += 1;
    const isStream = dialect === 'sse' && request.method === 'GET';
    if (isStream) stream = response;
    const exchange: Exchange = {
      ...{ dialect, request, response, count, neighbour, stall },
      message: seen.rpcMethod === '' ? {} : JSON.parse(seen.body),
      stream,
      send: (message) => {
        const text = typeof message === 'string' ? message : JSON.stringify(message);
        if (dialect !== 'sse') {
          response.writeHead(200, { 'content-type': 'application/json' }).end(text);
          return;
        }
        if (!isStream) response.writeHead(202).end();
        stream?.write(`event: message\ndata: ${text}\n\n`);
      },
      reply: (outcome) => exchange.send({ jsonrpc: '2.0', id: exchange.message.id, ...outcome }),
      behave: () => behaveWell(exchange),
    };
    return handle(exchange);
  };
}

async function startTcpEndpoint(
  onConnection: (socket: Socket) => unknown,
): Promise<Omit<HttpEndpoint, 'origin'>> {
  const sockets = new Set<Socket>();
  let peak = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    peak = Math.max(peak, sockets.size);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    // Unread data would hide that the client has closed its side.
    socket.resume();
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    requests: [],
    openSockets: () => sockets.size,
    peakSockets: () => peak,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
