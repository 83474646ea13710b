import type { ServerResponse } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import {
  type Behaviours,
  type Exchange,
  early,
  type Handler,
  once,
  onHandshake,
  onTools,
} from './behaviour.ts';
import { GOOD_TOOL, INITIALIZED, toolPage } from './good-server.ts';

const MIB = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Sends bytes in place of everything that Node would write. */
function raw(text: string): Handler {
  return ({ request }) => request.socket.write(text);
}

/** Sends a body as JSON, whatever it is. */
function body(content: string | Buffer, headers: Record<string, string> = {}): Handler {
  return ({ response }) => response.writeHead(200, { ...JSON_TYPE, ...headers }).end(content);
}

/** Writes the same again and again until nobody listens. */
function writeForEver(response: ServerResponse, chunk: Buffer, bytes = Number.POSITIVE_INFINITY) {
  let left = bytes;
  const more = () => {
    if (left <= 0) return void response.end();
    left -= chunk.length;
    response.write(chunk, () => !response.destroyed && more());
  };
  more();
}

/** Sends one byte at a time; how long the pauses are does not matter to a client that has to wait. */
function trickle({ response, request, stall }: Exchange, text: string): void {
  let sent = 0;
  const timer = setInterval(() => {
    request.socket.write(text[sent % text.length] ?? '');
    sent += 1;
    if (sent === 3) stall();
  }, 5);
  response.on('close', () => clearInterval(timer));
}

/** The same strike in place of the answer to the handshake, and under a name of its own to `tools/list`. */
function asAnswer(name: string, strike: Handler): Behaviours {
  return { [name]: onHandshake(strike), [`${name}-on-tools`]: onTools(strike) };
}

/** 200 MiB of spaces in 200 KiB. Gzip allows any number of members in a row. */
const gzipBomb = once(() => Buffer.concat(Array(20).fill(gzipSync(Buffer.alloc(10 * MIB, 0x20)))));

const nestedGzipBomb = once(() => gzipSync(gzipBomb()));

const brotliBomb = once(() =>
  brotliCompressSync(Buffer.alloc(32 * MIB, 0x20), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
  }),
);

/** An answer that would be fine, if the rest of it were. */
function goodAnswer({ dialect, message }: Exchange): { [key: string]: unknown } {
  const isList = message.method === 'tools/list';
  const result = isList ? toolPage([GOOD_TOOL]) : dialect === 'modern' ? {} : INITIALIZED;
  return { jsonrpc: '2.0', id: message.id, result };
}

const WHOLE: Behaviours = {
  ...early('html', ({ response }) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>upstream text'),
  ),
  ...early('empty', ({ response }) => response.writeHead(200).end()),
  ...early('empty-json', body('')),
  ...early('202', ({ response }) => response.writeHead(202).end()),
  ...early('204', ({ response }) => response.writeHead(204).end()),
  ...early('text-plain', (exchange) =>
    exchange.response
      .writeHead(200, { 'content-type': 'text/plain' })
      .end(JSON.stringify(goodAnswer(exchange))),
  ),
  ...early('hang-in-body', ({ response, stall }) => {
    response.writeHead(200, JSON_TYPE).write('{"jsonrpc"');
    stall();
  }),
  ...early('trickle', (exchange) => {
    exchange.response.writeHead(200, { ...JSON_TYPE, 'content-length': '100000' });
    exchange.response.flushHeaders();
    trickle(exchange, ' ');
  }),
  ...early('breaks-off', ({ response, request }) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' });
    response.write('{"jsonrpc"', () => request.socket.destroySoon());
  }),
  ...early('huge-body', ({ response }) => {
    response.writeHead(200, JSON_TYPE);
    writeForEver(response, Buffer.alloc(256 * 1024, 0x20), 200 * MIB);
  }),
  ...early('huge-announced-body', ({ response }) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': String(200 * MIB) });
    writeForEver(response, Buffer.alloc(256 * 1024, 0x20), 200 * MIB);
  }),
};

