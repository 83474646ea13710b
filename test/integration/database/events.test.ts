import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eraseEvents } from '../../../src/database/index.ts';
import type { Audience } from '../../../src/modules/events/event.ts';
import { PrismaEventStore } from '../../../src/modules/events/index.ts';
import { createTestDatabase, openPool, type TestDatabase } from '../../support/database.ts';
import {
  connectorRow,
  credentialRow,
  insertRow,
  offeringRow,
  type Row,
  signInRow,
  toolRow,
} from '../../support/database-rows.ts';

// What the triggers write, for whom, and in which order it is found.

const ALICE: Audience = { tenantId: 'tenant-a', userId: 'alice', projectIds: [] };
const MEMBER: Audience = { tenantId: 'tenant-a', userId: 'carol', projectIds: ['blue', 'red'] };

let test: TestDatabase;
let store: PrismaEventStore;
/** Connections of a client that is no service. */
let clients: pg.PoolClient[];

beforeAll(async () => {
  test = await createTestDatabase();
  store = new PrismaEventStore(test);
  clients = await Promise.all([test.owner.connect(), test.owner.connect()]);
});

afterAll(async () => {
  for (const client of clients) client.release();
  await test.drop();
});

beforeEach(async () => {
  await test.owner.query('TRUNCATE connectors, oauth_authorizations, events CASCADE');
});

const insertConnector = (row: Row = {}, client: Pick<pg.Pool, 'query'> = test.owner) =>
  insertRow(client, 'connectors', connectorRow(row));

/** What was told of the step, to this audience. */
async function toldBy(step: () => Promise<unknown>, audience = ALICE): Promise<string[]> {
  const { newest } = await store.publish();
  await step();
  await store.publish();
  return (await store.read(audience, newest, 1000)).map(({ kind }) => kind);
}

const update = (table: string, changes: string) => () =>
  test.owner.query(`UPDATE ${table} SET ${changes}`);

describe('an event', () => {
  it('is told of each change that a client can see, once for a transaction', async () => {
    const connector = connectorRow();
    const tool = toolRow(connector);
    const signIn = signInRow();
    const steps: [string, string[], () => Promise<unknown>][] = [
      ['insert', ['connector.created'], () => insertRow(test.owner, 'connectors', connector)],
      ['rename', ['connector.updated'], update('connectors', "name = 'B', version = 2")],
      ['fail', ['connector.status'], update('connectors', "health = 'ERROR', version = 3")],
      [
        'disable and move',
        ['connector.status', 'connector.updated'],
        update('connectors', "intent = 'DISABLED', credential_generation = 9, version = 4"),
      ],
      [
        'need a sign-in',
        ['connector.status', 'sign_in.needed'],
        update('connectors', "health = 'NEEDS_AUTH', version = 5"),
      ],
      ['test again', [], update('connectors', 'last_tested_at = now()')],
      ['find a tool', ['tools.changed'], () => insertRow(test.owner, 'connector_tools', tool)],
      ['find it again', [], update('connector_tools', 'updated_at = now()')],
      ['switch it off', ['tools.changed'], update('connector_tools', 'enabled = false')],
      [
        'find many',
        ['tools.changed'],
        () =>
          test.owner.query(`BEGIN; UPDATE connector_tools SET version = 7; DELETE FROM connector_tools;
            UPDATE connectors SET updated_at = now(); COMMIT`),
      ],
      [
        'find a resource',
        ['offerings.changed'],
        () => insertRow(test.owner, 'connector_offerings', offeringRow(connector)),
      ],
      [
        'give credentials',
        [],
        () => insertRow(test.owner, 'credentials', credentialRow(connector)),
      ],
      ['begin to sign in', [], () => insertRow(test.owner, 'oauth_authorizations', signIn)],
      [
        'come back',
        [],
        update('oauth_authorizations', "status = 'returned', handle_hash = repeat('a', 64)"),
      ],
      [
        'complete it',
        ['sign_in.completed'],
        update('oauth_authorizations', "status = 'completed', sealed = NULL"),
      ],
      [
        'delete',
        ['offerings.changed', 'connector.deleted'],
        () => test.owner.query('DELETE FROM connectors'),
      ],
    ];
    for (const [name, kinds, step] of steps) {
      expect((await toldBy(step)).sort(), name).toEqual([...kinds].sort());
    }
    expect(await toldBy(update('connectors', 'id = id'), MEMBER)).toEqual([]);
    const all = await store.read(ALICE, 0n, 1000);
    expect(all[0]).toMatchObject({
      objectType: 'connector',
      objectId: connector['id'],
      projectId: undefined,
      at: expect.any(Date),
    });
    expect(all.find(({ kind }) => kind === 'sign_in.completed')).toMatchObject({
      objectType: 'authorization',
      objectId: signIn['id'],
    });
  });

  it('is not told of what is undone', async () => {
    const undone = async () => {
      await clients[0]?.query('BEGIN');
      await insertConnector({}, clients[0]);
      await clients[0]?.query('ROLLBACK');
    };
    expect(await toldBy(undone)).toEqual([]);
  });

  it('of a project is told to its members, and what a member gave to that member alone', async () => {
    const blue = { owner_kind: 'project', owner_id: 'blue', credential_mode: 'personal' };
    const dave = { ...MEMBER, userId: 'dave' };
    const former = { ...MEMBER, projectIds: ['red'] };
    const elsewhere = { ...MEMBER, tenantId: 'tenant-b' };
    const connector = await insertConnector({ ...blue, slug: 'p--blue' });
    await insertRow(test.owner, 'credentials', credentialRow(connector, { member_id: 'carol' }));
    await test.owner.query("UPDATE credentials SET sealed = 'mc1.k2.bmV3', expires_at = now()");
    await test.owner.query("UPDATE credentials SET state = 'refused'");
    await store.publish();
    const kindsFor = async (audience: Audience) =>
      (await store.read(audience, 0n, 100)).map(({ kind }) => kind);

    expect(await kindsFor(MEMBER)).toEqual([
      'connector.created',
      'connector.updated',
      'sign_in.needed',
      'connector.updated',
    ]);
    expect(await kindsFor(dave)).toEqual(['connector.created']);
    for (const stranger of [former, elsewhere, ALICE]) expect(await kindsFor(stranger)).toEqual([]);
    expect((await store.read(MEMBER, 0n, 100))[1]).toMatchObject({ projectId: 'blue' });
  });

  it('of a connector that goes to somebody else tells both no more than that', async () => {
    await insertConnector({ slug: 'moves' });
    const move = update(
      'connectors',
      "owner_kind = 'project', owner_id = 'red', slug = 'p--moves'",
    );
    expect(await toldBy(move)).toEqual(['connector.deleted']);
    expect((await store.read(MEMBER, 0n, 10)).map(({ kind }) => kind)).toEqual([
      'connector.created',
    ]);
  });
});

