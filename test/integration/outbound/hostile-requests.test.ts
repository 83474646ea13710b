import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Outbound } from '../../../src/outbound/guarded-fetch.ts';
import {
  type EndpointHandler,
  type HttpEndpoint,
  startHttpEndpoint,
} from '../../support/mcp-servers/http-endpoint.ts';
import { createTestOutbound } from '../../support/mcp-servers/test-client.ts';
import { failureOf } from './support/proxied-network.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(handler: EndpointHandler): Promise<HttpEndpoint> {
  const endpoint = await startHttpEndpoint(handler);
  cleanups.push(() => endpoint.close());
  return endpoint;
}

function openOutbound(): Outbound {
  const outbound = createTestOutbound();
  cleanups.push(() => outbound.close());
  return outbound;
}

const echo: EndpointHandler = (_request, response) => response.end('ok');

/** Sends headers in both ways there are. */
const WAYS = {
  request: (outbound: Outbound, url: string, headers: Record<string, string>) =>
    outbound.request(url, { method: 'GET', headers }).then((answer) => answer.text()),
  fetch: (outbound: Outbound, url: string, headers: Record<string, string>) =>
    outbound.fetch(url, { headers }).then((answer) => answer.text()),
};

describe.each(Object.entries(WAYS))('headers given to %s', (_name, send) => {
  it('cannot end a line, and nothing is sent where they try', async () => {
    const server = await serve(echo);
    const outbound = openOutbound();
    const bad: Record<string, string>[] = [
      { 'x-a': 'a\r\nX-Injected: yes' },
      { 'x-a': 'a\nX-Injected: yes' },
      { 'x-a': 'a\rX-Injected: yes' },
      { 'x-a': 'a\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n' },
      { 'x-a': 'a\r\n folded' },
      { 'x-a': 'a\u0000b' },
      { authorization: 'Bearer a\r\nX-Injected: yes' },
      // As bytes of Latin-1 these would be a line break and other things.
      { 'x-a': 'a\u010d\u010ab' },
      { 'x-a': 'ключ' },
      { 'x-a': '🔑' },
      { 'x-a\r\nX-Injected': 'yes' },
      { 'x-a: b\r\nX-Injected': 'yes' },
      { 'x a': 'b' },
      { 'x-a:': 'b' },
      { 'x-ä': 'b' },
      { 'x\u0000': 'b' },
      { '(x)': 'b' },
      { '': 'b' },
    ];
    for (const headers of bad) {
      const failure = await failureOf(send(outbound, server.origin, headers));
      expect(failure, JSON.stringify(headers)).toMatchObject({
        code: 'INVALID_REQUEST',
        requestSent: false,
      });
    }
    expect([server.requests.length, server.openSockets()]).toEqual([0, 0]);
  });

  it('cannot be those of the connection, in any case', async () => {
    const server = await serve(echo);
    const outbound = openOutbound();
    for (const name of [
      'Host',
      'HOST',
      'Connection',
      'Keep-Alive',
      'Transfer-Encoding',
      'Content-Length',
      'TE',
      'Trailer',
      'Upgrade',
      'Expect',
      'Proxy-Authorization',
      'proxy-connection',
    ]) {
      const failure = await failureOf(send(outbound, server.origin, { [name]: 'chunked' }));
      expect(failure.code, name).toBe('INVALID_REQUEST');
    }
    expect(server.requests).toEqual([]);
  });

  it('arrive as they are, one request each, or not at all', async () => {
    const server = await serve(echo);
    const outbound = openOutbound();
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc
        .array(fc.constantFrom('a', ' ', '\t', '\r', '\n', '\u0000', 'é', ':', '中'))
        .map((chars) => chars.join('')),
    );
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        const before = server.requests.length;
        const failure = await send(outbound, server.origin, { 'x-value': text }).then(
          () => undefined,
          (error: unknown) => error,
        );
        const [seen, ...others] = server.requests.slice(before);
        expect(others).toEqual([]);
        if (failure === undefined) {
          // Spaces around a value do not belong to it; fetch takes line breaks for spaces there.
          expect(seen?.headers['x-value']).toBe(text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''));
        } else {
          expect(failure).toMatchObject({ code: 'INVALID_REQUEST' });
          expect(seen).toBeUndefined();
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('paths and queries', () => {
  it('cannot end a line', async () => {
    const server = await serve(echo);
    const outbound = openOutbound();
    for (const [typed, path] of [
      ['/a\r\nX-Injected: yes', '/aX-Injected:%20yes'],
      ['/a HTTP/1.1\r\nHost: x\r\n\r\nGET /b', '/a%20HTTP/1.1Host:%20xGET%20/b'],
      ['/a%0d%0aX-Injected:%20yes', '/a%0d%0aX-Injected:%20yes'],
      ['/a?b=c\r\nd', '/a?b=cd'],
      ['/ключ?\u0000x', '/%D0%BA%D0%BB%D1%8E%D1%87?%00x'],
      ['/a\u010d\u010ab', '/a%C4%8D%C4%8Ab'],
      ['/a#secret', '/a'],
      ['/../../b', '/b'],
    ] as const) {
      const before = server.requests.length;
      await (await outbound.fetch(`${server.origin}${typed}`)).text();
      expect(server.requests.slice(before).map((seen) => seen.path)).toEqual([path]);
    }
    for (const { headers } of server.requests) {
      expect(headers['x-injected']).toBeUndefined();
      expect(headers.host).toBe(new URL(server.origin).host);
    }
  });

  it('whatever they hold, make one request', async () => {
    const server = await serve(echo);
    const outbound = openOutbound();
    const typed = fc.string({ unit: 'binary', maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(typed, typed, async (path, query) => {
        const before = server.requests.length;
        await (await outbound.fetch(`${server.origin}/${path}?${query}`)).text();
        expect(server.requests.slice(before)).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });
});

describe('redirects', () => {
  it('of every kind are refused, for every method, and nobody is asked instead', async () => {
    const elsewhere = await serve(echo);
    const server = await serve((_request, response, { path }) =>
      response.writeHead(Number(path.slice(1)), { location: elsewhere.origin }).end('moved'),
    );
    const outbound = openOutbound();
    for (const status of [300, 301, 302, 303, 305, 306, 307, 308, 310, 399]) {
      for (const method of ['GET', 'POST', 'DELETE'] as const) {
        const sending = outbound.request(`${server.origin}/${status}`, {
          method,
          headers: { authorization: 'Bearer secret' },
          body: method === 'POST' ? '{}' : null,
        });
        expect((await failureOf(sending)).code, `${method} ${status}`).toBe('REDIRECT_REFUSED');
      }
    }
    expect(server.requests).toHaveLength(30);
    expect(elsewhere.requests).toEqual([]);
  });

  it('by other means are answers like any other', async () => {
    const elsewhere = await serve(echo);
    const server = await serve((_request, response, { path }) => {
      const headers = {
        location: elsewhere.origin,
        refresh: `0; url=${elsewhere.origin}`,
        link: `<${elsewhere.origin}>; rel=preload`,
        'alt-svc': `h2="127.0.0.1:${elsewhere.port}"`,
      };
      if (path === '/hint') response.writeEarlyHints({ link: headers.link });
      response.writeHead(path === '/created' ? 201 : 200, headers);
      response.end(`<meta http-equiv="refresh" content="0; url=${elsewhere.origin}">`);
    });
    const outbound = openOutbound();
    for (const path of ['/', '/created', '/hint', '/']) {
      const answer = await outbound.fetch(`${server.origin}${path}`);
      expect(await answer.text()).toContain('refresh');
    }
    expect(server.requests).toHaveLength(4);
    expect(elsewhere.requests).toEqual([]);
  });

  it('are not what 304 means, though nobody asked for that', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(304, { location: 'http://169.254.169.254/' }).end(),
    );
    const outbound = openOutbound();
    for (const method of ['GET', 'POST']) {
      const answer = await outbound.fetch(server.origin, { method });
      expect([answer.status, await answer.text()]).toEqual([304, '']);
    }
  });

  it('are not hidden behind a status that HTTP does not know', async () => {
    const server = await serve((request, _response, { path }) =>
      request.socket.end(
        `HTTP/1.1 ${path.slice(1)} X\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n`,
      ),
    );
    const outbound = openOutbound();
    for (const status of ['600', '700', '999', '1000', '-30', '30', '3O2']) {
      const failure = await failureOf(outbound.fetch(`${server.origin}/${status}`));
      expect(failure.code, status).toBe('INVALID_RESPONSE');
    }
    // These promise another answer, as 100 does.
    for (const status of ['000', '099']) {
      const failure = await failureOf(outbound.fetch(`${server.origin}/${status}`));
      expect(failure.code, status).toBe('CONNECTION_LOST');
    }
  });
});
