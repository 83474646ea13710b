import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { entityTag } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { toConnectorResource } from '../connectors/index.ts';
import {
  toAuthorizationResource,
  toServiceRequest,
  toSignInRequest,
  toStartedResource,
} from './authorization-mapper.ts';
import type { AuthorizationService } from './authorization-service.ts';
import type { ClientCredentialsService } from './client-credentials-service.ts';

/** Services behind the operations of `oauth-api.yaml`. */
export interface AuthorizationRoutesOptions {
  authorizationService: AuthorizationService;
  clientCredentialsService: ClientCredentialsService;
}

/** Registers the operations of `oauth-api.yaml`. */
export function authorizationRoutes(
  app: ContractApp,
  { authorizationService, clientCredentialsService }: AuthorizationRoutesOptions,
): void {
  route(app, operations.startAuthorization, async (request, reply) => {
    const started = await authorizationService.start(
      getCaller(request),
      toSignInRequest(request.body),
    );
    return await reply
      .code(201)
      .header('location', `/api/oauth/authorizations/${started.authorization.id}`)
      .send(toStartedResource(started));
  });

  route(app, operations.getAuthorization, async (request, reply) => {
    const { authorization_id: id } = request.params;
    const authorization = await authorizationService.get(getCaller(request), id);
    return await reply.send(toAuthorizationResource(authorization));
  });

  route(app, operations.completeAuthorization, async (request, reply) => {
    const { connector, role } = await authorizationService.complete(
      getCaller(request),
      request.params.authorization_id,
      request.body.handle,
    );
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector, role));
  });

  route(app, operations.connectWithClientCredentials, async (request, reply) => {
    const { connector, role } = await clientCredentialsService.connect(
      getCaller(request),
      toServiceRequest(request.body),
    );
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector, role));
  });
}
