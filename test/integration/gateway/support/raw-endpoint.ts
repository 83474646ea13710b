import { request } from 'node:http';

/** An answer as it came. */
export interface RawAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
  /** The JSON-RPC message in it; that of the last event of a stream. @throws SyntaxError where there is none */
  message: { id: unknown; result?: Record<string, unknown>; error?: RawError };
}

/** A JSON-RPC error as it came. */
export interface RawError {
  code: number;
  message: string;
  data?: Record<string, unknown>;
}

/** A POST to be made. */
export interface RawRequest {
  token?: string | undefined;
  /** Sent as JSON, or as it is where it is text. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  method?: string;
}

const REVISION = '2026-07-28';

/** The `_meta` of every request of the modern era. */
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': REVISION,
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A request of the legacy era. */
export function legacyRequest(method: string, params: object = {}, id: unknown = 1): RawRequest {
  return { body: { jsonrpc: '2.0', id, method, params } };
}

/** A request of the modern era, with the headers it needs. */
export function modernRequest(
  method: string,
  { _meta = {}, ...params }: { _meta?: object; [name: string]: unknown } = {},
  id: unknown = 1,
): RawRequest {
  const name = params['name'] ?? params['uri'];
  return {
    body: { jsonrpc: '2.0', id, method, params: { ...params, _meta: { ...ENVELOPE, ..._meta } } },
    headers: {
      'mcp-protocol-version': REVISION,
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    },
  };
}

/** Sends what no official client would send. `fetch` would not send a foreign `Host`. */
export function post(url: string, options: RawRequest): Promise<RawAnswer> {
  const { token, body, headers = {}, method = 'POST' } = options;
  const payload = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        headers: {
          accept: 'application/json, text/event-stream',
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            get message() {
              return JSON.parse(lastMessage(text));
            },
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

function lastMessage(text: string): string {
  if (!/^(event|data|id|:)/m.test(text) || text.startsWith('{')) return text;
  const data = text.split('\n').filter((line) => line.startsWith('data: {'));
  return data.at(-1)?.slice('data: '.length) ?? '';
}
