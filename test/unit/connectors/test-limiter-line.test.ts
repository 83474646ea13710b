import { describe, expect, it } from 'vitest';
import { settled } from '../lib/gate.ts';
import { type AskedTest, expectRefused, LimitedTests } from './limited-tests.ts';

let tests: LimitedTests;
const limit = (...options: ConstructorParameters<typeof LimitedTests>) => {
  tests = new LimitedTests(...options);
};
const start: LimitedTests['start'] = (...asked) => tests.start(...asked);
const finish: LimitedTests['finish'] = (...asked) => tests.finish(...asked);

describe('in line', () => {
  it('tests of a user run in the order they came, as far as they can', async () => {
    limit({ atOncePerUser: 2, atOncePerDestination: 1 });
    const busy = start('bob', 'busy.example');
    const first = [start('alice', '1.example'), start('alice', '2.example')];
    const line = ['busy.example', '3.example', '4.example'].map((one) => start('alice', one));
    await settled();
    tests.begun = [];
    await finish(...first);
    // The first in line waits for a server that is busy, and holds nobody up.
    expect(tests.begun).toEqual(['alice>3.example', 'alice>4.example']);
    await finish(busy);
    expect(tests.begun).toHaveLength(2);
    await finish(line[1] as AskedTest);
    expect(tests.begun[2]).toBe('alice>busy.example');
    await finish(...line);
  });

  it('one test that ends can make room for two', async () => {
    limit({ atOncePerUser: 1, atOncePerDestination: 1 });
    const running = start('alice', 'a.example');
    const line = [start('alice', 'b.example'), start('bob', 'a.example')];
    await settled();
    await finish(running);
    expect(tests.begun).toEqual(['alice>a.example', 'alice>b.example', 'bob>a.example']);
    await finish(...line);
  });

  it('a crowd of tests of one user delays no other user', async () => {
    limit({ atOnce: 2 });
    const running = [start('alice', '1.example'), start('alice', '2.example')];
    const crowd = Array.from({ length: 50 }, () => start('alice'));
    const other = start('bob');
    await settled();
    tests.begun = [];
    await finish(running[0] as AskedTest);
    expect(tests.begun).toEqual(['bob>a.example']);
    await finish(...running, ...crowd, other);
  });

  it('users take turns', async () => {
    limit({ atOnce: 1 });
    let current: AskedTest | undefined = start('zoe');
    const line = ['alice', 'alice', 'alice', 'bob', 'bob', 'carol'].map((user) => start(user));
    await settled();
    tests.begun = [];
    while (current !== undefined) {
      await finish(current);
      const name = tests.begun.at(-1);
      current = line.find((test) => test.name === name && !test.isOver());
      if (current === undefined) break;
    }
    expect(tests.begun.map((name) => name.split('>')[0])).toEqual([
      'alice',
      'bob',
      'carol',
      'alice',
      'bob',
      'alice',
    ]);
  });

  it('a slot goes to whom has the fewest tests under way', async () => {
    limit({ atOnce: 5 });
    const ofAlice = [start('alice'), start('alice'), start('alice'), start('alice')];
    const ofBob = start('bob');
    const line = [start('alice'), start('bob'), start('carol')];
    await settled();
    tests.begun = [];
    await finish(ofAlice[0] as AskedTest);
    await finish(ofAlice[1] as AskedTest);
    // Of alice there were three when carol had none, and two when bob had one.
    expect(tests.begun).toEqual(['carol>a.example', 'bob>a.example']);
    await finish(...ofAlice, ofBob, ...line);
  });

  it('so many wait for a user and in total, and no more', async () => {
    limit({ atOnce: 1 }, { maxWaitingPerUser: 2, maxWaiting: 3 });
    const running = start('alice');
    const line = [start('alice'), start('alice')];
    await expectRefused(start('alice'), 'service');
    line.push(start('bob'));
    await expectRefused(start('carol'), 'service');
    expect(tests.limiter.statistics).toMatchObject({ running: 1, waiting: 3 });
    await finish(running, ...line);
    expect(await Promise.all(line.map(({ outcome }) => outcome))).toEqual(['ok', 'ok', 'ok']);
    await finish(start('carol'));
    expect(tests.limiter.statistics).toMatchObject({ running: 0, waiting: 0 });
  });

  it('whoever gives up leaves the line, and takes no slot', async () => {
    limit({ atOnce: 1 });
    const running = start('alice');
    const leaving = new AbortController();
    const gone = start('bob', 'a.example', { signal: leaving.signal });
    const next = start('carol');
    await settled();
    const reason = new Error('the client left');
    leaving.abort(reason);
    expect(await gone.outcome).toBe(reason);
    expect(tests.limiter.statistics).toMatchObject({ running: 1, waiting: 1 });
    await finish(running, next);
    expect(tests.begun).toEqual(['alice>a.example', 'carol>a.example']);
  });

  it('whoever has left before is not even counted', async () => {
    limit({ perMinutePerUser: 1 });
    const gone = start('bob', 'a.example', { signal: AbortSignal.abort('left') });
    expect(await gone.outcome).toBe('left');
    const next = start('bob');
    await finish(next);
    expect(tests.begun).toHaveLength(1);
    expect(await next.outcome).toBe('ok');
  });
});
