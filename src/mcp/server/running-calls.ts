/** Who sent a request, and under which id: a request id means something only to the client that chose it. */
export interface CallKey {
  /** The caller, from the verified token. */
  owner: string;
  /** The `Mcp-Session-Id` the client got from us; without one a call can only be given up by hanging up. */
  clientId: string | undefined;
  requestId: string | number;
}

function keyOf({ owner, clientId, requestId }: CallKey): string | undefined {
  return clientId === undefined ? undefined : JSON.stringify([owner, clientId, requestId]);
}

/**
 * The calls of this process, so that a legacy client can give one up with `notifications/cancelled`, which comes in a request of
 * its own. A notification that reaches another replica is ignored, as the protocol allows.
 */
export class RunningCalls {
  readonly #calls = new Map<string, AbortController>();

  /** How many calls could be cancelled now. */
  get size(): number {
    return this.#calls.size;
  }

  /**
   * Runs a call that ends when its client hangs up or cancels it. Under an id that is in use, a second call can only be given up
   * by hanging up.
   */
  async run<Result>(
    key: CallKey,
    hungUp: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const id = keyOf(key);
    if (id === undefined || this.#calls.has(id)) return work(hungUp);
    const cancelled = new AbortController();
    this.#calls.set(id, cancelled);
    try {
      return await work(AbortSignal.any([hungUp, cancelled.signal]));
    } finally {
      this.#calls.delete(id);
    }
  }

  /** Gives up the call, if it runs here. */
  cancel(key: CallKey): void {
    const id = keyOf(key);
    if (id !== undefined) this.#calls.get(id)?.abort(new Error('the client cancelled the call'));
  }
}
