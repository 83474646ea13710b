import type { Socket } from 'node:net';
import { tooLarge } from './response-body.ts';

/** Bytes around bodies that each request allows for: the headers of its answer, interim answers, a body nobody reads. */
const PER_REQUEST = 1024 * 1024;
/** And for each byte of a body: chunks and TLS records of a single byte have some forty around it. */
const PER_BODY_BYTE = 64;
/** What is not used does not add up to more than this. */
const CAPACITY = 16 * 1024 * 1024;

/**
 * Bounds what comes over the connections of one way out and never becomes a part of a body, such as the extension of a chunk, which may be
 * endless and which the parser takes in without a word. A connection over which it comes is closed.
 */
export class FramingBudget {
  #left = 0;

  /** Has to be told of each request before it is sent. */
  addRequest(): void {
    this.#add(PER_REQUEST);
  }

  /** Has to be told of the bytes of bodies, as they came over the wire. */
  addBody(bytes: number): void {
    this.#add(bytes * (1 + PER_BODY_BYTE));
  }

  /** Counts all that comes over a connection from now on. */
  watch(socket: Socket): Socket {
    let seen = socket.bytesRead;
    const count = () => {
      this.#left -= socket.bytesRead - seen;
      seen = socket.bytesRead;
      if (this.#left < 0) socket.destroy(tooLarge());
    };
    // Only the first listener is told of what has come before it was added, and that has to be the one who reads.
    const follow = (event: string | symbol) => {
      if (event !== 'readable') return;
      socket.off('newListener', follow);
      queueMicrotask(() => socket.on('readable', count));
    };
    return socket.on('newListener', follow);
  }

  #add(bytes: number): void {
    this.#left = Math.min(this.#left + bytes, CAPACITY);
  }
}
