import { SERVER_INFO_META_KEY } from '@modelcontextprotocol/server';
import { Cancelled } from '../../lib/cancelled.ts';
import type { JsonObject, McpEra } from '../client/mcp-client.ts';
import { type InputRequired, RpcError, type ToolProgress, type ToolReply } from './mcp-backend.ts';

/** What the server says of itself in every answer of the modern era. */
export interface ServerIdentity {
  name: string;
  version: string;
  title: string;
}

/** Codes of JSON-RPC 2.0. */
export const RPC_CODES = {
  parseError: -32700,
  invalidRequest: -32600,
  invalidParams: -32602,
  internal: -32603,
  /** The first of those a server may choose the meaning of. */
  server: -32000,
} as const;

/** Milliseconds a client may keep a list before it asks again; whether or not it is told of changes. */
export const LIST_TTL_MS = 60_000;

type RequestId = string | number;

/** The answer to `tools/list`, around the JSON of the tools, which is only copied. */
export function listMessage(
  { era, id }: { era: McpEra; id: RequestId },
  tools: Buffer,
  server: ServerIdentity,
): Buffer {
  const more =
    era === 'legacy'
      ? ''
      : `,"ttlMs":${LIST_TTL_MS},"cacheScope":"private",${JSON.stringify(complete(server)).slice(1, -1)}`;
  return Buffer.concat([
    Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"tools":`),
    tools,
    Buffer.from(`${more}}}`),
  ]);
}

/** The answer to `tools/call`. */
export function replyMessage(
  { era, id }: { era: McpEra; id: RequestId },
  reply: ToolReply | InputRequired,
  server: ServerIdentity,
): string {
  const { resultType, _meta } = complete(server);
  if ('requestState' in reply) {
    const result = { ...inputRequiredResult(reply), _meta };
    return JSON.stringify({ jsonrpc: '2.0', id, result });
  }
  const result =
    era === 'legacy' ? reply : { ...reply, resultType, _meta: { ...reply._meta, ..._meta } };
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

/** A result by which the call goes on once its user has answered; a map of requests is sent only where it holds some. */
export function inputRequiredResult({ inputRequests, requestState }: InputRequired) {
  const isAsking = Object.keys(inputRequests).length > 0;
  const resultType = 'input_required' as const;
  return { resultType, ...(isAsking && { inputRequests }), requestState };
}

function complete(server: ServerIdentity): { resultType: 'complete'; _meta: JsonObject } {
  return { resultType: 'complete', _meta: { [SERVER_INFO_META_KEY]: server } };
}

/** How far a call is, for the client that asked under this token. */
export function progressMessage(
  progressToken: RequestId,
  { progress, total, message }: ToolProgress,
): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    method: 'notifications/progress',
    params: { progressToken, progress, total, message },
  });
}

/** A JSON-RPC error; `id` is null where the request could not be read. */
export function errorMessage(id: RequestId | null, { code, message, data }: RpcError): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } });
}

/**
 * What a client sees of an error: its own, or that the service failed.
 * @param onError told of errors that nobody expected, for the log
 */
export function toRpcError(error: unknown, onError: (error: unknown) => void): RpcError {
  if (error instanceof RpcError) return error;
  // Whoever gave up does not read this.
  if (error instanceof Cancelled) return new RpcError(RPC_CODES.server, 'The call was cancelled.');
  onError(error);
  return new RpcError(RPC_CODES.internal, 'The service failed to answer the request.');
}
