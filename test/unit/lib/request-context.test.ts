import { describe, expect, it } from 'vitest';
import { RequestContext } from '../../../src/lib/request-context.ts';

describe('RequestContext', () => {
  it('has no fields outside of a request', () => {
    const context = new RequestContext();
    expect(context.fields).toEqual({});
    context.run({ request_id: 'r1' }, () => undefined);
    expect(context.fields).toEqual({});
  });

  it('carries the fields to everything that runs for a request, and to nothing else', async () => {
    const context = new RequestContext();
    const request = (id: string) =>
      context.run({ request_id: id }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return context.fields.request_id;
      });
    expect(await Promise.all([request('r1'), request('r2')])).toEqual(['r1', 'r2']);
    expect(context.fields).toEqual({});
  });

  it('two contexts do not know each other', () => {
    const one = new RequestContext();
    const two = new RequestContext();
    expect(one.run({ request_id: 'r1' }, () => two.fields)).toEqual({});
  });
});
