import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { Server as LegacyServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CompleteRequestSchema,
  type CompleteResult,
  GetPromptRequestSchema,
  type GetPromptResult,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  type ReadResourceResult,
} from '@modelcontextprotocol/sdk/types.js';
import {
  createMcpHandler,
  Server as ModernServer,
  ProtocolError,
} from '@modelcontextprotocol/server';
import { type HttpEndpoint, type SeenRequest, startHttpEndpoint } from './http-endpoint.ts';

/** Members of a listed prompt, resource or template. */
type Listed = Record<string, unknown>;

/** A server without tools that offers prompts, resources and templates, whose behaviour a test changes while it runs. */
export class OfferingServer {
  prompts: Listed[] = [
    {
      name: 'review',
      title: 'Review',
      description: 'Reviews some code.',
      arguments: [{ name: 'code', description: 'The code.', required: true }, { name: 'tone' }],
    },
  ];
  resources: Listed[] = [
    { uri: 'test://static/a', name: 'a', mimeType: 'text/plain', size: 5, description: 'The a.' },
    { uri: 'file:///etc/passwd', name: 'passwd' },
  ];
  templates: Listed[] = [{ uriTemplate: 'test://items/{id}{?q}', name: 'items', title: 'Items' }];
  /** Entries of a page; all by default. */
  pageSize = Number.POSITIVE_INFINITY;
  getPrompt: (args: Record<string, string>) => GetPromptResult | Promise<GetPromptResult> = (
    args,
  ) => ({
    description: 'A review.',
    messages: [{ role: 'user', content: { type: 'text', text: `Review ${args['code']}` } }],
  });
  readResource: (uri: string) => ReadResourceResult | Promise<ReadResourceResult> = (uri) => ({
    contents: [{ uri, mimeType: 'text/plain', text: `content of ${uri}` }],
  });
  complete: (value: string) => CompleteResult['completion'] = (value) => ({
    values: [`${value}1`, `${value}2`],
    total: 2,
    hasMore: false,
  });
  /** Answers in place of MCP; `true` where it did. */
  intercept: (seen: SeenRequest, response: ServerResponse) => boolean = () => false;
  readonly requests: SeenRequest[] = [];
  readonly #sessions = new Map<
    string,
    { transport: StreamableHTTPServerTransport; server: LegacyServer }
  >();
  #endpoint: HttpEndpoint | undefined;

  /**
   * @param sdk 1 makes a stateful server of the legacy era that announces changes, 2 one of the modern era
   */
  static async start(sdk: 1 | 2): Promise<OfferingServer> {
    const server = new OfferingServer();
    const modern = toNodeHandler(
      createMcpHandler(() => server.#createModern(), { legacy: 'reject' }),
    );
    server.#endpoint = await startHttpEndpoint(async (request, response, seen) => {
      server.requests.push(seen);
      if (server.intercept(seen, response)) return;
      if (sdk === 1) return await server.#handleLegacy(request, response, seen);
      const { method = 'GET', url = '/', headers } = request;
      const message = {
        method,
        url,
        headers,
        [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
      };
      await modern(message, response, seen.body === '' ? undefined : JSON.parse(seen.body));
    });
    return server;
  }

  get url(): string {
    return `${this.#endpoint?.origin}/mcp`;
  }

  /** The parameters of the requests with this method so far. */
  asked(rpcMethod: string): Record<string, unknown>[] {
    return this.requests
      .filter((request) => request.rpcMethod === rpcMethod)
      .map(({ body }) => {
        const { params = {} }: { params?: Record<string, unknown> } = JSON.parse(body);
        const { _meta, ...rest } = params;
        return rest;
      });
  }

  /** Tells every session of a legacy server that these changed. */
  async announce(what: 'prompts' | 'resources'): Promise<void> {
    for (const { server } of this.#sessions.values()) {
      await (what === 'prompts'
        ? server.sendPromptListChanged()
        : server.sendResourceListChanged());
    }
  }

