import { EventEmitter } from 'node:events';
import type { FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { untilClientLeaves } from '../../../src/http/until-client-leaves.ts';
import { Gate } from '../lib/gate.ts';

/** The part of a reply that is used. */
function createReply({ destroyed = false } = {}) {
  const raw = Object.assign(new EventEmitter(), { destroyed });
  // A response that was never on a socket cannot be closed by a client.
  const reply = { raw: raw as unknown as FastifyReply['raw'] };
  return { raw, reply };
}

/** Work that goes on until its signal aborts, and throws its reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

describe('work for a client', () => {
  it('returns its result, and listens to nothing any more', async () => {
    const { raw, reply } = createReply();
    const gate = new Gate<object>();
    const working = untilClientLeaves(reply, () => gate.promise);
    expect(raw.listenerCount('close')).toBe(1);
    const result = { done: true };
    gate.open(result);
    expect(await working).toBe(result);
    expect(raw.listenerCount('close')).toBe(0);
  });

  it('ends without a result where the client leaves', async () => {
    const { raw, reply } = createReply();
    const working = untilClientLeaves(reply, untilAborted);
    raw.emit('close');
    expect(await working).toBeUndefined();
    expect(raw.listenerCount('close')).toBe(0);
  });

  it('ends at once where the client has left before', async () => {
    const { reply } = createReply({ destroyed: true });
    expect(await untilClientLeaves(reply, untilAborted)).toBeUndefined();
  });

  it.each([false, true])(
    'throws what went wrong, whether the client left (%s) or not',
    async (left) => {
      const { raw, reply } = createReply();
      const gate = new Gate<object>();
      const working = untilClientLeaves(reply, () => gate.promise);
      const failure = new Error('the database is gone');
      if (left) raw.emit('close');
      gate.fail(failure);
      await expect(working).rejects.toBe(failure);
      expect(raw.listenerCount('close')).toBe(0);
    },
  );
});
