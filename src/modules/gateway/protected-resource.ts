/** What {@link protectedResource} tells. */
export interface ProtectedResourceOptions {
  /** URL of the endpoint. */
  resource: string;
  /** Issuers of tokens for it. */
  authorizationServers: readonly string[];
  scopes: readonly string[];
}

/** The metadata of the endpoint (RFC 9728 section 2), by which clients find out where their user signs in. */
export function protectedResource(options: ProtectedResourceOptions): Record<string, unknown> {
  const { resource, authorizationServers, scopes } = options;
  return {
    resource,
    // An empty list would say that there is none; that nobody configured it is told by leaving it out.
    ...(authorizationServers.length === 0 ? {} : { authorization_servers: authorizationServers }),
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    resource_name: 'MCP Connectors',
  };
}
