/** The path of the MCP endpoint, below `PUBLIC_URL`. */
export const MCP_PATH = '/mcp';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** The MCP endpoint as an OAuth protected resource (RFC 9728). */
export interface McpAddress {
  /** Its URL: what tokens for it have as audience, and clients as `resource`. */
  resource: string;
  /** Where its metadata is, for the challenge. */
  metadataUrl: string;
}

/** @param publicUrl the address of the service, without a slash at its end. */
export function mcpAddress(publicUrl: string): McpAddress {
  // Below the service's own path, which a proxy is known to pass on.
  return {
    resource: `${publicUrl}${MCP_PATH}`,
    metadataUrl: `${publicUrl}${WELL_KNOWN}${MCP_PATH}`,
  };
}

/**
 * Every path at which a client may look for the metadata: that of the challenge, the root, and the one RFC 9728 section 3.1
 * builds, which puts the well-known part in front of the service's path.
 */
export function metadataPaths(publicUrl: string | undefined): string[] {
  const base = publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
  return [...new Set([`${WELL_KNOWN}${MCP_PATH}`, WELL_KNOWN, `${WELL_KNOWN}${base}${MCP_PATH}`])];
}
