import { isJsonObject, type JsonRpcId, type ReceivedAnswer } from './json-rpc.ts';
import type { JsonObject } from './mcp-client.ts';
import { McpFailure } from './mcp-failure.ts';

/** What a channel sends. */
export interface OutgoingMessage {
  jsonrpc: '2.0';
  id?: number;
  method: string;
  params?: { [key: string]: unknown };
}

/** What a {@link JsonRpcChannel} needs. */
export interface JsonRpcChannelOptions {
  /** Puts a message on the wire, with headers of its own. A rejection ends the request that `message` is. */
  send: (message: OutgoingMessage, headers: Record<string, string>) => Promise<void>;
  /** Turns whatever `send` rejects with into a failure. */
  translate: (error: unknown) => McpFailure;
  /** Tells the server that a request was given up; undefined where ending the exchange says it all. */
  cancel: ((id: number) => void) | undefined;
}

interface Pending {
  settle: (received: ReceivedAnswer) => void;
  fail: (failure: McpFailure) => void;
  /** Aborted when nobody waits any more. */
  exchange: AbortController;
  /** Gets the parameters of each progress notification, as they came. */
  onProgress: ((params: JsonObject) => void) | undefined;
}

/** How a request is given up, and who is told how far it is. */
export interface RequestOptions {
  signal: AbortSignal;
  /** Asks the server for progress; gets the parameters of each notification, as they came. */
  onProgress?: ((params: JsonObject) => void) | undefined;
  /** Sent with this request only. They replace no header of the protocol. */
  headers?: Record<string, string> | undefined;
}

/** Ids below are the SDK's own. */
const FIRST_ID = 1_000;

/**
 * Our own requests on a connection that the SDK has set up. They go past the SDK's result schemas, which refuse a whole list
 * for one bad tool and drop or refuse kinds of content they do not know.
 */
export class JsonRpcChannel {
  readonly #options: JsonRpcChannelOptions;
  readonly #pending = new Map<JsonRpcId, Pending>();
  #nextId = FIRST_ID;
  #closedBy: McpFailure | undefined;

  constructor(options: JsonRpcChannelOptions) {
    this.#options = options;
  }

  /**
   * Sends a request and waits for its answer.
   * @throws McpFailure; TIMEOUT when `signal` aborts first, which also ends the exchange
   */
  async request(
    call: { method: string; params: { [key: string]: unknown } },
    { signal, onProgress, headers = {} }: RequestOptions,
  ): Promise<ReceivedAnswer> {
    if (this.#closedBy !== undefined) throw closedChannel(this.#closedBy);
    if (signal.aborted) throw timeout(signal, { notExecuted: true });
    const id = this.#nextId;
    this.#nextId += 1;
    const exchange = new AbortController();
    let onAbort = () => {};
    const answer = new Promise<ReceivedAnswer>((settle, fail) => {
      this.#pending.set(id, { settle, fail, exchange, onProgress });
      onAbort = () => {
        fail(timeout(signal));
        exchange.abort(signal.reason);
        this.#options.cancel?.(id);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#options
        .send(
          { jsonrpc: '2.0', id, ...(onProgress === undefined ? call : withToken(call, id)) },
          headers,
        )
        .catch((error: unknown) => fail(this.#options.translate(error)));
    });
    try {
      return await answer;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#pending.delete(id);
    }
  }

  /** The signal that ends the exchange of a request; undefined for requests that are not ours. */
  signalOf(id: JsonRpcId): AbortSignal | undefined {
    return this.#pending.get(id)?.exchange.signal;
  }

  /** Hands an answer to the request that waits for it. @returns false where none does */
  settle(received: ReceivedAnswer): boolean {
    const pending = this.#pending.get(received.answer.id);
    pending?.settle(received);
    return pending !== undefined;
  }

  /** Hands a progress notification to the request that asked for it. @returns false where none did */
  progress(params: JsonObject): boolean {
    const token = params['progressToken'];
    if (typeof token !== 'number') return false;
    const onProgress = this.#pending.get(token)?.onProgress;
    onProgress?.(params);
    return onProgress !== undefined;
  }

  /** Did this channel ever send a request with this id? An answer to one that was given up comes late, it is not wrong. */
  hasSent(id: unknown): boolean {
    return typeof id === 'number' && id >= FIRST_ID && id < this.#nextId;
  }

  /** Ends every request under way, and every later one, with `failure`. */
  close(failure: McpFailure): void {
    this.#closedBy ??= failure;
    for (const { fail, exchange } of this.#pending.values()) {
      fail(failure);
      exchange.abort(failure);
    }
  }
}

/** Both eras ask for progress by a token in `_meta`; that of a request is its id. */
function withToken(
  { method, params }: { method: string; params: { [key: string]: unknown } },
  id: number,
): { method: string; params: { [key: string]: unknown } } {
  const meta = isJsonObject(params['_meta']) ? params['_meta'] : {};
  return { method, params: { ...params, _meta: { ...meta, progressToken: id } } };
}

function timeout(signal: AbortSignal, options: { notExecuted?: boolean } = {}): McpFailure {
  return new McpFailure('TIMEOUT', { cause: signal.reason, ...options });
}

/** Nothing was sent, and the connection will not come back: a new one may do better. */
function closedChannel(cause: McpFailure): McpFailure {
  return new McpFailure('CONNECTION_FAILED', { cause, notExecuted: true, sessionLost: true });
}
