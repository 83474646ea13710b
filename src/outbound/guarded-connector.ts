import { isIP, type LookupFunction, Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import { isLoopback } from './address-policy.ts';
import type { EgressProxy } from './egress-proxy.ts';
import { type HostResolver, isLocalhostName, type ResolvedAddress } from './host-resolver.ts';
import { OutboundError } from './outbound-error.ts';
import {
  blocked,
  type OutboundPolicy,
  type OutboundTarget,
  portOf,
  targetOf,
} from './outbound-policy.ts';
import { openTunnel } from './proxy-tunnel.ts';
import { withTimeLimit } from './time-limit.ts';

/** What a {@link guardedConnector} needs. */
export interface GuardedConnectorOptions {
  policy: OutboundPolicy;
  resolver: HostResolver;
  /** Milliseconds for name, proxy, TCP and TLS together. */
  connectTimeoutMs: number;
  /** Whom to trust as a server and as the proxy. Default: the authorities Node trusts. */
  secureContext?: SecureContext;
  /** Default: none. */
  proxy?: EgressProxy;
  /** Called, for the log, each time the proxy makes no connection. */
  onProxyFailure?: (failure: OutboundError) => void;
}

/** A connector of undici whose attempts can be given up: `closing` ends them and closes what they opened. */
export type GuardedConnector = (
  request: buildConnector.Options,
  callback: buildConnector.Callback,
  closing?: AbortSignal,
) => void;

/**
 * A connector for undici that checks every address it connects to: names are resolved once, by us, and only checked
 * addresses are dialled, so a second DNS answer cannot change the target (DNS rebinding). The same holds for what a proxy is
 * asked for, unless it is asked for names.
 * @returns a connector whose errors are always {@link OutboundError}s of the phase before a request.
 */
export function guardedConnector(options: GuardedConnectorOptions): GuardedConnector {
  const { policy, connectTimeoutMs } = options;
  const dial = dialler(options);
  return (request, callback, closing) => {
    const target = { ...targetOf(request), port: portOf(request) };
    // net.connect never calls lookup for an IP literal, so literals are checked here.
    if (isIP(target.hostname) !== 0 && !policy.allowsAddress(target, target.hostname)) {
      return callback(blocked('The address is not allowed.'), null);
    }
    // A trailing dot has no place in TLS (RFC 6066 section 3).
    const servername = isIP(target.hostname) === 0 ? target.hostname : '';
    const attempt = { request: { ...request, servername }, target };
    withTimeLimit((signal) => dial({ ...attempt, signal }), {
      milliseconds: connectTimeoutMs,
      closing,
    }).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(connectError(error), null),
    );
  };
}

/** One connection that is being made. */
interface Attempt {
  request: buildConnector.Options;
  target: OutboundTarget;
  signal: AbortSignal;
}

type Dialler = (attempt: Attempt) => Promise<Socket>;

/** Goes through the proxy where that is set and meant for the target. */
function dialler(options: GuardedConnectorOptions): Dialler {
  const { policy, proxy, secureContext } = options;
  const http = connectorFor('http:', options);
  const https = connectorFor('https:', options);
  const dialDirectly: Dialler = async ({ request, target, signal }) => {
    const socket = await open(target.protocol === 'http:' ? http : https, { request, signal });
    if (policy.allowsAddress(target, socket.remoteAddress ?? '')) return socket;
    socket.destroy();
    throw blocked('The connection reached an address that is not allowed.');
  };
  if (proxy === undefined) return dialDirectly;
  return async (attempt) => {
    const { request, target, signal } = attempt;
    const port = Number(request.port || 443);
    if (!proxy.isFor(target, port)) return await dialDirectly(attempt);
    const hosts = await hostsToAskFor(target, { ...options, proxy });
    // There, this machine would be another one.
    if (hosts.some(isLoopback)) return await dialDirectly(attempt);
    const milliseconds = options.connectTimeoutMs;
    const tunnel = await openTunnel({
      ...{ proxy, secureContext, hosts, port, milliseconds, signal },
      onFailure: options.onProxyFailure,
    });
    try {
      return await open(https, { request: { ...request, httpSocket: tunnel }, signal });
    } catch (error) {
      tunnel.destroy();
      throw error;
    }
  };
}

