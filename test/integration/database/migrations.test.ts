import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { draftMigration } from '../../../scripts/db-draft.ts';
import { Database, DatabaseUnavailable, describeSchemaState } from '../../../src/database/index.ts';
import { runMigrateCommand } from '../../../src/database/migrate-command.ts';
import {
  applyMigrations,
  loadMigrations,
  type Migration,
} from '../../../src/database/migrations.ts';
import type { SchemaState } from '../../../src/database/schema-state.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { connectorRow, credentialRow, insertRow, toolRow } from '../../support/database-rows.ts';

const SCHEMA = readFileSync(
  path.join(import.meta.dirname, '../../../prisma/schema.prisma'),
  'utf8',
);

let ours: readonly Migration[];
let names: string[];
/** What a new database gets. */
let all: string[];

beforeAll(async () => {
  ours = await loadMigrations();
  names = ours.map(({ name }) => name);
  all = [...names, 'the tables of jobs, revision 19'];
});

/** A database for one test. */
async function withDatabase(
  options: Parameters<typeof createTestDatabase>[0],
  work: (test: TestDatabase) => Promise<void>,
): Promise<void> {
  const test = await createTestDatabase(options);
  try {
    await work(test);
  } finally {
    await test.drop();
  }
}

function later(name: string, sql: string): Migration {
  return { name: `29990101000000_${name}`, sql };
}

describe('applyMigrations', () => {
  it('applies what is missing, once', () =>
    withDatabase({ migrated: false }, async ({ url }) => {
      expect(await applyMigrations({ url })).toEqual(all);
      expect(await applyMigrations({ url })).toEqual([]);
      const next = later('next', 'CREATE TABLE extra (id int); -- a comment; with a semicolon');
      expect(await applyMigrations({ url, migrations: [...ours, next] })).toEqual([next.name]);
    }));

  it('runs once when several start at the same time', () =>
    withDatabase({ migrated: false }, async ({ url, database }) => {
      const runs = await Promise.all([1, 2, 3].map(() => applyMigrations({ url })));
      expect(runs.flat()).toEqual(all);
      expect(await database.schemaState()).toEqual({ kind: 'current' });
    }));

  it('leaves nothing of a migration that fails, and can be repeated', () =>
    withDatabase({}, async ({ url, owner, database }) => {
      const broken = later('broken', 'CREATE TABLE half (id int); SELECT * FROM nowhere;');
      await expect(applyMigrations({ url, migrations: [...ours, broken] })).rejects.toMatchObject({
        name: 'MigrationFailed',
        message: `Migration ${broken.name} failed: relation "nowhere" does not exist.`,
      });
      const { rows } = await owner.query("SELECT to_regclass('half') AS half");
      expect(rows).toEqual([{ half: null }]);
      expect(await database.schemaState()).toMatchObject({ failed: [broken.name] });
      const repaired = { ...broken, sql: 'CREATE TABLE half (id int);' };
      expect(await applyMigrations({ url, migrations: [...ours, repaired] })).toEqual([
        broken.name,
      ]);
    }));

  it('gives up when another process never ends', () =>
    withDatabase({}, async ({ url, owner }) => {
      const client = await owner.connect();
      try {
        await client.query('SELECT pg_advisory_lock(72707369)');
        await expect(applyMigrations({ url, waitMs: 50 })).rejects.toThrow(/Another process/);
      } finally {
        client.release(true);
      }
    }));

  it('is unavailable without a database', async () => {
    await expect(
      applyMigrations({ url: 'postgresql://nobody@127.0.0.1:1/none' }),
    ).rejects.toBeInstanceOf(DatabaseUnavailable);
  });
});

