import { setMaxListeners } from 'node:events';
import type { SecureContext } from 'node:tls';
import { Agent, type buildConnector } from 'undici';
import type { EgressProxy } from './egress-proxy.ts';
import { FramingBudget } from './framing-budget.ts';
import { type GuardedConnector, guardedConnector } from './guarded-connector.ts';
import type { HostResolver } from './host-resolver.ts';
import { MemoryBudget } from './memory-budget.ts';
import { OutboundError } from './outbound-error.ts';
import type { OutboundPolicy } from './outbound-policy.ts';
import { notHttp, type OutboundResponse, openResponse } from './outbound-response.ts';
import { fetchHeaders, invalidHeader, requestHeaders } from './request-headers.ts';
import { tooLarge } from './response-body.ts';
import { unlessAborted } from './time-limit.ts';

/** Bounds of every request; each has a default. */
export interface OutboundLimits {
  /** Milliseconds to resolve, connect (through the proxy, where there is one) and shake hands. Default 5,000. */
  connectTimeoutMs: number;
  /**
   * Milliseconds for a whole request whose caller gives no signal, and for one large event of a stream without end. Default 30,000.
   */
  defaultTimeoutMs: number;
  /** Bytes of an answer, both encoded and decoded, or, where a request says so, of one event in it. Default 10 MiB. */
  maxResponseBytes: number;
  /**
   * Bytes of all large answers (more than 512 KiB) that may be under way at once, on this way out and those isolated from it. Who does not
   * fit in waits, and its server with it, until there is room or its signal fires. Default 256 MiB.
   */
  maxBufferedBytes: number;
  /** Bytes of the answer's headers. Default 16 KiB. */
  maxHeaderBytes: number;
}

/** What {@link createOutbound} needs. */
export interface OutboundOptions {
  policy: OutboundPolicy;
  resolver: HostResolver;
  limits?: Partial<OutboundLimits>;
  /** Whom to trust as a server and as the proxy; see {@link trustAlso}. Default: the authorities Node trusts. */
  secureContext?: SecureContext;
  /** The proxy for https. Default: none. */
  proxy?: EgressProxy;
  /** Called, for the log, each time the proxy makes no connection. To the caller it is one like any other that fails. */
  onProxyFailure?: (failure: OutboundError) => void;
}

/** One request. */
export interface OutboundRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** `host` and hop-by-hop headers are refused. */
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array | null;
  /** Ends the request at any moment until the body is read; its reason is what the caller sees thrown. */
  signal?: AbortSignal;
  /**
   * What `maxResponseBytes` limits. `event` is for event streams without end, whose reader has to bound the rest by `onBytes`:
   * comments, the number of events, and encoded bytes that make nothing. Default `body`.
   */
  limitPer?: 'body' | 'event';
  /** A smaller limit than `maxResponseBytes`. */
  maxBytes?: number;
  /**
   * Told of bytes as the body is read: of those on the wire, or of what the decoders made of them where that is more. What it throws
   * ends the answer, and is what the reader sees; it should be an error of ours.
   */
  onBytes?: (bytes: number) => void;
}

/** The way out for one purpose. */
export interface Outbound {
  /**
   * Sends one request. Redirects are answers with status 3xx turned into an error.
   * @throws OutboundError; the signal's reason after an abort
   */
  request(url: string | URL, request: OutboundRequest): Promise<OutboundResponse>;
  /** The same with the types of `fetch`. Supports method, headers, signal and a body of text, bytes or URLSearchParams. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /**
   * A way out of the same kind with connections of its own, for one user's session: nothing that a server confuses on a
   * connection reaches another user, and closing it closes every socket at once. It opens eight sockets to an origin at most;
   * further requests wait for one.
   */
  isolate(): Outbound;
  /** Ends every request under way and closes all sockets, also those of isolated ways. */
  close(): Promise<void>;
}

const DEFAULT_LIMITS: OutboundLimits = {
  connectTimeoutMs: 5_000,
  defaultTimeoutMs: 30_000,
  maxResponseBytes: 10 * 1024 * 1024,
  maxBufferedBytes: 256 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
};

/** Opens a way out under one policy. It pools connections; make one per purpose and keep it. */
export function createOutbound(options: OutboundOptions): Outbound {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const connect = guardedConnector({ ...options, connectTimeoutMs: limits.connectTimeoutMs });
  const memory = new MemoryBudget(limits.maxBufferedBytes);
  return openPool({ policy: options.policy, limits, connect, memory, sockets: null });
}

interface PoolOptions {
  policy: OutboundPolicy;
  limits: OutboundLimits;
  connect: GuardedConnector;
  /** What isolated ways share. */
  memory: MemoryBudget;
  /** Sockets to one origin; null for any number. */
  sockets: number | null;
}

