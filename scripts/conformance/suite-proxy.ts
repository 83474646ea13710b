import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Part } from '../started-parts.ts';

/** What the suite cannot do by itself. */
export interface SuiteProxyOptions {
  /** The endpoint under test. */
  target: URL;
  /** The suite sends no tokens. */
  token: string;
  /** Slug of the fixtures' connector, which our names and URIs begin with; the suite asks for its own. */
  slug: string;
}

/**
 * A proxy that puts a token on every request of the suite, and takes the connector's slug from names and URIs. All else,
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
  { target, token, slug }: SuiteProxyOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const body = Buffer.from(withSlug(Buffer.concat(parts).toString(), slug));
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
        ...(typeof name === 'string' && { 'mcp-name': exposed(name, slug) }),
        ...(body.length > 0 ? { 'content-length': body.length } : {}),
      },
    },
    (answer) => {
      const { 'content-length': _own, ...answered } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, answered);
      answer.on('data', (part: Buffer) => outgoing.write(withoutSlug(part.toString(), slug)));
      answer.on('end', () => outgoing.end());
      answer.on('error', () => outgoing.destroy());
    },
  );
  outgoing.on('close', () => sent.destroy());
  sent.on('error', () => outgoing.destroy());
  sent.end(body);
}

/** What the endpoint calls a tool, a prompt or a resource of the fixtures; other names are what some tests are about. */
function exposed(name: string, slug: string): string {
  if (/^(test_|json_schema_)/.test(name)) return `${slug}__${name}`;
  return name.startsWith('test://') ? `${slug}+${name}` : name;
}

/** Only what asks for a fixture; broken bodies are what some tests are about. */
function withSlug(body: string, slug: string): string {
  if (!/"(tools\/call|prompts\/get|resources\/read|completion\/complete)"/.test(body)) return body;
  return body.replace(
    /"(name|uri)":"([^"]*)"/,
    (_whole, key: string, name: string) => `"${key}":"${exposed(name, slug)}"`,
  );
}

function withoutSlug(answer: string, slug: string): string {
  return answer
    .replaceAll(`"name":"${slug}__`, '"name":"')
    .replace(/"(uri|uriTemplate)":"([a-z]+)\+/g, (whole, key: string, found: string) =>
      found === slug ? `"${key}":"` : whole,
    );
}
