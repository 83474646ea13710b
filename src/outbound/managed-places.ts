import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { classifyAddress } from './address-policy.ts';
import { type HostResolver, isLocalhostName, type ResolvedAddress } from './host-resolver.ts';
import { parseHttpUrl, portOf, type ReservedPlaces, targetOf } from './outbound-policy.ts';

/**
 * Hosts and ports of the operator's own servers, which hold the product's secrets: where users' connectors may not go. Whatever the scheme:
 * a port has one server.
 */
export class ManagedPlaces implements ReservedPlaces {
  /** As typed by the operator. */
  readonly #places = new Set<string>();
  /** Private addresses that their names were found to have, to be refused where a user types them. */
  readonly #learned = new Set<string>();
  readonly #ports = new Map<string, Set<number>>();

  /** @throws OutboundError INVALID_URL for an origin that is not an http(s) URL */
  constructor({ origins }: { origins: readonly string[] }) {
    for (const origin of origins) this.add(origin);
  }

  /** From now on it is one of them. @throws OutboundError INVALID_URL for an origin that is not an http(s) URL */
  add(origin: string): void {
    this.#add(parseHttpUrl(origin));
  }

  isNamed(hostname: string, port: number): boolean {
    const place = placeOf(hostname, port);
    return this.#places.has(place) || this.#learned.has(place);
  }

  /** Only addresses that the operator named: others may share one with a server that is named, behind a proxy that goes by names. */
  isReached(address: string, port: number): boolean {
    return this.#places.has(placeOf(address, port));
  }

  /** A resolver that remembers what names of theirs resolve to. */
  learnFrom(resolver: HostResolver): HostResolver {
    return {
      resolve: async (hostname) => {
        const addresses = await resolver.resolve(hostname);
        this.#learn(hostname, addresses);
        return addresses;
      },
    };
  }

  #add(url: URL): void {
    const { hostname } = targetOf(url);
    const port = portOf(url);
    const names = isLocalhostName(hostname) ? [hostname, '127.0.0.1', '::1'] : [hostname];
    for (const name of names) this.#places.add(placeOf(name, port));
    this.#ports.set(hostname, (this.#ports.get(hostname) ?? new Set()).add(port));
  }

  #learn(hostname: string, addresses: readonly ResolvedAddress[]): void {
    const ports = this.#ports.get(hostname.toLowerCase()) ?? [];
    for (const { address } of addresses) {
      // Public ones are shared by many, and TLS tells their servers apart.
      if (classifyAddress(address) === 'public') continue;
      for (const port of ports) this.#learned.add(placeOf(address, port));
    }
  }
}

function placeOf(hostname: string, port: number): string {
  const machine = isIP(hostname) === 0 ? hostname : ipaddr.process(hostname).toString();
  return `${machine} ${port}`;
}
