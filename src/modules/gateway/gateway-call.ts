import type { JsonObject } from '../../mcp/client/mcp-client.ts';
import type { ToolProgress } from '../../mcp/server/mcp-backend.ts';

/** How a call is given up, and who is told how far it is. */
export interface GatewayCallOptions {
  signal: AbortSignal;
  onProgress?: ((progress: ToolProgress) => void) | undefined;
}

/** A call by the name a client knows. */
export interface GatewayCall {
  name: string;
  arguments: JsonObject;
}
