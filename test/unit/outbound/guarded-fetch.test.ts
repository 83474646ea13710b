import { createServer } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Outbound } from '../../../src/outbound/guarded-fetch.ts';
import { OutboundError, type OutboundErrorCode } from '../../../src/outbound/outbound-error.ts';
import { startDnsServer } from '../../support/mcp-servers/dns-server.ts';
import {
  type EndpointHandler,
  type HttpEndpoint,
  startHttpEndpoint,
} from '../../support/mcp-servers/http-endpoint.ts';
import {
  createTestOutbound,
  type TestOutboundOptions,
} from '../../support/mcp-servers/test-client.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(handler: EndpointHandler, host = '127.0.0.1'): Promise<HttpEndpoint> {
  const endpoint = await startHttpEndpoint(handler, { host });
  cleanups.push(() => endpoint.close());
  return endpoint;
}

function createOutbound(options: TestOutboundOptions = {}): Outbound {
  const outbound = createTestOutbound(options);
  cleanups.push(() => outbound.close());
  return outbound;
}

/** A name server, and the options that make a way out ask it. */
async function namesFrom(zones: Parameters<typeof startDnsServer>[0]) {
  const dns = await startDnsServer(zones);
  cleanups.push(() => dns.close());
  return { dns, options: { dns: { servers: [dns.address], timeoutMs: 1_000 } } };
}

async function failureOf(work: Promise<unknown>): Promise<OutboundError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OutboundError)) throw new Error('no outbound error', { cause: error });
  return error;
}

const codeOf = async (work: Promise<unknown>): Promise<OutboundErrorCode> =>
  (await failureOf(work)).code;
const read = async (outbound: Outbound, url: string) => (await outbound.fetch(url)).text();

