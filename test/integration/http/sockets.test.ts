import { type IncomingMessage, request } from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ContractJudge } from '../../support/contract-judge.ts';
import { bearer, buildHttpApp, type HttpApp, type HttpAppOptions } from '../../support/http-app.ts';

const judge = new ContractJudge();
let http: HttpApp;
afterEach(() => http.app.close());

async function start(options: HttpAppOptions = {}): Promise<URL> {
  http = await buildHttpApp(options);
  return http.listen();
}

/** Writes bytes and reads until the server hangs up. */
async function exchange(url: URL, ...chunks: string[]): Promise<string> {
  const socket = net.connect(Number(url.port), url.hostname);
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString();
  });
  for (const chunk of chunks) socket.write(chunk);
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

function expectProblem(answer: string, status: number, code: string): void {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  expect(first).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body));
  expect(headers['connection']).toBe('close');
  expect(headers['x-request-id']).toBeDefined();
  judge.judge({ method: 'GET', url: '/', status, headers, body });
  expect(JSON.parse(body)).toMatchObject({ status, code });
}

describe('what never becomes a request', () => {
  test.each<[string, string, number, string]>([
    ['bytes that are not HTTP', 'GARBAGE\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'MALFORMED_REQUEST'],
    [
      'headers that are too large',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    [
      'two lengths',
      'POST /api/connectors HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      'MALFORMED_REQUEST',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'MALFORMED_REQUEST',
    ],
    [
      'a header without a name',
      'GET / HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n',
      400,
      'MALFORMED_REQUEST',
    ],
  ])('%s', async (_name, bytes, status, code) => {
    const url = await start();
    expectProblem(await exchange(url, bytes), status, code);
  });

  test('a request that does not end', async () => {
    const url = await start({ requestTimeoutMs: 300 });
    expectProblem(await exchange(url, 'GET / HTTP/1.1\r\nHost: x\r\n'), 408, 'REQUEST_TIMEOUT');
  });

  test('a body that does not end', async () => {
    const url = await start({ requestTimeoutMs: 300 });
    const { authorization } = await bearer();
    const head = `POST /api/connectors HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n`;
    expectProblem(await exchange(url, head, '{"name":'), 408, 'REQUEST_TIMEOUT');
  });
});

describe('clients that leave', () => {
  async function expectAlive(url: URL): Promise<void> {
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    const levels = http.logLines.map((line) => (JSON.parse(line) as { level: string }).level);
    expect(levels.filter((level) => level === 'error' || level === 'fatal')).toEqual([]);
  }

  test('during an upload', async () => {
    const url = await start();
    const { authorization } = await bearer();
    const socket = net.connect(Number(url.port), url.hostname);
    socket.on('error', () => {});
    socket.write(
      `POST /api/connectors HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"name":`,
    );
    await sleep(50);
    socket.resetAndDestroy();
    await expect.poll(() => http.logLines.join('')).toContain('"status":499');
    await expectAlive(url);
  });

  test('before the answer', async () => {
    const leaving = new AbortController();
    const url = await start({
      handlers: {
        listConnectors: async () => {
          leaving.abort();
          await sleep(200);
          return { items: [], next_cursor: null };
        },
      },
    });
    const headers = await bearer();
    await expect(
      fetch(new URL('/api/connectors', url), { headers, signal: leaving.signal }),
    ).rejects.toThrow();
    await expect.poll(() => http.logLines.join('')).toContain('"status":499');
    await expectAlive(url);
  });

  test('after bytes that are not HTTP', async () => {
    const url = await start();
    for (let i = 0; i < 20; i += 1) {
      const socket = net.connect(Number(url.port), url.hostname);
      socket.on('error', () => {});
      socket.write('NONSENSE\r\n\r\n');
      socket.resetAndDestroy();
    }
    await sleep(50);
    await expectAlive(url);
  });
});

describe('the id of a request', () => {
  test.each<[string, string | undefined, boolean]>([
    ['a sane one is kept', 'trace-0123456789.abc_DEF', true],
    ['none', undefined, false],
    ['a short one', 'abc', false],
    ['a long one', 'x'.repeat(65), false],
    ['one with a space', 'abcdefgh ijkl', false],
    ['one with markup', 'abcdefgh"><script>', false],
    ['one with a percent-encoded line break', 'abcdefgh%0d%0aSet-Cookie:a=b', false],
  ])('%s', async (_name, given, kept) => {
    await start();
    const headers = given === undefined ? {} : { 'x-request-id': given };
    const response = await http.app.inject({ url: '/nothing', headers });
    const id = String(response.headers['x-request-id']);
    if (kept) expect(id).toBe(given);
    else expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.json().instance).toBe(`urn:request:${id}`);
    await expect.poll(() => http.logLines.join('')).toContain(`"request_id":"${id}"`);
  });

  test('a line break in it splits neither the answer nor the log', async () => {
    const url = await start();
    const answer = await exchange(
      url,
      'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: abcdefgh\n{"level":"fatal"}\r\n\r\n',
    );
    expect(answer).not.toContain('fatal');
    for (const line of http.logLines) expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(http.logLines.join('')).not.toContain('"level":"fatal"');
  });
});

describe('a client who does not read its answer', () => {
  // More than the system takes in on both sides.
  const LARGE = Buffer.alloc(40 * 1024 * 1024, 'x');

  /** Asks for a large answer, and reads nothing until told. */
  async function ask(options: HttpAppOptions) {
    let isClosed = false;
    const url = await start({
      ...options,
      extend: (app) => {
        app.get('/large', async (_request, reply) => {
          reply.raw.once('close', () => {
            isClosed = true;
          });
          return reply.send(LARGE);
        });
      },
    });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(new URL('/large', url), resolve).on('error', reject).end();
    });
    return { response, isClosed: () => isClosed };
  }

  test('gets the rest of it while the service stops', async () => {
    const { response, isClosed } = await ask({});
    const closing = http.app.close();
    await sleep(50);
    expect(isClosed()).toBe(false);

    let length = 0;
    for await (const part of response) length += part.length;
    await closing;

    expect(length).toBe(LARGE.length);
  });

  test('is left when it takes nothing for too long', async () => {
    const { response, isClosed } = await ask({ unreadAnswers: { stallMs: 200 } });
    const ended = new Promise((resolve) => response.once('error', resolve));

    await expect.poll(isClosed).toBe(true);

    response.resume();
    expect(await ended).toMatchObject({ code: 'ECONNRESET' });
  });
});
