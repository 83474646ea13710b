import type { MemoryBudget } from './memory-budget.ts';

/** As much of a body as this needs no reservation: ordinary answers never wait for large ones. */
export const UNRESERVED_BYTES = 512 * 1024;

/** What a {@link BodyHold} needs. */
export interface BodyHoldOptions {
  memory: MemoryBudget;
  /** The most that the reader may come to keep. */
  maxBytes: number;
  signal: AbortSignal;
  /** Milliseconds a reservation may last where the signal does not bound it. */
  maxMs: number | undefined;
}

/**
 * The memory of one body that is being read. Beyond {@link UNRESERVED_BYTES} the reader waits until there is room for all that it may become,
 * and reads nothing meanwhile, so that the server has to wait as well. All of it at once, as two who hold some and wait for more
 * would never end.
 */
export class BodyHold {
  readonly #options: BodyHoldOptions;
  #giveBack: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BodyHoldOptions) {
    this.#options = options;
  }

  /**
   * Makes sure that there is memory for as many bytes as the reader keeps now.
   * @param onOverdue called where they are kept for too long
   * @throws the signal's reason when it fires first
   */
  async cover(bytes: number, onOverdue: () => void): Promise<void> {
    if (bytes <= UNRESERVED_BYTES) return this.release();
    if (this.#giveBack !== undefined) return;
    const { memory, maxBytes, maxMs, signal } = this.#options;
    this.#giveBack = await memory.take(maxBytes, signal);
    if (maxMs !== undefined) this.#timer = setTimeout(onOverdue, maxMs);
  }

  /** Gives the memory back. */
  release(): void {
    clearTimeout(this.#timer);
    this.#giveBack?.();
    this.#giveBack = undefined;
  }
}
