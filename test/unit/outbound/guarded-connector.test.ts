import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { afterEach, expect, it } from 'vitest';
import { guardedConnector } from '../../../src/outbound/guarded-connector.ts';
import { SystemResolver } from '../../../src/outbound/host-resolver.ts';
import type { OutboundPolicy } from '../../../src/outbound/outbound-policy.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: String(address.port), sockets };
}

/** Connects past the check of the URL, as a redirect or a bug would. */
function connect(
  policy: Pick<OutboundPolicy, 'allowsAddress'>,
  target: Partial<buildConnector.Options>,
) {
  const connector = guardedConnector({
    policy: { ...policy, checkUrl: (url) => new URL(url) },
    resolver: new SystemResolver(),
    connectTimeoutMs: 5_000,
  });
  return new Promise<Socket>((resolve, reject) => {
    const options = { hostname: '127.0.0.1', protocol: 'http:', port: '80', ...target };
    connector(options, (error, socket) => (error === null ? resolve(socket) : reject(error)));
  });
}

it('checks an IP literal, which is never looked up', async () => {
  const { port, sockets } = await listen();
  const refuse = { allowsAddress: () => false };
  for (const hostname of ['127.0.0.1', '[::1]', '::ffff:127.0.0.1']) {
    await expect(connect(refuse, { hostname, port })).rejects.toMatchObject({
      code: 'BLOCKED_URL',
    });
  }
  expect(sockets.size).toBe(0);
});

it('checks the peer once more when connected', async () => {
  const { port, sockets } = await listen();
  const seen: string[] = [];
  const changing = {
    allowsAddress: (_target: unknown, address: string) => {
      seen.push(address);
      return seen.length === 1;
    },
  };
  await expect(connect(changing, { port })).rejects.toMatchObject({ code: 'BLOCKED_URL' });
  expect(seen).toEqual(['127.0.0.1', '127.0.0.1']);
  await expect.poll(() => sockets.size).toBe(0);
});

it('asks the policy for the protocol and name of the request', async () => {
  const { port } = await listen();
  const seen: unknown[] = [];
  const policy = {
    allowsAddress: (target: unknown, address: string) => {
      seen.push([target, address]);
      return address === '127.0.0.1';
    },
  };
  const socket = await connect(policy, { hostname: 'LOCALHOST.', port });
  socket.destroy();
  expect(seen).toContainEqual([{ protocol: 'http:', hostname: 'localhost' }, '127.0.0.1']);
});

it('tells a name that the system does not know', async () => {
  const resolver = new SystemResolver();
  await expect(resolver.resolve('no-such-name.invalid')).rejects.toMatchObject({
    code: 'DNS_FAILED',
  });
  expect(await resolver.resolve('127.0.0.1')).toEqual([{ address: '127.0.0.1', family: 4 }]);
});
