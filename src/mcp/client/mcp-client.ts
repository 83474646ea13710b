import type { JsonObject } from './json-object.ts';
import type { OfferingDiscovery, OfferingOutcome, OfferingRequest } from './server-offerings.ts';

export type { JsonObject } from './json-object.ts';

/** The era of a server: legacy speaks revisions up to 2025-11-25 (`initialize`), modern 2026-07-28 (no handshake). */
export type McpEra = 'legacy' | 'modern';

/** How a server is reached over HTTP. */
export type McpTransport = 'streamable-http' | 'sse';

/** Where to connect, and what only that origin may see. */
export interface McpTarget {
  /** The whole URL, query included. */
  url: string;
  /** `auto` tries streamable HTTP, then SSE where the server refuses a POST with 4xx. */
  transport: McpTransport | 'auto';
  /** Remembered from an earlier connect, so that the era is not probed again. */
  era: McpEra | undefined;
  /** Credentials as headers; sent to the origin of `url` and nowhere else. */
  secretHeaders: Readonly<Record<string, string>>;
  /** Goes out by the way that is pinned to the origin of `url`, as the operator's own servers do. Default: by the way to users' servers. */
  isPinned?: boolean;
  /**
   * To be called where the server refused these secrets with 401. @returns are there newer ones, for a new target? Absent where
   * secrets cannot be renewed.
   */
  renew?: () => Promise<boolean>;
  /**
   * To be called where the server wants rights that these secrets do not have. @returns may a sign-in bring them? Absent where nobody
   * can sign in.
   */
  onMissingScopes?: (scopes: readonly string[]) => Promise<boolean>;
}

/** What a server says of itself. */
export interface ServerInfo {
  name: string;
  version: string;
  title: string | undefined;
}

/** One usable tool, its texts already stripped of control, bidirectional and tag characters. */
export interface DiscoveredTool {
  /** As the server calls it; at most 128 characters. */
  name: string;
  title: string | undefined;
  description: string | undefined;
  inputSchema: JsonObject;
  outputSchema: JsonObject | undefined;
  annotations: JsonObject | undefined;
}

/** A parameter whose value a server wants as a header too (MCP 2026-07-28, `x-mcp-header`). */
export interface HeaderParameter {
  /** What follows `mcp-param-` in the header's name; a token (RFC 9110) in lower case. */
  name: string;
  /** The names of properties that lead to the value in the arguments. */
  path: string[];
}

/** A tool to be called, and with what. */
export interface OutgoingCall {
  name: string;
  arguments: JsonObject;
  /** What discovery found in its input schema; default: none. Used in the modern era only. */
  headerParameters?: readonly HeaderParameter[];
  /**
   * Told of the tool as its server describes it now, where that refused the call unread for wanting other headers, before the call is
   * sent once more. What it throws ends the call, which has not run.
   */
  onOther?: ((tool: DiscoveredTool) => void) | undefined;
  /** Goes on with a call that asked for input; a server of the legacy era never did, and gets none of it. */
  input?: CallInput | undefined;
}

/** What the user answered, and what the server wanted back with it. */
export interface CallInput {
  /** By the names the server gave to its requests. */
  responses: JsonObject | undefined;
  /** The server's own state, unread. */
  state: string | undefined;
}

/** The ways in which the caller of a tool can be asked for input (MCP elicitation). */
export interface Asking {
  form: boolean;
  /** By an address that the user opens. */
  url: boolean;
}

/** A tool, or a part of one, that was left out, and why. */
export interface ToolWarning {
  /** The tool's name as far as it can be shown, at most 128 characters. */
  tool: string;
  /** One of our own sentences, never upstream text. */
  reason: string;
}

/** All pages of `tools/list`. */
export interface ToolDiscovery {
  tools: DiscoveredTool[];
  warnings: ToolWarning[];
}

