import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createDevelopmentToken } from '../../../scripts/development-token.ts';
import { ApiClient } from '../../support/api-client.ts';
import { createTestDatabase, openPool, type TestDatabase } from '../../support/database.ts';
import { ScriptedServer, tool } from '../api/support/scripted-server.ts';
import { type Program, until } from './support/program.ts';
import { addressOf, clientOf, makeSettings, startServer } from './support/real-service.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

// Two real processes on one database. Users change things through the first one; the second has lists, tools and sessions in memory,
// and would keep them as they are if nobody told it.
const settings = makeSettings();

let databaseTools: TestDatabase;
let programs: Program[];
let firstUrl: string;
let secondUrl: string;
let upstream: ScriptedServer;
let user: string;
let first: ApiClient;
let second: ApiClient;

beforeAll(async () => {
  databaseTools = await createTestDatabase();
  upstream = await ScriptedServer.start();
  const env = { ...settings, NODE_ENV: 'test', DATABASE_URL: databaseTools.url };
  programs = [startServer(env), startServer(env)];
  const urls = await Promise.all(programs.map(addressOf));
  [firstUrl, secondUrl] = [String(urls[0]), String(urls[1])];
});

afterAll(async () => {
  for (const program of programs) await program.destroy();
  await upstream.stop();
  await databaseTools.drop();
});

beforeEach(async () => {
  upstream.tools = [tool('echo'), tool('other')];
  upstream.token = undefined;
  user = `user-${randomUUID()}`;
  first = await clientOf(firstUrl, settings.JWT_SECRET, user);
  second = await clientOf(secondUrl, settings.JWT_SECRET, user);
  await untilSecondListens();
});

async function operatorAt(baseUrl: string, tenant = 'default'): Promise<ApiClient> {
  const scopes = ['operator'];
  const secret = settings.JWT_SECRET;
  const token = await createDevelopmentToken({ secret, user: 'operator', scopes, tenant });
  return new ApiClient({ baseUrl, token });
}

/** A figure of the second process; NaN where it has none yet. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${secondUrl}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? Number.NaN);
}

const isListening = () => metric('mcp_change_feed_connected');

async function untilSecondListens(): Promise<void> {
  await until('the second process listens', async () => (await isListening()) === 1);
}

/** Names of the tools that the second process gives agents. */
async function listedBySecond(): Promise<string> {
  return (await second.getTools())
    .ok()
    .tools.map(({ name }) => name)
    .join();
}

async function untilSecondLists(names: string): Promise<void> {
  await until(`the second process lists ${names}`, async () => (await listedBySecond()) === names);
}

/** Returns when the second process has given the list from memory. */
async function untilSecondKeepsTheList(): Promise<void> {
  const hits = () => metric('mcp_tool_cache_requests_total{what="list",outcome="hit"}');
  await until('the list comes from memory', async () => {
    const before = await hits();
    await second.getTools();
    return (await hits()) > (before || 0);
  });
}

async function sessionsOfSecond(of = user): Promise<number> {
  const operator = await operatorAt(secondUrl);
  return (await operator.listSessions(`?user_id=${of}`)).ok().items.length;
}

async function untilSecondHasNoSession(): Promise<void> {
  await until('the second process has no session', async () => (await sessionsOfSecond()) === 0);
}

/** A member of a project at both processes; `admin` is one. */
function memberOf(project: string) {
  return async (role: string) => {
    const name = `${role}-${randomUUID()}`;
    const projects = { [project]: role === 'admin' ? 'admin' : 'member' };
    const secret = settings.JWT_SECRET;
    const token = await createDevelopmentToken({ secret, user: name, projects });
    const at = (baseUrl: string) => new ApiClient({ baseUrl, token });
    return { name, atFirst: at(firstUrl), atSecond: at(secondUrl) };
  };
}

const BOTH = 's__echo,s__other';

/** A connector made through the first process; the second has its tools and a session. @returns its id */
async function connect(token?: string): Promise<string> {
  const credentials = token === undefined ? {} : { credentials: { token } };
  const created = { name: 'S', server_url: upstream.url, ...credentials };
  const { id } = (await first.createConnector(created)).ok(201);
  await untilSecondLists(BOTH);
  (await second.callTool({ name: 's__echo' })).ok();
  await untilSecondKeepsTheList();
  expect(await sessionsOfSecond()).toBe(1);
  return id;
}

