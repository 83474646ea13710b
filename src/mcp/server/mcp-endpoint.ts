import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { isJsonObject } from '../client/json-rpc.ts';
import { openCallStream } from './call-stream.ts';
import {
  type DirectRequest,
  type RequestHeaders,
  readDirectRequest,
  text,
} from './direct-request.ts';
import { ListenStreams } from './listen-streams.ts';
import { type McpBackend, RpcError, type ToolProgress } from './mcp-backend.ts';
import {
  errorMessage,
  listMessage,
  progressMessage,
  RPC_CODES,
  replyMessage,
  type ServerIdentity,
  toRpcError,
} from './rpc-messages.ts';
import { RunningCalls } from './running-calls.ts';
import { createSdkServer } from './sdk-server.ts';

/** One POST to the endpoint, authenticated and parsed. */
export interface McpExchange {
  headers: RequestHeaders;
  /** The parsed JSON, whatever it is. */
  body: unknown;
  /** Names the caller, apart from all others. */
  owner: string;
  /** Names the user on whose behalf the caller acts, apart from all others. */
  user: string;
  tokenExpiresAt: Date;
  backend: McpBackend;
  /** Aborts when the client has left: its calls are given up. */
  signal: AbortSignal;
}

/** What is to be sent back. */
export interface McpAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer | Readable | ReadableStream | null;
}

/** How an {@link McpEndpoint} introduces itself, and paces its answers. */
export interface McpEndpointOptions {
  identity: ServerIdentity;
  /** Time; of streams of changes. Default: that of the operating system. */
  clock?: Clock;
  /** Told of errors that nobody expected, for the log. */
  onError: (error: unknown) => void;
  /** Milliseconds after which a call that still runs is answered with an event stream. Default 10,000. */
  streamAfterMs?: number;
  /** Milliseconds between signs of life on a stream. Default 15,000. */
  keepAliveMs?: number;
}

const JSON_HEADERS = { 'content-type': 'application/json' } as const;
const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

/**
 * Our MCP endpoint, in both eras and without a session, so that any replica answers any request. What agents send all day is
 * answered directly: the SDK builds a server for each request and checks every list and result by schema, which for 500 tools
 * costs more than all the rest, and refuses kinds of content that it does not know. It answers everything else.
 */
export class McpEndpoint {
  readonly #options: Required<McpEndpointOptions>;
  readonly #running = new RunningCalls();
  readonly #streams: ListenStreams;

  constructor(options: McpEndpointOptions) {
    this.#options = { streamAfterMs: 10_000, keepAliveMs: 15_000, clock: systemClock, ...options };
    this.#streams = new ListenStreams(this.#options);
  }

  /** Streams of changes that are open. */
  get listening(): number {
    return this.#streams.size;
  }

  /** Answers one POST. Never throws for what a client sent. */
  async handle(exchange: McpExchange): Promise<McpAnswer> {
    const { headers, body } = exchange;
    if (Array.isArray(body)) return json(errorMessage(null, NO_BATCHES), 400);
    const direct = readDirectRequest(headers, body);
    if (direct?.method === 'tools/list') return this.#list(direct, exchange);
    if (direct?.method === 'tools/call') return this.#call(direct, exchange);
    if (direct?.method === 'subscriptions/listen') return this.#listen(direct, exchange);
    const cancelled = readCancelled(body);
    if (cancelled !== undefined) {
      this.#running.cancel({ ...this.#client(exchange), requestId: cancelled });
    }
    return this.#askSdk(exchange);
  }

  /** Ends the streams of changes, which would not end by themselves. */
  close(): void {
    this.#streams.close();
  }

