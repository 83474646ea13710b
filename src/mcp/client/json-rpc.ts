import { tryParseJson } from '../../lib/try-parse-json.ts';
import type { JsonObject } from './mcp-client.ts';

/** The id of a JSON-RPC request. */
export type JsonRpcId = string | number;

/** The part of a JSON-RPC request that decides how its answer is read. */
export interface JsonRpcCall {
  id: JsonRpcId;
  method: string;
}

/** The error of a JSON-RPC answer. */
export interface JsonRpcError {
  code: number;
  message: string;
  data?: unknown;
}

/** What a server answered to one request. */
export type JsonRpcAnswer =
  | { jsonrpc: '2.0'; id: JsonRpcId; result: JsonObject }
  | { jsonrpc: '2.0'; id: JsonRpcId; error: JsonRpcError };

/** An answer, and the size of the JSON text it came in. */
export interface ReceivedAnswer {
  answer: JsonRpcAnswer;
  /** UTF-16 units; 0 for an error in the body of a refusal, which is short. */
  textLength: number;
}

/** Protocol version refused (MCP 2026-07-28). */
const UNSUPPORTED_PROTOCOL_VERSION = -32022;
/** The server needs a client capability we do not declare (MCP 2026-07-28). */
export const MISSING_CLIENT_CAPABILITY = -32021;
/** Headers do not match what the body says (MCP 2026-07-28). */
export const HEADER_MISMATCH = -32020;
/** JSON-RPC 2.0: the parameters are not valid. */
export const INVALID_PARAMS = -32602;
/** JSON-RPC 2.0: there is no such method. */
export const METHOD_NOT_FOUND = -32601;
/** What servers of the legacy era answer when a session id is missing or unknown. */
export const NO_VALID_SESSION = -32000;

/** Is this a JSON object (not null, not an array)? */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads id and method of a request; undefined for notifications and responses, which get no answer. */
export function findCall(message: unknown): JsonRpcCall | undefined {
  if (!isJsonObject(message)) return undefined;
  const { id, method } = message;
  if (typeof method !== 'string') return undefined;
  return typeof id === 'string' || typeof id === 'number' ? { id, method } : undefined;
}

/** Is this a request or notification from the server to us? */
export function isServerMessage(message: JsonObject): boolean {
  return message['jsonrpc'] === '2.0' && typeof message['method'] === 'string';
}

/** Does a client say with this that the handshake is over? */
export function isInitialized(message: unknown): boolean {
  return isJsonObject(message) && message['method'] === 'notifications/initialized';
}

/** A response, whatever its id; undefined where the message is none. The id is null where the server could not read ours. */
export function findResponse(
  message: JsonObject,
): { id: unknown; withId: (id: JsonRpcId) => JsonRpcAnswer } | undefined {
  if (message['jsonrpc'] !== '2.0') return undefined;
  const { id, result } = message;
  if (isJsonObject(result)) return { id, withId: (own) => ({ jsonrpc: '2.0', id: own, result }) };
  const error = findError(message['error']);
  if (error === undefined) return undefined;
  return { id, withId: (own) => ({ jsonrpc: '2.0', id: own, error }) };
}

function findError(value: unknown): JsonRpcError | undefined {
  if (!isJsonObject(value)) return undefined;
  const { code, message, data } = value;
  // The specification asks for an integer, and JSON text can hold numbers that no JSON text holds again (1e400).
  if (!isSafeInteger(code) || typeof message !== 'string') return undefined;
  return data === undefined ? { code, message } : { code, message, data };
}

function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** The JSON-RPC error in the body of a refused request, and the id it answers; undefined where the body holds none. */
export function findErrorBody(text: string): { id: unknown; error: JsonRpcError } | undefined {
  const body = tryParseJson(text);
  if (!isJsonObject(body)) return undefined;
  const error = findError(body['error']);
  return error === undefined ? undefined : { id: body['id'], error };
}

/** Does the error say that client and server share no protocol version? */
export function isVersionMismatch(error: JsonRpcError): boolean {
  if (error.code === UNSUPPORTED_PROTOCOL_VERSION) return true;
  // Legacy servers answer -32602 with the versions they support.
  return isJsonObject(error.data) && Array.isArray(error.data['supported']);
}
