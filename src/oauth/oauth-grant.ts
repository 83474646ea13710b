/** How a client proves to the token endpoint who it is (RFC 6749 section 2.3, OpenID Connect names). */
export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post';

/** What is kept of an authorization server's metadata (RFC 8414), under the names it has there. */
export type OAuthServer = {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  registration_endpoint?: string;
  revocation_endpoint?: string;
  /** Those that we know; `client_secret_basic` where the server says nothing. */
  token_endpoint_auth_methods_supported: ClientAuthMethod[];
  client_id_metadata_document_supported: boolean;
  authorization_response_iss_parameter_supported: boolean;
  /** Does it know the scope `offline_access`, without which it may give no refresh token? */
  offersOfflineAccess: boolean;
};

/** Who we are to one authorization server. */
export type OAuthClient = {
  client_id: string;
  client_secret?: string;
  /** Its secret is in the configuration, and not here. */
  isOperators?: boolean;
  authMethod: ClientAuthMethod;
};

/** Tokens as a token endpoint issued them. */
export interface TokenSet {
  accessToken: string;
  refreshToken?: string;
  /** Milliseconds since 1970; absent where the server does not say. */
  expiresAt?: number;
  /** As granted; absent where it is what was asked for. */
  scope?: string;
}

/** What a user granted: the tokens, and all that is needed to renew and to revoke them. */
export interface OAuthGrant extends TokenSet {
  /** Milliseconds since 1970. */
  obtainedAt: number;
  /** In the sign-in; what was granted may be less. */
  askedScopes?: string[];
  /** The server the tokens are for (RFC 8707). */
  resource: string;
  server: OAuthServer;
  client: OAuthClient;
}
