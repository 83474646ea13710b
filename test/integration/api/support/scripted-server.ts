import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import {
  type HttpEndpoint,
  type SeenRequest,
  startHttpEndpoint,
} from '../../../support/mcp-servers/http-endpoint.ts';

/** A tool without parameters. */
export function tool(name: string, description = `The tool ${name}.`): Tool {
  return { name, description, inputSchema: { type: 'object' } };
}

/** What a tool answers. */
export type ToolScript = (
  input: Record<string, unknown>,
  tell: ProgressTeller,
) => CallToolResult | Promise<CallToolResult>;

/** Tells how far a call is, where its client asked for that. */
export type ProgressTeller = (progress: {
  progress: number;
  total?: number;
  message?: string;
}) => Promise<void>;

/** Requests that wait for the test. */
export interface Gate {
  /** Resolves when a request has arrived and waits; counts from 1. */
  arrived(count?: number): Promise<void>;
  /** Lets all requests pass, those that wait and those to come. */
  open(): void;
}

/** A real MCP server (SDK 1, stateful sessions) whose behaviour a test changes while it runs. */
export class ScriptedServer {
  tools: Tool[] = [tool('echo')];
  /** Answers `tools/call`; by default the arguments as text. */
  script: ToolScript = (input) => ({ content: [{ type: 'text', text: JSON.stringify(input) }] });
  /** Answers with JSON instead of an event stream, which cannot carry progress. */
  json = true;
  /** The only token that is let in; undefined lets everybody in. */
  token: string | undefined;
  /** Answers in place of MCP; `true` where it did. */
  intercept: (seen: SeenRequest, response: ServerResponse) => boolean = () => false;
  readonly requests: SeenRequest[] = [];
  /** Names of the tools that ran, in order. */
  readonly calls: string[] = [];
  /** Names of the tools whose client said that it no longer waits, in order. */
  readonly cancelled: string[] = [];
  /** Says that it announces changes of its tools. */
  announces = false;
  /** How many streams for that were asked for. */
  streams = 0;
  readonly #servers = new Map<string, Server>();
  readonly #sessions = new Map<string, StreamableHTTPServerTransport>();
  readonly #gates = new Map<string, () => Promise<void>>();
  #endpoint: HttpEndpoint | undefined;
  #port = 0;

  static async start(
    changes: Partial<
      Pick<ScriptedServer, 'tools' | 'token' | 'script' | 'announces' | 'json'>
    > = {},
  ) {
    const server = Object.assign(new ScriptedServer(), changes);
    await server.listen();
    return server;
  }

  get url(): string {
    return `${this.origin}/mcp`;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Sessions that are open now. */
  get openSessions(): number {
    return this.#sessions.size;
  }

  /** Connections that are open now. */
  get openSockets(): number {
    return this.#endpoint?.openSockets() ?? 0;
  }

  /** How many sessions were ever asked for. */
  get handshakes(): number {
    return this.requests.filter(({ rpcMethod }) => rpcMethod === 'initialize').length;
  }

  /** Listens, on the port it had before where it had one. */
  async listen(): Promise<void> {
    this.#endpoint = await startHttpEndpoint((...exchange) => this.#handle(...exchange), {
      port: this.#port,
    });
    this.#port = this.#endpoint.port;
  }

  /** Tells every session that the tools changed. */
  async announceTools(): Promise<void> {
    const live = [...this.#servers].filter(([id]) => this.#sessions.has(id));
    for (const [, server] of live) await server.sendToolListChanged();
  }

  /** Forgets all sessions, as a restart does. */
  forget(): void {
    for (const transport of this.#sessions.values()) void transport.close();
    this.#sessions.clear();
  }

  /** Stops listening; {@link listen} brings the server back on the same port. */
  async stop(): Promise<void> {
    this.forget();
    await this.#endpoint?.close();
    this.#endpoint = undefined;
  }

  /** From now on requests with this JSON-RPC method wait until the gate opens. */
  gate(rpcMethod: string): Gate {
    let release = () => {};
    const opened = new Promise<void>((resolve) => {
      release = resolve;
    });
    const waiting: { count: number; resolve: () => void }[] = [];
    let arrivals = 0;
    this.#gates.set(rpcMethod, async () => {
      arrivals += 1;
      for (const { count, resolve } of waiting) if (arrivals >= count) resolve();
      await opened;
    });
    return {
      arrived: (count = 1) =>
        arrivals >= count
          ? Promise.resolve()
          : new Promise((resolve) => waiting.push({ count, resolve })),
      open: () => {
        this.#gates.delete(rpcMethod);
        release();
      },
    };
  }

  async #handle(request: IncomingMessage, response: ServerResponse, seen: SeenRequest) {
    this.requests.push(seen);
    if (seen.method === 'GET') this.streams += 1;
    await this.#gates.get(seen.rpcMethod)?.();
    if (this.intercept(seen, response)) return;
    if (this.token !== undefined && seen.headers.authorization !== `Bearer ${this.token}`) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      return;
    }
    const sessionId = String(request.headers['mcp-session-id'] ?? '');
    const transport = this.#sessions.get(sessionId) ?? (await this.#open(seen));
    if (transport === undefined) {
      const error = { code: -32001, message: 'Session not found' };
      response.writeHead(sessionId === '' ? 400 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
      return;
    }
    const body: unknown = seen.body === '' ? undefined : JSON.parse(seen.body);
    await transport.handleRequest(request, response, body);
  }

  async #open(seen: SeenRequest): Promise<StreamableHTTPServerTransport | undefined> {
    if (seen.rpcMethod !== 'initialize') return undefined;
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: this.json,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, transport);
        this.#servers.set(id, server);
      },
      onsessionclosed: (id) => void this.#sessions.delete(id),
    });
    const server = new Server(
      { name: 'scripted', version: '1.0.0' },
      { capabilities: { tools: this.announces ? { listChanged: true } : {} } },
    );
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: this.tools }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
      this.calls.push(params.name);
      extra.signal.addEventListener('abort', () => this.cancelled.push(params.name));
      const token = extra._meta?.progressToken;
      const tell: ProgressTeller = async (progress) => {
        if (token === undefined) return;
        await extra.sendNotification({
          method: 'notifications/progress',
          params: { progressToken: token, ...progress },
        });
      };
      return this.script(params.arguments ?? {}, tell);
    });
    // SDK 1 was not written for exactOptionalPropertyTypes: its own transports do not fit its own interface.
    await server.connect(transport as Parameters<Server['connect']>[0]);
    return transport;
  }
}