/** Sockets of one isolated way to one origin; how many requests a server makes us send must not decide. */
const ISOLATED_SOCKETS = 8;

function openPool(options: PoolOptions): Outbound {
  const { policy, limits, connect, memory } = options;
  const closing = new AbortController();
  // One for every connection that is being made; Node would warn of a leak.
  setMaxListeners(0, closing.signal);
  const framing = new FramingBudget();
  const agent = new Agent({
    connect: (target, done) => connect(target, watching(framing, done), closing.signal),
    connections: options.sockets,
    // Every request has a signal that bounds all of it. These two would end idle event streams, and fire late.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: limits.maxHeaderBytes,
    pipelining: 1,
    // Shorter than the five seconds after which common servers close an idle connection.
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
  });
  const isolated = new Set<Outbound>();

  const request = async (url: string | URL, init: OutboundRequest): Promise<OutboundResponse> => {
    const target = policy.checkUrl(url);
    const signal = init.signal ?? AbortSignal.timeout(limits.defaultTimeoutMs);
    signal.throwIfAborted();
    framing.addRequest();
    const sending = agent.request({
      origin: target.origin,
      path: `${target.pathname}${target.search}`,
      method: init.method,
      headers: requestHeaders(init.headers),
      body: init.body ?? null,
      signal,
      onInfo: countInterim(),
    });
    // undici notices an abort late while a request waits for a socket; it never sends it then.
    const answer = await unlessAborted(sending, signal).catch((error: unknown) => {
      throw requestError(error, signal);
    });
    const maxBytes = Math.min(init.maxBytes ?? limits.maxResponseBytes, limits.maxResponseBytes);
    return openResponse(answer, {
      ...{ signal, memory, onBytes: init.onBytes, maxEventMs: limits.defaultTimeoutMs },
      limit: { maxBytes, per: init.limitPer ?? 'body' },
      onWire: (bytes) => framing.addBody(bytes),
    });
  };

  return {
    request,
    fetch: async (url, init = {}) => toFetchResponse(await request(url, fromFetchInit(init))),
    isolate: () => {
      const pool = openPool({ ...options, sockets: ISOLATED_SOCKETS });
      const close = () => {
        isolated.delete(own);
        return pool.close();
      };
      const own: Outbound = { ...pool, close };
      isolated.add(own);
      return own;
    },
    close: async () => {
      // The agent would wait for connections that are being made.
      closing.abort();
      await Promise.all([agent.destroy(), ...[...isolated].map((pool) => pool.close())]);
    },
  };
}

/** Has every connection that is made counted. */
function watching(framing: FramingBudget, done: buildConnector.Callback): buildConnector.Callback {
  return (...made) => {
    if (made[1] !== null) framing.watch(made[1]);
    done(...made);
  };
}

/** Interim answers (1xx) to one request; honest servers send one or two. */
const MAX_INTERIM = 20;

/** A server could send nothing else until the deadline, and keep our parser busy all the time. */
function countInterim(): () => void {
  let left = MAX_INTERIM;
  return () => {
    left -= 1;
    // Ends the connection.
    if (left < 0) throw tooLarge();
  };
}

function requestError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof OutboundError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'UND_ERR_INVALID_ARG') return invalidHeader(error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return tooLarge(error);
  // undici leaves the code of a parser's error undefined.
  const isUnreadable = error instanceof Error && error.name === 'HTTPParserError';
  if (isUnreadable || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return notHttp(error);
  }
  return new OutboundError('CONNECTION_LOST', 'The connection ended before the answer came.', {
    cause: error,
  });
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;

function fromFetchInit(init: RequestInit): OutboundRequest {
  const method = METHODS.find((known) => known === (init.method ?? 'GET').toUpperCase());
  if (method === undefined) throw new TypeError(`Method ${init.method} is not supported.`);
  const headers = fetchHeaders(init.headers);
  let body: string | Uint8Array | null = null;
  if (init.body instanceof URLSearchParams) {
    body = init.body.toString();
    headers['content-type'] ??= 'application/x-www-form-urlencoded;charset=UTF-8';
  } else if (typeof init.body === 'string' || init.body instanceof Uint8Array) {
    body = init.body;
  } else if (init.body !== undefined && init.body !== null) {
    throw new TypeError('Only text, bytes and URLSearchParams can be sent.');
  }
  return { method, headers, body, ...(init.signal ? { signal: init.signal } : {}) };
}

function toFetchResponse(response: OutboundResponse): Response {
  const { status, headers } = response;
  // The body is decoded already; its headers would make a second decoder stumble.
  const { 'content-encoding': _coding, 'content-length': _length, ...rest } = headers;
  if (status === 204 || status === 205 || status === 304) {
    response.discard();
    return new Response(null, { status, headers: rest });
  }
  return new Response(ReadableStream.from(response.chunks()), { status, headers: rest });
}
