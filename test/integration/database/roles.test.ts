import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/database/embedded-postgres.ts';
import { Database, describeSchemaState } from '../../../src/database/index.ts';
import { applyMigrations } from '../../../src/database/migrations.ts';
import { openPool } from '../../support/database.ts';

// Roles belong to a whole server, so these tests have one of their own.
let folder: string;
let server: EmbeddedPostgres;
let admin: pg.Pool;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'mcp-test-roles-'));
  chmodSync(folder, 0o711);
  server = await startEmbeddedPostgres({ dataDir: folder, fsync: false });
  admin = openPool({ connectionString: server.url, max: 1 });
  await admin.query('CREATE ROLE plain LOGIN; CREATE ROLE creator LOGIN CREATEROLE');
});

afterAll(async () => {
  await admin.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function makeDatabase(name: string, owner: string): Promise<string> {
  await admin.query(`CREATE DATABASE ${name} OWNER ${owner}`);
  return urlOf(name, owner);
}

function urlOf(name: string, login: string): string {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  url.username = login;
  return url.href;
}

async function stateOf(url: string) {
  const database = new Database({ url });
  try {
    return await database.schemaState();
  } finally {
    await database.close();
  }
}

async function dropRoles(): Promise<void> {
  const { rows } = await admin.query(
    "SELECT datname FROM pg_database WHERE datname LIKE 'roles\\_%'",
  );
  for (const { datname } of rows) await admin.query(`DROP DATABASE ${datname} WITH (FORCE)`);
  await admin.query('DROP ROLE IF EXISTS mcp_connectors_app, mcp_connectors_worker');
}

describe('the roles', () => {
  it('may be created beforehand, and the error says how', async () => {
    await dropRoles();
    const url = await makeDatabase('roles_plain', 'plain');
    const error: unknown = await applyMigrations({ url }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'MigrationFailed' });
    const [, hint] = /run once: (.*;)/.exec(String(error)) ?? [];
    expect(hint).toContain('GRANT mcp_connectors_app, mcp_connectors_worker TO plain;');
    expect(await stateOf(url)).toMatchObject({ kind: 'mismatch' });

    await admin.query(hint ?? '');
    await applyMigrations({ url });
    expect(await stateOf(url)).toEqual({ kind: 'current' });
  });

  it('need a schema for jobs, and the error says which right is missing', async () => {
    await dropRoles();
    await makeDatabase('roles_guest', 'postgres');
    const guests = openPool({ connectionString: urlOf('roles_guest', 'postgres'), max: 1 });
    await guests.query('GRANT ALL ON SCHEMA public TO creator');
    await guests.end();
    const url = urlOf('roles_guest', 'creator');

    await expect(applyMigrations({ url })).rejects.toMatchObject({
      name: 'MigrationFailed',
      message: expect.stringMatching(/tables of jobs.*GRANT CREATE ON DATABASE/),
    });

    await admin.query('GRANT CREATE ON DATABASE roles_guest TO creator');
    expect(await applyMigrations({ url })).toEqual([expect.stringMatching(/tables of jobs/)]);
    expect(await applyMigrations({ url })).toEqual([]);
  });

  it('are created by a login that may', async () => {
    await dropRoles();
    const url = await makeDatabase('roles_creator', 'creator');
    await applyMigrations({ url });
    expect(await stateOf(url)).toEqual({ kind: 'current' });
  });

  it('survive several databases that migrate at the same time', async () => {
    await dropRoles();
    const urls: string[] = [];
    for (const number of [1, 2, 3, 4]) urls.push(await makeDatabase(`roles_${number}`, 'creator'));
    await Promise.all(urls.map((url) => applyMigrations({ url })));
    for (const url of urls) expect(await stateOf(url)).toEqual({ kind: 'current' });
  });

  it('can serve a login that owns nothing, which then cannot become the owner', async () => {
    await dropRoles();
    const owner = await makeDatabase('roles_split', 'creator');
    await applyMigrations({ url: owner });
    await admin.query('CREATE ROLE service LOGIN');
    await admin.query('GRANT mcp_connectors_app, mcp_connectors_worker TO service');
    const url = urlOf('roles_split', 'service');
    expect(await stateOf(url)).toEqual({ kind: 'current' });
    const database = new Database({ url });
    try {
      const alice = { tenantId: 'tenant-a', userId: 'alice' };
      expect(await database.asUser(alice, (tx) => tx.connector.count())).toBe(0);
      for (const statement of ['SET ROLE creator', 'SET SESSION AUTHORIZATION creator']) {
        await expect(
          database.asUser(alice, (tx) => tx.$executeRawUnsafe(statement)),
        ).rejects.toThrow(/permission denied/);
      }
    } finally {
      await database.close();
    }
  });

  it('are refused when they could go round row level security', async () => {
    await dropRoles();
    const url = await makeDatabase('roles_unsafe', 'creator');
    await applyMigrations({ url });
    const inside = new pg.Client({ connectionString: urlOf('roles_unsafe', 'postgres') });
    await inside.connect();
    for (const [dangerous, safe] of [
      ['ALTER ROLE mcp_connectors_app BYPASSRLS', 'ALTER ROLE mcp_connectors_app NOBYPASSRLS'],
      [
        'ALTER ROLE mcp_connectors_worker SUPERUSER',
        'ALTER ROLE mcp_connectors_worker NOSUPERUSER',
      ],
      [
        'ALTER TABLE connectors OWNER TO mcp_connectors_app',
        'ALTER TABLE connectors OWNER TO creator',
      ],
      [
        'REVOKE mcp_connectors_app FROM creator GRANTED BY creator',
        'GRANT mcp_connectors_app TO creator WITH SET TRUE',
      ],
    ] as const) {
      await inside.query(dangerous);
      const state = await stateOf(url);
      expect(state, dangerous).toMatchObject({ kind: 'unsafe-role' });
      expect(describeSchemaState(state)).toMatch(
        /^The database role mcp_connectors_\w+ cannot be used: /,
      );
      await inside.query(safe);
      expect(await stateOf(url), safe).toEqual({ kind: 'current' });
    }
    await inside.end();
  });

  it('are refused by the migration when they have too many rights', async () => {
    await dropRoles();
    await admin.query('CREATE ROLE mcp_connectors_app NOLOGIN BYPASSRLS');
    const url = await makeDatabase('roles_strong', 'creator');
    await expect(applyMigrations({ url })).rejects.toThrow(
      /role mcp_connectors_app has more rights than the service may have/,
    );
  });
});
