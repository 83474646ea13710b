import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const ALICE = 'alice@example.com';
const TOKEN = 'access-token-b01d';

let service: TestService;
let server: ScriptedServer;
let alice: ApiClient;
let connector: Connector;
let tool: { id: string; definition_hash: string };

beforeAll(async () => {
  service = await startTestService({ env: { AGENT_CLIENTS: 'trusted-agent' } });
  server = await ScriptedServer.start({ token: TOKEN });
  alice = await service.clientFor(ALICE);
  const body = { name: 'Mine', server_url: server.url, credentials: { token: TOKEN } };
  connector = (await alice.createConnector(body)).ok(201);
  const [stored] = (await alice.listConnectorTools(connector.id)).ok().items;
  if (stored === undefined) throw new Error('the connector has no tool');
  tool = stored;
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

type Request = (client: ApiClient) => Promise<ApiAnswer<unknown>>;

const path = (suffix = '') => `/api/connectors/${connector.id}${suffix}`;

/** Every operation that names a connector. */
const byId: [string, Request][] = [
  ['read', (client) => client.send('GET', path())],
  ['rename', (client) => client.send('PATCH', path(), { body: { name: 'Stolen' } })],
  ['move', (c) => c.send('PATCH', path(), { body: { server_url: 'https://example.com/' } })],
  ['delete', (client) => client.send('DELETE', path())],
  ['delete any version', (c) => c.send('DELETE', path(), { headers: { 'if-match': '*' } })],
  ['test', (client) => client.send('POST', path('/test'))],
  ['sync', (client) => client.send('POST', path('/sync'))],
  ['disable', (client) => client.send('POST', path('/status'), { body: { status: 'DISABLED' } })],
  ['read credentials', (client) => client.send('GET', path('/credentials'))],
  ['put credentials', (c) => c.send('PUT', path('/credentials'), { body: { token: 'x' } })],
  ['delete credentials', (client) => client.send('DELETE', path('/credentials'))],
  [
    'connect without a person',
    (c) =>
      c.send('POST', '/api/oauth/client-credentials', { body: { connector_id: connector.id } }),
  ],
  ['list tools', (client) => client.send('GET', path('/tools'))],
  ['read a tool', (client) => client.getConnectorTool(connector.id, tool.id)],
  ['switch', (c) => c.updateConnectorTool(connector.id, tool.id, { enabled: false })],
  [
    'approve',
    (client) => {
      const { id: tool_id, definition_hash } = tool;
      return client.approveTools(connector.id, [{ tool_id, definition_hash }]);
    },
  ],
];

/** Every operation, with the scope it needs. */
const scoped: [string, string, Request][] = [
  ...byId.map(([name, request]): [string, string, Request] => {
    const reads = /^(read|list)\b/.test(name);
    return [name, reads ? 'connectors:read' : 'connectors:write', request];
  }),
  ['list', 'connectors:read', (client) => client.listConnectors()],
  ['create', 'connectors:write', (c) => c.createConnector({ name: 'N', server_url: server.url })],
  ['test unsaved', 'connectors:write', (c) => c.testConnection({ server_url: server.url })],
  [
    'preview an import',
    'connectors:read',
    (c) => c.send('POST', '/api/imports/preview', { body: { content: { mcpServers: {} } } }),
  ],
  [
    'import',
    'connectors:write',
    (c) => {
      const content = { mcpServers: { a: {} } };
      const body = { content, entries: [{ pointer: '/mcpServers/a' }] };
      return c.send('POST', '/api/imports', { body });
    },
  ],
  ['follow events', 'connectors:read', (client) => client.send('GET', '/api/events')],
  ['get a ticket', 'connectors:read', (client) => client.send('POST', '/api/events/tickets')],
  ['export', 'connectors:read', (c) => c.send('GET', '/api/exports?format=codex')],
  ['toolset', 'tools:read', (client) => client.getTools()],
  ['menu', 'tools:read', (client) => client.send('GET', '/api/users/me/composer')],
  ['search', 'tools:read', (client) => client.send('GET', '/api/users/me/tools/search?q=echo')],
  [
    'preflight',
    'tools:read',
    (c) => c.send('POST', '/api/users/me/tools/preflight', { body: { names: ['mine__echo'] } }),
  ],
  ['call', 'tools:call', (client) => client.callTool({ name: 'mine__echo' })],
  ['list sessions', 'operator', (client) => client.listSessions()],
  ['close sessions', 'operator', (client) => client.closeSessions('?user_id=somebody')],
  ['list audit records', 'operator', (client) => client.send('GET', '/api/admin/audit')],
  ['erase a user', 'operator', (client) => client.eraseUser('somebody')],
  ['remove a member', 'connectors:write', (client) => client.removeMember('atlas', 'somebody')],
];

const ALL_SCOPES = ['connectors:read', 'connectors:write', 'tools:read', 'tools:call'];

async function expectUntouched(): Promise<void> {
  expect((await alice.getConnector(connector.id)).ok()).toEqual(connector);
  expect((await alice.getConnectorTool(connector.id, tool.id)).ok()).toEqual(tool);
}

describe('a connector of somebody else', () => {
  it.each(byId)('cannot be found by another user to %s', async (_name, request) => {
    const bob = await service.clientFor();
    const seenBefore = server.requests.length;

    (await request(bob)).problem(404, 'CONNECTOR_NOT_FOUND');

    expect(server.requests).toHaveLength(seenBefore);
    await expectUntouched();
  });

  it.each(byId)('cannot be found by the same user id of another tenant to %s', async (_n, r) => {
    const stranger = await service.clientFor(ALICE, { tenant: 'another' });

    (await r(stranger)).problem(404, 'CONNECTOR_NOT_FOUND');

    await expectUntouched();
  });

  it.each(byId)('looks to an operator or a project admin as to anybody, to %s', async (_n, r) => {
    const operator = await service.clientFor('operator', {
      scopes: [...ALL_SCOPES, 'operator', 'agent'],
      claims: { projects: { [ALICE]: 'admin' }, act: { sub: ALICE } },
    });

    (await r(operator)).problem(404, 'CONNECTOR_NOT_FOUND');

    await expectUntouched();
  });

  it('is told apart from one that does not exist by nothing in the answer', async () => {
    const bob = await service.clientFor();
    const shape = ({ status, text, headers }: ApiAnswer<unknown>) => ({
      status,
      body: text.replace(/urn:request:[\w-]+/, ''),
      headers: [...headers.keys()],
    });

    const others = await bob.getConnector(connector.id);
    const nobodys = await bob.getConnector(randomUUID());

    expect(shape(others)).toEqual(shape(nobodys));
  });

  it('is in no list and no toolset, and its tools cannot be called', async () => {
    const bob = await service.clientFor();
    const stranger = await service.clientFor(ALICE, { tenant: 'another' });

    for (const client of [bob, stranger]) {
      expect((await client.listConnectors()).ok().items).toEqual([]);
      expect((await client.getTools()).ok()).toMatchObject({ tools: [], outcomes: [] });
      (await client.callTool({ name: 'mine__echo' })).problem(404, 'TOOL_NOT_FOUND');
    }
    expect(server.calls).toEqual([]);
  });
});

describe('the tools of somebody else', () => {
  const user = encodeURIComponent(ALICE);

  it('answer 404 to another user, whether the user exists or not', async () => {
    const bob = await service.clientFor();

    for (const name of [user, 'nobody', encodeURIComponent('../admin'), '%20']) {
      (await bob.getTools(name)).problem(404, 'NOT_FOUND');
      (await bob.callTool({ name: 'mine__echo' }, { user: name })).problem(404, 'NOT_FOUND');
    }
  });

  it('are the own ones under the own id', async () => {
    expect((await alice.getTools(user)).ok()).toEqual((await alice.getTools('me')).ok());
    (await alice.callTool({ name: 'mine__echo' }, { user })).ok();
  });

  describe('in the compatibility mode for agents', () => {
    const agent = (claims: object, options: { tenant?: string; scopes?: string[] } = {}) =>
      service.clientFor('agent-backend', {
        scopes: options.scopes ?? ['agent', 'tools:read', 'tools:call'],
        ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
        claims: { ...claims },
      });

    it.each([
      ['client_id', { client_id: 'trusted-agent' }],
      ['azp', { azp: 'trusted-agent' }],
    ])('are open to a client listed by its %s', async (_name, claims) => {
      const client = await agent(claims);

      expect((await client.getTools(user)).ok().tools).toMatchObject([{ name: 'mine__echo' }]);
      const result = (await client.callTool({ name: 'mine__echo' }, { user })).ok();
      expect(result.connector_id).toBe(connector.id);
    });

    it.each([
      ['another client', { client_id: 'other-agent' }],
      ['no client', {}],
      ['a client listed in azp only', { client_id: 'other-agent', azp: 'trusted-agent' }],
      ['an actor', { act: { sub: 'trusted-agent' } }],
    ])('stay closed to %s', async (_name, claims) => {
      const client = await agent(claims);

      (await client.getTools(user)).problem(404, 'NOT_FOUND');
      const called = await client.callTool({ name: 'mine__echo' }, { user });
      called.problem(404, 'NOT_FOUND');
    });

    it('stay closed to a listed client without the scope agent', async () => {
      const client = await agent({ client_id: 'trusted-agent' }, { scopes: ALL_SCOPES });

      (await client.getTools(user)).problem(404, 'NOT_FOUND');
    });

    it('are those of the own tenant only', async () => {
      const client = await agent({ client_id: 'trusted-agent' }, { tenant: 'another' });

      expect((await client.getTools(user)).ok().tools).toEqual([]);
      const called = await client.callTool({ name: 'mine__echo' }, { user });
      called.problem(404, 'TOOL_NOT_FOUND');
    });

    it('need the scopes of tools as well', async () => {
      const client = await agent({ client_id: 'trusted-agent' }, { scopes: ['agent'] });

      (await client.getTools(user)).problem(403, 'FORBIDDEN');
      const called = await client.callTool({ name: 'mine__echo' }, { user });
      called.problem(403, 'FORBIDDEN');
    });

    it.each(byId)('give no way to %s a connector of the user', async (_name, request) => {
      const bare = await agent({ client_id: 'trusted-agent' });
      const scopes = ['agent', ...ALL_SCOPES];
      const mighty = await agent({ client_id: 'trusted-agent' }, { scopes });

      (await request(bare)).problem(403, 'FORBIDDEN');
      (await request(mighty)).problem(403, 'FORBIDDEN');
      await expectUntouched();
    });
  });
});

describe('the token', () => {
  it.each(scoped)('must have the scope to %s (%s)', async (_name, scope, request) => {
    const scopes = [...ALL_SCOPES, 'operator', 'agent'].filter((one) => one !== scope);
    const client = await service.clientFor(ALICE, { scopes });

    expect((await request(client)).problem(403, 'FORBIDDEN').detail).toContain(scope);

    await expectUntouched();
  });

  it.each(scoped)('must be there to %s', async (_name, _scope, request) => {
    const anonymous = alice.withToken(undefined);

    const answer = await request(anonymous);

    answer.problem(401, 'UNAUTHENTICATED');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('must be ours: of the same claims, signed with another key, it is refused', async () => {
    const foreign = await startTestService();
    try {
      const token = await foreign.tokenFor(ALICE);
      (await alice.withToken(token).listConnectors()).problem(401, 'UNAUTHENTICATED');
    } finally {
      await foreign.close();
    }
  });
});
