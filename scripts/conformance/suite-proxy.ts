import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Part } from '../started-parts.ts';

/** What the suite cannot do by itself. */
export interface SuiteProxyOptions {
  /** The endpoint under test. */
  target: URL;
  /** The suite sends no tokens. */
  token: string;
  /** What our names of the fixtures' tools begin with; the suite calls them by their own. */
  prefix: string;
}

/**
 * A proxy that puts a token on every request of the suite, and takes the connector's prefix from the names of tools. All else,
 * `Host` and `Origin` above all, passes as it is.
 */
export async function startSuiteProxy(options: SuiteProxyOptions): Promise<Part & { url: string }> {
  const server = createServer((incoming, outgoing) => {
    void forward(options, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function forward(
  { target, token, prefix }: SuiteProxyOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const body = Buffer.from(withPrefix(Buffer.concat(parts).toString(), prefix));
  const {
    'content-length': _length,
    'transfer-encoding': _encoding,
    ...headers
  } = incoming.headers;
  const name = headers['mcp-name'];
  const sent = request(
    {
      host: target.hostname,
      port: target.port,
      path: incoming.url ?? '/',
      method: incoming.method ?? 'GET',
      setHost: false,
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        ...(typeof name === 'string' && isFixture(name) ? { 'mcp-name': `${prefix}${name}` } : {}),
        ...(body.length > 0 ? { 'content-length': body.length } : {}),
      },
    },
    (answer) => {
      const { 'content-length': _own, ...answered } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, answered);
      answer.on('data', (part: Buffer) =>
        outgoing.write(part.toString().replaceAll(`"name":"${prefix}`, '"name":"')),
      );
      answer.on('end', () => outgoing.end());
      answer.on('error', () => outgoing.destroy());
    },
  );
  outgoing.on('close', () => sent.destroy());
  sent.on('error', () => outgoing.destroy());
  sent.end(body);
}

function isFixture(name: string): boolean {
  return /^(test_|json_schema_)/.test(name);
}

/** Only what is a call of a fixture; broken bodies are what some tests are about. */
function withPrefix(body: string, prefix: string): string {
  return body.includes('"tools/call"')
    ? body.replace(/"name":"(test_|json_schema_)/, `"name":"${prefix}$1`)
    : body;
}
