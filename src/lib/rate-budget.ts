import type { Clock } from './clock.ts';

/** What a {@link RateBudget} allows. */
export interface RateBudgetOptions {
  /** The most that can be taken at once. */
  capacity: number;
  /** What comes back in a second. */
  perSecond: number;
  clock: Pick<Clock, 'monotonic'>;
}

/** What a sum of fractions may lack because of their rounding. */
const ROUNDING = 1e-6;

/** Bounds the rate of something that may come in bursts (a token bucket). */
export class RateBudget {
  readonly #options: RateBudgetOptions;
  #left: number;
  #countedAt: number;

  constructor(options: RateBudgetOptions) {
    this.#options = options;
    this.#left = options.capacity;
    this.#countedAt = options.clock.monotonic();
  }

  /** Takes nothing, and returns false, where less than `amount` is left. */
  take(amount: number): boolean {
    this.#regain();
    if (this.#left + ROUNDING < amount) return false;
    this.#left -= amount;
    return true;
  }

  /** Seconds until `amount`, which must not be more than the capacity, can be taken if nobody else takes any. */
  secondsUntil(amount: number): number {
    this.#regain();
    return Math.max(0, (amount - this.#left) / this.#options.perSecond);
  }

  /** Gives back what was taken and not used. */
  giveBack(amount: number): void {
    this.#left += amount;
  }

  /** What can be taken now. */
  get left(): number {
    this.#regain();
    return this.#left;
  }

  /** Nothing is missing: a new budget would be the same. */
  get isFull(): boolean {
    this.#regain();
    return this.#left + ROUNDING >= this.#options.capacity;
  }

  /** Makes the whole capacity available again. */
  refill(): void {
    this.#left = this.#options.capacity;
  }

  #regain(): void {
    const { capacity, perSecond, clock } = this.#options;
    const now = clock.monotonic();
    const regained = ((now - this.#countedAt) / 1_000) * perSecond;
    this.#left = Math.min(capacity, this.#left + regained);
    this.#countedAt = now;
  }
}
