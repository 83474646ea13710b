import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { identityFor } from '../../tenancy/identity-for.ts';
import { toToolMatchResource } from './tool-search-mapper.ts';
import type { ToolSearchService } from './tool-search-service.ts';

/** Registers the search of `tools-api.yaml`. */
export function toolSearchRoutes(
  app: ContractApp,
  { toolSearchService }: { toolSearchService: ToolSearchService },
): void {
  route(app, operations.searchUserTools, async (request, reply) => {
    const { q, limit = 10, project_id: projectId } = request.query;
    const subject = { userId: request.params.user_id, projectId };
    const identity = identityFor(getCaller(request), subject);
    const matches = await toolSearchService.search(identity, q, limit);
    return await reply.send({ items: matches.map(toToolMatchResource) });
  });
}