/** How a call ended that the server did answer. */
export type ToolOutcome =
  | {
      kind: 'result';
      /** Content blocks, passed on unchanged. */
      content: JsonObject[];
      structuredContent: JsonObject | undefined;
      /** The tool itself reports a failure; a normal result for us. */
      isError: boolean;
      /** What the tool's result says in `_meta`, for programs; without the protocol's own keys, which are of one connection. */
      meta?: JsonObject | undefined;
    }
  | {
      /** A JSON-RPC error: the server understood us and refuses the call. */
      kind: 'protocol-error';
      code: number;
      /** Upstream text, sanitised, at most 2,000 characters. For the agent that called, never for a test report. */
      message: string;
    };

/** The call can go on once its user has answered. Only a caller that gave {@link CallOptions.asking} gets this. */
export interface InputRequiredOutcome {
  kind: 'input-required';
  /** Requests `elicitation/create` by name, cleaned; maybe none, where the same call has only to be sent again. */
  requests: JsonObject;
  /** To be sent back unread; text of the server. */
  state: string | undefined;
}

/** How one round of a call ended. */
export type CallOutcome = ToolOutcome | InputRequiredOutcome;

/** What a server tells of a call under way; a text of the server, sanitised. */
export interface CallProgress {
  /** Finite; servers are asked to let it only grow, and nothing relies on that. */
  progress: number;
  total: number | undefined;
  /** At most 1,000 characters. */
  message: string | undefined;
}

/** How a call is given up, and who is told how far it is. */
export interface CallOptions {
  /** Ends the call; the server is told that nobody waits. */
  signal: AbortSignal;
  /** Asks the server for progress. Told at most ten times a second, and after a burst of 20; what comes faster is left out. */
  onProgress?: ((progress: CallProgress) => void) | undefined;
  /** How the caller can be asked; undefined where it cannot go on with a call that asks. */
  asking?: Asking | undefined;
}

/** A live connection to one MCP server. */
export interface McpConnection {
  /** Scheme, host and port of the server; what may be logged of its URL. */
  readonly serverOrigin: string;
  readonly serverInfo: ServerInfo | undefined;
  readonly protocolVersion: string;
  readonly era: McpEra;
  readonly transport: McpTransport;
  /** @throws McpFailure */
  listTools(options: { signal: AbortSignal }): Promise<ToolDiscovery>;
  /** @throws McpFailure */
  callTool(call: OutgoingCall, options: CallOptions): Promise<CallOutcome>;
  /**
   * Reads which prompts, resources and templates the server offers. What it does not offer at all is empty; a list that fails, or
   * that does not end in time, is absent. Never throws for a fault of the server.
   */
  listOfferings(options: { signal: AbortSignal }): Promise<OfferingDiscovery>;
  /** Asks for a prompt, a resource or a completion. @throws McpFailure */
  requestOffering(request: OfferingRequest, options: CallOptions): Promise<OfferingOutcome>;
  /**
   * Has the listener told whenever the server says that its tools, prompts or resources changed, or may have changed unnoticed, until
   * the connection is closed. Where the server announces such changes, a stream is kept open for them. To be called once.
   */
  watchLists(onChanged: () => void): void;
  /** Ends the session, its requests and its sockets. Never throws, never takes longer than two seconds. */
  close(): Promise<void>;
}

/** How a connection is opened. */
export interface ConnectOptions {
  /** Bounds all of it, whatever the SDK's own timeouts do. */
  signal: AbortSignal;
  /**
   * Called with every link to the server that is opened on the way, before it is used. One that fails closes in the background;
   * its `close` tells when that is over, and is as that of {@link McpConnection}.
   */
  onLink?: (link: Pick<McpConnection, 'close'>) => void;
}

/** Opens connections; the only door to the MCP SDK's client. */
export interface McpClient {
  /**
   * Connects and negotiates era and transport.
   * @throws McpFailure
   */
  connect(target: McpTarget, options: ConnectOptions): Promise<McpConnection>;
}