/** A server at 127.0.0.2 whose port is kept by one that hangs up at 127.0.0.1, where somebody else's server might be. */
async function serveBesideNobody(handler: EndpointHandler): Promise<HttpEndpoint> {
  const inside = await serve(handler, '127.0.0.2');
  const nobody = createServer((socket) => socket.destroy());
  const isFree = await new Promise<boolean>((resolve) => {
    nobody.once('error', () => resolve(false));
    nobody.listen(Number(inside.port), '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return serveBesideNobody(handler);
  cleanups.push(() => nobody.close());
  return inside;
}

describe('addresses', () => {
  it('checks literals without asking for a name', async () => {
    const inside = await serve((_request, response) => response.end('secret'));
    const outbound = createOutbound({ allowedAddresses: '' });
    expect(await codeOf(outbound.fetch(inside.origin))).toBe('BLOCKED_URL');
    expect(inside.requests).toEqual([]);
  });

  it('is not fooled by a name that changes its address', async () => {
    const inside = await serveBesideNobody((_request, response) => response.end('secret'));
    const { dns, options } = await namesFrom({
      'evil.example.com/A': [['127.0.0.1'], ['127.0.0.2']],
    });
    const allowedHosts = 'evil.example.com';
    const outbound = createOutbound({ ...options, allowedHosts, allowedAddresses: '127.0.0.1' });
    // Whoever is asked at the first answer hangs up; the second one is the target of the attack.
    await failureOf(outbound.fetch(`http://evil.example.com:${inside.port}/`));
    expect(dns.queries['evil.example.com/A']).toBe(1);
    expect(await codeOf(outbound.fetch(`http://evil.example.com:${inside.port}/`))).toBe(
      'BLOCKED_URL',
    );
    expect(inside.requests).toEqual([]);
  });

  it('asks once per connection', async () => {
    const server = await serve((_request, response) => response.end('ok'));
    const { dns, options } = await namesFrom({ 'good.example.com/A': [['127.0.0.1']] });
    const outbound = createOutbound({ ...options, allowedHosts: 'good.example.com' });
    for (let count = 0; count < 5; count += 1) {
      expect(await read(outbound, `http://good.example.com:${server.port}/`)).toBe('ok');
    }
    expect(dns.queries['good.example.com/A']).toBe(server.openSockets());
    expect(server.openSockets()).toBeLessThan(5);
  });

  it('refuses a name when one of its addresses is not allowed', async () => {
    const server = await serve((_request, response) => response.end('secret'));
    const { options } = await namesFrom({
      'mixed.example.com/A': [['127.0.0.1', '127.0.0.2']],
      'six.example.com/A': [['127.0.0.1']],
      'six.example.com/AAAA': [['0:0:0:0:0:0:0:1']],
      'mapped.example.com/AAAA': [['0:0:0:0:0:ffff:7f00:2']],
      'meta.example.com/A': [['169.254.169.254']],
    });
    const allowedHosts = '*.example.com';
    const allowedAddresses = '127.0.0.1,169.254.0.0/16';
    const outbound = createOutbound({ ...options, allowedHosts, allowedAddresses });
    for (const name of ['mixed', 'six', 'mapped', 'meta']) {
      const url = `http://${name}.example.com:${server.port}/`;
      expect(await codeOf(outbound.fetch(url)), name).toBe('BLOCKED_URL');
    }
    expect(server.requests).toEqual([]);
  });

  it('keeps names that are not listed out of an allowed range', async () => {
    const server = await serve((_request, response) => response.end('secret'));
    const { options } = await namesFrom({ 'evil.example.com/A': [['127.0.0.1']] });
    const outbound = createOutbound(options);
    const failure = await failureOf(outbound.fetch(`https://evil.example.com:${server.port}/`));
    expect(failure).toMatchObject({ code: 'BLOCKED_URL', requestSent: false });
    expect(failure.message).not.toContain('127.0.0.1');
  });

  it('knows localhost without a name server', async () => {
    const server = await serve((_request, response) => response.end('ok'));
    const outbound = createOutbound({ allowedHosts: 'localhost' });
    expect(await read(outbound, `http://localhost:${server.port}/`)).toBe('ok');
    const closed = createOutbound({ allowedHosts: 'localhost', allowedAddresses: '' });
    expect(await codeOf(closed.fetch(`http://localhost:${server.port}/`))).toBe('BLOCKED_URL');
  });

  it('tells a name that does not resolve, a port nobody listens on and a server without TLS', async () => {
    const server = await serve((_request, response) => response.end('ok'));
    const { options } = await namesFrom({ 'good.example.com/A': [['127.0.0.1']] });
    const outbound = createOutbound({ ...options, allowedHosts: 'good.example.com' });
    const gone = await startHttpEndpoint(() => {});
    await gone.close();
    const cases: [string, OutboundErrorCode][] = [
      ['https://none.example.com/', 'DNS_FAILED'],
      [`http://good.example.com:${gone.port}/`, 'CONNECT_FAILED'],
      [`https://good.example.com:${server.port}/`, 'TLS_FAILED'],
    ];
    for (const [url, code] of cases) {
      expect(await failureOf(outbound.fetch(url)), url).toMatchObject({ code, requestSent: false });
    }
  });
});

describe('answers', () => {
  it('never follows a redirect', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    expect(await codeOf(createOutbound().fetch(server.origin))).toBe('REDIRECT_REFUSED');
    expect(server.requests).toHaveLength(1);
  });

  it('are those of fetch', async () => {
    const server = await serve((request, response, seen) => {
      response.writeHead(201, { 'content-type': 'text/plain', 'x-list': ['a', 'b'] });
      response.end(`${request.method} ${seen.path} ${request.headers['x-sent']} ${seen.body}`);
    });
    const response = await createOutbound().fetch(`${server.origin}/path?q=1`, {
      method: 'post',
      headers: { 'X-Sent': 'yes' },
      body: new URLSearchParams({ a: 'ä&b' }),
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-list')).toBe('a, b');
    expect(await response.text()).toBe('POST /path?q=1 yes a=%C3%A4%26b');
    expect(server.requests[0]?.headers['content-type']).toContain('x-www-form-urlencoded');
  });

  it('without a body are read as such', async () => {
    const server = await serve((_request, response) => response.writeHead(204).end());
    const response = await createOutbound().fetch(server.origin);
    expect([response.status, response.body]).toEqual([204, null]);
  });

  it('are decoded', async () => {
    const encoders = {
      gzip: gzipSync,
      br: brotliCompressSync,
      deflate: deflateSync,
      'gzip, br': (text: string) => brotliCompressSync(gzipSync(text)),
    };
    const server = await serve((_request, response, { path }) => {
      const coding = decodeURIComponent(path.slice(1)) as keyof typeof encoders;
      response.writeHead(200, { 'content-encoding': coding }).end(encoders[coding]('hello'));
    });
    const outbound = createOutbound();
    for (const coding of Object.keys(encoders)) {
      const url = `${server.origin}/${encodeURIComponent(coding)}`;
      expect(await read(outbound, url), coding).toBe('hello');
    }
  });

  it('that cannot be decoded are refused', async () => {
    const server = await serve((_request, response, { path }) =>
      response.writeHead(200, { 'content-encoding': path.slice(1) }).end('not encoded'),
    );
    const outbound = createOutbound();
    for (const coding of ['gzip', 'br', 'zstd', 'gzip,gzip,gzip']) {
      expect(await codeOf(read(outbound, `${server.origin}/${coding}`)), coding).toBe(
        'INVALID_RESPONSE',
      );
    }
  });

  it('that break off are told from complete ones', async () => {
    const server = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => request.socket.destroy());
    });
    expect(await codeOf(read(createOutbound(), server.origin))).toBe('CONNECTION_LOST');
  });

  it('leave their connection usable when they are given up early', async () => {
    const server = await serve((_request, response) => response.end('x'.repeat(1_000)));
    const outbound = createOutbound();
    for (let count = 0; count < 3; count += 1) {
      (await outbound.request(server.origin, { method: 'GET' })).discard();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(server.openSockets()).toBe(1);
  });
});

describe('sizes', () => {
  const big = Buffer.alloc(300_000, 0x78);
  const bodies: Record<string, EndpointHandler> = {
    'a long body': (_request, response) => response.end(big),
    'a long body in chunks': (_request, response) => {
      response.write(big);
      response.end();
    },
    'a gzip bomb': (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(5_000_000)));
    },
    'one long event': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${'x'.repeat(200_000)}\n\n`);
    },
    'one long event in a bomb': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      response.end(gzipSync(`data: 1\n\ndata: ${'x'.repeat(200_000)}\n\n`));
    },
  };

  it.each(Object.entries(bodies))('refuses %s', async (_name, handler) => {
    const server = await serve(handler);
    const outbound = createOutbound({ limits: { maxResponseBytes: 100_000 } });
    expect(await codeOf(read(outbound, server.origin))).toBe('RESPONSE_TOO_LARGE');
    await outbound.close();
    await expect.poll(() => server.openSockets()).toBe(0);
  });

  it('refuses long headers', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end(),
    );
    expect(await codeOf(createOutbound().fetch(server.origin))).toBe('RESPONSE_TOO_LARGE');
  });

  it('limits an event stream as a whole, or event by event where it has no end', async () => {
    const event = `data: ${'y'.repeat(1_000)}`;
    for (const blank of ['\n\n', '\r\n\r\n']) {
      const server = await serve((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        response.end(`${event}${blank}`.repeat(400));
      });
      const outbound = createOutbound({ limits: { maxResponseBytes: 100_000 } });
      expect(await codeOf(read(outbound, server.origin))).toBe('RESPONSE_TOO_LARGE');
      const endless = await outbound.request(server.origin, { method: 'GET', limitPer: 'event' });
      expect(await endless.text()).toHaveLength(400 * (event.length + blank.length));
    }
  });

  it.each(['event', 'body'] as const)('limits the %s of a stream', async (limitPer) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: 1\n\ndata: ${'x'.repeat(200_000)}\n\n`);
    });
    const outbound = createOutbound({ limits: { maxResponseBytes: 100_000 } });
    const response = await outbound.request(server.origin, { method: 'GET', limitPer });
    expect(await codeOf(response.text())).toBe('RESPONSE_TOO_LARGE');
  });

  it.each(['unknown', 'unknown, gzip', 'gzip, unknown', 'gzip, gzip, gzip'])(
    'lets go of a body in coding %s',
    async (coding) => {
      const server = await serve((_request, response) => {
        response.writeHead(200, { 'content-encoding': coding });
        const more = () =>
          response.write(Buffer.alloc(64 * 1024), () => !response.destroyed && more());
        more();
      });
      const outbound = createOutbound();
      expect(await codeOf(read(outbound, server.origin))).toBe('INVALID_RESPONSE');
      await expect.poll(() => server.openSockets()).toBe(0);
    },
  );
});

