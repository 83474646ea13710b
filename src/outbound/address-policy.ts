import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * What an address may be used for.
 * - `public`: reachable on the internet, fine for everybody.
 * - `private`: only where an operator lists it.
 * - `forbidden`: never, even when listed: metadata services, link-local, unspecified, multicast, broadcast, tunnels
 *   that embed another address, and everything that is not a plain IP address.
 */
export type AddressClass = 'public' | 'private' | 'forbidden';

/** A range of addresses, as ipaddr.js parses it. */
export type AddressRange = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Only these IPv6 addresses are routed on the internet (IANA, global unicast). ipaddr.js calls more than these `unicast`. */
const IPV6_GLOBAL: AddressRange = ipaddr.parseCIDR('2000::/3');

/** Addresses that hand out credentials of the machine. Link-local ones (169.254.0.0/16, fe80::/10) are refused by their range. */
const METADATA_ADDRESSES: readonly AddressRange[] = [
  '168.63.129.16/32', // Azure wire server; a public address
  '100.100.100.200/32', // Alibaba Cloud
  '192.0.0.192/32', // Oracle Cloud
  'fd00:ec2::/32', // AWS: instance metadata, DNS, time, pod identity
  'fd20:ce::254/128', // Google Cloud
  'fd00:c1::a9fe:a9fe/128', // Oracle Cloud
  'fd00:42::42/128', // Scaleway
  'fd00:100::100:200/128', // Alibaba Cloud
  'fd00:a9fe:a9fe::1/128', // Akamai (Linode)
].map((range) => ipaddr.parseCIDR(range));

/** ipaddr.js range names that stay forbidden even when an operator lists them. */
const FORBIDDEN_RANGES: ReadonlySet<string> = new Set([
  'unspecified', // 0.0.0.0/8 too: Linux connects 0.0.0.0 to this machine
  'broadcast',
  'multicast',
  'linkLocal',
  'deprecatedSiteLocal',
  'discard',
  // Tunnels and translations embed an IPv4 address that would pass unchecked.
  'rfc6145',
  'rfc6052',
  '6to4',
  'teredo',
  'amt',
]);

/**
 * Is the interface identifier one of ISATAP (RFC 5214 section 6.1)? Its last 32 bits are an IPv4 address, and a machine with
 * such an interface tunnels to it.
 */
function isIsatap(parsed: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (parsed instanceof ipaddr.IPv4) return false;
  const [, , , , flags, kind] = parsed.parts;
  return kind === 0x5efe && flags !== undefined && (flags & ISATAP_FREE_BITS) === flags;
}

/** The "universal" and the "group" bit may have any value. */
const ISATAP_FREE_BITS = 0x0300;

/** Parses an IP literal; an IPv4-mapped IPv6 address becomes the IPv4 address it reaches. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  // A scope id (fe80::1%eth0) chooses an interface of this machine.
  if (address.includes('%') || isIP(address) === 0) return undefined;
  // ipaddr.js reads ::8.8.8.8 as ::ffff:8.8.8.8, which is another address.
  if (address.includes('.') && address.includes(':') && !/^::ffff:/i.test(address))
    return undefined;
  return ipaddr.process(address);
}

function matches(parsed: ipaddr.IPv4 | ipaddr.IPv6, ranges: readonly AddressRange[]): boolean {
  return ranges.some(
    ([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits),
  );
}

/** Classifies an IP address in its textual form, without brackets. */
export function classifyAddress(address: string): AddressClass {
  const parsed = parseAddress(address);
  if (parsed === undefined || matches(parsed, METADATA_ADDRESSES)) return 'forbidden';
  const range = parsed.range();
  if (FORBIDDEN_RANGES.has(range) || isIsatap(parsed)) return 'forbidden';
  if (range !== 'unicast') return 'private';
  if (parsed.kind() === 'ipv4' || matches(parsed, [IPV6_GLOBAL])) return 'public';
  // IPv4-compatible (::7f00:1) and other space nobody routes.
  return 'forbidden';
}

/** Is this an address of this machine only (127.0.0.0/8, ::1)? */
export function isLoopback(address: string): boolean {
  return parseAddress(address)?.range() === 'loopback';
}

/** Is the address inside one of the ranges? IPv4-mapped addresses match IPv4 ranges. */
export function isAddressIn(address: string, ranges: readonly AddressRange[]): boolean {
  const parsed = parseAddress(address);
  return parsed !== undefined && matches(parsed, ranges);
}
