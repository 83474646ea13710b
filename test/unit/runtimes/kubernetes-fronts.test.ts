import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutbound, type Outbound } from '../../../src/outbound/guarded-fetch.ts';
import { SystemResolver } from '../../../src/outbound/host-resolver.ts';
import { ManagedPolicy } from '../../../src/outbound/outbound-policy.ts';
import { FrontPolicy, HttpFrontReader } from '../../../src/runtimes/kubernetes-fronts.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const { signal } = new AbortController();
const clock = new FakeClock();
const seen: string[] = [];
let answer: (response: ServerResponse) => void;
let outbound: Outbound;
let url: string;
const server = createServer((request, response) => {
  seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
  answer(response);
});

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  url = `${origin}/mcp`;
  const policy = new ManagedPolicy({ origins: [origin] });
  outbound = createOutbound({ policy, resolver: new SystemResolver() });
});

afterAll(async () => {
  await outbound.close();
  server.closeAllConnections();
  server.close();
});

const read = () => new HttpFrontReader(outbound, clock).read(url, signal);

describe('what a front tells of its use', () => {
  it('is read without a secret', async () => {
    answer = (response) => response.end('{"sessions":2,"idle_seconds":61}');
    expect(await read()).toEqual({ sessions: 2, idleSeconds: 61 });
    expect(seen).toEqual(['GET /healthz undefined']);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['it is not up', (response) => response.writeHead(503).end()],
    ['it is another one', (response) => response.end('<html>')],
    ['it makes no sense', (response) => response.end('{"sessions":-1,"idle_seconds":"long"}')],
    ['it has no end', (response) => response.end('{"sessions":3000000000,"idle_seconds":1}')],
    ['it talks too much', (response) => response.end(' '.repeat(10_000))],
    ['it sends elsewhere', (response) => response.writeHead(302, { location: '/' }).end()],
    ['it hangs up', (response) => response.destroy()],
    [
      'it never ends',
      (response) => {
        response.write('{');
        setImmediate(() => clock.advance(3_000));
      },
    ],
  ])('is not known where %s', async (_what, given) => {
    answer = given;
    expect(await read()).toBeUndefined();
  });
});

describe('the way to the fronts of servers', () => {
  const policy = new FrontPolicy('servers');
  const host = (name: string) => `http://${name}.svc.cluster.local:8000/healthz`;
  const name = 'mcp-00000000-0000-4000-8000-000000000000';

  it('leads to them, and nowhere else', () => {
    expect(policy.checkUrl(host(`${name}.servers`)).hostname).toContain(name);
    for (const other of [
      host(`${name}.other`),
      host('mcp-connectors.servers'),
      host(`${name}.servers`).replace('.local', '.local.example.com'),
      host(`${name}.servers`).replace('http:', 'https:'),
      'http://169.254.169.254/',
    ]) {
      expect(() => policy.checkUrl(other), other).toThrow();
    }
  });
});
