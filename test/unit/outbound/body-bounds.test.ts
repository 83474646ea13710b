import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { UNRESERVED_BYTES } from '../../../src/outbound/body-hold.ts';
import { trustAlso } from '../../../src/outbound/certificate-authorities.ts';
import type { Outbound } from '../../../src/outbound/guarded-fetch.ts';
import { OutboundError } from '../../../src/outbound/outbound-error.ts';
import {
  type EndpointHandler,
  type HttpEndpointOptions,
  startHttpEndpoint,
} from '../../support/mcp-servers/http-endpoint.ts';
import {
  createTestOutbound,
  type TestOutboundOptions,
} from '../../support/mcp-servers/test-client.ts';
import { createTestAuthority } from '../../support/test-certificates.ts';

const MIB = 1024 * 1024;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(handler: EndpointHandler, options?: HttpEndpointOptions) {
  const endpoint = await startHttpEndpoint(handler, options);
  cleanups.push(() => endpoint.close());
  return endpoint;
}

function createOutbound(options: TestOutboundOptions = {}): Outbound {
  const outbound = createTestOutbound(options);
  cleanups.push(() => outbound.close());
  return outbound;
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof OutboundError ? error.code : error),
  );

/** Writes the same until nobody listens. */
function writeForEver(to: ServerResponse | Socket, chunk: Buffer): void {
  const more = () => to.write(chunk, () => !to.destroyed && more());
  more();
}

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** Empty stored blocks (RFC 1951): compressed data that holds nothing. */
const NOTHING = Buffer.alloc(100_000, Buffer.from([0, 0, 0, 0xff, 0xff]));
const TEXT = Buffer.concat([Buffer.from([0, 9, 0, 0xf6, 0xff]), Buffer.from('data: 1\n\n')]);

describe('what makes nothing', () => {
  const answers: Record<string, (response: ServerResponse) => unknown> = {
    gzip: (response) => {
      response.write(GZIP_HEADER);
      writeForEver(response, NOTHING);
    },
    'gzip, gzip': (response) => {
      const nothing = gzipSync(Buffer.concat(Array(100).fill(NOTHING)));
      response.write(gzipSync(GZIP_HEADER));
      writeForEver(response, nothing);
    },
  };

  it.each(Object.entries(answers))('counts as it comes over the wire: %s', async (coding, send) => {
    const server = await serve((_request, response) =>
      send(response.writeHead(200, { 'content-encoding': coding })),
    );
    const response = await createOutbound().request(server.origin, { method: 'GET' });
    expect(await codeOf(response.text())).toBe('RESPONSE_TOO_LARGE');
    await expect.poll(() => server.openSockets()).toBe(0);
  });

  it.each(Object.entries(answers))(
    'is told of where nothing else would end it: %s',
    async (coding, send) => {
      const server = await serve((_request, response) => {
        response.writeHead(200, {
          'content-type': 'text/event-stream',
          'content-encoding': coding,
        });
        send(response);
      });
      let bytes = 0;
      const enough = new OutboundError('INVALID_RESPONSE', 'Enough.');
      const onBytes = (more: number) => {
        bytes += more;
        if (bytes > MIB) throw enough;
      };
      const response = await createOutbound().request(server.origin, {
        ...{ method: 'GET', limitPer: 'event', onBytes },
      });
      await expect(response.text()).rejects.toBe(enough);
      expect(bytes).toBeLessThan(MIB + 12 * MIB);
      await expect.poll(() => server.openSockets()).toBe(0);
    },
  );

  it('and what makes a lot of little are both counted once', async () => {
    const text = 'x'.repeat(100_000);
    const server = await serve((_request, response, { path }) => {
      if (path === '/plain') return response.end(text);
      response.writeHead(200, { 'content-encoding': 'gzip' });
      const blocks = Buffer.concat([GZIP_HEADER, NOTHING, TEXT]);
      return response.end(path === '/bomb' ? gzipSync(text) : blocks);
    });
    const outbound = createOutbound();
    const counted = async (path: string) => {
      let bytes = 0;
      const onBytes = (more: number) => {
        bytes += more;
      };
      const response = await outbound.request(server.origin + path, { method: 'GET', onBytes });
      await response.text();
      return bytes;
    };
    expect(await counted('/plain')).toBe(100_000);
    expect(await counted('/bomb')).toBe(100_000);
    expect(await counted('/blocks')).toBe(GZIP_HEADER.length + NOTHING.length + TEXT.length);
  });
});

describe('a limit of a request', () => {
  it.each(['in chunks', 'announced'])('is kept where it is the smaller one: %s', async (how) => {
    const server = await serve((_request, response) => {
      if (how === 'in chunks') response.flushHeaders();
      response.end(Buffer.alloc(2_000));
    });
    const outbound = createOutbound({ limits: { maxResponseBytes: 3_000 } });
    const read = async (maxBytes?: number) => {
      const limit = maxBytes === undefined ? {} : { maxBytes };
      return (await outbound.request(server.origin, { method: 'GET', ...limit })).text();
    };
    expect(await read()).toHaveLength(2_000);
    expect(await read(2_000)).toHaveLength(2_000);
    expect(await codeOf(read(1_999))).toBe('RESPONSE_TOO_LARGE');
  });

  it('says nothing of an answer whose body nobody reads', async () => {
    const server = await serve((_request, response) => response.end(Buffer.alloc(2_000)));
    const init = { method: 'GET', maxBytes: 100 } as const;
    const response = await createOutbound().request(server.origin, init);
    expect(response.status).toBe(200);
    response.discard();
  });
});

