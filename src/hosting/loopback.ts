import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';

/** Where a server of this machine takes requests. */
export interface Upstream {
  /** Of the loopback interface. */
  port: number;
  /** `/mcp` */
  path: string;
  /** What its bridge asks for; undefined for one that speaks HTTP itself. */
  key: string | undefined;
}

/** A port of the loopback interface that nobody listened at a moment ago. */
export async function freeLoopbackPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A probe waits so long for an answer. */
const PROBE_TIMEOUT_MS = 5_000;

/**
 * Does it answer? A bridge listens only when its server has shaken hands, so that it answers at all says enough. One that speaks HTTP
 * itself has to have something at its path.
 */
export async function answers({ port, path, key }: Upstream): Promise<boolean> {
  const isBridge = key !== undefined;
  try {
    const status = await statusOf({
      port,
      path: isBridge ? '/ping' : path,
      method: isBridge ? 'GET' : 'POST',
    });
    return status < 500 && status !== 404;
  } catch {
    return false;
  }
}

/** Not a request of any server's protocol: whoever speaks MCP says that it is none, and starts nothing. */
const NO_REQUEST = '{}';

function statusOf({
  port,
  path,
  method,
}: {
  port: number;
  path: string;
  method: 'GET' | 'POST';
}): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      accept: 'application/json, text/event-stream',
      ...(method === 'POST' && {
        'content-type': 'application/json',
        'content-length': NO_REQUEST.length,
      }),
    };
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers, agent: false, timeout: PROBE_TIMEOUT_MS },
      (answer: IncomingMessage) => {
        resolve(answer.statusCode ?? 500);
        asked.destroy();
      },
    );
    asked.once('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.once('error', reject);
    asked.end(method === 'POST' ? NO_REQUEST : undefined);
  });
}