describe('the command', () => {
  async function run(databaseUrl: string | undefined): Promise<[number, string]> {
    const lines: string[] = [];
    const code = await runMigrateCommand({ databaseUrl, write: (line) => lines.push(line) });
    return [code, lines.join('\n')];
  }

  it('says what it applied', () =>
    withDatabase({ migrated: false }, async ({ url }) => {
      expect(await run(url)).toEqual([0, all.map((name) => `Applied ${name}`).join('\n')]);
      expect(await run(url)).toEqual([0, 'Nothing to apply: the database schema is current.']);
    }));

  it('says what is wrong, without the password', async () => {
    expect(await run(undefined)).toEqual([2, expect.stringMatching(/DATABASE_URL is not set/)]);
    expect(await run('postgresql://u:hunter2@127.0.0.1:1/x')).toEqual([
      1,
      expect.stringMatching(/^The database cannot be reached: (?!.*hunter2)/),
    ]);
    expect(await run('postgresql://u:hunter2@[broken/x')).toEqual([
      1,
      expect.stringMatching(/^The migrations could not be applied(?!.*hunter2)/),
    ]);
  });
});

describe('schemaState', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  async function stateFor(migrations: readonly Migration[]): Promise<SchemaState> {
    const database = new Database({ url: test.url, migrations });
    try {
      return await database.schemaState();
    } finally {
      await database.close();
    }
  }

  it('is current on a migrated database', async () => {
    expect(await test.database.schemaState()).toEqual({ kind: 'current' });
  });

  it('names the missing migrations', async () => {
    const state = await stateFor([...ours, later('wanted', 'SELECT 1')]);
    expect(state).toMatchObject({ missing: ['29990101000000_wanted'], unknown: [], failed: [] });
    expect(describeSchemaState(state)).toContain('missing migrations 29990101000000_wanted');
  });

  it('names all of them on an empty database', () =>
    withDatabase({ migrated: false }, async ({ database }) => {
      expect(await database.schemaState()).toMatchObject({ missing: names });
    }));

  it('names the unknown ones', async () => {
    const state = await stateFor([]);
    expect(state).toMatchObject({ missing: [], unknown: names });
    expect(describeSchemaState(state)).toContain(`unknown migrations ${names[0]}`);
  });

  it('names the edited ones, and does not mind line ends', async () => {
    const edited = ours.map(({ name, sql }) => ({ name, sql: `${sql}-- more` }));
    const state = await stateFor(edited);
    expect(state).toMatchObject({ missing: [], unknown: [], edited: names });
    expect(describeSchemaState(state)).toContain('applied with another text');
    const windows = ours.map(({ name, sql }) => ({ name, sql: sql.replaceAll('\n', '\r\n') }));
    expect(await stateFor(windows)).toEqual({ kind: 'current' });
  });

  it('names the unfinished ones', () =>
    withDatabase({}, async ({ owner, database }) => {
      await owner.query('UPDATE _prisma_migrations SET finished_at = NULL');
      const state = await database.schemaState();
      expect(state).toMatchObject({ missing: [], unknown: [], failed: names });
      expect(describeSchemaState(state)).toContain('unfinished migrations');
      await owner.query('UPDATE _prisma_migrations SET rolled_back_at = now()');
      expect(await database.schemaState()).toMatchObject({ missing: names, failed: [] });
    }));
});

describe('the approval of tools', () => {
  it('counts what agents had before as approved, whoever migrates', () =>
    withDatabase({ migrated: false }, async ({ url, owner }) => {
      const index = ours.findIndex(({ name }) => name.endsWith('_tool_approval'));
      await applyMigrations({ url, migrations: ours.slice(0, index) });
      const connector = await insertRow(owner, 'connectors', connectorRow());
      const plain = await insertRow(owner, 'connector_tools', toolRow(connector));
      const annotations = { destructiveHint: true };
      const definition = { inputSchema: { type: 'object' }, annotations };
      const marked = await insertRow(owner, 'connector_tools', toolRow(connector, { definition }));

      await applyMigrations({ url });

      const { rows } = await owner.query(
        'SELECT id, state, enabled, destructive, approved_hash FROM connector_tools ORDER BY destructive',
      );
      const kept = { state: 'approved', enabled: true };
      expect(rows).toEqual([
        { ...kept, id: plain['id'], destructive: false, approved_hash: plain['definition_hash'] },
        { ...kept, id: marked['id'], destructive: true, approved_hash: marked['definition_hash'] },
      ]);
      const forced = await owner.query(
        "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'connector_tools'",
      );
      expect(forced.rows).toEqual([{ relforcerowsecurity: true }]);
    }));
});

