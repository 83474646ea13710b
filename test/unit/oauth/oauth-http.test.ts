import { beforeEach, describe, expect, it } from 'vitest';
import type { OAuthFailure } from '../../../src/oauth/oauth-failure.ts';
import { OAuthHttp } from '../../../src/oauth/oauth-http.ts';
import type { OutboundRequest } from '../../../src/outbound/guarded-fetch.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const URL = 'https://auth.example.com/token';

describe('an authorization server that does not answer', () => {
  let clock: FakeClock;
  let http: OAuthHttp;

  beforeEach(() => {
    clock = new FakeClock();
    /** Never answers, and gives up when it is told to. */
    const request = (_url: string | globalThis.URL, { signal }: OutboundRequest) =>
      new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const policy = { checkUrl: (url: string) => new globalThis.URL(url) };
    http = new OAuthHttp({ outbound: { request }, policy, clock });
  });

  it('is given up after ten seconds, as one that may answer later', async () => {
    const options = { method: 'POST', headers: {}, body: undefined, redirect: 'manual' } as const;
    const asked = http.fetch(URL, options);
    const failed = asked.catch((error: OAuthFailure) => error);
    clock.advance(9_999);
    expect(clock.sleeping).toBe(1);
    clock.advance(1);
    expect(await failed).toMatchObject({ code: 'UNREACHABLE', isTemporary: true });
    expect(clock.sleeping).toBe(0);
  });

  it('is given up at once when its caller leaves', async () => {
    const caller = new AbortController();
    const asked = http.findDocument(new globalThis.URL(URL), caller.signal);
    const reason = new Error('the caller has left');
    caller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect(clock.sleeping).toBe(0);
  });
});
