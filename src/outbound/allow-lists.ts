import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import type { AddressRange } from './address-policy.ts';

/** Host names an operator allows beyond the public ones. */
export interface AllowedHosts {
  /** Is this host name (lower case, no trailing dot) listed? */
  has(hostname: string): boolean;
}

/**
 * Parses `OUTBOUND_ALLOWED_HOSTS`: host names separated by commas. `*.example.internal` allows every name below
 * `example.internal`, but not that name itself.
 * @throws Error that names the entry and what is wrong with it; meant for the configuration report.
 */
export function parseAllowedHosts(list: string): AllowedHosts {
  const names = new Set<string>();
  const suffixes: string[] = [];
  for (const entry of entriesOf(list)) {
    if (entry.startsWith('*.')) suffixes.push(`.${parseHostName(entry.slice(2), entry)}`);
    else names.add(parseHostName(entry));
  }
  return {
    has: (hostname) => names.has(hostname) || suffixes.some((suffix) => hostname.endsWith(suffix)),
  };
}

/**
 * Parses `OUTBOUND_ALLOWED_ADDRESSES`: IP addresses and CIDR ranges separated by commas.
 * @throws Error that names the entry and what is wrong with it; meant for the configuration report.
 */
export function parseAllowedAddresses(list: string): readonly AddressRange[] {
  return entriesOf(list).map(parseAddressRange);
}

/** The entries of a list, which commas separate. */
export function entriesOf(list: string): string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/**
 * Parses one IP address or CIDR range.
 * @throws Error that names the entry and what is wrong with it.
 */
export function parseAddressRange(entry: string): AddressRange {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) {
    throw new Error(`"${entry}" is not an IP address or CIDR range.`);
  }
  const range = bits === undefined ? `${address}/${version === 4 ? 32 : 128}` : entry;
  if ((bits !== undefined && !/^\d{1,3}$/.test(bits)) || !ipaddr.isValidCIDR(range)) {
    throw new Error(`"${entry}" has a prefix length that is not valid.`);
  }
  const parsed = ipaddr.parseCIDR(range);
  // An address of this kind is judged as the IPv4 address it reaches, so the range would match nothing.
  if (version === 6 && parsed[0].range() === 'ipv4Mapped') {
    throw new Error(`"${entry}" is IPv4 in IPv6 notation; write it as IPv4.`);
  }
  return parsed;
}

/**
 * Parses one host name; `münchen.example` becomes what is asked for in DNS.
 * @param entry what an error names, where `text` is only a part of it
 * @throws Error that names the entry and what is wrong with it.
 */
export function parseHostName(text: string, entry = text): string {
  // domainToASCII would silently cut off a path or port.
  const ascii = /[/:?#@\\\s[\]]/.test(text) ? '' : domainToASCII(text.replace(/\.$/, ''));
  // 127.1 and 0x7f000001 become addresses.
  if (isIP(text.replace(/^\[|\]$/g, '')) !== 0 || isIP(ascii) !== 0) {
    throw new Error(`"${entry}" is an address; list it in OUTBOUND_ALLOWED_ADDRESSES.`);
  }
  if (!isHostName(ascii)) {
    throw new Error(`"${entry}" is not a host name; write it without scheme, port or path.`);
  }
  return ascii;
}

const LABEL = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/;

/** Is this a host name as DNS knows it (RFC 1035), in lower case and without a trailing dot? Underscores are common. */
export function isHostName(text: string): boolean {
  return (
    text.length <= 253 && text.split('.').every((label) => label.length <= 63 && LABEL.test(label))
  );
}
