import { ImpatientClock } from './impatient-clock.ts';

/** An {@link ImpatientClock} on which nothing takes time, so that rates do not depend on how fast a test runs. */
export class StandingClock extends ImpatientClock {
  #elapsed = 0;

  override monotonic(): number {
    return this.#elapsed;
  }

  /** Moves the time on, for what is measured. */
  advance(ms: number): void {
    this.#elapsed += ms;
  }
}
