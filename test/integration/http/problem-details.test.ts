import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import { ContractJudge } from '../../support/contract-judge.ts';
import { bearer, buildHttpApp, type HttpApp, type HttpAppOptions } from '../../support/http-app.ts';

const judge = new ContractJudge();
let http: HttpApp;
afterEach(() => http.app.close());

async function start(options: HttpAppOptions = {}): Promise<FastifyInstance> {
  http = await buildHttpApp(options);
  return http.app;
}

async function post(
  payload: string | Buffer,
  headers: Record<string, string> = {},
  url = '/api/connectors',
) {
  const response = await http.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...(await bearer()), ...headers },
    payload,
  });
  const { statusCode: status, body } = response;
  judge.judge({ method: 'POST', url, status, headers: response.headers, body });
  return response;
}

describe('a request that cannot be served', () => {
  test.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ['broken JSON', '{"name":', {}, 400, 'MALFORMED_REQUEST'],
    [
      'a key that reaches for the prototype',
      '{"__proto__":{"admin":true}}',
      {},
      400,
      'MALFORMED_REQUEST',
    ],
    ['such a key, escaped', '{"name":"a","\\u005f_proto__":{}}', {}, 400, 'MALFORMED_REQUEST'],
    [
      'a constructor with a prototype',
      '{"constructor":{"prototype":{"admin":true}}}',
      {},
      400,
      'MALFORMED_REQUEST',
    ],
    ['JSON of 65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, {}, 400, 'MALFORMED_REQUEST'],
    [
      'JSON of 120,000 levels',
      `{"name":${'['.repeat(120_000)}${']'.repeat(120_000)}}`,
      {},
      400,
      'MALFORMED_REQUEST',
    ],
    ['half of a surrogate pair', '{"name":"x\\ud83d"}', {}, 400, 'MALFORMED_REQUEST'],
    [
      'bytes that are not UTF-8',
      Buffer.from([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')]),
      {},
      400,
      'MALFORMED_REQUEST',
    ],
    [
      'a body that is too large',
      JSON.stringify('x'.repeat(1_048_577)),
      {},
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    ['XML', '<a/>', { 'content-type': 'application/xml' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['text', 'hello', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'a form',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['no body', '', {}, 422, 'VALIDATION_FAILED'],
    ['JSON that is not an object', '[]', {}, 422, 'VALIDATION_FAILED'],
  ])('%s', async (_name, payload, headers, status, code) => {
    await start();
    const response = await post(payload, headers);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({
      code,
      status,
      type: `/errors/${code.toLowerCase().replaceAll('_', '-')}`,
      instance: `urn:request:${String(response.headers['x-request-id'])}`,
    });
    expect(response.headers['cache-control']).toBe('no-store');
  });

  test('deep and broken JSON is told what is wrong with it', async () => {
    await start();
    const deep = await post('['.repeat(100));
    expect(deep.json().detail).toBe('The body is nested deeper than 64 levels.');
    const broken = await post('{"name":"a","a/b":["x\\udc00"]}');
    expect(broken.json().detail).toContain(' /body/a~1b/0:');
  });

  test('JSON of 64 levels and surrogate pairs are fine', async () => {
    let body: unknown;
    http = await buildHttpApp({
      handlers: {
        callUserTool: async (request) => {
          body = request.body;
          throw new AppError('TOOL_NOT_FOUND');
        },
      },
    });
    const deep = `${'['.repeat(62)}"\\ud83d\\ude00"${']'.repeat(62)}`;
    const text = `\ufeff{"name":"a__b","arguments":{"deep":${deep}}}`;
    expect((await post(text, {}, '/api/users/me/tools/call')).statusCode).toBe(404);
    expect(JSON.stringify(body)).toContain('[["😀"]]');
  });

  test('an empty body counts as none where nothing is to be sent', async () => {
    await start();
    const url = '/api/connectors/6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11/sync';
    expect((await post('', {}, url)).statusCode).toBe(200);
  });

  test('a path parameter that is too long', async () => {
    const app = await start();
    const url = `/api/connectors/${'x'.repeat(257)}`;
    const {
      statusCode: status,
      headers,
      body,
    } = await app.inject({ url, headers: await bearer() });
    judge.judge({ method: 'GET', url, status, headers, body });
    expect(status).toBe(414);
  });

  test('a URL that is not properly encoded', async () => {
    const app = await start();
    const response = await app.inject({ url: '/api/connectors/%E0%A4%A' });
    expect(response.statusCode).toBe(400);
    expect(response.json().code).toBe('MALFORMED_REQUEST');
    expect(response.headers['x-request-id']).toBeDefined();
  });

  test('a path that does not exist', async () => {
    const app = await start();
    for (const url of ['/', '/api', '/api/secrets', '/%2e%2e/etc/passwd']) {
      const response = await app.inject({ url });
      expect([response.statusCode, response.json().code], url).toEqual([404, 'NOT_FOUND']);
      expect(response.body).not.toContain('passwd');
    }
  });

  test.each([
    ['PUT', '/api/connectors', 'GET, HEAD, POST'],
    ['DELETE', '/api/connectors/6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11/sync', 'POST'],
    ['POST', '/api/connectors/6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11', 'GET, HEAD, PATCH, DELETE'],
    ['PUT', '/api/connectors/test', 'GET, HEAD, POST, PATCH, DELETE'],
    ['OPTIONS', '/api/connectors', 'GET, HEAD, POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/docs/static/index.css', 'GET, HEAD'],
  ] as const)('a method the path does not have: %s %s', async (method, url, allow) => {
    const app = await start();
    const response = await app.inject({ method, url: `${url}?a=b` });
    expect([response.statusCode, response.json().code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(response.headers.allow).toBe(allow);
  });
});

describe('a validation error', () => {
  async function errorsOf(payload: unknown, url?: string) {
    await start();
    return (await post(JSON.stringify(payload), {}, url)).json<{
      errors: { pointer: string; detail: string }[];
    }>().errors;
  }

  test('points at wrong, missing and unknown fields', async () => {
    const errors = await errorsOf({ name: 7, auth_type: 'magic', 'a/b~c': 'hunter2' });
    expect(errors).toEqual(
      expect.arrayContaining([
        { pointer: '/body/server_url', detail: 'is required' },
        { pointer: '/body/a~1b~0c', detail: 'is not a known field' },
        { pointer: '/body/name', detail: 'must be string' },
        {
          pointer: '/body/auth_type',
          detail: expect.stringMatching(/^must be one of "none", "bearer"/),
        },
      ]),
    );
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });

  test('points into the query', async () => {
    const app = await start();
    const response = await app.inject({
      url: '/api/connectors?limit=many&color=red',
      headers: await bearer(),
    });
    expect(response.json().errors).toEqual([
      { pointer: '/query/color', detail: 'is not a known field' },
      { pointer: '/query/limit', detail: 'must be integer' },
    ]);
  });

  test('lists twenty problems at most', async () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`, i]));
    expect(await errorsOf(body)).toHaveLength(20);
  });

  test('lists only the first problem of a large body', async () => {
    // The AJV of the service would make an object for each of them.
    const headers = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`bad ${i}`, 'x']));
    const body = { name: 7, server_url: 'https://a.example', auth_type: 'headers' };
    const few = await errorsOf({
      ...body,
      credentials: { headers: { 'bad 1': 'x', 'bad 2': 'x' } },
    });
    expect(few.length).toBeGreaterThan(2);
    await http.app.close();
    expect(await errorsOf({ ...body, credentials: { headers } })).toHaveLength(1);
    // What was found in one body is not told of another.
    const next = await post('{"name":"a"}');
    expect(next.json().errors).toEqual([{ pointer: '/body/server_url', detail: 'is required' }]);
  });

  test('keeps long names of the client short', async () => {
    const errors = await errorsOf({
      name: 'a',
      server_url: 'https://a.example',
      ['x'.repeat(9999)]: 1,
    });
    expect(errors[0]?.pointer.length).toBeLessThan(120);
  });
});

describe('an error of a handler', () => {
  const fail = (error: unknown) =>
    start({
      publicUrl: 'https://connectors.example.com',
      extend: (app) => {
        app.get('/fail', async () => {
          throw error;
        });
      },
    });

  test('of our own is answered as it is', async () => {
    const app = await fail(
      new AppError('NEEDS_AUTH', {
        detail: 'Sign in again.',
        extensions: { connector_id: 'c1', status: 200, code: 'FORGED' },
        retryAfterSeconds: 1.2,
        headers: { 'idempotency-replayed': 'true', 'content-type': 'text/html' },
        cause: new Error('hunter2'),
      }),
    );
    const response = await app.inject('/fail');
    expect(response.headers).toMatchObject({
      'retry-after': '2',
      'idempotency-replayed': 'true',
      'content-type': expect.stringContaining('application/problem+json'),
    });
    expect(response.json()).toEqual({
      type: 'https://connectors.example.com/errors/needs-auth',
      title: 'The server needs its owner to sign in again.',
      status: 409,
      code: 'NEEDS_AUTH',
      detail: 'Sign in again.',
      instance: `urn:request:${String(response.headers['x-request-id'])}`,
      connector_id: 'c1',
    });
  });

  test.each<[string, unknown]>([
    ['an error', new Error('hunter2')],
    ['a string', 'hunter2'],
    ['undefined', undefined],
    ['null', null],
    [
      'an error with the status of somebody else',
      Object.assign(new Error('hunter2'), { statusCode: 401 }),
    ],
    [
      'an error with a code and a status',
      Object.assign(new Error('hunter2'), { code: 'UND_ERR', statusCode: 403 }),
    ],
    ['an object', { statusCode: 404, message: 'hunter2' }],
  ])('that nobody expected says nothing: %s', async (_name, error) => {
    const app = await fail(error);
    const response = await app.inject('/fail');
    expect([response.statusCode, response.json().code]).toEqual([500, 'INTERNAL']);
    expect(response.body).not.toContain('hunter2');
    expect(response.headers['content-type']).toContain('application/problem+json');
    // The log knows.
    const lines = http.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('in an answer that does not fit the contract says nothing', async () => {
    const app = await start({ handlers: { listConnectors: async () => ({ secret: 'hunter2' }) } });
    const response = await app.inject({ url: '/api/connectors', headers: await bearer() });
    expect([response.statusCode, response.json().code]).toEqual([500, 'INTERNAL']);
    expect(response.body).not.toContain('hunter2');
  });
});
