import { AsyncLocalStorage } from 'node:async_hooks';
import type { Identity } from '../tenancy/caller.ts';

/** A change that an operation makes. */
export interface Change {
  /** Name of the operation, such as `connector.create`. */
  readonly action: string;
  /** For whom. */
  readonly identity: Identity;
  /** A transaction has recorded it. */
  isRecorded: boolean;
}

/** Tells the transactions of an operation which change they belong to, without handing it through every call. */
export class ChangeContext {
  readonly #storage = new AsyncLocalStorage<Change | undefined>();

  /** Runs `work`, and all that it starts, as a change; undefined: as none, inside of another one too. */
  run<Result>(change: Change | undefined, work: () => Result): Result {
    return this.#storage.run(change, work);
  }

  /** The change that this runs for; undefined outside of one. */
  get current(): Change | undefined {
    return this.#storage.getStore();
  }
}
