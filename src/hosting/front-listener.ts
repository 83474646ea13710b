import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** Where a front listens. */
export interface FrontAddress {
  host: string;
  /** 0: a free one. */
  port: number;
  /** PEM texts; undefined: without TLS. */
  tls?: { cert: string; key: string } | undefined;
}

/** A front that takes requests. */
export interface FrontListener {
  readonly port: number;
  /** Ends all connections, also those with streams. */
  close(): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 16 * 1_024,
  /** For the head of a request. */
  headersTimeout: 10_000,
  /** For all of a request; answers take as long as they take. */
  requestTimeout: 60_000,
  /** Longer than our own client keeps a connection it does not use, so that it is not closed under a request. */
  keepAliveTimeout: 65_000,
};

/** Makes the server of a listener, with its limits. */
function createFrontServer(tls: FrontAddress['tls'], listener: RequestListener): Server {
  return tls === undefined
    ? createServer(LIMITS, listener)
    : createTlsServer({ ...LIMITS, ...tls, minVersion: 'TLSv1.2' }, listener);
}

/** @throws the errors of `listen` (`EADDRINUSE`), and of a certificate that cannot be used */
export async function listenAsFront(
  { host, port, tls }: FrontAddress,
  listener: RequestListener,
): Promise<FrontListener> {
  const server = createFrontServer(tls, listener);
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: address === null || typeof address === 'string' ? port : address.port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
