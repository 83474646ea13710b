/** How a client proves to the token endpoint who it is (RFC 6749 section 2.3, RFC 7523, OpenID Connect names). */
export type ClientAuthMethod =
  | 'none'
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt';

/** What is kept of an authorization server's metadata (RFC 8414), under the names it has there. */
export type OAuthServer = {
  issuer: string;
  /** Absent where nobody signs in: only clients get tokens. */
  authorization_endpoint?: string;
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
  /** Signs assertions (RFC 7523): PKCS #8 as PEM, one that `parsePrivateKey` takes. */
  private_key?: string;
  /** Names the key to a server that knows several. */
  key_id?: string;
  /** Its secret, or key, is in the configuration, and not here. */
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

/** How tokens came to be (RFC 6749 section 1.3): a person signed in, or a client got them for itself. */
export type GrantType = 'authorization_code' | 'client_credentials';

/** What was granted: the tokens, and all that is needed to renew and to revoke them. */
export interface OAuthGrant extends TokenSet {
  /** Absent where a person signed in. */
  grantType?: 'client_credentials';
  /** Milliseconds since 1970. */
  obtainedAt: number;
  /** In the sign-in; what was granted may be less. */
  askedScopes?: string[];
  /** The server the tokens are for (RFC 8707). */
  resource: string;
  server: OAuthServer;
  client: OAuthClient;
}

/** Can there be other tokens without anybody doing something? */
export function isRenewable({ grantType, refreshToken }: OAuthGrant): boolean {
  return grantType === 'client_credentials' || refreshToken !== undefined;
}
