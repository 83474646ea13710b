import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import type { AddressRange } from './address-policy.ts';

/** Host names an operator allows beyond the public ones. */
export interface AllowedHosts {
  /** Is this host name (lower case, no trailing dot) listed? */
  has(hostname: string): boolean;
}

const HOST_NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/**
 * Parses `OUTBOUND_ALLOWED_HOSTS`: host names separated by commas. `*.example.internal` allows every name below
 * `example.internal`, but not that name itself.
 * @throws Error that names the entry and what is wrong with it; meant for the configuration report.
 */
export function parseAllowedHosts(list: string): AllowedHosts {
  const names = new Set<string>();
  const suffixes: string[] = [];
  for (const entry of entriesOf(list)) {
    const name = normaliseHostEntry(entry);
    if (name.startsWith('*.')) suffixes.push(name.slice(1));
    else names.add(name);
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
  return entriesOf(list).map((entry): AddressRange => {
    const [address = '', bits, ...rest] = entry.split('/');
    if (isIP(address) === 0 || address.includes('%') || rest.length > 0) {
      throw new Error(`"${entry}" is not an IP address or CIDR range.`);
    }
    if (bits === undefined) return ipaddr.parseCIDR(`${address}/${isIP(address) === 4 ? 32 : 128}`);
    if (!/^\d{1,3}$/.test(bits) || !ipaddr.isValidCIDR(entry)) {
      throw new Error(`"${entry}" has a prefix length that is not valid.`);
    }
    return ipaddr.parseCIDR(entry);
  });
}

function entriesOf(list: string): string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function normaliseHostEntry(entry: string): string {
  const wildcard = entry.startsWith('*.');
  const bare = wildcard ? entry.slice(2) : entry;
  if (isIP(bare.replace(/^\[|\]$/g, '')) !== 0) {
    throw new Error(`"${entry}" is an address; list it in OUTBOUND_ALLOWED_ADDRESSES.`);
  }
  // domainToASCII would silently cut off a path or port.
  const ascii = /[/:?#@\\\s]/.test(bare) ? '' : domainToASCII(bare.replace(/\.$/, ''));
  const name = wildcard ? `*.${ascii}` : ascii;
  if (ascii === '' || !HOST_NAME.test(name)) {
    throw new Error(`"${entry}" is not a host name; write it without scheme, port or path.`);
  }
  return name;
}
