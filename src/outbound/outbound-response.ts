import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { BodyHold } from './body-hold.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { OutboundError } from './outbound-error.ts';
import {
  type BodyLimit,
  BodyMeter,
  decodeBody,
  drain,
  limitedChunks,
  tooLarge,
} from './response-body.ts';

/** An answer whose body is still to be read. Either read it to its end or {@link discard} it. */
export interface OutboundResponse {
  status: number;
  /** Lower-case names; repeated headers are joined with a comma. */
  headers: Readonly<Record<string, string>>;
  /**
   * Decoded chunks, once. Whoever stops early leaves the rest as {@link discard} does.
   * @throws OutboundError; the signal's reason after an abort
   */
  chunks(): AsyncGenerator<Buffer, void, undefined>;
  /** The whole body as text. @throws OutboundError; the signal's reason after an abort */
  text(): Promise<string>;
  /** Gives the body up; a short rest is read so that the connection can be used again. */
  discard(): void;
}

/** What {@link openResponse} needs besides the answer. */
export interface ResponseOptions {
  signal: AbortSignal;
  limit: BodyLimit;
  memory: MemoryBudget;
  /** Milliseconds that an event may take up more memory than any body may, where `limit` is of events. */
  maxEventMs: number;
  /** As {@link BodyMeter} tells of them. */
  onWire: (bytes: number) => void;
  onBytes: ((bytes: number) => void) | undefined;
}

/**
 * Makes an answer of what undici has received.
 * @throws OutboundError REDIRECT_REFUSED, INVALID_RESPONSE
 */
export function openResponse(
  answer: Dispatcher.ResponseData,
  options: ResponseOptions,
): OutboundResponse {
  const headers = joinHeaders(answer.headers);
  const discard = () => drain(answer.body);
  if (answer.statusCode >= 300 && answer.statusCode < 400 && answer.statusCode !== 304) {
    discard();
    throw new OutboundError('REDIRECT_REFUSED', 'The server answers with a redirect.');
  }
  // RFC 9110 section 15 knows no others, and fetch could not tell of them.
  if (answer.statusCode < 200 || answer.statusCode > 599) {
    discard();
    throw notHttp();
  }
  const chunks = () => {
    try {
      return readBody({ body: answer.body, headers }, options);
    } catch (error) {
      discard();
      throw error;
    }
  };
  const text = async () => readText(chunks());
  return { status: answer.statusCode, headers, chunks, text, discard };
}

function readBody(
  { body, headers }: { body: Readable; headers: OutboundResponse['headers'] },
  { limit, signal, memory, maxEventMs, onWire, onBytes }: ResponseOptions,
): ReturnType<typeof limitedChunks> {
  const isPerEvent = limit.per === 'event';
  if (!isPerEvent && Number(headers['content-length'] ?? 0) > limit.maxBytes) throw tooLarge();
  const meter = new BodyMeter({ limit, onWire, onBytes });
  const decoded = decodeBody(body, { contentEncoding: headers['content-encoding'], meter });
  return limitedChunks(decoded, {
    limit,
    signal,
    isEventStream: isPerEvent || /^text\/event-stream\b/i.test(headers['content-type'] ?? ''),
    hold: new BodyHold({
      ...{ memory, signal, maxBytes: limit.maxBytes },
      // The signal of a stream without end bounds nothing.
      maxMs: isPerEvent ? maxEventMs : undefined,
    }),
  });
}

function joinHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}

async function readText(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return (
    parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
  ).toString();
}

/** The refusal of an answer that breaks the rules of HTTP. */
export function notHttp(cause?: unknown): OutboundError {
  return new OutboundError('INVALID_RESPONSE', 'The answer is not HTTP.', { cause });
}
