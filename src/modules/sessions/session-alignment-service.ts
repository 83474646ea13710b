import type { Clock } from '../../lib/clock.ts';
import type { UsableConnectorStore } from '../connectors/index.ts';
import type { SessionPool } from './session-pool.ts';

/** Collaborators of the {@link SessionAlignmentService}. */
export interface SessionAlignmentServiceDeps {
  pool: Pick<SessionPool, 'list' | 'closeOthers'>;
  store: UsableConnectorStore;
  clock: Pick<Clock, 'sleep'>;
  /** Told why the rows could not be read, once until they can be; it is tried again. */
  onFailure: (error: unknown) => void;
}

/** Milliseconds. */
const RETRY_AFTER_MS = 1_000;

/** Closes sessions that the rows no longer allow, whichever replica changed them: disabled, deleted, or with other credentials. */
export class SessionAlignmentService {
  readonly #deps: SessionAlignmentServiceDeps;
  readonly #stop = new AbortController();
  /** Connectors to look at; `all` stands for those that have a session. */
  readonly #noticed = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(deps: SessionAlignmentServiceDeps) {
    this.#deps = deps;
  }

  /** The connector changed; `all` where any may have. Whatever comes while rows are read is looked at together. */
  notice(connectorId: string): void {
    this.#noticed.add(connectorId);
    this.#running ??= this.#run();
  }

  /** Looks at nothing any more. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, onFailure } = this.#deps;
    const { signal } = this.#stop;
    let hasFailed = false;
    await Promise.resolve(); // what is announced together is looked at together
    while (this.#noticed.size > 0 && !signal.aborted) {
      const noticed = new Set(this.#noticed);
      this.#noticed.clear();
      try {
        await this.#align(noticed);
        hasFailed = false;
      } catch (error) {
        if (!hasFailed) onFailure(error);
        hasFailed = true;
        for (const id of noticed) this.#noticed.add(id);
        await clock.sleep(RETRY_AFTER_MS, signal).catch(() => {});
      }
    }
    this.#running = undefined;
  }

  async #align(noticed: ReadonlySet<string>): Promise<void> {
    const { pool, store } = this.#deps;
    const open = [...pool.list()].filter(
      ({ connectorId }) => noticed.has('all') || noticed.has(connectorId),
    );
    // A user may have several sessions of a connector, some of them on their way out.
    const places = [...new Map(open.map((session) => [placeOf(session), session])).values()];
    if (places.length === 0) return;
    const generations = await store.listGenerations(places);
    // Not waited for: a server may take its time to say goodbye.
    places.forEach((place, index) => void pool.closeOthers(place, generations[index]));
  }
}

function placeOf({ connectorId, userId }: { connectorId: string; userId: string }): string {
  return JSON.stringify([connectorId, userId]);
}
