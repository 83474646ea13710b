import type { OutboundResponse } from '../../outbound/guarded-fetch.ts';
import { EventStreamParser } from './event-stream.ts';
import {
  findResponse,
  isJsonObject,
  isServerMessage,
  type JsonRpcAnswer,
  type JsonRpcId,
} from './json-rpc.ts';
import { McpFailure } from './mcp-failure.ts';

/** Notifications and requests a server may send before its answer; more is a flood. */
const MAX_MESSAGES_BEFORE_ANSWER = 10_000;

/** What {@link readAnswer} needs to know. */
export interface AnswerOptions {
  /** The id of the request. */
  id: JsonRpcId;
  /** Receives what the server sends before it answers: notifications and its own requests. */
  deliver: (message: unknown) => void;
}

/**
 * Reads the answer to one JSON-RPC request from a 2xx response of a streamable HTTP server. Everything that could only
 * be waited for in vain fails at once: no content, another content type, not JSON, not JSON-RPC, another id, a stream that ends
 * without the answer.
 * @throws McpFailure INVALID_MCP_SERVER or RESPONSE_TOO_LARGE
 * @throws OutboundError from reading the body
 */
export async function readAnswer(
  response: OutboundResponse,
  options: AnswerOptions,
): Promise<JsonRpcAnswer> {
  const mediaType = mediaTypeOf(response);
  if (response.status === 202 || response.status === 204) {
    response.discard();
    throw invalid('The request was accepted but not answered.');
  }
  if (mediaType === 'application/json') return readJsonAnswer(await response.text(), options);
  if (mediaType === 'text/event-stream') return readStreamAnswer(response, options);
  response.discard();
  throw invalid('The answer has a content type of its own.');
}

/** The media type of an answer, without parameters, in lower case. */
export function mediaTypeOf(response: Pick<OutboundResponse, 'headers'>): string {
  const contentType = response.headers['content-type'] ?? '';
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

function readJsonAnswer(text: string, options: AnswerOptions): JsonRpcAnswer {
  const body = parseJson(text);
  // Servers of revision 2025-03-26 may answer with a batch.
  for (const message of Array.isArray(body) ? body : [body]) {
    const answer = takeMessage(message, options);
    if (answer !== undefined) return answer;
  }
  throw invalid('The batch does not hold the answer.');
}

async function readStreamAnswer(
  response: OutboundResponse,
  options: AnswerOptions,
): Promise<JsonRpcAnswer> {
  let messages = 0;
  for await (const data of streamedMessages(response)) {
    const answer = takeMessage(parseJson(data), options);
    if (answer !== undefined) return answer;
    messages += 1;
    if (messages > MAX_MESSAGES_BEFORE_ANSWER) throw new McpFailure('RESPONSE_TOO_LARGE');
  }
  throw invalid('The event stream ended without the answer.');
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

/** @returns the answer, or undefined for a message that comes before it */
function takeMessage(message: unknown, { id, deliver }: AnswerOptions): JsonRpcAnswer | undefined {
  if (!isJsonObject(message)) throw invalid('A message is not a JSON object.');
  if (isServerMessage(message)) {
    deliver(message);
    return undefined;
  }
  const response = findResponse(message);
  if (response === undefined) throw invalid('A message is not JSON-RPC.');
  const answer = response.withId(id);
  // A server that could not read our id reports that with null; nothing else was asked in this exchange.
  const isOurs = response.id === id || (response.id === null && 'error' in answer);
  if (!isOurs) throw invalid('The answer has the wrong id.');
  return answer;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new McpFailure('INVALID_MCP_SERVER', { cause });
  }
}

function invalid(what: string): McpFailure {
  return new McpFailure('INVALID_MCP_SERVER', { cause: new Error(what) });
}
