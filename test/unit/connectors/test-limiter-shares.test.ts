import { describe, expect, it } from 'vitest';
import { settled } from '../lib/gate.ts';
import { type AskedTest, expectRefused, LimitedTests } from './limited-tests.ts';

let tests: LimitedTests;
const limit = (...options: ConstructorParameters<typeof LimitedTests>) => {
  tests = new LimitedTests(...options);
};
const start: LimitedTests['start'] = (...asked) => tests.start(...asked);

/** How many of so many tests run. */
async function granted(count: number, ...asked: Parameters<typeof start>): Promise<number> {
  const all = Array.from({ length: count }, () => start(...asked));
  await tests.finish(...all);
  const outcomes = await Promise.all(all.map(({ outcome }) => outcome));
  return outcomes.filter((outcome) => outcome === 'ok').length;
}

describe('a destination that is in demand', () => {
  /** The limits the service has by default. */
  const usual = { perMinutePerUser: 120, perMinutePerDestination: 600 };

  it('has room for everybody else, whatever a handful of users do', async () => {
    limit(usual);
    for (let minute = 0; minute < 5; minute += 1) {
      for (let second = 0; second < 60; second += 1) {
        for (const user of ['1', '2', '3', '4', '5']) await granted(5, `attacker ${user}`);
        tests.clock.advance(1_000);
      }
      expect(await granted(30, `user ${minute}`)).toBe(30);
    }
  });

  it('gives a user a twentieth of its minute, at once and again with time', async () => {
    limit({ perMinutePerDestination: 600 });
    // The first half is there for anybody.
    expect(await granted(300, 'alice')).toBe(300);
    expect(await granted(40, 'alice')).toBe(30);
    expect(await granted(40, 'bob')).toBe(30);
    expect(await granted(40, 'bob', 'b.example')).toBe(40);
    expect(await granted(40, 'bob', 'a.example', { tenant: 'other' })).toBe(30);
    const error = await expectRefused(start('bob'), 'destination');
    expect(error.options.retryAfterSeconds).toBeCloseTo(2);
    tests.clock.advance(2_000);
    expect(await granted(2, 'bob')).toBe(1);
    // Half of it has come back, and is there for anybody again.
    tests.clock.advance(20_000);
    expect(await granted(100, 'bob')).toBeGreaterThan(60);
  });

  it('lets a user test and save where few tests are allowed', async () => {
    limit({ perMinutePerDestination: 6 });
    expect(await granted(6, 'alice')).toBe(5);
    tests.clock.advance(10_000);
    expect(await granted(3, 'bob')).toBe(2);
  });

  it('does not charge for what it refuses', async () => {
    limit({ perMinutePerUser: 10, perMinutePerDestination: 8 });
    expect(await granted(10, 'alice')).toBe(6);
    // The other four, and two for others of the destination.
    expect(await granted(10, 'alice', 'b.example')).toBe(4);
    expect(await granted(10, 'bob')).toBe(2);
  });

  it('is forgotten with the users who asked for it', async () => {
    limit({ perMinutePerDestination: 600 });
    await granted(301, 'alice');
    for (let n = 0; n < 200; n += 1) await granted(1, `user ${n}`);
    expect(tests.limiter.statistics.keys).toBeGreaterThan(200);
    tests.clock.advance(60_000);
    await granted(301, 'alice', 'b.example');
    await granted(2, 'alice', 'b.example');
    expect(tests.limiter.statistics.keys).toBeLessThan(10);
  });
});

describe('a test that does not begin', () => {
  const failure = new Error('as many connectors as allowed');
  const onTurn = () => Promise.reject(failure);

  it('is not counted where what precedes it fails', async () => {
    limit({ perMinutePerUser: 2, perMinutePerDestination: 2, atOnce: 1 });
    const running = start('alice');
    const failing = [start('bob', 'b.example', { onTurn }), start('bob', 'b.example', { onTurn })];
    await settled();
    await tests.finish(running);
    for (const one of failing) expect(await one.outcome).toBe(failure);
    expect(tests.begun).toEqual(['alice>a.example']);
    expect(await granted(1, 'bob', 'b.example')).toBe(1);
    expect(await granted(1, 'bob', 'b.example')).toBe(1);
    await expectRefused(start('bob', 'c.example'), 'user');
    await expectRefused(start('carol', 'b.example'), 'destination');
    expect(tests.limiter.statistics).toMatchObject({ running: 0, waiting: 0 });
  });

  it('is not counted in the share of its user either', async () => {
    limit({ perMinutePerDestination: 40 });
    expect(await granted(21, 'alice')).toBe(21);
    for (let n = 0; n < 5; n += 1) {
      expect(await start('bob', 'a.example', { onTurn }).outcome).toBe(failure);
    }
    expect(await granted(5, 'bob')).toBe(2);
  });

  it('is not counted where its client leaves before', async () => {
    limit({ perMinutePerUser: 1 });
    const leaving = new AbortController();
    const { signal } = leaving;
    const left: AskedTest = start('alice', 'a.example', {
      signal,
      onTurn: async () => leaving.abort('left'),
    });
    expect(await left.outcome).toBe('left');
    expect(tests.begun).toEqual([]);
    expect(await granted(2, 'alice')).toBe(1);
  });

  it('begins when what precedes it has ended, and is counted whatever becomes of it', async () => {
    limit({ perMinutePerUser: 1 });
    const order: string[] = [];
    const broken = start('alice', 'a.example', {
      onTurn: async () => {
        await settled();
        order.push('turn');
        expect(tests.begun).toEqual([]);
      },
    });
    broken.end.fail(failure);
    expect(await broken.outcome).toBe(failure);
    expect([...order, ...tests.begun]).toEqual(['turn', 'alice>a.example']);
    await expectRefused(start('alice'), 'user');
  });
});
