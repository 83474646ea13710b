import type { Clock } from '../../lib/clock.ts';
import type { Audience, EventSink, StreamEnd } from './event.ts';
import type { EventStore } from './event-store.ts';

/** Events that are read, and wait in memory, at once. */
const BATCH = 100;
/** Milliseconds a client may take for what waits for it. */
const SLOW_MS = 30_000;

/** What a {@link EventSubscription} is made of. */
export interface EventSubscriptionOptions {
  audience: Audience;
  /** Events after this place. */
  after: bigint;
  sink: EventSink;
  /** Until when the rights last, and what ends it then. */
  until: { time: Date; reason: StreamEnd };
  clock: Clock;
  /** Told once. */
  onEnd: (reason: StreamEnd | 'left') => void;
}

/** How far a subscription got: `done`, there is `more`, or the client has to read first. */
export type Delivery = 'done' | 'more' | 'blocked';

/** One client's way through the events. */
export class EventSubscription {
  readonly #options: EventSubscriptionOptions;
  readonly #ended = new AbortController();
  #position: bigint;
  /** Whoever waits is not woken by further events. */
  #isWaiting = false;

  constructor(options: EventSubscriptionOptions) {
    this.#options = options;
    this.#position = options.after;
    void this.#endInTime();
  }

  get audience(): Audience {
    return this.#options.audience;
  }

  get isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Sends what there is, unless the client has yet to take what it got. @throws what the store throws */
  async deliver(store: Pick<EventStore, 'read'>): Promise<Delivery> {
    const { audience, sink, until, clock } = this.#options;
    if (this.isOver || this.#isWaiting) return 'done';
    if (sink.isFull) {
      this.#isWaiting = true;
      return 'blocked';
    }
    const events = await store.read(audience, this.#position, BATCH);
    // The rights are looked at when it is sent.
    if (clock.now() >= until.time) this.end(until.reason);
    if (this.isOver) return 'done';
    for (const event of events) {
      sink.send(event);
      this.#position = event.position;
    }
    return events.length === BATCH ? 'more' : 'done';
  }

  /** Waits for the client, once it is `blocked`. @returns whether it is worth to go on; otherwise it has left, or was too slow */
  async untilTaken(): Promise<boolean> {
    const { sink, clock } = this.#options;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#ended.signal]);
    const late = clock.sleep(SLOW_MS, signal).then(
      () => this.end('slow'),
      () => {},
    );
    await Promise.race([sink.whenTaken(), late]);
    over.abort();
    this.#isWaiting = false;
    return !this.isOver;
  }

  /** Events were erased: what the client has seen is worth nothing. */
  reset(position: bigint): void {
    if (this.isOver) return;
    this.#position = position;
    this.#options.sink.begin(position, true);
  }

  /** Ends it for a reason that the client is told. May be called again. */
  end(reason: StreamEnd): void {
    if (this.isOver) return;
    this.#close(reason);
    this.#options.sink.end(reason);
  }

  /** The client has left. */
  leave(): void {
    if (!this.isOver) this.#close('left');
  }

  #close(reason: StreamEnd | 'left'): void {
    this.#ended.abort();
    this.#options.onEnd(reason);
  }

  async #endInTime(): Promise<void> {
    const { clock, until } = this.#options;
    const left = until.time.getTime() - clock.now().getTime();
    await clock.sleep(Math.max(0, left), this.#ended.signal).then(
      () => this.end(until.reason),
      () => {},
    );
  }
}
