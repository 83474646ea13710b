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
  const body = { name: 'Mine', server_url: server.url, credentials: { token: 'first' } };
  return (await alice.createConnector(body)).ok(201);
}

/**
 * Runs `request` against a row that somebody else is just changing: it has read the old version already, and waits for
 * the row when that change is committed.
 */
async function whileChanged<Result>(id: string, request: () => Promise<Result>): Promise<Result> {
  const { owner } = service.databaseTools;
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('update connectors set version = version + 1 where id = $1', [id]);
    const running = request();
    await expect
      .poll(async () => {
        const { rowCount } = await owner.query(
          `select 1 from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rowCount;
      })
      .toBe(1);
    await client.query('commit');
    return await running;
  } finally {
    client.release();
  }
}

describe('If-Match', () => {
  const changes: [string, (id: string, ifMatch: string) => Promise<{ outcome: string }>][] = [
    ['PATCH', (id, match) => alice.updateConnector(id, { name: 'New' }, { 'if-match': match })],
    ['status', (id, match) => alice.setStatus(id, 'DISABLED', { 'if-match': match })],
    ['PUT credentials', (id, m) => alice.putCredentials(id, { token: 'x' }, { 'if-match': m })],
    ['DELETE credentials', (id, match) => alice.deleteCredentials(id, { 'if-match': match })],
    ['DELETE', (id, match) => alice.deleteConnector(id, { 'if-match': match })],
  ];

  it.each(changes)('lets %s pass on the current version only', async (_name, change) => {
    const { id } = await create();
    (await alice.updateConnector(id, { name: 'Renamed' })).ok();
    const current = (await alice.getConnector(id)).ok();

    for (const stale of ['"1"', '"3"', 'W/"2"', '2', '"1", "3"', '"*"', '"1", *']) {
      expect((await change(id, stale)).outcome).toBe('PRECONDITION_FAILED');
    }
    expect((await alice.getConnector(id)).ok()).toEqual(current);

    expect((await change(id, '"2"')).outcome).toBe('ok');
  });

  it.each(changes)('lets %s pass on any version for * and on one of a list', async (_n, change) => {
    const first = await create();
    expect((await change(first.id, '*')).outcome).toBe('ok');
    alice = await service.clientFor();
    const second = await create();
    expect((await change(second.id, '"7", W/"1" ,"1"')).outcome).toBe('ok');
  });

  it('asks no server where the version is an old one', async () => {
    const { id } = await create();
    const seenBefore = server.requests.length;

    const headers = { 'if-match': '"9"' };
    (await alice.putCredentials(id, { token: 'new' }, headers)).problem(412, 'PRECONDITION_FAILED');

    expect(server.requests).toHaveLength(seenBefore);
  });

  it('goes by the version, also where the first change is not committed yet', async () => {
    const { id } = await create();

    const headers = { 'if-match': '"1"' };
    const rename = await whileChanged(id, () => alice.updateConnector(id, { name: 'N' }, headers));
    rename.problem(412, 'PRECONDITION_FAILED');
    const match = { 'if-match': '"2"' };
    const removal = await whileChanged(id, () => alice.deleteConnector(id, match));
    removal.problem(412, 'PRECONDITION_FAILED');
  });

  it('lets one of many changes from the same version win', async () => {
    const { id, version } = await create();

    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        alice.updateConnector(id, { name: `Name ${n}` }, { 'if-match': `"${version}"` }),
      ),
    );

    const outcomes = answers.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'PRECONDITION_FAILED')).toHaveLength(11);
    expect((await alice.getConnector(id)).ok().version).toBe(2);
  });
});

describe('a connector that changes while it is tested', () => {
  it('is not overwritten by the PATCH that tested: 409, and nothing saved', async () => {
    const { id } = await create();
    const gate = server.gate('tools/list');
    const patching = alice.updateConnector(id, {
      name: 'From the slow one',
      server_url: `${server.url}?slow`,
      credentials: { token: 'second' },
    });
    await gate.arrived();

    const fast = (await alice.updateConnector(id, { name: 'From the fast one' })).ok();
    gate.open();

    (await patching).problem(409, 'CONNECTOR_CHANGED');
    expect((await alice.getConnector(id)).ok()).toEqual(fast);
    (await alice.callTool({ name: 'mine__echo' })).ok();
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer first');
  });

  it('is not overwritten by new credentials that were tested meanwhile', async () => {
    const { id } = await create();
    const gate = server.gate('tools/list');
    const putting = alice.putCredentials(id, { token: 'second' });
    await gate.arrived();
    (await alice.setStatus(id, 'DISABLED')).ok();
    gate.open();

    (await putting).problem(409, 'CONNECTOR_CHANGED');

    expect((await alice.getConnector(id)).ok()).toMatchObject({ status: 'DISABLED', version: 2 });
  });

  it('stays deleted', async () => {
    const { id } = await create();
    const gate = server.gate('tools/list');
    const patching = alice.updateConnector(id, { server_url: `${server.url}?slow` });
    await gate.arrived();
    (await alice.deleteConnector(id)).ok(204);
    gate.open();

    (await patching).problem(409, 'CONNECTOR_CHANGED');

    (await alice.getConnector(id)).problem(404, 'CONNECTOR_NOT_FOUND');
  });

  it('stays disabled, whatever a sync finds', async () => {
    const { id } = await create();
    server.tools = [tool('echo'), tool('new')];
    const gate = server.gate('tools/list');
    const syncing = alice.syncConnector(id);
    await gate.arrived();
    (await alice.setStatus(id, 'DISABLED')).ok();
    gate.open();

    (await syncing).problem(409, 'CONNECTOR_CHANGED');

    expect((await alice.getConnector(id)).ok()).toMatchObject({
      status: 'DISABLED',
      tool_count: 1,
      version: 2,
    });
  });

  it('stays disabled, whatever a test finds, and the report is still given', async () => {
    const { id } = await create();
    const gate = server.gate('tools/list');
    const testing = alice.testConnector(id);
    await gate.arrived();
    (await alice.setStatus(id, 'DISABLED')).ok();
    gate.open();

    expect((await testing).ok().success).toBe(true);
    expect((await alice.getConnector(id)).ok()).toMatchObject({ status: 'DISABLED', version: 2 });
  });
});

describe('a change that needs no test', () => {
  it('is made on top of another one, where it names no version', async () => {
    const { id } = await create();

    const renamed = await whileChanged(id, () => alice.updateConnector(id, { name: 'New' }));
    expect(renamed.ok()).toMatchObject({ name: 'New', version: 3 });
    const disabled = await whileChanged(id, () => alice.setStatus(id, 'DISABLED'));
    expect(disabled.ok()).toMatchObject({ status: 'DISABLED', version: 5 });
    const cleared = await whileChanged(id, () => alice.deleteCredentials(id));
    cleared.ok(204);
    const removed = await whileChanged(id, () => alice.deleteConnector(id));
    removed.ok(204);
  });

  it('never leaves a disabled connector with a session, however often it is switched', async () => {
    const { id } = await create();

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => [
        alice.setStatus(id, n % 2 ? 'ENABLED' : 'DISABLED'),
        alice.callTool({ name: 'mine__echo' }),
      ]).flat(),
    );

    for (const { outcome } of answers) expect(['ok', 'CONNECTOR_DISABLED']).toContain(outcome);
    (await alice.setStatus(id, 'DISABLED')).ok();
    await expect.poll(() => server.openSessions).toBe(0);
  });
});
