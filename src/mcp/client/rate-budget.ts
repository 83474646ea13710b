import type { Clock } from '../../lib/clock.ts';

/** What a {@link RateBudget} allows. */
export interface RateBudgetOptions {
  /** The most that can be taken at once. */
  capacity: number;
  /** What comes back in a second. */
  perSecond: number;
  clock: Pick<Clock, 'monotonic'>;
}

/** Bounds what a server may send unasked on a stream that lives as long as its session: bursts and the rate, not the sum. */
export class RateBudget {
  readonly #options: RateBudgetOptions;
  #left: number;
  #countedAt: number;

  constructor(options: RateBudgetOptions) {
    this.#options = options;
    this.#left = options.capacity;
    this.#countedAt = options.clock.monotonic();
  }

  /** @returns false where less than `amount` was left; it is owed then */
  take(amount: number): boolean {
    this.#regain();
    this.#left -= amount;
    return this.#left >= 0;
  }

  /** Takes the amount only where it is left. @returns was it? */
  takeIfLeft(amount: number): boolean {
    this.#regain();
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }

  #regain(): void {
    const { capacity, perSecond, clock } = this.#options;
    const now = clock.monotonic();
    const regained = ((now - this.#countedAt) / 1_000) * perSecond;
    this.#left = Math.min(capacity, this.#left + regained);
    this.#countedAt = now;
  }

  /** Makes the whole capacity available again. */
  refill(): void {
    this.#left = this.#options.capacity;
  }
}
