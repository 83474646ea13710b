import { createHook } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process holds on to. */
export interface Resources {
  /** Handles and requests that keep the process alive, by kind: sockets, servers, name queries. Without timers. */
  active: Record<string, number>;
  /** Where the timers were set that have not ended, those that keep nothing alive among them. */
  timers: string[];
  /** Listeners of the signal and of the process, by event. */
  listeners: Record<string, number>;
}

/** The test runner sets timers of its own whenever it likes. */
const OF_TEST_RUNNER = /node_modules\/(vitest|@vitest)\//;

/** Counts what a process holds on to; timers from its construction on. */
export class ResourceWatch {
  /** Where each was set; the text of a stack is only made for those that are left. */
  readonly #timers = new Map<number, Error>();
  readonly #hook = createHook({
    init: (id, type) => {
      if (type === 'Timeout') this.#timers.set(id, new Error('A timer was set.'));
    },
    destroy: (id) => void this.#timers.delete(id),
  });
  readonly #signal: AbortSignal;

  /** `signal` is one that outlives the work. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#hook.enable();
  }

  /** What is held now. */
  count(): Resources {
    const active: Record<string, number> = {};
    for (const kind of process.getActiveResourcesInfo()) {
      if (kind !== 'Timeout') active[kind] = (active[kind] ?? 0) + 1;
    }
    const listeners = process
      .eventNames()
      .map((event) => [`process ${String(event)}`, process.listenerCount(event)] as const);
    return {
      active,
      timers: [...this.#timers.values()]
        .map(({ stack = '' }) => stack)
        .filter((stack) => !OF_TEST_RUNNER.test(stack)),
      listeners: {
        ...Object.fromEntries(listeners),
        signal: getEventListeners(this.#signal, 'abort').length,
      },
    };
  }

  close(): void {
    this.#hook.disable();
  }
}

/** Bytes of the heap that are still in use after everything else was collected. */
export async function usedHeap(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no garbage collector');
  // What waits for a finalizer goes with the next collection.
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return process.memoryUsage().heapUsed;
}
