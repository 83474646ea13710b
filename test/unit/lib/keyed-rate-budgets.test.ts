import { expect, it } from 'vitest';
import { KeyedRateBudgets } from '../../../src/lib/keyed-rate-budgets.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function create(maxKeys?: number) {
  const clock = new FakeClock();
  const budgets = new KeyedRateBudgets({
    capacity: 3,
    perSecond: 1,
    clock,
    ...(maxKeys === undefined ? {} : { maxKeys }),
  });
  const takeAll = (key: string) => [1, 2, 3].map(() => budgets.take(key));
  return { clock, budgets, takeAll };
}

it('bounds each key by itself, and says when to come back', () => {
  const { clock, budgets, takeAll } = create();
  expect(takeAll('a')).toEqual([undefined, undefined, undefined]);
  expect(budgets.take('a')).toBe(1);
  expect(budgets.take('b')).toBeUndefined();
  clock.advance(400);
  expect(budgets.take('a')).toBeCloseTo(0.6);
  clock.advance(600);
  expect(budgets.take('a')).toBeUndefined();
  expect(budgets.take('a')).toBe(1);
});

it('takes back what was not used', () => {
  const { budgets, takeAll } = create();
  takeAll('a');
  budgets.giveBack('a');
  budgets.giveBack('unknown');
  expect(budgets.take('a')).toBeUndefined();
  expect(budgets.take('a')).toBe(1);
});

it('forgets keys that have everything back', () => {
  const { clock, budgets } = create();
  for (let n = 0; n < 10_000; n += 1) {
    budgets.take(`key ${n}`);
    clock.advance(100);
  }
  // What was taken comes back within a second.
  expect(budgets.size).toBeLessThanOrEqual(11);
  clock.advance(1_000);
  budgets.take('last');
  expect(budgets.size).toBe(1);
});

it('remembers a bounded number of keys, those used last', () => {
  const { budgets, takeAll } = create(100);
  for (let n = 0; n < 150; n += 1) takeAll(`key ${n}`);
  expect(budgets.size).toBe(100);
  expect(budgets.take('key 149')).toBe(1);
  expect(budgets.take('key 50')).toBe(1);
  // Used last, so another one goes.
  expect(budgets.take('new')).toBeUndefined();
  expect(budgets.take('key 50')).toBe(1);
  expect(budgets.take('key 51')).toBeUndefined();
});
