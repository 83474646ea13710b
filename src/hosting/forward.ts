import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { pipeline, Transform } from 'node:stream';
import { BRIDGE_KEY_HEADER } from './bridge.ts';
import type { Upstream } from './loopback.ts';

/** Of one request. The bridge takes no more either. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Of one connection (RFC 9110, 7.6.1), besides those that `Connection` names. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** What is meant for us, or for a browser: the server gets none of it. */
const NOT_PASSED_ON = [
  'authorization',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'origin',
  'referer',
  BRIDGE_KEY_HEADER,
];
/** What a server has to say to browsers, who are not asked in here. */
const NOT_PASSED_BACK = ['set-cookie', 'www-authenticate'];

/** What is told of a request that is passed on. */
export interface ForwardEvents {
  /** @param session `Mcp-Session-Id` of the answer */
  onAnswer(status: number, session: string | undefined): void;
  /** The server did not answer. @param error of the connection to it */
  onFailure(error: unknown): void;
}

/** Answers without a body, where nothing was answered yet. */
export function answerWith(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // What comes after it is not read: the connection is not used again.
  response.writeHead(status, { 'content-length': 0, connection: 'close', ...headers }).end();
}

/** Passes a request on to a server of this machine, and the answer back, as they come: nothing is kept, and whoever is slow makes the other wait. */
export function forward(
  upstream: Upstream,
  incoming: IncomingMessage,
  response: ServerResponse,
  events: ForwardEvents,
): void {
  if (Number(incoming.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    answerWith(response, 413);
    return;
  }
  const { port, path, key } = upstream;
  const outgoing = request({
    ...{ host: '127.0.0.1', port, path, agent: false },
    method: incoming.method ?? 'GET',
    headers: {
      ...withoutHopByHop(incoming.headers, NOT_PASSED_ON),
      ...(key !== undefined && { [BRIDGE_KEY_HEADER]: key }),
    },
  });
  // However the caller's side ends, nobody waits for the rest.
  response.once('close', () => outgoing.destroy());
  outgoing.once('response', (answer) => {
    const { statusCode = 502, headers } = answer;
    const session = headers['mcp-session-id'];
    events.onAnswer(statusCode, typeof session === 'string' ? session : undefined);
    if (response.headersSent || response.destroyed) return;
    // Node reads any three digits, and would throw where they are written.
    if (statusCode < 200 || statusCode > 599) {
      answer.destroy();
      answerWith(response, 502);
      return;
    }
    response.writeHead(statusCode, withoutHopByHop(headers, NOT_PASSED_BACK));
    // Events have to leave one by one, the first one without waiting for a second.
    response.flushHeaders();
    pipeline(answer, response, () => {});
  });
  let isTooLarge = false;
  const limit = limited(() => {
    isTooLarge = true;
  });
  const onFailure = (error: unknown) => {
    // A server may answer, and hang up, before it has read all.
    if (response.destroyed || response.headersSent) return;
    if (!isTooLarge) events.onFailure(error);
    answerWith(response, isTooLarge ? 413 : 502);
  };
  pipeline(incoming, limit, outgoing, (error) => {
    if (error) onFailure(error);
  });
  outgoing.on('error', onFailure);
}

function limited(onTooLarge: () => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) return done(null, chunk);
      onTooLarge();
      done(new Error('the body is too large'));
    },
  });
}

function withoutHopByHop(
  headers: IncomingHttpHeaders,
  others: readonly string[],
): IncomingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named, ...others]);
  const kept = Object.entries(headers).filter(
    ([name]) =>
      !dropped.has(name) && !name.startsWith('x-forwarded-') && !name.startsWith('access-control-'),
  );
  return Object.fromEntries(kept);
}
