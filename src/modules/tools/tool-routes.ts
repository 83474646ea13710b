import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { AppError } from '../../errors/app-error.ts';
import { entityTag, matchesNone } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import { type IdempotencyService, idempotentReply } from '../idempotency/index.ts';
import type { ToolCallService } from './tool-call-service.ts';
import { representationHash, toToolCallResource, toToolsetResource } from './tool-mapper.ts';
import type { ToolsetService } from './toolset-service.ts';

/** Services behind the tool routes. */
export interface ToolRoutesOptions {
  toolsetService: ToolsetService;
  toolCallService: ToolCallService;
  idempotencyService: IdempotencyService;
}

/**
 * The user a path names, as far as the caller may act for them: themselves, or anybody of the tenant for an agent
 * whose client is listed in `AGENT_CLIENTS` (only then does its token keep the scope).
 * @throws AppError `NOT_FOUND` for anybody else: the caller cannot tell who exists.
 */
function identityFor(caller: Caller, userId: string): Identity {
  if (userId === 'me' || userId === caller.userId) return caller;
  if (caller.scopes.has('agent')) return { tenantId: caller.tenantId, userId };
  throw new AppError('NOT_FOUND');
}

/** Registers the operations of `tools-api.yaml`. */
export function toolRoutes(app: ContractApp, options: ToolRoutesOptions): void {
  const { toolsetService, toolCallService, idempotencyService } = options;

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

  route(app, operations.callUserTool, async (request, reply) => {
    const identity = identityFor(getCaller(request), request.params.user_id);
    const { name, arguments: args = {} } = request.body;
    await idempotentReply(idempotencyService, identity, request, reply, {
      operation: 'callUserTool',
      repeatable: false,
      work: async () => ({
        status: 200,
        headers: {},
        body: toToolCallResource(await toolCallService.call(identity, { name, arguments: args })),
      }),
    });
    return reply;
  });
}
