import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToolMatches } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer, tool } from '../api/support/scripted-server.ts';
import { connectLegacy, connectModern } from './support/mcp-clients.ts';
import { legacyRequest, modernRequest, post } from './support/raw-endpoint.ts';

let service: TestService;
let server: ScriptedServer;
let alice: ApiClient;
let token: string;
let url: string;

beforeAll(async () => {
  service = await startTestService();
  server = await ScriptedServer.start({
    tools: [
      tool('create_issue', 'Opens a new ticket.'),
      tool('close_issue', 'Ends a ticket.'),
      tool('send_mail', 'Sends a message.'),
      // Even such names do not get in the way of the two tools of the lazy mode.
      tool('search'),
      tool('run'),
    ],
  });
  alice = await service.clientFor('alice');
  (await alice.createConnector({ name: 'Desk', server_url: server.url })).ok(201);
  token = await service.tokenFor('alice');
  url = `${service.url}/mcp?tools=lazy`;
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

describe('the search of the API', () => {
  const search = (client: ApiClient, query: string, user = 'me') =>
    client.send<ToolMatches>('GET', `/api/users/${user}/tools/search?${query}`);

  it('ranks the tools of the user', async () => {
    const { items } = (await search(alice, 'q=opems+ticket&limit=2')).ok();

    expect(items.map((item) => item.tool.name)).toEqual([
      'desk__create_issue',
      'desk__close_issue',
    ]);
    expect(items[0]).toMatchObject({ connector_name: 'Desk', outcome: 'ok' });
    expect(items[0]?.score).toBeGreaterThan(items[1]?.score ?? 0);
  });

  it('finds nothing of somebody else', async () => {
    const bob = await service.clientFor();

    expect((await search(bob, 'q=ticket')).ok()).toEqual({ items: [] });
    (await search(bob, 'q=ticket', 'alice')).problem(404, 'NOT_FOUND');
  });

  it.each([
    '',
    'q=',
    'q=+',
    `q=${'x'.repeat(201)}`,
    'q=x&limit=0',
    'q=x&limit=51',
    'q=x&limit=many',
  ])('refuses %s', async (query) => {
    (await search(alice, query)).problem(422, 'VALIDATION_FAILED');
  });

  it('needs a token with the scope', async () => {
    const caller = await service.clientFor('alice', { scopes: ['tools:call'] });

    (await search(caller, 'q=x')).problem(403, 'FORBIDDEN');
    (await search(alice.withToken(undefined), 'q=x')).problem(401, 'UNAUTHENTICATED');
  });

  it('answers a hostile query fast enough that nobody else waits', async () => {
    const words = Array.from({ length: 40 }, (_, i) => `wxyz${i}`).join('+');

    (await search(alice, `q=${words.slice(0, 200)}`)).ok();
    (await search(alice, `q=${encodeURIComponent('ﷺ'.repeat(60))}`)).ok();
  });
});

const clients = [
  ['legacy', () => connectLegacy({ url, token })],
  ['modern', () => connectModern({ url, token })],
] as const;

describe.each(clients)('the lazy mode, %s', (_era, connect) => {
  it('has two tools, by which all others are found and run', async () => {
    const client = await connect();
    try {
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['run', 'search']);

      const found = await client.callTool({ name: 'search', arguments: { query: 'new tiket' } });
      const [first] = found.content as { text: string }[];
      const { tools }: { tools: { name: string; inputSchema: object }[] } = JSON.parse(
        first?.text ?? '',
      );
      expect(tools[0]).toMatchObject({
        name: 'desk__create_issue',
        description: 'Opens a new ticket.',
        inputSchema: { type: 'object' },
      });

      const input = { name: tools[0]?.name, arguments: { title: 'It broke' } };
      const ran = await client.callTool({ name: 'run', arguments: input });
      expect(ran.content).toEqual([{ type: 'text', text: '{"title":"It broke"}' }]);
      expect(server.calls.at(-1)).toBe('create_issue');
    } finally {
      await client.close();
    }
  });
});

describe.each([
  ['legacy', legacyRequest],
  ['modern', modernRequest],
] as const)('the lazy mode, %s', (_era, request) => {
  const call = async (name: string, input?: unknown) =>
    (await post(url, { token, ...request('tools/call', { name, arguments: input }) })).message;

  it.each([
    ['search', {}],
    ['search', { query: '' }],
    ['search', { query: 'x'.repeat(201) }],
    ['search', { query: 'x', limit: 51 }],
    ['search', { query: ['x'] }],
    ['search', { query: 'x', more: 1 }],
    ['run', {}],
    ['run', { name: 5 }],
    ['run', { name: 'desk__run', arguments: 'text' }],
    ['run', { name: 'x'.repeat(65) }],
  ])('%s with %j says what does not fit, and calls nothing', async (name, input) => {
    const before = server.calls.length;

    expect((await call(name, input)).result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('input schema') }],
    });
    expect(server.calls).toHaveLength(before);
  });

  it('tells the agent of a tool that does not exist how to find one', async () => {
    expect((await call('run', { name: 'desk__nothing' })).result).toMatchObject({
      isError: true,
      content: [{ text: 'Unknown tool: desk__nothing. Find the names of tools with "search".' }],
    });
  });

  it('has no other tools, not even by their names', async () => {
    for (const name of ['desk__create_issue', 'desk__run', 'Run', '__proto__']) {
      expect((await call(name, {})).error).toMatchObject({ code: -32602 });
    }
  });

  it('cannot be nested', async () => {
    const input = { name: 'run', arguments: { name: 'desk__run' } };

    expect((await call('run', input)).result).toMatchObject({ isError: true });
  });
});
