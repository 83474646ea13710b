import { canParseUrl } from '../lib/can-parse-url.ts';
import { askForChallenge, type Challenge, readScopes } from './challenge.ts';
import { OAuthFailure } from './oauth-failure.ts';
import type { ClientAuthMethod, GrantType, OAuthServer } from './oauth-grant.ts';
import type { JsonObject, OAuthHttp } from './oauth-http.ts';

/** How to sign in to an MCP server. */
export interface SignInTarget {
  server: OAuthServer;
  /** What the token is to be for (RFC 8707). */
  resource: string;
  /** What to ask for; empty where the server does not say. */
  scopes: string[];
}

/** What {@link SignInDiscovery} needs. */
export interface SignInDiscoveryDeps {
  /** The way to users' servers, and to all that servers name. */
  http: OAuthHttp;
  /** The way to a server of the operator's own, and nowhere else. */
  pinnedHttp: (origin: string) => OAuthHttp;
}

const RESOURCE_METADATA = '/.well-known/oauth-protected-resource';
const SERVER_METADATA = '/.well-known/oauth-authorization-server';
const OPENID_METADATA = '/.well-known/openid-configuration';
const OFFLINE_ACCESS = 'offline_access';

/**
 * Finds out how to sign in to a server (MCP authorization, revision 2026-07-28 and those before it): the metadata that its challenge
 * names, else that in the well-known places below its path and its root (RFC 9728), else, as of 2025-03-26, the server is its own
 * authorization server.
 */
export class SignInDiscovery {
  readonly #http: OAuthHttp;
  readonly #pinnedHttp: SignInDiscoveryDeps['pinnedHttp'];

  constructor({ http, pinnedHttp }: SignInDiscoveryDeps) {
    this.#http = http;
    this.#pinnedHttp = pinnedHttp;
  }

  /**
   * Some ten requests at most, each guarded and bounded.
   * @param options.grantType what for: only a sign-in needs PKCE, and a page to go to
   * @param options.isPinned the server is one of the operator's own. Its authorization server is reached as that of any other.
   * @throws OAuthFailure; the reason of `signal`
   */
  async discover(
    serverUrl: string,
    {
      signal,
      grantType = 'authorization_code',
      isPinned = false,
    }: { signal?: AbortSignal; grantType?: GrantType; isPinned?: boolean } = {},
  ): Promise<SignInTarget> {
    const http = isPinned ? this.#pinnedHttp(new URL(serverUrl).origin) : this.#http;
    const url = http.checkUrl(serverUrl);
    const challenge = await askForChallenge(http, url, signal);
    const metadata = await findResourceMetadata(http, { url, challenge }, signal);
    const resource = metadata === undefined ? canonicalResource(url) : resourceOf(metadata, url);
    const issuer = metadata === undefined ? url.origin : issuerOf(metadata);
    const place = this.#http.checkUrl(issuer);
    const server = await this.#serverMetadata(place, { signal, grantType });
    const asked = challenge.scopes.length > 0 ? challenge.scopes : metadata?.['scopes_supported'];
    const scopes = readScopes(asked);
    const isForUser = grantType === 'authorization_code';
    return { server, resource, scopes: isForUser ? withOfflineAccess(scopes, server) : scopes };
  }

