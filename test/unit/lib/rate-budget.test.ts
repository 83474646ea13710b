import { expect, it } from 'vitest';
import { RateBudget } from '../../../src/lib/rate-budget.ts';

function createBudget() {
  const time = { ms: 5_000 };
  const clock = { monotonic: () => time.ms };
  return { time, budget: new RateBudget({ capacity: 10, perSecond: 2, clock }) };
}

it('is used up by a burst and comes back with time, up to its capacity', () => {
  const { time, budget } = createBudget();
  expect(budget.take(10)).toBe(true);
  expect(budget.take(1)).toBe(false);
  time.ms += 1_000;
  expect(budget.take(1)).toBe(true);
  time.ms += 1_000_000;
  expect(budget.take(11)).toBe(false);
});

it('lasts for ever at its rate', () => {
  const { time, budget } = createBudget();
  for (let n = 0; n < 1_000; n += 1) {
    expect(budget.take(2)).toBe(true);
    time.ms += 1_000;
  }
});

it('is full again when refilled', () => {
  const { budget } = createBudget();
  for (let n = 0; n < 3; n += 1) {
    expect(budget.take(10)).toBe(true);
    budget.refill();
  }
});

it('loses nothing to what it refuses, and says how long to wait', () => {
  const { time, budget } = createBudget();
  budget.take(9);
  for (let n = 0; n < 100; n += 1) expect(budget.take(3)).toBe(false);
  expect(budget.secondsUntil(3)).toBe(1);
  time.ms += 999;
  expect(budget.take(3)).toBe(false);
  time.ms += 1;
  expect(budget.take(3)).toBe(true);
  expect(budget.secondsUntil(0)).toBe(0);
});

it('is full again with what is given back, and never more than full', () => {
  const { budget } = createBudget();
  expect(budget.isFull).toBe(true);
  budget.take(4);
  expect(budget.isFull).toBe(false);
  budget.giveBack(4);
  expect(budget.isFull).toBe(true);
  budget.giveBack(4);
  expect(budget.take(11)).toBe(false);
});

it.each([1, 3, 7, 49, 120, 600, 999_983])(
  'grants what it promised, at %i a minute, whatever the rounding',
  (perMinute) => {
    const time = { ms: 0.1 };
    const clock = { monotonic: () => time.ms };
    const budget = new RateBudget({ capacity: perMinute, perSecond: perMinute / 60, clock });
    expect(budget.take(perMinute)).toBe(true);
    for (let n = 0; n < 1_000; n += 1) {
      time.ms += budget.secondsUntil(1) * 1_000;
      expect(budget.take(1)).toBe(true);
    }
    expect(budget.take(1)).toBe(false);
  },
);
