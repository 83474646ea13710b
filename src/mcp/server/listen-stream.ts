import { PassThrough, type Readable } from 'node:stream';
import { SERVER_INFO_META_KEY, SUBSCRIPTION_ID_META_KEY } from '@modelcontextprotocol/server';
import type { Clock } from '../../lib/clock.ts';
import type { ListKind } from './mcp-backend.ts';
import type { ServerIdentity } from './rpc-messages.ts';

/** Signs of life that a client may leave unread before it is let go. */
const MAX_UNREAD_SIGNS = 8;

/** What a {@link ListenStream} needs. */
export interface ListenStreamOptions {
  /** The id of the request that opened it; every message on it names that. */
  id: string | number;
  /** The lists whose changes are told. */
  lists: readonly ListKind[];
  identity: ServerIdentity;
  /** Milliseconds between signs of life. */
  keepAliveMs: number;
  clock: Pick<Clock, 'sleep'>;
}

/**
 * The answer to one `subscriptions/listen` (MCP 2026-07-28, Subscriptions). What a slow reader did not take yet is remembered by
 * list and told once, so that it never needs more memory; one that takes nothing for long is let go.
 */
export class ListenStream {
  readonly #options: ListenStreamOptions;
  readonly #body = new PassThrough();
  readonly #ended = new AbortController();
  /** Changes that wait until the client reads on. */
  readonly #untold = new Set<ListKind>();

  constructor(options: ListenStreamOptions) {
    this.#options = options;
    this.#body.on('error', () => {}).on('close', () => this.#ended.abort());
    this.#body.on('drain', () => this.#tellWaiting());
    this.#notify('subscriptions/acknowledged', {
      notifications: Object.fromEntries(options.lists.map((list) => [`${list}ListChanged`, true])),
    });
    void this.#keepAlive();
  }

  /** The body of the HTTP answer. */
  get body(): Readable {
    return this.#body;
  }

  /** Aborts when nobody listens any more. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Tells that a list is another one now. */
  tell(list: ListKind): void {
    this.#untold.add(list);
    if (!this.#body.writableNeedDrain) this.#tellWaiting();
  }

  /** Ends it in good order: with the answer to its request. */
  end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    const { id, identity } = this.#options;
    const _meta = { [SUBSCRIPTION_ID_META_KEY]: id, [SERVER_INFO_META_KEY]: identity };
    const message = { jsonrpc: '2.0', id, result: { resultType: 'complete', _meta } };
    // A client that does not read must not keep the socket open.
    if (this.#body.writableNeedDrain) this.#body.destroy();
    else this.#body.end(frame(message));
  }

  /** Nobody is there to be told. */
  drop(): void {
    this.#body.destroy();
  }

  #tellWaiting(): void {
    for (const list of this.#untold) this.#notify(`${list}/list_changed`, {});
    this.#untold.clear();
  }

  #notify(what: string, params: { [key: string]: unknown }): void {
    if (!this.#body.writable || this.#ended.signal.aborted) return;
    const _meta = { [SUBSCRIPTION_ID_META_KEY]: this.#options.id };
    const method = `notifications/${what}`;
    this.#body.write(frame({ jsonrpc: '2.0', method, params: { _meta, ...params } }));
  }

  async #keepAlive(): Promise<void> {
    const { clock, keepAliveMs } = this.#options;
    let unread = 0;
    try {
      while (unread < MAX_UNREAD_SIGNS) {
        await clock.sleep(keepAliveMs, this.#ended.signal);
        unread = this.#body.writableNeedDrain ? unread + 1 : 0;
        if (unread === 0) this.#body.write(': listening\n\n');
      }
      this.drop();
    } catch {
      // It has ended.
    }
  }
}

function frame(message: object): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