describe('the age of deactivated credentials', () => {
  it("begins for rows from before with their last change, and is nobody's news", () =>
    withDatabase({ migrated: false }, async ({ url, owner }) => {
      const index = ours.findIndex(({ name }) => name.endsWith('_deactivated_credentials'));
      await applyMigrations({ url, migrations: ours.slice(0, index) });
      const updated_at = new Date('2026-01-02T03:04:05.678Z');
      const disabled = connectorRow({ intent: 'DISABLED', updated_at });
      const enabled = connectorRow({ intent: 'ENABLED', updated_at });
      for (const row of [disabled, enabled]) {
        await insertRow(owner, 'connectors', row);
        await insertRow(owner, 'credentials', credentialRow(row));
      }
      const listener = await owner.connect();
      const heard: unknown[] = [];
      listener.on('notification', (message) => heard.push(message));
      await listener.query('LISTEN mcp_connectors_changes');

      await applyMigrations({ url });

      const { rows } = await listener.query(
        'SELECT intent, disabled_at, updated_at, version FROM connectors ORDER BY intent',
      );
      const kept = { updated_at, version: 1 };
      expect(rows).toEqual([
        { ...kept, intent: 'DISABLED', disabled_at: updated_at },
        { ...kept, intent: 'ENABLED', disabled_at: null },
      ]);
      expect(heard).toEqual([]);
      const credentials = await owner.query(
        'SELECT member_id, count(DISTINCT generation)::int AS generations FROM credentials GROUP BY 1',
      );
      expect(credentials.rows).toEqual([{ member_id: '', generations: 2 }]);
      // The triggers that were off for the while are on again.
      await owner.query("UPDATE connectors SET version = 2 WHERE intent = 'DISABLED'");
      await listener.query('SELECT 1');
      await vi.waitFor(() => expect(heard).toHaveLength(1));
      listener.release(true);
    }));
});

describe('writing a migration', () => {
  it('has nothing to do: schema.prisma and the migrations agree', () =>
    withDatabase({}, async ({ url }) => {
      expect(await draftMigration(url, SCHEMA)).toBe('');
    }));

  it('drafts a column', () =>
    withDatabase({}, async ({ url }) => {
      const schema = SCHEMA.replace('model Connector {', 'model Connector {\n  color String?');
      expect(await draftMigration(url, schema)).toContain('ADD COLUMN     "color" TEXT;');
    }));

  it('drafts a table with row level security', () =>
    withDatabase({}, async ({ url, owner }) => {
      const schema = `${SCHEMA}
model Note {
  id       String @id @db.Uuid
  tenantId String @map("tenant_id")
  ownerKind String @map("owner_kind")
  ownerId  String @map("owner_id")
  @@map("notes")
}
model Fact {
  id String @id
  @@map("facts")
}`;
      const sql = await draftMigration(url, schema);
      await applyMigrations({ url, migrations: [...ours, later('notes', sql)] });
      expect(sql.match(/TODO/g)).toHaveLength(1);
      const { rows } = await owner.query(
        "SELECT relname, relforcerowsecurity FROM pg_class WHERE relname IN ('notes', 'facts') ORDER BY 1",
      );
      expect(rows).toEqual([
        { relname: 'facts', relforcerowsecurity: true },
        { relname: 'notes', relforcerowsecurity: true },
      ]);
      await owner.query("INSERT INTO notes VALUES (gen_random_uuid(), 't', 'user', 'u')");
      await owner.query('SET ROLE mcp_connectors_app');
      expect(await draftMigration(url, schema)).toBe('');
    }));
});
