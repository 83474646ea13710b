import type { JsonObject } from '../../mcp/client/mcp-client.ts';
import { RpcError } from '../../mcp/server/mcp-backend.ts';

/** JSON-RPC 2.0: invalid params. What MCP answers a call of an unknown tool with. */
const INVALID_PARAMS = -32602;

/** What a client is told that calls a tool its user does not have. */
export function unknownTool(name: string, extensions: JsonObject = {}): RpcError {
  const data = { ...extensions, code: 'TOOL_NOT_FOUND' };
  return new RpcError(INVALID_PARAMS, `Unknown tool: ${name.slice(0, 128)}`, data);
}
