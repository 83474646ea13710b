import type { SignInSettings } from './authorization.ts';

/** Where our client id metadata document is served; its address is our client id. */
export const METADATA_PATH = '/oauth/client.json';

/** Who we are to authorization servers that read it (OAuth client id metadata documents, as MCP 2026-07-28 asks for). */
export interface ClientMetadata {
  client_id: string;
  client_name: string;
  redirect_uris: string[];
  grant_types: string[];
  response_types: string[];
  token_endpoint_auth_method: 'none';
  application_type: 'web';
}

/** Undefined where the service has no https address: no authorization server would take another one. */
export function clientMetadataOf(settings: SignInSettings | undefined): ClientMetadata | undefined {
  if (settings === undefined || !settings.publicUrl.startsWith('https://')) return undefined;
  return {
    client_id: `${settings.publicUrl}${METADATA_PATH}`,
    client_name: 'MCP Connectors',
    redirect_uris: [redirectUriOf(settings)],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'web',
  };
}

/** Where authorization servers send browsers back to. */
export function redirectUriOf({ publicUrl }: SignInSettings): string {
  return `${publicUrl}/oauth/callback`;
}
