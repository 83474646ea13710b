import pg from 'pg';
import type { Prisma } from './prisma/client.ts';

/** Where the tables of the job queue are: a schema of its own, which `db:migrate` makes and graphile-worker describes. */
export const JOBS_SCHEMA = 'mcp_connectors_jobs';

/** The revision of these tables that our graphile-worker works with. It would bring older ones up to date by itself, which its role may not. */
const JOBS_REVISION = 19;

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Rows are hidden from all but their owner until a policy says otherwise. The worker fetches and adds jobs; requests have no business here.
 * What it may not is changing the tables, or claiming that they were changed.
 */
const RIGHTS = `DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT c.oid::regclass AS name, c.relname FROM pg_class c
    WHERE c.relnamespace = '${JOBS_SCHEMA}'::regnamespace AND c.relkind = 'r'
  LOOP
    IF found.relname = 'migrations' THEN
      EXECUTE format('GRANT SELECT ON %s TO mcp_connectors_worker', found.name);
    ELSE
      EXECUTE format('DROP POLICY IF EXISTS worker ON %s', found.name);
      EXECUTE format('CREATE POLICY worker ON %s TO mcp_connectors_worker USING (true) WITH CHECK (true)', found.name);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO mcp_connectors_worker', found.name);
    END IF;
  END LOOP;
  GRANT USAGE ON SCHEMA ${JOBS_SCHEMA} TO mcp_connectors_worker;
END
$$`;

/** Whether the worker can use the tables of jobs, asked by it or by their owner. @throws what pg throws where the database is out of reach */
export async function hasJobsSchema(pool: Pick<pg.Pool, 'query'>): Promise<boolean> {
  try {
    // Asked first: a query that fails would cost a pool its connection, and whoever migrates its lock.
    const table = await pool.query(`SELECT to_regclass('${JOBS_SCHEMA}.migrations') AS found`);
    if (table.rows[0]?.found === null) return false;
    const { rows } = await pool.query<{ revision: number; usable: boolean }>(`
      SELECT max(id) AS revision, has_schema_privilege('mcp_connectors_worker', '${JOBS_SCHEMA}', 'USAGE') AS usable
      FROM ${JOBS_SCHEMA}.migrations`);
    return rows[0]?.revision === JOBS_REVISION && rows[0].usable;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === INSUFFICIENT_PRIVILEGE) return false;
    throw error;
  }
}

/**
 * Makes a job due at a time of its own, beside its schedule; said again, that time is moved. For transactions of the worker, where there are
 * tables of jobs.
 * @param at undefined: at once, by the clock of the database
 */
export async function scheduleJob(
  tx: Pick<Prisma.TransactionClient, '$executeRaw'>,
  name: string,
  at?: Date,
): Promise<void> {
  await tx.$executeRaw`
    SELECT FROM mcp_connectors_jobs.add_job(${name}, run_at => ${at ?? null}::timestamptz, job_key => ${`${name}-later`}, max_attempts => 4)`;
}

/**
 * Makes the tables of jobs, or brings them up to date. `pool` works as the owner of the tables, and nobody else migrates meanwhile.
 * @returns what was applied, to be told; undefined where nothing was missing
 * @throws what pg throws
 */
export async function applyJobsSchema(pool: pg.Pool): Promise<string | undefined> {
  if (await hasJobsSchema(pool)) return undefined;
  // Only now: a service that does not migrate loads it when it first looks for jobs.
  const { Logger, runMigrations } = await import('graphile-worker');
  // It warns about pools without a listener for new connections; ours take care of them in another way.
  pool.on('connect', () => {});
  await runMigrations({ pgPool: pool, schema: JOBS_SCHEMA, logger: new Logger(() => () => {}) });
  await pool.query(RIGHTS);
  return `the tables of jobs, revision ${JOBS_REVISION}`;
}
