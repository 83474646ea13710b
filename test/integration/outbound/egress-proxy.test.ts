import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Outbound } from '../../../src/outbound/guarded-fetch.ts';
import { SystemResolver } from '../../../src/outbound/host-resolver.ts';
import type { OutboundErrorCode } from '../../../src/outbound/outbound-error.ts';
import { ManagedPolicy } from '../../../src/outbound/outbound-policy.ts';
import { startHttpEndpoint } from '../../support/mcp-servers/http-endpoint.ts';
import { createTestAuthority } from '../../support/test-certificates.ts';
import { failureOf, ProxiedNetwork, PUBLIC_V4, PUBLIC_V6 } from './support/proxied-network.ts';

const NAME = 'mcp.example.com';
const PUBLIC_ZONE = { [`${NAME}/A`]: [[PUBLIC_V4]] };

let network: ProxiedNetwork;

beforeAll(async () => {
  network = await ProxiedNetwork.create();
});

afterEach(() => network.clear());

const read = async (outbound: Outbound, url: string) => (await outbound.fetch(url)).text();

describe('a proxy that is asked for addresses', () => {
  it('is asked for the checked address, while the certificate has to be for the name', async () => {
    const server = await network.serve([NAME]);
    const proxy = await network.startProxy();
    const outbound = await network.outbound({ proxy, zones: PUBLIC_ZONE });
    expect(await read(outbound, `https://${NAME}:${server.port}/mcp`)).toBe('hello /mcp');
    expect(proxy.connects).toEqual([`${PUBLIC_V4}:${server.port}`]);
    expect(server.serverNames).toEqual([NAME]);
    // Neither our name nor that of the server reaches the proxy.
    expect(proxy.headers).toEqual([{ host: `${PUBLIC_V4}:${server.port}` }]);
  });

  it('keeps its connections, and isolated ones apart', async () => {
    const server = await network.serve([NAME]);
    const proxy = await network.startProxy();
    const outbound = await network.outbound({ proxy, zones: PUBLIC_ZONE });
    const [one, other] = [outbound.isolate(), outbound.isolate()];
    for (const way of [outbound, one, other, one, outbound, other]) {
      await read(way, `https://${NAME}:${server.port}/`);
    }
    const opened = proxy.connects.length;
    expect(opened).toBeGreaterThanOrEqual(3);
    expect(opened).toBeLessThan(6);
    expect(proxy.openSockets()).toBe(opened);
    await one.close();
    await expect.poll(() => proxy.openSockets()).toBeLessThan(opened);
    expect(await read(other, `https://${NAME}:${server.port}/`)).toBe('hello /');
    await outbound.close();
    await expect.poll(() => [proxy.openSockets(), server.openSockets()]).toEqual([0, 0]);
  });

  it('sees nothing of a name with a private address, alone or among public ones', async () => {
    const server = await network.serve(['a.example.com']);
    const proxy = await network.startProxy();
    const zones = {
      'private.example.com/A': [['10.0.0.1']],
      'mixed.example.com/A': [[PUBLIC_V4, '192.168.0.1']],
      'six.example.com/A': [[PUBLIC_V4]],
      'six.example.com/AAAA': [['fd12:0:0:0:0:0:0:1']],
      'nat64.example.com/AAAA': [['64:ff9b:0:0:0:0:a00:1']],
      'sixtofour.example.com/AAAA': [['2002:a00:1:0:0:0:0:1']],
      'mapped.example.com/AAAA': [['0:0:0:0:0:ffff:a00:1']],
      'shared.example.com/A': [['100.64.0.1']],
      'metadata.example.com/A': [['169.254.169.254']],
      'loopback.example.com/A': [['127.0.0.1']],
    };
    const outbound = await network.outbound({ proxy, zones });
    for (const key of Object.keys(zones)) {
      const name = key.slice(0, key.indexOf('/'));
      const failure = await failureOf(outbound.fetch(`https://${name}:${server.port}/`));
      expect(failure, name).toMatchObject({ code: 'BLOCKED_URL', requestSent: false });
    }
    expect(proxy.connects).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it('sees nothing of literals that are not allowed', async () => {
    const proxy = await network.startProxy();
    const outbound = await network.outbound({ proxy });
    for (const host of ['10.0.0.1', '0x7f.1', '2130706433', '[::1]', '[::ffff:a9fe:a9fe]']) {
      expect((await failureOf(outbound.fetch(`https://${host}/`))).code, host).toBe('BLOCKED_URL');
    }
    expect(proxy.connects).toEqual([]);
  });

  it('is not asked for the second answer of a name that changes its address', async () => {
    const server = await network.serve([NAME]);
    const proxy = await network.startProxy();
    const zones = { [`${NAME}/A`]: [[PUBLIC_V4], ['169.254.169.254']] };
    const outbound = await network.outbound({ proxy, zones });
    const url = `https://${NAME}:${server.port}/`;
    expect(await read(outbound.isolate(), url)).toBe('hello /');
    expect((await failureOf(outbound.isolate().fetch(url))).code).toBe('BLOCKED_URL');
    expect(proxy.connects).toEqual([`${PUBLIC_V4}:${server.port}`]);
  });

  it('is asked for the next address where it cannot reach one, of both families, and for three at most', async () => {
    const server = await network.serve([NAME]);
    const refuses = (...hosts: string[]) => {
      const isRefused = (authority: string) =>
        hosts.some((host) => authority === `${host}:${server.port}`);
      return network.startProxy({
        answer: (socket, authority) => {
          if (!isRefused(authority)) return false;
          socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
          return true;
        },
      });
    };
    const many = ['93.184.216.35', '93.184.216.36', '93.184.216.37'];
    const zones = {
      [`${NAME}/A`]: [[PUBLIC_V4, ...many]],
      [`${NAME}/AAAA`]: [['2606:2800:220:1:248:1893:25c8:1946']],
    };
    const url = `https://${NAME}:${server.port}/`;
    const v4Only = await refuses(PUBLIC_V4);
    expect(await read(await network.outbound({ proxy: v4Only, zones }), url)).toBe('hello /');
    expect(v4Only.connects).toEqual([
      `${PUBLIC_V4}:${server.port}`,
      `[${PUBLIC_V6}]:${server.port}`,
    ]);

    const none = await refuses(PUBLIC_V4, `[${PUBLIC_V6}]`, ...many);
    const outbound = await network.outbound({ proxy: none, zones });
    expect((await failureOf(outbound.fetch(url))).code).toBe('CONNECT_FAILED');
    expect(none.connects).toHaveLength(3);
  });

  it('goes to literals, listed ones too, with a certificate for the address', async () => {
    const server = await network.serve([PUBLIC_V4, PUBLIC_V6, '10.1.2.3']);
    const proxy = await network.startProxy();
    const outbound = await network.outbound({ proxy, allowedAddresses: '10.1.2.0/24' });
    for (const host of [PUBLIC_V4, `[${PUBLIC_V6}]`, '10.1.2.3', '0xa.0x1.515']) {
      expect(await read(outbound, `https://${host}:${server.port}/`), host).toBe('hello /');
    }
    expect([...new Set(proxy.connects)]).toEqual([
      `${PUBLIC_V4}:${server.port}`,
      `[${PUBLIC_V6}]:${server.port}`,
      `10.1.2.3:${server.port}`,
    ]);
  });

  it('tells a name that does not resolve and a certificate for another name', async () => {
    const server = await network.serve(['other.example.com']);
    const proxy = await network.startProxy();
    const outbound = await network.outbound({ proxy, zones: PUBLIC_ZONE });
    const stranger = await createTestAuthority('Nobody trusts it');
    const untrusted = await network.serve([], {
      certificate: await stranger.issue({ names: [NAME] }),
    });
    const cases: [string, OutboundErrorCode][] = [
      ['https://none.example.com/', 'DNS_FAILED'],
      [`https://${NAME}:${server.port}/`, 'TLS_FAILED'],
      [`https://${NAME}:${untrusted.port}/`, 'TLS_FAILED'],
    ];
    for (const [url, code] of cases) {
      expect(await failureOf(outbound.fetch(url)), url).toMatchObject({ code, requestSent: false });
    }
    expect([...server.requests, ...untrusted.requests]).toEqual([]);
    await expect.poll(() => proxy.openSockets()).toBe(0);
  });
});

describe('a proxy that is asked for names', () => {
  it('gets the name, which nobody resolves here', async () => {
    const server = await network.serve([NAME]);
    const proxy = await network.startProxy();
    const outbound = await network.outbound({ proxy: { ...proxy, connectBy: 'name' } });
    expect(await read(outbound, `https://${NAME}.:${server.port}/`)).toBe('hello /');
    expect(proxy.connects).toEqual([`${NAME}:${server.port}`]);
    expect(server.serverNames).toEqual([NAME]);
  });

  it('sees nothing of what a URL alone gives away', async () => {
    const proxy = await network.startProxy();
    const outbound = await network.outbound({ proxy: { ...proxy, connectBy: 'name' } });
    const label = 'a'.repeat(60);
    const cases: [string, OutboundErrorCode][] = [
      ['https://10.0.0.1/', 'BLOCKED_URL'],
      ['https://[fd12::1]/', 'BLOCKED_URL'],
      ['https://metadata.google.internal/', 'BLOCKED_URL'],
      ['https://intranet/', 'BLOCKED_URL'],
      ['https://printer.private/', 'BLOCKED_URL'],
      ["https://a'b;c.example.com/", 'INVALID_URL'],
      [`https://${'a'.repeat(64)}.example.com/`, 'INVALID_URL'],
      [`https://${Array(5).fill(label).join('.')}.example.com/`, 'INVALID_URL'],
    ];
    for (const [url, code] of cases) {
      expect((await failureOf(outbound.fetch(url))).code, url).toBe(code);
    }
    expect(proxy.connects).toEqual([]);
  });
});

describe('goes directly', () => {
  it('what NO_PROXY names, fully checked', async () => {
    const server = await network.serve([NAME, '127.0.0.1']);
    const proxy = await network.startProxy();
    const outbound = await network.outbound({
      proxy: { ...proxy, noProxy: ['example.com', '10.0.0.0/8'], connectBy: 'name' },
      zones: {
        [`${NAME}/A`]: [['127.0.0.1']],
        'evil.example.com/A': [['127.0.0.1']],
        'other.example.net/A': [['127.0.0.1']],
      },
      allowedHosts: NAME,
      allowedAddresses: '127.0.0.1',
    });
    expect(await read(outbound, `https://${NAME}:${server.port}/`)).toBe('hello /');
    for (const host of ['evil.example.com', '10.1.2.3']) {
      const failure = await failureOf(outbound.fetch(`https://${host}:${server.port}/`));
      expect(failure.code, host).toBe('BLOCKED_URL');
    }
    expect(proxy.connects).toEqual([]);
    await failureOf(outbound.fetch(`https://other.example.net:${server.port}/`));
    expect(proxy.connects).toEqual([`other.example.net:${server.port}`]);
  });

  it('this machine, by name, literal or answer: to the proxy it would be another one', async () => {
    const server = await network.serve(['localhost', '127.0.0.1', NAME]);
    const proxy = await network.startProxy();
    const outbound = await network.outbound({
      proxy,
      zones: { [`${NAME}/A`]: [['127.0.0.1']] },
      allowedHosts: `localhost,${NAME}`,
      allowedAddresses: '127.0.0.1',
    });
    for (const host of ['localhost', '127.0.0.1', NAME]) {
      expect(await read(outbound, `https://${host}:${server.port}/`), host).toBe('hello /');
    }
    expect(proxy.connects).toEqual([]);
  });

  it('plain http', async () => {
    const server = await startHttpEndpoint((_request, response) => response.end('plain'));
    network.later(() => server.close());
    const proxy = await network.startProxy();
    const outbound = await network.outbound({
      proxy,
      zones: { [`${NAME}/A`]: [['127.0.0.1']] },
      allowedHosts: NAME,
      allowedAddresses: '127.0.0.1',
    });
    expect(await read(outbound, `http://${NAME}:${server.port}/`)).toBe('plain');
    expect(proxy.connects).toEqual([]);
  });
});

describe('the proxy itself', () => {
  it('gets its user and password, decoded, and the server does not', async () => {
    const server = await network.serve([NAME]);
    const secret = `Basic ${Buffer.from('gate way:p@ss:wörd').toString('base64')}`;
    const proxy = await network.startProxy({ authorization: secret });
    const url = `http://gate%20way:p%40ss%3Aw%C3%B6rd@127.0.0.1:${proxy.port}/`;
    const outbound = await network.outbound({ proxy: { url }, zones: PUBLIC_ZONE });
    expect(await read(outbound, `https://${NAME}:${server.port}/`)).toBe('hello /');
    expect(proxy.headers[0]?.['proxy-authorization']).toBe(secret);
  });

  it('may be spoken to over TLS, and has to prove who it is', async () => {
    const server = await network.serve([NAME]);
    const certificate = await network.authority.issue({ names: ['localhost'] });
    const proxy = await network.startProxy({ certificate });
    const byName = `https://localhost:${proxy.port}`;
    const url = `https://${NAME}:${server.port}/`;
    // The name in its certificate is its own, also where it is asked for another one.
    for (const connectBy of ['address', 'name'] as const) {
      const options = { proxy: { url: byName, connectBy }, zones: PUBLIC_ZONE };
      const trusting = await network.outbound(options);
      expect(await read(trusting, url)).toBe('hello /');
      await trusting.close();
    }
    await expect.poll(() => [proxy.openSockets(), server.openSockets()]).toEqual([0, 0]);

    // Another name than the one in its certificate, and an authority that is not trusted.
    const byAddress = await network.outbound({ proxy: { url: proxy.url }, zones: PUBLIC_ZONE });
    const distrusting = await network.outbound({
      proxy: { url: byName },
      zones: PUBLIC_ZONE,
      trustsAuthority: false,
    });
    for (const outbound of [byAddress, distrusting]) {
      // The server is not the one to blame.
      expect(await failureOf(outbound.fetch(url))).toMatchObject({ code: 'CONNECT_FAILED' });
    }
    expect(proxy.connects).toHaveLength(2);
    await expect.poll(() => proxy.openSockets()).toBe(0);
  });

  it('serves the managed policy too, to its own origins only', async () => {
    const server = await network.serve([PUBLIC_V4]);
    const proxy = await network.startProxy();
    const policy = new ManagedPolicy({ origins: [`https://${PUBLIC_V4}:${server.port}`] });
    const outbound = await network.outbound({ proxy, policy, resolver: new SystemResolver() });
    expect(await read(outbound, `https://${PUBLIC_V4}:${server.port}/keys`)).toBe('hello /keys');
    const elsewhere = outbound.fetch(`https://${PUBLIC_V4}/`);
    expect((await failureOf(elsewhere)).code).toBe('BLOCKED_URL');
    expect(proxy.connects).toEqual([`${PUBLIC_V4}:${server.port}`]);
  });

  it('refuses the redirects of servers', async () => {
    const proxy = await network.startProxy();
    const server = await network.serve([NAME], {
      answer: (_request, response) =>
        response.writeHead(307, { location: 'https://169.254.169.254/' }).end(),
    });
    const outbound = await network.outbound({ proxy, zones: PUBLIC_ZONE });
    const failure = await failureOf(outbound.fetch(`https://${NAME}:${server.port}/`));
    expect(failure.code).toBe('REDIRECT_REFUSED');
    expect(proxy.connects).toHaveLength(1);
  });
});
