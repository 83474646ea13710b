import type { Clock } from '../../lib/clock.ts';
import { RateBudget } from '../../lib/rate-budget.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';
import type { OutboundResponse } from '../../outbound/outbound-response.ts';
import { mediaTypeOf, spend, UNASKED_LIMITS } from './answer-reader.ts';
import { EventStreamParser, type ServerSentEvent } from './event-stream.ts';
import { findCall, isJsonObject, isServerMessage } from './json-rpc.ts';
import { parseJson } from './json-text.ts';
import type { JsonObject } from './mcp-client.ts';

/** Bytes a server may send unasked on this stream, and what comes back of that in a second. */
const WATCHED_BYTES = { capacity: 1024 * 1024, perSecond: 16 * 1024 } as const;
/** Fewer than before an answer: nothing that takes long is told here. */
const WATCHED_EVENTS = { capacity: 100, perSecond: 10 } as const;

/** Milliseconds before a stream that ended is opened again; doubled each time. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** A stream that lasted this many milliseconds was a good one: the next pause is short again. */
const GOOD_MS = 60_000;
/** Streams in a row that did not last, after which the server is left alone. */
const MAX_SHORT_STREAMS = 10;

/** What a {@link ListChangeStream} needs. */
export interface ListChangeStreamOptions {
  /** Asks the server for its stream. */
  open: () => Promise<OutboundResponse>;
  /** Ends the stream, and the wait for the next one. */
  signal: AbortSignal;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Receives the server's notifications. */
  onNotification: (message: JsonObject) => void;
  /** Receives the requests of the server's own; legacy servers look with a ping whether we are there. */
  onServerRequest: (message: unknown) => void;
  /** The stream is open again after it was not: something may have been missed. */
  onGap: () => void;
}

/**
 * Reads the stream on which a streamable HTTP server says what nobody asked for: the GET stream of the legacy era, or that of
 * `subscriptions/listen`. The SDK's own reader polls for ever, as often as the server likes; this one waits longer each time, counts what
 * comes, and leaves a server alone that refuses or floods.
 */
export class ListChangeStream {
  readonly #options: ListChangeStreamOptions;

  constructor(options: ListChangeStreamOptions) {
    this.#options = options;
  }

  /** Reads until the signal aborts or the server is left alone. Never throws. */
  async run(): Promise<void> {
    const { signal, clock } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    let shortStreams = 0;
    for (let n = 0; !signal.aborted; n += 1) {
      const startedAt = clock.monotonic();
      if ((await this.#read({ isFirst: n === 0 })) === 'leave') return;
      const isGood = clock.monotonic() - startedAt >= GOOD_MS;
      shortStreams = isGood ? 0 : shortStreams + 1;
      if (shortStreams >= MAX_SHORT_STREAMS) return;
      pauseMs = isGood ? FIRST_PAUSE_MS : pauseMs;
      try {
        await clock.sleep(pauseMs, signal);
      } catch {
        return;
      }
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** @returns whether another stream may be tried */
  async #read({ isFirst }: { isFirst: boolean }): Promise<'again' | 'leave'> {
    try {
      const response = await this.#options.open();
      const verdict = judge(response);
      if (verdict !== 'read') {
        response.discard();
        return verdict;
      }
      if (!isFirst) this.#options.onGap();
      await this.#take(response);
      return 'again';
    } catch (error) {
      const isLost = error instanceof OutboundError && error.code !== 'RESPONSE_TOO_LARGE';
      return isLost && !this.#options.signal.aborted ? 'again' : 'leave';
    }
  }

  /** @throws McpFailure for a flood, or for what is not JSON; OutboundError; the signal's reason */
  async #take(response: OutboundResponse): Promise<void> {
    const { clock } = this.#options;
    const budgets: Budgets = {
      bytes: new RateBudget({ ...WATCHED_BYTES, clock }),
      events: new RateBudget({ ...WATCHED_EVENTS, clock }),
      requests: new RateBudget({ ...UNASKED_LIMITS.requests, clock }),
    };
    const parser = new EventStreamParser();
    for await (const chunk of response.chunks()) {
      spend(budgets.bytes, chunk.length);
      for (const event of parser.push(chunk)) this.#takeEvent(event, budgets);
    }
  }

  #takeEvent({ type, data }: ServerSentEvent, { events, requests }: Budgets): void {
    spend(events, 1);
    const message = type === 'message' && data !== '' ? parseJson(data) : undefined;
    if (!isJsonObject(message) || !isServerMessage(message)) return;
    if (findCall(message) === undefined) {
      this.#options.onNotification(message);
    } else {
      spend(requests, 1);
      this.#options.onServerRequest(message);
    }
  }
}

/** What a server may send unasked. */
interface Budgets {
  bytes: RateBudget;
  events: RateBudget;
  requests: RateBudget;
}

/** Only a server that is busy or restarting is asked again. */
function judge(response: OutboundResponse): 'read' | 'again' | 'leave' {
  const { status } = response;
  if (status === 429 || status >= 500) return 'again';
  const isStream = status === 200 && mediaTypeOf(response) === 'text/event-stream';
  return isStream ? 'read' : 'leave';
}
