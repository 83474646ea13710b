import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type ClientMetadata, errors } from 'oidc-provider';

/** Scopes of the endpoint, as its authorization server knows them. */
const SCOPES = 'tools:read tools:call';

/** A certified OpenID provider on a real port: PKCE, dynamic registration, tokens bound to a resource (RFC 8707). */
export interface AuthorizationServer {
  issuer: string;
  jwksUrl: string;
  /** The only resource it issues tokens for; set it once its address is known. */
  resource: string;
  close(): Promise<void>;
}

/**
 * Starts it. Whoever comes is signed in as the user and consents, without a page.
 * @param user the `sub` of every token
 * @param clients that somebody registered, and that prove who they are with a key
 */
export async function startAuthorizationServer(
  user: string,
  clients: ClientMetadata[] = [],
): Promise<AuthorizationServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const started: AuthorizationServer = {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    resource: '',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const provider = createProvider(issuer, clients, (resource) => resource === started.resource);
  const callback = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const isInteraction = request.url?.startsWith('/interaction/') ?? false;
    void (isInteraction ? signIn(provider, user, request, response) : callback(request, response));
  });
  return started;
}

function createProvider(
  issuer: string,
  clients: ClientMetadata[],
  isKnown: (resource: string) => boolean,
): Provider {
  return new Provider(issuer, {
    clients,
    scopes: ['openid', 'offline_access', ...SCOPES.split(' ')],
    pkce: { required: () => true },
    clientAuthMethods: ['none', 'private_key_jwt'],
    issueRefreshToken: async () => true,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      registration: { enabled: true, initialAccessToken: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => [],
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => {
          if (!isKnown(resource)) throw new errors.InvalidTarget();
          return { scope: SCOPES, audience: resource, accessTokenFormat: 'jwt' };
        },
      },
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
    cookies: { keys: ['of-a-test'] },
    ttl: {
      AccessToken: 600,
      RefreshToken: 600,
      Grant: 600,
      Session: 600,
      Interaction: 600,
      IdToken: 60,
    },
  });
}

async function signIn(
  provider: Provider,
  accountId: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { grantId, params, prompt } = await provider.interactionDetails(request, response);
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = known ?? new provider.Grant({ accountId, clientId: String(params['client_id']) });
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details as {
    missingOIDCScope?: string[];
    missingResourceScopes?: Record<string, string[]>;
  };
  if (missingOIDCScope.length > 0) grant.addOIDCScope(missingOIDCScope.join(' '));
  for (const [resource, scopes] of Object.entries(missingResourceScopes)) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  const consent = prompt.name === 'consent' ? { consent: { grantId: await grant.save() } } : {};
  await provider.interactionFinished(request, response, { login: { accountId }, ...consent });
}

/** Where the client of the tests takes its code. Nothing listens there. */
export const REDIRECT_URL = 'http://127.0.0.1:1/callback';

/** A browser that follows redirects, with cookies, until it is back at the client. */
export async function browse(start: URL): Promise<URLSearchParams> {
  const cookies = new Map<string, string>();
  let url = start;
  for (let step = 0; step < 12; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${response.status}: ${await response.text()}`);
    url = new URL(location, url);
    if (url.href.startsWith(REDIRECT_URL)) return url.searchParams;
  }
  throw new Error('the browser was sent in circles');
}
