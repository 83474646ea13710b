import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { matchesNone } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { sendJson, writeJson } from '../../http/written-json.ts';
import { identityFor } from '../../tenancy/identity-for.ts';
import { writeToolset } from './tool-mapper.ts';
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
    const { body, etag } = await toolsetService.getWritten(
      identity,
      { format, selectedTool, limit },
      (toolset) => writeToolset(toolset, (resource) => writeJson(reply, resource)),
    );
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (matchesNone(request.headers['if-none-match'], etag))
      return await reply.code(304).send(null);
    sendJson(reply, body);
    return reply;
  });
}
