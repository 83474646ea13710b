import * as oauth from 'oauth4webapi';
import type { Clock } from '../lib/clock.ts';
import { authenticationOf } from './client-authentication.ts';
import { OAuthFailure, type OAuthFailureCode } from './oauth-failure.ts';
import type { ClientAuthMethod, OAuthClient, OAuthServer, TokenSet } from './oauth-grant.ts';
import { type OAuthHttp, parseObject, toOAuthFailure } from './oauth-http.ts';
import type { OperatorClients } from './operator-clients.ts';

/** What an {@link OAuthProtocol} needs. */
export interface OAuthProtocolDeps {
  http: OAuthHttp;
  clock: Pick<Clock, 'now'>;
  operatorClients: Pick<OperatorClients, 'withSecret' | 'parametersFor' | 'isServiceClient'>;
}

/** A request that a browser takes to the authorization server. */
export interface AuthorizationRequest {
  server: OAuthServer;
  client: OAuthClient;
  redirectUri: string;
  scopes: readonly string[];
  resource: string;
  state: string;
  codeVerifier: string;
}

/** A client that a server has registered. */
export interface RegisteredClient {
  client: OAuthClient;
  /** When its secret ends; undefined where it does not. */
  expiresAt: Date | undefined;
}

/** What a client asks tokens for by its own right (RFC 6749 section 4.4). */
export interface ClientCredentialsRequest
  extends Pick<AuthorizationRequest, 'server' | 'client' | 'resource' | 'scopes'> {}

