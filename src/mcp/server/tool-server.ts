import {
  type CallToolResult,
  createMcpHandler,
  type ListToolsResult,
  ProtocolError,
  Server,
} from '@modelcontextprotocol/server';
import type { JsonObject } from '../client/mcp-client.ts';
import { RPC_CODES, type ServerIdentity } from './rpc-messages.ts';

export type { JsonObject };

/** A tool that a program of ours serves. */
export type ServedTool = {
  name: string;
  title: string;
  description: string;
  /** JSON Schema of an object. */
  inputSchema: JsonObject;
  annotations: {
    readOnlyHint?: boolean;
    destructiveHint?: boolean;
    idempotentHint?: boolean;
    openWorldHint?: boolean;
  };
};

/** How a call of one ends. */
export type ServedToolResult = {
  content: { type: 'text'; text: string }[];
  structuredContent?: JsonObject;
  isError?: boolean;
};

/** What a {@link ToolServer} introduces itself by. */
export interface ToolServerOptions {
  identity: ServerIdentity;
  instructions: string;
  /** In the order in which they are listed. */
  tools: readonly ServedTool[];
}

/** One POST to it. */
export interface ToolServerRequest {
  headers: Readonly<Record<string, string>>;
  /** The parsed JSON, whatever it is. */
  body: unknown;
  signal: AbortSignal;
  /** Runs one of the tools. What it throws is an error of JSON-RPC without a text of its own. */
  call(name: string, args: JsonObject): Promise<ServedToolResult>;
}

/** A small MCP server with fixed tools, in both eras and without a session: for programs that are shipped with the product. */
export class ToolServer {
  readonly #options: ToolServerOptions;

  constructor(options: ToolServerOptions) {
    this.#options = options;
  }

  /** Answers one POST, whole: nothing is sent before the tool has ended, so that its end may decide the status. */
  async answer(request: ToolServerRequest): Promise<{
    status: number;
    contentType: string | null;
    body: string;
  }> {
    const { headers, body, signal } = request;
    const handler = createMcpHandler(() => this.#server(request), {
      // Nothing changes that could be listened to, and a stream would have no end.
      maxSubscriptions: 0,
    });
    const response = await handler.fetch(
      new Request('http://localhost/mcp', {
        method: 'POST',
        headers,
        body: JSON.stringify(body ?? null),
        signal,
      }),
      { parsedBody: body ?? null },
    );
    const contentType = response.headers.get('content-type');
    return { status: response.status, contentType, body: await response.text() };
  }

  #server({ call }: ToolServerRequest): Server {
    const { identity, instructions, tools } = this.#options;
    const server = new Server(identity, { capabilities: { tools: {} }, instructions });
    // The SDK checks lists and results against the era's schema before they leave.
    server.setRequestHandler('tools/list', () => ({ tools: [...tools] }) as ListToolsResult);
    server.setRequestHandler('tools/call', async ({ params }) => {
      const { name, arguments: args = {} } = params;
      if (!tools.some((tool) => tool.name === name)) {
        throw new ProtocolError(RPC_CODES.invalidParams, 'There is no tool of this name.');
      }
      try {
        return (await call(name, args)) as CallToolResult;
      } catch {
        throw new ProtocolError(RPC_CODES.internal, 'The tool failed.');
      }
    });
    return server;
  }
}
