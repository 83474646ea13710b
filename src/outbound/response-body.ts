import { pipeline, type Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OutboundError } from './outbound-error.ts';

/** How much of a body is accepted, counted after decoding: what counts is the memory it takes here. */
export interface BodyLimit {
  /** Decoded bytes. */
  maxBytes: number;
  /** Of what: the whole body or, in an event stream without end, one event. */
  per: 'body' | 'event';
}

/** Decoders of this many content codings in a row are refused. */
const MAX_CODINGS = 2;

/** A server may flush in the middle of its data, and may end without a trailer. */
const FLUSH = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

/**
 * Undoes the content codings of a body. Where it throws, the body is as it was.
 * @throws OutboundError INVALID_RESPONSE for a coding that is unknown, or too many of them
 */
export function decodeBody(body: Readable, contentEncoding: string | undefined): Readable {
  const codings = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) throw undecodable();
  // All of them are known before the first is connected to the body.
  const decoders = codings.reverse().map(decoderFor);
  return decoders.reduce<Readable>((encoded, decoder) => {
    pipeline(encoded, decoder, ignoreOutcome);
    return decoder;
  }, body);
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

/**
 * The chunks of a decoded body, at most as much as `limit` allows. When the reader stops early, the rest is drained.
 * @throws OutboundError RESPONSE_TOO_LARGE, INVALID_RESPONSE or CONNECTION_LOST; the signal's reason after an abort
 */
export async function* limitedChunks(
  body: Readable,
  { limit, signal }: { limit: BodyLimit; signal: AbortSignal },
): AsyncGenerator<Buffer, void, undefined> {
  const count = limit.per === 'event' ? new EventSizes() : new TotalSize();
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw undecodable();
      if (count.add(chunk) > limit.maxBytes) throw tooLarge();
      yield chunk;
    }
  } catch (error) {
    body.on('error', ignoreOutcome).destroy();
    throw bodyError(error, signal);
  } finally {
    drain(body);
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
  if (error instanceof OutboundError) return error;
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

class TotalSize {
  #bytes = 0;

  add(chunk: Buffer): number {
    this.#bytes += chunk.length;
    return this.#bytes;
  }
}

/** Size of the event under way. Events end at a blank line: LF LF, or LF CR LF. */
class EventSizes {
  #bytes = 0;
  #tail = '';

  /** @returns the size of the largest event that `chunk` belongs to, as far as it is known */
  add(chunk: Buffer): number {
    if (/\n\r?\n/.test(this.#tail + chunk.toString('latin1', 0, 2))) this.#bytes = 0;
    this.#tail = (this.#tail + chunk.toString('latin1', Math.max(0, chunk.length - 2))).slice(-2);
    const last = Math.max(chunk.lastIndexOf('\n\n'), chunk.lastIndexOf('\n\r\n'));
    if (last === -1) {
      this.#bytes += chunk.length;
      return this.#bytes;
    }
    const first = firstIndex(chunk.indexOf('\n\n'), chunk.indexOf('\n\r\n'));
    const finished = this.#bytes + first;
    this.#bytes = chunk.length - last;
    return Math.max(finished, this.#bytes);
  }
}

function firstIndex(one: number, other: number): number {
  if (one === -1) return other;
  return other === -1 ? one : Math.min(one, other);
}
