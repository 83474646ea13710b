import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  failureOf,
  ProxiedNetwork,
  PUBLIC_V4,
  PUBLIC_V6,
  textOf,
} from './support/proxied-network.ts';

const NAME = 'mcp.example.com';
const SECRET = 'pass-4711';
const SAID_BY_PROXY = 'said-by-proxy';

let network: ProxiedNetwork;

beforeAll(async () => {
  network = await ProxiedNetwork.create();
});

afterEach(() => network.clear());

/** What a proxy does with the connection on which it was asked for another one. */
type Misbehaviour = (socket: Socket) => unknown;

const says =
  (text: string): Misbehaviour =>
  (socket) =>
    socket.write(text);
const REFUSAL = `X-Reason: ${SAID_BY_PROXY}\r\nContent-Length: 14\r\n\r\n${SAID_BY_PROXY}\n`;

/** They answer, but make no connection. */
const ANSWERS: Record<string, Misbehaviour> = {
  'wants a password': says(
    `HTTP/1.1 407 ${SAID_BY_PROXY}\r\nProxy-Authenticate: Basic\r\n${REFUSAL}`,
  ),
  forbids: says(`HTTP/1.1 403 ${SAID_BY_PROXY}\r\n${REFUSAL}`),
  'finds no way': says(`HTTP/1.1 502 ${SAID_BY_PROXY}\r\n${REFUSAL}`),
  redirects: says(`HTTP/1.1 302 ${SAID_BY_PROXY}\r\nLocation: https://169.254.169.254/\r\n\r\n`),
  'asks for more first': says('HTTP/1.1 100 Continue\r\n\r\n'),
  'switches protocols': says(
    'HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n',
  ),
  'speaks before the server does': says(`HTTP/1.1 200 OK\r\n\r\n${SAID_BY_PROXY}`),
  'sends garbage': says(`${SAID_BY_PROXY} \u0000\u0001\r\n\r\n`),
  'sends an endless header': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const more = () => {
      if (!socket.destroyed) socket.write(`X-More: ${'x'.repeat(1_000)}\r\n`, more);
    };
    more();
  },
  closes: (socket) => socket.end(),
  resets: (socket) => socket.resetAndDestroy(),
  'closes in the middle of its answer': (socket) => socket.end('HTTP/1.1 200 O'),
  'closes after it has agreed': (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'),
  'resets after it has agreed': (socket) =>
    socket.write('HTTP/1.1 200 OK\r\n\r\n', () => socket.resetAndDestroy()),
};

/** They never come to an end. */
const SILENCES: Record<string, Misbehaviour> = {
  'says nothing': () => {},
  'stops in the middle of its answer': says('HTTP/1.1 200 O'),
  'stops after it has agreed': says('HTTP/1.1 200 OK\r\n\r\n'),
  trickles: (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
    const timer = setInterval(() => socket.write('x'), 10);
    socket.on('close', () => clearInterval(timer));
  },
};

async function ask(misbehave: Misbehaviour, limits: { connectTimeoutMs: number }, zones = {}) {
  const proxy = await network.startProxy({
    answer: (socket) => {
      misbehave(socket);
      return true;
    },
  });
  const outbound = await network.outbound({
    proxy: { url: `http://user:${SECRET}@127.0.0.1:${proxy.port}` },
    zones: { [`${NAME}/A`]: [[PUBLIC_V4]], ...zones },
    limits,
  });
  return { proxy, outbound };
}

describe.each(Object.entries(ANSWERS))('a proxy that %s', (_name, misbehave) => {
  it('makes no connection, which is known at once, and leaves none', async () => {
    // Longer than any test may take.
    const { proxy, outbound } = await ask(misbehave, { connectTimeoutMs: 600_000 });
    const failure = await failureOf(outbound.fetch(`https://${NAME}/secret-path`));
    expect(failure).toMatchObject({ code: 'CONNECT_FAILED', requestSent: false });
    const { port } = proxy;
    expect(textOf(failure)).not.toMatch(
      new RegExp(`${SECRET}|${btoa(`user:${SECRET}`)}|${SAID_BY_PROXY}|${PUBLIC_V4}|:${port}`),
    );
    expect(proxy.connects).toEqual([`${PUBLIC_V4}:443`]);
    await expect.poll(() => proxy.openSockets()).toBe(0);
  });
});

