import { PassThrough, type Readable } from 'node:stream';
import type { Clock } from '../lib/clock.ts';

/** The media type of server-sent events. */
export const EVENT_STREAM_MEDIA_TYPE = 'text/event-stream';

/** Milliseconds between the comments that keep a connection alive; proxies often close idle ones after 30 s or 60 s. */
const HEARTBEAT_MS = 15_000;
/** Bytes that wait for a slow client, beyond which events are left out that a later one makes up for. */
const MAX_WAITING_BYTES = 64 * 1024;

/** An answer in the form of server-sent events (HTML standard, section 9.2). */
export class EventStream {
  readonly #body = new PassThrough();
  readonly #ended = new AbortController();

  constructor({ clock }: { clock: Pick<Clock, 'sleep'> }) {
    // The client may leave at any time.
    this.#body.on('error', () => {}).on('close', () => this.#ended.abort());
    // The first bytes bring the headers on their way.
    this.#write(': open\n\n');
    void this.#keepAlive(clock);
  }

  /** To be sent. */
  get body(): Readable {
    return this.#body;
  }

  /** Aborts when it has ended, or the client has left. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Sends an event.
   * @param id what a client that comes back names as the last it has seen; without line feeds
   */
  send(event: string, data: unknown, id?: string): void {
    const place = id === undefined ? '' : `id: ${id}\n`;
    // JSON holds no line feeds, which would end the field.
    this.#write(`${place}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Asks the client to wait before it comes back. */
  sendRetry(ms: number): void {
    this.#write(`retry: ${ms}\n\n`);
  }

  /** Whether the client does not read as fast as events come: some 32 KiB wait. */
  get isFull(): boolean {
    return this.#body.writableNeedDrain;
  }

  /** Resolves when the client has read most of what waits; never where it does not. */
  whenTaken(): Promise<void> {
    if (!this.isFull) return Promise.resolve();
    return new Promise((resolve) => {
      this.#body.once('drain', resolve);
    });
  }

  /** Breaks the answer off: its client does not read. */
  breakOff(): void {
    this.#body.destroy();
  }

  /** Sends an event unless the client does not read as fast as they come. */
  trySend(event: string, data: unknown): void {
    const waiting = this.#body.readableLength + this.#body.writableLength;
    if (waiting < MAX_WAITING_BYTES) this.send(event, data);
  }

  /** Ends the answer. */
  end(): void {
    this.#ended.abort();
    this.#body.end();
  }

  #write(text: string): void {
    if (this.#body.writable) this.#body.write(text);
  }

  async #keepAlive(clock: Pick<Clock, 'sleep'>): Promise<void> {
    const { signal } = this.#ended;
    try {
      for (;;) {
        await clock.sleep(HEARTBEAT_MS, signal);
        // Who does not read needs no sign of life.
        if (!this.isFull) this.#write(': alive\n\n');
      }
    } catch {
      // The stream has ended.
    }
  }
}

/** Does an `Accept` header ask for events rather than JSON? Of equal ones the first counts. */
export function prefersEventStream(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const ranges = accept.split(',').map(parseRange);
  const best = (types: readonly string[]) => {
    const found = ranges.filter(({ type, q }) => types.includes(type) && q > 0);
    return found.sort((a, b) => b.q - a.q).at(0);
  };
  const events = best([EVENT_STREAM_MEDIA_TYPE]);
  const json = best(['application/json', 'application/*', '*/*']);
  if (events === undefined) return false;
  if (json === undefined || events.q > json.q) return true;
  return events.q === json.q && ranges.indexOf(events) < ranges.indexOf(json);
}

function parseRange(text: string): { type: string; q: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const q = weight === undefined ? 1 : Number(weight);
  return { type, q: Number.isFinite(q) ? q : 0 };
}
