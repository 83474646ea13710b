import { gzipSync } from 'node:zlib';
import { type Behaviours, type Exchange, early, once, onHandshake, onTools } from './behaviour.ts';
import { GOOD_TOOL, INITIALIZED, toolPage } from './good-server.ts';
import { tools } from './listing.ts';

/** The header of gzip (RFC 1952): no name, no time. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** A stored block of deflate (RFC 1951 section 3.2.4), not the last one. */
function stored(text: string): Buffer {
  const block = Buffer.alloc(5 + Buffer.byteLength(text));
  const length = block.length - 5;
  block.writeUInt16LE(length, 1);
  block.writeUInt16LE(0xffff - length, 3);
  block.write(text, 5);
  return block;
}

const NOTHING = stored('');

const blocksOfNothing = (count: number) => Buffer.alloc(count * NOTHING.length, NOTHING);

/** Writes the same again and again until nobody listens. */
function writeForEver(
  stream: Pick<NodeJS.WritableStream, 'write'> & { destroyed?: boolean },
  chunk: Buffer,
): void {
  const more = () => stream.write(chunk, () => stream.destroyed !== true && more());
  more();
}

/** Sends a compressed body that goes on for ever and holds nothing at all. */
function sendNothing({ response }: Exchange): void {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  response.writeHead(200, headers).write(GZIP_HEADER);
  writeForEver(response, blocksOfNothing(50_000));
}

/** 200 MB of nothing, compressed once more; gzip allows any number of members in a row. */
const nothingTwice = once(() => {
  const nothing = blocksOfNothing(2_000_000);
  const first = gzipSync(Buffer.concat([GZIP_HEADER, nothing]));
  return Buffer.concat([first, ...Array(19).fill(gzipSync(nothing))]);
});

function sendNothingTwice({ response }: Exchange): void {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip, gzip' };
  response.writeHead(200, headers).end(nothingTwice());
}

const event = (type: string, data: string) => stored(`event: ${type}\ndata: ${data}\n\n`);

/** The SSE dialect over one compressed stream, on which nothing comes for ever once the tools are asked for. */
function compressedStream({ request, response, message, stream }: Exchange): unknown {
  if (request.method === 'GET') {
    const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
    response.writeHead(200, headers).write(GZIP_HEADER);
    return response.write(event('endpoint', '/messages'));
  }
  response.writeHead(202).end();
  if (stream === undefined) return undefined;
  if (message.method === 'tools/list') return writeForEver(stream, blocksOfNothing(50_000));
  if (message.method !== 'initialize') return undefined;
  const answer = { jsonrpc: '2.0', id: message.id, result: INITIALIZED };
  return stream.write(event('message', JSON.stringify(answer)));
}

/** 600,000 members of one object, each of another name. */
const keys = once(() => Array.from({ length: 600_000 }, (_, n) => `"${n.toString(36)}k":1`).join());

function sendKeys({ message, send }: Exchange): void {
  send(`{"jsonrpc":"2.0","id":${message.id},"result":{"tools":[],${keys()}}}`);
}

/** A list of 24,000 values that is named 1,600 times. */
const wideLeaf = {
  type: 'object',
  properties: { c: { $ref: '#/$defs/c' } },
  $defs: {
    a: { enum: Array.from({ length: 24_000 }, (_, n) => n % 10) },
    b: { anyOf: Array(40).fill({ $ref: '#/$defs/a' }) },
    c: { anyOf: Array(40).fill({ $ref: '#/$defs/b' }) },
  },
};

/** Each definition holds the one before ten times. */
function laughs(type: string): { [key: string]: unknown } {
  const definitions = Array.from({ length: 9 }, (_, n) => [
    `l${n + 1}`,
    { type: 'array', prefixItems: Array(10).fill({ $ref: `#/$defs/l${n}` }) },
  ]);
  const $defs = { l0: { const: 'lol' }, ...Object.fromEntries(definitions) };
  return { type, properties: { a: { $ref: '#/$defs/l9' } }, $defs };
}

const hundred = (tool: (n: number) => unknown) => Array.from({ length: 100 }, (_, n) => tool(n));

/** What costs the client far more than the server. */
export const COSTLY: Behaviours = {
  ...early('gzip-of-nothing', sendNothing),
  ...early('nested-gzip-of-nothing', sendNothingTwice),
  'gzip-of-nothing-in-stream': {
    dialects: ['sse'],
    handler: () => compressedStream,
  },
  'chunk-extension-in-stream': onTools(
    ({ response, stream }) => {
      response.writeHead(202).end();
      const socket = stream?.socket;
      if (!socket) return;
      socket.write('1;');
      writeForEver(socket, Buffer.alloc(256 * 1024, 'e'));
    },
    ['sse'],
  ),
  'json-of-keys': onHandshake(sendKeys),
  'json-of-keys-on-tools': onTools(sendKeys),
  /** Introduces itself at length. */
  'handshake-of-300-kilobytes': onHandshake(({ reply }) =>
    reply({ result: { ...INITIALIZED, instructions: 'i'.repeat(300_000) } }),
  ),
  'wide-leaf': onTools(tools([GOOD_TOOL, { name: 'wide', inputSchema: wideLeaf }])),
  'hundred-wide-leaves': onTools(
    tools([GOOD_TOOL, ...hundred((n) => ({ name: `w${n}`, inputSchema: wideLeaf }))]),
  ),
  /** Refused for another reason than what their schemas cost. */
  'hundred-laughs-of-the-wrong-type': onTools(
    tools([GOOD_TOOL, ...hundred((n) => ({ name: `l${n}`, inputSchema: laughs('array') }))]),
  ),
  'hundred-laughs-of-one-name': onTools(
    tools([GOOD_TOOL, ...hundred(() => ({ ...GOOD_TOOL, outputSchema: laughs('object') }))]),
  ),
  /** Joiners are no control characters, and hide text all the same. */
  'rows-of-joiners': onTools(({ reply }) =>
    reply({
      result: toolPage([
        { ...GOOD_TOOL, description: `a${'\u200d'.repeat(7_000)}b${'\u200c'.repeat(7_000)}` },
        ...hundred((n) => ({ ...GOOD_TOOL, name: `j${n}${'\u200d\u200c'.repeat(60)}` })),
      ]),
    }),
  ),
};