const ENCODED: Behaviours = {
  ...early('gzip-bomb', (exchange) => body(gzipBomb(), { 'content-encoding': 'gzip' })(exchange)),
  ...early('brotli-bomb', (exchange) => body(brotliBomb(), { 'content-encoding': 'br' })(exchange)),
  ...early('nested-gzip-bomb', (exchange) =>
    body(nestedGzipBomb(), { 'content-encoding': 'gzip, gzip' })(exchange),
  ),
  ...early('broken-gzip', body('not gzip at all', { 'content-encoding': 'gzip' })),
  ...early('unknown-coding', body('{}', { 'content-encoding': 'zstd' })),
  ...early('many-codings', body('{}', { 'content-encoding': 'gzip, gzip, gzip' })),
};

/** Head of an answer in chunks. */
const CHUNKED =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';

/** Answers below the level at which Node's server would let them through. */
const RAW: Behaviours = {
  ...early('huge-headers', raw(`HTTP/1.1 200 OK\r\nx-filler: ${'h'.repeat(64 * 1024)}\r\n\r\n`)),
  ...early('slow-headers', (exchange) => {
    exchange.request.socket.write('HTTP/1.1 200 OK\r\nx-filler: ');
    trickle(exchange, 'h');
  }),
  ...early('endless-early-hints', ({ request: { socket } }) => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n'.repeat(1_000);
    const more = () => socket.write(hints, () => !socket.destroyed && more());
    more();
  }),
  ...early('endless-chunk-extension', ({ request: { socket } }) => {
    socket.write(`${CHUNKED}1;`);
    const more = () => socket.write('e'.repeat(256 * 1024), () => !socket.destroyed && more());
    more();
  }),
  ...early(
    'two-lengths',
    raw(
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 4\r\n\r\n{}{}',
    ),
  ),
  ...early(
    'length-and-chunks',
    raw(
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ),
  ),
  /** A whole answer, and then trailers without end. */
  ...early('endless-trailers', (exchange) => {
    const { socket } = exchange.request;
    const text = JSON.stringify(goodAnswer(exchange));
    socket.write(`${CHUNKED}${text.length.toString(16)}\r\n${text}\r\n0\r\n`);
    const trailers = 'x-t: 1\r\n'.repeat(1_000);
    const more = () => socket.write(trailers, () => !socket.destroyed && more());
    more();
  }),
  ...early('broken-chunk', raw(`${CHUNKED}ffffffffffffffffffff\r\n{}`)),
  ...early(
    'line-break-in-header',
    raw('HTTP/1.1 200 OK\r\nx-a: b\rc: d\r\ncontent-length: 0\r\n\r\n'),
  ),
  ...early('switching-protocols', raw('HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n')),
  ...early('unasked-continue', raw('HTTP/1.1 100 Continue\r\n\r\n')),
};

/** Answers that are not the JSON-RPC answer that was asked for, in every dialect. */
const MESSAGES: Behaviours = {
  ...asAnswer('invalid-json', ({ send }) => send('{not json')),
  ...asAnswer('not-json-rpc', ({ send }) => send({ hello: 'world' })),
  ...asAnswer('json-null', ({ send }) => send('null')),
  ...asAnswer('empty-batch', ({ send }) => send('[]')),
  ...asAnswer('no-version-of-json-rpc', (exchange) => {
    const { jsonrpc: _, ...answer } = goodAnswer(exchange);
    exchange.send(answer);
  }),
  ...asAnswer('wrong-id', (exchange) => exchange.send({ ...goodAnswer(exchange), id: 99_999 })),
  ...asAnswer('id-as-text', (exchange) =>
    exchange.send({ ...goodAnswer(exchange), id: String(exchange.message.id) }),
  ),
  ...asAnswer('id-null', (exchange) => exchange.send({ ...goodAnswer(exchange), id: null })),
  ...asAnswer('deep-json', ({ message, send }) =>
    send(
      `{"jsonrpc":"2.0","id":${message.id},"result":{"tools":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
    ),
  ),
  /** Three bytes of text each, and many times that as objects. */
  ...asAnswer('dense-json', ({ message, send }) =>
    send(`{"jsonrpc":"2.0","id":${message.id},"result":{"tools":[${'[],'.repeat(2_500_000)}[]]}}`),
  ),
};

/** What is wrong with answers, from their bytes to their ids. */
export const BODIES: Behaviours = {
  ...WHOLE,
  ...ENCODED,
  ...RAW,
  ...MESSAGES,
  /** Not wrong at all: some servers begin their JSON with a byte order mark. */
  'byte-order-mark': onTools((exchange) =>
    exchange.send(`\ufeff${JSON.stringify(goodAnswer(exchange))}`),
  ),
};
