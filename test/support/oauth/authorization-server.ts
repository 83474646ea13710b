import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type CryptoKey, jwtVerify } from 'jose';
import {
  type HttpEndpoint,
  type SeenRequest,
  startHttpEndpoint,
} from '../mcp-servers/http-endpoint.ts';

/** How an authorization server departs from what it should be; each may be changed while it runs. */
export interface AuthorizationServerKnobs {
  /** Members of the metadata that are others, or (undefined) missing. */
  metadata: Record<string, unknown>;
  /** Paths at which the metadata is; all of them by default. */
  places: readonly string[] | undefined;
  /** Members of the answer at the redirect URI that are others, or (undefined) missing. */
  answer: Record<string, string | undefined>;
  /** Status and body of the token endpoint, instead of tokens. */
  token: { status: number; body: unknown; headers?: Record<string, string> } | undefined;
  /** Members of the token endpoint's answer that are others, or (undefined) missing. */
  tokens: Record<string, unknown>;
  /** Awaited by the token endpoint before it answers. */
  beforeToken: () => Promise<void> | void;
  /** Members of the registration's answer that are others, or (undefined) missing. */
  registration: Record<string, unknown>;
  /** Is a refresh token good once only? */
  rotates: boolean;
  /** How a client has to prove who it is. */
  authMethod: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
  /** Checks the assertions of `private_key_jwt`. */
  publicKey: CryptoKey | undefined;
  /** Resources it issues tokens for to clients by their own right; any by default. */
  serves: (resource: string) => boolean;
  /** Are there refresh tokens only for who asks for them as Google wants it, and for a code alone? */
  isGoogles: boolean;
}

/** A small authorization server with PKCE, rotation and reuse detection, on a real socket. It signs in whoever comes. */
export interface TestAuthorizationServer {
  issuer: string;
  knobs: AuthorizationServerKnobs;
  endpoint: HttpEndpoint;
  /** Parameters of every request to the token endpoint. */
  tokenRequests: URLSearchParams[];
  /** Bodies of every registration. */
  registrations: Record<string, unknown>[];
  /** Tokens that were revoked by us. */
  revoked: string[];
  /** Every refresh token that was used twice. */
  reused: string[];
  /** Is the access token one that is good now? */
  isValid(token: string | undefined): boolean;
  /** What was asked for when the grant of the token began. */
  scopesOf(token: string | undefined): string[];
  /** Ends every access token that was issued so far. */
  expireTokens(): void;
  /** Takes every grant back. */
  revokeGrants(): void;
  close(): Promise<void>;
}

const ALL_PLACES = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
/** Of every client, with what has to be encoded in it. */
export const SECRET = 'secret of the client: +/?';

