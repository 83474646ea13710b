import type { JsonRpcCall } from './json-rpc.ts';

/** The method that only servers of the modern era know. Only their clean "yes" counts. */
export const PROBE = 'server/discover';

/** May a server that only speaks the legacy era refuse the probe like this? 500 and 501 come from those that choke on the method. */
export function mayMeanLegacy(status: number): boolean {
  if (status === 500 || status === 501) return true;
  return status < 500 && ![401, 403, 408, 425, 429].includes(status);
}

/** Does a server answer this with what it says of itself? */
export function isHandshake({ method }: JsonRpcCall): boolean {
  return method === 'initialize' || method === PROBE;
}
