import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A JSON-RPC message, as far as the server looks at it. */
interface Message {
  id?: number;
  method: string;
  params?: { arguments?: { call?: string } };
}

/**
 * An MCP server (2025-11-25, streamable HTTP with sessions, JSON answers) that costs next to nothing and can be restarted at any
 * moment. It knows which calls it ran, so that one that ran twice is found.
 */
export class SoakServer {
  readonly #sessions = new Set<string>();
  readonly #sockets = new Set<Socket>();
  readonly #ran = new Set<string>();
  #server: Server | undefined;
  #port = 0;
  /** Calls that ran a second time. */
  repeated = 0;
  /** Sessions that were ever opened. */
  handshakes = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/mcp`;
  }

  /** Sessions that are open now. */
  get openSessions(): number {
    return this.#sessions.size;
  }

  /** Connections that are open now. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Calls that ran. */
  get calls(): number {
    return this.#ran.size;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#handle(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Ends as a crash does: connections break, sessions are forgotten. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#sessions.clear();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
  }

  /** Forgets its sessions, as a new process behind a load balancer. */
  forget(): void {
    this.#sessions.clear();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = String(request.headers['mcp-session-id'] ?? '');
    if (request.method === 'DELETE') {
      this.#sessions.delete(session);
      return void response.writeHead(200).end();
    }
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const message = await readMessage(request);
    if (message === undefined) return;
    if (message.method === 'initialize') return this.#open(message, response);
    if (message.method === 'server/discover') {
      return reply(response, { id: message.id, error: { code: -32601, message: 'unknown' } });
    }
    if (!this.#sessions.has(session)) return void response.writeHead(404).end();
    if (message.id === undefined) return void response.writeHead(202).end();
    reply(response, { id: message.id, result: this.#answer(message) });
  }

  #open(message: Message, response: ServerResponse): void {
    const session = randomUUID();
    this.#sessions.add(session);
    this.handshakes += 1;
    response.setHeader('mcp-session-id', session);
    const result = {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'soak', version: '1.0.0' },
    };
    reply(response, { id: message.id, result });
  }

  #answer({ method, params }: Message): object {
    if (method === 'tools/list') return { tools: TOOLS };
    const call = params?.arguments?.call ?? '';
    if (this.#ran.has(call)) this.repeated += 1;
    this.#ran.add(call);
    return { content: [{ type: 'text', text: `${call} ${FILLER}` }] };
  }
}

/** As much as a small result takes. */
const FILLER = 'x'.repeat(500);
const TOOLS = Array.from({ length: 10 }, (_, n) => ({
  name: `tool_${n}`,
  description: `Tool number ${n}.`,
  inputSchema: { type: 'object', properties: { call: { type: 'string' } } },
}));

async function readMessage(request: IncomingMessage): Promise<Message | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(Buffer.from(part));
    const message: Message = JSON.parse(Buffer.concat(parts).toString());
    return message;
  } catch {
    // Its client gave up, or a restart broke the connection.
    return undefined;
  }
}

function reply(response: ServerResponse, message: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', ...message }));
}
