import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { ERROR_CATALOGUE, ERROR_TOPICS } from '../../../src/errors/error-catalogue.ts';
import {
  ERROR_CODES,
  type ErrorCode,
  errorSlug,
  isErrorCode,
} from '../../../src/errors/error-codes.ts';
import { bearer, buildHttpApp, type HttpApp, type HttpAppOptions } from '../../support/http-app.ts';

const codes = Object.keys(ERROR_CODES).filter(isErrorCode);

let edge: HttpApp;
afterEach(() => edge.app.close());

async function start(options: HttpAppOptions = {}): Promise<void> {
  edge = await buildHttpApp(options);
}
const get = (url: string, headers: Record<string, string> = {}) =>
  edge.app.inject({ url, headers });

describe('the catalogue for programs', () => {
  const accept = 'application/json';

  test('has every code with all its texts', async () => {
    await start();
    const response = await get('/errors', { accept });
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    const { items } = response.json<{ items: { code: ErrorCode }[] }>();
    expect(items.map(({ code }) => code).sort()).toEqual([...codes].sort());
    for (const item of items) {
      expect(item).toEqual({
        code: item.code,
        ...ERROR_CODES[item.code],
        topic: ERROR_TOPICS.find(({ codes: listed }) => listed.includes(item.code))?.title,
        ...ERROR_CATALOGUE[item.code],
      });
      const one = await get(`/errors/${errorSlug(item.code)}`, { accept });
      expect(one.json()).toEqual(item);
    }
  });

  test.each<[string | undefined, string]>([
    [undefined, 'text/html'],
    ['*/*', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['application/json, text/plain, */*', 'text/html'],
    ['application/json;q=0.9, text/html;q=0.8', 'application/json'],
    ['application/json, */*;q=0.1', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json;q=0, */*', 'text/html'],
    ['application/problem+json', 'application/json'],
    ['application/*+json', 'application/json'],
    ['application/problem+json, application/json;q=0.9, */*;q=0.1', 'application/json'],
    ['application/problem+json;q=0.5, text/html', 'text/html'],
    ['application/problem+json;q=0, */*', 'text/html'],
    ['text/html, application/problem+json', 'text/html'],
    ['application/problem+jsonp', 'text/html'],
    ['image/png', 'text/html'],
  ])('is given to who likes it better: %s', async (wanted, type) => {
    await start();
    for (const url of ['/errors', '/errors/timeout']) {
      const response = await get(url, wanted === undefined ? {} : { accept: wanted });
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toBe(`${type}; charset=utf-8`);
      expect(response.headers.vary).toBe('Accept');
    }
  });

  test('may be read by listed frontends, without losing what caches need', async () => {
    const origin = 'https://app.example.com';
    await start({ corsOrigins: [origin] });
    const response = await get('/errors', { accept, origin });
    expect(response.headers['access-control-allow-origin']).toBe(origin);
    expect(String(response.headers.vary).split(', ').sort()).toEqual(['Accept', 'Origin']);
  });
});

describe('answers', () => {
  test('may be kept for minutes, and asked for again', async () => {
    await start();
    for (const url of ['/errors', '/errors/internal']) {
      const html = await get(url);
      const json = await get(url, { accept: 'application/json' });
      expect(html.headers['cache-control']).toBe('public, max-age=300');
      expect(html.headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
      expect(json.headers.etag).not.toBe(html.headers.etag);
      expect((await get(url)).headers.etag).toBe(html.headers.etag);

      const again = await get(url, { 'if-none-match': `"other", W/${html.headers.etag}` });
      expect([again.statusCode, again.body]).toEqual([304, '']);
      for (const name of ['etag', 'cache-control', 'vary'] as const) {
        expect(again.headers[name]).toBe(html.headers[name]);
      }
      const other = await get(url, { 'if-none-match': String(json.headers.etag) });
      expect(other.statusCode).toBe(200);
    }
  });

  test('to HEAD are those to GET without the body', async () => {
    await start();
    const base = await edge.listen();
    for (const path of ['/errors', '/errors/timeout']) {
      const [head, full] = await Promise.all(
        ['HEAD', 'GET'].map((method) => fetch(new URL(path, base), { method })),
      );
      expect(head?.status).toBe(200);
      expect(await head?.text()).toBe('');
      const length = Buffer.byteLength((await full?.text()) ?? '');
      expect(head?.headers.get('content-length')).toBe(String(length));
      for (const name of ['content-type', 'etag', 'cache-control', 'content-security-policy']) {
        expect(head?.headers.get(name)).toBe(full?.headers.get(name));
      }
    }
  });

  test('have a policy that allows their one stylesheet, and nothing else', async () => {
    await start();
    for (const url of ['/errors', '/errors/timeout']) {
      const { headers, body } = await get(url);
      const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(body) ?? [];
      const hash = createHash('sha256').update(style).digest('base64');
      expect(headers['content-security-policy']).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      );
      expect(style).toContain('prefers-color-scheme: dark');
      expect(style).not.toMatch(/url\(|@import/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'SAMEORIGIN',
      });
    }
    // JSON needs no style.
    const json = await get('/errors', { accept: 'application/json' });
    expect(json.headers['content-security-policy']).not.toContain('style-src');
  });

  test('need no token, and no service that is ready', async () => {
    const check = async () => ({ ok: false, reason: 'The database cannot be reached.' }) as const;
    await start({ checks: [{ name: 'database', blocks: true, check }] });
    const refused = await get('/api/connectors', await bearer());
    expect(refused.json().code).toBe('NOT_READY');
    for (const url of ['/errors', '/errors/not-ready'])
      expect((await get(url)).statusCode).toBe(200);
    edge.readiness.stop();
    expect((await get('/errors/not-ready')).statusCode).toBe(200);
    expect((await get('/errors', { authorization: 'Bearer a.b.c' })).statusCode).toBe(200);
  });

  test('are limited by address', async () => {
    await start({ rateLimitMax: 2 });
    const from = (remoteAddress: string) =>
      edge.app.inject({ url: '/errors/timeout', remoteAddress });
    expect((await from('192.0.2.1')).statusCode).toBe(200);
    expect((await from('192.0.2.1')).statusCode).toBe(200);
    expect((await from('192.0.2.1')).json().code).toBe('RATE_LIMITED');
    expect((await from('192.0.2.2')).statusCode).toBe(200);
  });
});

describe('what is not there', () => {
  test.each([
    '/errors/no-such-code',
    '/errors/CONNECTION_FAILED',
    '/errors/connection-failed/',
    '/errors/connection-failed/more',
    '/errors/__proto__',
    '/errors/constructor',
    '/errors/%3Cscript%3E',
    '/errors/',
  ])('is a problem: %s', async (url) => {
    await start();
    const response = await get(url, { accept: 'text/html' });
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.json()).toMatchObject({
      code: 'NOT_FOUND',
      detail: expect.stringMatching(/\.$/),
    });
    expect(response.body).not.toContain('script');
  });

  test('are other methods', async () => {
    await start();
    for (const url of ['/errors', '/errors/timeout']) {
      const response = await edge.app.inject({ method: 'POST', url });
      expect(response.json().code).toBe('METHOD_NOT_ALLOWED');
      expect(response.headers.allow).toBe('GET, HEAD');
    }
  });
});