  async #serverMetadata(
    issuer: URL,
    { signal, grantType }: { signal: AbortSignal | undefined; grantType: GrantType },
  ): Promise<OAuthServer> {
    const found = await firstOf(this.#http, metadataPlaces(issuer), signal);
    if (found === undefined) throw new OAuthFailure('NO_AUTHORIZATION');
    const named = found['issuer'];
    if (typeof named !== 'string' || !canParseUrl(named)) {
      throw new OAuthFailure('METADATA_INVALID');
    }
    // RFC 8414 section 3.3: or it is a server that speaks for another one.
    if (new URL(named).href !== issuer.href) throw new OAuthFailure('ISSUER_MISMATCH');
    const isForUser = grantType === 'authorization_code';
    if (isForUser && !listOf(found['code_challenge_methods_supported']).includes('S256')) {
      throw new OAuthFailure('PKCE_UNSUPPORTED');
    }
    return {
      issuer: named,
      ...(isForUser && {
        authorization_endpoint: this.#endpoint(found, 'authorization_endpoint'),
      }),
      token_endpoint: this.#endpoint(found, 'token_endpoint'),
      ...this.#optionalEndpoint(found, 'registration_endpoint'),
      ...this.#optionalEndpoint(found, 'revocation_endpoint'),
      token_endpoint_auth_methods_supported: authMethodsOf(found),
      client_id_metadata_document_supported:
        found['client_id_metadata_document_supported'] === true,
      authorization_response_iss_parameter_supported:
        found['authorization_response_iss_parameter_supported'] === true,
      offersOfflineAccess: listOf(found['scopes_supported']).includes(OFFLINE_ACCESS),
    };
  }

  #endpoint(metadata: JsonObject, name: string): string {
    const url = this.#http.checkUrl(metadata[name]);
    // RFC 6749 section 3.1.
    if (url.hash !== '') throw new OAuthFailure('METADATA_INVALID');
    return url.href;
  }

  #optionalEndpoint<Name extends string>(
    metadata: JsonObject,
    name: Name,
  ): { [Key in Name]?: string } {
    if (metadata[name] === undefined || metadata[name] === null) return {};
    const endpoint: { [Key in Name]?: string } = {};
    return Object.assign(endpoint, { [name]: this.#endpoint(metadata, name) });
  }
}

async function findResourceMetadata(
  http: OAuthHttp,
  { url: { origin, pathname }, challenge }: { url: URL; challenge: Challenge },
  signal: AbortSignal | undefined,
): Promise<JsonObject | undefined> {
  const { resourceMetadata } = challenge;
  if (resourceMetadata !== undefined) {
    const named = await http.findDocument(http.checkUrl(resourceMetadata), signal);
    if (named === undefined) throw new OAuthFailure('METADATA_INVALID');
    return named;
  }
  const paths = pathname === '/' ? [''] : [pathname, ''];
  const places = paths.map((path) => new URL(`${RESOURCE_METADATA}${path}`, origin));
  return firstOf(http, places, signal);
}

/** A place that cannot answer now does not hide the others; but where none has it, nobody knows. */
async function firstOf(
  http: OAuthHttp,
  places: readonly URL[],
  signal: AbortSignal | undefined,
): Promise<JsonObject | undefined> {
  let unreachable: OAuthFailure | undefined;
  for (const place of places) {
    try {
      const found = await http.findDocument(place, signal);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof OAuthFailure) || error.code !== 'UNREACHABLE') throw error;
      unreachable = error;
    }
  }
  if (unreachable !== undefined) throw unreachable;
  return undefined;
}

/** In the order of the MCP specification: RFC 8414, then OpenID with the path behind and before the well-known part. */
function metadataPlaces({ origin, pathname }: URL): URL[] {
  const path = pathname.replace(/\/+$/, '');
  const places = [`${SERVER_METADATA}${path}`, `${OPENID_METADATA}${path}`];
  if (path !== '') places.push(`${path}${OPENID_METADATA}`);
  return places.map((place) => new URL(place, origin));
}

/** Without query, fragment and the slash of an empty path (MCP authorization, canonical server URI). */
function canonicalResource({ origin, pathname }: URL): string {
  return pathname === '/' ? origin : `${origin}${pathname}`;
}

/** The resource that the metadata names, which must be the server or stand above it. @throws OAuthFailure */
function resourceOf(metadata: JsonObject, server: URL): string {
  const { resource } = metadata;
  if (typeof resource !== 'string' || !canParseUrl(resource)) {
    throw new OAuthFailure('METADATA_INVALID');
  }
  const { origin, pathname, search, hash } = new URL(resource);
  const prefix = pathname.endsWith('/') ? pathname : `${pathname}/`;
  const covers = `${server.pathname.replace(/\/$/, '')}/`.startsWith(prefix);
  if (origin !== server.origin || !covers || search !== '' || hash !== '') {
    throw new OAuthFailure('RESOURCE_MISMATCH');
  }
  return resource;
}

function issuerOf(metadata: JsonObject): string {
  const [issuer] = listOf(metadata['authorization_servers']);
  if (issuer === undefined) throw new OAuthFailure('METADATA_INVALID');
  return issuer;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Of clients that the server registers, best first; RFC 8414 names the default. */
const AUTH_METHODS: readonly ClientAuthMethod[] = [
  'client_secret_basic',
  'client_secret_post',
  'none',
];

function authMethodsOf(metadata: JsonObject): ClientAuthMethod[] {
  const named = metadata['token_endpoint_auth_methods_supported'];
  if (named === undefined) return ['client_secret_basic'];
  const offered = listOf(named);
  return AUTH_METHODS.filter((method) => offered.includes(method));
}

function withOfflineAccess(scopes: string[], { offersOfflineAccess }: OAuthServer): string[] {
  const asks = offersOfflineAccess && scopes.length > 0 && !scopes.includes(OFFLINE_ACCESS);
  return asks ? [...scopes, OFFLINE_ACCESS] : scopes;
}
