import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { LoadOrder, LoadReply, LoadResult } from './load.ts';

/** A process that does operations and says how long they took. */
export class LoadGenerator {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(path.join(import.meta.dirname, 'load-process.ts'), {
      // The SDK's client listens to one signal for all its requests, and Node warns of that a thousand times.
      execArgv: ['--import', 'tsx', '--disable-warning=MaxListenersExceededWarning'],
    });
  }

  /** One order at a time. @throws Error where an operation fails, or the process ends */
  async run(order: LoadOrder): Promise<LoadResult> {
    const ended = new AbortController();
    const reply = once(this.#child, 'message', { signal: ended.signal });
    const onExit = () => ended.abort(new Error('the load generator ended'));
    this.#child.once('exit', onExit).send(order);
    try {
      const [answer] = (await reply) as [LoadReply];
      if ('error' in answer) throw new Error(answer.error);
      return answer.result;
    } finally {
      this.#child.off('exit', onExit);
    }
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