/** The requests and answers of OAuth 2.1, made and checked by oauth4webapi. */
export class OAuthProtocol {
  readonly #deps: OAuthProtocolDeps;
  /** What is https only is decided by the policy of the way out, which an operator may open for a host. */
  readonly #options: {
    [oauth.customFetch]: OAuthHttp['fetch'];
    [oauth.allowInsecureRequests]: true;
  };

  constructor(deps: OAuthProtocolDeps) {
    this.#deps = deps;
    this.#options = {
      [oauth.customFetch]: deps.http.fetch,
      [oauth.allowInsecureRequests]: true,
    };
  }

  /** A code verifier for PKCE (RFC 7636), 256 random bits. */
  createCodeVerifier(): string {
    return oauth.generateRandomCodeVerifier();
  }

  /** The address at the authorization server that the user's browser is sent to. @throws OAuthFailure `METADATA_INVALID` where it has none */
  async authorizationUrl(request: AuthorizationRequest): Promise<string> {
    const { server, client, redirectUri, scopes, resource, state, codeVerifier } = request;
    if (server.authorization_endpoint === undefined) throw new OAuthFailure('METADATA_INVALID');
    const url = new URL(server.authorization_endpoint);
    const parameters = {
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: redirectUri,
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      resource,
      // OpenID Connect 11: offline access is given only where consent is asked for.
      ...(scopes.includes('offline_access') && { prompt: 'consent' }),
      ...this.#deps.operatorClients.parametersFor(server, client),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Registers us (RFC 7591).
   * @throws OAuthFailure
   */
  async register(
    server: OAuthServer,
    { redirectUri, clientName }: { redirectUri: string; clientName: string },
  ): Promise<RegisteredClient> {
    const method = server.token_endpoint_auth_methods_supported[0] ?? 'none';
    const metadata = {
      client_name: clientName,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: method,
      // OpenID Connect registration: web clients need https, native ones may listen on loopback.
      application_type: redirectUri.startsWith('https://') ? 'web' : 'native',
    };
    try {
      const response = await oauth.dynamicClientRegistrationRequest(
        server,
        metadata,
        this.#options,
      );
      const registered = await oauth.processDynamicClientRegistrationResponse(
        await withSecretsEnd(response),
      );
      return toRegisteredClient(registered, method);
    } catch (error) {
      const failure = toFailure(error);
      if (failure.isTemporary || failure.code === 'BLOCKED') throw failure;
      throw new OAuthFailure('REGISTRATION_REFUSED', { cause: failure });
    }
  }

  /**
   * Judges what the authorization server sent the browser back with (RFC 6749 section 4.1.2, RFC 9207). The state is the caller's to check.
   * @returns the parameters the exchange needs
   * @throws OAuthFailure `ISSUER_MISMATCH`, `ACCESS_DENIED`, `REQUEST_REFUSED`, `ANSWER_INVALID`
   */
  readCallback(
    server: OAuthServer,
    client: OAuthClient,
    parameters: URLSearchParams,
  ): { code: string; iss: string | undefined } {
    // First, so that of a mixed-up answer not even the error is believed.
    const iss = issuerOf(server, parameters);
    try {
      const checked = oauth.validateAuthResponse(server, client, parameters, oauth.skipStateCheck);
      const code = checked.get('code');
      if (code === null || code === '') throw new OAuthFailure('ANSWER_INVALID');
      return { code, iss };
    } catch (error) {
      throw toFailure(error);
    }
  }

  /**
   * Exchanges a code for tokens.
   * @throws OAuthFailure
   */
  async exchange(
    {
      server,
      client,
      redirectUri,
      codeVerifier,
      resource,
    }: Omit<AuthorizationRequest, 'state' | 'scopes'>,
    { code, iss }: { code: string; iss: string | undefined },
  ): Promise<TokenSet> {
    const parameters = new URLSearchParams({ code, ...(iss !== undefined && { iss }) });
    return this.#tokens(async () => {
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        await this.#authenticate(server, client),
        oauth.validateAuthResponse(server, client, parameters, oauth.skipStateCheck),
        redirectUri,
        codeVerifier,
        { ...this.#options, additionalParameters: { resource } },
      );
      return oauth.processAuthorizationCodeResponse(server, client, response);
    });
  }

  /**
   * Gets new tokens for a refresh token; the old one may be void after it.
   * @throws OAuthFailure
   */
  async refresh(
    { server, client, resource }: Pick<AuthorizationRequest, 'server' | 'client' | 'resource'>,
    refreshToken: string,
  ): Promise<TokenSet> {
    return this.#tokens(async () => {
      const response = await oauth.refreshTokenGrantRequest(
        server,
        client,
        await this.#authenticate(server, client),
        refreshToken,
        { ...this.#options, additionalParameters: { resource } },
      );
      return oauth.processRefreshTokenResponse(server, client, response);
    });
  }

  /**
   * Gets tokens for the client itself, by its own right (MCP extension for client credentials): for one resource, and without a refresh
   * token, since the client can ask again.
   * @throws OAuthFailure; `CLIENT_REFUSED` for a client of the operator that is not, or no longer, meant for this resource
   */
  async getServiceTokens(request: ClientCredentialsRequest): Promise<TokenSet> {
    const { server, client, resource, scopes } = request;
    const { operatorClients } = this.#deps;
    if (client.isOperators === true && !operatorClients.isServiceClient(server, client, resource)) {
      throw new OAuthFailure('CLIENT_REFUSED');
    }
    const { refreshToken: _unneeded, ...tokens } = await this.#tokens(async () => {
      const parameters = { resource, ...(scopes.length > 0 && { scope: scopes.join(' ') }) };
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        await this.#authenticate(server, client),
        parameters,
        this.#options,
      );
      return oauth.processClientCredentialsResponse(server, client, response);
    });
    return tokens;
  }

  /**
   * Tells the server that a token is not needed any more (RFC 7009), where it wants to know.
   * @returns whether it does
   * @throws OAuthFailure
   */
  async revoke(server: OAuthServer, client: OAuthClient, token: string): Promise<boolean> {
    if (server.revocation_endpoint === undefined) return false;
    try {
      const authentication = await this.#authenticate(server, client);
      const response = await oauth.revocationRequest(
        server,
        client,
        authentication,
        token,
        this.#options,
      );
      await oauth.processRevocationResponse(response);
      return true;
    } catch (error) {
      throw toFailure(error);
    }
  }

  /** With the secret that the operator has set by now, where it is a client of theirs. */
  #authenticate(server: OAuthServer, client: OAuthClient): Promise<oauth.ClientAuth> {
    return authenticationOf(this.#deps.operatorClients.withSecret(server, client));
  }

  async #tokens(ask: () => Promise<oauth.TokenEndpointResponse>): Promise<TokenSet> {
    try {
      return toTokenSet(await ask(), this.#deps.clock.now());
    } catch (error) {
      throw toFailure(error);
    }
  }
}

