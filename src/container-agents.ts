import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Database } from './database/index.ts';
import type { Clock } from './lib/clock.ts';
import { AgentService, PrismaAgentStore, readAgents } from './modules/agents/index.ts';
import type { Outbound } from './outbound/guarded-fetch.ts';
import { AgentRuntime } from './runtimes/agent-runtime.ts';
import type { Runtime, RuntimeKind } from './runtimes/runtime.ts';

/** What deployment agents are known by. */
export interface AgentsBasis {
  config: Pick<Config, 'agents'>;
  database: Pick<Database, 'readAsUser' | 'asWorker'>;
  clock: Pick<Clock, 'now' | 'sleep' | 'monotonic'>;
  logger: Pick<Logger, 'info' | 'warn'>;
}

/** What has what runs at a place looked at, now. */
interface Followers {
  hasten(place: { runtime: RuntimeKind; target: string }): Promise<void>;
}

const NEWS = { came: 'a deployment agent is there', left: 'a deployment agent ends' } as const;

/**
 * Reads which deployment agents there are.
 * @param followers asked when there is news, so they may be built later
 * @throws AgentsFileError for an operator's file that cannot be used
 */
export function createAgents(
  { config, database, clock, logger }: AgentsBasis,
  followers: () => Followers,
) {
  const { file, secrets } = config.agents;
  const agents = file === undefined ? [] : readAgents(file, secrets);
  const agentService = new AgentService({
    ...{ agents, clock, store: new PrismaAgentStore({ database }) },
    onNews: (agent, news) => {
      if (news !== 'servers') logger.info({ agent }, NEWS[news]);
      // It is looked at in any case, only later.
      followers()
        .hasten({ runtime: 'agent', target: agent })
        .catch((err: unknown) => logger.warn({ err, agent }, 'news of an agent are not followed'));
    },
  });
  return {
    agentService,
    origins: agents.map(({ origin }) => origin),
    /** One, where there are agents. @param outbound the pinned way out to an origin */
    createRuntimes: (outbound: (origin: string) => Outbound): Runtime[] =>
      agents.length === 0 ? [] : [new AgentRuntime({ agents: agentService, outbound, clock })],
  };
}
