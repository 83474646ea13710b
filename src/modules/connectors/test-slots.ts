import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';

/** Whose test it is, and of what. */
export interface TestSubjectKeys {
  user: string;
  destination: string;
}

/** What a test can run into: the limit of its user, of its destination, or of the service as a whole. */
export type TestLimit = 'user' | 'destination' | 'service';

/** How many tests may run, and wait, at a time. */
export interface TestSlotsOptions {
  atOnce: number;
  atOncePerUser: number;
  atOncePerDestination: number;
  /** Milliseconds a test waits for its slot. */
  maxWaitMs: number;
  /** Tests that wait at a time. */
  maxWaiting: number;
  maxWaitingPerUser: number;
  clock: Pick<Clock, 'sleep'>;
}

/** No slot became free in time, or too many tests wait for one already. */
export class NoSlotFree extends Error {
  override readonly name = 'NoSlotFree';
  readonly limit: TestLimit;

  constructor(limit: TestLimit) {
    super('no slot is free');
    this.limit = limit;
  }
}

interface Waiter {
  keys: TestSubjectKeys;
  admit: () => void;
}

/**
 * Slots for tests under way. Whoever finds none waits. A slot that becomes free goes to the user with the fewest tests under way,
 * and among those to the one who was served longest ago, so that a crowd of one user's tests delays that user only; of
 * one user's tests to the one that waits longest and can use it.
 */
export class TestSlots {
  readonly #options: TestSlotsOptions;
  readonly #byUser = new Tally();
  readonly #byDestination = new Tally();
  /** Served longest ago first; no user without a waiter. Nobody in it could run: a slot that is free is given away at once. */
  readonly #line = new Map<string, Waiter[]>();
  #running = 0;
  #waiting = 0;

  constructor(options: TestSlotsOptions) {
    this.#options = options;
  }

  /** What is kept at the moment; all of it is zero while nobody tests. */
  get statistics() {
    return {
      running: this.#running,
      waiting: this.#waiting,
      keys: this.#byUser.size + this.#byDestination.size + this.#line.size,
    };
  }

  /**
   * Takes a slot; {@link leave} has to follow.
   * @throws NoSlotFree, or the reason of `signal` when the caller gives up.
   */
  async enter(keys: TestSubjectKeys, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const limit = this.#reachedLimit(keys);
    if (limit === undefined) return this.#occupy(keys);
    const { maxWaiting, maxWaitingPerUser } = this.#options;
    const ofUser = this.#line.get(keys.user)?.length ?? 0;
    if (this.#waiting >= maxWaiting || ofUser >= maxWaitingPerUser) throw new NoSlotFree(limit);
    await this.#wait(keys, signal);
  }

  /** Gives a slot back, to whoever is next. */
  leave({ user, destination }: TestSubjectKeys): void {
    this.#running -= 1;
    this.#byUser.add(user, -1);
    this.#byDestination.add(destination, -1);
    for (let next = this.#findNext(); next !== undefined; next = this.#findNext()) {
      this.#remove(next);
      this.#rotate(next.keys.user);
      this.#occupy(next.keys);
      next.admit();
    }
  }

  /** The narrowest limit first: it is what the user can do most about. */
  #reachedLimit({ user, destination }: TestSubjectKeys): TestLimit | undefined {
    const { atOnce, atOncePerUser, atOncePerDestination } = this.#options;
    if (this.#byUser.of(user) >= atOncePerUser) return 'user';
    if (this.#byDestination.of(destination) >= atOncePerDestination) return 'destination';
    return this.#running >= atOnce ? 'service' : undefined;
  }

  #occupy({ user, destination }: TestSubjectKeys): void {
    this.#running += 1;
    this.#byUser.add(user, 1);
    this.#byDestination.add(destination, 1);
  }

  #wait(keys: TestSubjectKeys, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = startDeadline(this.#options.clock, this.#options.maxWaitMs);
      const end = () => {
        deadline.release();
        signal?.removeEventListener('abort', giveUp);
      };
      const waiter: Waiter = {
        keys,
        admit: () => {
          end();
          resolve();
        },
      };
      const giveUp = () => {
        end();
        this.#remove(waiter);
        const reached = this.#reachedLimit(keys) ?? 'service';
        reject(signal?.aborted === true ? signal.reason : new NoSlotFree(reached));
      };
      deadline.signal.addEventListener('abort', giveUp, { once: true });
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#line.set(keys.user, [...(this.#line.get(keys.user) ?? []), waiter]);
      this.#waiting += 1;
    });
  }

  #findNext(): Waiter | undefined {
    if (this.#running >= this.#options.atOnce) return undefined;
    let found: { waiter: Waiter; running: number } | undefined;
    for (const [user, waiters] of this.#line) {
      const running = this.#byUser.of(user);
      if (found !== undefined && found.running <= running) continue;
      const waiter = waiters.find(({ keys }) => this.#reachedLimit(keys) === undefined);
      if (waiter !== undefined) found = { waiter, running };
    }
    return found?.waiter;
  }

  #remove(waiter: Waiter): void {
    const { user } = waiter.keys;
    const left = (this.#line.get(user) ?? []).filter((other) => other !== waiter);
    // Setting a key that is there keeps its turn.
    if (left.length > 0) this.#line.set(user, left);
    else this.#line.delete(user);
    this.#waiting -= 1;
  }

  /** The user has just been served: everybody else comes first. */
  #rotate(user: string): void {
    const waiters = this.#line.get(user);
    if (waiters === undefined) return;
    this.#line.delete(user);
    this.#line.set(user, waiters);
  }
}

/** Counts by key, and forgets keys that are at zero. */
class Tally {
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#counts.size;
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string, amount: 1 | -1): void {
    const count = this.of(key) + amount;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
