import { operations } from '../contract/agent-generated.ts';
import { route } from '../contract/contract-routes.ts';
import type { ContractApp } from '../contract/type-provider.ts';
import { AppError } from '../errors/app-error.ts';
import type { ServerHost } from '../hosting/server-host.ts';
import { RuntimeFailure } from '../runtimes/runtime.ts';
import type { AgentMachine } from './agent-machine.ts';
import { type AllowedLaunches, refusalOf } from './allowed-launches.ts';
import { toInstanceSpec } from './server-spec.ts';

/** What the routes of an agent work with. */
export interface AgentRoutesDeps {
  name: string;
  machine: AgentMachine;
  host: Pick<ServerHost, 'ensure' | 'stop' | 'logs' | 'find'>;
  allowed: AllowedLaunches;
}

const DEFAULT_LINES = 100;

/** Registers the operations of `agent-api.yaml`. */
export function agentRoutes(
  app: ContractApp,
  { name, machine, host, allowed }: AgentRoutesDeps,
): void {
  route(app, operations.getHealth, async (_request, reply) => reply.send({ status: 'ok' }));
  route(app, operations.getStatus, async (_request, reply) =>
    reply.send({ name, agent: machine.report() }),
  );
  route(app, operations.listServers, async (_request, reply) =>
    reply.send({ items: machine.servers() }),
  );
  route(app, operations.putServer, async (request, reply) => {
    const { instance_id: instanceId } = request.params;
    const spec = toInstanceSpec(instanceId, request.body);
    const refusal = refusalOf(spec, allowed);
    if (refusal !== undefined) throw new AppError('LAUNCH_NOT_ALLOWED', { detail: refusal });
    try {
      host.ensure(spec);
    } catch (error) {
      throw error instanceof RuntimeFailure ? refused(error) : error;
    }
    return await reply.code(202).send(found(machine, instanceId));
  });
  route(app, operations.getServer, async (request, reply) =>
    reply.send(found(machine, request.params.instance_id)),
  );
  route(app, operations.deleteServer, async (request, reply) => {
    await host.stop(request.params.instance_id.toLowerCase());
    return await reply.code(204).send(null);
  });
  route(app, operations.getServerLogs, async (request, reply) => {
    const { instance_id: instanceId } = request.params;
    found(machine, instanceId);
    const { lines = DEFAULT_LINES } = request.query;
    return await reply.send({ lines: [...host.logs(instanceId.toLowerCase(), lines)] });
  });
}

/** @throws AppError `NOT_FOUND` */
function found(machine: AgentMachine, instanceId: string) {
  const server = machine.server(instanceId.toLowerCase());
  if (server === undefined) throw new AppError('NOT_FOUND');
  return server;
}

function refused({ problem: { code, cause } }: RuntimeFailure): AppError {
  return new AppError(code === 'LAUNCH_NOT_ALLOWED' ? code : 'RUNTIME_REFUSED', { cause });
}
