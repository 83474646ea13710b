import type { Clock } from '../../lib/clock.ts';
import { RateBudget } from '../../lib/rate-budget.ts';
import type { OutboundResponse } from '../../outbound/outbound-response.ts';
import { HANDSHAKE_BYTES, spend, UNASKED_LIMITS, unusable } from './answer-reader.ts';
import { EventStreamParser, type ServerSentEvent } from './event-stream.ts';
import {
  findCall,
  findResponse,
  isJsonObject,
  isServerMessage,
  type JsonRpcId,
} from './json-rpc.ts';
import type { JsonRpcChannel } from './json-rpc-channel.ts';
import { parseJson } from './json-text.ts';
import type { JsonObject } from './mcp-client.ts';
import { McpFailure } from './mcp-failure.ts';
import { checkVersion } from './protocol-version.ts';

/** Bytes that may come without an answer in them, encoded or decoded, and what comes back of that in a second. */
const BYTES = { capacity: 10 * 1024 * 1024, perSecond: 64 * 1024 } as const;

/** What an {@link SseStream} needs. */
export interface SseStreamOptions {
  channel: Pick<JsonRpcChannel, 'settle' | 'hasSent'>;
  /** The server has named its endpoint: it is one of the SSE transport. */
  onEndpoint?: () => void;
  clock: Pick<Clock, 'monotonic'>;
  /** Receives the notifications of the server. @returns was it asked for? */
  onNotification: (message: JsonObject) => boolean;
}

/**
 * Reads the one stream of the SSE transport before the SDK does: hands our answers to the channel and leaves to the SDK what it
 * needs. The stream lives as long as the session, so what a server sends unasked is bounded by its rate; each request of
 * ours, and each answer to one, gives the whole budget back.
 */
export class SseStream {
  readonly #options: SseStreamOptions;
  readonly #bytes: RateBudget;
  readonly #events: RateBudget;
  readonly #requests: RateBudget;
  #endpointSeen = false;
  #handshakeId: JsonRpcId | undefined;
  /** Bytes that are left of those before the handshake is over. */
  #introduction = HANDSHAKE_BYTES;
  #isIntroduced = false;

  constructor(options: SseStreamOptions) {
    const { clock } = options;
    this.#options = options;
    this.#bytes = new RateBudget({ ...BYTES, clock });
    this.#events = new RateBudget({ ...UNASKED_LIMITS.messages, clock });
    this.#requests = new RateBudget({ ...UNASKED_LIMITS.requests, clock });
  }

  /** Has to be told of each request before it is sent. */
  expectAnswer({ id, method }: { id: JsonRpcId; method: string }): void {
    if (method === 'initialize') this.#handshakeId = id;
    this.#refill();
  }

  /**
   * Has to be told of all bytes of the stream as they come, also of those that make no event.
   * @throws McpFailure RESPONSE_TOO_LARGE
   */
  spendBytes(bytes: number): void {
    spend(this.#bytes, bytes);
    if (this.#isIntroduced) return;
    this.#introduction -= bytes;
    if (this.#introduction < 0) throw new McpFailure('RESPONSE_TOO_LARGE');
  }

  /**
   * The part of the stream that is for the SDK, as a stream of events again.
   * @throws McpFailure INVALID_MCP_SERVER for a message that is not JSON-RPC or answers nothing, PROTOCOL_MISMATCH,
   * RESPONSE_TOO_LARGE for a flood, and for a text too costly to parse
   * @throws OutboundError from reading the body
   */
  async *forSdk(response: OutboundResponse): AsyncGenerator<string> {
    const parser = new EventStreamParser();
    for await (const chunk of response.chunks()) {
      for (const event of parser.push(chunk)) {
        if (this.#concernsSdk(event)) yield render(event);
      }
    }
  }

  #concernsSdk(event: ServerSentEvent): boolean {
    if (event.type === 'message' && event.data !== '') return this.#takeMessage(event.data);
    spend(this.#events, 1);
    // The server itself names the path to which every request, with its credentials, is posted. The SDK and our fetch keep it
    // on the origin of the server's URL, nothing keeps it on its path: on a host shared by several parties each of them would have to be
    // trusted. It is named once; a later event cannot move it.
    const isEndpoint = event.type === 'endpoint' && !this.#endpointSeen;
    if (isEndpoint) {
      this.#endpointSeen = true;
      this.#options.onEndpoint?.();
    }
    return isEndpoint;
  }

  #takeMessage(data: string): boolean {
    const message = parseJson(data);
    if (!isJsonObject(message)) throw unusable('A message is not a JSON object.');
    if (isServerMessage(message)) return this.#takeServerMessage(message);
    const response = findResponse(message);
    if (response === undefined) throw unusable('A message is not JSON-RPC.');
    const { id } = response;
    const handshakeId = this.#handshakeId;
    if (handshakeId !== undefined && id === handshakeId) {
      this.#handshakeId = undefined;
      this.#isIntroduced = true;
      checkVersion(response.withId(handshakeId));
      this.#refill();
      return true;
    }
    const { channel } = this.#options;
    const received = typeof id === 'number' && {
      answer: response.withId(id),
      textLength: data.length,
    };
    if (received !== false && channel.settle(received)) {
      this.#refill();
      return false;
    }
    if (!channel.hasSent(id)) throw unusable('The answer has the wrong id.');
    // It comes too late.
    spend(this.#events, 1);
    return false;
  }

  #takeServerMessage(message: JsonObject): boolean {
    const isRequest = findCall(message) !== undefined;
    // Progress of a call is bounded by the bytes that may come without an answer.
    if (!isRequest && this.#options.onNotification(message)) return false;
    spend(this.#events, 1);
    if (!isRequest) return false;
    spend(this.#requests, 1);
    return true;
  }

  #refill(): void {
    for (const budget of [this.#bytes, this.#events, this.#requests]) budget.refill();
  }
}

function render({ type, data }: ServerSentEvent): string {
  return `event: ${type}\ndata: ${data.replaceAll('\n', '\ndata: ')}\n\n`;
}
