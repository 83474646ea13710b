import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { identityFor } from '../../tenancy/identity-for.ts';
import { toPreflightResource } from './tool-preflight-mapper.ts';
import type { ToolPreflightService } from './tool-preflight-service.ts';

/** Registers the preflight of `tools-api.yaml`. */
export function toolPreflightRoutes(
  app: ContractApp,
  { toolPreflightService }: { toolPreflightService: ToolPreflightService },
): void {
  route(app, operations.preflightUserTools, async (request, reply) => {
    const { names, definition_hashes: hashes = {}, project_id: projectId } = request.body;
    const subject = { userId: request.params.user_id, projectId };
    const identity = identityFor(getCaller(request), subject);
    const definitionHashes = new Map(Object.entries(hashes));
    const tools = await toolPreflightService.check(identity, { names, definitionHashes });
    reply.header('cache-control', 'no-store');
    return await reply.send(toPreflightResource(tools));
  });
}