  async close(): Promise<void> {
    for (const { transport } of this.#sessions.values()) await transport.close();
    await this.#endpoint?.close();
  }

  #page(entries: Listed[], cursor: string | undefined): { entries: Listed[]; nextCursor?: string } {
    const from = Number(cursor ?? 0);
    const to = from + this.pageSize;
    const page = entries.slice(from, to);
    return to < entries.length ? { entries: page, nextCursor: String(to) } : { entries: page };
  }

  async #handleLegacy(request: IncomingMessage, response: ServerResponse, seen: SeenRequest) {
    const id = String(request.headers['mcp-session-id'] ?? '');
    const transport = this.#sessions.get(id)?.transport ?? (await this.#openLegacy());
    await transport.handleRequest(
      request,
      response,
      seen.body === '' ? undefined : JSON.parse(seen.body),
    );
  }

  async #openLegacy(): Promise<StreamableHTTPServerTransport> {
    const server = this.#createLegacy();
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: true,
      onsessioninitialized: (id) => void this.#sessions.set(id, { transport, server }),
      onsessionclosed: (id) => void this.#sessions.delete(id),
    });
    // SDK 1 was not written for exactOptionalPropertyTypes: its own transports do not fit its own interface.
    await server.connect(transport as Parameters<LegacyServer['connect']>[0]);
    return transport;
  }

  // The lists are made up by the tests, to be wrong as well: the SDKs' types are for servers that are right.
  #createLegacy(): LegacyServer {
    const capabilities = {
      tools: {},
      prompts: { listChanged: true },
      resources: { listChanged: true },
      completions: {},
    };
    const server = new LegacyServer({ name: 'offering', version: '1.0.0' }, { capabilities });
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [] }));
    server.setRequestHandler(ListPromptsRequestSchema, ({ params }) => {
      const { entries, ...page } = this.#page(this.prompts, params?.cursor);
      return { prompts: entries as never[], ...page };
    });
    server.setRequestHandler(ListResourcesRequestSchema, ({ params }) => {
      const { entries, ...page } = this.#page(this.resources, params?.cursor);
      return { resources: entries as never[], ...page };
    });
    server.setRequestHandler(ListResourceTemplatesRequestSchema, ({ params }) => {
      const { entries, ...page } = this.#page(this.templates, params?.cursor);
      return { resourceTemplates: entries as never[], ...page };
    });
    server.setRequestHandler(GetPromptRequestSchema, ({ params }) =>
      this.getPrompt(params.arguments ?? {}),
    );
    server.setRequestHandler(ReadResourceRequestSchema, async ({ params }) => {
      if (params.uri.includes('missing')) throw new McpError(-32002, 'Resource not found', params);
      return await this.readResource(params.uri);
    });
    server.setRequestHandler(CompleteRequestSchema, ({ params }) => ({
      completion: this.complete(params.argument.value),
    }));
    return server;
  }

  #createModern(): ModernServer {
    const capabilities = { prompts: {}, resources: {}, completions: {} };
    const server = new ModernServer({ name: 'offering', version: '2.0.0' }, { capabilities });
    server.setRequestHandler('prompts/list', ({ params }) => {
      const { entries, ...page } = this.#page(this.prompts, params?.cursor);
      return { prompts: entries as never[], ...page };
    });
    server.setRequestHandler('resources/list', ({ params }) => {
      const { entries, ...page } = this.#page(this.resources, params?.cursor);
      return { resources: entries as never[], ...page };
    });
    server.setRequestHandler('resources/templates/list', ({ params }) => {
      const { entries, ...page } = this.#page(this.templates, params?.cursor);
      return { resourceTemplates: entries as never[], ...page };
    });
    server.setRequestHandler(
      'prompts/get',
      async ({ params }) => (await this.getPrompt(params.arguments ?? {})) as never,
    );
    server.setRequestHandler('resources/read', async ({ params }) => {
      if (params.uri.includes('missing')) throw new ProtocolError(-32602, 'Resource not found');
      return (await this.readResource(params.uri)) as never;
    });
    server.setRequestHandler('completion/complete', ({ params }) => ({
      completion: this.complete(params.argument.value) as never,
    }));
    return server;
  }
}
