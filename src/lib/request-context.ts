import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of a request carries. */
export interface RequestFields {
  request_id: string;
}

/** Carries the id of a request to everything that runs for it, without handing it through every call. */
export class RequestContext {
  readonly #storage = new AsyncLocalStorage<RequestFields>();

  /** Runs `work`, and all that it starts, in the context of a request. */
  run<Result>(fields: RequestFields, work: () => Result): Result {
    return this.#storage.run(fields, work);
  }

  /** The fields of the request this runs for; none outside of one. */
  get fields(): Partial<RequestFields> {
    return this.#storage.getStore() ?? {};
  }
}