describe('signals', () => {
  it('end a request while it waits, and while its body trickles', async () => {
    const server = await serve((_request, response, { path }) => {
      if (path === '/body') response.writeHead(200).write('first');
    });
    const outbound = createOutbound();
    for (const path of ['/head', '/body']) {
      const caller = new AbortController();
      const reading = outbound
        .fetch(`${server.origin}${path}`, { signal: caller.signal })
        .then((response) => response.text());
      await expect.poll(() => server.requests.some((seen) => seen.path === path)).toBe(true);
      caller.abort(new Error('enough'));
      await expect(reading).rejects.toThrow('enough');
    }
  });

  it('have a default', async () => {
    const server = await serve(() => {});
    const outbound = createOutbound({ limits: { defaultTimeoutMs: 100 } });
    await expect(outbound.fetch(server.origin)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('that are over send nothing', async () => {
    const server = await serve((_request, response) => response.end());
    const request = createOutbound().fetch(server.origin, { signal: AbortSignal.abort() });
    await expect(request).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.requests).toEqual([]);
  });
});

describe('failures', () => {
  it('hold neither addresses nor text of others', async () => {
    const outbound = createOutbound();
    const server = await serve((request) => request.socket.end('HTTP/1.1 2000 said-by-server\r\n'));
    const { port } = server;
    const broken = await failureOf(read(outbound, server.origin));
    await server.close();
    const refused = await failureOf(read(outbound, server.origin));
    expect(refused.cause).toMatchObject({ code: 'ECONNREFUSED' });
    for (const failure of [broken, refused]) {
      for (let error: unknown = failure; error instanceof Error; error = error.cause) {
        const text = `${error.stack} ${JSON.stringify(error)}`;
        expect(text).not.toMatch(new RegExp(`said-by-server|127\\.0\\.0\\.1|:${port}`));
      }
    }
  });
});

describe('requests', () => {
  it('that cannot be sent are refused before', async () => {
    const server = await serve((_request, response) => response.end());
    const outbound = createOutbound();
    for (const headers of [
      { Host: 'other.example' },
      { 'x-a': 'a\nb' },
      { connection: 'upgrade' },
    ]) {
      const sending = outbound.request(server.origin, { method: 'GET', headers });
      expect(await failureOf(sending)).toMatchObject({
        code: 'INVALID_REQUEST',
        requestSent: false,
      });
    }
    expect(server.requests).toEqual([]);
  });

  it('use connections of their own when isolated', async () => {
    const server = await serve((_request, response) => response.end('ok'));
    const outbound = createOutbound();
    const [one, other] = [outbound.isolate(), outbound.isolate()];
    for (const way of [outbound, one, other, one])
      expect(await read(way, server.origin)).toBe('ok');
    expect(server.openSockets()).toBe(3);
    await one.close();
    await expect.poll(() => server.openSockets()).toBe(2);
    await outbound.close();
    await expect.poll(() => server.openSockets()).toBe(0);
  });
});
