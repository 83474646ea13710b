import { describe, expect, it } from 'vitest';
import { TransitKeyService } from '../../../src/modules/credentials/transit-key-service.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

/** A service whose key service answers like this; what it was asked is noted. */
function serviceAnswering(answer: (signal: AbortSignal) => Promise<Response>) {
  const clock = new FakeClock();
  const asked: { url: string; body: unknown; token: string | null }[] = [];
  const service = new TransitKeyService({
    url: 'https://vault.example/v1/transit',
    key: 'mcp connectors/ä',
    token: 'hvs.token',
    clock,
    fetch: (url, { body, headers, signal }) => {
      const token = new Headers(headers).get('x-vault-token');
      asked.push({ url, body: JSON.parse(String(body)), token });
      if (!(signal instanceof AbortSignal)) throw new Error('there is no deadline');
      return answer(signal);
    },
  });
  return { service, clock, asked };
}

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });

describe('a key service with the API of the transit engine', () => {
  it('is asked for the key by name, with the token, and unwraps', async () => {
    const { service, asked } = serviceAnswering(async () => json({ data: { plaintext: KEY } }));
    expect(await service.unwrap('vault:v1:abc')).toBe(KEY);
    expect(asked).toEqual([
      {
        url: 'https://vault.example/v1/transit/decrypt/mcp%20connectors%2F%C3%A4',
        body: { ciphertext: 'vault:v1:abc' },
        token: 'hvs.token',
      },
    ]);
  });

  it.each([
    ['is a standby', async () => json({ errors: [] }, 429), 'UNREACHABLE'],
    ['is sealed', async () => json({ errors: ['Vault is sealed'] }, 503), 'UNREACHABLE'],
    ['is not there', () => Promise.reject(new Error('ECONNREFUSED')), 'UNREACHABLE'],
    ['breaks off', async () => new Response(brokenBody()), 'UNREACHABLE'],
    ['denies', async () => json({ errors: ['permission denied'] }, 403), 'REFUSED'],
    ['leads elsewhere', async () => new Response(null, { status: 307 }), 'UNUSABLE'],
    ['says nothing', async () => new Response(null, { status: 204 }), 'UNUSABLE'],
    ['says what is no JSON', async () => new Response(`<html>${KEY}`), 'UNUSABLE'],
    ['unwraps no text', async () => json({ data: { plaintext: 7 } }), 'UNUSABLE'],
    [
      'says too much',
      async () => json({ data: { plaintext: KEY, more: 'x'.repeat(64 * 1024) } }),
      'UNUSABLE',
    ],
  ] as const)(
    'that %s gives no key, and what it said is in no message',
    async (_what, answer, code) => {
      const error: unknown = await serviceAnswering(answer)
        .service.unwrap('vault:v1:abc')
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'KeyServiceError', code });
      expect(String(error)).not.toContain(KEY);
      expect(String(error)).not.toContain('permission');
    },
  );

  it('that does not answer within five seconds is given up', async () => {
    const { service, clock } = serviceAnswering(
      (signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        ),
    );
    const unwrapped = service.unwrap('vault:v1:abc').catch((one: unknown) => one);
    await clock.advance(5_000);
    expect(await unwrapped).toMatchObject({ code: 'UNREACHABLE' });
  });
});

function brokenBody(): ReadableStream {
  return new ReadableStream({ start: (controller) => controller.error(new Error('ECONNRESET')) });
}