/** @throws OAuthFailure `ISSUER_MISMATCH` where another server has answered, or none of those that always say who they are */
function issuerOf(server: OAuthServer, parameters: URLSearchParams): string | undefined {
  const iss = parameters.get('iss');
  if (iss === null && !server.authorization_response_iss_parameter_supported) return undefined;
  if (iss === server.issuer) return iss;
  throw new OAuthFailure('ISSUER_MISMATCH');
}

/** RFC 7591 requires to say when a secret ends; of servers that do not, it does not end. */
async function withSecretsEnd(response: Response): Promise<Response> {
  const { status, headers } = response;
  const text = await response.text();
  const registered = status === 201 || status === 200 ? parseObject(text) : undefined;
  const isSilent =
    registered?.['client_secret'] !== undefined &&
    registered['client_secret_expires_at'] === undefined;
  const body = isSilent ? JSON.stringify({ ...registered, client_secret_expires_at: 0 }) : text;
  return new Response(body, { status, headers });
}

function toRegisteredClient(
  registered: oauth.OmitSymbolProperties<oauth.Client>,
  asked: ClientAuthMethod,
): RegisteredClient {
  const { client_id, client_secret, client_secret_expires_at: ends } = registered;
  const named = registered['token_endpoint_auth_method'];
  if (typeof client_secret !== 'string' || named === 'none') {
    return { client: { client_id, authMethod: 'none' }, expiresAt: undefined };
  }
  const isPost = (named ?? asked) === 'client_secret_post';
  const authMethod = isPost ? 'client_secret_post' : 'client_secret_basic';
  return {
    client: { client_id, client_secret, authMethod },
    expiresAt: typeof ends !== 'number' || ends === 0 ? undefined : new Date(ends * 1000),
  };
}

/** What can stand in a header as it is; RFC 6750 allows less. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;
const MAX_LIFETIME_SECONDS = 10 * 365 * 24 * 3600;

/** @throws OAuthFailure `ANSWER_INVALID` on a token that cannot be sent as a bearer token */
function toTokenSet(answer: oauth.TokenEndpointResponse, now: Date): TokenSet {
  const { access_token, refresh_token, expires_in, scope, token_type } = answer;
  if (!TOKEN.test(access_token) || token_type !== 'bearer') {
    throw new OAuthFailure('ANSWER_INVALID');
  }
  const lifetime =
    expires_in === undefined ? undefined : Math.min(expires_in, MAX_LIFETIME_SECONDS);
  return {
    accessToken: access_token,
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
    ...(lifetime !== undefined && { expiresAt: now.getTime() + lifetime * 1000 }),
    ...(scope !== undefined && { scope }),
  };
}

const OF_ERROR: Readonly<Record<string, OAuthFailureCode>> = {
  invalid_grant: 'GRANT_REFUSED',
  access_denied: 'ACCESS_DENIED',
  invalid_client: 'CLIENT_REFUSED',
  unauthorized_client: 'CLIENT_REFUSED',
  server_error: 'UNREACHABLE',
  temporarily_unavailable: 'UNREACHABLE',
  slow_down: 'UNREACHABLE',
};

function toFailure(error: unknown): OAuthFailure {
  if (error instanceof OAuthFailure) return error;
  if (
    error instanceof oauth.ResponseBodyError ||
    error instanceof oauth.AuthorizationResponseError
  ) {
    const code = Object.hasOwn(OF_ERROR, error.error) ? OF_ERROR[error.error] : undefined;
    return new OAuthFailure(code ?? 'REQUEST_REFUSED', { cause: error });
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    return new OAuthFailure('CLIENT_REFUSED', { cause: error });
  }
  const isProtocol =
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError;
  return isProtocol ? new OAuthFailure('ANSWER_INVALID', { cause: error }) : toOAuthFailure(error);
}
