import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { connectionConfig } from './connection-config.ts';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { applyJobsSchema } from './jobs-schema.ts';
import { type FailedScript, migrationAdapter } from './migration-adapter.ts';

/** One step of the schema, as written in `prisma/migrations/<name>/migration.sql`. */
export interface Migration {
  /** Name of its folder; names sort in the order of application. */
  name: string;
  sql: string;
}

/** A migration failed. The database is as it was before that migration; the message says what PostgreSQL said. */
export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed';
}

/** How to migrate a database. */
export interface ApplyMigrationsOptions {
  /** Connection string of the owner of the tables. It must lead to PostgreSQL itself or to a pooler in session mode. */
  url: string;
  /** Default: those of this package, and the tables of jobs. */
  migrations?: readonly Migration[];
  /** How long to wait for another process that migrates. Default 120,000. */
  waitMs?: number;
}

/** The migrations of this package. Two levels up both from `src/database` and from `dist/database`. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** The schema engine's own lock, which `prisma migrate` takes too. */
const ENGINE_LOCK = 72_707_369;
const LOCK_NOT_AVAILABLE = '55P03';
const INSUFFICIENT_PRIVILEGE = '42501';
/** A change that waits for a table also holds up everybody behind it. */
const TABLE_LOCK_TIMEOUT = '30s';

/** Reads the migrations of a folder, in the order of application. */
export async function loadMigrations(folder = MIGRATIONS_FOLDER): Promise<readonly Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      sql: await readFile(path.join(folder, name, 'migration.sql'), 'utf8'),
    })),
  );
}

/** True when the script is the one that was applied. Line ends do not count: version control may change them. */
export function matchesChecksum(sql: string, checksum: string): boolean {
  const unix = sql.replaceAll('\r\n', '\n');
  return [sql, unix, unix.replaceAll('\n', '\r\n')].some(
    (text) => createHash('sha256').update(text).digest('hex') === checksum,
  );
}

/**
 * Applies the migrations that a database lacks, each as one transaction, and returns what they are called. Of several that run
 * at once, one works and the others wait. One that was interrupted or has failed before is tried again.
 * @throws MigrationFailed
 * @throws DatabaseUnavailable when the database cannot be reached.
 */
export async function applyMigrations(options: ApplyMigrationsOptions): Promise<string[]> {
  const migrations = options.migrations ?? (await loadMigrations());
  // One connection, kept: the lock belongs to it.
  const pool = new pg.Pool(
    connectionConfig(options.url, { max: 1, idleTimeoutMillis: 0, application: 'migrate' }),
  );
  pool.on('error', () => {}); // the next query reports it
  try {
    await takeLock(pool, options.waitMs ?? 120_000);
    const applied = await applyLocked(pool, migrations);
    if (options.migrations !== undefined) return applied;
    const jobs = await applyJobsSchema(pool).catch((error: unknown) => {
      throw explainJobs(error);
    });
    return jobs === undefined ? applied : [...applied, jobs];
  } finally {
    await pool.end();
  }
}

async function takeLock(pool: pg.Pool, waitMs: number): Promise<void> {
  try {
    await pool.query("SELECT set_config('lock_timeout', $1, false)", [`${waitMs}ms`]);
    await pool.query('SELECT pg_advisory_lock($1)', [ENGINE_LOCK]);
    await pool.query("SELECT set_config('lock_timeout', $1, false)", [TABLE_LOCK_TIMEOUT]);
  } catch (cause) {
    if (cause instanceof pg.DatabaseError && cause.code === LOCK_NOT_AVAILABLE) {
      throw new MigrationFailed('Another process has been migrating this database for too long.');
    }
    throw new DatabaseUnavailable({ cause });
  }
}

async function applyLocked(pool: pg.Pool, migrations: readonly Migration[]): Promise<string[]> {
  const failures: FailedScript[] = [];
  const adapter = migrationAdapter(pool, { onScriptError: (failure) => failures.push(failure) });
  // Loaded only now: its 5 MB of WebAssembly are of no use to a service that does not migrate.
  const { openSchemaEngine } = await import('./schema-engine.ts');
  const engine = await openSchemaEngine(adapter);
  try {
    // Nobody else is at work, since we hold the lock, and a failed script left nothing behind.
    await forgetFailures(pool, engine);
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: migrationsList(migrations),
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } catch (error) {
    throw explain(error, failures[0], migrations);
  } finally {
    engine.free();
  }
}

async function forgetFailures(pool: pg.Pool, engine: SchemaEngine): Promise<void> {
  const table = await pool.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found");
  if (table.rows[0]?.found !== true) return;
  const failed = await pool.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL',
  );
  for (const row of failed.rows) {
    await engine.markMigrationRolledBack({ migrationName: row.migration_name });
  }
}

/** The form in which the schema engine takes migrations. */
function migrationsList(migrations: readonly Migration[]) {
  return {
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  };
}

/** The library's scripts are as good as ours; what can be missing is a right of the login. */
function explainJobs(error: unknown): Error {
  if (!(error instanceof pg.DatabaseError)) return new DatabaseUnavailable({ cause: error });
  const hint =
    error.code === INSUFFICIENT_PRIVILEGE
      ? ` Let an administrator run once, for this database and login: GRANT CREATE ON DATABASE … TO …;`
      : '';
  return new MigrationFailed(`The tables of jobs could not be made: ${error.message}.${hint}`, {
    cause: error,
  });
}

function explain(
  engineError: unknown,
  failure: FailedScript | undefined,
  migrations: readonly Migration[],
): Error {
  if (failure === undefined) {
    const message = engineError instanceof Error ? engineError.message : String(engineError);
    return new MigrationFailed(message, { cause: engineError });
  }
  const { error, script } = failure;
  if (!(error instanceof pg.DatabaseError)) return new DatabaseUnavailable({ cause: error });
  const name = migrations.find(({ sql }) => sql === script)?.name ?? 'unknown';
  const hint = error.hint === undefined ? '' : ` ${error.hint}`;
  return new MigrationFailed(`Migration ${name} failed: ${error.message}.${hint}`, {
    cause: error,
  });
}
