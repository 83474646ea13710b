/** Something that runs until it is stopped. */
export interface Part {
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

/** What a script has started, also while it is still starting. */
export class StartedParts {
  readonly #parts: Promise<Part>[] = [];
  #stopping: Promise<void> | undefined;

  /** Starts a part, and remembers it. @throws Error after {@link stopAll}, and what `start` throws. */
  async start<Started extends Part>(start: () => Promise<Started>): Promise<Started> {
    if (this.#stopping !== undefined) throw new Error('everything is being stopped');
    const part = start();
    this.#parts.push(part);
    return part;
  }

  /** Stops every part, the last one first. @throws the first failure, after all others were stopped. */
  stopAll(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const part of this.#parts.reverse()) {
      // A part that did not start has nothing to stop; its starter was told.
      const started = await part.catch(() => undefined);
      await started?.stop().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
