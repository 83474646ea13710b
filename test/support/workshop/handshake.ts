import { type Behaviours, type Dialect, type Handler, on, onHandshake } from './behaviour.ts';
import { DISCOVERED, INITIALIZED } from './good-server.ts';

const LEGACY: readonly Dialect[] = ['legacy'];
const MODERN: readonly Dialect[] = ['modern'];
const WITH_INITIALIZE: readonly Dialect[] = ['legacy', 'sse'];

const hang: Handler = ({ stall }) => stall();

/** Answers the handshake with changes to what a good server says. */
function handshake(changes: { [key: string]: unknown }): Handler {
  return ({ dialect, reply }) =>
    reply({ result: { ...(dialect === 'modern' ? DISCOVERED : INITIALIZED), ...changes } });
}

const refusal: Handler = ({ reply }) =>
  reply({ error: { code: -32603, message: 'upstream text' } });

/** Gives the client a session with this id (as Latin-1), and behaves well in it. */
function session(id: string): Handler {
  return (exchange) => {
    exchange.response.setHeader('mcp-session-id', id);
    exchange.behave();
  };
}

/** What goes wrong while client and server get to know each other. */
export const HANDSHAKE: Behaviours = {
  'hang-on-discover': on('server/discover', hang, LEGACY),
  'hang-on-handshake': onHandshake(hang),
  'hang-on-initialized': on('notifications/initialized', hang, WITH_INITIALIZE),
  'error-on-initialize': on('initialize', refusal, WITH_INITIALIZE),
  'error-on-discover': on('server/discover', refusal, MODERN),
  'unknown-version': onHandshake((exchange) =>
    handshake(
      exchange.dialect === 'modern'
        ? { supportedVersions: ['1999-01-01'] }
        : { protocolVersion: '1999-01-01' },
    )(exchange),
  ),
  /** Says in the modern way that it only speaks a version to come. */
  'version-to-come': {
    dialects: MODERN,
    handler: () => (exchange) => {
      const error = { code: -32022, message: 'upstream text', data: { supported: ['2999-01-01'] } };
      exchange.response.writeHead(400, { 'content-type': 'application/json' });
      exchange.response.end(JSON.stringify({ jsonrpc: '2.0', id: exchange.message.id, error }));
    },
  },
  /** Knows no handshake of the legacy era, and says so as it would of any other method. */
  'no-initialize': on(
    'initialize',
    ({ reply }) => reply({ error: { code: -32601, message: 'Method not found' } }),
    ['legacy', 'modern', 'sse'],
  ),
  'version-is-a-number': on(
    'initialize',
    handshake({ protocolVersion: 20_250_618 }),
    WITH_INITIALIZE,
  ),
  'empty-handshake': on('initialize', ({ reply }) => reply({ result: {} }), WITH_INITIALIZE),
  'capabilities-are-text': onHandshake(handshake({ capabilities: 'tools' })),
  /** Has no tools and says so. */
  'no-tools': onHandshake(handshake({ capabilities: {} })),
  'long-server-info': on(
    'initialize',
    handshake({
      serverInfo: { name: `\u202eevil\u0007${'n'.repeat(100_000)}`, version: 'v'.repeat(100_000) },
    }),
    WITH_INITIALIZE,
  ),
  'session-with-space': on('initialize', session('a b'), LEGACY),
  'session-not-ascii': on('initialize', session('caf\u00e9'), LEGACY),
  'two-sessions': on(
    'initialize',
    (exchange) => {
      exchange.response.setHeader('mcp-session-id', ['one', 'two']);
      exchange.behave();
    },
    LEGACY,
  ),
  'long-session': on('initialize', session('s'.repeat(8_000)), LEGACY),
  /** Gives a session and does not know it any more. */
  'session-lost': {
    dialects: LEGACY,
    handler: () => (exchange) => {
      const { message, request, response } = exchange;
      if (message.method === 'initialize') session('gone')(exchange);
      else if (request.headers['mcp-session-id'] === undefined) exchange.behave();
      else response.writeHead(404).end();
    },
  },
  /** Works, but takes for ever to end a session. */
  'hang-on-delete': {
    dialects: LEGACY,
    handler: () => (exchange) => {
      if (exchange.request.method === 'DELETE') exchange.stall();
      else if (exchange.message.method === 'initialize') session('sticky')(exchange);
      else exchange.behave();
    },
  },
  /** Fails, and then takes for ever to end its session. */
  'error-then-hang-on-delete': {
    dialects: LEGACY,
    handler: () => (exchange) => {
      if (exchange.request.method === 'DELETE') exchange.stall();
      else if (exchange.message.method === 'initialize') session('sticky')(exchange);
      else if (exchange.message.method === 'tools/list') refusal(exchange);
      else exchange.behave();
    },
  },
};