/** Starts it. @param path of the issuer, as `/tenant`; the root by default */
export async function startTestAuthorizationServer(path = ''): Promise<TestAuthorizationServer> {
  const codes = new Map<string, URLSearchParams>();
  /** Good access tokens, and what they were asked for with. */
  const access = new Map<string, URLSearchParams>();
  const refresh = new Map<string, 'good' | 'used'>();
  const beginnings = new Map<string, URLSearchParams>();
  const knobs: AuthorizationServerKnobs = {
    metadata: {},
    places: undefined,
    answer: {},
    token: undefined,
    tokens: {},
    beforeToken: () => {},
    registration: {},
    rotates: true,
    authMethod: 'none',
    isGoogles: false,
    publicKey: undefined,
    serves: () => true,
  };
  /** Assertions that were used. */
  const used = new Set<unknown>();
  const tokenRequests: URLSearchParams[] = [];
  const registrations: Record<string, unknown>[] = [];
  const revoked: string[] = [];
  const reused: string[] = [];

  const issue = (asked: URLSearchParams, isRefresh: boolean) => {
    const tokens = { access: random('at'), refresh: random('rt') };
    access.set(tokens.access, asked);
    const isOffline =
      asked.get('access_type') === 'offline' && asked.get('prompt') === 'consent' && !isRefresh;
    const hasRefresh = !knobs.isGoogles || isOffline;
    if (hasRefresh) {
      refresh.set(tokens.refresh, 'good');
      beginnings.set(tokens.refresh, asked);
    }
    return {
      access_token: tokens.access,
      token_type: 'Bearer',
      expires_in: 3600,
      ...(hasRefresh && { refresh_token: tokens.refresh }),
      ...knobs.tokens,
    };
  };

  const metadata = () => ({
    issuer: server.issuer,
    authorization_endpoint: `${endpoint.origin}/authorize`,
    token_endpoint: `${endpoint.origin}/token`,
    registration_endpoint: `${endpoint.origin}/register`,
    revocation_endpoint: `${endpoint.origin}/revoke`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: [knobs.authMethod],
    authorization_response_iss_parameter_supported: true,
    ...knobs.metadata,
  });

  const authorize = (asked: URLSearchParams, response: ServerResponse) => {
    const code = random('code');
    codes.set(code, asked);
    const target = new URL(asked.get('redirect_uri') ?? '');
    const answer = { code, state: asked.get('state'), iss: server.issuer, ...knobs.answer };
    for (const [name, value] of Object.entries(answer)) {
      if (value !== undefined && value !== null) target.searchParams.set(name, value);
    }
    response.writeHead(302, { location: target.href }).end();
  };

  const isAsserted = async (form: URLSearchParams) => {
    const { publicKey } = knobs;
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    if (publicKey === undefined || form.get('client_assertion_type') !== type) return false;
    const expected = { audience: server.issuer, maxTokenAge: '2 minutes' };
    const proof = await jwtVerify(form.get('client_assertion') ?? '', publicKey, expected).catch(
      () => undefined,
    );
    const { iss, sub, jti } = proof?.payload ?? {};
    const isNew = jti !== undefined && !used.has(jti);
    used.add(jti);
    return isNew && iss === sub && iss === form.get('client_id') && !form.has('client_secret');
  };

  const isClient = async (form: URLSearchParams, { headers }: SeenRequest) => {
    if (knobs.authMethod === 'private_key_jwt') return await isAsserted(form);
    if (knobs.authMethod === 'none') return !form.has('client_secret');
    if (knobs.authMethod === 'client_secret_post') return form.get('client_secret') === SECRET;
    const [, basic = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
    const [id, secret] = Buffer.from(basic, 'base64').toString().split(':');
    const decode = (text = '') => new URLSearchParams(`v=${text}`).get('v');
    return decode(secret) === SECRET && decode(id)?.startsWith('client') === true;
  };

  const takesRefresh = (form: URLSearchParams) => {
    const used = form.get('refresh_token') ?? '';
    const state = refresh.get(used);
    if (state === 'used') {
      // As OAuth 2.1 asks for: somebody has stolen it, so the whole family ends.
      reused.push(used);
      refresh.clear();
      access.clear();
    }
    if (state === 'good' && knobs.rotates) refresh.set(used, 'used');
    return state === 'good' ? beginnings.get(used) : undefined;
  };

  const takesCode = (form: URLSearchParams) => {
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const isFine =
      asked?.get('code_challenge') === challenge &&
      asked.get('code_challenge_method') === 'S256' &&
      asked.get('redirect_uri') === form.get('redirect_uri') &&
      asked.get('resource') === form.get('resource');
    return isFine ? asked : undefined;
  };

  /** RFC 6749 section 4.4: never to a client that cannot prove who it is. */
  const serve = (form: URLSearchParams, response: ServerResponse) => {
    if (knobs.authMethod === 'none') return json(response, 400, { error: 'unauthorized_client' });
    const resource = form.get('resource') ?? '';
    if (!knobs.serves(resource)) return json(response, 400, { error: 'invalid_target' });
    json(response, 200, issue(form, false));
  };

  const token = async (seen: SeenRequest, response: ServerResponse) => {
    const form = new URLSearchParams(seen.body);
    tokenRequests.push(form);
    await knobs.beforeToken();
    if (knobs.token !== undefined) {
      const { status, body, headers } = knobs.token;
      return json(response, status, body, headers);
    }
    if (!(await isClient(form, seen))) return json(response, 401, { error: 'invalid_client' });
    if (form.get('grant_type') === 'client_credentials') return serve(form, response);
    const isRefresh = form.has('refresh_token');
    const asked = isRefresh ? takesRefresh(form) : takesCode(form);
    if (asked !== undefined) return json(response, 200, issue(asked, isRefresh));
    json(response, 400, { error: 'invalid_grant', error_description: '<b>no</b>' });
  };

  const endpoint = await startHttpEndpoint(async (_request, response, seen) => {
    const url = new URL(seen.path, 'http://localhost');
    const places = knobs.places ?? ALL_PLACES.map((place) => `${place}${path}`);
    if (places.includes(url.pathname)) return json(response, 200, metadata());
    switch (url.pathname) {
      case '/authorize':
        return authorize(url.searchParams, response);
      case '/token':
        return await token(seen, response);
      case '/register': {
        registrations.push(JSON.parse(seen.body));
        const secret = { client_secret: SECRET, client_secret_expires_at: 0 };
        const client = {
          client_id: `client-${registrations.length}`,
          ...(knobs.authMethod !== 'none' && secret),
          token_endpoint_auth_method: knobs.authMethod,
          ...knobs.registration,
        };
        return json(response, 'error' in client ? 400 : 201, client);
      }
      case '/revoke': {
        const gone = new URLSearchParams(seen.body).get('token') ?? '';
        revoked.push(gone);
        refresh.delete(gone);
        return json(response, 200, {});
      }
      default:
        return json(response, 404, { error: 'not_found' });
    }
  });
  const server: TestAuthorizationServer = {
    issuer: `${endpoint.origin}${path}`,
    knobs,
    endpoint,
    tokenRequests,
    registrations,
    revoked,
    reused,
    isValid: (given) => given !== undefined && access.has(given),
    scopesOf: (given = '') => access.get(given)?.get('scope')?.split(' ') ?? [],
    expireTokens: () => access.clear(),
    revokeGrants: () => {
      refresh.clear();
      access.clear();
    },
    close: endpoint.close,
  };
  return server;
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function random(kind: string): string {
  return `${kind}-${randomBytes(12).toString('hex')}`;
}
