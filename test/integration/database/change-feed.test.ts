import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChangeFeed } from '../../../src/container-changes.ts';
import { announceClosing, type Change, CLOSING_CHANNEL } from '../../../src/database/index.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  connectorRow,
  credentialRow,
  insertRow,
  type Row,
  toolRow,
} from '../../support/database-rows.ts';

const CHANNEL = 'mcp_connectors_changes';

let test: TestDatabase;
let changes: ReturnType<typeof createChangeFeed>;
let registry: Registry;
let logged: string[];
let seen: Change[];

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

beforeEach(async () => {
  registry = new Registry();
  logged = [];
  seen = [];
  changes = build(test.url);
  changes.feed.subscribe((change) => void seen.push(change));
  changes.start();
  await expect.poll(() => changes.feed.isLive).toBe(true);
  expect(seen).toEqual(['everything']);
  seen.length = 0;
});
afterEach(() => changes.close());

function build(databaseUrl: string): ReturnType<typeof createChangeFeed> {
  const log = (_fields: unknown, message?: string) =>
    void logged.push(message ?? (typeof _fields === 'string' ? _fields : ''));
  const logger = { info: log, warn: log, error: log };
  return createChangeFeed({ databaseUrl, clock: systemClock, logger, registry });
}

function changeOf(connector: Row): Exclude<Change, 'everything'> {
  return {
    tenantId: String(connector['tenant_id']),
    ownerKind: 'user',
    ownerId: String(connector['owner_id']),
    connectorId: String(connector['id']),
  };
}

/** Runs the statements, and gives back what was announced before a change that is made after them. */
async function announcedBy(work: (client: pg.PoolClient) => Promise<unknown>): Promise<Change[]> {
  seen.length = 0;
  const client = await test.owner.connect();
  try {
    await work(client);
  } finally {
    client.release();
  }
  await announce({ owner_id: 'the end' });
  await expect
    .poll(() => seen.some((change) => change !== 'everything' && change.ownerId === 'the end'))
    .toBe(true);
  return seen.slice(0, -1);
}

function announce(overrides: Row = {}): Promise<unknown> {
  const row = { tenant_id: 't', owner_kind: 'user', owner_id: 'u', connector_id: randomUUID() };
  return notify(JSON.stringify({ ...row, ...overrides }));
}

function notify(payload: string): Promise<unknown> {
  return test.owner.query('SELECT pg_notify($1, $2)', [CHANNEL, payload]);
}