describe('an event of the catalog', () => {
  it('names the entry, for those who have switched it on, and no other connector', async () => {
    const switchedOn = {
      owner_kind: 'project',
      owner_id: 'blue',
      slug: 'p--docs',
      source: 'catalog',
      entry_key: 'docs',
    };
    const steps: [string[], () => Promise<unknown>][] = [
      [['catalog.changed', 'connector.created'], () => insertConnector(switchedOn)],
      [[], update('connectors', 'last_tested_at = now()')],
      [
        ['catalog.changed', 'connector.status'],
        update('connectors', "health = 'ERROR', version = 2"),
      ],
      [['catalog.changed', 'connector.deleted'], () => test.owner.query('DELETE FROM connectors')],
      [
        ['connector.created'],
        () => insertConnector({ ...switchedOn, source: 'own', entry_key: null }),
      ],
    ];
    for (const [kinds, step] of steps) expect((await toldBy(step, MEMBER)).sort()).toEqual(kinds);
    const all = await store.read(MEMBER, 0n, 100);
    expect(all.find(({ kind }) => kind === 'catalog.changed')).toMatchObject({
      objectType: 'catalog_entry',
      objectId: 'docs',
      projectId: 'blue',
    });
    expect(await store.read(ALICE, 0n, 100)).toEqual([]);
  });
});

describe('the order of events', () => {
  it('loses nothing where what began first is committed last', async () => {
    const [slow, fast] = clients;
    if (slow === undefined || fast === undefined) throw new Error('no connections');
    await slow.query('BEGIN');
    const early = await insertConnector({}, slow);
    const late = await insertConnector({}, fast);
    const first = await store.publish();
    const seen = await store.read(ALICE, 0n, 100);
    expect(seen.map(({ objectId }) => objectId)).toEqual([late['id']]);

    await slow.query('COMMIT');
    const second = await store.publish();

    const rest = await store.read(ALICE, seen[0]?.position ?? 0n, 100);
    expect(rest.map(({ objectId }) => objectId)).toEqual([early['id']]);
    expect(second.newest).toBe(first.newest + 1n);
  });

  it('is one for all who give places at the same time, without a gap', async () => {
    const { newest } = await store.publish();
    const writes = Array.from({ length: 120 }, () => insertConnector());
    const publishes = Array.from({ length: 12 }, async () => store.publish());
    await Promise.all([...writes, ...publishes]);
    await store.publish();
    const events = await store.read(ALICE, newest, 1000);
    expect(events.map(({ position }) => position - newest)).toEqual(
      Array.from({ length: 120 }, (_, index) => BigInt(index + 1)),
    );
  });

  it('is that of the changes of one connector', async () => {
    const connector = await insertConnector();
    for (let version = 2; version < 30; version += 1) {
      const health = version % 2 === 0 ? 'ERROR' : 'HEALTHY';
      await test.owner.query('UPDATE connectors SET version = $1, health = $2', [version, health]);
      if (version % 5 === 0) await store.publish();
    }
    await test.owner.query('DELETE FROM connectors');
    await store.publish();
    const told = await store.read(ALICE, 0n, 100);
    expect(told.map(({ objectId }) => objectId)).toEqual(told.map(() => connector['id']));
    expect(told.map(({ kind }) => kind)).toEqual([
      'connector.created',
      ...Array(28).fill('connector.status'),
      'connector.deleted',
    ]);
  });
});

