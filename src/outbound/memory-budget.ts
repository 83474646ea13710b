import { unlessAborted } from './time-limit.ts';

interface Waiting {
  bytes: number;
  grant: () => void;
}

/**
 * Memory that many share. Who asks for more than is left waits, in the order of asking, so that a crowd of small requests cannot keep
 * a large one waiting for ever. Nobody may ask again while he holds some: two who wait for each other would never end.
 */
export class MemoryBudget {
  readonly #capacity: number;
  #left: number;
  readonly #waiting = new Set<Waiting>();

  constructor(bytes: number) {
    this.#capacity = bytes;
    this.#left = bytes;
  }

  /** Bytes that nobody holds. */
  get left(): number {
    return this.#left;
  }

  /**
   * Takes memory as soon as there is enough. More than the whole is as much as the whole.
   * @returns gives it back, however often it is called
   * @throws the signal's reason when it fires first; then nothing is taken
   */
  async take(bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const taken = Math.min(bytes, this.#capacity);
    await this.#turn(taken, signal);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#left += taken;
      this.#grant();
    };
  }

  async #turn(bytes: number, signal: AbortSignal): Promise<void> {
    let granted = false;
    let waiting: Waiting | undefined;
    const turn = new Promise<void>((resolve) => {
      waiting = {
        bytes,
        grant: () => {
          granted = true;
          resolve();
        },
      };
      this.#waiting.add(waiting);
    });
    this.#grant();
    try {
      await unlessAborted(turn, signal);
    } catch (error) {
      if (waiting !== undefined) this.#waiting.delete(waiting);
      // The signal fired after it was granted.
      if (granted) this.#left += bytes;
      this.#grant();
      throw error;
    }
  }

  #grant(): void {
    for (const waiting of this.#waiting) {
      if (waiting.bytes > this.#left) return;
      this.#waiting.delete(waiting);
      this.#left -= waiting.bytes;
      waiting.grant();
    }
  }
}
