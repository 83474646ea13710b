import type { AppError } from '../../errors/app-error.ts';
import type { JsonObject } from '../../mcp/client/mcp-client.ts';
import { RpcError } from '../../mcp/server/mcp-backend.ts';

/** JSON-RPC 2.0: invalid params. What MCP answers a call of an unknown tool with. */
const INVALID_PARAMS = -32602;

/** What a client is told that calls a tool its user does not have. */
export function unknownTool(name: string, extensions: JsonObject = {}): RpcError {
  const data = { ...extensions, code: 'TOOL_NOT_FOUND' };
  return new RpcError(INVALID_PARAMS, `Unknown tool: ${name.slice(0, 128)}`, data);
}

/** Is it what {@link unknownTool} makes? */
export function isUnknownTool(error: unknown): error is RpcError {
  return error instanceof RpcError && error.data?.['code'] === 'TOOL_NOT_FOUND';
}

/** What a client is told whose `requestState` was not given out for its call, or has expired (the SDK's own words). */
export function invalidState({ code, options }: AppError): RpcError {
  const data = { ...options.extensions, code, reason: 'invalid_request_state' };
  return new RpcError(INVALID_PARAMS, 'Invalid or expired requestState', data);
}
