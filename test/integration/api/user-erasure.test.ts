import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { dumpTables } from '../../support/database-dump.ts';
import { insertRow, signInRow } from '../../support/database-rows.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const TOKEN = 'upstream-token-7d1c';
const NOTHING = { connectors: 0, credentials: 0, tools: 0, sign_ins: 0, idempotency_records: 0 };

let service: TestService;
let server: ScriptedServer;
let tenant: string;
let user: string;
let operator: ApiClient;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
  server = await ScriptedServer.start({ token: TOKEN });
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

beforeEach(async () => {
  tenant = `tenant-${randomUUID()}`;
  user = `user-${randomUUID()}`;
  operator = await operatorOf(tenant);
});

const operatorOf = (of: string) =>
  service.clientFor('the-operator', { tenant: of, scopes: ['operator'] });

/** A user with two connectors, a kept answer and an open session. */
async function moveIn(id: string, of = tenant): Promise<ApiClient> {
  const client = await service.clientFor(id, { tenant: of });
  const body = { server_url: server.url, credentials: { token: TOKEN } };
  const key = { 'idempotency-key': `key-${id}` };
  (await client.createConnector({ name: 'First', ...body }, key)).ok(201);
  (await client.createConnector({ name: 'Second', ...body })).ok(201);
  (await client.callTool({ name: 'first__echo' })).ok();
  return client;
}

/** The tables in which a text is found. */
async function tablesWith(text: string): Promise<string[]> {
  const dumps = await dumpTables(service.databaseTools.owner);
  return dumps.filter((dump) => dump.text.includes(text)).map(({ table }) => table);
}

describe('erasing a user', () => {
  it('leaves nothing of them in the database or the pool, and says what it removed', async () => {
    const client = await moveIn(user);
    const tools = (await client.getTools()).ok().tools.length;
    const remembered = await rememberTool(user);
    const signIn = signInRow({ tenant_id: tenant, user_id: user });
    await insertRow(service.databaseTools.owner, 'oauth_authorizations', signIn);
    (await client.send('POST', '/api/events/tickets')).ok(201);
    expect((await tablesWith(user)).sort()).toEqual([
      'public.audit_records',
      'public.connector_tools',
      'public.connectors',
      'public.credentials',
      'public.event_tickets',
      'public.events',
      'public.idempotency_records',
      'public.oauth_authorizations',
      'public.removed_tools',
    ]);
    const open = server.openSessions;

    const erased = (await operator.eraseUser(user)).ok();

    expect(erased).toEqual({
      connectors: 2,
      credentials: 2,
      tools,
      sign_ins: 1,
      idempotency_records: 1,
      grants_revoked: 0,
      sessions: { closed: 1, draining: 0, replica_id: expect.any(String) },
    });
    expect(await tablesWith(user)).toEqual([]);
    expect(await tablesWith(remembered)).toEqual([]);
    expect(server.openSessions).toBe(open - 1);
    expect((await client.listConnectors()).ok().items).toEqual([]);
    (await client.callTool({ name: 'first__echo' })).problem(404, 'TOOL_NOT_FOUND');
  });

  it('can be repeated, and erases somebody nobody has heard of', async () => {
    await moveIn(user);
    (await operator.eraseUser(user)).ok();

    for (const id of [user, 'nobody', 'me', '../../health', `'; drop table connectors; --`]) {
      expect((await operator.eraseUser(id)).ok()).toMatchObject({
        ...NOTHING,
        sessions: { closed: 0, draining: 0 },
      });
    }
  });

  it('touches neither another user, nor that user id of another tenant', async () => {
    const others = [
      await moveIn(user),
      await moveIn(`${user}x`),
      await moveIn(user, `${tenant}-next`),
    ];
    const seen = async (client: ApiClient) => (await client.listConnectors()).ok().items;
    const before = await Promise.all(others.map(seen));
    const stranger = await operatorOf(`${tenant}-elsewhere`);

    expect((await stranger.eraseUser(user)).ok()).toMatchObject(NOTHING);
    expect(await Promise.all(others.map(seen))).toEqual(before);

    (await operator.eraseUser(user)).ok();
    expect(await Promise.all(others.map(seen))).toEqual([[], before[1], before[2]]);
    for (const client of others.slice(1)) (await client.callTool({ name: 'first__echo' })).ok();
  });

  it('does not erase the operator who names no one else', async () => {
    const both = ['operator', 'connectors:read', 'connectors:write', 'tools:read', 'tools:call'];
    const client = await service.clientFor(user, { tenant, scopes: both });
    await client.createConnector({
      name: 'Mine',
      server_url: server.url,
      credentials: { token: TOKEN },
    });

    expect((await client.eraseUser('me')).ok()).toMatchObject(NOTHING);

    expect((await client.listConnectors()).ok().items).toHaveLength(1);
  });

  it('lets a call under way end, and keeps no answer of it', async () => {
    const client = await moveIn(user);
    const gate = server.gate('tools/call');
    const calling = client.callTool(
      { name: 'first__echo' },
      { headers: { 'idempotency-key': 'late' } },
    );
    await gate.arrived();

    const erased = (await operator.eraseUser(user)).ok();
    gate.open();

    expect(erased.sessions).toMatchObject({ closed: 0, draining: 1 });
    (await calling).ok();
    expect(await tablesWith(user)).toEqual([]);
  });

  it('refuses an id that no token can have', async () => {
    (await operator.eraseUser('a\u0001b')).problem(422, 'VALIDATION_FAILED');
    (await operator.eraseUser('x'.repeat(256))).problem(422, 'VALIDATION_FAILED');
  });

  it('is told in the log, by the operator and for the user', async () => {
    (await operator.eraseUser(user)).ok();

    expect(service.operations()).toContainEqual(
      expect.objectContaining({
        operation: 'user.erase',
        tenant_id: tenant,
        user_id: 'the-operator',
        for_user: user,
        outcome: 'ok',
      }),
    );
  });
});

/** Makes the first tool of a user one that its server has taken away. @returns a text that only its row has */
async function rememberTool(id: string): Promise<string> {
  const name = `removed-${randomUUID()}`;
  await service.databaseTools.owner.query(
    `INSERT INTO removed_tools SELECT connector_id, tenant_id, owner_kind, owner_id, $2, $2, definition_hash, enabled, 'new',
       NULL, NULL, destructive, '{}', now() FROM connector_tools WHERE owner_id = $1 LIMIT 1`,
    [id, name],
  );
  return name;
}
