import { describe, expect, it } from 'vitest';
import type { TestLimits } from '../../../src/modules/connectors/test-limiter.ts';
import { settled } from '../lib/gate.ts';
import { expectRefused, LimitedTests, refusalOf } from './limited-tests.ts';

let tests: LimitedTests;
const limit = (...options: ConstructorParameters<typeof LimitedTests>) => {
  tests = new LimitedTests(...options);
};
const start: LimitedTests['start'] = (...asked) => tests.start(...asked);
const finish: LimitedTests['finish'] = (...asked) => tests.finish(...asked);

describe('at once', () => {
  const cases: [string, Partial<TestLimits>, (n: number) => [string, string]][] = [
    ['user', { atOncePerUser: 3 }, (n) => ['alice', `${n}.example`]],
    ['destination', { atOncePerDestination: 3 }, (n) => [`user ${n}`, 'a.example']],
    ['service', { atOnce: 3 }, (n) => [`user ${n}`, `${n}.example`]],
  ];

  it.each(cases)('as many tests run as the limit of %s allows', async (name, limits, scopeOf) => {
    limit(limits);
    const first = [1, 2, 3].map((n) => start(...scopeOf(n)));
    const fourth = start(...scopeOf(4));
    await settled();
    expect(tests.begun).toEqual(first.map((test) => test.name));

    tests.clock.advance(3_499);
    await settled();
    expect(fourth.isOver()).toBe(false);
    tests.clock.advance(1);
    const error = await expectRefused(fourth, name);
    expect(error.options.retryAfterSeconds).toBe(5);
    expect(tests.begun).toHaveLength(3);

    await finish(...first);
    await finish(start(...scopeOf(5)));
    expect(tests.begun).toHaveLength(4);
    expect(tests.limiter.statistics).toMatchObject({ running: 0, waiting: 0 });
  });

  it.each(cases)('a test that waits for %s runs when another one ends', async (_n, limits, of) => {
    limit(limits);
    const asked = [1, 2, 3, 4].map((n) => start(...of(n)));
    await settled();
    tests.clock.advance(3_499);
    await finish(...asked.slice(1, 2));
    expect(tests.begun).toHaveLength(4);
    // The time in line is over, and it runs on.
    tests.clock.advance(60_000);
    await finish(...asked);
    expect(await Promise.all(asked.map(({ outcome }) => outcome))).toEqual(Array(4).fill('ok'));
    expect(tests.clock.sleeping).toBe(0);
  });

  it('one user does not use up the slots of another, nor one destination those of another', async () => {
    limit({ atOncePerUser: 2, atOncePerDestination: 3 });
    const full = [start('alice'), start('alice'), start('alice')];
    const others = [start('bob'), start('alice', 'b.example', { tenant: 'other' })];
    await settled();
    expect(tests.begun).toEqual([
      'alice>a.example',
      'alice>a.example',
      'bob>a.example',
      'alice>b.example',
    ]);
    await finish(...full, ...others);
  });

  it('a test that fails gives its slot back', async () => {
    limit({ atOnce: 1 });
    const failing = start('alice');
    const next = start('bob');
    const failure = new Error('the database is gone');
    failing.end.fail(failure);
    expect(await failing.outcome).toBe(failure);
    await finish(next);
    expect(await next.outcome).toBe('ok');
  });

  it('a test that throws at once gives its slot back', async () => {
    limit({ atOnce: 1 });
    const scope = { identity: { tenantId: 't', userId: 'alice' }, destination: 'a.example' };
    const failure = new Error('broken');
    const broken = tests.limiter.run(scope, () => {
      throw failure;
    });
    await expect(broken).rejects.toBe(failure);
    expect(tests.limiter.statistics).toMatchObject({ running: 0 });
  });

  it('names the narrowest of several limits', async () => {
    limit({ atOnce: 1, atOncePerUser: 1, atOncePerDestination: 1 });
    const first = start('alice');
    const waiting = [start('alice', 'b.example'), start('bob'), start('carol', 'c.example')];
    await settled();
    tests.clock.advance(3_500);
    const limits = await Promise.all(waiting.map(async (test) => (await refusalOf(test)).options));
    expect(limits.map(({ extensions }) => extensions?.['limit'])).toEqual([
      'user',
      'destination',
      'service',
    ]);
    await finish(first);
  });
});

describe('a minute', () => {
  it.each<[string, Partial<TestLimits>, (n: number) => [string, string]]>([
    ['user', { perMinutePerUser: 3 }, (n) => ['alice', `${n}.example`]],
    ['destination', { perMinutePerDestination: 3 }, (n) => [`user ${n}`, 'a.example']],
  ])('as many tests begin as the limit of %s allows', async (name, limits, scopeOf) => {
    limit(limits);
    for (const n of [1, 2, 3]) await finish(start(...scopeOf(n)));
    const error = await expectRefused(start(...scopeOf(4)), name);
    expect(error.options.retryAfterSeconds).toBeCloseTo(20);
    tests.clock.advance(19_999);
    await expectRefused(start(...scopeOf(5)), name);
    tests.clock.advance(1);
    const sixth = start(...scopeOf(6));
    await finish(sixth);
    expect(await sixth.outcome).toBe('ok');
    await expectRefused(start(...scopeOf(7)), name);
    tests.clock.advance(60_000);
    for (const n of [8, 9, 10]) await finish(start(...scopeOf(n)));
    expect(tests.begun).toHaveLength(7);
  });

  it('counts tenants and users apart', async () => {
    limit({ perMinutePerUser: 1 });
    const asked = [
      start('b', 'a.example', { tenant: 'a' }),
      start('b', 'a.example', { tenant: 'c' }),
      start('a b', 'a.example', { tenant: '' }),
      start('', 'a.example', { tenant: 'a b' }),
    ];
    await finish(...asked);
    expect(await Promise.all(asked.map(({ outcome }) => outcome))).toEqual(Array(4).fill('ok'));
  });

  it('does not count what found no slot, nor what the other limit refused', async () => {
    limit({ perMinutePerUser: 2, perMinutePerDestination: 2, atOnce: 1 });
    const running = start('alice', '1.example');
    for (let n = 0; n < 5; n += 1) {
      const refused = start('bob', '2.example');
      await settled();
      tests.clock.advance(3_500);
      await expectRefused(refused, 'service');
    }
    await finish(running);
    for (const user of ['carol', 'dan']) await finish(start(user, '3.example'));
    for (let n = 0; n < 5; n += 1) await expectRefused(start('bob', '3.example'), 'destination');
    for (let n = 0; n < 2; n += 1) await finish(start('bob', '2.example'));
    expect(tests.begun).toEqual([
      'alice>1.example',
      'carol>3.example',
      'dan>3.example',
      'bob>2.example',
      'bob>2.example',
    ]);
  });
});
