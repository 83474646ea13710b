import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectorCreate } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { dumpTables } from '../../support/database-dump.ts';
import type { SeenRequest } from '../../support/mcp-servers/http-endpoint.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

// A connector of a project to which each member brings their own credentials: what one gave never acts for another.

const ADMINS = 'token-of-the-admin';
const ALICES = 'token-of-alice';
const BOBS = 'token-of-bob';
const SHARED = 'token-for-all';

let service: TestService;
let server: ScriptedServer;
/** Tokens that the server lets in. */
let valid: Set<string>;
let tenant: string;
let project: string;
let users: { admin: string; alice: string; bob: string };
let admin: ApiClient;
let alice: ApiClient;
let bob: ApiClient;

beforeAll(async () => {
  service = await startTestService();
  server = await ScriptedServer.start();
  server.intercept = letIn;
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

beforeEach(async () => {
  valid = new Set([ADMINS, ALICES, BOBS, SHARED]);
  server.tools = [tool('echo')];
  tenant = `tenant-${randomUUID()}`;
  project = `project-${randomUUID()}`;
  users = { admin: `admin-${tenant}`, alice: `alice-${tenant}`, bob: `bob-${tenant}` };
  admin = await inProject(users.admin, 'admin');
  alice = await inProject(users.alice);
  bob = await inProject(users.bob);
});

function letIn({ headers }: SeenRequest, response: ServerResponse): boolean {
  if (valid.has(headers.authorization?.replace('Bearer ', '') ?? '')) return false;
  response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
  return true;
}

function inProject(user: string, role: 'admin' | 'member' = 'member'): Promise<ApiClient> {
  return service.clientFor(user, { tenant, claims: { projects: { [project]: role } } });
}

async function create(changes: Partial<ConnectorCreate> = {}) {
  const body: ConnectorCreate = {
    name: 'Tracker',
    server_url: server.url,
    credentials: { token: ADMINS },
    project_id: project,
    credential_mode: 'personal',
    ...changes,
  };
  return (await admin.createConnector(body)).ok(201);
}

const call = (client: ApiClient) =>
  client.callTool({ name: 'p--tracker__echo', project_id: project });
const statusOf = async (client: ApiClient, id: string) =>
  (await client.getConnector(id)).ok().status;

/** Whose tokens the server got in tool calls since it had seen so many requests. */
function callersSince(seen: number): (string | undefined)[] {
  return server.requests
    .slice(seen)
    .filter(({ rpcMethod }) => rpcMethod === 'tools/call')
    .map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
}

describe('a member without credentials of their own', () => {
  it('sees the tools, is asked for credentials, and never acts with those of the admin', async () => {
    const { id, status, credentials } = await create();
    expect([status, credentials?.kind]).toEqual(['ENABLED', 'bearer']);
    const seen = server.requests.length;
    const shown = (await alice.getConnector(id)).ok();
    expect(shown).toMatchObject({
      ...{ status: 'NEEDS_AUTH', credentials: null, tool_count: 1 },
      last_error: { code: 'AUTH_REQUIRED' },
    });
    (await alice.getCredentials(id)).problem(404, 'CREDENTIALS_NOT_FOUND');
    (await call(alice)).problem(409, 'NEEDS_AUTH');
    expect((await alice.testConnector(id)).ok().error_code).toBe('AUTH_REQUIRED');
    expect(server.requests).toHaveLength(seen);
    const list = await alice.send('GET', `/api/users/me/tools?project_id=${project}`);
    expect(list.text).toContain('"outcome":"needs_auth"');
    expect(await statusOf(admin, id)).toBe('ENABLED');
    (await call(admin)).ok();
    expect(callersSince(seen)).toEqual([ADMINS]);
  });
});

describe('credentials of a member', () => {
  it('act for that member alone, in lists, tests and calls', async () => {
    const { id, version } = await create();
    const seen = server.requests.length;
    expect((await alice.putCredentials(id, { token: ALICES })).ok().kind).toBe('bearer');
    expect(await statusOf(alice, id)).toBe('ENABLED');
    expect(await statusOf(bob, id)).toBe('NEEDS_AUTH');
    (await call(alice)).ok();
    (await call(bob)).problem(409, 'NEEDS_AUTH');
    (await bob.putCredentials(id, { token: BOBS })).ok();
    for (const client of [alice, bob, admin, alice]) (await call(client)).ok();
    expect(callersSince(seen)).toEqual([ALICES, ALICES, BOBS, ADMINS, ALICES]);
    // For the others, and for whoever changes the connector, it is the same as before.
    expect((await admin.getConnector(id)).ok().version).toBe(version);
    expect((await alice.testConnector(id)).ok().success).toBe(true);
    expect((await alice.getConnector(id)).ok().server_url).toBe(server.origin);
  });

  it('are tested before they are kept, and have to be of the kind that is asked for', async () => {
    const { id } = await create();
    (await alice.putCredentials(id, { token: 'wrong' })).problem(422, 'AUTH_FAILED');
    (await alice.putCredentials(id, { headers: { 'X-Key': ALICES } })).problem(
      422,
      'CREDENTIALS_INVALID',
    );
    (await alice.getCredentials(id)).problem(404, 'CREDENTIALS_NOT_FOUND');
    expect((await admin.getConnector(id)).ok()).toMatchObject({
      auth_type: 'bearer',
      status: 'ENABLED',
    });
  });

  it('are refused to one member without a word to the others', async () => {
    const { id } = await create();
    (await alice.putCredentials(id, { token: ALICES })).ok();
    (await bob.putCredentials(id, { token: BOBS })).ok();
    (await call(alice)).ok();
    valid.delete(ALICES);
    (await call(alice)).problem(409, 'NEEDS_AUTH');
    expect((await alice.testConnector(id)).ok().error_code).toBe('AUTH_FAILED');
    expect(await statusOf(bob, id)).toBe('ENABLED');
    expect(await statusOf(admin, id)).toBe('ENABLED');
    (await call(bob)).ok();
  });

  it('end with the member who takes them away, whose session ends too', async () => {
    const { id } = await create();
    for (const [client, token] of [
      [alice, ALICES],
      [bob, BOBS],
    ] as const) {
      (await client.putCredentials(id, { token })).ok();
      (await call(client)).ok();
    }
    const seen = server.requests.length;
    const handshakes = server.handshakes;
    (await alice.deleteCredentials(id)).ok(204);
    (await call(alice)).problem(409, 'NEEDS_AUTH');
    (await alice.deleteCredentials(id)).problem(404, 'CREDENTIALS_NOT_FOUND');
    (await call(bob)).ok();
    expect(callersSince(seen)).toEqual([BOBS]);
    expect(server.handshakes).toBe(handshakes);
  });

  it('that replace earlier ones are used from then on, also where a session was open', async () => {
    const { id } = await create();
    (await alice.putCredentials(id, { token: ALICES })).ok();
    (await call(alice)).ok();
    const seen = server.requests.length;
    (await alice.putCredentials(id, { token: BOBS })).ok();
    (await call(alice)).ok();
    expect(callersSince(seen)).toEqual([BOBS]);
  });

  it.each<[string, string[]]>([
    [
      'the text is moved',
      [
        `UPDATE credentials c SET sealed = o.sealed FROM credentials o
         WHERE (c.connector_id, c.member_id) = ($1, $2) AND (o.connector_id, o.member_id) = ($1, $3)`,
      ],
    ],
    [
      'the row is given to them',
      [
        'DELETE FROM credentials WHERE connector_id = $1 AND member_id IN ($2) AND $3 <> $2',
        'UPDATE credentials SET member_id = $2 WHERE connector_id = $1 AND member_id = $3',
      ],
    ],
  ])('do not open for another member, where in the database %s', async (_how, statements) => {
    const { id } = await create();
    (await alice.putCredentials(id, { token: ALICES })).ok();
    (await bob.putCredentials(id, { token: BOBS })).ok();
    for (const sql of statements) {
      await service.databaseTools.owner.query(sql, [id, users.alice, users.bob]);
    }
    const seen = server.requests.length;
    (await call(alice)).problem(500, 'INTERNAL');
    (await alice.testConnector(id)).problem(500, 'INTERNAL');
    expect(server.requests).toHaveLength(seen);
  });

  it('are given at once by many, and none is lost', async () => {
    const { id } = await create();
    const members = await Promise.all(
      Array.from({ length: 8 }, (_, n) => inProject(`member-${n}-${tenant}`)),
    );
    const answers = await Promise.all(
      members.map((client) => client.putCredentials(id, { token: ALICES })),
    );
    expect(answers.map(({ outcome }) => outcome)).toEqual(members.map(() => 'ok'));
    for (const client of members) expect(await statusOf(client, id)).toBe('ENABLED');
  });
});

describe('an admin', () => {
  it('who moves the connector drops what members gave for the old address', async () => {
    const { id } = await create();
    (await alice.putCredentials(id, { token: ALICES })).ok();
    const moved = `${server.origin}/elsewhere`;
    const update = { server_url: moved, credentials: { token: ADMINS } };
    (await admin.updateConnector(id, update)).ok();
    const seen = server.requests.length;
    expect(await statusOf(alice, id)).toBe('NEEDS_AUTH');
    expect((await alice.testConnector(id)).ok().error_code).toBe('AUTH_REQUIRED');
    (await call(alice)).problem(409, 'TOOL_NOT_APPROVED');
    expect(server.requests).toHaveLength(seen);
    const { rows } = await service.databaseTools.owner.query(
      'SELECT member_id FROM credentials WHERE connector_id = $1',
      [id],
    );
    expect(rows).toEqual([{ member_id: users.admin }]);
  });

  it('who only renames it, or changes its transport, keeps what members gave', async () => {
    const { id } = await create();
    (await alice.putCredentials(id, { token: ALICES })).ok();
    (await admin.updateConnector(id, { name: 'Bugs' })).ok();
    (await admin.updateConnector(id, { transport: 'streamable-http' })).ok();
    expect(await statusOf(alice, id)).toBe('ENABLED');
    const seen = server.requests.length;
    (await call(alice)).ok();
    expect(callersSince(seen)).toEqual([ALICES]);
  });

  it('without credentials of their own syncs nothing, and spoils nothing', async () => {
    const { id } = await create();
    const second = await inProject(`second-${tenant}`, 'admin');
    expect((await second.syncConnector(id)).ok().status).toBe('NEEDS_AUTH');
    expect(await statusOf(admin, id)).toBe('ENABLED');
  });

  it('deletes the credentials of all with the connector', async () => {
    const { id } = await create();
    (await alice.putCredentials(id, { token: ALICES })).ok();
    (await admin.deleteConnector(id)).ok(204);
    (await alice.getConnector(id)).problem(404, 'CONNECTOR_NOT_FOUND');
    const { rows } = await service.databaseTools.owner.query(
      'SELECT id FROM credentials WHERE tenant_id = $1',
      [tenant],
    );
    expect(rows).toEqual([]);
  });
});

describe('shared credentials', () => {
  it('act for all members, and only admins change them', async () => {
    const { id } = await create({ credential_mode: 'shared', credentials: { token: SHARED } });
    const seen = server.requests.length;
    for (const client of [alice, bob]) {
      (await call(client)).ok();
      expect((await client.getCredentials(id)).ok().kind).toBe('bearer');
      (await client.putCredentials(id, { token: ALICES })).problem(403, 'PROJECT_ADMIN_REQUIRED');
      (await client.deleteCredentials(id)).problem(403, 'PROJECT_ADMIN_REQUIRED');
    }
    expect(callersSince(seen)).toEqual([SHARED, SHARED]);
    (await admin.putCredentials(id, { token: ADMINS })).ok();
    (await call(alice)).ok();
    expect(callersSince(seen).at(-1)).toBe(ADMINS);
  });
});

describe('what a member left', () => {
  it('is removed by an admin of that project, with their sessions there, and nothing else', async () => {
    const { id } = await create();
    const shared = { name: 'Shared', credential_mode: 'shared' } as const;
    await create({ ...shared, credentials: { token: SHARED } });
    for (const [client, token] of [
      [alice, ALICES],
      [bob, BOBS],
    ] as const) {
      (await client.putCredentials(id, { token })).ok();
      (await call(client)).ok();
      const name = 'p--shared__echo';
      (await client.callTool({ name, project_id: project })).ok();
    }
    const own = { name: 'Own', server_url: server.url, credentials: { token: ALICES } };
    (await alice.createConnector(own)).ok(201);
    (await alice.callTool({ name: 'own__echo' })).ok();

    expect((await admin.removeMember(project, users.alice)).ok()).toMatchObject({
      ...{ credentials: 1, grants_revoked: 0 },
      sessions: { closed: 2, draining: 0 },
    });
    expect(await statusOf(alice, id)).toBe('NEEDS_AUTH');
    (await alice.callTool({ name: 'own__echo' })).ok();
    (await call(bob)).ok();
    (await call(admin)).ok();
    for (const nobody of [users.alice, 'me', 'nobody']) {
      expect((await admin.removeMember(project, nobody)).ok()).toMatchObject({
        ...{ credentials: 0, grants_revoked: 0 },
        sessions: { closed: 0 },
      });
    }
  });

  it('is no affair of other members, other projects and other tenants', async () => {
    const { id } = await create();
    (await alice.putCredentials(id, { token: ALICES })).ok();
    (await bob.removeMember(project, users.alice)).problem(403, 'PROJECT_ADMIN_REQUIRED');
    (await admin.removeMember(`${project}x`, users.alice)).problem(404, 'PROJECT_NOT_FOUND');
    const claims = { projects: { [project]: 'admin' } };
    const elsewhere = await service.clientFor('admin', { tenant: `${tenant}x`, claims });
    expect((await elsewhere.removeMember(project, users.alice)).ok().credentials).toBe(0);
    expect(await statusOf(alice, id)).toBe('ENABLED');
  });
});

describe('a member who is erased', () => {
  it('leaves nothing in projects, and takes nothing from others', async () => {
    const { id } = await create();
    (await alice.putCredentials(id, { token: ALICES })).ok();
    (await bob.putCredentials(id, { token: BOBS })).ok();
    (await call(alice)).ok();
    const operator = await service.clientFor('operator', { tenant, scopes: ['operator'] });
    expect((await operator.eraseUser(users.alice)).ok()).toMatchObject({
      ...{ connectors: 0, credentials: 1, tools: 0 },
      sessions: { closed: 1 },
    });
    const dumps = await dumpTables(service.databaseTools.owner);
    expect(dumps.filter(({ text }) => text.includes(users.alice))).toEqual([]);
    expect(await statusOf(alice, id)).toBe('NEEDS_AUTH');
    (await call(bob)).ok();
    (await call(admin)).ok();
  });
});
