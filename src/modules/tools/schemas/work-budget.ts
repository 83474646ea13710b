/** Thrown inside the adaptation of one schema, and caught there. */
export class BudgetExceeded extends Error {
  override readonly name = 'BudgetExceeded';
}

/** Counts the work on one schema, in about the characters of JSON it reads and writes. */
export class WorkBudget {
  readonly #limit: number;
  #spent = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws BudgetExceeded */
  spend(amount: number): void {
    this.#spent += amount;
    if (this.#spent > this.#limit) throw new BudgetExceeded();
  }
}
