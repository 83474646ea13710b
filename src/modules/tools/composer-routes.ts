import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { entityTag, matchesNone } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { identityFor } from '../../tenancy/identity-for.ts';
import { toComposerResource } from './composer-mapper.ts';
import type { ComposerService } from './composer-service.ts';
import { representationHash } from './tool-mapper.ts';

/** Registers the menu of `composer-api.yaml`. */
export function composerRoutes(
  app: ContractApp,
  { composerService }: { composerService: ComposerService },
): void {
  route(app, operations.getUserComposer, async (request, reply) => {
    const { limit = 100, project_id: projectId } = request.query;
    const subject = { userId: request.params.user_id, projectId };
    const identity = identityFor(getCaller(request), subject);
    const resource = toComposerResource(await composerService.getMenu(identity, { limit }));
    const etag = entityTag(representationHash(resource));
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (matchesNone(request.headers['if-none-match'], etag))
      return await reply.code(304).send(null);
    return await reply.send(resource);
  });
}
