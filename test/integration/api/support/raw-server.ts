import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type HttpEndpoint,
  type SeenRequest,
  startHttpEndpoint,
} from '../../../support/mcp-servers/http-endpoint.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A stateless MCP server of the legacy era, without the SDK: what it says need not be valid. */
export class RawServer {
  serverInfo: unknown = { name: 'raw', version: '1.0.0' };
  tools: unknown[] = [{ name: 'echo', inputSchema: { type: 'object' } }];
  /** Answers in place of MCP; `true` where it did. */
  intercept: (seen: SeenRequest, response: ServerResponse) => boolean = () => false;
  #endpoint: HttpEndpoint | undefined;

  static async start(): Promise<RawServer> {
    const server = new RawServer();
    server.#endpoint = await startHttpEndpoint((...exchange) => server.#handle(...exchange));
    return server;
  }

  get url(): string {
    return `${this.#endpoint?.origin}/mcp`;
  }

  async stop(): Promise<void> {
    await this.#endpoint?.close();
  }

  #handle(_request: IncomingMessage, response: ServerResponse, seen: SeenRequest): void {
    if (this.intercept(seen, response)) return;
    if (seen.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const { id }: { id?: unknown } = JSON.parse(seen.body);
    if (id === undefined) {
      response.writeHead(202).end();
      return;
    }
    const result = this.#resultOf(seen.rpcMethod);
    const answer =
      result === undefined ? { error: { code: -32601, message: 'Method not found' } } : { result };
    response.writeHead(200, JSON_TYPE).end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  }

  #resultOf(rpcMethod: string): object | undefined {
    const { serverInfo, tools } = this;
    if (rpcMethod === 'initialize') {
      return { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo };
    }
    if (rpcMethod === 'tools/list') return { tools };
    return rpcMethod === 'tools/call' ? { content: [] } : undefined;
  }
}