describe.each(Object.entries(SILENCES))('a proxy that %s', (_name, misbehave) => {
  it('is given up when the time to connect is over', async () => {
    const { proxy, outbound } = await ask(misbehave, { connectTimeoutMs: 200 });
    const failure = await failureOf(outbound.fetch(`https://${NAME}/`));
    expect(failure).toMatchObject({ code: 'CONNECT_FAILED', requestSent: false });
    await expect.poll(() => proxy.openSockets()).toBe(0);
  });

  it('lets its caller go, and the end of the way out closes the connection', async () => {
    // Without an end the time to connect would outlast the test.
    const { proxy, outbound } = await ask(misbehave, { connectTimeoutMs: 600_000 });
    const caller = new AbortController();
    const [pool, ownSockets] = [outbound.isolate(), outbound];
    const waiting = [pool, ownSockets].map((way) =>
      way.fetch(`https://${NAME}/`, { signal: caller.signal }),
    );
    const outcome = Promise.allSettled(waiting);
    await expect.poll(() => [proxy.connects.length, proxy.openSockets()]).toEqual([2, 2]);
    caller.abort(new Error('enough'));
    for (const { status, reason } of (await outcome) as PromiseRejectedResult[]) {
      expect([status, reason.message]).toEqual(['rejected', 'enough']);
    }
    await pool.close();
    await expect.poll(() => proxy.openSockets()).toBe(1);
    await outbound.close();
    await expect.poll(() => proxy.openSockets()).toBe(0);
  });
});

it('a proxy that refuses is told apart by its status only', async () => {
  const { outbound } = await ask(ANSWERS['finds no way'] ?? (() => {}), {
    connectTimeoutMs: 600_000,
  });
  const { cause } = await failureOf(outbound.fetch(`https://${NAME}/`));
  expect(cause).toMatchObject({ name: 'ProxyRefusal', status: 502 });
});

it('a proxy that wants a password is not asked again for another address', async () => {
  const { proxy, outbound } = await ask(
    ANSWERS['wants a password'] ?? (() => {}),
    { connectTimeoutMs: 600_000 },
    { [`${NAME}/AAAA`]: [[PUBLIC_V6]] },
  );
  await failureOf(outbound.fetch(`https://${NAME}/`));
  expect(proxy.connects).toHaveLength(1);
});

it('a proxy that hangs on one address is asked for the next one in time', async () => {
  const server = await network.serve([NAME]);
  const proxy = await network.startProxy({
    answer: (_socket, authority) => authority.startsWith(PUBLIC_V4),
  });
  const outbound = await network.outbound({
    proxy,
    zones: { [`${NAME}/A`]: [[PUBLIC_V4]], [`${NAME}/AAAA`]: [[PUBLIC_V6]] },
    limits: { connectTimeoutMs: 2_000 },
  });
  const response = await outbound.fetch(`https://${NAME}:${server.port}/`);
  expect(await response.text()).toBe('hello /');
  await expect.poll(() => proxy.openSockets()).toBe(1);
});

it('a proxy nobody runs is a connection that failed', async () => {
  const proxy = await network.startProxy();
  const outbound = await network.outbound({ proxy, zones: { [`${NAME}/A`]: [[PUBLIC_V4]] } });
  await proxy.close();
  const failure = await failureOf(outbound.fetch(`https://${NAME}/`));
  expect(failure).toMatchObject({ code: 'CONNECT_FAILED', cause: { code: 'ECONNREFUSED' } });
});

it('a server that hangs in the handshake is let go with the way out, without a proxy too', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  network.later(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const outbound = await network.outbound({
    allowedAddresses: '127.0.0.1',
    limits: { connectTimeoutMs: 600_000 },
  });
  const caller = new AbortController();
  const { signal } = caller;
  const outcome = Promise.allSettled([outbound.fetch(`https://127.0.0.1:${port}/`, { signal })]);
  await expect.poll(() => sockets.size).toBe(1);
  caller.abort();
  await outcome;
  await outbound.close();
  await expect.poll(() => sockets.size).toBe(0);
});
