import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { AppError } from '../../errors/app-error.ts';
import { entityTag, matchesNone } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import { representationHash, toToolsetResource } from './tool-mapper.ts';
import type { ToolsetService } from './toolset-service.ts';

/** Services behind the tool routes. */
export interface ToolRoutesOptions {
  toolsetService: ToolsetService;
}

/**
 * The user a path names, as far as the caller may act for them: themselves, or anybody of the tenant for an agent
 * whose client is listed in `AGENT_CLIENTS` (only then does its token keep the scope).
 * @throws AppError `NOT_FOUND` for anybody else: the caller cannot tell who exists.
 */
export function identityFor(caller: Caller, userId: string): Identity {
  if (userId === 'me' || userId === caller.userId) return caller;
  if (caller.scopes.has('agent')) return { tenantId: caller.tenantId, userId };
  throw new AppError('NOT_FOUND');
}

/** Registers the list of `tools-api.yaml`. */
export function toolRoutes(app: ContractApp, options: ToolRoutesOptions): void {
  const { toolsetService } = options;

  route(app, operations.getUserTools, async (request, reply) => {
    const identity = identityFor(getCaller(request), request.params.user_id);
    const { format = 'mcp', selected_tool: selectedTool, limit } = request.query;
    const toolset = await toolsetService.get(identity, { format, selectedTool, limit });
    const resource = toToolsetResource(toolset);
    const etag = entityTag(representationHash(resource));
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (matchesNone(request.headers['if-none-match'], etag))
      return await reply.code(304).send(null);
    return await reply.send(resource);
  });
}
