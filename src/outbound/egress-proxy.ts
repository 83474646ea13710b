import { canParseUrl } from '../lib/can-parse-url.ts';
import { isLoopback } from './address-policy.ts';
import { isLocalhostName } from './host-resolver.ts';
import { type ProxyBypass, parseNoProxy } from './no-proxy.ts';
import type { OutboundTarget } from './outbound-policy.ts';

/** How an operator describes the proxy. */
export interface EgressProxyOptions {
  /** http or https URL, with user and password where the proxy wants them, percent-encoded. Nothing may follow the port. */
  url: string;
  /** Entries of `NO_PROXY`; see {@link parseNoProxy}. Default: none. */
  noProxy?: readonly string[];
  /**
   * What the proxy is asked for.
   * - `address`: an address that was resolved and checked here. Every check holds as without a proxy. The default.
   * - `name`: the name, which the proxy resolves. Then it is the proxy that has to refuse private, link-local and metadata
   *   addresses; only IP literals are checked here.
   */
  connectBy?: 'address' | 'name';
}

/** An HTTP proxy that https connections are tunnelled through (CONNECT, RFC 9110 section 9.3.6). Keeps its credentials to itself. */
export class EgressProxy {
  /** How the proxy itself is spoken to. */
  readonly protocol: 'http:' | 'https:';
  /** Name or IP literal, without brackets. An operator chose it, so no policy judges it. */
  readonly hostname: string;
  readonly port: number;
  readonly connectBy: 'address' | 'name';
  readonly #authorization: string | undefined;
  readonly #bypass: ProxyBypass;

  /** @throws Error for a URL or an entry that cannot be used; its message may quote an entry, but nothing of the URL */
  constructor({ url, noProxy = [], connectBy = 'address' }: EgressProxyOptions) {
    const parsed = parseProxyUrl(url);
    this.protocol = parsed.protocol === 'https:' ? 'https:' : 'http:';
    this.hostname = parsed.hostname.replace(/^\[|\]$/g, '');
    this.port = Number(parsed.port || (this.protocol === 'https:' ? 443 : 80));
    this.connectBy = connectBy;
    this.#authorization = basicCredentials(parsed);
    this.#bypass = parseNoProxy(noProxy.join(','));
  }

  /**
   * Does a connection to this target go through the proxy? Not plain http, which only listed targets may use, and not what
   * stands for this machine, which would be another one there.
   */
  isFor({ protocol, hostname }: OutboundTarget, port: number): boolean {
    if (protocol === 'http:' || isLocalhostName(hostname) || isLoopback(hostname)) return false;
    return !this.#bypass.includes(hostname, port);
  }

  /** The headers of a CONNECT request. Secret. @param authority host and port that are asked for */
  connectHeaders(authority: string): Record<string, string> {
    const authorization = this.#authorization;
    return {
      host: authority,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    };
  }
}

function parseProxyUrl(text: string): URL {
  if (!canParseUrl(text)) throw new Error('The URL of the proxy cannot be parsed.');
  const url = new URL(text);
  const isPlain = url.pathname === '/' && url.search === '' && url.hash === '';
  if (!/^https?:$/.test(url.protocol) || !isPlain) {
    throw new Error('The URL of the proxy must be http(s)://host:port.');
  }
  if (url.port === '0') throw new Error('The URL of the proxy has a port that is not valid.');
  return url;
}

/** Basic authentication (RFC 7617); undefined where the URL has no user. */
function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const user = decoded(username);
  const pair = `${user}:${decoded(password)}`;
  // The user ends at the first colon, and control characters have no place in either.
  if (user.includes(':') || /\p{Cc}/u.test(pair)) {
    throw new Error('User or password of the proxy have characters that cannot be sent.');
  }
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function decoded(component: string): string {
  try {
    return decodeURIComponent(component);
  } catch {
    throw new Error('User and password of the proxy must be percent-encoded.');
  }
}
