import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import { KeyedRateBudgets } from '../../lib/keyed-rate-budgets.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { NoSlotFree, type TestLimit, TestSlots, type TestSubjectKeys } from './test-slots.ts';

/** How many connection tests may run on this replica. A minute's worth may come in one burst. */
export interface TestLimits {
  atOnce: number;
  atOncePerUser: number;
  atOncePerDestination: number;
  perMinutePerUser: number;
  perMinutePerDestination: number;
}

/** Collaborators and limits of the {@link TestLimiter}. */
export interface TestLimiterDeps {
  limits: TestLimits;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Milliseconds a test waits in line for others to end. Default 3,500: with the test itself a save stays under 30 s. */
  maxWaitMs?: number;
  /** Tests that wait at a time. Default 1,000. */
  maxWaiting?: number;
  /** Default 100. */
  maxWaitingPerUser?: number;
}

/** Whose test it is, and of what. */
export interface TestScope {
  identity: Identity;
  /** Host name or address, without a port, so that a scan of a host's ports counts as one. */
  destination: string;
}

/** How a test waits for its turn. */
export interface TestTurnOptions {
  /** Ends the wait. */
  signal?: AbortSignal | undefined;
  /** Called when the turn has come; where it throws, there is no test, and none is counted. */
  onTurn?: (() => Promise<void>) | undefined;
}

/**
 * Once half of what a destination allows in a minute is used up, each user gets one of so many parts of the whole: it takes twenty
 * users, and not a handful, to keep all others from a server that many use.
 */
const SHARES = 20;
/** A user tests a server, and saves it. */
const SMALLEST_SHARE = 2;

/** Most tests are over by then. */
const RETRY_AFTER_SECONDS = 5;

const TOO_MANY_AT_ONCE: Record<TestLimit, string> = {
  user: 'Too many of your connection tests are running. Wait until some of them have ended, then try again.',
  destination:
    'Too many connection tests of this server are running. Wait a few seconds, then try again.',
  service: 'The service is running as many connection tests as it can. Try again in a few seconds.',
};

const TOO_MANY_A_MINUTE: Record<'user' | 'destination', string> = {
  user: 'You have started too many connection tests in the last minute. Wait a moment, then try again.',
  destination:
    'This server has been tested too often in the last minute. Wait a moment, then try again.',
};

/** Bounds connection tests: they send requests to wherever a user says, so nobody may use them to attack or to scan. */
export class TestLimiter {
  readonly #slots: TestSlots;
  readonly #users: KeyedRateBudgets;
  readonly #destinations: KeyedRateBudgets;
  /** What a user takes of a destination that is in demand. */
  readonly #shares: KeyedRateBudgets;
  /** A destination that has no more left is in demand. */
  readonly #demand: number;

  constructor(deps: TestLimiterDeps) {
    const { limits, clock } = deps;
    const aMinute = (count: number) =>
      new KeyedRateBudgets({ capacity: count, perSecond: count / 60, clock });
    this.#users = aMinute(limits.perMinutePerUser);
    this.#destinations = aMinute(limits.perMinutePerDestination);
    const share = Math.ceil(limits.perMinutePerDestination / SHARES);
    this.#shares = aMinute(Math.max(share, SMALLEST_SHARE));
    this.#demand = limits.perMinutePerDestination / 2;
    this.#slots = new TestSlots({
      ...limits,
      maxWaitMs: deps.maxWaitMs ?? 3_500,
      maxWaiting: deps.maxWaiting ?? 1_000,
      maxWaitingPerUser: deps.maxWaitingPerUser ?? 100,
      clock,
    });
  }

  /** What is kept at the moment: tests under way and in line, and keys of users and destinations. */
  get statistics() {
    const { keys, ...slots } = this.#slots.statistics;
    const budgets = this.#users.size + this.#destinations.size + this.#shares.size;
    return { ...slots, keys: keys + budgets };
  }

  /**
   * Runs a test when its turn has come. A test that does not begin is not counted.
   * @throws AppError `TEST_LIMIT_REACHED` where its turn did not come; what `onTurn` and `test` throw; the reason of `signal`.
   */
  async run<Result>(
    { identity, destination }: TestScope,
    test: () => Promise<Result>,
    { signal, onTurn }: TestTurnOptions = {},
  ): Promise<Result> {
    // JSON keeps a user `b` of the tenant `a` apart from a user of the tenant `a b`.
    const keys = { user: JSON.stringify([identity.tenantId, identity.userId]), destination };
    const uncount = this.#countStart(keys);
    try {
      await this.#slots.enter(keys, signal);
    } catch (error) {
      uncount();
      throw error instanceof NoSlotFree ? atOnce(error.limit) : error;
    }
    let hasBegun = false;
    try {
      await onTurn?.();
      signal?.throwIfAborted();
      hasBegun = true;
      return await test();
    } finally {
      if (!hasBegun) uncount();
      this.#slots.leave(keys);
    }
  }

  /**
   * Counts a test for its minute.
   * @returns what takes it back. @throws AppError `TEST_LIMIT_REACHED`, and counts nothing.
   */
  #countStart({ user, destination }: TestSubjectKeys): () => void {
    const counts: [limit: 'user' | 'destination', budgets: KeyedRateBudgets, key: string][] = [
      ['user', this.#users, user],
      ['destination', this.#destinations, destination],
    ];
    if (this.#destinations.left(destination) <= this.#demand) {
      // The user may test other servers meanwhile: it is a limit of this one.
      counts.push(['destination', this.#shares, JSON.stringify([user, destination])]);
    }
    const undoing: (() => void)[] = [];
    const uncount = () => {
      for (const undo of undoing) undo();
    };
    for (const [limit, budgets, key] of counts) {
      const seconds = budgets.take(key);
      if (seconds !== undefined) {
        uncount();
        throw aMinute(limit, seconds);
      }
      undoing.push(() => budgets.giveBack(key));
    }
    return uncount;
  }
}

function atOnce(limit: TestLimit): AppError {
  return limitReached(limit, TOO_MANY_AT_ONCE[limit], RETRY_AFTER_SECONDS);
}

function aMinute(limit: 'user' | 'destination', retryAfterSeconds: number): AppError {
  return limitReached(limit, TOO_MANY_A_MINUTE[limit], retryAfterSeconds);
}

function limitReached(limit: TestLimit, detail: string, retryAfterSeconds: number): AppError {
  return new AppError('TEST_LIMIT_REACHED', {
    detail,
    extensions: { limit },
    retryAfterSeconds,
    hadNoEffect: true,
  });
}
