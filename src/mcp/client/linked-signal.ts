import { setMaxListeners } from 'node:events';

/** A signal that follows others until it is released. */
export interface LinkedSignal {
  signal: AbortSignal;
  /** Takes the listeners off; must be called when the work is over. */
  release(): void;
}

/**
 * Joins signals. `AbortSignal.any` would do, but it leaves a reference in every source for as long as that lives: a leak where the
 * source is a session and every call joins it.
 */
export function linkSignals(sources: readonly (AbortSignal | null | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const present = sources.filter((source) => source !== null && source !== undefined);
  // Every call under way listens to its session's signal; eleven of them are no leak.
  setMaxListeners(0, ...present);
  const listeners = present.map((source) => {
    const follow = () => controller.abort(source.reason);
    if (source.aborted) follow();
    else source.addEventListener('abort', follow, { once: true });
    return () => source.removeEventListener('abort', follow);
  });
  return {
    signal: controller.signal,
    release: () => {
      for (const remove of listeners) remove();
    },
  };
}
