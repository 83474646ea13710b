import type { JsonObject } from '../client/mcp-client.ts';
import type { OfferingsBackend } from './offerings-backend.ts';

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
  /** Nothing of the protocol's own, nor of ours but what the backend says itself. */
  _meta?: JsonObject | undefined;
}

/** The call can go on once its user has answered: `input_required` of the modern era. */
export interface InputRequired {
  /** Requests `elicitation/create` by name; maybe none. */
  inputRequests: JsonObject;
  /** To come back with the answers. */
  requestState: string;
}

/** A call as a client sends it. */
export interface ToolCallRequest {
  name: string;
  arguments: JsonObject;
  /** What the client sends when it goes on with a call that asked for input. */
  input?: { responses: JsonObject | undefined; state: string | undefined } | undefined;
}

/** How a call is given up, who is told how far it is, and whether its user can be asked. */
export interface ToolCallControl {
  signal: AbortSignal;
  onProgress?: ((progress: ToolProgress) => void) | undefined;
  /** The ways in which the client can ask its user; undefined where it could not go on with the call. */
  asking?: { form: boolean; url: boolean } | undefined;
}

/** A list whose changes a client can be told of. */
export type ListKind = 'tools' | 'prompts' | 'resources';

/** What stands behind our endpoint for one caller. Made for one request, and not kept. */
export interface McpBackend extends ToolsBackend {
  offerings: OfferingsBackend;
  /** For each of these lists that can be followed, a text that is another one when the list is. */
  fingerprints(lists: readonly ListKind[]): Promise<Partial<Record<ListKind, string>>>;
  /** Tells, maybe more often than needed, that a list may be another one. @returns ends it */
  watch(onMayDiffer: () => void): () => void;
}

/** The tools behind our endpoint for one caller. */
export interface ToolsBackend {
  /** The array of tools as JSON in UTF-8, as `tools/list` shows it: valid in both eras, in a stable order. */
  listTools(): Promise<Buffer>;
  /**
   * Calls a tool. Whatever keeps it from running is a reply with `isError`, so that the agent can read it.
   * @throws RpcError for a tool that does not exist, and for a state that is not one of this call
   */
  callTool(call: ToolCallRequest, control: ToolCallControl): Promise<ToolReply | InputRequired>;
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
