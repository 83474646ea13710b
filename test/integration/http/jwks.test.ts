import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RemoteAlgorithm, RemoteKeys } from '../../../src/http/authentication/remote-keys.ts';
import { AUDIENCE, buildHttpApp, type HttpApp, ISSUER } from '../../support/http-app.ts';
import { createSigningKey, KeyServer, type SigningKey } from '../../support/key-server.ts';

const MINUTE = 60_000;
let http: HttpApp;
let server: KeyServer;
let url: URL;
let key: SigningKey;
/** Milliseconds; moved by the tests. */
let time: number;
let failures: unknown[];

beforeEach(async () => {
  time = 0;
  failures = [];
  server = new KeyServer();
  url = await server.start();
  key = await createSigningKey('k1');
  server.keys = [key.publicJwk];
  await start('RS256');
});
afterEach(async () => {
  await http.app.close();
  await server.stop();
});

async function start(algorithm: RemoteAlgorithm): Promise<void> {
  const keys = new RemoteKeys({
    url,
    algorithm,
    fetch,
    clock: { monotonic: () => time },
    onFailure: (error) => failures.push(error),
  });
  http = await buildHttpApp({ source: { kind: 'jwks', keys } });
}

const claims = (sub = 'alice') => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub,
  exp: Math.floor(Date.now() / 1000) + 600,
  scope: 'connectors:read',
});

async function call(token: string) {
  return http.app.inject({ url: '/api/connectors', headers: { authorization: `Bearer ${token}` } });
}
const statusOf = async (token: string) => (await call(token)).statusCode;

test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('%s is verified', async (algorithm) => {
  await http.app.close();
  await start(algorithm);
  const other = await createSigningKey('k2', algorithm);
  server.keys = [key.publicJwk, other.publicJwk];
  expect(await statusOf(await other.sign(claims()))).toBe(200);
});

describe('abuse', () => {
  test('a token signed with the public key as if it were a shared secret', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const secret of [key.publicPem, key.publicPem.trim(), JSON.stringify(key.publicJwk)]) {
      const input = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode(claims())}`;
      const signature = createHmac('sha256', secret).update(input).digest('base64url');
      expect(await statusOf(`${input}.${signature}`)).toBe(401);
    }
    expect(server.requests).toBe(0);
  });

  test('a key the provider does not publish, under the id of one it does', async () => {
    const forged = await createSigningKey('k1');
    expect(await statusOf(await forged.sign(claims()))).toBe(401);
  });

  test('a token that brings its own key', async () => {
    const forged = await createSigningKey('k9');
    const header = { jwk: forged.publicJwk, jku: String(url) };
    expect(await statusOf(await forged.sign(claims(), header))).toBe(401);
  });

  test('another algorithm of the same key', async () => {
    const pss = await createSigningKey('k1', 'PS256');
    server.keys = [pss.publicJwk];
    expect(await statusOf(await pss.sign(claims()))).toBe(401);
  });

  test('a key published for encryption', async () => {
    server.keys = [{ ...key.publicJwk, use: 'enc' }];
    expect(await statusOf(await key.sign(claims()))).toBe(401);
  });

  test('many unknown key ids do not become many fetches', async () => {
    expect(await statusOf(await key.sign(claims()))).toBe(200);
    time += MINUTE;
    for (let i = 0; i < 20; i += 1) {
      const forged = await createSigningKey(`unknown-${i}`, 'ES256');
      expect(await statusOf(await forged.sign(claims(), { alg: 'ES256' }))).toBe(401);
      expect(await statusOf(await key.sign(claims(), { kid: `unknown-${i}` }))).toBe(401);
    }
    expect(server.requests).toBe(2);
  });
});

describe('rotation', () => {
  test('keys are fetched once, also by many at the same time', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 30 }, (_, i) => key.sign(claims(`u${i}`))),
    );
    expect(new Set(await Promise.all(tokens.map(statusOf)))).toEqual(new Set([200]));
    expect(server.requests).toBe(1);
  });

  test('a new key is found at once, when it is first used', async () => {
    expect(await statusOf(await key.sign(claims()))).toBe(200);
    const next = await createSigningKey('k2');
    server.keys = [next.publicJwk];
    time += 31_000;
    expect(await statusOf(await next.sign(claims()))).toBe(200);
    expect(server.requests).toBe(2);
  });

  test('a withdrawn key stops working, although its tokens are still valid', async () => {
    const token = await key.sign(claims());
    expect(await statusOf(token)).toBe(200);
    const next = await createSigningKey('k2');
    server.keys = [next.publicJwk];
    time += 11 * MINUTE;
    expect(await statusOf(token)).toBe(401);
  });

  test('a token without a key id works while there is one key', async () => {
    const token = await key.sign(claims(), { kid: undefined });
    expect(await statusOf(token)).toBe(200);
    server.keys = [key.publicJwk, (await createSigningKey('k2')).publicJwk];
    time += 11 * MINUTE;
    expect(await statusOf(token)).toBe(401);
  });
});

describe('an outage of the identity provider', () => {
  test.each<[string, { status: number; body: string }]>([
    ['an error', { status: 500, body: '{}' }],
    ['a redirect', { status: 302, body: '' }],
    ['HTML', { status: 200, body: '<html>' }],
    ['JSON that is no key set', { status: 200, body: '{"keys":1}' }],
  ])('does not lock out the known keys: %s', async (_name, broken) => {
    expect(await statusOf(await key.sign(claims('a')))).toBe(200);
    server.broken = broken;
    time += 11 * MINUTE;
    for (const sub of ['b', 'c', 'd'])
      expect(await statusOf(await key.sign(claims(sub)))).toBe(200);
    expect(server.requests).toBe(2);
    expect(failures).toHaveLength(1);
    // It is asked again after a while, and comes back.
    server.broken = undefined;
    time += MINUTE;
    expect(await statusOf(await key.sign(claims('e')))).toBe(200);
    expect(server.requests).toBe(3);
  });

  test('does not make old keys immortal', async () => {
    const token = await key.sign(claims());
    expect(await statusOf(token)).toBe(200);
    server.broken = { status: 503, body: '' };
    time += 25 * 60 * MINUTE;
    const response = await call(token);
    expect([response.statusCode, response.json().code]).toEqual([503, 'NOT_READY']);
  });

  test('before the first key set is a failure of ours, not of the token', async () => {
    server.broken = { status: 503, body: '' };
    const token = await key.sign(claims());
    const response = await call(token);
    expect([response.statusCode, response.json().code]).toEqual([503, 'NOT_READY']);
    expect(response.headers['retry-after']).toBe('5');
    expect(await statusOf(token)).toBe(503);
    expect(server.requests).toBe(1);
    server.broken = undefined;
    time += 1_001;
    expect(await statusOf(token)).toBe(200);
  });
});
