import { isIP } from 'node:net';
import { type AddressRange, isAddressIn } from './address-policy.ts';
import { entriesOf, parseAddressRange, parseHostName } from './allow-lists.ts';

/** The targets that are reached without the proxy. */
export interface ProxyBypass {
  /** @param hostname name or IP literal, lower case, without brackets and trailing dot */
  includes(hostname: string, port: number): boolean;
}

/** Does a host belong to an entry? */
type HostMatch = (hostname: string) => boolean;

/** `[address]`, `[network]`, or a text with at most one colon; then a port. IPv6 without a port needs no brackets. */
const WITH_PORT = /^(?:\[([^\]]*:[^\]]*)\]|([^:[\]]+))(?::(\d{1,5}))?$/;

/**
 * Parses `NO_PROXY`: entries separated by commas, each with `:port` where wanted.
 * - `example.com`, `.example.com` and `*.example.com` stand for that name and every name below it.
 * - An address or network stands for IP literals; names are not resolved for it.
 * - `*` stands for everything.
 * @throws Error that names the entry and what is wrong with it.
 */
export function parseNoProxy(list: string): ProxyBypass {
  const entries = entriesOf(list).map(parseEntry);
  return {
    includes: (hostname, port) => entries.some((matches) => matches(hostname, port)),
  };
}

function parseEntry(entry: string): (hostname: string, port: number) => boolean {
  const [, bracketed, plain, portText] = WITH_PORT.exec(entry) ?? [];
  const matches = parseHost(bracketed ?? plain ?? entry);
  if (portText === undefined) return matches;
  const wanted = Number(portText);
  if (wanted === 0 || wanted > 65_535) throw new Error(`"${entry}" has a port that is not valid.`);
  return (hostname, port) => port === wanted && matches(hostname);
}

function parseHost(text: string): HostMatch {
  if (text === '*') return () => true;
  if (isIP(text) !== 0 || text.includes('/')) {
    const range: readonly AddressRange[] = [parseAddressRange(text)];
    return (hostname) => isIP(hostname) !== 0 && isAddressIn(hostname, range);
  }
  const name = parseHostName(text.replace(/^\*?\./, ''), text);
  return (hostname) => hostname === name || hostname.endsWith(`.${name}`);
}
