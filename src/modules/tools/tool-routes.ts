import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { entityTag, matchesNone } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { identityFor } from '../../tenancy/identity-for.ts';
import { representationHash, toToolsetResource } from './tool-mapper.ts';
import type { ToolsetService } from './toolset-service.ts';

/** Services behind the tool routes. */
export interface ToolRoutesOptions {
  toolsetService: ToolsetService;
}

/** Registers the list of `tools-api.yaml`. */
export function toolRoutes(app: ContractApp, options: ToolRoutesOptions): void {
  const { toolsetService } = options;

  route(app, operations.getUserTools, async (request, reply) => {
    const { project_id: projectId, ...query } = request.query;
    const subject = { userId: request.params.user_id, projectId };
    const identity = identityFor(getCaller(request), subject);
    const { format = 'mcp', selected_tool: selectedTool, limit } = query;
    const toolset = await toolsetService.get(identity, { format, selectedTool, limit });
    const resource = toToolsetResource(toolset);
    const etag = entityTag(representationHash(resource));
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (matchesNone(request.headers['if-none-match'], etag))
      return await reply.code(304).send(null);
    return await reply.send(resource);
  });
}
