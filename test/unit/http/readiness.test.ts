import { beforeEach, expect, test } from 'vitest';
import { type CheckState, Readiness, type ReadinessCheck } from '../../../src/http/readiness.ts';

let time = 0;
let runs = 0;
let state: CheckState = { ok: true };
const errors: [string, unknown][] = [];

beforeEach(() => {
  time = 0;
  runs = 0;
  state = { ok: true };
  errors.length = 0;
});

const check: ReadinessCheck = {
  name: 'schema',
  blocks: true,
  check: async () => {
    runs += 1;
    return state;
  },
};
const build = (checks: readonly ReadinessCheck[] = [check], timeoutMs?: number) =>
  new Readiness({
    checks,
    clock: { monotonic: () => time },
    onError: (name, error) => errors.push([name, error]),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });

test('many questions run the checks once a second', async () => {
  const readiness = build();
  await Promise.all(Array.from({ length: 50 }, () => readiness.report()));
  time = 999;
  await readiness.report();
  expect(runs).toBe(1);
  time = 1_000;
  await readiness.report();
  expect(runs).toBe(2);
});

test('the gate believes in good news for ten seconds, in bad news for one', async () => {
  const readiness = build();
  expect(await readiness.blockers()).toEqual([]);
  state = { ok: false, reason: 'drift' };
  time = 9_999;
  expect(await readiness.blockers()).toEqual([]);
  time = 10_000;
  expect(await readiness.blockers()).toEqual(['schema']);
  state = { ok: true };
  time = 11_000;
  expect(await readiness.blockers()).toEqual([]);
  expect(runs).toBe(3);
});

test('only checks that say so block', async () => {
  const database: ReadinessCheck = {
    name: 'database',
    check: async () => ({ ok: false, reason: 'away' }),
  };
  const readiness = build([check, database]);
  expect(await readiness.blockers()).toEqual([]);
  expect((await readiness.report()).ready).toBe(false);
});

test('a check that throws or hangs has failed, and its error is for the log alone', async () => {
  const throwing: ReadinessCheck = {
    name: 'throws',
    check: () => {
      throw new Error('hunter2');
    },
  };
  const hanging: ReadinessCheck = { name: 'hangs', check: () => new Promise(() => {}) };
  expect(await build([throwing, hanging], 20).report()).toEqual({
    ready: false,
    checks: [
      { name: 'throws', ok: false, reason: 'The check failed.' },
      { name: 'hangs', ok: false, reason: 'The check took too long.' },
    ],
  });
  expect(errors).toEqual([['throws', new Error('hunter2')]]);
});

test('one that was well and is late does not block at once, but when it is late again', async () => {
  const finds: (() => Promise<CheckState>)[] = [];
  const well = async (): Promise<CheckState> => ({ ok: true });
  const late = () => new Promise<CheckState>(() => {});
  const readiness = build([{ ...check, check: () => (finds.shift() ?? late)() }], 20);

  finds.push(well, late);
  expect(await readiness.blockers()).toEqual([]);
  time = 10_000;
  expect(await readiness.blockers()).toEqual([]);
  expect((await readiness.report()).ready).toBe(false);
  time = 11_000;
  expect(await readiness.blockers()).toEqual(['schema']);

  finds.push(well, late, well);
  for (time of [12_000, 22_000, 23_000]) expect(await readiness.blockers()).toEqual([]);
  expect(await build([{ ...check, check: late }], 20).blockers()).toEqual(['schema']);
});

test('once it stops it is never ready again', async () => {
  const readiness = build();
  expect((await readiness.report()).ready).toBe(true);
  readiness.stop();
  expect(readiness.stopping).toBe(true);
  expect((await readiness.report()).ready).toBe(false);
});