describe('the rows', () => {
  it('are kept for a time, and say from where on they are whole', async () => {
    for (let n = 0; n < 5; n += 1) await insertConnector();
    const { newest } = await store.publish();
    await test.owner.query(
      "UPDATE events SET created_at = now() - interval '2 days' WHERE position <= $1",
      [newest - 2n],
    );
    expect(await store.deleteBefore(new Date(Date.now() - 86_400_000))).toBe(3);
    expect(await store.publish()).toEqual({ oldest: newest - 2n, newest });

    // Nobody has asked for this one yet.
    await insertConnector();
    expect(await store.deleteBefore(new Date(Date.now() + 1000))).toBe(3);
    expect(await store.publish()).toEqual({ oldest: newest + 1n, newest: newest + 1n });
  });

  it('cannot be written by requests or background work, nor read for somebody else', async () => {
    await insertConnector();
    await store.publish();
    for (const role of ['mcp_connectors_app', 'mcp_connectors_worker']) {
      const pool = openPool({ connectionString: test.url, options: `-c role=${role}`, max: 1 });
      const forged = { tenant_id: 'tenant-a', user_id: 'alice', kind: 'a.b', object_type: 'a' };
      const row = { ...forged, object_id: 'x', created_at: new Date() };
      await expect(insertRow(pool, 'events', row)).rejects.toThrow(/permission denied/);
      await expect(
        pool.query("SELECT add_event('tenant-a', 'alice', NULL, 'a.b', 'a', 'x')"),
      ).rejects.toThrow(/permission denied/);
      await pool.end();
    }
    const asApp = openPool({
      connectionString: test.url,
      options: '-c role=mcp_connectors_app -c app.tenant=tenant-a -c app.user=bob',
      max: 1,
    });
    expect((await asApp.query('SELECT * FROM events')).rows).toEqual([]);
    expect((await asApp.query('DELETE FROM events')).rowCount).toBe(0);
    await asApp.end();
  });

  it('of a user are erased, those of projects that they left as well', async () => {
    const blue = { owner_kind: 'project', owner_id: 'blue', credential_mode: 'personal' };
    const connector = await insertConnector({ ...blue, slug: 'p--blue' });
    await insertRow(test.owner, 'credentials', credentialRow(connector, { member_id: 'alice' }));
    await insertConnector();
    await insertConnector({ owner_id: 'bob' });

    await test.database.asUser(ALICE, (tx) => eraseEvents(tx, ALICE));

    const { rows } = await test.owner.query('SELECT user_id, project_id FROM events ORDER BY id');
    expect(rows).toEqual([
      { user_id: null, project_id: 'blue' },
      { user_id: 'bob', project_id: null },
    ]);
  });

  it('are written also where the owner of the tables is no superuser', async () => {
    const owner = `owner_${randomUUID().slice(0, 8)}`;
    await test.owner.query(`CREATE ROLE ${owner}`);
    const { rows } = await test.owner.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    for (const { name } of rows) await test.owner.query(`ALTER TABLE ${name} OWNER TO ${owner}`);
    const { rows: functions } = await test.owner.query<{ name: string }>(
      "SELECT oid::regprocedure::text AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    );
    for (const { name } of functions) {
      await test.owner.query(`ALTER FUNCTION ${name} OWNER TO ${owner}`);
    }
    const asWorker = await toldBy(async () => {
      const connector = await insertConnector();
      await insertRow(test.owner, 'connector_tools', toolRow(connector));
      await test.database.asUser(ALICE, (tx) => tx.connector.deleteMany({}));
    });
    expect(asWorker.sort()).toEqual([
      'connector.created',
      'connector.deleted',
      'tools.changed',
      'tools.changed',
    ]);
  });
});
