import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

let service: TestService;
let alice: ApiClient;
let server: ScriptedServer;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start();
});

afterEach(() => server.stop());

async function create(): Promise<Connector> {
  return (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
}

async function rowsOf(table: string, id: string): Promise<number> {
  const column = table === 'connectors' ? 'id' : 'connector_id';
  const { owner } = service.databaseTools;
  const { rowCount } = await owner.query(`select 1 from ${table} where ${column} = $1`, [id]);
  return rowCount ?? 0;
}

describe('deleting', () => {
  it('removes connector, secret and tools, and closes the sessions at the server', async () => {
    const body = { name: 'Mine', server_url: server.url, credentials: { token: 'secret' } };
    const { id } = (await alice.createConnector(body)).ok(201);
    (await alice.callTool({ name: 'mine__echo' })).ok();
    expect(server.openSessions).toBe(1);

    (await alice.deleteConnector(id)).ok(204);

    expect(server.openSessions).toBe(0);
    for (const table of ['connectors', 'credentials', 'connector_tools']) {
      expect(await rowsOf(table, id)).toBe(0);
    }
    (await alice.getConnector(id)).problem(404, 'CONNECTOR_NOT_FOUND');
    (await alice.deleteConnector(id)).problem(404, 'CONNECTOR_NOT_FOUND');
    (await alice.callTool({ name: 'mine__echo' })).problem(404, 'TOOL_NOT_FOUND');
    expect((await alice.getTools()).ok()).toMatchObject({ tools: [], outcomes: [] });
  });

  it('works while the server is away', async () => {
    const { id } = await create();
    (await alice.callTool({ name: 'mine__echo' })).ok();
    await server.stop();

    (await alice.deleteConnector(id)).ok(204);
  });

  it('frees name and slug', async () => {
    const { id } = await create();
    (await alice.deleteConnector(id)).ok(204);

    expect((await create()).slug).toBe('mine');
  });

  it('lets a call that is under way end', async () => {
    const { id } = await create();
    const gate = server.gate('tools/call');
    const calling = alice.callTool({ name: 'mine__echo' });
    await gate.arrived();

    (await alice.deleteConnector(id)).ok(204);
    gate.open();

    (await calling).ok();
    await expect.poll(() => server.openSessions).toBe(0);
  });
});

describe('disabling', () => {
  it('offers no tools, refuses calls and closes the sessions', async () => {
    const { id } = await create();
    (await alice.callTool({ name: 'mine__echo' })).ok();

    const disabled = (await alice.setStatus(id, 'DISABLED')).ok();

    expect(disabled).toMatchObject({ status: 'DISABLED', tool_count: 1, version: 2 });
    expect(server.openSessions).toBe(0);
    expect((await alice.getTools()).ok()).toMatchObject({ tools: [], outcomes: [] });
    const refused = (await alice.callTool({ name: 'mine__echo' })).problem(
      409,
      'CONNECTOR_DISABLED',
    );
    expect(refused).toMatchObject({ connector_id: id });
    (await alice.syncConnector(id)).problem(409, 'CONNECTOR_DISABLED');
    expect(server.openSessions).toBe(0);
  });

  it('changes nothing when it is said twice', async () => {
    const { id } = await create();
    const first = await alice.setStatus(id, 'DISABLED');
    const second = await alice.setStatus(id, 'DISABLED');

    expect(second.ok()).toEqual(first.ok());
    expect(second.etag).toBe(first.etag);
    const enabled = (await alice.setStatus(id, 'ENABLED')).ok();
    expect((await alice.setStatus(id, 'ENABLED')).ok()).toEqual(enabled);
  });

  it('is undone by enabling, without a test, with the same tools', async () => {
    const { id } = await create();
    const before = (await alice.getTools()).ok().tools;
    (await alice.setStatus(id, 'DISABLED')).ok();
    const seenBefore = server.requests.length;

    (await alice.setStatus(id, 'ENABLED')).ok();

    expect(server.requests).toHaveLength(seenBefore);
    expect((await alice.getTools()).ok().tools).toEqual(before);
    (await alice.callTool({ name: 'mine__echo' })).ok();
  });

  it('can be changed in everything else, and stays', async () => {
    const { id } = await create();
    (await alice.setStatus(id, 'DISABLED')).ok();

    (await alice.updateConnector(id, { name: 'Renamed' })).ok();
    const moved = await alice.updateConnector(id, { server_url: `${server.url}?v=2` });

    expect(moved.ok().status).toBe('DISABLED');
  });
});

describe('testing a stored connector', () => {
  it('records a failure as ERROR, keeps the tools, and clears it on success', async () => {
    const { id } = await create();
    await server.stop();

    const report = (await alice.testConnector(id)).ok();
    expect(report).toMatchObject({ success: false, error_code: 'CONNECTION_FAILED', attempts: 2 });
    const broken = (await alice.getConnector(id)).ok();
    expect(broken).toMatchObject({
      status: 'ERROR',
      last_error: { code: 'CONNECTION_FAILED', message: report.error_message },
      tool_count: 1,
    });
    expect((await alice.getTools()).ok().tools).toHaveLength(1);

    await server.listen();
    expect((await alice.testConnector(id)).ok()).toMatchObject({ success: true });
    const healed = (await alice.getConnector(id)).ok();
    expect(healed).toMatchObject({ status: 'ENABLED', last_error: null });
    expect(Date.parse(healed.last_tested_at)).toBeGreaterThan(Date.parse(broken.created_at));
  });

  it('records a refusal as NEEDS_AUTH', async () => {
    const { id } = await create();
    server.token = 'needed';

    expect((await alice.testConnector(id)).ok().error_code).toBe('AUTH_REQUIRED');

    expect((await alice.getConnector(id)).ok()).toMatchObject({
      status: 'NEEDS_AUTH',
      last_error: { code: 'AUTH_REQUIRED' },
    });
  });

  it('shows new tools in its report, and leaves the stored ones to a sync', async () => {
    const { id } = await create();
    server.tools = [tool('echo'), tool('new')];

    expect((await alice.testConnector(id)).ok().tools).toHaveLength(2);

    expect((await alice.getConnector(id)).ok().tool_count).toBe(1);
  });

  it('keeps a disable, and shows what it found once enabled', async () => {
    const { id } = await create();
    (await alice.setStatus(id, 'DISABLED')).ok();
    await server.stop();

    (await alice.testConnector(id)).ok();

    const disabled = (await alice.getConnector(id)).ok();
    expect(disabled).toMatchObject({
      status: 'DISABLED',
      last_error: { code: 'CONNECTION_FAILED' },
    });
    expect((await alice.setStatus(id, 'ENABLED')).ok().status).toBe('ERROR');
  });
});

describe('syncing', () => {
  it('adds, removes and changes tools, and keeps names and ids of those that stay', async () => {
    server.tools = [tool('stays'), tool('goes'), tool('changes')];
    const { id } = await create();
    const before = (await alice.listConnectorTools(id)).ok().items;
    server.tools = [tool('changes', 'Now different.'), tool('comes'), tool('stays')];

    const synced = (await alice.syncConnector(id)).ok();

    expect(synced).toMatchObject({ status: 'ENABLED', tool_count: 3, version: 2 });
    const after = (await alice.listConnectorTools(id)).ok().items;
    expect(after.map(({ name }) => name)).toEqual(['changes', 'comes', 'stays']);
    const old = new Map(before.map((item) => [item.name, item]));
    expect(after.find(({ name }) => name === 'stays')).toEqual(old.get('stays'));
    const changed = after.find(({ name }) => name === 'changes');
    expect(changed).toMatchObject({
      id: old.get('changes')?.id,
      exposed_name: 'mine__changes',
      description: 'Now different.',
    });
    expect(changed?.definition_hash).not.toBe(old.get('changes')?.definition_hash);
    (await alice.callTool({ name: 'mine__goes' })).problem(404, 'TOOL_NOT_FOUND');
    (await alice.callTool({ name: 'mine__comes' })).ok();
  });

  it('never gives the name of one tool to another', async () => {
    server.tools = [tool('a b'), tool('a.b')];
    const { id } = await create();
    const named = async () =>
      new Map((await alice.listConnectorTools(id)).ok().items.map((t) => [t.name, t.exposed_name]));
    const before = await named();
    server.tools = [tool('a_b'), tool('a.b'), tool('a/b')];

    (await alice.syncConnector(id)).ok();

    const after = await named();
    expect(after.get('a.b')).toBe(before.get('a.b'));
    expect(new Set([...before.values(), ...after.values()]).size).toBe(4);
  });

  it('lets a tool keep its name, also where a newcomer would have had it first', async () => {
    server.tools = [tool('Echo')];
    const { id } = await create();
    server.tools = [tool('ECHO'), tool('Echo'), tool('echo')];

    (await alice.syncConnector(id)).ok();

    const { items } = (await alice.listConnectorTools(id)).ok();
    const echo = items.find(({ name }) => name === 'Echo');
    expect(echo?.exposed_name).toBe('mine__Echo');
    expect(new Set(items.map((item) => item.exposed_name.toLowerCase())).size).toBe(3);
  });

  it('keeps the tools of a server that is dead, says why, and heals with it', async () => {
    const { id } = await create();
    await server.stop();

    const dead = (await alice.syncConnector(id)).ok();
    expect(dead).toMatchObject({
      status: 'ERROR',
      last_error: { code: 'CONNECTION_FAILED' },
      tool_count: 1,
    });
    expect((await alice.getTools()).ok().tools).toHaveLength(1);

    await server.listen();
    const healed = (await alice.syncConnector(id)).ok();
    expect(healed).toMatchObject({ status: 'ENABLED', last_error: null });
  });

  it('empties the list where the server has no tools any more', async () => {
    const { id } = await create();
    server.tools = [];

    expect((await alice.syncConnector(id)).ok().tool_count).toBe(0);
  });

  it('opens the session anew', async () => {
    const { id } = await create();
    (await alice.callTool({ name: 'mine__echo' })).ok();
    const handshakes = server.handshakes;

    (await alice.syncConnector(id)).ok();
    (await alice.callTool({ name: 'mine__echo' })).ok();

    expect(server.handshakes).toBe(handshakes + 2);
    expect(server.openSessions).toBe(1);
  });
});
