import type { Clock } from '../lib/clock.ts';

/** When {@link SustainedPressure} counts as lasting. */
export interface SustainedPressureOptions {
  clock: Pick<Clock, 'monotonic'>;
  /** Milliseconds the pressure has to last. */
  lastsMs: number;
  /** Milliseconds without pressure after which it counts as over. */
  overAfterMs: number;
}

/**
 * Tells lasting pressure from a moment of it. One long pause of the event loop (a start, a large body, a machine that
 * was asleep) spoils the measurement after it, although the process has long caught up.
 */
export class SustainedPressure {
  readonly #options: SustainedPressureOptions;
  #since = Number.NEGATIVE_INFINITY;
  #lastSeen = Number.NEGATIVE_INFINITY;

  constructor(options: SustainedPressureOptions) {
    this.#options = options;
  }

  /** To be called whenever there is pressure. Returns whether it has lasted. */
  lasts(): boolean {
    const now = this.#options.clock.monotonic();
    if (now - this.#lastSeen > this.#options.overAfterMs) this.#since = now;
    this.#lastSeen = now;
    return now - this.#since >= this.#options.lastsMs;
  }
}
