/** Lets concurrent callers of the same key share one run of the work. */
export class SingleFlight<Value> {
  readonly #running = new Map<string, Promise<Value>>();

  /** Number of keys with work under way. */
  get size(): number {
    return this.#running.size;
  }

  /**
   * Runs `work` for `key`, or joins the run already under way. A settled run, failed or not, is forgotten,
   * so the next caller starts anew.
   * @throws whatever `work` throws, to every caller that joined.
   */
  run(key: string, work: () => Promise<Value>): Promise<Value> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const started = Promise.resolve()
      .then(work)
      .finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }
}