describe('what comes around bodies', () => {
  const CHUNKED =
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
  const EXTENSION = Buffer.alloc(256 * 1024, 'e');

  it.each(['http', 'https'])('is bounded: %s', async (scheme) => {
    const authority = await createTestAuthority('Test authority');
    const tls = scheme === 'https' ? await authority.issue({ names: ['127.0.0.1'] }) : undefined;
    const server = await serve(
      ({ socket }) => {
        socket.write(`${CHUNKED}9\r\ndata: 1\n\n\r\n1;`);
        writeForEver(socket, EXTENSION);
      },
      tls === undefined ? {} : { tls },
    );
    const outbound = createOutbound({ secureContext: trustAlso([authority.cert]) });
    const response = await outbound.request(server.origin, { method: 'GET', limitPer: 'event' });
    expect(await codeOf(response.text())).toBe('RESPONSE_TOO_LARGE');
    await expect.poll(() => server.openSockets()).toBe(0);
  });

  it('may be many times as much as the body', async () => {
    const server = await serve(({ socket }) => {
      socket.write(CHUNKED);
      socket.end(`${'1\r\nx\r\n'.repeat(400_000)}0\r\n\r\n`);
    });
    const response = await createOutbound().request(server.origin, { method: 'GET' });
    expect(await response.text()).toHaveLength(400_000);
  });

  it('may come with each of many answers', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'x-long': 'h'.repeat(12_000) }).end('ok'),
    );
    const outbound = createOutbound();
    for (let count = 0; count < 300; count += 1) {
      const response = await outbound.request(server.origin, { method: 'GET' });
      expect(await response.text()).toBe('ok');
    }
  });
});

describe('large bodies', () => {
  const limits = { maxResponseBytes: 2 * MIB, maxBufferedBytes: 4 * MIB, defaultTimeoutMs: 20_000 };
  /** Sends a MiB and waits; then sends a little more. */
  async function servePatiently(type = 'application/json') {
    const waiting: (() => void)[] = [];
    const server = await serve((_request, response, { path }) => {
      if (path === '/small') return response.end('small');
      response.writeHead(200, { 'content-type': type }).write(Buffer.alloc(MIB, 'x'));
      waiting.push(() => response.end('\n\nend'));
      return undefined;
    });
    return { server, finishAll: () => waiting.splice(0).forEach((finish) => void finish()) };
  }

  it.each(['application/json', 'text/event-stream'])(
    'wait for each other, and small ones for none: %s',
    async (type) => {
      const { server, finishAll } = await servePatiently(type);
      const outbound = createOutbound({ limits });
      const progress: number[] = Array(5).fill(0);
      const reading = progress.map(async (_none, reader) => {
        const onBytes = (more: number) => {
          progress[reader] = (progress[reader] ?? 0) + more;
        };
        const way = outbound.isolate();
        const response = await way.request(server.origin, { method: 'GET', onBytes });
        return (await response.text()).length;
      });
      const at = (least: number) => progress.filter((bytes) => bytes >= least).length;
      await expect.poll(() => [at(MIB), at(UNRESERVED_BYTES)]).toEqual([2, 5]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(at(UNRESERVED_BYTES + MIB / 4)).toBe(2);
      expect(await (await outbound.fetch(`${server.origin}/small`)).text()).toBe('small');
      finishAll();
      expect(await Promise.all(reading)).toEqual(Array(5).fill(MIB + 5));
    },
  );

  it('end by their signal while they wait, and let the others go on', async () => {
    const { server, finishAll } = await servePatiently();
    const outbound = createOutbound({ limits });
    const start = async (signal: AbortSignal) =>
      (await outbound.request(server.origin, { method: 'GET', signal })).text();
    const callers = Array.from({ length: 4 }, () => new AbortController());
    const reading = callers.map(({ signal }) => start(signal));
    const settled = reading.map((text) => text.then(() => 'read', String));
    await expect.poll(() => server.requests.length).toBe(4);
    for (const caller of callers.slice(0, 3)) caller.abort('enough');
    expect(await Promise.all(settled.slice(0, 3))).toEqual(['enough', 'enough', 'enough']);
    finishAll();
    expect(await settled[3]).toBe('read');
    // Everything was given back.
    const more = [start(AbortSignal.timeout(20_000)), start(AbortSignal.timeout(20_000))];
    await expect.poll(() => server.requests.length).toBe(6);
    finishAll();
    expect((await Promise.all(more)).map((text) => text.length)).toEqual([MIB + 5, MIB + 5]);
  });

  it('of streams without end take up memory only while a large event is under way', async () => {
    const streams: ServerResponse[] = [];
    const server = await serve((_request, response, { path }) => {
      if (path === '/body') return response.end(Buffer.alloc(MIB));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      streams.push(response);
      return response.write(`data: ${'x'.repeat(MIB)}\n\n: idle\n\n`);
    });
    const outbound = createOutbound({ limits });
    const closing = new AbortController();
    for (let count = 0; count < 6; count += 1) {
      const { signal } = closing;
      const response = await outbound.request(server.origin, {
        ...{ method: 'GET', limitPer: 'event', signal },
      });
      let seen = '';
      void (async () => {
        for await (const chunk of response.chunks()) seen = (seen + chunk.toString()).slice(-10);
      })().catch(() => {});
      await expect.poll(() => seen).toContain(': idle');
    }
    expect(await (await outbound.fetch(`${server.origin}/body`)).text()).toHaveLength(MIB);
    closing.abort();
  });

  it('of streams without end have to end their events', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${'x'.repeat(MIB)}`);
    });
    const outbound = createOutbound({ limits: { ...limits, defaultTimeoutMs: 100 } });
    const { signal } = new AbortController();
    const response = await outbound.request(server.origin, {
      ...{ method: 'GET', limitPer: 'event', signal },
    });
    expect(await codeOf(response.text())).toBe('RESPONSE_TOO_LARGE');
    await expect.poll(() => server.openSockets()).toBe(0);
  });
});
