import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { type AccessOptions, checkAccess } from './access.ts';
import { type SeenRequest, startHttpEndpoint } from './http-endpoint.ts';
import { countingProgress, runTestTool, TEST_TOOLS } from './test-tools.ts';

/** Settings of {@link startLegacyServer}. */
export interface LegacyServerOptions extends AccessOptions {
  /** Default `streamable-http`. */
  transport?: 'streamable-http' | 'sse';
  /** Answer with JSON instead of an event stream. */
  json?: boolean;
  /** What a request with an unknown session gets. Default 404. */
  unknownSession?: 400 | 404;
  port?: number;
}

/** A stateful server of the legacy era, made with SDK 1. */
export interface LegacyServer {
  /** The MCP endpoint. */
  url: string;
  port: number;
  requests: SeenRequest[];
  /** Sessions that are open now. */
  openSessions(): number;
  openSockets(): number;
  /** How often each tool ran. */
  calls: Record<string, number>;
  /** Calls whose client told that it no longer waits. */
  cancelled(): number;
  /** Forgets all sessions, as a restart does; the address stays. */
  restart(): void;
  close(): Promise<void>;
}

interface Counters {
  calls: Record<string, number>;
  cancelled: number;
}

/** Starts a legacy server with the tools `echo`, `add`, `fail` and `wait`. */
export async function startLegacyServer(options: LegacyServerOptions = {}): Promise<LegacyServer> {
  const counters: Counters = { calls: {}, cancelled: 0 };
  const sessions =
    options.transport === 'sse' ? new SseSessions(counters) : new HttpSessions(counters, options);
  const endpoint = await startHttpEndpoint(
    async (request, response, seen) => {
      if (!(await checkAccess(request, response, options))) return;
      await sessions.handle(request, response, seen);
    },
    { port: options.port ?? 0 },
  );
  return {
    url: `${endpoint.origin}${options.transport === 'sse' ? '/sse' : '/mcp'}`,
    port: endpoint.port,
    requests: endpoint.requests,
    openSessions: () => sessions.size,
    openSockets: endpoint.openSockets,
    calls: counters.calls,
    cancelled: () => counters.cancelled,
    restart: () => sessions.forget(),
    close: async () => {
      sessions.forget();
      await endpoint.close();
    },
  };
}

function createServer(counters: Counters): Server {
  const server = new Server(
    { name: 'legacy-test-server', version: '1.2.3' },
    { capabilities: { tools: {} } },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TEST_TOOLS }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const { signal, _meta } = extra;
    for (const progress of countingProgress(params.name, _meta?.progressToken)) {
      await extra.sendNotification({ method: 'notifications/progress', params: progress });
    }
    counters.calls[params.name] = (counters.calls[params.name] ?? 0) + 1;
    signal.addEventListener('abort', () => {
      counters.cancelled += 1;
    });
    return runTestTool(params.name, params.arguments, signal);
  });
  return server;
}

class HttpSessions {
  readonly #transports = new Map<string, StreamableHTTPServerTransport>();
  readonly #counters: Counters;
  readonly #options: LegacyServerOptions;

  constructor(counters: Counters, options: LegacyServerOptions) {
    this.#counters = counters;
    this.#options = options;
  }

  get size(): number {
    return this.#transports.size;
  }

  forget(): void {
    for (const transport of this.#transports.values()) void transport.close();
    this.#transports.clear();
  }

  async handle(request: IncomingMessage, response: ServerResponse, seen: SeenRequest) {
    const sessionId = String(request.headers['mcp-session-id'] ?? '');
    let transport = this.#transports.get(sessionId);
    if (transport === undefined) {
      if (sessionId !== '' || seen.rpcMethod !== 'initialize') {
        return refuseSession(
          response,
          this.#options.unknownSession ?? (sessionId === '' ? 400 : 404),
        );
      }
      transport = await this.#open();
    }
    await transport.handleRequest(
      request,
      response,
      seen.body === '' ? undefined : JSON.parse(seen.body),
    );
  }

  async #open(): Promise<StreamableHTTPServerTransport> {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: this.#options.json ?? false,
      onsessioninitialized: (id) => void this.#transports.set(id, transport),
      onsessionclosed: (id) => void this.#transports.delete(id),
    });
    await connect(createServer(this.#counters), transport);
    return transport;
  }
}

class SseSessions {
  readonly #transports = new Map<string, SSEServerTransport>();
  readonly #counters: Counters;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  get size(): number {
    return this.#transports.size;
  }

  forget(): void {
    for (const transport of this.#transports.values()) void transport.close();
    this.#transports.clear();
  }

  async handle(request: IncomingMessage, response: ServerResponse, seen: SeenRequest) {
    const url = new URL(seen.path, 'http://localhost');
    if (seen.method === 'GET' && url.pathname === '/sse') {
      const transport = new SSEServerTransport('/messages', response);
      this.#transports.set(transport.sessionId, transport);
      response.on('close', () => this.#transports.delete(transport.sessionId));
      await connect(createServer(this.#counters), transport);
      return;
    }
    const transport = this.#transports.get(url.searchParams.get('sessionId') ?? '');
    if (seen.method === 'POST' && url.pathname === '/messages' && transport !== undefined) {
      await transport.handlePostMessage(request, response, JSON.parse(seen.body));
      return;
    }
    response.writeHead(seen.method === 'POST' && url.pathname === '/sse' ? 405 : 404).end();
  }
}

/** SDK 1 was not written for exactOptionalPropertyTypes: its own transports do not fit its own interface. */
async function connect(
  server: Server,
  transport: StreamableHTTPServerTransport | SSEServerTransport,
): Promise<void> {
  await server.connect(transport as Parameters<Server['connect']>[0]);
}

function refuseSession(response: ServerResponse, status: 400 | 404): void {
  const error =
    status === 404
      ? { code: -32001, message: 'Session not found' }
      : { code: -32000, message: 'Bad Request: No valid session ID provided' };
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
}
