import { pipeline, type Readable, Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { BodyHold } from './body-hold.ts';
import { EventSizes } from './event-sizes.ts';
import { OutboundError } from './outbound-error.ts';
import { OwnError } from './own-error.ts';

/** How much of a body is accepted. */
export interface BodyLimit {
  maxBytes: number;
  /**
   * Of what: the whole body, as it comes over the wire and decoded, or, in an event stream without end, one event, decoded.
   */
  per: 'body' | 'event';
}

/** Decoders of this many content codings in a row are refused. */
const MAX_CODINGS = 2;

/** A server may flush in the middle of its data, and may end without a trailer. */
const FLUSH = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

/** A body without its content codings. */
export interface DecodedBody {
  stream: Readable;
  /** Has to be told of the bytes of `stream`. @throws what {@link BodyMeter} throws */
  count: (bytes: number) => void;
}

/**
 * Undoes the content codings of a body. What goes into each decoder is counted as well: there are ways to make nothing at all of
 * any number of bytes. Where it throws, the body is as it was.
 * @throws OutboundError INVALID_RESPONSE for a coding that is unknown, or too many of them
 */
export function decodeBody(
  body: Readable,
  { contentEncoding, meter }: { contentEncoding: string | undefined; meter: BodyMeter },
): DecodedBody {
  const codings = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) throw undecodable();
  // All of them are known before the first is connected to the body.
  const decoders = codings.reverse().map(decoderFor);
  return decoders.reduce<DecodedBody>(
    ({ stream, count }, decoder) => {
      pipeline(stream, counting(count), decoder, ignoreOutcome);
      return { stream: decoder, count: meter.addStage() };
    },
    { stream: body, count: meter.addStage() },
  );
}

/** Passes all on until `count` throws. */
function counting(count: (bytes: number) => void): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      try {
        count(chunk.length);
      } catch (error) {
        return done(error instanceof Error ? error : undecodable(error));
      }
      return done(null, chunk);
    },
  });
}

/** What a {@link BodyMeter} needs. */
export interface BodyMeterOptions {
  limit: BodyLimit;
  /** Told of bytes as they come over the wire. */
  onWire: (bytes: number) => void;
  /** Told of bytes as the body grows, at the stage of its decoding where it is largest. What it throws ends the body. */
  onBytes: ((bytes: number) => void) | undefined;
}

/** Counts a body on the wire and behind each decoder; what counts against its limit is the most of these. */
export class BodyMeter {
  readonly #options: BodyMeterOptions;
  #stages = 0;
  #most = 0;

  constructor(options: BodyMeterOptions) {
    this.#options = options;
  }

  /**
   * Begins to count at one more stage; the first one is the wire.
   * @returns has to be told of bytes there; throws OutboundError RESPONSE_TOO_LARGE, and what `onBytes` throws
   */
  addStage(): (bytes: number) => void {
    const { limit, onBytes, onWire } = this.#options;
    const isWire = this.#stages === 0;
    this.#stages += 1;
    let sum = 0;
    return (bytes) => {
      sum += bytes;
      if (isWire) onWire(bytes);
      const more = sum - this.#most;
      if (more <= 0) return;
      this.#most = sum;
      if (limit.per === 'body' && sum > limit.maxBytes) throw tooLarge();
      onBytes?.(more);
    };
  }
}

/** The reader of the last stream sees the error; pipeline only has to be told that somebody does. */
function ignoreOutcome(): void {}

function decoderFor(coding: string) {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(FLUSH);
    case 'deflate':
      return createInflate(FLUSH);
    case 'br':
      return createBrotliDecompress({
        flush: constants.BROTLI_OPERATION_FLUSH,
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
      });
    default:
      throw undecodable();
  }
}

function undecodable(cause?: unknown): OutboundError {
  return new OutboundError(
    'INVALID_RESPONSE',
    'The content encoding of the answer cannot be read.',
    {
      cause,
    },
  );
}

/** What {@link limitedChunks} needs. */
export interface ChunkOptions {
  limit: BodyLimit;
  signal: AbortSignal;
  /** Does the reader keep the event under way only, and not all of it? */
  isEventStream: boolean;
  hold: BodyHold;
}

/**
 * The chunks of a decoded body, at most as much as `limit` allows. When the reader stops early, the rest is drained.
 * @throws OutboundError RESPONSE_TOO_LARGE, INVALID_RESPONSE or CONNECTION_LOST; the signal's reason after an abort; what the
 * meter of the body throws
 */
export async function* limitedChunks(
  { stream, count }: DecodedBody,
  { limit, signal, isEventStream, hold }: ChunkOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const events = new EventSizes();
  let total = 0;
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw undecodable();
      count(chunk.length);
      total += chunk.length;
      const event = isEventStream ? events.add(chunk) : total;
      if (limit.per === 'event' && event > limit.maxBytes) throw tooLarge();
      await hold.cover(isEventStream ? events.pending : total, () => stream.destroy(tooLarge()));
      yield chunk;
    }
  } catch (error) {
    stream.on('error', ignoreOutcome).destroy();
    throw bodyError(error, signal);
  } finally {
    hold.release();
    drain(stream);
  }
}

/** Bytes and milliseconds spent on the rest of an answer nobody wants, before its connection is closed. */
const DRAIN_BYTES = 64 * 1024;
const DRAIN_MS = 1_000;

/** Reads what is left of a body if that is little, so that its connection can be used again; else closes the connection. */
export function drain(body: Readable): void {
  if (body.destroyed || body.readableEnded) return;
  let left = DRAIN_BYTES;
  const timer = setTimeout(() => body.destroy(), DRAIN_MS);
  body
    // An error may still come; without a listener it would end the process.
    .on('error', ignoreOutcome)
    .on('close', () => clearTimeout(timer))
    .on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) body.destroy();
    });
}

/** The refusal of a body over its limit. */
export function tooLarge(cause?: unknown): OutboundError {
  return new OutboundError('RESPONSE_TOO_LARGE', 'The answer is too large.', { cause });
}

function bodyError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof OwnError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // Of trailers, which come after the body.
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return tooLarge(error);
  if (typeof code === 'string' && /^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT|ERR_PADDING)/.test(code)) {
    return undecodable(error);
  }
  return new OutboundError(
    'CONNECTION_LOST',
    'The connection ended before the answer was complete.',
    {
      cause: error,
    },
  );
}
