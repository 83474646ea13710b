import type { FetchLike } from '@modelcontextprotocol/client';
import type { Clock } from '../../lib/clock.ts';
import type { Outbound, OutboundRequest } from '../../outbound/guarded-fetch.ts';
import type { OutboundResponse } from '../../outbound/outbound-response.ts';
import { HANDSHAKE_BYTES, mediaTypeOf, readAnswer, unusable } from './answer-reader.ts';
import { isHandshake, mayMeanLegacy, PROBE } from './era-probe.ts';
import { failureOfStatus, type RefusalContext } from './failure-translation.ts';
import {
  findCall,
  isInitialized,
  type JsonRpcAnswer,
  type JsonRpcCall,
  type ReceivedAnswer,
} from './json-rpc.ts';
import type { JsonRpcChannel } from './json-rpc-channel.ts';
import { type LinkedSignal, linkSignals, type TimeBound } from './linked-signal.ts';
import type { JsonObject, McpTransport } from './mcp-client.ts';
import { McpFailure } from './mcp-failure.ts';
import { checkVersion } from './protocol-version.ts';
import { readErrorBody, readMissingScopes } from './refusal-reader.ts';
import { SseStream } from './sse-stream.ts';

/** What an {@link McpFetch} needs. */
export interface McpFetchOptions {
  outbound: Pick<Outbound, 'request'>;
  /** The server. Nothing is sent to any other origin. */
  url: URL;
  transport: McpTransport;
  /** Added to every request; they cannot replace a header of the protocol. */
  secretHeaders: Readonly<Record<string, string>>;
  userAgent: string;
  /** Our own requests; the other ones are the SDK's. */
  channel: Pick<JsonRpcChannel, 'signalOf' | 'settle' | 'hasSent'>;
  /** Milliseconds the era probe may take. */
  probeTimeoutMs: number;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** The server of an event stream has named its endpoint. */
  onEndpoint?: () => void;
  /** Receives requests that a streamable HTTP server sends before an answer. */
  onServerRequest: (message: unknown) => void;
  /** Receives the notifications of the server. @returns was it asked for? */
  onNotification: (message: JsonObject) => boolean;
  /** The event stream of the SSE transport has ended or never began; without an error it ended in good order. */
  onStreamEnd: (error: unknown) => void;
}

const SESSION_HEADER = 'mcp-session-id';
/** Visible ASCII (MCP 2025-11-25, session management): it has to be sent back as a header. */
const SESSION_ID = /^[\x21-\x7e]+$/;
/** Headers that only the protocol sets. */
const PROTOCOL_HEADER = /^(mcp-.*|accept|accept-encoding|content-.*|last-event-id|host)$/;
/** Milliseconds for messages nobody waits for: cancellations and answers to a server's own requests. */
const SIDE_MESSAGE_MS = 5_000;

/**
 * The `fetch` of one connection, given to the SDK's transports. It adds the secrets, keeps every request inside the
 * lifetime of the connection and judges each answer while its HTTP context is at hand, because the SDK would wait for ever on some.
 */
export class McpFetch {
  readonly #options: McpFetchOptions;
  readonly #lifetime = new AbortController();
  readonly #secretHeaders: Readonly<Record<string, string>>;
  readonly #stream: SseStream;
  #sessionId: string | undefined;
  #endHeaders: Record<string, string> = {};
  #streamOpened = false;

