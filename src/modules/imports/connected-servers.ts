import { canParseUrl } from '../../lib/can-parse-url.ts';
import type { Connector } from '../connectors/index.ts';
import { isSecretName, looksLikeKey } from './secret-text.ts';

/** An entry of a file, as far as it is compared with connectors. */
export interface Comparable {
  /** As the file calls it. */
  key: string;
  /** Its address; undefined while it is not known. */
  serverUrl: string | undefined;
}

type Known = Pick<Connector, 'id' | 'name' | 'serverUrl'>;

/**
 * Says of each entry which connector it already is. Each connector is the one of one entry at most, so that two accounts at one
 * server stay two: first where the names are the same, then in order.
 */
export function findConnected<Entry extends Comparable>(
  entries: readonly Entry[],
  connectors: readonly Known[],
): Map<Entry, Known> {
  const found = new Map<Entry, Known>();
  const free = new Map<string, Known[]>();
  for (const connector of connectors) {
    const address = comparableAddress(connector.serverUrl);
    if (address !== undefined) free.set(address, [...(free.get(address) ?? []), connector]);
  }
  const claim = (entry: Entry, fits: (connector: Known) => boolean) => {
    const there = free.get(comparableAddress(entry.serverUrl) ?? '') ?? [];
    const at = there.findIndex(fits);
    const connector = there[at];
    if (connector === undefined || found.has(entry)) return;
    there.splice(at, 1);
    found.set(entry, connector);
  };
  for (const entry of entries) {
    claim(entry, ({ name }) => name.toLowerCase() === entry.key.trim().toLowerCase());
  }
  for (const entry of entries) claim(entry, () => true);
  return found;
}

/**
 * What has to be the same of two addresses of one server: scheme, host, port, path, and parameters of the query that are no
 * keys: a key may have been changed, but another project is another server.
 */
function comparableAddress(url: string | undefined): string | undefined {
  if (url === undefined || !canParseUrl(url)) return undefined;
  const { protocol, host, pathname, searchParams } = new URL(url);
  const kept = [...searchParams].filter(
    ([name, value]) => !isSecretName(name) && !looksLikeKey(value),
  );
  const query = kept.map(([name, value]) => `${name}=${value}`).sort();
  return [`${protocol}//${host}${pathname}`, ...query].join('\n');
}
