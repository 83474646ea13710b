import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type HostResolver, isLocalhostName, type ResolvedAddress } from './host-resolver.ts';
import { OutboundError } from './outbound-error.ts';
import { blocked, type OutboundPolicy, type OutboundTarget, targetOf } from './outbound-policy.ts';

/** What a {@link guardedConnector} needs. */
export interface GuardedConnectorOptions {
  policy: OutboundPolicy;
  resolver: HostResolver;
  /** Milliseconds for name, TCP and TLS together. */
  connectTimeoutMs: number;
}

/**
 * A connector for undici that checks every address it connects to: names are resolved once, by us, and only checked
 * addresses are dialled, so a second DNS answer cannot change the target (DNS rebinding).
 * @returns a connector whose errors are always {@link OutboundError}s of the phase before a request.
 */
export function guardedConnector(options: GuardedConnectorOptions): buildConnector.connector {
  const { policy } = options;
  const http = connectorFor('http:', options);
  const https = connectorFor('https:', options);
  return (request, callback) => {
    const target = targetOf(request);
    // net.connect never calls lookup for an IP literal, so literals are checked here.
    if (isIP(target.hostname) !== 0 && !policy.allowsAddress(target, target.hostname)) {
      return callback(blocked('The address is not allowed.'), null);
    }
    const connect = target.protocol === 'http:' ? http : https;
    connect(request, (error, socket) => {
      if (error !== null) return callback(connectError(error), null);
      if (!policy.allowsAddress(target, socket.remoteAddress ?? '')) {
        socket.destroy();
        return callback(blocked('The connection reached an address that is not allowed.'), null);
      }
      callback(null, socket);
    });
  };
}

/** One base connector per protocol, as the policy treats http and https differently and lookup sees the name only. */
function connectorFor(
  protocol: OutboundTarget['protocol'],
  { policy, resolver, connectTimeoutMs }: GuardedConnectorOptions,
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
    timeout: connectTimeoutMs,
    lookup,
    allowH2: false,
    autoSelectFamily: true,
    maxCachedSessions: 100,
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
  { policy, resolver }: { policy: OutboundPolicy; resolver: HostResolver },
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

function connectError(error: Error): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (TLS_CODE.test(code)) {
    return new OutboundError('TLS_FAILED', 'The TLS handshake failed.', { cause: error });
  }
  return new OutboundError('CONNECT_FAILED', 'No connection could be made.', { cause: error });
}
