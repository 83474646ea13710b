import { expect, it } from 'vitest';
import { RateBudget } from '../../../src/mcp/client/rate-budget.ts';

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
