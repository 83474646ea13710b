import { PassThrough, type Readable } from 'node:stream';

/** An answer that begins before the call ends: an event stream of messages, the last of which is the answer. */
export interface CallStream {
  /** The body of the HTTP answer. */
  body: Readable;
  /** Sends a message. Left out where the client reads slower than they come. */
  tell(message: string): void;
  /** Sends the answer, which is never left out, and ends the stream. */
  end(message: string): void;
}

function frame(message: string): string {
  return `event: message\ndata: ${message}\n\n`;
}

/** Bytes that wait on each side of the stream before messages are left out. */
const WAITING_BYTES = 16 * 1024;

/**
 * Opens an event stream.
 * @param keepAliveMs how often a comment is sent, so that nothing on the way takes a quiet call for a dead one.
 */
export function openCallStream(keepAliveMs: number): CallStream {
  // What waits for a client who does not read; Node's own default has grown between its versions.
  const body = new PassThrough({ highWaterMark: WAITING_BYTES });
  const keepAlive = setInterval(() => {
    if (!body.writableNeedDrain) body.write(': still running\n\n');
  }, keepAliveMs).unref();
  body.once('close', () => clearInterval(keepAlive));
  // A client that left: the call is given up by its signal.
  body.on('error', () => {});
  return {
    body,
    tell: (message) => {
      if (!body.destroyed && !body.writableNeedDrain) body.write(frame(message));
    },
    end: (message) => {
      clearInterval(keepAlive);
      if (!body.destroyed) body.end(frame(message));
    },
  };
}
