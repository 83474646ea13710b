import { describe, expect, it } from 'vitest';
import { SingleFlight } from '../../../src/lib/single-flight.ts';
import { Gate } from './gate.ts';

describe('SingleFlight', () => {
  it('runs the work once for 50 concurrent callers and gives all the same value', async () => {
    const flights = new SingleFlight<object>();
    let runs = 0;
    const gate = new Gate();
    const callers = Array.from({ length: 50 }, () =>
      flights.run('key', async () => {
        runs += 1;
        await gate.promise;
        return { run: runs };
      }),
    );
    expect(flights.size).toBe(1);
    gate.open();
    const values = await Promise.all(callers);
    expect(runs).toBe(1);
    expect(new Set(values).size).toBe(1);
    expect(flights.size).toBe(0);
  });

  it('keeps keys apart', async () => {
    const flights = new SingleFlight<string>();
    const values = await Promise.all(
      ['a', 'b', '__proto__', ''].map((key) => flights.run(key, async () => `of ${key}`)),
    );
    expect(values).toEqual(['of a', 'of b', 'of __proto__', 'of ']);
  });

  it('starts anew after success, remembering nothing', async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const work = async () => (runs += 1);
    expect(await flights.run('key', work)).toBe(1);
    expect(await flights.run('key', work)).toBe(2);
  });

  it('fails for every caller that joined, and for nobody after them', async () => {
    const flights = new SingleFlight<string>();
    const failure = new Error('broken');
    const gate = new Gate<string>();
    const callers = Array.from({ length: 10 }, () => flights.run('key', () => gate.promise));
    gate.fail(failure);
    const outcomes = await Promise.allSettled(callers);
    expect(outcomes).toEqual(outcomes.map(() => ({ status: 'rejected', reason: failure })));
    expect(flights.size).toBe(0);
    expect(await flights.run('key', async () => 'well')).toBe('well');
  });

  it('a caller may start anew as soon as it learns of the failure', async () => {
    const flights = new SingleFlight<string>();
    const retried = flights
      .run('key', async () => {
        throw new Error('broken');
      })
      .catch(() => flights.run('key', async () => 'well'));
    expect(await retried).toBe('well');
  });

  it('work that throws before it awaits fails like any other', async () => {
    const flights = new SingleFlight<string>();
    const thrown = flights.run('key', () => {
      throw new Error('at once');
    });
    expect(flights.size).toBe(1);
    await expect(thrown).rejects.toThrow('at once');
    expect(flights.size).toBe(0);
  });

  it('does not mistake an old run for a new one', async () => {
    const flights = new SingleFlight<string>();
    expect(await flights.run('key', async () => 'old')).toBe('old');
    const gate = new Gate<string>();
    const first = flights.run('key', () => gate.promise);
    await Promise.resolve();
    const second = flights.run('key', async () => 'must not run');
    gate.open('new');
    expect(await Promise.all([first, second])).toEqual(['new', 'new']);
  });
});
