import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { targetOf } from './outbound-policy.ts';

/**
 * The host name or address a URL leads to, spelled one way, for counting what goes there. An IPv4-mapped IPv6 address
 * (`[::ffff:203.0.113.7]`) is the IPv4 address that it reaches. Names are not resolved.
 */
export function machineOf(url: URL): string {
  const { hostname } = targetOf(url);
  return isIP(hostname) === 0 ? hostname : ipaddr.process(hostname).toString();
}
