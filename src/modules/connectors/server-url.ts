import { canParseUrl } from '../../lib/can-parse-url.ts';

/**
 * The canonical form that credentials are bound to: scheme, host, port and path. The query is left out, because a
 * changed query reaches the same server.
 * @throws TypeError when the text is not a URL.
 */
export function canonicalUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/**
 * The part of a URL that may stand in a log: scheme, host and port.
 * @throws TypeError when the text is not a URL.
 */
export function urlOrigin(url: string): string {
  return new URL(url).origin;
}

/** The origin as a field of a log line; none where the text is not a URL. */
export function originField(url: string): { origin?: string } {
  return canParseUrl(url) ? { origin: urlOrigin(url) } : {};
}
