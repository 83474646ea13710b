import { setMaxListeners } from 'node:events';
import type { Clock } from '../../lib/clock.ts';
import { linkSignals } from '../../mcp/client/linked-signal.ts';
import type { McpConnection } from '../../mcp/client/mcp-client.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorHealthService, ServerDiscovery } from '../connectors/index.ts';
import type { SessionService, ToolChangeSign } from './session-service.ts';

/** How often a server may make us look at its tools again. */
const REFRESH_LIMITS = {
  /** Milliseconds between two looks at the tools of one connector, however often its server says that they changed. */
  debounceMs: 30_000,
  /** Milliseconds after which a connector in use is looked at again, though its server said nothing. */
  relistMs: 10 * 60_000,
  /** Milliseconds one look may take. */
  timeoutMs: 30_000,
  /** Connectors that are remembered; the ones used longest ago are forgotten. */
  remembered: 10_000,
} as const;

/** Collaborators of the {@link ToolRefreshService}. */
export interface ToolRefreshServiceDeps {
  connectors: Pick<ConnectorHealthService, 'refreshTools'>;
  sessions: Pick<SessionService, 'runIfOpen'>;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Told of a look that failed, for the log. The stored tools stay as they are. */
  onFailure: (error: unknown, connectorId: string) => void;
}

interface Entry {
  /** Who gave the last sign: of those who share the connector the one whose session is open most likely. */
  identity: Identity;
  /** When the connector was first used. */
  since: number;
  /** When the last look began. */
  lookedAt: number | undefined;
  /** A look is under way or planned. */
  isBusy: boolean;
  /** Something came up since the present look began. */
  isAgain: boolean;
}

/**
 * Looks at the tools of a server again when they may have changed, over the session that is open anyway, and stores what is new as a sync
 * does. One look at a time for each connector; servers that spam cost no more than one in half a minute.
 */
export class ToolRefreshService {
  readonly #deps: ToolRefreshServiceDeps;
  /** By connector; the one used longest ago first. */
  readonly #entries = new Map<string, Entry>();
  readonly #stopped = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(deps: ToolRefreshServiceDeps) {
    this.#deps = deps;
    // Every look that waits for its time listens; a thousand of them are no leak.
    setMaxListeners(0, this.#stopped.signal);
  }

  /** Takes a sign that the tools may be others than those that are stored. Never throws; the look comes in the background. */
  notice(identity: Identity, connectorId: string, sign: ToolChangeSign): void {
    if (this.#stopped.signal.aborted) return;
    const { tenantId, userId, projectId } = identity;
    // All members of a project have the same tools, and each of their sessions tells of a change.
    const owner = projectId === undefined ? ['user', userId] : ['project', projectId];
    const id = JSON.stringify([tenantId, ...owner, connectorId]);
    const now = this.#deps.clock.monotonic();
    const entry = this.#entries.get(id) ?? newEntry(now, identity);
    entry.identity = identity;
    this.#remember(id, entry);
    const { debounceMs, relistMs } = REFRESH_LIMITS;
    const { lookedAt = Number.NEGATIVE_INFINITY, since } = entry;
    if (sign === 'used' && now - Math.max(since, lookedAt) < relistMs) return;
    if (entry.isBusy) {
      entry.isAgain ||= sign !== 'used';
      return;
    }
    entry.isBusy = true;
    const waitMs = Math.max(0, lookedAt + debounceMs - now);
    this.#start(entry, waitMs, () => this.#look(entry.identity, connectorId));
  }

  /** Takes no more signs, and waits for the looks under way. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#running);
  }

  #start(entry: Entry, waitMs: number, look: () => Promise<void>): void {
    const running = this.#run(entry, waitMs, look)
      // Only the wait throws, when the service stops.
      .catch(() => undefined)
      .finally(() => {
        entry.isBusy = false;
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  async #run(entry: Entry, waitMs: number, look: () => Promise<void>): Promise<void> {
    const { clock } = this.#deps;
    let pauseMs = waitMs;
    do {
      if (pauseMs > 0) await clock.sleep(pauseMs, this.#stopped.signal);
      const lookedAt = clock.monotonic();
      Object.assign(entry, { lookedAt, isAgain: false });
      await look();
      pauseMs = Math.max(1, lookedAt + REFRESH_LIMITS.debounceMs - clock.monotonic());
    } while (entry.isAgain && !this.#stopped.signal.aborted);
  }

  async #look(identity: Identity, connectorId: string): Promise<void> {
    const { connectors, sessions, clock, onFailure } = this.#deps;
    const milliseconds = REFRESH_LIMITS.timeoutMs;
    const { signal, release } = linkSignals([this.#stopped.signal], { milliseconds, clock });
    try {
      await connectors.refreshTools(identity, connectorId, ({ id, credentialGeneration }) =>
        sessions.runIfOpen(identity, { connectorId: id, credentialGeneration }, (connection) =>
          discover(connection, signal),
        ),
      );
    } catch (error) {
      if (!this.#stopped.signal.aborted) onFailure(error, connectorId);
    } finally {
      release();
    }
  }

  #remember(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    if (this.#entries.size <= REFRESH_LIMITS.remembered) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** A list of prompts or resources that fails is only not known. */
async function discover(connection: McpConnection, signal: AbortSignal): Promise<ServerDiscovery> {
  const { tools } = await connection.listTools({ signal });
  return { tools, offerings: await connection.listOfferings({ signal }) };
}

function newEntry(now: number, identity: Identity): Entry {
  return { identity, since: now, lookedAt: undefined, isBusy: false, isAgain: false };
}
