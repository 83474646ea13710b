import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector, ConnectorCreate, Toolset } from '../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

// Connectors that a project's members share, and everything a member, a stranger or somebody who has left could try.

const TOKEN = 'token-of-the-project';

let service: TestService;
let server: ScriptedServer;
let project: string;
let admin: ApiClient;
let member: ApiClient;
let outsider: ApiClient;

beforeAll(async () => {
  service = await startTestService({
    env: {
      PUBLIC_URL: 'https://connectors.test',
      OAUTH_RETURN_URLS: 'https://app.test/connect',
    },
  });
  server = await ScriptedServer.start({ token: TOKEN });
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

beforeEach(async () => {
  project = `project-${randomUUID()}`;
  server.tools = [tool('echo')];
  admin = await inProject('admin');
  member = await inProject('member');
  outsider = await service.clientFor(undefined, {
    claims: { projects: { [`${project}x`]: 'admin' } },
  });
});

function inProject(
  role: 'admin' | 'member',
  { user, tenant }: { user?: string; tenant?: string } = {},
): Promise<ApiClient> {
  const claims = { projects: { other: 'admin', [project]: role } };
  return service.clientFor(user, { claims, ...(tenant && { tenant }) });
}

const ownDraft = (changes: Partial<ConnectorCreate> = {}): ConnectorCreate => ({
  name: 'Tracker',
  server_url: `${server.url}?key=of-the-admins`,
  credentials: { token: TOKEN },
  ...changes,
});
const draft = (changes: Partial<ConnectorCreate> = {}) =>
  ownDraft({ project_id: project, ...changes });

const create = async (changes: Partial<ConnectorCreate> = {}) =>
  (await admin.createConnector(draft(changes))).ok(201);
const ofProject = () => `?project_id=${encodeURIComponent(project)}`;
const toolsOf = async (client: ApiClient, query = ofProject()) =>
  (await client.send<{ tools: { name: string }[] }>('GET', `/api/users/me/tools${query}`))
    .ok()
    .tools.map(({ name }) => name);
const call = (client: ApiClient, name: string) => client.callTool({ name, project_id: project });

type Request = (client: ApiClient, connector: Connector) => Promise<ApiAnswer<unknown>>;

/** What only admins do. */
const managing: [string, Request][] = [
  ['rename', (client, { id }) => client.updateConnector(id, { name: 'Mine now' })],
  ['move', (client, { id }) => client.updateConnector(id, { server_url: `${server.url}/mine` })],
  ['delete', (client, { id }) => client.deleteConnector(id)],
  ['disable', (client, { id }) => client.setStatus(id, 'DISABLED')],
  ['sync', (client, { id }) => client.syncConnector(id)],
  ['test', (client, { id }) => client.testConnector(id)],
  ['put credentials', (client, { id }) => client.putCredentials(id, { token: TOKEN })],
  ['delete credentials', (client, { id }) => client.deleteCredentials(id)],
  [
    'switch a tool off',
    async (client, { id }) =>
      client.updateConnectorTool(id, await firstTool(id), { enabled: false }),
  ],
  [
    'approve a tool',
    async (client, { id }) =>
      client.approveTools(id, [{ tool_id: await firstTool(id), definition_hash: 'a'.repeat(64) }]),
  ],
  [
    'sign in',
    (client, { id }) =>
      client.send('POST', '/api/oauth/authorizations', { body: { connector_id: id } }),
  ],
];

/** What every member does. */
const using: [string, Request][] = [
  ['read', (client, { id }) => client.getConnector(id)],
  ['read credentials', (client, { id }) => client.getCredentials(id)],
  ['list tools', (client, { id }) => client.listConnectorTools(id)],
  ['read a tool', async (client, { id }) => client.getConnectorTool(id, await firstTool(id))],
];

async function firstTool(connectorId: string): Promise<string> {
  const [first] = (await admin.listConnectorTools(connectorId)).ok().items;
  if (first === undefined) throw new Error('the connector has no tool');
  return first.id;
}

describe('an admin', () => {
  it('creates, changes, switches, syncs and deletes what belongs to the project', async () => {
    const connector = await create();
    expect(connector).toMatchObject({
      ...{ project_id: project, credential_mode: 'shared', slug: 'p--tracker' },
      server_url: `${server.url}?key=of-the-admins`,
    });
    const { id } = connector;
    const renamed = (await admin.updateConnector(id, { name: 'Bugs' })).ok();
    expect(renamed).toMatchObject({ name: 'Bugs', slug: 'p--tracker' });
    expect((await admin.setStatus(id, 'DISABLED')).ok().status).toBe('DISABLED');
    expect((await admin.setStatus(id, 'ENABLED')).ok().status).toBe('ENABLED');
    expect((await admin.testConnector(id)).ok().success).toBe(true);
    server.tools = [tool('echo'), tool('more')];
    expect((await admin.syncConnector(id)).ok().tool_count).toBe(2);
    expect(await toolsOf(member)).toEqual(['p--tracker__echo', 'p--tracker__more']);
    (await admin.updateConnectorTool(id, await firstTool(id), { enabled: false })).ok();
    expect(await toolsOf(member)).toEqual(['p--tracker__more']);
    (await admin.deleteConnector(id)).ok(204);
    expect(await toolsOf(member)).toEqual([]);
  });

  it('may be another one than who created it, and has the project without its own connectors listed', async () => {
    const { id } = await create();
    (await admin.createConnector(ownDraft({ name: 'Own' }))).ok(201);
    const second = await inProject('admin');
    expect((await second.listConnectors(ofProject())).ok().items.map((one) => one.id)).toEqual([
      id,
    ]);
    (await second.updateConnector(id, { name: 'Taken over' })).ok();
    expect((await admin.listConnectors()).ok().items.map(({ name }) => name)).toEqual(['Own']);
    expect((await second.listConnectors()).ok().items).toEqual([]);
  });

  it('has twenty connectors at most in a project, whatever members have of their own', async () => {
    for (let n = 0; n < 20; n += 1) await create({ name: `Server ${n}` });
    (await admin.createConnector(draft())).problem(409, 'CONNECTOR_LIMIT_REACHED');
    (await admin.createConnector(ownDraft())).ok(201);
    (await admin.createConnector(draft({ project_id: 'other' }))).ok(201);
  });

  it('finds names taken in the project only', async () => {
    await create();
    (await admin.createConnector(draft({ name: 'tracker' }))).problem(409, 'CONNECTOR_NAME_TAKEN');
    (await admin.createConnector(ownDraft())).ok(201);
  });
});

describe('a member', () => {
  it.each(managing)('may not %s', async (_what, request) => {
    const connector = await create();
    const requests = server.requests.length;
    (await request(member, connector)).problem(403, 'PROJECT_ADMIN_REQUIRED');
    expect(server.requests).toHaveLength(requests);
    expect((await admin.getConnector(connector.id)).ok()).toEqual(connector);
  });

  it('may not create or test in the name of the project, nor repeat what an admin did', async () => {
    const user = `user-${randomUUID()}`;
    const key = { 'idempotency-key': randomUUID() };
    const before = await inProject('admin', { user });
    (await before.createConnector(draft(), key)).ok(201);
    const now = await inProject('member', { user });
    (await now.createConnector(draft(), key)).problem(403, 'PROJECT_ADMIN_REQUIRED');
    const { name: _unsaved, ...test } = draft();
    (await now.testConnection(test)).problem(403, 'PROJECT_ADMIN_REQUIRED');
    const start = { body: { draft: { name: 'X', server_url: server.url, project_id: project } } };
    (await now.send('POST', '/api/oauth/authorizations', start)).problem(
      403,
      'PROJECT_ADMIN_REQUIRED',
    );
  });

  it('sees the connector and its tools, of its address the origin only', async () => {
    const connector = await create();
    const seen = (await member.getConnector(connector.id)).ok();
    expect(seen).toEqual({ ...connector, server_url: server.origin });
    const [listed] = (await member.listConnectors(ofProject())).ok().items;
    expect(listed).toEqual(seen);
    for (const [, request] of using) {
      const answer = await request(member, connector);
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('of-the-admins');
      expect(answer.text).not.toContain(TOKEN);
    }
  });

  it('calls its tools beside their own, where the project is named and only there', async () => {
    const own = { name: 'Tracker', server_url: server.url, credentials: { token: TOKEN } };
    (await member.createConnector(own)).ok(201);
    await create();
    expect(await toolsOf(member)).toEqual(['p--tracker__echo', 'tracker__echo']);
    expect(await toolsOf(member, '')).toEqual(['tracker__echo']);
    const list = await member.send<Toolset>('GET', `/api/users/me/tools${ofProject()}`);
    expect(list.ok().outcomes.map((one) => [one.slug, one.project_id])).toEqual([
      ['p--tracker', project],
      ['tracker', null],
    ]);
    expect(await toolsOf(admin, '')).toEqual([]);
    for (const name of ['p--tracker__echo', 'tracker__echo']) {
      expect((await call(member, name)).ok().is_error).toBe(false);
    }
    expect((await member.callTool({ name: 'tracker__echo' })).ok().is_error).toBe(false);
    (await member.callTool({ name: 'p--tracker__echo' })).problem(404, 'TOOL_NOT_FOUND');
  });

  it('finds them by search, preflight, menu, selection and at the endpoint', async () => {
    await create();
    const named = (rest: string) => `/api/users/me/${rest}`;
    const found = await member.send('GET', `${named('tools/search')}?q=echo&project_id=${project}`);
    expect(found.text).toContain('p--tracker__echo');
    const body = { names: ['p--tracker__echo'], project_id: project };
    expect((await member.send('POST', named('tools/preflight'), { body })).text).toContain(
      '"ready":true',
    );
    const menu = await member.send('GET', `${named('composer')}${ofProject()}`);
    expect(menu.text).toContain('Tracker: Echo');
    const forced = `${named('tools')}${ofProject()}&selected_tool=p--tracker__echo`;
    expect((await member.send('GET', forced)).status).toBe(200);
    (await outsider.send('GET', forced)).problem(404, 'PROJECT_NOT_FOUND');
  });

  it('hears of changes at once, on the lists that were kept', async () => {
    const connector = await create();
    expect(await toolsOf(member)).toEqual(['p--tracker__echo']);
    (await admin.setStatus(connector.id, 'DISABLED')).ok();
    expect(await toolsOf(member)).toEqual([]);
    (await call(member, 'p--tracker__echo')).problem(409, 'CONNECTOR_DISABLED');
  });

  it('has a session of their own, whose end is not that of others', async () => {
    await create();
    const second = await inProject('member');
    const before = server.handshakes;
    (await call(member, 'p--tracker__echo')).ok();
    (await call(second, 'p--tracker__echo')).ok();
    (await call(member, 'p--tracker__echo')).ok();
    expect(server.handshakes - before).toBe(2);
  });
});

describe('who is not in the project', () => {
  it.each([...managing, ...using])('finds nothing to %s', async (_what, request) => {
    const connector = await create();
    const strangers = [
      outsider,
      await service.clientFor(),
      await inProject('admin', { tenant: 'tenant-elsewhere' }),
      await service.clientFor(project),
    ];
    for (const stranger of strangers) {
      (await request(stranger, connector)).problem(404, 'CONNECTOR_NOT_FOUND');
    }
    expect((await admin.getConnector(connector.id)).ok()).toEqual(connector);
  });

  it('gets none of its tools, and can create nothing in it', async () => {
    await create();
    const elsewhere = await inProject('admin', { tenant: 'tenant-elsewhere' });
    expect(await toolsOf(elsewhere)).toEqual([]);
    expect((await elsewhere.listConnectors(ofProject())).ok().items).toEqual([]);
    (await call(elsewhere, 'p--tracker__echo')).problem(404, 'TOOL_NOT_FOUND');
    (await outsider.createConnector(draft())).problem(404, 'PROJECT_NOT_FOUND');
    (await outsider.listConnectors(ofProject())).problem(404, 'PROJECT_NOT_FOUND');
    (await outsider.testConnection({ server_url: server.url, project_id: project })).problem(
      404,
      'PROJECT_NOT_FOUND',
    );
    (await call(outsider, 'p--tracker__echo')).problem(404, 'PROJECT_NOT_FOUND');
  });

  it('any more, finds and calls nothing from the next token on, though a session is open', async () => {
    const user = `user-${randomUUID()}`;
    const before = await inProject('member', { user });
    const connector = await create();
    (await call(before, 'p--tracker__echo')).ok();
    const calls = server.calls.length;

    const after = await service.clientFor(user);
    (await after.getConnector(connector.id)).problem(404, 'CONNECTOR_NOT_FOUND');
    (await call(after, 'p--tracker__echo')).problem(404, 'PROJECT_NOT_FOUND');
    (await after.callTool({ name: 'p--tracker__echo' })).problem(404, 'TOOL_NOT_FOUND');
    expect(await toolsOf(after, '')).toEqual([]);
    expect(server.calls).toHaveLength(calls);
  });

  it('in as admin any more, manages nothing from the next token on', async () => {
    const user = `user-${randomUUID()}`;
    const connector = await create();
    (await (await inProject('admin', { user })).updateConnector(connector.id, { name: 'A' })).ok();
    const demoted = await inProject('member', { user });
    (await demoted.updateConnector(connector.id, { name: 'B' })).problem(
      403,
      'PROJECT_ADMIN_REQUIRED',
    );
  });
});

describe('personal credentials', () => {
  it('need a project', async () => {
    const body = ownDraft({ credential_mode: 'personal' });
    const problem = (await admin.createConnector(body)).problem(422, 'CREDENTIALS_INVALID');
    expect(problem.errors).toMatchObject([{ pointer: '/body/credential_mode' }]);
  });
});