async function approveAll(connector: string): Promise<void> {
  const { items } = (await first.listConnectorTools(connector)).ok();
  const approvals = items.map(({ id, definition_hash }) => ({ tool_id: id, definition_hash }));
  (await first.approveTools(connector, approvals)).ok();
}

describe('through the other process is seen', () => {
  it('a connector that is saved', async () => {
    await untilSecondKeepsTheList();
    expect(await listedBySecond()).toBe('');
    (await first.createConnector({ name: 'S', server_url: upstream.url })).ok(201);
    await untilSecondLists(BOTH);
  });

  it('a connector that is disabled, and enabled again', async () => {
    const id = await connect();
    (await first.setStatus(id, 'DISABLED')).ok();
    await untilSecondLists('');
    (await second.callTool({ name: 's__echo' })).problem(409, 'CONNECTOR_DISABLED');
    await untilSecondHasNoSession();
    (await first.setStatus(id, 'ENABLED')).ok();
    await untilSecondLists(BOTH);
    (await second.callTool({ name: 's__echo' })).ok();
  });

  it('a tool that is switched off', async () => {
    const id = await connect();
    const { items } = (await first.listConnectorTools(id)).ok();
    const echo = items.find(({ name }) => name === 'echo');
    (await first.updateConnectorTool(id, String(echo?.id), { enabled: false })).ok();
    await untilSecondLists('s__other');
    (await second.callTool({ name: 's__echo' })).problem(409, 'TOOL_DISABLED');
    (await second.callTool({ name: 's__other' })).ok();
    expect(await sessionsOfSecond()).toBe(1);
  });

  it('a tool that its server changed, and that is approved', async () => {
    const id = await connect();
    upstream.tools = [tool('echo', 'Something else.'), tool('other')];
    (await first.syncConnector(id)).ok();
    await untilSecondLists('s__other');
    (await second.callTool({ name: 's__echo' })).problem(409, 'TOOL_NOT_APPROVED');
    await approveAll(id);
    await untilSecondLists(BOTH);
    expect((await second.getTools()).ok().tools[0]?.description).toContain('Something else.');
    (await second.callTool({ name: 's__echo' })).ok();
  });

  it('a credential that is changed: the session with the old one ends', async () => {
    upstream.token = 'old';
    const id = await connect('old');
    upstream.token = 'new';
    (await first.putCredentials(id, { token: 'new' })).ok();
    await untilSecondHasNoSession();
    (await second.callTool({ name: 's__echo' })).ok();
  });

  it('another address of the server: the session with the old one ends', async () => {
    const elsewhere = await ScriptedServer.start({ tools: [...upstream.tools] });
    try {
      const id = await connect();
      (await first.updateConnector(id, { server_url: elsewhere.url })).ok();
      await untilSecondHasNoSession();
      await approveAll(id);
      await untilSecondLists(BOTH);
      const callsBefore = upstream.calls.length;
      (await second.callTool({ name: 's__echo' })).ok();
      expect(elsewhere.calls).toEqual(['echo']);
      expect(upstream.calls).toHaveLength(callsBefore);
    } finally {
      await elsewhere.stop();
    }
  });

  it('what one member of a project gave anew: their session ends, and no other', async () => {
    const project = `project-${randomUUID()}`;
    const [admin, alice, bob] = await Promise.all(['admin', 'alice', 'bob'].map(memberOf(project)));
    if (!admin || !alice || !bob) throw new Error('nobody is there');
    const given = { project_id: project, credential_mode: 'personal' } as const;
    const body = { name: 'S', server_url: upstream.url, credentials: { token: 'x' }, ...given };
    const { id } = (await admin.atFirst.createConnector(body)).ok(201);
    const call = { name: 'p--s__echo', project_id: project };
    for (const { name, atFirst, atSecond } of [alice, bob]) {
      (await atFirst.putCredentials(id, { token: name })).ok();
      await until(`${name} calls`, async () => (await atSecond.callTool(call)).status === 200);
      expect(await sessionsOfSecond(name)).toBe(1);
    }
    (await alice.atFirst.putCredentials(id, { token: 'newer' })).ok();
    await until('her session ends', async () => (await sessionsOfSecond(alice.name)) === 0);
    expect(await sessionsOfSecond(bob.name)).toBe(1);
    (await alice.atSecond.callTool(call)).ok();
    const calls = upstream.requests.filter(({ rpcMethod }) => rpcMethod === 'tools/call');
    expect(calls.at(-1)?.headers.authorization).toBe('Bearer newer');
    (await alice.atFirst.deleteCredentials(id)).ok(204);
    await until('it ends again', async () => (await sessionsOfSecond(alice.name)) === 0);
    expect(await sessionsOfSecond(bob.name)).toBe(1);
  });

  it('a connector that is deleted', async () => {
    const id = await connect();
    (await first.deleteConnector(id)).ok(204);
    await untilSecondLists('');
    await untilSecondHasNoSession();
    (await second.callTool({ name: 's__echo' })).problem(404, 'TOOL_NOT_FOUND');
  });

  it('a user who is erased', async () => {
    await connect();
    (await (await operatorAt(firstUrl)).eraseUser(user)).ok();
    await untilSecondLists('');
    await untilSecondHasNoSession();
  });
});