  async #listen(
    { id, lists }: Extract<DirectRequest, { method: 'subscriptions/listen' }>,
    { user, tokenExpiresAt, backend, signal }: McpExchange,
  ): Promise<McpAnswer> {
    if (lists === undefined) return json(errorMessage(id, NO_FILTER));
    try {
      const stream = await this.#streams.open({ id, lists, user, tokenExpiresAt, backend, signal });
      return { status: 200, headers: STREAM_HEADERS, body: stream.body };
    } catch (error) {
      return json(this.#failure(id, error));
    }
  }

  async #list(request: DirectRequest, { backend }: McpExchange): Promise<McpAnswer> {
    try {
      return json(listMessage(request, await backend.listTools(), this.#options.identity));
    } catch (error) {
      return json(this.#failure(request.id, error));
    }
  }

  async #call(
    request: Extract<DirectRequest, { method: 'tools/call' }>,
    exchange: McpExchange,
  ): Promise<McpAnswer> {
    const { id, call, asking, progressToken } = request;
    const pending = new PendingCall(this.#options.keepAliveMs);
    const onProgress =
      progressToken === undefined
        ? undefined
        : (progress: ToolProgress) => pending.tell(progressMessage(progressToken, progress));
    const key = { ...this.#client(exchange), requestId: id };
    this.#running
      .run(key, exchange.signal, (signal) =>
        exchange.backend.callTool(call, { signal, onProgress, asking }),
      )
      .then((reply) => replyMessage(request, reply, this.#options.identity))
      .catch((error: unknown) => this.#failure(id, error))
      .then((message) => pending.end(message), this.#options.onError);
    return pending.answer(this.#options.streamAfterMs);
  }

  #client({ owner, headers }: McpExchange): { owner: string; clientId: string | undefined } {
    return { owner, clientId: text(headers, 'mcp-session-id') };
  }

  #failure(id: string | number, error: unknown): string {
    return errorMessage(id, toRpcError(error, this.#options.onError));
  }

  async #askSdk({ headers, body, backend, signal }: McpExchange): Promise<McpAnswer> {
    const { identity, onError, keepAliveMs } = this.#options;
    const handler = createMcpHandler(
      ({ era }) => createSdkServer({ backend, identity, era, onError }),
      // Its own streams would be fed by nobody, and buffer without end for who does not read.
      { keepAliveMs, maxSubscriptions: 0 },
    );
    // The address means nothing to the handler, which never sees the token either.
    const request = new Request('http://localhost/mcp', {
      method: 'POST',
      headers: webHeaders(headers),
      body: JSON.stringify(body ?? null),
      signal,
    });
    const response = await handler.fetch(request, { parsedBody: body ?? null });
    const ours = isInitialize(body) && response.ok ? { 'mcp-session-id': randomUUID() } : {};
    return {
      status: response.status,
      headers: { ...Object.fromEntries(response.headers), ...ours },
      body: response.body,
    };
  }
}

/** A call whose answer is JSON where it ends soon, and an event stream from the first message before its end. */
class PendingCall {
  readonly #keepAliveMs: number;
  readonly #answer: Promise<McpAnswer>;
  #resolve: (answer: McpAnswer) => void = () => {};
  #stream: ReturnType<typeof openCallStream> | undefined;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(keepAliveMs: number) {
    this.#keepAliveMs = keepAliveMs;
    this.#answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  answer(streamAfterMs: number): Promise<McpAnswer> {
    if (!this.#isOver) this.#timer = setTimeout(() => this.#open(), streamAfterMs).unref();
    return this.#answer;
  }

  tell(message: string): void {
    // A server that goes on after its answer is not listened to.
    if (!this.#isOver) this.#open().tell(message);
  }

  end(message: string): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    if (this.#stream === undefined) this.#resolve(json(message));
    else this.#stream.end(message);
  }

  #open(): ReturnType<typeof openCallStream> {
    if (this.#stream === undefined) {
      this.#stream = openCallStream(this.#keepAliveMs);
      this.#resolve({ status: 200, headers: STREAM_HEADERS, body: this.#stream.body });
    }
    return this.#stream;
  }
}

/** One revision of the legacy era allows batches. One that is refused clearly is no way around the rate limit. */
const NO_BATCHES = new RpcError(
  RPC_CODES.invalidRequest,
  'Batches are not supported. Send each message in a request of its own.',
);

const NO_FILTER = new RpcError(
  RPC_CODES.invalidParams,
  'notifications is required, and must say which changes to tell.',
);

function json(body: string | Buffer, status = 200): McpAnswer {
  return { status, headers: JSON_HEADERS, body };
}

function isInitialize(body: unknown): boolean {
  return isJsonObject(body) && body['method'] === 'initialize';
}

/** The request that a legacy client no longer waits for. */
function readCancelled(body: unknown): string | number | undefined {
  if (!isJsonObject(body) || body['method'] !== 'notifications/cancelled') return undefined;
  const { params } = body;
  const id = isJsonObject(params) ? params['requestId'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** Headers that mean something to the protocol; the others, the token above all, are not passed on. */
function webHeaders(headers: RequestHeaders): Headers {
  const kept = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(accept|content-type|mcp-.*|last-event-id)$/.test(name) || value === undefined) continue;
    kept.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return kept;
}
