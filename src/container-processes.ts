import type { RequestListener } from 'node:http';
import path from 'node:path';
import type { Logger } from 'pino';
import { buildAgentApp } from './agent/agent-app.ts';
import { AgentMachine } from './agent/agent-machine.ts';
import type { Config } from './config.ts';
import type { ProcessesConfig } from './config-processes.ts';
import type { Database } from './database/index.ts';
import { chooseIsolation } from './hosting/isolation.ts';
import type { ServerHost } from './hosting/server-host.ts';
import type { Clock } from './lib/clock.ts';
import type { SealContext, SealedBox } from './modules/credentials/index.ts';
import { createOutbound, type Outbound } from './outbound/guarded-fetch.ts';
import { SystemResolver } from './outbound/host-resolver.ts';
import { ManagedPolicy } from './outbound/outbound-policy.ts';
import { packageVersion } from './package-version.ts';
import { AgentRuntime } from './runtimes/agent-runtime.ts';
import { PrismaProcessHostStore } from './runtimes/prisma-process-host-store.ts';
import type { ProcessHost, ProcessHosts } from './runtimes/process-hosts.ts';
import { ProcessReplica } from './runtimes/process-replica.ts';
import { ProcessRuntime } from './runtimes/process-runtime.ts';
import type { Runtime } from './runtimes/runtime.ts';

/** What the process runtime is built from. */
export interface ProcessesBasis {
  config: Pick<Config, 'dataDir' | 'processes'>;
  database: Pick<Database, 'asWorker'>;
  box: Pick<SealedBox, 'seal' | 'open'>;
  clock: Clock;
  logger: Logger;
}

/** What runs managed servers as processes of this replica, and asks other replicas for theirs. */
export interface Processes {
  /** One, where the configuration wants it. */
  runtimes: readonly Runtime[];
  /** Takes the folder and listens. @throws HostingError where servers cannot be run as it is wanted; the errors of `listen` */
  open(): Promise<void>;
  /** Tells other replicas, once the keys are there. */
  announce(): void;
  /** Ends all servers. */
  close(): Promise<void>;
}

/** Builds the process runtime, where the configuration wants it. */
export function createProcesses(basis: ProcessesBasis): Processes {
  const { config, clock } = basis;
  if (config.processes === undefined) {
    return { runtimes: [], open: async () => {}, announce: () => {}, close: async () => {} };
  }
  const hosts = createHosts(basis);
  const replica = createReplica(basis, config.processes, hosts);
  const ways = new PeerWays();
  const peer = (host: ProcessHost) => peerRuntime(host, ways, clock);
  return {
    runtimes: [new ProcessRuntime({ replica, hosts, peer })],
    open: () => replica.open(),
    announce: () => replica.announce(),
    close: async () => {
      await replica.close();
      await ways.close();
    },
  };
}

function createHosts({ database, box }: ProcessesBasis): ProcessHosts {
  return new PrismaProcessHostStore({
    database,
    seal: {
      seal: (text, id) => box.seal(text, contextOf(id)),
      open: (sealed, id) => box.open(sealed, contextOf(id)),
    },
  });
}

function createReplica(
  { config, clock, logger }: ProcessesBasis,
  processes: ProcessesConfig,
  hosts: ProcessHosts,
): ProcessReplica {
  const { host, port, origin, images, maxServers, searchPath, dockerEnvironment } = processes;
  const own = { program: 'docker', network: undefined };
  const docker = { ...own, images, environment: dockerEnvironment };
  return new ProcessReplica({
    host: () => ({
      ...{ maxServers, searchPath, clock, logger, commands: undefined },
      folder: path.resolve(config.dataDir, 'servers'),
      isolation: chooseIsolation(processes),
      docker: images.length === 0 ? undefined : docker,
    }),
    ...{ listen: { host, port }, origin, hosts, clock, logger },
    answerPeers: (own, secret) => peerApi({ host: own, secret, maxServers, logger }),
  });
}

function contextOf(rowId: string): SealContext {
  return { table: 'process_hosts', column: 'sealed', tenantId: '-', owner: '-', rowId, url: '-' };
}

/** Replicas speak with each other as the service does with a deployment agent; what may be started, the catalog has decided. */
async function peerApi(own: {
  host: ServerHost;
  secret: string;
  maxServers: number;
  logger: Logger;
}): Promise<RequestListener> {
  const { host, secret, maxServers, logger } = own;
  const app = await buildAgentApp({
    machine: new AgentMachine({ host, maxServers, version: packageVersion() }),
    ...{ name: 'replica', host, logger, serviceSecrets: [secret] },
    allowed: { commands: [[]] },
  });
  await app.ready();
  return (request, response) => app.routing(request, response);
}

function peerRuntime({ id, origin, secret }: ProcessHost, ways: PeerWays, clock: Clock) {
  return new AgentRuntime({
    agents: {
      find: () => ({ name: id, origin, secret }),
      leastLoaded: async () => [],
      names: () => [id],
      // Its lease says so.
      alive: async () => [id],
    },
    outbound: (wanted) => ways.to(wanted),
    clock,
  });
}

/** A way out to each replica, pinned to it. */
class PeerWays {
  readonly #ways = new Map<string, Outbound>();

  to(origin: string): Outbound {
    const way =
      this.#ways.get(origin) ??
      createOutbound({
        policy: new ManagedPolicy({ origins: [origin] }),
        resolver: new SystemResolver(),
      });
    this.#ways.set(origin, way);
    return way;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ways.values()].map((way) => way.close()));
  }
}
