import http from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { EgressProxy } from './egress-proxy.ts';
import { OutboundError } from './outbound-error.ts';
import { OwnError } from './own-error.ts';
import { withTimeLimit } from './time-limit.ts';

/** What {@link openTunnel} needs. */
export interface TunnelOptions {
  proxy: EgressProxy;
  /** Trust for a proxy that is spoken to over TLS. Default: that of Node. */
  secureContext?: SecureContext | undefined;
  /** Names or addresses of the target, the best one first. */
  hosts: readonly string[];
  port: number;
  /** Time for all hosts together. The first one has half of it, if there are others, the next one half of what is left. */
  milliseconds: number;
  /** Ends the attempt and closes its socket. It has no effect any more once the tunnel is open. */
  signal: AbortSignal;
  /** Called each time the proxy makes no connection, for one host or the next. */
  onFailure?: ((failure: OutboundError) => void) | undefined;
}

/**
 * Asks a proxy for a connection to one host after the other, until it makes one.
 * @returns a socket on which the target can be spoken to
 * @throws OutboundError CONNECT_FAILED; a proxy that refused is its cause, with the status
 */
export async function openTunnel(options: TunnelOptions): Promise<Socket> {
  const { hosts, port, signal, milliseconds } = options;
  const [host = '', ...others] = hosts;
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  if (others.length === 0) return connectTo(authority, { ...options, signal });
  const half = milliseconds / 2;
  try {
    return await withTimeLimit((bound) => connectTo(authority, { ...options, signal: bound }), {
      milliseconds: half,
      closing: signal,
    });
  } catch (error) {
    if (signal.aborted || isAboutUs(error)) throw error;
    return await openTunnel({ ...options, hosts: others, milliseconds: half });
  }
}

/** An answer of the proxy that makes no connection. */
class ProxyRefusal extends OwnError {
  override readonly name = 'ProxyRefusal';
  readonly status: number;
  /** The status once more: what a log keeps of a cause is its code. */
  readonly code: string;

  constructor(status: number) {
    super(`The egress proxy answered with status ${status}.`);
    this.status = status;
    this.code = `PROXY_ANSWERED_${status}`;
  }
}

/** Does the proxy want other credentials? Then it makes no connection to any host. */
function isAboutUs(error: unknown): boolean {
  return (
    error instanceof OutboundError &&
    error.cause instanceof ProxyRefusal &&
    error.cause.status === 407
  );
}

/** Bytes of the headers a proxy may answer with. */
const MAX_HEADER_BYTES = 16 * 1024;

function connectTo(
  authority: string,
  { proxy, secureContext, signal, onFailure }: Omit<TunnelOptions, 'hosts'>,
): Promise<Socket> {
  return new Promise<Socket>((resolve, reject) => {
    const request = requestTo(proxy, secureContext, {
      method: 'CONNECT',
      host: proxy.hostname,
      port: proxy.port,
      path: authority,
      headers: proxy.connectHeaders(authority),
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
    });
    // Node would send `Connection: close`, which a proxy may take for the tunnel.
    request.removeHeader('connection');
    // Every answer to CONNECT comes here, whatever its status is.
    request.on('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      socket.on('error', () => {});
      // In TLS the client speaks first.
      if (statusCode >= 200 && statusCode < 300 && head.length === 0) return resolve(socket);
      socket.destroy();
      return reject(new ProxyRefusal(statusCode));
    });
    request.on('error', reject).end();
  }).catch((cause: unknown) => {
    const message = 'The egress proxy made no connection.';
    const failure = new OutboundError('CONNECT_FAILED', message, { cause });
    onFailure?.(failure);
    throw failure;
  });
}

function requestTo(
  { protocol, hostname }: EgressProxy,
  secureContext: SecureContext | undefined,
  options: http.RequestOptions,
): http.ClientRequest {
  if (protocol === 'http:') return http.request(options);
  return https.request({
    ...options,
    // The Host header, from which it would be taken otherwise, names the target.
    servername: isIP(hostname) === 0 ? hostname : '',
    ...(secureContext === undefined ? {} : { secureContext }),
  });
}
