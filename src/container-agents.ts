import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Database } from './database/index.ts';
import type { Clock } from './lib/clock.ts';
import { AgentService, PrismaAgentStore, readAgents } from './modules/agents/index.ts';

/** What deployment agents are known by. */
export interface AgentsBasis {
  config: Pick<Config, 'agents'>;
  database: Pick<Database, 'readAsUser' | 'asWorker'>;
  clock: Pick<Clock, 'now'>;
  logger: Pick<Logger, 'info' | 'debug'>;
}

const NEWS = { came: 'a deployment agent is there', left: 'a deployment agent ends' } as const;

/**
 * Reads which deployment agents there are.
 * @throws AgentsFileError for an operator's file that cannot be used
 */
export function createAgents({ config, database, clock, logger }: AgentsBasis) {
  const { file, secrets } = config.agents;
  const agents = file === undefined ? [] : readAgents(file, secrets);
  const agentService = new AgentService({
    ...{ agents, clock, store: new PrismaAgentStore({ database }) },
    onNews: (agent, news) => {
      if (news !== 'servers') logger.info({ agent }, NEWS[news]);
    },
  });
  return { agentService, origins: agents.map(({ origin }) => origin) };
}
