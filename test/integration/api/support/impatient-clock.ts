import { type Clock, systemClock } from '../../../../src/lib/clock.ts';

/** The pause before a second attempt, as the service asks for it. */
const RETRY_DELAY_MS = 3_000;

interface Sleeper {
  ms: number;
  wake: () => void;
}

/**
 * The clock of the system, but pauses between attempts are skipped, and deadlines pass when a test says so: no test
 * waits for them or depends on the speed of the machine.
 */
export class ImpatientClock implements Clock {
  /** Milliseconds of every pause that was skipped. */
  readonly skipped: number[] = [];
  readonly #sleepers = new Set<Sleeper>();

  now(): Date {
    return systemClock.now();
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms === RETRY_DELAY_MS) {
      this.skipped.push(ms);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const sleeper = { ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers.delete(sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  /** How many deadlines of this length are running now. */
  running(ms: number): number {
    return [...this.#sleepers].filter((sleeper) => sleeper.ms === ms).length;
  }

  /** Lets every deadline of this length pass that is running now. @returns how many */
  expire(ms: number): number {
    return this.#wake((sleeper) => sleeper.ms === ms);
  }

  /** As {@link expire}, for a pause that is up to a fifth shorter: what is left of one. */
  expireAround(ms: number): number {
    return this.#wake((sleeper) => sleeper.ms <= ms && sleeper.ms > ms * 0.8);
  }

  #wake(isDue: (sleeper: Sleeper) => boolean): number {
    const due = [...this.#sleepers].filter(isDue);
    for (const sleeper of due) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    return due.length;
  }
}
