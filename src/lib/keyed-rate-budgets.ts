import { RateBudget, type RateBudgetOptions } from './rate-budget.ts';

/** What {@link KeyedRateBudgets} allow each key, and how many keys they remember. */
export interface KeyedRateBudgetsOptions extends RateBudgetOptions {
  /** Beyond it the key that was used longest ago is forgotten, and with it what it has used. Default 20,000. */
  maxKeys?: number;
}

/** A {@link RateBudget} for each key. Remembers only keys that have used something which has not come back yet. */
export class KeyedRateBudgets {
  readonly #options: KeyedRateBudgetsOptions;
  readonly #maxKeys: number;
  /** Used longest ago first. */
  readonly #budgets = new Map<string, RateBudget>();

  constructor(options: KeyedRateBudgetsOptions) {
    this.#options = options;
    this.#maxKeys = options.maxKeys ?? 20_000;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#budgets.size;
  }

  /** Takes one. @returns undefined, or where none is left the seconds until there is one. */
  take(key: string): number | undefined {
    const budget = this.#budgets.get(key) ?? new RateBudget(this.#options);
    this.#budgets.delete(key);
    this.#budgets.set(key, budget);
    this.#forget();
    return budget.take(1) ? undefined : budget.secondsUntil(1);
  }

  /** How many can be taken at once. */
  left(key: string): number {
    return this.#budgets.get(key)?.left ?? this.#options.capacity;
  }

  /** Gives back one that was taken and not used. */
  giveBack(key: string): void {
    this.#budgets.get(key)?.giveBack(1);
  }

  /** Every call adds one key at most, so the loop rarely runs more than twice. */
  #forget(): void {
    for (const [key, budget] of this.#budgets) {
      const isNewest = this.#budgets.size === 1;
      if (isNewest || (!budget.isFull && this.#budgets.size <= this.#maxKeys)) return;
      this.#budgets.delete(key);
    }
  }
}
