import type { JsonObject } from '../client/mcp-client.ts';

/** How far a call is, as its caller is told (MCP `notifications/progress`). */
export interface ToolProgress {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}

/** The end of a call, as `tools/call` answers it. */
export interface ToolReply {
  content: JsonObject[];
  structuredContent?: JsonObject | undefined;
  isError?: boolean | undefined;
  _meta?: JsonObject | undefined;
}

/** What stands behind our endpoint for one caller. Made for one request, and not kept. */
export interface McpBackend {
  /** The array of tools as JSON text, as `tools/list` shows it: valid in both eras, in a stable order. */
  listTools(): Promise<string>;
  /**
   * Calls a tool. Whatever keeps it from running is a reply with `isError`, so that the agent can read it.
   * @throws RpcError for a tool that does not exist
   */
  callTool(
    call: { name: string; arguments: JsonObject },
    options: { signal: AbortSignal; onProgress?: ((progress: ToolProgress) => void) | undefined },
  ): Promise<ToolReply>;
}

/** An error that a client sees as the JSON-RPC error of its request. Code and message are public. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: JsonObject | undefined;

  constructor(code: number, message: string, data?: JsonObject) {
    super(message);
    this.code = code;
    this.data = data;
  }
}
