import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { toAgentResource, toHeartbeat } from './agent-mapper.ts';
import type { AgentService } from './agent-service.ts';

/** Services behind the routes. */
export interface AgentRoutesOptions {
  agentService: Pick<AgentService, 'receive' | 'list'>;
}

/** Registers the operations of `agents-api.yaml`. */
export function agentRoutes(app: ContractApp, { agentService }: AgentRoutesOptions): void {
  route(app, operations.receiveHeartbeat, async (request, reply) => {
    await agentService.receive(request.params.name, toHeartbeat(request.body));
    return await reply.code(204).send(null);
  });
  route(app, operations.listAgents, async (request, reply) => {
    const agents = await agentService.list(getCaller(request));
    return await reply
      .header('cache-control', 'no-store')
      .send({ items: agents.map(toAgentResource) });
  });
}
