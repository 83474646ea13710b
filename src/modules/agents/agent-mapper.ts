import type {
  Agent as AgentResource,
  Heartbeat as HeartbeatBody,
} from '../../contract/generated.ts';
import type { AgentReport, AgentState, Heartbeat } from './agent.ts';

/** What an agent sent, in the words of the domain. */
export function toHeartbeat(body: HeartbeatBody): Heartbeat {
  const { agent, servers } = body;
  const { load } = agent;
  return {
    runId: body.run_id,
    sequence: body.sequence,
    isStopping: body.is_stopping,
    agent: {
      version: agent.version,
      hasDocker: agent.has_docker,
      load: {
        servers: load.servers,
        maxServers: load.max_servers,
        loadAverage: load.load_average,
        processors: load.processors,
        freeMemoryMb: load.free_memory_mb,
      },
    },
    servers: servers.map((server) => ({
      instanceId: server.instance_id,
      generation: server.generation,
      phase: server.phase,
      step: server.step,
      percent: server.percent,
      problemCode: server.problem_code,
      sessions: server.sessions,
      restarts: server.restarts,
    })),
  };
}

/** An agent as operators see it. */
export function toAgentResource({ agent, state, last }: AgentState): AgentResource {
  return {
    name: agent.name,
    url: agent.origin,
    labels: { ...agent.labels },
    state,
    seen_at: last?.seenAt.toISOString() ?? null,
    agent: last === undefined ? null : toReportResource(last.agent),
  };
}

function toReportResource({ version, hasDocker, load }: AgentReport): AgentResource['agent'] {
  return {
    version,
    has_docker: hasDocker,
    load: {
      servers: load.servers,
      max_servers: load.maxServers,
      load_average: load.loadAverage,
      processors: load.processors,
      free_memory_mb: load.freeMemoryMb,
    },
  };
}