/** What the proxy is asked for: the literal, the name, or addresses it resolves to. */
async function hostsToAskFor(
  target: OutboundTarget,
  options: GuardedConnectorOptions & { proxy: EgressProxy },
): Promise<string[]> {
  if (isIP(target.hostname) !== 0) return [target.hostname];
  if (options.proxy.connectBy === 'name') return [target.hostname];
  return someOf(await resolveChecked(target, options));
}

/** At most three addresses, of both families where there are both: most often it is one family that a proxy cannot reach. */
function someOf(addresses: readonly ResolvedAddress[]): string[] {
  const [v4, nextV4] = addresses.filter(({ family }) => family === 4);
  const [v6, nextV6] = addresses.filter(({ family }) => family === 6);
  return [v4, v6, nextV4 ?? nextV6].flatMap((found) => (found === undefined ? [] : found.address));
}

/** Opens one connection; destroys it when the signal fires before it is open. */
function open(
  connect: buildConnector.connector,
  { request, signal }: Pick<Attempt, 'request' | 'signal'>,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    // The socket, though the type does not tell.
    const opening: unknown = connect(request, (error, socket) => {
      signal.removeEventListener('abort', onAbort);
      if (error !== null) return reject(error);
      if (signal.aborted) socket.destroy();
      return resolve(socket);
    });
    const onAbort = () => {
      if (opening instanceof Socket) opening.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** One base connector per protocol, as the policy treats http and https differently and lookup sees the name only. */
function connectorFor(
  protocol: OutboundTarget['protocol'],
  { policy, resolver, secureContext }: GuardedConnectorOptions,
): buildConnector.connector {
  const lookup: LookupFunction = (hostname, { all, family }, callback) => {
    const target = targetOf({ protocol, hostname });
    resolveChecked(target, { policy, resolver }).then(
      (addresses) => {
        const wanted = addresses.filter((found) => fitsFamily(found, family));
        const first = wanted[0];
        if (first === undefined) return callback(blocked('No usable address.'), '', 0);
        if (all === true) return callback(null, wanted);
        return callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, '', 0),
    );
  };
  return buildConnector({
    // There is one for the whole attempt.
    timeout: 0,
    lookup,
    allowH2: false,
    autoSelectFamily: true,
    maxCachedSessions: 100,
    ...(secureContext === undefined ? {} : { secureContext }),
  });
}

function fitsFamily(found: ResolvedAddress, family: unknown): boolean {
  if (family === 4 || family === 'IPv4') return found.family === 4;
  if (family === 6 || family === 'IPv6') return found.family === 6;
  return true;
}

/** Resolves a name once. One address that is not allowed refuses the whole name: nobody has a reason to mix them. */
async function resolveChecked(
  target: OutboundTarget,
  { policy, resolver }: Pick<GuardedConnectorOptions, 'policy' | 'resolver'>,
): Promise<ResolvedAddress[]> {
  const found = await resolver.resolve(target.hostname);
  const allowed = found.filter(({ address }) => policy.allowsAddress(target, address));
  // localhost is our own answer, never an attacker's: operators may list one of its two addresses.
  const complete = allowed.length === found.length || isLocalhostName(target.hostname);
  if (!complete || allowed.length === 0) {
    throw blocked('The name resolves to an address that is not allowed.');
  }
  return allowed;
}

/** Node reports TLS failures under codes of three families. */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO)/;

function connectError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && TLS_CODE.test(code)) {
    return new OutboundError('TLS_FAILED', 'The TLS handshake failed.', { cause: error });
  }
  return new OutboundError('CONNECT_FAILED', 'No connection could be made.', { cause: error });
}
