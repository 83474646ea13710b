import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TestLimits } from '../../../src/modules/connectors/test-limiter.ts';
import { settled } from '../lib/gate.ts';
import { type AskedTest, expectRefused, LimitedTests } from './limited-tests.ts';

let tests: LimitedTests;
const limit = (...options: ConstructorParameters<typeof LimitedTests>) => {
  tests = new LimitedTests(...options);
};
const start: LimitedTests['start'] = (...asked) => tests.start(...asked);
const finish: LimitedTests['finish'] = (...asked) => tests.finish(...asked);

it('keeps nothing of ten thousand tests', async () => {
  limit({ atOnce: 3, atOncePerUser: 2, perMinutePerUser: 60, perMinutePerDestination: 60 });
  for (let n = 0; n < 1_000; n += 1) {
    const asked = Array.from({ length: 10 }, (_, i) => start(`user ${n} ${i}`, `${n}-${i}.x`));
    await finish(...asked);
    // Those in line.
    await finish();
    await Promise.all(asked.map(({ outcome }) => outcome));
    tests.clock.advance(100);
  }
  expect(tests.begun).toHaveLength(10_000);
  expect(tests.clock.sleeping).toBe(0);
  tests.clock.advance(1_000);
  await finish(start('last'));
  // What the last test used of its minute.
  expect(tests.limiter.statistics).toEqual({ running: 0, waiting: 0, keys: 2 });
});

it('takes no more listeners of a signal than it gives back', async () => {
  limit({ atOnce: 1 });
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners += 1;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners -= 1;
    removeEventListener.apply(signal, args);
  };
  const running = start('alice', 'a.example', { signal });
  const admitted = start('alice', 'a.example', { signal });
  const refused = start('bob', 'a.example', { signal });
  await settled();
  expect(listeners).toBe(2);
  await finish(running);
  tests.clock.advance(3_500);
  await expectRefused(refused, 'service');
  await finish(admitted);
  expect(listeners).toBe(0);
});

/** What happens to a limiter, in any order. */
const event = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('start'), user: fc.nat(4), destination: fc.nat(3) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('end', 'fail'), test: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave'), test: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.nat(3_000) }) },
);
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

const MAX_WAITING = 8;

/** Counts from outside what runs. */
class Model {
  readonly #limits: TestLimits;
  readonly #tests: LimitedTests;
  readonly #asked: (AskedTest & { leaving: AbortController })[] = [];

  constructor(limits: TestLimits) {
    this.#limits = limits;
    this.#tests = new LimitedTests(limits, { maxWaiting: MAX_WAITING, maxWaitingPerUser: 4 });
  }

  apply(one: Event): void {
    if ('user' in one) {
      const leaving = new AbortController();
      const { signal } = leaving;
      const test = this.#tests.start(`user ${one.user}`, `${one.destination}.example`, { signal });
      this.#asked.push({ ...test, leaving });
    } else if ('ms' in one) {
      this.#tests.clock.advance(one.ms);
    } else {
      this.#settle(one.kind, this.#asked[one.test]);
    }
  }

  #settle(kind: string, test: (AskedTest & { leaving: AbortController }) | undefined): void {
    if (kind === 'end') test?.end.open();
    else if (kind === 'fail') test?.end.fail(new Error('failed'));
    else test?.leaving.abort();
  }

  check(): void {
    const { running, waiting } = this.#tests.limiter.statistics;
    const names = this.#tests.running;
    expect(running).toBe(names.length);
    for (const name of names) expect(this.#freeSlots(name, names)).toBeGreaterThanOrEqual(0);
    const inLine = this.#asked.filter((test) => !test.isRunning() && !test.isOver());
    expect(waiting).toBe(inLine.length);
    expect(waiting).toBeLessThanOrEqual(MAX_WAITING);
    // Nobody waits who could run.
    for (const { name } of inLine) expect(this.#freeSlots(name, names)).toBe(0);
    expect(this.#tests.clock.sleeping).toBe(waiting);
  }

  /** How many more tests of this name may run; negative where there are too many. */
  #freeSlots(name: string, running: readonly string[]): number {
    const [user, destination] = name.split('>');
    const { atOnce, atOncePerUser, atOncePerDestination } = this.#limits;
    const ofUser = running.filter((other) => other.split('>')[0] === user).length;
    const ofDestination = running.filter((other) => other.split('>')[1] === destination).length;
    return Math.min(
      atOnce - running.length,
      atOncePerUser - ofUser,
      atOncePerDestination - ofDestination,
    );
  }

  /** Ends everything. */
  async finish(): Promise<void> {
    await this.#tests.finish(...this.#asked);
    this.#tests.clock.advance(3_500);
    await Promise.all(this.#asked.map(({ outcome }) => outcome));
    expect(this.#tests.limiter.statistics).toMatchObject({ running: 0, waiting: 0 });
    expect(this.#tests.clock.sleeping).toBe(0);
  }
}

it('never runs more than it may, and answers everybody', async () => {
  const upTo = (max: number) => fc.integer({ min: 1, max });
  const limits = fc.record({
    atOnce: upTo(6),
    atOncePerUser: upTo(4),
    atOncePerDestination: upTo(4),
    perMinutePerUser: upTo(30),
    perMinutePerDestination: upTo(30),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), limits, async (events, some) => {
      const model = new Model(some);
      for (const one of events) {
        model.apply(one);
        await settled();
        model.check();
      }
      await model.finish();
    }),
    { numRuns: 500 },
  );
});
