import os from 'node:os';
import type { AgentReport, AgentServer } from '../contract/agent-generated.ts';
import type { ServerHost } from '../hosting/server-host.ts';
import type { InstanceStatus, RuntimeProblemCode } from '../runtimes/runtime.ts';

/** What {@link AgentMachine} tells of. */
export interface AgentMachineDeps {
  host: Pick<ServerHost, 'size' | 'hasDocker' | 'instances' | 'status' | 'find'>;
  maxServers: number;
  /** Of this program. */
  version: string;
}

const MEBIBYTE = 1_048_576;

/** Tells how this machine and its servers are, in the words of the contract. */
export class AgentMachine {
  readonly #deps: AgentMachineDeps;

  constructor(deps: AgentMachineDeps) {
    this.#deps = deps;
  }

  report(): AgentReport {
    const { host, maxServers, version } = this.#deps;
    return {
      version,
      has_docker: host.hasDocker,
      load: {
        servers: Math.min(host.size, 1_000),
        max_servers: maxServers,
        load_average: Math.round((os.loadavg()[0] ?? 0) * 100) / 100,
        processors: os.availableParallelism(),
        free_memory_mb: Math.floor(os.freemem() / MEBIBYTE),
      },
    };
  }

  servers(): AgentServer[] {
    return this.#deps.host
      .instances()
      .map((instanceId) => this.server(instanceId))
      .filter((server) => server !== undefined);
  }

  /** Undefined where there is none. */
  server(instanceId: string): AgentServer | undefined {
    const { host } = this.#deps;
    const status = host.status(instanceId);
    const { generation, step, problem, sessions } = status;
    const phase = phaseOf(status);
    if (phase === undefined || generation === undefined) return undefined;
    return {
      ...{ instance_id: instanceId, generation, phase, sessions },
      step: step ?? null,
      percent: step === undefined ? null : (PERCENT[step] ?? null),
      problem_code: problem === undefined ? null : toProblemCode(problem.code),
      restarts: host.find(instanceId)?.restarts ?? 0,
    };
  }
}

/** How far a start is, roughly: what takes long depends on the server. */
const PERCENT: Readonly<Record<string, number>> = {
  preparing: 10,
  'pulling-image': 30,
  starting: 60,
  'starting-again': 60,
};

function phaseOf({ phase }: Pick<InstanceStatus, 'phase'>): AgentServer['phase'] | undefined {
  return phase === 'starting' || phase === 'running' || phase === 'failed' ? phase : undefined;
}

function toProblemCode(code: RuntimeProblemCode): NonNullable<AgentServer['problem_code']> {
  // A machine that is asked is configured, and reaches itself.
  return code === 'RUNTIME_NOT_CONFIGURED' || code === 'RUNTIME_UNREACHABLE'
    ? 'RUNTIME_REFUSED'
    : code;
}
