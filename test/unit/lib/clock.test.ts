import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('systemClock', () => {
  it('tells the time', () => {
    const before = Date.now();
    const now = systemClock.now().getTime();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('never goes back', () => {
    const readings = Array.from({ length: 1000 }, () => systemClock.monotonic());
    expect(readings).toEqual([...readings].sort((a, b) => a - b));
  });

  it('sleeps at least as long as asked', async () => {
    const startedAt = systemClock.monotonic();
    await systemClock.sleep(20);
    // Timers may fire up to a millisecond early.
    expect(systemClock.monotonic() - startedAt).toBeGreaterThanOrEqual(19);
  });

  it('wakes with the reason when the signal aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const sleep = systemClock.sleep(DAY, controller.signal);
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
  });

  it('does not sleep at all after the signal aborted', async () => {
    const reason = new Error('stop');
    await expect(systemClock.sleep(DAY, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('leaves no listener behind, whether it slept or was woken', async () => {
    const controller = new AbortController();
    await systemClock.sleep(1, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    const sleep = systemClock.sleep(DAY, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort(new Error('stop'));
    await expect(sleep).rejects.toThrow('stop');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('is not disturbed by an abort after it woke', async () => {
    const controller = new AbortController();
    await expect(systemClock.sleep(1, controller.signal)).resolves.toBeUndefined();
    controller.abort();
  });
});

describe('FakeClock', () => {
  it('moves only when told, and both clocks together', () => {
    const clock = new FakeClock(new Date('2026-03-01T00:00:00.000Z'));
    clock.advance(1500);
    expect(clock.monotonic()).toBe(1500);
    expect(clock.now()).toEqual(new Date('2026-03-01T00:00:01.500Z'));
  });

  it('wakes sleepers in order, and those who are aborted at once', async () => {
    const clock = new FakeClock();
    const woken: string[] = [];
    const controller = new AbortController();
    const late = clock.sleep(200).then(() => woken.push('late'));
    const early = clock.sleep(100).then(() => woken.push('early'));
    const aborted = clock.sleep(50, controller.signal);
    controller.abort(new Error('stop'));
    await expect(aborted).rejects.toThrow('stop');
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('stop');
    expect(clock.sleeping).toBe(2);
    clock.advance(99);
    expect(clock.sleeping).toBe(2);
    clock.advance(101);
    await Promise.all([late, early]);
    expect(woken).toEqual(['early', 'late']);
    expect(clock.sleeping).toBe(0);
  });
});
