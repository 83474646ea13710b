/** What a client is told that has to get a token, or a better one (RFC 6750 section 3, RFC 9728 section 5.1). */
export interface BearerChallenge {
  /** Where the metadata of the protected resource is. */
  metadataUrl: string;
  /** The scopes to ask for. */
  scopes: readonly string[];
  /** Absent where no token was sent. */
  error?: 'invalid_token' | 'insufficient_scope' | undefined;
}

/** The value of `WWW-Authenticate`. */
export function bearerChallenge({ metadataUrl, scopes, error }: BearerChallenge): string {
  const parameters = [
    ...(error === undefined ? [] : [`error="${error}"`]),
    `resource_metadata="${metadataUrl}"`,
    `scope="${scopes.join(' ')}"`,
  ];
  return `Bearer ${parameters.join(', ')}`;
}