describe('sessions', () => {
  it('that an operator closes through one process end on the other, and those of others stay', async () => {
    await connect();
    const alice = user;
    user = `user-${randomUUID()}`;
    first = await clientOf(firstUrl, settings.JWT_SECRET, user);
    second = await clientOf(secondUrl, settings.JWT_SECRET, user);
    const id = await connect();

    const stranger = await operatorAt(firstUrl, 'another-tenant');
    (await stranger.closeSessions(`?user_id=${alice}`)).ok();
    (await (await operatorAt(firstUrl)).closeSessions(`?user_id=${alice}&connector_id=${id}`)).ok();
    const answer = await (await operatorAt(firstUrl)).closeSessions(`?user_id=${user}`);
    // Those of the first process, which had none.
    expect(answer.ok()).toMatchObject({ closed: 0, draining: 0 });

    await untilSecondHasNoSession();
    expect(await sessionsOfSecond(alice)).toBe(1);
    (await second.callTool({ name: 's__echo' })).ok();
  });

  it('stay where tokens are merely renewed, and where tools or names are others', async () => {
    upstream.token = 'secret';
    const id = await connect('secret');
    const { owner } = databaseTools;
    await owner.query('UPDATE credentials SET updated_at = now() WHERE connector_id = $1', [id]);
    (await first.updateConnector(id, { name: 'Another name' })).ok();
    await until('the name is seen', async () => {
      return (await second.getTools()).ok().outcomes[0]?.name === 'Another name';
    });
    (await second.callTool({ name: 's__echo' })).ok();
    expect(await sessionsOfSecond()).toBe(1);
    const found = (await (await operatorAt(secondUrl)).listSessions(`?user_id=${user}`)).ok();
    expect(found.items[0]?.uses).toBeGreaterThan(1);
  });
});

describe('while no change can be heard of', () => {
  it('nothing is given from memory, and what was missed is followed afterwards', async () => {
    const id = await connect();
    const name = new URL(databaseTools.url).pathname.slice(1);
    const admin = openPool({ connectionString: inject('testServer').url, max: 1 });
    // Connections for whatever each of them does meanwhile.
    for (const replica of [first, second]) {
      await Promise.all(Array.from({ length: 5 }, () => replica.listConnectors()));
    }
    try {
      // The connections there are stay; the lost one cannot be made again.
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = $1 AND application_name = 'mcp-connectors listen'`,
        [name],
      );
      await until('the second process hears nothing', async () => (await isListening()) === 0);
      (await first.setStatus(id, 'DISABLED')).ok();
      expect(await listedBySecond()).toBe('');
      (await second.callTool({ name: 's__echo' })).problem(409, 'CONNECTOR_DISABLED');
      expect(await sessionsOfSecond()).toBe(1);
    } finally {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await admin.end();
    }
    await untilSecondListens();
    await untilSecondHasNoSession();
    (await first.setStatus(id, 'ENABLED')).ok();
    await untilSecondLists(BOTH);
    await untilSecondKeepsTheList();
    (await first.setStatus(id, 'DISABLED')).ok();
    await untilSecondLists('');
  });
});
