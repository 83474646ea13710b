import { always, type Behaviours, onTools } from './behaviour.ts';

/** What goes wrong before there is any HTTP. */
export const NETWORK: Behaviours = {
  /** A port nobody listens on. */
  refused: { dialects: ['legacy', 'sse'], closed: true },
  /** Ends every connection with a reset when a request has come. */
  reset: always(({ request }) => request.socket.resetAndDestroy()),
  'reset-on-tools': onTools(({ request, stream }) => (stream ?? request).socket?.resetAndDestroy()),
  /** Takes the connection and closes it, without a word. */
  'closes-at-once': { dialects: ['legacy', 'sse'], onConnection: (socket) => socket.end() },
  /** A name that does not exist. */
  'unknown-name': {
    dialects: ['legacy', 'sse'],
    scheme: 'https',
    hostname: 'unknown.workshop.example',
  },
  /** A name that exists and has no address. */
  'addressless-name': {
    dialects: ['legacy', 'sse'],
    scheme: 'https',
    hostname: 'addressless.workshop.example',
  },
  /** A public name that somebody pointed at a private address. */
  'name-of-private-address': {
    dialects: ['legacy', 'sse'],
    scheme: 'https',
    hostname: 'inside.workshop.example',
  },
  /** Takes the connection and the request, and never answers. */
  hang: always(({ stall }) => stall()),
  /** A server of another protocol that speaks first. */
  'speaks-first': {
    dialects: ['legacy', 'sse'],
    onConnection: (socket) => socket.write('SSH-2.0-OpenSSH_9.0\r\n'),
  },
  /** Answers with something that is not HTTP. */
  'not-http': always(({ request }) => request.socket.write('220 mail.example.com ESMTP\r\n')),
  /** A body without status and headers, as HTTP/0.9 had it. */
  'http-0.9': always(({ request }) => request.socket.end('<html>Welcome</html>')),
  /** A server that only speaks HTTP/2 sends its SETTINGS frame. */
  'http-2': always(({ request }) => request.socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))),
};
