import { describe, expect, it } from 'vitest';
import { MemoryBudget } from '../../../src/outbound/memory-budget.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

/** Takes memory, and tells in which order it was granted. */
function asking(budget: MemoryBudget) {
  const granted: string[] = [];
  const held = new Map<string, () => void>();
  const take = (name: string, bytes: number, signal: AbortSignal = never) =>
    budget.take(bytes, signal).then((giveBack) => {
      granted.push(name);
      held.set(name, giveBack);
    });
  return { granted, take, giveBack: (name: string) => held.get(name)?.() };
}

describe('MemoryBudget', () => {
  it('gives what there is, and has the others wait until it is given back', async () => {
    const budget = new MemoryBudget(100);
    const { granted, take, giveBack } = asking(budget);
    for (const name of ['a', 'b', 'c', 'd']) void take(name, 40);
    await settle();
    expect(granted).toEqual(['a', 'b']);
    expect(budget.left).toBe(20);
    giveBack('a');
    giveBack('a');
    await settle();
    expect(granted).toEqual(['a', 'b', 'c']);
    giveBack('b');
    giveBack('c');
    await settle();
    giveBack('d');
    expect(granted).toEqual(['a', 'b', 'c', 'd']);
    expect(budget.left).toBe(100);
  });

  it('does not let small requests pass a large one that waits', async () => {
    const { granted, take, giveBack } = asking(new MemoryBudget(100));
    void take('first', 60);
    void take('large', 90);
    void take('small', 10);
    await settle();
    expect(granted).toEqual(['first']);
    giveBack('first');
    await settle();
    expect(granted).toEqual(['first', 'large', 'small']);
  });

  it('gives all of it to who asks for more', async () => {
    const budget = new MemoryBudget(100);
    const { granted, take, giveBack } = asking(budget);
    void take('whole', 1_000);
    await settle();
    expect(granted).toEqual(['whole']);
    expect(budget.left).toBe(0);
    giveBack('whole');
    expect(budget.left).toBe(100);
  });

  it('forgets who gives up, and lets the next one in', async () => {
    const budget = new MemoryBudget(100);
    const { granted, take, giveBack } = asking(budget);
    const caller = new AbortController();
    void take('first', 60);
    const large = take('large', 90, caller.signal);
    void take('small', 40);
    await settle();
    expect(granted).toEqual(['first']);
    caller.abort(new Error('enough'));
    await expect(large).rejects.toThrow('enough');
    await settle();
    expect(granted).toEqual(['first', 'small']);
    giveBack('first');
    giveBack('small');
    expect(budget.left).toBe(100);
    await expect(take('late', 1, caller.signal)).rejects.toThrow('enough');
    expect(budget.left).toBe(100);
  });

  it('loses nothing when the signal fires at the moment of the grant', async () => {
    const budget = new MemoryBudget(100);
    const { take, giveBack } = asking(budget);
    const caller = new AbortController();
    await take('first', 100);
    const second = take('second', 100, caller.signal);
    giveBack('first');
    caller.abort(new Error('enough'));
    await second.catch(() => {});
    giveBack('second');
    expect(budget.left).toBe(100);
  });
});
