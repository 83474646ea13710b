import { once } from 'node:events';
import http, {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FrontListener, listenAsFront } from '../../../src/hosting/front-listener.ts';
import {
  type FrontedServer,
  instanceOf,
  pathOf,
  ServerFront,
} from '../../../src/hosting/server-front.ts';
import { SessionCount } from '../../../src/hosting/session-count.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const ID = '6f1c9a52-2f5e-4d0a-9a44-1f2f3c4d5e6f';
const OTHER_ID = '7f1c9a52-2f5e-4d0a-9a44-1f2f3c4d5e6f';
const BEARER = 'the-secret-of-this-deployment-and-no-other-one';

let upstream: http.Server;
let listener: FrontListener;
let clock: FakeClock;
let server: FrontedServer & { isUp: boolean };
/** What the server behind the front does. */
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let reached: number;

beforeAll(async () => {
  upstream = http.createServer((request, response) => {
    reached += 1;
    serve(request, response);
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const front = new ServerFront({
    find: (path) => (instanceOf(path) === ID ? server : undefined),
    logger: { warn: () => {} },
  });
  listener = await listenAsFront({ host: '127.0.0.1', port: 0 }, (request, response) =>
    front.handle(request, response),
  );
});

afterAll(async () => {
  await listener.close();
  upstream.closeAllConnections();
  upstream.close();
});

beforeEach(() => {
  reached = 0;
  clock = new FakeClock();
  const { port } = upstream.address() as AddressInfo;
  server = {
    isUp: true,
    sessions: new SessionCount(clock),
    accepts: (bearer) => bearer === BEARER,
    get upstream() {
      return this.isUp ? { port, path: '/mcp', key: 'key-of-the-bridge' } : undefined;
    },
  };
  serve = (_request, response) => response.end('{}');
});

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

function send({
  method = 'POST',
  path = pathOf(ID),
  headers = {},
  body,
}: Sent): http.ClientRequest {
  const request = http.request({
    ...{ host: '127.0.0.1', port: listener.port, method, path },
    headers: { authorization: `Bearer ${BEARER}`, ...headers },
  });
  request.end(body);
  return request;
}

async function answerTo(sent: Sent): Promise<IncomingMessage> {
  const [answer]: IncomingMessage[] = await once(send(sent), 'response');
  if (answer === undefined) throw new Error('no answer');
  answer.resume();
  return answer;
}

const statusOf = async (sent: Sent) => (await answerTo(sent)).statusCode;

describe('who is let through', () => {
  it.each([
    ['nobody', ''],
    ['another scheme', `Basic ${BEARER}`],
    ['a wrong secret', `Bearer ${BEARER}x`],
    ['the beginning of it', `Bearer ${BEARER.slice(0, -1)}`],
    ['an empty one', 'Bearer '],
  ])('%s is not, and reaches nothing', async (_who, authorization) => {
    const answer = await answerTo({ headers: { authorization } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(reached).toBe(0);
  });

  it('no other path leads anywhere', async () => {
    const paths = [
      ...[
        '/',
        '/servers',
        pathOf(OTHER_ID),
        `${pathOf(ID)}/`,
        `${pathOf(ID)}?x=1`,
        `/${pathOf(ID)}`,
      ],
      ...[`/servers/${ID}/../${ID}/mcp`, pathOf(ID).toUpperCase(), `/servers/${ID}/ping`],
    ];
    for (const path of paths) expect(await statusOf({ path }), path).toBe(404);
    expect(reached).toBe(0);
  });

  it('one that is not up says so, to whoever may know', async () => {
    server.isUp = false;
    expect(await statusOf({})).toBe(503);
    expect(await statusOf({ headers: { authorization: 'Bearer no' } })).toBe(401);
  });

  it('only what MCP uses', async () => {
    for (const method of ['PUT', 'PATCH', 'OPTIONS']) expect(await statusOf({ method })).toBe(405);
    expect(await statusOf({ method: 'GET' })).toBe(200);
  });
});

describe('what is passed on', () => {
  it('has the key of the bridge, and nothing that was meant for us', async () => {
    let seen: IncomingHttpHeaders = {};
    serve = ({ headers }, response) => {
      seen = headers;
      response.writeHead(200, { 'set-cookie': 'a=b', 'keep-alive': 'timeout=1', 'x-own': 'kept' });
      response.end('{}');
    };
    const answer = await answerTo({
      headers: {
        ...{ 'x-api-key': 'forged', cookie: 'a=b', origin: 'https://example.com' },
        ...{
          connection: 'close, x-hop',
          'x-hop': '1',
          te: 'trailers',
          'x-forwarded-for': '1.2.3.4',
        },
        ...{ 'mcp-protocol-version': '2026-07-28', 'mcp-param-x': '1' },
      },
      body: '{}',
    });
    expect(seen).toMatchObject({
      'x-api-key': 'key-of-the-bridge',
      'mcp-protocol-version': '2026-07-28',
      'mcp-param-x': '1',
    });
    for (const name of ['authorization', 'cookie', 'origin', 'x-hop', 'te', 'x-forwarded-for']) {
      expect(seen, name).not.toHaveProperty(name);
    }
    expect(answer.headers).toMatchObject({ 'x-own': 'kept' });
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('is passed on while it comes, both ways', async () => {
    serve = (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      request.on('data', (chunk) => response.write(`data: ${chunk}\n\n`));
      request.on('end', () => response.end());
    };
    const request = http.request({
      ...{ host: '127.0.0.1', port: listener.port, method: 'POST', path: pathOf(ID) },
      headers: { authorization: `Bearer ${BEARER}` },
    });
    request.write('one');
    const [answer]: IncomingMessage[] = await once(request, 'response');
    if (answer === undefined) throw new Error('no answer');
    const [first] = await once(answer, 'data');
    expect(String(first)).toBe('data: one\n\n');
    request.end('two');
    const [second] = await once(answer, 'data');
    expect(String(second)).toBe('data: two\n\n');
  });

  it('ends at the server when the caller hangs up', async () => {
    const left = new Promise((resolve) => {
      serve = (_request, response) => {
        response.once('close', () => resolve('left'));
        response.writeHead(200).write('x');
      };
    });
    const request = send({});
    await once(request, 'response');
    request.destroy();
    expect(await left).toBe('left');
  });

  it('is bounded, whether its length is said or not', async () => {
    serve = (request, response) => request.resume().on('end', () => response.end());
    const tooMuch = 10 * 1024 * 1024 + 1;
    const said = http.request({
      ...{ host: '127.0.0.1', port: listener.port, method: 'POST', path: pathOf(ID) },
      headers: { authorization: `Bearer ${BEARER}`, 'content-length': tooMuch },
    });
    said.on('error', () => {}).flushHeaders();
    const [refused]: IncomingMessage[] = await once(said, 'response');
    expect(refused?.statusCode).toBe(413);
    said.destroy();
    const unsaid = send({ headers: { 'transfer-encoding': 'chunked' }, body: 'x'.repeat(tooMuch) });
    unsaid.on('error', () => {});
    const [also]: IncomingMessage[] = await once(unsaid, 'response');
    expect(also?.statusCode).toBe(413);
    expect(await statusOf({ body: 'x' })).toBe(200);
  });

  it('a status that is none is a failure of the server', async () => {
    for (const status of ['099', '600', '999']) {
      serve = ({ socket }) => socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: 2\r\n\r\n{}`);
      expect(await statusOf({ body: '{}' }), status).toBe(502);
    }
  });

  it('a server that hangs up is a failure of the server', async () => {
    serve = (request) => request.socket.destroy();
    expect(await statusOf({ body: '{}' })).toBe(502);
  });
});

describe('sessions', () => {
  it('count from the answer that begins them until they end or are idle', async () => {
    serve = (_request, response) => response.writeHead(200, { 'mcp-session-id': 's1' }).end('{}');
    await answerTo({});
    await expect.poll(() => server.sessions.count).toBe(1);
    serve = (_request, response) => response.end('{}');
    await answerTo({ headers: { 'mcp-session-id': 's2' } });
    await expect.poll(() => server.sessions.count).toBe(2);
    await answerTo({ method: 'DELETE', headers: { 'mcp-session-id': 's2' } });
    await expect.poll(() => server.sessions.count).toBe(1);
    serve = (_request, response) => response.writeHead(404).end();
    await answerTo({ headers: { 'mcp-session-id': 's1' } });
    await expect.poll(() => server.sessions.count).toBe(0);
    server.sessions.used('s3');
    clock.advance(31 * 60_000);
    expect(server.sessions.count).toBe(0);
  });

  it('requests without one count while they last', async () => {
    serve = (_request, response) => response.writeHead(200).write('x');
    const request = send({});
    await once(request, 'response');
    expect(server.sessions.count).toBe(1);
    request.destroy();
    await expect.poll(() => server.sessions.count).toBe(0);
  });
});