function endConnection(): Promise<unknown> {
  return test.owner.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'mcp-connectors listen'`,
  );
}

async function metric(name: string): Promise<unknown> {
  return (await registry.getSingleMetric(name)?.get())?.values;
}

describe('a change', () => {
  it('of a connector, a tool or a credential is announced by its ids, whoever makes it', async () => {
    const connector = connectorRow({ tenant_id: 'tenant "é\u{1f600}', owner_id: "o'hara\\" });
    const credential = credentialRow(connector);
    const tool = toolRow(connector);
    const steps: [string, (client: pg.PoolClient) => Promise<unknown>][] = [
      ['insert', (client) => insertRow(client, 'connectors', connector)],
      ['insert a credential', (client) => insertRow(client, 'credentials', credential)],
      ['insert a tool', (client) => insertRow(client, 'connector_tools', tool)],
      ['disable', (client) => client.query("UPDATE connectors SET intent = 'DISABLED'")],
      ['seal again', (client) => client.query("UPDATE credentials SET sealed = 'mc1.k2.bmV3'")],
      ['change a tool', (client) => client.query("UPDATE connector_tools SET definition = '{}'")],
      ['delete a tool', (client) => client.query('DELETE FROM connector_tools')],
      ['delete', (client) => client.query('DELETE FROM connectors')],
    ];
    for (const [name, step] of steps) {
      expect(await announcedBy(step), name).toEqual([changeOf(connector)]);
    }
    const emptied = await announcedBy((client) => client.query('TRUNCATE connectors CASCADE'));
    expect(emptied).toEqual(['everything']);
  });

  it('is announced when it is committed, once per transaction, and not at all where it is undone', async () => {
    const connector = connectorRow();
    const save = async (client: pg.PoolClient, ending: string) => {
      await client.query('BEGIN');
      await insertRow(client, 'connectors', connector);
      for (let count = 0; count < 50; count += 1) {
        await insertRow(client, 'connector_tools', toolRow(connector));
      }
      await client.query(ending);
    };
    expect(await announcedBy((client) => save(client, 'ROLLBACK'))).toEqual([]);
    expect(await announcedBy((client) => save(client, 'COMMIT'))).toEqual([changeOf(connector)]);
  });

  it('of what a member gave tells that member, and of what all share the project', async () => {
    const connector = connectorRow({ owner_kind: 'project', owner_id: 'atlas' });
    const ofProject: Change = { ...changeOf(connector), ownerKind: 'project' };
    expect(await announcedBy((client) => insertRow(client, 'connectors', connector))).toEqual([
      ofProject,
    ]);
    for (const member of ['', 'alice']) {
      const expected = member === '' ? ofProject : changeOf({ ...connector, owner_id: member });
      const credential = credentialRow(connector, { member_id: member });
      const steps: ((client: pg.PoolClient) => Promise<unknown>)[] = [
        (client) => insertRow(client, 'credentials', credential),
        (client) => client.query("UPDATE credentials SET sealed = 'mc1.k2.bmV3'"),
        (client) => client.query('DELETE FROM credentials'),
      ];
      for (const step of steps) expect(await announcedBy(step)).toEqual([expected]);
    }
  });

  it('of an owner tells both owners', async () => {
    const connector = connectorRow();
    await announcedBy((client) => insertRow(client, 'connectors', connector));
    const moved = await announcedBy((client) =>
      client.query("UPDATE connectors SET owner_id = 'bob' WHERE id = $1", [connector['id']]),
    );
    expect(moved).toEqual([changeOf(connector), changeOf({ ...connector, owner_id: 'bob' })]);
  });

  it('of the longest ids fits into an announcement', async () => {
    for (const character of ['\u0001', '"', '\u{1f600}']) {
      const longest = character.repeat(255);
      const connector = connectorRow({ tenant_id: longest, owner_id: longest });
      const announced = await announcedBy((client) => insertRow(client, 'connectors', connector));
      expect(announced).toEqual([changeOf(connector)]);
    }
  });
});

describe('a connection that is lost', () => {
  it('comes back, and everything counts as changed', async () => {
    const before = changes.feed.isLive;
    await endConnection();
    await expect.poll(() => seen).toEqual(['everything']);
    await expect.poll(() => changes.feed.isLive).toBe(true);
    expect(before).toBe(true);
    const connector = connectorRow();
    expect(await announcedBy((client) => insertRow(client, 'connectors', connector))).toEqual([
      changeOf(connector),
    ]);
    expect(logged).toEqual([
      'changes are followed',
      'changes cannot be followed; the database is asked for all',
      'changes are followed',
    ]);
    expect(await metric('mcp_change_feed_connected')).toMatchObject([{ value: 1 }]);
  });

  it('is told once, however long the database is away', async () => {
    const url = new URL(test.url);
    url.pathname = '/there_is_no_such_database';
    logged.length = 0;
    registry.clear();
    const lonely = build(url.href);
    lonely.start();
    await expect.poll(() => logged).toHaveLength(1);
    expect(lonely.feed.isLive).toBe(false);
    expect(await metric('mcp_change_feed_connected')).toMatchObject([{ value: 0 }]);
    await lonely.close();
    expect(logged).toHaveLength(1);
  });

  it('is closed with the service', async () => {
    await changes.close();
    expect(changes.feed.isLive).toBe(false);
    const { rows } = await test.owner.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'mcp-connectors listen'`,
    );
    expect(rows).toEqual([]);
    await changes.close();
  });
});

