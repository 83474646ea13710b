import type {
  AuthorizationCreate,
  Authorization as AuthorizationResource,
  OAuthClient as OAuthClientBody,
  ServiceClient as ServiceClientBody,
  ServiceConnection,
  StartedAuthorization,
} from '../../contract/generated.ts';
import { AppError } from '../../errors/app-error.ts';
import { parsePrivateKey } from '../../oauth/client-authentication.ts';
import { toDraft } from '../connectors/index.ts';
import type { Authorization } from './authorization.ts';
import type { StartedSignIn } from './authorization-service.ts';
import type { ServiceRequest } from './client-credentials-service.ts';
import type { ServiceClient, TypedClient } from './oauth-clients.ts';
import type { SignInRequest } from './sign-in-request.ts';

/** What a user wants to sign in to. @throws AppError `CREDENTIALS_INVALID` for a client that cannot prove who it is */
export function toSignInRequest(body: AuthorizationCreate): SignInRequest {
  const { connector_id: connectorId, draft, client, return_url: returnUrl } = body;
  return {
    connectorId,
    draft: draft && toDraft(draft),
    projectId: draft?.project_id,
    client: client && toTypedClient(client),
    returnUrl,
  };
}

/** What is to be connected without a person. @throws AppError as {@link toSignInRequest} */
export function toServiceRequest(body: ServiceConnection): ServiceRequest {
  const { client, scopes } = body;
  const target =
    'draft' in body
      ? { draft: toDraft(body.draft), projectId: body.draft.project_id }
      : { connectorId: body.connector_id };
  return { target, client: client && toServiceClient(client), scopes };
}

function toServiceClient(client: ServiceClientBody): ServiceClient {
  return { ...toTypedClient(client), issuer: client.issuer };
}

function toTypedClient(client: OAuthClientBody): TypedClient {
  const { client_id: clientId, client_secret: clientSecret, private_key, key_id: keyId } = client;
  if (private_key !== undefined && parsePrivateKey(private_key) === undefined) {
    throw notUsable('private_key', 'is no private key that can be used');
  }
  if (private_key !== undefined && clientSecret !== undefined) {
    throw notUsable('client_secret', 'send it or private_key, and not both');
  }
  return { clientId, clientSecret, privateKey: private_key, keyId };
}

function notUsable(member: string, detail: string): AppError {
  const errors = [{ pointer: `/body/client/${member}`, detail }];
  return new AppError('CREDENTIALS_INVALID', { errors });
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

/** A sign-in that has just begun. */
export function toStartedResource({ authorization, url }: StartedSignIn): StartedAuthorization {
  return { ...toAuthorizationResource(authorization), authorization_url: url };
}
