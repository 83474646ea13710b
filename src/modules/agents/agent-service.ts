import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../lib/clock.ts';
import { isOneOf } from '../../lib/same-secret.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  Agent,
  AgentLoad,
  AgentServerReport,
  AgentState,
  Heartbeat,
  LastHeartbeat,
} from './agent.ts';
import type { AgentStore } from './agent-store.ts';

/** Collaborators of the {@link AgentService}. */
export interface AgentServiceDeps {
  /** Those of the operator's file. */
  agents: readonly Agent[];
  store: AgentStore;
  clock: Pick<Clock, 'now'>;
  /** Told what a heartbeat has changed: the agent came, or it ends, or something is new of its servers. */
  onNews: (name: string, news: 'came' | 'left' | 'servers') => void;
}

/** Three heartbeats that did not come; agents send one every ten seconds. */
const UNREACHABLE_AFTER_MS = 30_000;

/** Knows the deployment agents: which there are, which of them are alive, and what they last said. */
export class AgentService {
  readonly #deps: AgentServiceDeps;
  readonly #agents: ReadonlyMap<string, Agent>;

  constructor(deps: AgentServiceDeps) {
    this.#deps = deps;
    this.#agents = new Map(deps.agents.map((agent) => [agent.name, agent]));
  }

  /** Whether this is a secret that the agent of this name shows; it takes the same time where there is no such agent. */
  isAgent(name: string, secret: string): boolean {
    const agent = this.#agents.get(name);
    return isOneOf(secret, agent?.heartbeatSecrets ?? ['']) && agent !== undefined;
  }

  /** Keeps what an agent says. @throws DatabaseUnavailable */
  async receive(name: string, heartbeat: Heartbeat): Promise<void> {
    const { store, clock, onNews } = this.#deps;
    const now = clock.now();
    const saved = await store.save(name, heartbeat, now);
    if (saved === 'outdated') return;
    const { before } = saved;
    const wasAlive = before !== undefined && isAlive(before, now);
    if (wasAlive === heartbeat.isStopping) onNews(name, wasAlive ? 'left' : 'came');
    else if (!isDeepStrictEqual(progressOf(before?.servers ?? []), progressOf(heartbeat.servers)))
      onNews(name, 'servers');
  }

  /** All agents, in the order of their names, for operators. @throws DatabaseUnavailable */
  async list(operator: Identity): Promise<AgentState[]> {
    return this.#statesOf(await this.#deps.store.listFor(operator));
  }

  /** An agent of the operator's file. */
  find(name: string): Agent | undefined {
    return this.#agents.get(name);
  }

  /** Of all agents, whether they are there or not. */
  names(): string[] {
    return [...this.#agents.keys()].sort();
  }

  /** Names of the agents whose heartbeats come, full or not. @throws DatabaseUnavailable */
  async alive(): Promise<string[]> {
    return (await this.#states()).flatMap(({ agent, state }) =>
      state === 'alive' ? [agent.name] : [],
    );
  }

  /** Names of the agents that are alive and have room for a server, those with the least load first. @throws DatabaseUnavailable */
  async leastLoaded(): Promise<string[]> {
    return (await this.#states())
      .flatMap(({ agent: { name }, state, last }) =>
        state === 'alive' && last !== undefined ? [{ name, load: last.agent.load }] : [],
      )
      .filter(({ load }) => load.servers < load.maxServers)
      .sort((a, b) => busyness(a.load) - busyness(b.load))
      .map(({ name }) => name);
  }

  async #states(): Promise<AgentState[]> {
    return this.#agents.size === 0 ? [] : this.#statesOf(await this.#deps.store.list());
  }

  #statesOf(rows: readonly LastHeartbeat[]): AgentState[] {
    const now = this.#deps.clock.now();
    const byName = new Map(rows.map((row) => [row.name, row]));
    return [...this.#agents.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((agent) => {
        const last = byName.get(agent.name);
        if (last === undefined) return { agent, state: 'never', last };
        return { agent, state: isAlive(last, now) ? 'alive' : 'unreachable', last };
      });
  }
}

function isAlive(
  { seenAt, isStopping }: Pick<LastHeartbeat, 'seenAt' | 'isStopping'>,
  now: Date,
): boolean {
  return !isStopping && now.getTime() - seenAt.getTime() <= UNREACHABLE_AFTER_MS;
}

/** What somebody may wait for; how many sessions there are changes all the time. */
function progressOf(servers: readonly AgentServerReport[]) {
  return servers
    .map(({ sessions: _sessions, ...progress }) => progress)
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}

/** The fuller of its places for servers and its processors. */
function busyness({ servers, maxServers, loadAverage, processors }: AgentLoad): number {
  return Math.max(servers / maxServers, Math.min(1, loadAverage / processors)) + servers / 1000;
}
