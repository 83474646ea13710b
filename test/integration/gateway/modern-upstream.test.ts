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

/** What the server wants as a header. */
let header = 'Region';

/** A server of the modern era that checks that headers mirror arguments, as the SDK's own does. */
function createMirroring(): McpServer {
  const server = new McpServer({ name: 'mirror', version: '1' });
  const region = Object.assign({ type: 'string' as const }, { 'x-mcp-header': header });
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

describe('a tool whose server wants another header now, and so is another tool', () => {
  const ran = () =>
    upstream.requests.filter(
      ({ rpcMethod, headers }) => rpcMethod === 'tools/call' && 'mcp-param-zone' in headers,
    );

  afterAll(() => {
    header = 'Region';
  });

  it('is not called as that one before its owner has approved it', async () => {
    const [{ id = '' } = {}] = (await alice.listConnectors()).ok().items;
    const known = (await alice.listConnectorTools(id)).ok().items[0]?.definition_hash;
    header = 'Zone';
    for (const hash of [{}, { definition_hash: known ?? '' }]) {
      const call = { name: 'sql__query', arguments: { region: 'eu' }, ...hash };
      const refused = await alice.callTool(call);
      expect(['TOOL_CHANGED', 'TOOL_NOT_APPROVED']).toContain(refused.outcome);
      expect(refused.status).toBe(409);
    }
    expect(ran()).toEqual([]);
    // What was seen is looked at again, and held back.
    await expect
      .poll(async () => (await alice.listConnectorTools(id)).ok().items[0])
      .toMatchObject({ state: 'changed', held_back: true });
    const [tool] = (await alice.listConnectorTools(id)).ok().items;
    const approval = { approved_definition_hash: tool?.definition_hash ?? '' };
    (await alice.updateConnectorTool(id, tool?.id ?? '', approval)).ok();
    const call = { name: 'sql__query', arguments: { region: 'eu' } };
    expect((await alice.callTool(call)).ok()).toMatchObject({ is_error: false });
    expect(ran()).toHaveLength(1);
  });

  it('is called at once where its definitions need no approval, but not in place of the one the agent knows', async () => {
    header = 'Region';
    const trusting = await startTestService({ env: { TOOL_POLICY_CHANGED: 'accept' } });
    try {
      const bob = await trusting.clientFor('bob');
      const server_url = `${upstream.origin}/mcp`;
      const { id } = (await bob.createConnector({ name: 'Sql', server_url })).ok(201);
      const known = (await bob.listConnectorTools(id)).ok().items[0]?.definition_hash ?? '';
      header = 'Zone';
      const before = ran().length;
      const call = { name: 'sql__query', arguments: { region: 'eu' } };
      const refused = await bob.callTool({ ...call, definition_hash: known });
      refused.problem(409, 'TOOL_CHANGED');
      expect(ran()).toHaveLength(before);
      expect((await bob.callTool(call)).ok()).toMatchObject({ is_error: false });
      expect(ran()).toHaveLength(before + 1);
    } finally {
      await trusting.close();
    }
  });
});
