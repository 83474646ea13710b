import type { Clock } from '../../src/lib/clock.ts';

interface Sleeper {
  wakesAt: number;
  wake: () => void;
}

/** A clock that stands still until a test moves it on. */
export class FakeClock implements Clock {
  #elapsed = 0;
  readonly #startedAt: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startedAt: Date = new Date('2026-01-01T00:00:00.000Z')) {
    this.#startedAt = startedAt.getTime();
  }

  now(): Date {
    return new Date(this.#startedAt + this.#elapsed);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** How many callers sleep. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        wakesAt: this.#elapsed + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Moves the time on by `ms` milliseconds and wakes those who have slept long enough, the earliest first. */
  advance(ms: number): void {
    this.#elapsed += ms;
    const due = [...this.#sleepers].filter(({ wakesAt }) => wakesAt <= this.#elapsed);
    for (const { wake } of due.sort((a, b) => a.wakesAt - b.wakesAt)) wake();
  }

  /** Moves the time on until the first sleeper wakes, if anybody sleeps. */
  advanceToNext(): void {
    const next = Math.min(...[...this.#sleepers].map(({ wakesAt }) => wakesAt));
    if (Number.isFinite(next)) this.advance(next - this.#elapsed);
  }
}
