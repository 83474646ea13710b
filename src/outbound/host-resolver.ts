import { lookup, Resolver } from 'node:dns/promises';
import { OutboundError } from './outbound-error.ts';

/** An address a name resolves to. */
export interface ResolvedAddress {
  address: string;
  family: 4 | 6;
}

/** Turns names into addresses. */
export interface HostResolver {
  /**
   * All addresses of a name, at least one.
   * @throws OutboundError DNS_FAILED
   */
  resolve(hostname: string): Promise<ResolvedAddress[]>;
}

const LOOPBACK: readonly ResolvedAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Is this name this machine by definition (RFC 6761 section 6.3)? */
export function isLocalhostName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}

/** Settings of {@link DnsResolver}. */
export interface DnsResolverOptions {
  /** `address:port` of the name servers; the system's when absent. */
  servers?: readonly string[];
  /** Milliseconds for one query; default 2,000. */
  timeoutMs?: number;
  /** Queries per name server; default 2. */
  tries?: number;
}

/**
 * Asks name servers directly: no thread pool that a slow server could fill, no /etc/hosts, no search domains, an own time
 * limit. Only `localhost` is known without asking, as DNS does not know it.
 */
export class DnsResolver implements HostResolver {
  readonly #resolver: Resolver;

  constructor(options: DnsResolverOptions = {}) {
    this.#resolver = new Resolver({
      timeout: options.timeoutMs ?? 2_000,
      tries: options.tries ?? 2,
    });
    if (options.servers !== undefined) this.#resolver.setServers(options.servers);
  }

  async resolve(hostname: string): Promise<ResolvedAddress[]> {
    if (isLocalhostName(hostname)) return [...LOOPBACK];
    const [v4, v6] = await Promise.allSettled([
      this.#resolver.resolve4(hostname),
      this.#resolver.resolve6(hostname),
    ]);
    const found: ResolvedAddress[] = [];
    if (v4.status === 'fulfilled')
      for (const address of v4.value) found.push({ address, family: 4 });
    if (v6.status === 'fulfilled')
      for (const address of v6.value) found.push({ address, family: 6 });
    if (found.length === 0) {
      const cause = v4.status === 'rejected' ? v4.reason : undefined;
      throw new OutboundError('DNS_FAILED', 'The host name does not resolve.', { cause });
    }
    return found;
  }
}

/** Asks the operating system (getaddrinfo): knows /etc/hosts and search domains. For the managed policy only. */
export class SystemResolver implements HostResolver {
  async resolve(hostname: string): Promise<ResolvedAddress[]> {
    try {
      const found = await lookup(hostname, { all: true });
      return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
    } catch (cause) {
      throw new OutboundError('DNS_FAILED', 'The host name does not resolve.', { cause });
    }
  }
}
