import { afterEach, describe, expect, test } from 'vitest';
import { ContractJudge } from '../../support/contract-judge.ts';
import { bearer, buildHttpApp, type HttpApp, type HttpAppOptions } from '../../support/http-app.ts';

const judge = new ContractJudge();
let http: HttpApp;
afterEach(() => http.app.close());

async function start(options: HttpAppOptions): Promise<void> {
  http = await buildHttpApp(options);
}

async function list(headers: Record<string, string> = {}, remoteAddress = '192.0.2.1') {
  const url = '/api/connectors';
  const response = await http.app.inject({ url, headers, remoteAddress });
  const { statusCode: status, body } = response;
  judge.judge({ method: 'GET', url, status, headers: response.headers, body });
  return response;
}

describe('requests of a caller', () => {
  test('are limited, and the answers say so', async () => {
    await start({ rateLimitMax: 2 });
    const headers = await bearer();
    const first = await list(headers);
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '1' });
    await list(headers);
    const third = await list(headers);
    expect([third.statusCode, third.json().code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(third.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(third.headers['ratelimit-remaining']).toBe('0');
  });

  test('are counted for each user of each tenant, whatever token they use', async () => {
    await start({ rateLimitMax: 1 });
    expect((await list(await bearer({ sub: 'alice' }))).statusCode).toBe(200);
    expect((await list(await bearer({ sub: 'alice', jti: 'other' }))).statusCode).toBe(429);
    expect((await list(await bearer({ sub: 'bob' }))).statusCode).toBe(200);
    expect((await list(await bearer({ sub: 'alice', tenant: 'acme' }))).statusCode).toBe(200);
    // Neither id can be chosen so that it runs into another caller's count.
    expect((await list(await bearer({ sub: 'b', tenant: 'a' }))).statusCode).toBe(200);
    expect((await list(await bearer({ sub: '","b', tenant: 'a' }))).statusCode).toBe(200);
  });
});

describe('refused tokens', () => {
  test('are counted for their address, and do not lock out good ones', async () => {
    await start({ rateLimitMax: 3 });
    const bad = { authorization: 'Bearer a.b.c' };
    for (let i = 0; i < 3; i += 1) expect((await list(bad)).statusCode).toBe(401);
    const limited = await list(bad);
    expect([limited.statusCode, limited.json().code]).toEqual([429, 'RATE_LIMITED']);
    expect(limited.headers['retry-after']).toBeDefined();
    expect((await list(bad, '192.0.2.2')).statusCode).toBe(401);
    expect((await list(await bearer())).statusCode).toBe(200);
  });

  test('of one IPv6 network count together', async () => {
    await start({ rateLimitMax: 1 });
    expect((await list({}, '2001:db8:1:2::1')).statusCode).toBe(401);
    expect((await list({}, '2001:db8:1:2::2')).statusCode).toBe(429);
    expect((await list({}, '2001:db8:1:3::1')).statusCode).toBe(401);
  });

  test('cannot choose their address', async () => {
    await start({ rateLimitMax: 1 });
    expect((await list({ 'x-forwarded-for': '203.0.113.1' })).statusCode).toBe(401);
    expect((await list({ 'x-forwarded-for': '203.0.113.2' })).statusCode).toBe(429);
  });

  test.each<[string, number | string[]]>([
    ['a number of proxies', 1],
    ['an address', ['192.0.2.0/24']],
  ])('have the address a trusted proxy reports: %s', async (_name, trustProxy) => {
    await start({ rateLimitMax: 1, trustProxy });
    const from = (address: string) => list({ 'x-forwarded-for': `198.51.100.9, ${address}` });
    expect((await from('203.0.113.1')).statusCode).toBe(401);
    expect((await from('203.0.113.1')).statusCode).toBe(429);
    expect((await from('203.0.113.2')).statusCode).toBe(401);
  });
});

test('probing for paths is limited, health is not', async () => {
  await start({ rateLimitMax: 1 });
  expect((await http.app.inject('/nothing')).statusCode).toBe(404);
  expect((await http.app.inject('/nothing')).statusCode).toBe(429);
  for (const url of ['/healthz', '/healthz', '/readyz', '/readyz', '/metrics', '/metrics']) {
    expect((await http.app.inject(url)).statusCode, url).toBe(200);
  }
});

test('a process that cannot keep up says so at once, except about its health', async () => {
  // Every heap is larger than a byte: the limit is exceeded from the first measurement on.
  await start({ overload: { maxHeapUsedBytes: 1, sampleIntervalMs: 20 } });
  const headers = await bearer();
  await expect.poll(async () => (await list(headers)).statusCode).toBe(503);
  const response = await list(headers);
  expect(response.json().code).toBe('OVERLOADED');
  expect(response.headers['retry-after']).toBe('5');
  for (const url of ['/healthz', '/readyz', '/metrics']) {
    expect((await http.app.inject(url)).statusCode, url).toBe(200);
  }
});

describe('frontends of other origins', () => {
  const origin = 'https://app.example.com';

  test('are unknown by default', async () => {
    await start({});
    const response = await list({ ...(await bearer()), origin });
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
    const preflight = await http.app.inject({
      method: 'OPTIONS',
      url: '/api/connectors',
      headers: { origin, 'access-control-request-method': 'GET' },
    });
    expect(preflight.statusCode).toBe(405);
  });

  test('on the list may read answers and their headers, also of errors', async () => {
    await start({ corsOrigins: [origin, 'http://localhost:3000'] });
    for (const headers of [await bearer(), {}]) {
      const response = await list({ ...headers, origin });
      expect(response.headers['access-control-allow-origin']).toBe(origin);
      expect(response.headers['access-control-expose-headers']).toMatch(
        /ETag.*Idempotency-Replayed.*Location.*Retry-After/,
      );
      expect(response.headers).not.toHaveProperty('access-control-allow-credentials');
      expect(response.headers.vary).toContain('Origin');
    }
  });

  test.each([
    'https://evil.example.com',
    'https://app.example.com.evil.com',
    'null',
    'http://app.example.com',
  ])('not on the list learn nothing: %s', async (evil) => {
    await start({ corsOrigins: [origin] });
    const response = await list({ ...(await bearer()), origin: evil });
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('may send what the API takes', async () => {
    await start({ corsOrigins: [origin] });
    const preflight = await http.app.inject({
      method: 'OPTIONS',
      url: '/api/connectors/6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
      headers: {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,if-match',
      },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toContain('PATCH');
    expect(preflight.headers['access-control-allow-headers']).toMatch(/Authorization.*If-Match/);
  });
});

test('answers carry security headers', async () => {
  await start({});
  for (const response of [
    await list(),
    await list(await bearer()),
    await http.app.inject('/nothing'),
  ]) {
    expect(response.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
      'cache-control': 'no-store',
    });
    expect(response.headers).not.toHaveProperty('x-powered-by');
  }
});
