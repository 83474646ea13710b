import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { Database, type DatabaseOptions } from '../../src/database/database.ts';

/** A database of a test file's own, migrated and empty. */
export interface TestDatabase {
  /** Connection string of the owner, for services that connect by themselves. */
  url: string;
  /** What services get: row level security holds. */
  database: Database;
  /** The owner's connections, past the services and past row level security. */
  owner: pg.Pool;
  /** Closes `database` and `owner` and removes the database. */
  drop(): Promise<void>;
}

/** How the test database is made. */
export interface TestDatabaseOptions extends Omit<DatabaseOptions, 'url'> {
  /** `false` gives a database without any migration. Default: true. */
  migrated?: boolean;
}

/**
 * Connections past the service. That the server ends one is no error here: a test may do so on purpose, and `end()` resolves before
 * its connections are closed, so that dropping a database or stopping a server may come first.
 */
export function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => {});
  return pool;
}

/** Clones the migrated template (some 50 ms). Call `drop()` in `afterAll`. */
export async function createTestDatabase({
  migrated = true,
  ...options
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject('testServer');
  const name = `mcp_test_${randomBytes(6).toString('hex')}`;
  const admin = openPool({ connectionString: server.url, max: 1 });
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${migrated ? server.template : 'template0'}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const owner = openPool({ connectionString: url.href, max: 5 });
  const database = new Database({ url: url.href, maxConnections: 5, ...options });
  return {
    url: url.href,
    database,
    owner,
    drop: async () => {
      await database.close();
      await owner.end();
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
