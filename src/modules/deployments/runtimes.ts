import type { Runtime } from '../../runtimes/runtime.ts';

/** The runtimes that are configured, by their kinds. */
export class Runtimes {
  readonly #byKind: ReadonlyMap<string, Runtime>;

  constructor(runtimes: readonly Runtime[]) {
    this.#byKind = new Map(runtimes.map((runtime) => [runtime.kind, runtime]));
  }

  /** Undefined where nothing of this kind is configured. */
  find(kind: string): Runtime | undefined {
    return this.#byKind.get(kind);
  }
}
