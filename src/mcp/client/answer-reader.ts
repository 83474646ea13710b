import type { Clock } from '../../lib/clock.ts';
import { RateBudget } from '../../lib/rate-budget.ts';
import type { OutboundResponse } from '../../outbound/outbound-response.ts';
import { EventStreamParser } from './event-stream.ts';
import {
  findCall,
  findResponse,
  isJsonObject,
  isServerMessage,
  type JsonRpcId,
  type ReceivedAnswer,
} from './json-rpc.ts';
import { parseJson } from './json-text.ts';
import type { JsonObject } from './mcp-client.ts';
import { McpFailure, UnusableAnswer } from './mcp-failure.ts';

/**
 * What a server may send before its answer, at once and in addition every second; more is a flood. Bursts and the rate are bounded, not
 * the sum: a tool that works for minutes may tell how far it is.
 */
export const UNASKED_LIMITS = {
  /** Messages of any kind; cheap, they are parsed and dropped. */
  messages: { capacity: 1_000, perSecond: 50 },
  /** Requests of the server's own. Each costs us a request to answer it; some servers ping every few seconds. */
  requests: { capacity: 10, perSecond: 1 },
  /** Notifications we asked for: the progress of a call. */
  progress: { capacity: 20_000, perSecond: 50 },
} as const;

/**
 * Bytes of the answer to `initialize` or `server/discover`. It introduces the server: a few hundred bytes, and some kilobytes of
 * instructions. Everybody's test comes to it, so it may cost less than an answer somebody wants.
 */
export const HANDSHAKE_BYTES = 256 * 1024;

/** What {@link readAnswer} needs to know. */
export interface AnswerOptions {
  /** The id of the request. */
  id: JsonRpcId;
  /** Receives the requests a server sends before it answers. */
  onServerRequest: (message: unknown) => void;
  /** Receives the notifications a server sends before it answers. @returns was it asked for? */
  onNotification: (message: JsonObject) => boolean;
  clock: Pick<Clock, 'monotonic'>;
}

/**
 * Reads the answer to one JSON-RPC request from a 2xx response of a streamable HTTP server. Everything that could only
 * be waited for in vain fails at once: no content, another content type, not JSON, not JSON-RPC, another id, a stream that ends
 * without the answer.
 * @throws McpFailure INVALID_MCP_SERVER; RESPONSE_TOO_LARGE beyond {@link UNASKED_LIMITS} and for a text too costly to parse
 * @throws OutboundError from reading the body
 */
export async function readAnswer(
  response: OutboundResponse,
  options: AnswerOptions,
): Promise<ReceivedAnswer> {
  const mediaType = mediaTypeOf(response);
  if (response.status === 202 || response.status === 204) {
    response.discard();
    throw unusable('The request was accepted but not answered.');
  }
  const search = new AnswerSearch(options);
  if (mediaType === 'application/json') return readJsonAnswer(await response.text(), search);
  if (mediaType === 'text/event-stream') return readStreamAnswer(response, search);
  response.discard();
  throw unusable('The answer has a content type of its own.');
}

/** The media type of an answer, without parameters, in lower case. */
export function mediaTypeOf(response: Pick<OutboundResponse, 'headers'>): string {
  const contentType = response.headers['content-type'] ?? '';
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

/** The failure for an answer that is not what MCP asks for. */
export function unusable(what: string): McpFailure {
  return new McpFailure('INVALID_MCP_SERVER', { cause: new UnusableAnswer(what) });
}

/** @throws McpFailure RESPONSE_TOO_LARGE where less than `amount` is left */
export function spend(budget: RateBudget, amount: number): void {
  if (!budget.take(amount)) throw new McpFailure('RESPONSE_TOO_LARGE');
}

function readJsonAnswer(text: string, search: AnswerSearch): ReceivedAnswer {
  const body = parseJson(text);
  // Servers of revision 2025-03-26 may answer with a batch.
  for (const message of Array.isArray(body) ? body : [body]) {
    const answer = search.take(message, text.length);
    if (answer !== undefined) return answer;
  }
  throw unusable('The batch does not hold the answer.');
}

async function readStreamAnswer(
  response: OutboundResponse,
  search: AnswerSearch,
): Promise<ReceivedAnswer> {
  for await (const data of streamedMessages(response)) {
    const answer = search.take(parseJson(data), data.length);
    if (answer !== undefined) return answer;
  }
  throw unusable('The event stream ended without the answer.');
}

async function* streamedMessages(response: OutboundResponse): AsyncGenerator<string> {
  const parser = new EventStreamParser();
  for await (const chunk of response.chunks()) {
    for (const { type, data } of parser.push(chunk)) {
      // Events of other types, and empty ones that only carry an id, are not JSON-RPC.
      if (type === 'message' && data !== '') yield data;
    }
  }
}

/** Goes through the messages of one exchange until the answer comes. */
class AnswerSearch {
  readonly #options: AnswerOptions;
  readonly #messages: RateBudget;
  readonly #requests: RateBudget;
  readonly #progress: RateBudget;

  constructor(options: AnswerOptions) {
    const { clock } = options;
    this.#options = options;
    this.#messages = new RateBudget({ ...UNASKED_LIMITS.messages, clock });
    this.#requests = new RateBudget({ ...UNASKED_LIMITS.requests, clock });
    this.#progress = new RateBudget({ ...UNASKED_LIMITS.progress, clock });
  }

  /** @returns the answer, or undefined for a message that comes before it */
  take(message: unknown, textLength: number): ReceivedAnswer | undefined {
    if (!isJsonObject(message)) throw unusable('A message is not a JSON object.');
    if (isServerMessage(message)) {
      this.#takeServerMessage(message);
      return undefined;
    }
    const response = findResponse(message);
    if (response === undefined) throw unusable('A message is not JSON-RPC.');
    const { id } = this.#options;
    const answer = response.withId(id);
    // A server that could not read our id reports that with null; nothing else was asked in this exchange.
    const isOurs = response.id === id || (response.id === null && 'error' in answer);
    if (!isOurs) throw unusable('The answer has the wrong id.');
    return { answer, textLength };
  }

  #takeServerMessage(message: JsonObject): void {
    const isRequest = findCall(message) !== undefined;
    if (!isRequest && this.#options.onNotification(message)) {
      spend(this.#progress, 1);
      return;
    }
    spend(this.#messages, 1);
    if (!isRequest) return;
    spend(this.#requests, 1);
    this.#options.onServerRequest(message);
  }
}
