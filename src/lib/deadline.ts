import type { Clock } from './clock.ts';

/** A time limit on something under way. */
export interface Deadline {
  /** Aborts with a `TimeoutError` when the time is over. */
  readonly signal: AbortSignal;
  /** Ends the limit; to be called when the work has ended, or the clock is kept waiting. */
  release(): void;
}

/** Nobody sees it. Without a reason, `abort` makes an error with a stack, which costs more than all the rest here. */
const RELEASED = 'released';

/** Starts a limit of `ms` milliseconds. Unlike `AbortSignal.timeout` it runs on the clock that it is given. */
export function startDeadline(clock: Pick<Clock, 'sleep'>, ms: number): Deadline {
  const limit = new AbortController();
  const released = new AbortController();
  clock.sleep(ms, released.signal).then(
    () => limit.abort(new DOMException('The time limit is over.', 'TimeoutError')),
    () => undefined,
  );
  return { signal: limit.signal, release: () => released.abort(RELEASED) };
}
