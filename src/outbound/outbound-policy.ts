import { isIP } from 'node:net';
import { canParseUrl } from '../lib/can-parse-url.ts';
import { type AddressRange, classifyAddress, isAddressIn } from './address-policy.ts';
import { type AllowedHosts, isHostName } from './allow-lists.ts';
import { OutboundError } from './outbound-error.ts';

/** What a connection is opened for: part of the URL that asked for it. */
export interface OutboundTarget {
  protocol: 'http:' | 'https:';
  /** Host name or IP literal, without brackets and trailing dot, lower case. */
  hostname: string;
  /** Undefined where only the name is judged. */
  port?: number | undefined;
}

/** Where servers are that are not for users. */
export interface ReservedPlaces {
  /** Does what a user typed, a name or an address, lead to one of them? */
  isNamed(hostname: string, port: number): boolean;
  /** Does a connection to this address reach one of them? */
  isReached(address: string, port: number): boolean;
}

/** Decides where requests of one purpose may go. */
export interface OutboundPolicy {
  /**
   * Judges a URL before anything is resolved.
   * @throws OutboundError INVALID_URL or BLOCKED_URL
   */
  checkUrl(url: string | URL): URL;
  /** May a connection for `target` go to `address`? Asked for every resolved address and once more when connected. */
  allowsAddress(target: OutboundTarget, address: string): boolean;
}

/** Names that mean something only inside a network. They never have to be resolved to be refused. */
const INTERNAL_NAME =
  /(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|svc|cluster|arpa)$/;

/** Ports of other protocols that a forged HTTP request could talk to (WHATWG Fetch, "bad port"). */
const BAD_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
]);

/**
 * The strict policy, for URLs that users give us and everything discovered from them.
 * A private literal must be in `allowedAddresses`. A name that resolves to a private address must be in `allowedHosts` and
 * its address in `allowedAddresses`: a name anybody controls must not reach an allowed range. Plain http needs the same
 * listing even for a public address.
 */
export class UserPolicy implements OutboundPolicy {
  readonly #hosts: AllowedHosts;
  readonly #addresses: readonly AddressRange[];
  readonly #reserved: ReservedPlaces | undefined;

  constructor(lists: {
    allowedHosts: AllowedHosts;
    allowedAddresses: readonly AddressRange[];
    /** What no list opens; default: nothing. */
    reserved?: ReservedPlaces;
  }) {
    this.#hosts = lists.allowedHosts;
    this.#addresses = lists.allowedAddresses;
    this.#reserved = lists.reserved;
  }

  checkUrl(input: string | URL): URL {
    const url = parseHttpUrl(input);
    const target = targetOf(url);
    if (url.port !== '' && BAD_PORTS.has(Number(url.port)))
      throw blocked('The port belongs to another protocol.');
    if (this.#reserved?.isNamed(target.hostname, portOf(url)) === true)
      throw blocked('The server is not for users.');
    if (isIP(target.hostname) !== 0) {
      if (!this.allowsAddress(target, target.hostname))
        throw blocked('The address is not allowed.');
      return url;
    }
    // URLs allow more in a name than DNS does.
    if (!isHostName(target.hostname)) {
      throw new OutboundError('INVALID_URL', 'The host name is not valid.');
    }
    if (this.#hosts.has(target.hostname)) return url;
    if (target.protocol === 'http:') throw blocked('Plain http is not allowed for this host.');
    if (!target.hostname.includes('.') || INTERNAL_NAME.test(target.hostname)) {
      throw blocked('The host name is not public.');
    }
    return url;
  }

  allowsAddress(target: OutboundTarget, address: string): boolean {
    const kind = classifyAddress(address);
    if (kind === 'forbidden') return false;
    const { port } = target;
    if (port !== undefined && this.#reserved?.isReached(address, port) === true) return false;
    if (kind === 'public' && target.protocol === 'https:') return true;
    const hostListed = isIP(target.hostname) !== 0 || this.#hosts.has(target.hostname);
    return hostListed && isAddressIn(address, this.#addresses);
  }
}

/**
 * The policy for origins that configuration, catalog or deployments pin: cluster services over http, agents, key
 * services. Nothing else is reachable through it.
 */
export class ManagedPolicy implements OutboundPolicy {
  readonly #origins: ReadonlySet<string>;

  /** @throws OutboundError INVALID_URL for an origin that is not an http(s) URL */
  constructor(options: { origins: readonly string[] }) {
    this.#origins = new Set(options.origins.map((origin) => parseHttpUrl(origin).origin));
  }

  checkUrl(input: string | URL): URL {
    const url = parseHttpUrl(input);
    if (!this.#origins.has(url.origin)) throw blocked('The origin is not one of the pinned ones.');
    return url;
  }

  allowsAddress(_target: OutboundTarget, address: string): boolean {
    return classifyAddress(address) !== 'forbidden';
  }
}

/**
 * Parses an absolute http(s) URL without credentials in it.
 * @throws OutboundError INVALID_URL
 */
export function parseHttpUrl(input: string | URL): URL {
  if (!canParseUrl(String(input))) {
    throw new OutboundError('INVALID_URL', 'The URL cannot be parsed.');
  }
  const url = new URL(input);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OutboundError('INVALID_URL', 'The URL must start with https:// or http://.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new OutboundError('INVALID_URL', 'The URL must not carry a user name or password.');
  }
  return url;
}

/** The port a URL leads to. */
export function portOf({ protocol, port }: { protocol: string; port?: string | null }): number {
  if (port !== undefined && port !== null && port !== '') return Number(port);
  return protocol === 'http:' ? 80 : 443;
}

/** The part of a URL that policies judge. */
export function targetOf(url: { protocol: string; hostname: string }): OutboundTarget {
  return {
    protocol: url.protocol === 'http:' ? 'http:' : 'https:',
    hostname: url.hostname
      .toLowerCase()
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, ''),
  };
}

/** The refusal of a policy. `message` says why, without addresses. */
export function blocked(message: string): OutboundError {
  return new OutboundError('BLOCKED_URL', message);
}
