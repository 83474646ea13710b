import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from '../tenancy/caller.ts';

/** What every log line of a request carries. */
export interface RequestFields {
  request_id: string;
}

/** Carries the id and the caller of a request to everything that runs for it, without handing them through every call. */
export class RequestContext {
  readonly #storage = new AsyncLocalStorage<{
    fields: RequestFields;
    caller: Caller | undefined;
  }>();

  /** Runs `work`, and all that it starts, in the context of a request. */
  run<Result>(fields: RequestFields, work: () => Result): Result {
    return this.#storage.run({ fields, caller: undefined }, work);
  }

  /** The fields of the request this runs for; none outside of one. */
  get fields(): Partial<RequestFields> {
    return this.#storage.getStore()?.fields ?? {};
  }

  /** Who sent the request this runs for; undefined outside of one, and before the token is verified. */
  get caller(): Caller | undefined {
    return this.#storage.getStore()?.caller;
  }

  /** The token is verified. */
  setCaller(caller: Caller | undefined): void {
    const store = this.#storage.getStore();
    if (store !== undefined) store.caller = caller;
  }
}
