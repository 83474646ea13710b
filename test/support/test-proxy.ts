import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { TestCertificate } from './test-certificates.ts';

/** An HTTP proxy on a loopback port that knows CONNECT only. Every target is this machine: it dials 127.0.0.1 at the port asked for. */
export interface TestProxy {
  /** As for `HTTPS_PROXY`. */
  url: string;
  port: number;
  /** `host:port` that was asked for, oldest first. */
  connects: string[];
  /** Header fields of each CONNECT, oldest first. */
  headers: IncomingHttpHeaders[];
  /** Connections of clients that are open now. */
  openSockets(): number;
  close(): Promise<void>;
}

/** Settings of {@link startTestProxy}. */
export interface TestProxyOptions {
  /** Is spoken to over TLS with this certificate. */
  certificate?: TestCertificate;
  /** The `Proxy-Authorization` it wants. Default: none. */
  authorization?: string;
  /** Answers a CONNECT in place of the proxy, which does its work where this returns false. */
  answer?: (socket: Socket, authority: string) => boolean;
}

/** Starts a proxy that records what it is asked for. */
export async function startTestProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
  const connects: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  const { certificate } = options;
  const server = certificate === undefined ? createServer() : createTlsServer(certificate);
  server.on('connection', (socket: Socket) => track(sockets, socket));
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const authority = request.url ?? '';
    connects.push(authority);
    headers.push(request.headers);
    socket.on('error', () => {});
    if (options.answer?.(socket, authority) === true) {
      // HTTP servers leave a connection half open, and only one that is read notices the end of the other half.
      socket.on('end', () => socket.destroy()).resume();
      return;
    }
    const { authorization } = options;
    if (authorization !== undefined && request.headers['proxy-authorization'] !== authorization) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    tunnel(socket, Number(authority.slice(authority.lastIndexOf(':') + 1)), upstreams);
  });
  // Without a listener a client that gives up in the handshake would end the process.
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    connects,
    headers,
    openSockets: () => sockets.size,
    close: async () => {
      for (const socket of [...sockets, ...upstreams]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tunnel(socket: Socket, port: number, upstreams: Set<Socket>): void {
  let isOpen = false;
  const upstream = connect(port, '127.0.0.1', () => {
    isOpen = true;
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    socket.pipe(upstream).pipe(socket);
  });
  track(upstreams, upstream);
  upstream.on('close', () => {
    if (isOpen) socket.destroy();
    else socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
  });
  socket.on('close', () => upstream.destroy());
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => {}).on('close', () => sockets.delete(socket));
}
