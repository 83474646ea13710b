import { gzipSync } from 'node:zlib';
import {
  always,
  type Behaviours,
  type Dialect,
  type Exchange,
  type Handler,
  on,
  onHandshake,
  onTools,
} from './behaviour.ts';
import { GOOD_TOOL, openStream, toolPage } from './good-server.ts';

const HTTP: readonly Dialect[] = ['legacy', 'modern'];
const SSE: readonly Dialect[] = ['sse'];

const event = (message: unknown) => `data: ${JSON.stringify(message)}\n\n`;
const NOTE = event({
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { level: 'info', data: 'upstream text' },
});
const asking = (method: string, id: string) =>
  event({ jsonrpc: '2.0', id, method, params: { messages: [], maxTokens: 1 } });
const listOf = ({ message }: Exchange) =>
  event({ jsonrpc: '2.0', id: message.id, result: toolPage([GOOD_TOOL]) });

/** Where the events that answer a request go: a stream of its own, or the one stream of the SSE dialect. */
function streamFor(exchange: Exchange) {
  const { dialect, response, stream } = exchange;
  if (dialect !== 'sse' || stream === undefined) return openStream(exchange);
  response.writeHead(202).end();
  return stream;
}

/** Answers with events. */
function events(text: (exchange: Exchange) => string): Handler {
  return (exchange) => {
    const stream = streamFor(exchange);
    stream.write(text(exchange));
    if (exchange.dialect !== 'sse') stream.end();
  };
}

/** Sends the same events for ever. */
function flood(text: string): Handler {
  return (exchange) => {
    const stream = streamFor(exchange);
    const more = () => stream.write(text, () => !stream.destroyed && more());
    more();
  };
}

/** Asks its client for something before it answers, and waits until it has got it. */
function asksFirst(method: string): Handler {
  let answer: (() => void) | undefined;
  return (exchange) => {
    const { message, request, response } = exchange;
    const isResponse = request.method === 'POST' && message.method === undefined;
    if (message.method === 'tools/list') {
      const stream = streamFor(exchange);
      stream.write(NOTE + asking(method, 'from-server'));
      answer = () => stream.write(listOf(exchange));
    } else if (isResponse && answer !== undefined) {
      response.writeHead(202).end();
      answer();
    } else {
      exchange.behave();
    }
  };
}

/** Opens the event stream of the SSE dialect with these events. */
function opening(text: (exchange: Exchange) => string, then: Handler = ({ behave }) => behave()) {
  return always((exchange) => {
    if (exchange.request.method !== 'GET') return then(exchange);
    return openStream(exchange).write(text(exchange));
  }, SSE);
}

const bye = events(() => ': bye\n\n');
const polled = events(({ count }) => `id: ${count}\nretry: 1\ndata:\n\n`);

const FLOODS: Behaviours = {
  'endless-comments-on-tools': onTools(flood(`: ${'c'.repeat(64 * 1024)}\n\n`)),
  'endless-line-on-tools': onTools(flood('d'.repeat(64 * 1024))),
  'endless-notes-on-tools': onTools(flood(NOTE.repeat(100))),
  'endless-pings-on-tools': onTools(flood(asking('ping', 'p').repeat(100))),
  'endless-pings-on-handshake': onHandshake(flood(asking('ping', 'p').repeat(100))),
  'gzipped-stream-bomb-on-tools': onTools((exchange) => {
    const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
    exchange.response.writeHead(200, headers).end(gzipSync(`: ${' '.repeat(16 * 1024 * 1024)}`));
  }, HTTP),
};

/** Unusual, and fine. The modern era knows no requests of a server. */
const FINE: Behaviours = {
  'pings-while-listing': {
    dialects: ['legacy', 'sse'],
    handler: () => asksFirst('ping'),
  },
  'asks-for-sampling': {
    dialects: ['legacy', 'sse'],
    handler: () => asksFirst('sampling/createMessage'),
  },
  'chatty-while-listing': onTools(events((exchange) => NOTE.repeat(900) + listOf(exchange))),
  'stream-stays-open': onTools((exchange) => {
    openStream(exchange).write(listOf(exchange));
  }, HTTP),
  'gzipped-stream': onTools((exchange) => {
    const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
    exchange.response.writeHead(200, headers).end(gzipSync(listOf(exchange)));
  }, HTTP),
  'carriage-returns': onTools(events((exchange) => listOf(exchange).replaceAll('\n', '\r'))),
};

/** What goes wrong with event streams. */
export const STREAMS: Behaviours = {
  ...FLOODS,
  ...FINE,
  'stream-ends-unanswered': onHandshake(bye, HTTP),
  'stream-ends-unanswered-on-tools': onTools(bye, HTTP),
  /** Ends its streams and asks to be polled every millisecond. */
  'wants-to-be-polled': onHandshake(polled, HTTP),
  'wants-to-be-polled-on-tools': onTools(polled, HTTP),
  /** Shows that it lives, again and again, and never answers. */
  'heartbeat-on-tools': onTools((exchange) => {
    const stream = streamFor(exchange);
    let beats = 0;
    const timer = setInterval(() => {
      stream.write(': beat\n\n');
      beats += 1;
      if (beats === 3) exchange.stall();
    }, 5);
    stream.on('close', () => clearInterval(timer));
  }),
  'silent-stream-on-tools': onTools((exchange) => {
    openStream(exchange).write(': hi\n\n');
    exchange.stall();
  }, HTTP),
  /** The SSE dialect: ends its stream at once, and asks to be polled every millisecond. */
  'sse-ends': always(({ request, response }) => {
    if (request.method !== 'GET') return response.writeHead(405).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return response.end('retry: 1\nevent: endpoint\ndata: /messages\n\n');
  }, SSE),
  'sse-ends-on-tools': on(
    'tools/list',
    ({ response, stream }) => {
      response.writeHead(202).end();
      stream?.end('retry: 1\n\n');
    },
    SSE,
  ),
  'sse-without-endpoint': opening(({ stall }) => {
    stall();
    return ': hi\n\n';
  }),
  'foreign-sse-endpoint': opening(
    ({ neighbour }) => `event: endpoint\ndata: ${neighbour}/messages\n\n`,
  ),
  'sse-endpoint-with-password': opening(
    ({ request }) => `event: endpoint\ndata: http://u:p@${request.headers.host}/messages\n\n`,
  ),
  'sse-endpoint-of-another-scheme': opening(() => 'event: endpoint\ndata: file:///etc/passwd\n\n'),
  'sse-endpoint-is-no-url': opening(() => 'event: endpoint\ndata: http://[\n\n'),
  'answers-unasked': opening(
    () => `event: endpoint\ndata: /messages\n\n${event({ jsonrpc: '2.0', id: 0, result: {} })}`,
  ),
  'hang-on-message': onTools(({ stall }) => stall(), SSE),
  /** Refuses to be posted to, and has an event stream on which nothing comes. */
  'silent-sse': always(
    (exchange) => {
      if (exchange.request.method !== 'GET') return exchange.response.writeHead(404).end();
      exchange.stall();
      return openStream(exchange).write(': hi\n\n');
    },
    ['legacy'],
  ),
};
