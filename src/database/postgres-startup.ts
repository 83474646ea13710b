import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { Clock } from '../lib/clock.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The database that the embedded server serves. */
export const DATABASE_NAME = 'mcp_connectors';

/** How long a server that a killed process left may take to end. */
const FORMER_SERVER_MS = 15_000;
/** A server left behind stops taking connections at once; one that still does after this has a living owner. */
const LIVING_OWNER_MS = 5_000;

/** `up` takes connections, `busy` starts or stops, `down` does not listen, `other` is up under another name. */
export type ServerState = 'up' | 'busy' | 'down' | 'other';

/**
 * Waits until no server uses the data folder any more.
 * @throws EmbeddedPostgresError when another living service uses it.
 */
export async function waitForFormerServer(
  dataFolder: string,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
): Promise<void> {
  const start = clock.monotonic();
  for (;;) {
    const server = readServer(dataFolder);
    if (server === undefined || !isAlive(server.pid)) return;
    const waited = clock.monotonic() - start;
    const state = await probe(server.socketFolder);
    if (state === 'up' && waited > LIVING_OWNER_MS) throw inUse(dataFolder);
    // Perhaps the number belongs to another program by now: PostgreSQL decides.
    if (waited > FORMER_SERVER_MS) return;
    await clock.sleep(50);
  }
}

/** Whether the data folder has a living server by PostgreSQL's own note, which is there before it takes connections. */
export function isServed(dataFolder: string): boolean {
  const server = readServer(dataFolder);
  return server !== undefined && isAlive(server.pid);
}

/** The error for a folder that a living service uses. */
export function inUse(dataFolder: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded database in ${path.dirname(dataFolder)} is in use by another running service. Stop that one, or set DATA_DIR to another folder.`,
  );
}

/** Asks the server that listens in the folder. With a name, only a server of that name counts as up. */
export async function probe(socketFolder: string, name?: string): Promise<ServerState> {
  const client = clientOf(socketFolder);
  client.on('error', () => {}); // reported by connect(); a later one is of no interest
  try {
    await client.connect();
    if (name === undefined) return 'up';
    const { rows } = await client.query<{ cluster_name: string }>('SHOW cluster_name');
    return rows[0]?.cluster_name === name ? 'up' : 'other';
  } catch (error) {
    return error instanceof pg.DatabaseError ? 'busy' : 'down';
  } finally {
    await client.end().catch(() => {});
  }
}

/** Makes the database unless it is there. */
export async function ensureDatabase(socketFolder: string): Promise<void> {
  const client = clientOf(socketFolder);
  await client.connect();
  try {
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE_NAME]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE_NAME}`);
  } finally {
    await client.end();
  }
}

function clientOf(socketFolder: string): pg.Client {
  return new pg.Client({
    host: socketFolder,
    port: 5432,
    user: 'postgres',
    database: 'postgres',
    password: '',
    ssl: false,
    connectionTimeoutMillis: 5_000,
  });
}

/** PostgreSQL's own note of the server that runs on a data folder: line 1 is its process, line 5 its socket folder. */
function readServer(dataFolder: string): { pid: number; socketFolder: string } | undefined {
  let lines: string[];
  try {
    lines = readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined; // the usual case: the last server ended properly
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, socketFolder: lines[4] || path.join(dataFolder, 'absent') };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
