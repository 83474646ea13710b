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
  /** Clients whose tokens with the scope `agent` may name any user of their tenant. */
  agentClients: ReadonlySet<string>;
}

/**
 * The user a path names, as far as the caller may act for them.
 * @throws AppError `NOT_FOUND` for anybody else: the caller cannot tell who exists.
 */
export function identityFor(
  caller: Caller,
  userId: string,
  agentClients: ReadonlySet<string>,
): Identity {
  if (userId === 'me' || userId === caller.userId) return caller;
  const isAgent =
    caller.scopes.has('agent') &&
    caller.clientId !== undefined &&
    agentClients.has(caller.clientId);
  if (isAgent) return { tenantId: caller.tenantId, userId };
  throw new AppError('NOT_FOUND');
}

/** Registers the operations of `tools-api.yaml`. */
export function toolRoutes(app: ContractApp, options: ToolRoutesOptions): void {
  const { toolsetService, toolCallService, idempotencyService, agentClients } = options;

  route(app, operations.getUserTools, async (request, reply) => {
    const identity = identityFor(getCaller(request), request.params.user_id, agentClients);
    const resource = toToolsetResource(await toolsetService.get(identity));
    const etag = entityTag(representationHash(resource));
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (matchesNone(request.headers['if-none-match'], etag))
      return await reply.code(304).send(null);
    return await reply.send(resource);
  });

  route(app, operations.callUserTool, async (request, reply) => {
    const identity = identityFor(getCaller(request), request.params.user_id, agentClients);
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
