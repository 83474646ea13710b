import { type Clock, systemClock } from '../../src/lib/clock.ts';

/** The clock of the system, with a time of day that a test moves. */
export class OffsetClock implements Clock {
  /** Milliseconds that {@link now} is ahead. */
  offsetMs = 0;

  now(): Date {
    return new Date(systemClock.now().getTime() + this.offsetMs);
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}
