import { describe, expect, it } from 'vitest';
import {
  median,
  pairedRatio,
  percentile,
  type RunFigures,
  summarize,
} from '../../../scripts/bench/bench-statistics.ts';
import {
  cpuFromPs,
  cpuFromStat,
  cpuMillisecondsOf,
  residentMebibytesOf,
} from '../../../scripts/bench/process-cpu.ts';

const run = (cpuMs: number, operations: number, durations = [1]): RunFigures => ({
  ...{ cpuMs, operations, durations },
  seconds: 2,
});

describe('percentiles', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);

  it('are the nearest rank, whatever the order', () => {
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([10, 9], 0)).toBe(9);
  });

  it('of nothing are an error and not a zero that looks fast', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => median([])).toThrow(RangeError);
  });
});

it('medians do not follow one wild value', () => {
  expect(median([3, 1, 1000])).toBe(3);
  expect(median([4, 1, 2, 1000])).toBe(3);
  expect(median([5])).toBe(5);
});

it('a summary is the median of its rounds', () => {
  const rounds = [run(10, 10, [1, 2, 3]), run(20, 10, [2, 3, 4]), run(9000, 10, [90, 91, 92])];

  expect(summarize(rounds)).toEqual({
    cpuPerOperation: 2,
    p50: 3,
    p99: 4,
    throughput: 5,
    operations: 30,
  });
});

it('ratios are of the same round, so that a slow machine slows both', () => {
  const ours = [run(20, 10), run(200, 10), run(30, 10)];
  const theirs = [run(10, 10), run(100, 10), run(10, 10)];

  expect(pairedRatio(ours, theirs)).toBe(2);
  expect(pairedRatio(ours, theirs.slice(0, 1))).toBe(2);
});

describe('the CPU of a process', () => {
  it('is read past a name that looks like fields', () => {
    const stat = '7 (a ) 1 2) S 1 7 7 0 -1 4194304 91 0 0 0 150 25 900 900 20 0 1 0 5 0 0';

    expect(cpuFromStat(stat)).toBe(1750);
  });

  it('is read from each form in which ps tells it', () => {
    expect(cpuFromPs('00:00:07')).toBe(7_000);
    expect(cpuFromPs(' 0:01.25')).toBe(1_250);
    expect(cpuFromPs('1-02:00:01')).toBe((86_400 + 7_201) * 1000);
  });

  it('grows while it works, and is unknown without the process', async () => {
    const before = await cpuMillisecondsOf(process.pid);
    const used = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
    while (used() < before + 50);

    expect(await cpuMillisecondsOf(process.pid)).toBeGreaterThan(before);
    expect(await residentMebibytesOf(process.pid)).toBeGreaterThan(10);
    await expect(cpuMillisecondsOf(2 ** 31 - 1)).rejects.toThrow();
  });
});
