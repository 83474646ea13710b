import pg from 'pg';
import { connectionConfig } from './connection-config.ts';
import type { Migration } from './migrations.ts';
import { compareMigrations, type MigrationRow, type SchemaState } from './schema-state.ts';

/** A role of the service with connections that work as it. */
export interface RolePool {
  role: string;
  pool: pg.Pool;
}

const UNDEFINED_TABLE = '42P01';
/** At the start of a connection: there is no such role, or the login may not use it. */
const ROLE_REFUSED: ReadonlySet<string | undefined> = new Set(['22023', '42501']);

/** Asks the database for its migrations and for the rights of the roles. Never rejects. */
export async function inspectSchema(
  url: string,
  migrations: readonly Migration[],
  roles: readonly RolePool[],
): Promise<SchemaState> {
  try {
    for (const role of roles) {
      const unsafe = await inspectRole(role);
      if (unsafe !== undefined) return await preferMismatch(url, migrations, unsafe);
    }
    return compareMigrations(migrations, await readMigrations(roles[0]?.pool, url));
  } catch (cause) {
    return { kind: 'unreachable', cause };
  }
}

/** On a database without migrations the roles are unusable too; then the missing migrations are what to tell. */
async function preferMismatch(
  url: string,
  migrations: readonly Migration[],
  unsafe: SchemaState,
): Promise<SchemaState> {
  const state = compareMigrations(migrations, await readMigrations(undefined, url));
  return state.kind === 'mismatch' ? state : unsafe;
}

async function inspectRole({ role, pool }: RolePool): Promise<SchemaState | undefined> {
  const unsafe = (reason: string): SchemaState => ({ kind: 'unsafe-role', role, reason });
  try {
    const { rows } = await pool.query<{ role: string; powerful: boolean; owner: boolean }>(`
      SELECT current_user AS role,
        (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS powerful,
        EXISTS (
          SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
            AND pg_has_role(current_user, c.relowner, 'MEMBER')
        ) AS owner`);
    const found = rows[0];
    if (found?.role !== role) return unsafe('connections do not work as it (a pooler may drop it)');
    if (found.powerful) return unsafe('it bypasses row level security');
    return found.owner ? unsafe('it owns tables') : undefined;
  } catch (error) {
    if (error instanceof pg.DatabaseError && ROLE_REFUSED.has(error.code)) {
      return unsafe('it does not exist, or the login may not use it');
    }
    throw error;
  }
}

async function readMigrations(pool: pg.Pool | undefined, url: string): Promise<MigrationRow[]> {
  const used = pool ?? new pg.Pool(connectionConfig(url, { application: 'inspect', max: 1 }));
  try {
    const { rows } = await used.query<MigrationRow>(`
      SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished,
        rolled_back_at IS NOT NULL AS "rolledBack"
      FROM _prisma_migrations ORDER BY started_at`);
    return rows;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE) return [];
    throw error;
  } finally {
    if (pool === undefined) await used.end();
  }
}
