import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditPage, AuditRecord } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { runJob } from '../../support/due-job.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from './support/scripted-server.ts';

// Who did what, as operators see it.

const TOKEN = 'upstream-token-51ba';
const CANARY = 'canary-8d41';
const DAY = 24 * 3_600_000;

let service: TestService;
let server: ScriptedServer;
let tenant: string;
let user: string;
let alice: ApiClient;
let operator: ApiClient;
const clock = new OffsetClock();

beforeAll(async () => {
  service = await startTestService({ clock });
  server = await ScriptedServer.start({ token: TOKEN });
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

beforeEach(async () => {
  clock.offsetMs = 0;
  tenant = `tenant-${randomUUID()}`;
  user = `user-${randomUUID()}`;
  alice = await clientOf(user);
  operator = await clientOf('the-operator', { scopes: ['operator'] });
});

const clientOf = (
  id: string,
  options: { scopes?: string[]; claims?: Record<string, unknown> } = {},
) => service.clientFor(id, { tenant, ...options });
const draft = (name = 'Mine') => ({
  ...{ name, server_url: server.url, credentials: { token: TOKEN } },
});
const page = async (query = '', client = operator) =>
  (await client.send<AuditPage>('GET', `/api/admin/audit${query}`)).ok();
const list = async (query = ''): Promise<AuditRecord[]> => (await page(query)).items;
/** As soon as there are so many; what is written in batches comes a moment later. */
async function eventually(query: string, count = 1): Promise<AuditRecord[]> {
  await expect.poll(async () => (await list(query)).length, { timeout: 10_000 }).toBe(count);
  return await list(query);
}
const owner = () => service.databaseTools.owner;

describe('changes', () => {
  it('leave a record each: who, for whom, what, which object, by which request', async () => {
    const assistant = await clientOf(user, { claims: { act: { sub: 'assistant' } } });
    const created = await assistant.createConnector(draft());
    const { id } = created.ok(201);
    (await alice.updateConnector(id, { name: 'Renamed' })).ok();
    (await alice.setStatus(id, 'DISABLED')).ok();
    (await alice.setStatus(id, 'ENABLED')).ok();
    (await alice.send('POST', `/api/connectors/${id}/sync`)).ok();
    const [tool] = (await alice.listConnectorTools(id)).ok().items;
    const toolId = tool?.id ?? '';
    (await alice.updateConnectorTool(id, toolId, { enabled: false })).ok();
    (await alice.send('PUT', `/api/connectors/${id}/credentials`, { body: { token: TOKEN } })).ok();
    (await alice.send('DELETE', `/api/connectors/${id}/credentials`)).ok(204);
    (await alice.deleteConnector(id)).ok(204);
    (await operator.send('DELETE', `/api/sessions?user_id=${user}`)).ok();

    const closed = await eventually('?action=session.close');
    expect(closed).toMatchObject([
      { actor_id: 'the-operator', object_kind: 'user', object_id: user, outcome: 'ok' },
    ]);
    const records = (await list(`?connector_id=${id}`)).reverse();
    expect(records.map(({ action }) => action)).toEqual([
      'connector.create',
      'connector.update',
      'connector.set_status',
      'connector.set_status',
      'connector.sync',
      'connector.update_tool',
      'connector.put_credentials',
      'connector.delete_credentials',
      'connector.delete',
    ]);
    const [create, update] = records;
    expect(create).toMatchObject({
      ...{ actor_id: user, agent: 'assistant', user_id: user, project_id: null, outcome: 'ok' },
      ...{ object_kind: 'connector', object_id: id, arguments: null },
      request_id: created.headers.get('x-request-id'),
    });
    expect(update?.agent).toBeNull();
    expect(await list(`?object_id=${toolId}`)).toMatchObject([
      { object_kind: 'tool', connector_id: id },
    ]);
    const { rows } = await owner().query('SELECT t::text FROM audit_records t');
    expect(JSON.stringify(rows)).not.toContain(TOKEN);
  });

  it('leave one with the change or none at all', async () => {
    const { id } = (await alice.createConnector(draft())).ok(201);
    await owner().query(
      `CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'`,
    );
    try {
      // The last thing in the transaction of a new connector.
      await owner().query(
        `CREATE TRIGGER fails BEFORE INSERT ON connector_tools FOR EACH ROW WHEN (NEW.tenant_id = '${tenant}') EXECUTE FUNCTION fails()`,
      );
      (await alice.createConnector(draft('Other'))).problem(500, 'INTERNAL');
      expect(await list('?action=connector.create&outcome=ok')).toHaveLength(1);
      expect(await eventually('?action=connector.create&outcome=INTERNAL')).toMatchObject([
        { actor_id: user },
      ]);
      await owner().query('DROP TRIGGER fails ON connector_tools');
      await owner().query(
        `CREATE TRIGGER fails BEFORE INSERT ON audit_records FOR EACH ROW WHEN (NEW.tenant_id = '${tenant}' AND NEW.outcome = 'ok') EXECUTE FUNCTION fails()`,
      );
      (await alice.deleteConnector(id)).problem(500, 'INTERNAL');
    } finally {
      await owner().query('DROP FUNCTION fails CASCADE');
    }
    (await alice.getConnector(id)).ok();
    expect(await list('?action=connector.delete&outcome=ok')).toEqual([]);
  });

  it('that were refused are there as well, once', async () => {
    const { id } = (await alice.createConnector(draft())).ok(201);
    (await alice.createConnector(draft())).problem(409, 'CONNECTOR_NAME_TAKEN');
    (
      await alice.updateConnector(id, {
        server_url: 'http://127.0.0.1:1/mcp',
        credentials: { token: 'x' },
      })
    ).problem(422, 'BLOCKED_URL');
    (await alice.deleteConnector(randomUUID())).problem(404, 'CONNECTOR_NOT_FOUND');
    const claims = { projects: { atlas: 'member' } };
    const member = await clientOf(user, { claims });
    (await member.createConnector({ ...draft('P'), project_id: 'atlas' })).problem(
      403,
      'PROJECT_ADMIN_REQUIRED',
    );
    (await alice.send('GET', '/api/admin/audit')).problem(403, 'FORBIDDEN');
    const refused = await eventually('?outcome=FORBIDDEN');
    expect(refused).toMatchObject([
      { action: 'listAuditRecords', actor_id: user, object_id: null },
    ]);
    const outcomes = (await list()).map(({ action, outcome }) => `${action} ${outcome}`);
    expect(outcomes.sort()).toEqual([
      'connector.create CONNECTOR_NAME_TAKEN',
      'connector.create ok',
      'connector.delete CONNECTOR_NOT_FOUND',
      'connector.update BLOCKED_URL',
      'createConnector PROJECT_ADMIN_REQUIRED',
      'listAuditRecords FORBIDDEN',
    ]);
  });
});

describe('calls of tools', () => {
  it('are recorded with the shape of their arguments, and no value of them', async () => {
    const { id } = (await alice.createConnector(draft())).ok(201);
    const args = { message: CANARY, deep: { [CANARY]: CANARY }, [`${CANARY} !`]: 1, n: 4711 };
    (await alice.callTool({ name: 'mine__echo', arguments: args })).ok();
    (await alice.callTool({ name: 'mine__unknown' })).problem(404, 'TOOL_NOT_FOUND');

    const [unknown, called] = await eventually('?action=tool.call', 2);
    expect(called).toMatchObject({
      ...{
        actor_id: user,
        user_id: user,
        object_kind: 'tool',
        object_id: 'mine__echo',
        outcome: 'ok',
      },
      connector_id: id,
      arguments: {
        bytes: JSON.stringify(args).length,
        members: [
          { name: 'message', type: 'string', size: CANARY.length },
          { name: 'deep', type: 'object', size: 1 },
          { name: 'n', type: 'number', size: null },
        ],
        more: 1,
      },
    });
    expect(unknown).toMatchObject({ object_id: 'mine__unknown', outcome: 'TOOL_NOT_FOUND' });
    const { rows } = await owner().query('SELECT t::text FROM audit_records t');
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${CANARY}|4711`));
  });
});

describe('the list', () => {
  it('goes page by page, the newest first, whatever happens meanwhile', async () => {
    const { id } = (await alice.createConnector(draft())).ok(201);
    for (let n = 0; n < 6; n += 1) (await alice.updateConnector(id, { name: `Name ${n}` })).ok();
    const all = await list('?limit=100');
    const seen: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const { items, next_cursor } = await page(query);
      seen.push(...items.map((item) => item.id));
      if (next_cursor === null) break;
      query = `?limit=2&cursor=${next_cursor}`;
      (await alice.updateConnector(id, { name: `Later ${seen.length}` })).ok();
    }
    expect(seen).toEqual(all.map((item) => item.id));
    const times = all.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
    const wrong = Buffer.from(JSON.stringify(['2026-13-45T99:00:00.000Z', '1'])).toString(
      'base64url',
    );
    for (const cursor of ['x', wrong]) {
      (await operator.send('GET', `/api/admin/audit?cursor=${cursor}`)).problem(
        400,
        'INVALID_CURSOR',
      );
    }
  });

  it('has filters that narrow it', async () => {
    const { id } = (await alice.createConnector(draft())).ok(201);
    const bob = await clientOf('bob');
    (await bob.createConnector(draft('Of Bob'))).ok(201);
    const admin = await clientOf('bob', { claims: { projects: { atlas: 'admin' } } });
    const shared = (await admin.createConnector({ ...draft('Shared'), project_id: 'atlas' })).ok(
      201,
    );
    expect(await list('?actor_id=bob')).toHaveLength(2);
    expect(await list(`?user_id=${user}&outcome=ok`)).toMatchObject([{ object_id: id }]);
    expect(await list('?project_id=atlas')).toMatchObject([
      { object_id: shared.id, user_id: 'bob' },
    ]);
    expect(await list(`?object_id=${id}&actor_id=bob`)).toEqual([]);
    const [{ at = '' } = {}] = await list(`?object_id=${id}`);
    expect(await list(`?from=${at}`)).toHaveLength(3);
    expect(await list(`?to=${at}`)).toEqual([]);
    expect(await list('?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:60Z')).toHaveLength(3);
  });

  it('is for operators, and of their own tenant', async () => {
    (await alice.createConnector(draft())).ok(201);
    (await alice.send('GET', '/api/admin/audit')).problem(403, 'FORBIDDEN');
    const elsewhere = await service.clientFor('the-operator', { scopes: ['operator'] });
    expect((await page(`?actor_id=${user}`, elsewhere)).items).toEqual([]);
  });
});

describe('a record', () => {
  it('can be changed by nobody, and read by nobody who does not say that they read records', async () => {
    (await alice.createConnector(draft())).ok(201);
    const attempt = async (role: string, sql: string, reads = '') => {
      const client = await owner().connect();
      try {
        await client.query(
          `BEGIN; SET LOCAL ROLE ${role}; SELECT set_config('app.tenant', '${tenant}', true), set_config('app.user', '${user}', true), set_config('app.audit', '${reads}', true)`,
        );
        return (await client.query(sql)).rowCount;
      } catch (error) {
        return (error as { code?: string }).code;
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    };
    const DENIED = '42501';
    const [app, worker] = ['mcp_connectors_app', 'mcp_connectors_worker'];
    const insert = (of: string) =>
      `INSERT INTO audit_records (tenant_id, action, outcome) VALUES ('${of}', 'x', 'ok')`;
    expect(await attempt(app, 'SELECT FROM audit_records')).toBe(0);
    expect(await attempt(app, 'SELECT FROM audit_records', 'on')).toBe(1);
    expect(await attempt(app, insert(tenant))).toBe(1);
    expect(await attempt(app, insert('another'))).toBe(DENIED);
    for (const role of [app, worker]) {
      expect(await attempt(role, "UPDATE audit_records SET outcome = 'ok'")).toBe(DENIED);
      expect(await attempt(role, 'TRUNCATE audit_records')).toBe(DENIED);
    }
    expect(await attempt(app, 'DELETE FROM audit_records')).toBe(DENIED);
    expect(await attempt(worker, 'SELECT audit_pseudonymize()')).toBe(DENIED);
  });

  it('of an erased user is one of a person whom nobody can name', async () => {
    const { id } = (await alice.createConnector(draft())).ok(201);
    (await alice.callTool({ name: 'mine__echo' })).ok();
    (await operator.send('DELETE', `/api/admin/users/${user}`)).ok();
    const records = await eventually('', 3);
    expect(JSON.stringify(records)).not.toContain(user);
    expect(records.map(({ action }) => action)).toEqual([
      'user.erase',
      'tool.call',
      'connector.create',
    ]);
    const [erasure, call, create] = records;
    expect(create?.actor_id).toMatch(/^erased-[0-9a-f-]{36}$/);
    expect(create).toMatchObject({ object_id: id, user_id: create?.actor_id });
    expect(call?.actor_id).toBe(create?.actor_id);
    expect(erasure).toMatchObject({ actor_id: 'the-operator', object_id: create?.actor_id });
  });

  it('is deleted when it is old', async () => {
    (await alice.createConnector(draft())).ok(201);
    clock.offsetMs = 364 * DAY;
    await runJob(service, 'delete-old-audit-records');
    expect(await list()).toHaveLength(1);
    clock.offsetMs = 366 * DAY;
    await runJob(service, 'delete-old-audit-records');
    expect(await list()).toEqual([]);
  });
});