  constructor(options: McpFetchOptions) {
    this.#options = options;
    this.#stream = new SseStream(options);
    this.#secretHeaders = Object.fromEntries(
      Object.entries(options.secretHeaders)
        .map(([name, value]): [string, string] => [name.toLowerCase(), value])
        .filter(([name]) => !PROTOCOL_HEADER.test(name)),
    );
  }

  /** What the meaning of a refusal depends on, as of now. */
  get context(): RefusalContext {
    return {
      hasCredentials: Object.keys(this.#secretHeaders).length > 0,
      sessionInUse: this.#sessionId !== undefined || this.#streamOpened,
    };
  }

  /** To be given to a transport of the SDK. */
  readonly fetch: FetchLike = async (input, init = {}) => {
    const url = new URL(input);
    if (url.origin !== this.#options.url.origin) {
      throw new McpFailure('BLOCKED_URL', { notExecuted: true });
    }
    // The URL of the user has none; an SSE endpoint may.
    if (url.username !== '' || url.password !== '') {
      throw unusable('The endpoint carries a user name or password.');
    }
    switch (init.method ?? 'GET') {
      case 'POST':
        return this.#post(url, init);
      case 'GET':
        return this.#get(url, init);
      default:
        // Sessions are ended by endSession, whatever state the SDK is in.
        return new Response(null, { status: 405 });
    }
  };

  /** Ends everything under way. */
  abort(reason: McpFailure): void {
    this.#lifetime.abort(reason);
  }

  /**
   * Opens the stream on which the server says what nobody asked for; it ends with the connection. With a body it is a request of the
   * modern era, without one the GET of a legacy session.
   * @throws OutboundError; the reason the connection ended with
   */
  openStream(
    body: { method: string; text: string; version: string } | undefined,
  ): Promise<OutboundResponse> {
    const { url } = this.#options;
    const common = { signal: this.#lifetime.signal, limitPer: 'event' } as const;
    if (body === undefined) {
      const headers = { ...this.#endHeaders, accept: 'text/event-stream' };
      return this.#send(url, { method: 'GET', headers, ...common });
    }
    const headers = {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-method': body.method,
      'mcp-protocol-version': body.version,
    };
    return this.#send(url, { method: 'POST', headers, body: body.text, ...common });
  }

  /** Aborts when the connection ends. */
  get lifetime(): AbortSignal {
    return this.#lifetime.signal;
  }

  /** Tells a streamable HTTP server that its session is over. Never throws, and takes `milliseconds` at most. */
  async endSession(milliseconds: number): Promise<void> {
    if (this.#sessionId === undefined || this.#options.transport === 'sse') return;
    const { url, outbound, clock } = this.#options;
    const linked = linkSignals([], { milliseconds, clock });
    try {
      const headers = this.#headers(this.#endHeaders);
      const { signal } = linked;
      const response = await outbound.request(url, { method: 'DELETE', headers, signal });
      response.discard();
    } catch {
      // A server that cannot be reached any more has no session to end.
    } finally {
      linked.release();
    }
  }

  async #post(url: URL, init: RequestInit): Promise<Response> {
    const body = typeof init.body === 'string' ? init.body : '';
    const message: unknown = JSON.parse(body);
    const call = findCall(message);
    const sources = [this.#lifetime.signal, init.signal];
    if (call !== undefined) {
      sources.push(this.#options.channel.signalOf(call.id));
      this.#stream.expectAnswer(call);
    }
    const linked = linkSignals(sources, this.#boundOf(message, call));
    try {
      const response = await this.#send(url, {
        method: 'POST',
        body,
        ...(call !== undefined && isHandshake(call) && { maxBytes: HANDSHAKE_BYTES }),
        ...requestInit(init, linked.signal),
      });
      if (call === undefined) return await this.#afterSideMessage(response, linked);
      if (!isSuccess(response)) return await this.#refused({ call, response, init, linked });
      if (this.#options.transport === 'sse') return accepted(response);
      return await this.#answered(call, response);
    } finally {
      linked.release();
    }
  }

  /** What bounds a message besides the one who waits for its answer; nobody waits for side messages. */
  #boundOf(message: unknown, call: JsonRpcCall | undefined): TimeBound | undefined {
    const { clock, probeTimeoutMs } = this.#options;
    if (call?.method === PROBE) return { milliseconds: probeTimeoutMs, clock };
    if (call !== undefined || isInitialized(message)) return undefined;
    return { milliseconds: SIDE_MESSAGE_MS, clock };
  }

  #contextOf(response: OutboundResponse): RefusalContext {
    return { ...this.context, missingScopes: readMissingScopes(response) };
  }

  async #afterSideMessage(response: OutboundResponse, linked: LinkedSignal): Promise<Response> {
    if (isSuccess(response)) return accepted(response);
    const body = await readErrorBody(response, { linked, clock: this.#options.clock });
    throw failureOfStatus(response.status, this.#contextOf(response), body?.error);
  }

  async #answered(call: JsonRpcCall, response: OutboundResponse): Promise<Response> {
    const { onServerRequest, onNotification, channel, clock } = this.#options;
    let received: ReceivedAnswer;
    try {
      received = await readAnswer(response, {
        id: call.id,
        onServerRequest,
        onNotification,
        clock,
      });
    } catch (error) {
      // Legacy servers answer an unknown method in every way. Only `initialize` tells whether they are MCP servers.
      if (call.method === PROBE && isInvalid(error)) return new Response('', { status: 400 });
      throw error;
    }
    const { answer } = received;
    if (call.method === 'initialize') {
      checkVersion(answer);
      this.#rememberSession(response, answer);
    }
    if (channel.settle(received)) return new Response(null, { status: 202 });
    const headers: Record<string, string> = {};
    if (this.#sessionId !== undefined) headers[SESSION_HEADER] = this.#sessionId;
    return Response.json(answer, { headers });
  }

  async #refused({ call, response, init, linked }: RefusedCall): Promise<Response> {
    const { status } = response;
    const body = await readErrorBody(response, { linked, clock: this.#options.clock });
    if (call.method === PROBE && mayMeanLegacy(status)) {
      return Response.json({ jsonrpc: '2.0', ...body }, { status: 400 });
    }
    // The modern era puts JSON-RPC errors into 4xx; there they are answers.
    const isModern = new Headers(init.headers).has('mcp-method');
    if (isModern && body?.id === call.id && (status === 400 || status === 404)) {
      const { error } = body;
      const answer: JsonRpcAnswer = { jsonrpc: '2.0', id: call.id, error };
      if (this.#options.channel.settle({ answer, textLength: 0 })) {
        return new Response(null, { status: 202 });
      }
    }
    throw failureOfStatus(status, this.#contextOf(response), body?.error);
  }

  async #get(url: URL, init: RequestInit): Promise<Response> {
    // A server could make the SDK poll its standalone stream hundreds of times a second.
    if (this.#options.transport !== 'sse') return new Response(null, { status: 405 });
    // EventSource wants to reconnect; 204 tells it to stop. The connection has ended with its stream.
    if (this.#streamOpened) return new Response(null, { status: 204 });
    const linked = linkSignals([this.#lifetime.signal, init.signal]);
    try {
      const response = await this.#send(url, {
        method: 'GET',
        limitPer: 'event',
        onBytes: (bytes) => this.#stream.spendBytes(bytes),
        ...requestInit(init, linked.signal),
      });
      if (!isSuccess(response)) {
        response.discard();
        throw failureOfStatus(response.status, this.#contextOf(response));
      }
      if (mediaTypeOf(response) !== 'text/event-stream') {
        response.discard();
        throw new McpFailure('INVALID_MCP_SERVER');
      }
      this.#streamOpened = true;
      const body = ReadableStream.from(this.#watch(response, linked.release));
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    } catch (error) {
      linked.release();
      this.#options.onStreamEnd(error);
      throw error;
    }
  }

  async *#watch(response: OutboundResponse, release: () => void): AsyncGenerator<Uint8Array> {
    try {
      const encoder = new TextEncoder();
      for await (const text of this.#stream.forSdk(response)) yield encoder.encode(text);
      this.#options.onStreamEnd(undefined);
    } catch (error) {
      this.#options.onStreamEnd(error);
      throw error;
    } finally {
      release();
    }
  }

  async #send(url: URL, request: OutboundRequest): Promise<OutboundResponse> {
    const headers = this.#headers(request.headers ?? {});
    return this.#options.outbound.request(url, { ...request, headers });
  }

  #headers(protocol: Readonly<Record<string, string>>): Record<string, string> {
    return { 'user-agent': this.#options.userAgent, ...this.#secretHeaders, ...protocol };
  }

  #rememberSession(response: OutboundResponse, answer: JsonRpcAnswer): void {
    const sessionId = response.headers[SESSION_HEADER];
    if (sessionId === undefined || sessionId === '' || !('result' in answer)) return;
    if (!SESSION_ID.test(sessionId)) throw unusable('The session id cannot be sent back.');
    this.#sessionId = sessionId;
    const version = answer.result['protocolVersion'];
    this.#endHeaders = {
      [SESSION_HEADER]: sessionId,
      ...(typeof version === 'string' ? { 'mcp-protocol-version': version } : {}),
    };
  }
}

/** A request that was answered with a status outside 2xx. */
interface RefusedCall {
  call: JsonRpcCall;
  response: OutboundResponse;
  init: RequestInit;
  /** The signal of the exchange. */
  linked: LinkedSignal;
}

function requestInit(
  init: RequestInit,
  signal: AbortSignal,
): Pick<OutboundRequest, 'headers' | 'signal'> {
  return { headers: Object.fromEntries(new Headers(init.headers)), signal };
}

function accepted(response: OutboundResponse): Response {
  response.discard();
  return new Response(null, { status: 202 });
}

function isSuccess({ status }: OutboundResponse): boolean {
  return status >= 200 && status < 300;
}

function isInvalid(error: unknown): boolean {
  return error instanceof McpFailure && error.code === 'INVALID_MCP_SERVER';
}
