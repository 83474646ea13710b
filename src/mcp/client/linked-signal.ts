import { setMaxListeners } from 'node:events';
import type { Clock } from '../../lib/clock.ts';
import { McpFailure } from './mcp-failure.ts';

/** A signal that follows others until it is released. */
export interface LinkedSignal {
  signal: AbortSignal;
  /** Aborts the signal, and nothing but it. */
  abort(reason: unknown): void;
  /** Takes the listeners off and stops the timer; must be called when the work is over. */
  release(): void;
}

/** How long work may take. */
export interface TimeBound {
  milliseconds: number;
  clock: Pick<Clock, 'sleep'>;
}

/**
 * Joins signals and, where there is a bound, a timer that aborts with an {@link McpFailure} TIMEOUT. `AbortSignal.any` and
 * `AbortSignal.timeout` would do, but the one leaves a reference in every source for as long as that lives, which is a leak where the source
 * is a session and every call joins it, and the other a timer that outlives the work.
 */
export function linkSignals(
  sources: readonly (AbortSignal | null | undefined)[],
  bound?: TimeBound,
): LinkedSignal {
  const controller = new AbortController();
  const present = sources.filter((source) => source !== null && source !== undefined);
  // Every call under way listens to its session's signal; eleven of them are no leak. Without a target, the limit would be lifted for
  // every emitter of the process.
  for (const source of present) setMaxListeners(0, source);
  const undoing = present.map((source) => {
    const follow = () => controller.abort(source.reason);
    if (source.aborted) follow();
    else source.addEventListener('abort', follow, { once: true });
    return () => source.removeEventListener('abort', follow);
  });
  if (bound !== undefined) {
    const over = new AbortController();
    // The reason is seen by nobody; without one an error would be made, with a stack.
    undoing.push(() => over.abort('released'));
    bound.clock.sleep(bound.milliseconds, over.signal).then(
      () => controller.abort(new McpFailure('TIMEOUT')),
      () => {},
    );
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => {
      for (const undo of undoing) undo();
    },
  };
}
