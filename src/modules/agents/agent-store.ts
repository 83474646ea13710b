import type { Identity } from '../../tenancy/caller.ts';
import type { AgentServerReport, Heartbeat, LastHeartbeat } from './agent.ts';

/** What was known of an agent before a heartbeat. */
export interface FormerHeartbeat {
  seenAt: Date;
  isStopping: boolean;
  servers: readonly AgentServerReport[];
}

/** Keeps the last heartbeat of each agent. */
export interface AgentStore {
  /**
   * Keeps a heartbeat in the place of the one before.
   * @returns what was there before, or `outdated`, and nothing has changed, where that is of the same run and not older
   * @throws DatabaseUnavailable
   */
  save(
    name: string,
    heartbeat: Heartbeat,
    seenAt: Date,
  ): Promise<{ before: FormerHeartbeat | undefined } | 'outdated'>;
  /** For background work. @throws DatabaseUnavailable */
  list(): Promise<LastHeartbeat[]>;
  /** For a request of an operator. @throws DatabaseUnavailable */
  listFor(operator: Identity): Promise<LastHeartbeat[]>;
}
