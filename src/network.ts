import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { SdkMcpClient } from './mcp/client/sdk-mcp-client.ts';
import { parseAllowedAddresses, parseAllowedHosts } from './outbound/allow-lists.ts';
import { readCertificateFile, trustAlso } from './outbound/certificate-authorities.ts';
import { EgressProxy } from './outbound/egress-proxy.ts';
import { createOutbound, type Outbound, type OutboundOptions } from './outbound/guarded-fetch.ts';
import { DnsResolver, SystemResolver } from './outbound/host-resolver.ts';
import { ManagedPlaces } from './outbound/managed-places.ts';
import {
  blocked,
  ManagedPolicy,
  type ReservedPlaces,
  UserPolicy,
} from './outbound/outbound-policy.ts';
import { packageVersion } from './package-version.ts';

/** The ways out of the service. */
export interface Network {
  mcpClient: SdkMcpClient;
  /** What users' URLs are judged by before anything is connected. */
  userPolicy: UserPolicy;
  /** To users' servers, and to what they name. */
  userOutbound: Outbound;
  /** To a server of the catalog's, and nowhere else. @throws OutboundError BLOCKED_URL for an origin that nobody pinned */
  pinnedOutbound: (origin: string) => Outbound;
  /** From now on the origin is a pinned one. @throws OutboundError INVALID_URL for one that is not an http(s) URL */
  pin: (origin: string) => void;
  /** To the key set of the identity provider; undefined where access tokens need none. */
  keyOutbound: Outbound | undefined;
  close(): Promise<void>;
}

/** What the ways out are built for. */
export interface NetworkOptions {
  /** Origins of the operator's own servers: each has a way of its own, and users' servers are never there. */
  pinnedOrigins: readonly string[];
}

/** What all ways out share. */
type CommonOptions = Pick<OutboundOptions, 'secureContext' | 'proxy' | 'onProxyFailure'>;

/**
 * Opens the ways out: one for the servers of users, one for each origin of the catalog's, one for the identity provider.
 * @throws CertificateFileError where the file of `OUTBOUND_CA_FILE` cannot be used
 */
export function createNetwork(
  config: Config,
  logger: Logger,
  { pinnedOrigins: origins }: NetworkOptions,
): Network {
  const common = commonOptions(config, logger);
  const places = new ManagedPlaces({ origins });
  const userPolicy = userPolicyOf(config, places);
  const pinned = new PinnedWays(origins, (origin) =>
    createOutbound({
      ...common,
      policy: new ManagedPolicy({ origins: [origin] }),
      resolver: places.learnFrom(new SystemResolver()),
    }),
  );
  const outbound = createOutbound({ ...common, policy: userPolicy, resolver: new DnsResolver() });
  const keyOutbound = createKeyOutbound(config, common);
  const pinnedOutbound = (origin: string) => pinned.to(origin);
  const pin = (origin: string) => {
    places.add(origin);
    pinned.add(origin);
  };
  const mcpClient = new SdkMcpClient({
    outbound,
    pinnedOutbound,
    clientInfo: { name: 'mcp-connectors', version: packageVersion() },
  });
  return {
    mcpClient,
    userPolicy,
    userOutbound: outbound,
    pinnedOutbound,
    pin,
    keyOutbound,
    close: async () => {
      await mcpClient.close();
      await Promise.all([outbound.close(), pinned.close(), keyOutbound?.close()]);
    },
  };
}

function commonOptions({ outbound: { caFile, proxy } }: Config, logger: Logger): CommonOptions {
  return {
    // Users are told only that there was no connection.
    onProxyFailure: (err) => logger.warn({ err }, 'the egress proxy made no connection'),
    ...(caFile === undefined ? {} : { secureContext: trustAlso(readCertificateFile(caFile)) }),
    ...(proxy === undefined ? {} : { proxy: new EgressProxy(proxy) }),
  };
}

function userPolicyOf({ outbound }: Config, reserved: ReservedPlaces): UserPolicy {
  return new UserPolicy({
    reserved,
    allowedHosts: parseAllowedHosts(outbound.allowedHosts.join(',')),
    allowedAddresses: parseAllowedAddresses(outbound.allowedAddresses.join(',')),
  });
}

function createKeyOutbound({ token }: Config, common: CommonOptions): Outbound | undefined {
  if (token.source.kind !== 'jwks') return undefined;
  const policy = new ManagedPolicy({ origins: [new URL(token.source.url).origin] });
  // Cluster names and /etc/hosts count here: the origin is pinned by the operator.
  return createOutbound({ ...common, policy, resolver: new SystemResolver() });
}

/** A way out for each pinned origin, opened on first use. */
class PinnedWays {
  readonly #origins: Set<string>;
  readonly #open: (origin: string) => Outbound;
  readonly #ways = new Map<string, Outbound>();

  constructor(origins: readonly string[], open: (origin: string) => Outbound) {
    this.#origins = new Set(origins);
    this.#open = open;
  }

  add(origin: string): void {
    this.#origins.add(origin);
  }

  /** @throws OutboundError BLOCKED_URL for an origin that nobody pinned */
  to(origin: string): Outbound {
    if (!this.#origins.has(origin)) throw blocked('The origin is not one of the pinned ones.');
    const way = this.#ways.get(origin) ?? this.#open(origin);
    this.#ways.set(origin, way);
    return way;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ways.values()].map((way) => way.close()));
  }
}
