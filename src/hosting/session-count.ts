import type { Clock } from '../lib/clock.ts';

/** Longer than this without a request, and a session counts no more: its bridge forgets it then. */
const IDLE_MS = 30 * 60_000;
/** Remembered for one server; a caller could begin sessions without end. */
const MAX_SESSIONS = 10_000;

/** How many MCP sessions a server has: those that its answers began, and requests of the modern era, which has none, while they last. */
export class SessionCount {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** When each was used last; the one used longest ago first. */
  readonly #usedAt = new Map<string, number>();
  #requests = 0;
  #lastUse: number;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#lastUse = clock.monotonic();
  }

  get count(): number {
    const oldest = this.#clock.monotonic() - IDLE_MS;
    for (const [session, usedAt] of this.#usedAt) {
      if (usedAt >= oldest) break;
      this.#usedAt.delete(session);
    }
    return this.#usedAt.size + this.#requests;
  }

  /** Milliseconds since anything was asked of the server, or since it was begun to count. */
  get idleMs(): number {
    return this.#requests > 0 ? 0 : this.#clock.monotonic() - this.#lastUse;
  }

  /** A request came or was answered for this session. */
  used(session: string): void {
    this.#lastUse = this.#clock.monotonic();
    this.#usedAt.delete(session);
    this.#usedAt.set(session, this.#clock.monotonic());
    const [first] = this.#usedAt.keys();
    if (this.#usedAt.size > MAX_SESSIONS && first !== undefined) this.#usedAt.delete(first);
  }

  /** The server knows it no more. */
  ended(session: string): void {
    this.#usedAt.delete(session);
  }

  /** A request without a session begins. @returns to be called once when it has ended */
  begin(): () => void {
    this.#requests += 1;
    return () => {
      this.#requests -= 1;
      this.#lastUse = this.#clock.monotonic();
    };
  }

  /** The server was started anew, and knows none of them. */
  clear(): void {
    this.#usedAt.clear();
  }
}
