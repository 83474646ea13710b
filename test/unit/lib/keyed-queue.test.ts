import { expect, it } from 'vitest';
import { KeyedQueue } from '../../../src/lib/keyed-queue.ts';
import { Gate, settled } from './gate.ts';

it('runs work of one key in order, one at a time', async () => {
  const queue = new KeyedQueue();
  const gates = [new Gate(), new Gate(), new Gate()];
  const seen: string[] = [];
  const runs = gates.map((gate, i) =>
    queue.run('a', async () => {
      seen.push(`start ${i}`);
      await gate.promise;
      seen.push(`end ${i}`);
      return i;
    }),
  );
  await settled();
  expect(seen).toEqual(['start 0']);
  for (const gate of gates.toReversed()) gate.open();
  expect(await Promise.all(runs)).toEqual([0, 1, 2]);
  expect(seen).toEqual(['start 0', 'end 0', 'start 1', 'end 1', 'start 2', 'end 2']);
});

it('does not let one key wait for another', async () => {
  const queue = new KeyedQueue();
  const gate = new Gate();
  const slow = queue.run('a', () => gate.promise);
  expect(await queue.run('b', async () => 'b')).toBe('b');
  gate.open();
  await slow;
});

it('goes on after a failure, which only its own caller sees', async () => {
  const queue = new KeyedQueue();
  const failing = queue.run('a', () => Promise.reject(new Error('no')));
  const next = queue.run('a', async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
