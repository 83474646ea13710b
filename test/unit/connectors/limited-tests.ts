import { expect } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import {
  TestLimiter,
  type TestLimiterDeps,
  type TestLimits,
  type TestTurnOptions,
} from '../../../src/modules/connectors/test-limiter.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Gate, settled } from '../lib/gate.ts';

const PLENTY: TestLimits = {
  atOnce: 1_000,
  atOncePerUser: 1_000,
  atOncePerDestination: 1_000,
  perMinutePerUser: 1_000_000,
  perMinutePerDestination: 1_000_000,
};

/** A connection test that was asked for. */
export interface AskedTest {
  /** `user>destination` */
  name: string;
  /** Lets the test end. */
  end: Gate;
  /** `ok`, or what was thrown. */
  outcome: Promise<unknown>;
  isRunning: () => boolean;
  /** Whether it has ended or was refused. */
  isOver: () => boolean;
}

/** A limiter with tests that run until they are told to end. */
export class LimitedTests {
  readonly clock = new FakeClock();
  readonly limiter: TestLimiter;
  /** Names of the tests that began, in order. */
  begun: string[] = [];
  /** Names of the tests under way, by what ends them. */
  readonly #running = new Map<Gate, string>();

  /** Limits that are not given do not bind. */
  constructor(limits: Partial<TestLimits>, deps: Partial<TestLimiterDeps> = {}) {
    this.limiter = new TestLimiter({
      limits: { ...PLENTY, ...limits },
      clock: this.clock,
      ...deps,
    });
  }

  /** Names of the tests under way. */
  get running(): string[] {
    return [...this.#running.values()];
  }

  /** Asks for a test. */
  start(
    user: string,
    destination = 'a.example',
    { tenant = 't', ...options }: { tenant?: string } & TestTurnOptions = {},
  ): AskedTest {
    const end = new Gate();
    const name = `${user}>${destination}`;
    let over = false;
    const work = () => {
      this.begun.push(name);
      this.#running.set(end, name);
      return end.promise.finally(() => this.#running.delete(end));
    };
    const scope = { identity: { tenantId: tenant, userId: user }, destination };
    const running = this.limiter.run(scope, work, options).then(
      () => 'ok',
      (error: unknown) => error,
    );
    const outcome = running.finally(() => {
      over = true;
    });
    return { name, end, outcome, isRunning: () => this.#running.has(end), isOver: () => over };
  }

  /** Lets tests end, and those begin that waited for them. */
  async finish(...tests: AskedTest[]): Promise<void> {
    for (const test of tests) test.end.open();
    await settled();
  }
}

/** The refusal of a test. @throws Error where it was not refused. */
export async function refusalOf(test: AskedTest): Promise<AppError> {
  const error = await test.outcome;
  if (!(error instanceof AppError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

/** Expects that a test was refused by this limit, in words that name nobody. */
export async function expectRefused(test: AskedTest, by: string): Promise<AppError> {
  const error = await refusalOf(test);
  expect(error).toMatchObject({ code: 'TEST_LIMIT_REACHED', status: 429 });
  expect(error.options).toMatchObject({ extensions: { limit: by }, hadNoEffect: true });
  expect(error.options.detail).toMatch(/^[A-Z][^.]*\.( [A-Z][^.]*\.)?$/);
  expect(error.options.detail).not.toContain('example');
  return error;
}
