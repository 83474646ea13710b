import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { identityFor } from './tool-routes.ts';
import { toToolMatchResource } from './tool-search-mapper.ts';
import type { ToolSearchService } from './tool-search-service.ts';

/** Registers the search of `tools-api.yaml`. */
export function toolSearchRoutes(
  app: ContractApp,
  { toolSearchService }: { toolSearchService: ToolSearchService },
): void {
  route(app, operations.searchUserTools, async (request, reply) => {
    const identity = identityFor(getCaller(request), request.params.user_id);
    const { q, limit = 10 } = request.query;
    const matches = await toolSearchService.search(identity, q, limit);
    return await reply.send({ items: matches.map(toToolMatchResource) });
  });
}
