import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { type HttpEndpoint, startHttpEndpoint } from '../../support/mcp-servers/http-endpoint.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { connectModern } from './support/mcp-clients.ts';

let service: TestService;
let alice: ApiClient;
let upstream: HttpEndpoint;

/** A server of the modern era that checks that headers mirror arguments, as the SDK's own does. */
function createMirroring(): McpServer {
  const server = new McpServer({ name: 'mirror', version: '1' });
  const region = Object.assign({ type: 'string' as const }, { 'x-mcp-header': 'Region' });
  const inputSchema = fromJsonSchema<{ region: string }>({
    type: 'object',
    properties: { region },
  });
  server.registerTool('query', { inputSchema }, (args) => ({
    content: [{ type: 'text', text: `ran in ${args.region}` }],
  }));
  return server;
}

beforeAll(async () => {
  const node = toNodeHandler(createMcpHandler(createMirroring, { legacy: 'reject' }));
  upstream = await startHttpEndpoint((request, response, seen) => {
    const { method = 'GET', url = '/', headers } = request;
    const message = {
      method,
      url,
      headers,
      [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
    };
    return node(message, response, seen.body === '' ? undefined : JSON.parse(seen.body));
  });
  service = await startTestService();
  alice = await service.clientFor('alice');
  const server_url = `${upstream.origin}/mcp`;
  (await alice.createConnector({ name: 'Sql', server_url })).ok(201);
});

afterAll(async () => {
  await service.close();
  await upstream.close();
});

describe('a tool whose server wants a parameter as a header', () => {
  const mirrored = () =>
    upstream.requests
      .filter(({ rpcMethod }) => rpcMethod === 'tools/call')
      .map(({ headers }) => headers['mcp-param-region']);

  it('is called with it over REST and over MCP, at the first try', async () => {
    const name = 'sql__query';
    const called = (await alice.callTool({ name, arguments: { region: 'eu' } })).ok();
    expect(called).toMatchObject({ is_error: false });
    const token = await service.tokenFor('alice');
    const client = await connectModern({ url: `${service.url}/mcp`, token });
    try {
      const { tools } = await client.listTools();
      // Our endpoint reads no such headers, so its clients are not asked for them.
      expect(JSON.stringify(tools)).not.toContain('x-mcp-header');
      expect(tools[0]?.inputSchema.properties).toEqual({ region: { type: 'string' } });
      expect(await client.callTool({ name, arguments: { region: 'ü' } })).toMatchObject({
        content: [{ text: 'ran in ü' }],
      });
    } finally {
      await client.close();
    }
    expect(mirrored()).toEqual(['eu', '=?base64?w7w=?=']);
  });

  it('is shown without the annotation in every shape of lists for agents', async () => {
    for (const format of ['mcp', 'openai', 'openai-chat', 'anthropic', 'gemini']) {
      const list = (await alice.send('GET', `/api/users/me/tools?format=${format}`)).ok();
      expect(JSON.stringify(list)).toContain('sql__query');
      expect(JSON.stringify(list)).not.toContain('x-mcp-header');
    }
  });
});