describe('whoever else can reach the database', () => {
  it('cannot upset it', async () => {
    const payloads = [
      '',
      'null',
      '[]',
      '{',
      '{}',
      '"everything"',
      '{"tenant_id":"t","owner_kind":"nobody","owner_id":"u","connector_id":"c"}',
      '{"tenant_id":"t","owner_kind":"user","owner_id":{"toString":1},"connector_id":"c"}',
      '{"tenant_id":"","owner_kind":"user","owner_id":"","connector_id":""}',
      '['.repeat(7_000),
      'secret-of-somebody',
    ];
    expect(await announcedBy(() => Promise.all(payloads.map(notify)))).toEqual([]);
    expect(changes.feed.isLive).toBe(true);
    expect(await metric('mcp_change_feed_announcements_total')).toEqual([
      { labels: { outcome: 'unreadable' }, value: payloads.length },
      { labels: { outcome: 'accepted' }, value: 1 },
    ]);
    expect(logged).toEqual(['changes are followed', 'somebody else announces changes in our name']);
  });

  it('cannot drown it', async () => {
    const flood = await announcedBy((client) =>
      client.query(
        `SELECT pg_notify('${CHANNEL}', CASE WHEN n % 2 = 0 THEN 'noise ' || n ELSE
           json_build_object('tenant_id', 't', 'owner_kind', 'user', 'owner_id', n, 'connector_id', n)::text
         END) FROM generate_series(1, 20000) n`,
      ),
    );
    // Numbers are no ids.
    expect(flood).toEqual([]);
    const ids = await announcedBy((client) =>
      client.query(
        `SELECT pg_notify('${CHANNEL}', json_build_object('tenant_id', 't', 'owner_kind', 'user',
           'owner_id', n::text, 'connector_id', n::text)::text) FROM generate_series(1, 20000) n`,
      ),
    );
    expect(ids).toHaveLength(20_000);
    expect(changes.feed.isLive).toBe(true);
    expect(logged).toHaveLength(2);
  });
});

describe('sessions to be closed', () => {
  it('are told to whoever closes some; what no service wrote is not', async () => {
    const told: unknown[] = [];
    changes.onClosing((closing) => void told.push(closing));
    const ids = { replicaId: 'r', tenantId: 't', userId: 'u' };
    const operator = { tenantId: 't', userId: 'operator' };
    for (const payload of ['', '{}', '[]', JSON.stringify({ ...ids, connectorId: 7 })]) {
      await test.owner.query('SELECT pg_notify($1, $2)', [CLOSING_CHANNEL, payload]);
    }
    await announceClosing(test.database, operator, { ...ids, connectorId: undefined });
    const longest = { ...ids, tenantId: '\u0001'.repeat(255), userId: '\u0001'.repeat(255) };
    await announceClosing(test.database, operator, { ...longest, connectorId: 'c' });
    await expect.poll(() => told).toHaveLength(2);
    expect(told).toEqual([
      { ...ids, connectorId: undefined },
      { ...longest, connectorId: 'c' },
    ]);
    expect(seen).toEqual([]);
  });
});

describe('a listener', () => {
  it('that fails costs the others nothing', async () => {
    changes.feed.subscribe(() => {
      throw new Error('mine');
    });
    const others: Change[] = [];
    changes.feed.subscribe((change) => void others.push(change));
    await announcedBy(() => announce({ owner_id: 'somebody' }));
    expect(others).toHaveLength(2);
    expect(logged).toContain('a change could not be followed');
  });

  it('hears nothing after it left', async () => {
    const heard: Change[] = [];
    const leave = changes.feed.subscribe((change) => void heard.push(change));
    leave();
    await announcedBy(() => announce());
    expect(heard).toEqual([]);
  });
});
