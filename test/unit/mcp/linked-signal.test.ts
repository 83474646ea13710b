import { EventEmitter, getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { linkSignals } from '../../../src/mcp/client/linked-signal.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('linkSignals', () => {
  it('follows its sources, also one that has fired', () => {
    const source = new AbortController();
    const { signal } = linkSignals([null, undefined, source.signal]);
    expect(signal.aborted).toBe(false);
    source.abort('why');
    expect(signal.reason).toBe('why');
    expect(linkSignals([source.signal]).signal.reason).toBe('why');
  });

  it('ends by its bound', async () => {
    const clock = new FakeClock();
    const { signal } = linkSignals([], { milliseconds: 100, clock });
    clock.advance(99);
    await settle();
    expect(signal.aborted).toBe(false);
    clock.advance(1);
    await settle();
    expect(signal.reason).toBeInstanceOf(McpFailure);
    expect(signal.reason).toMatchObject({ code: 'TIMEOUT' });
  });

  it('leaves neither timer nor listener when it is released', async () => {
    const clock = new FakeClock();
    const source = new AbortController();
    const { signal, release } = linkSignals([source.signal], { milliseconds: 100, clock });
    expect(getEventListeners(source.signal, 'abort')).toHaveLength(1);
    release();
    expect(getEventListeners(source.signal, 'abort')).toEqual([]);
    expect(clock.sleeping).toBe(0);
    clock.advance(100);
    source.abort();
    await settle();
    expect(signal.aborted).toBe(false);
  });

  it.each([[[]], [[null, undefined]], [[new AbortController().signal]]])(
    'leaves alone how many listeners others may have: %j',
    (sources) => {
      linkSignals(sources).release();
      expect(EventEmitter.defaultMaxListeners).toBe(10);
      expect(new EventEmitter().getMaxListeners()).toBe(10);
    },
  );

  it('can be ended without its sources', () => {
    const source = new AbortController();
    const { signal, abort } = linkSignals([source.signal]);
    abort('enough');
    expect(signal.reason).toBe('enough');
    expect(source.signal.aborted).toBe(false);
  });
});
