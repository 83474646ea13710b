import type { Clock } from '../lib/clock.ts';

/** How long a place is left alone that let its time for an answer pass. */
const SILENCE_MS = 20_000;

/** Remembers which places let the time for their answers pass, so that not everybody waits for them. */
export class SilentPlaces {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #until = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Is it to be left alone? Where that is over, one may ask, and the others wait for what comes of it. */
  isLeftAlone(name: string): boolean {
    const until = this.#until.get(name);
    if (until === undefined) return false;
    if (this.#clock.monotonic() < until) return true;
    this.add(name);
    return false;
  }

  add(name: string): void {
    this.#until.set(name, this.#clock.monotonic() + SILENCE_MS);
  }

  /** It answered, or refused at once. */
  delete(name: string): void {
    this.#until.delete(name);
  }
}
