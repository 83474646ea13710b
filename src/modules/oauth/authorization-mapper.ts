import type {
  AuthorizationCreate,
  Authorization as AuthorizationResource,
} from '../../contract/generated.ts';
import { toDraft } from '../connectors/index.ts';
import type { Authorization } from './authorization.ts';
import type { SignInRequest } from './sign-in-request.ts';

/** What a user wants to sign in to. */
export function toSignInRequest(body: AuthorizationCreate): SignInRequest {
  const { connector_id: connectorId, draft, client, return_url: returnUrl } = body;
  return {
    connectorId,
    draft: draft && toDraft(draft),
    projectId: draft?.project_id,
    client: client && { clientId: client.client_id, clientSecret: client.client_secret },
    returnUrl,
  };
}

/** A sign-in as its user sees it. */
export function toAuthorizationResource(authorization: Authorization): AuthorizationResource {
  return {
    id: authorization.id,
    status: authorization.status,
    issuer: authorization.issuer,
    connector_id: authorization.connectorId ?? null,
    error_code: authorization.errorCode ?? null,
    created_at: authorization.createdAt.toISOString(),
    expires_at: authorization.expiresAt.toISOString(),
  };
}
