import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Identity } from '../tenancy/caller.ts';
import {
  type ChangedObject,
  insertAuditRecord,
  type RecordChange,
  type RecordedChange,
} from './audit-rows.ts';
import { connectionConfig } from './connection-config.ts';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { hasJobsSchema } from './jobs-schema.ts';
import { loadMigrations, type Migration } from './migrations.ts';
import { Prisma, PrismaClient } from './prisma/client.ts';
import { inspectSchema } from './schema-inspection.ts';
import type { SchemaState } from './schema-state.ts';
import { translatingAdapter, WorkNotDone } from './translating-adapter.ts';

/** Queries inside one transaction. */
export type DatabaseTransaction = Prisma.TransactionClient;

/** Where the database is and how it is used. Times in milliseconds. */
export interface DatabaseOptions {
  /** Connection string. Its login must be a member of the two roles; it may own the tables. */
  url: string;
  /** Connections for requests, 1 or more. Default 10. */
  maxConnections?: number;
  /** Connections for background work, 1 or more. Default 3. */
  maxWorkerConnections?: number;
  /** Longest wait for a connection, new or freed by others. Default 5,000. */
  connectionTimeoutMs?: number;
  /** Longest run of one statement. Default 5,000. */
  statementTimeoutMs?: number;
  /** Longest run of a transaction. Default 10,000. */
  transactionTimeoutMs?: number;
  /** What the schema must have. Default: the migrations of this package. */
  migrations?: readonly Migration[];
  /** Told when a connection breaks that nobody was using; the pool replaces it. */
  onConnectionError?: (error: Error) => void;
  /**
   * Told when a transaction ended in which the user's connectors, or what belongs to them, may have been changed, before its caller
   * hears of it: what this process keeps of them is to be forgotten.
   */
  onUserWork?: (identity: Identity) => void;
  /** What is to be recorded of the change under way; undefined outside of one. */
  changeUnderWay?: () => RecordedChange | undefined;
}

/** What a transaction of a user sees besides the user's own rows and those of the identity's project. */
export interface UserReadOptions {
  /** Projects whose rows it sees as well. Whoever names them has found the user to be a member, or erases what the user left there. */
  projectIds?: readonly string[];
}

/** What a transaction of a user is for. */
export interface UserWorkOptions extends UserReadOptions {
  /** It changes nothing that belongs to a connector. */
  keepsConnectors?: boolean;
  /** What it changes is seen by this user alone: for the other members of the project nothing is to be forgotten. */
  isPersonal?: boolean;
}

/** The role that requests work as. */
export const APP_ROLE = 'mcp_connectors_app';
/** The role that background work is done as. */
export const WORKER_ROLE = 'mcp_connectors_worker';

/** The connections of one role. */
export interface PoolStatistics {
  pool: 'app' | 'worker';
  /** Those being made included. */
  inUse: number;
  idle: number;
  /** Transactions that no connection is free for. */
  waiting: number;
}

/**
 * The service's way to PostgreSQL. Every query runs in a transaction under one of two roles that own nothing, so that row
 * level security holds: {@link asUser} sees the rows of one user, {@link asWorker} those of everybody.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #app: RoleConnections;
  readonly #worker: RoleConnections;
  #migrations: Promise<readonly Migration[]> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#app = connectAs(APP_ROLE, options.maxConnections ?? 10, options);
    this.#worker = connectAs(WORKER_ROLE, options.maxWorkerConnections ?? 3, options);
  }

  /**
   * Runs `work` in one transaction that sees and changes only what belongs to the user, or to the project that the user works in. What
   * `work` throws undoes it, with the audit record that `record` has written. Outside of a change (`OperationLog.change`) that writes nothing.
   * Keep anything slow, such as a call to a server, out of it.
   * @throws ConstraintViolation, DatabaseUnavailable, and whatever `work` throws.
   */
  async asUser<Result>(
    identity: Identity,
    work: (tx: DatabaseTransaction, record: RecordChange) => Promise<Result>,
    { keepsConnectors = false, isPersonal = false, projectIds }: UserWorkOptions = {},
  ): Promise<Result> {
    try {
      return await transact(this.#app, async (tx) => {
        await nameUser(tx, identity, { projectIds });
        return work(tx, (object) => this.#record(tx, identity, object));
      });
    } finally {
      // Also where it failed: a connection that broke during the commit leaves open what happened.
      const { tenantId, userId } = identity;
      const changed = isPersonal ? { tenantId, userId } : identity;
      if (!keepsConnectors) this.#options.onUserWork?.(changed);
    }
  }

  /**
   * As {@link asUser}, for work that only reads: PostgreSQL refuses anything else, and nothing is forgotten for it.
   * @throws DatabaseUnavailable, and whatever `work` throws.
   */
  readAsUser<Result>(
    identity: Identity,
    work: (tx: DatabaseTransaction) => Promise<Result>,
    { projectIds }: UserReadOptions = {},
  ): Promise<Result> {
    return transact(this.#app, async (tx) => {
      await nameUser(tx, identity, { isReadOnly: true, projectIds });
      return work(tx);
    });
  }

  /**
   * Runs `work` in one transaction that sees the rows of all users. For background work only, never for a request.
   * @throws ConstraintViolation, DatabaseUnavailable, and whatever `work` throws.
   */
  asWorker<Result>(work: (tx: DatabaseTransaction) => Promise<Result>): Promise<Result> {
    return transact(this.#worker, work);
  }

  async #record(tx: DatabaseTransaction, identity: Identity, object: ChangedObject): Promise<void> {
    const change = this.#options.changeUnderWay?.();
    if (change !== undefined) await insertAuditRecord(tx, { identity, object, change });
  }

  /** Whether the schema fits this version and the roles are bound by row level security. Two or three short queries. */
  async schemaState(): Promise<SchemaState> {
    this.#migrations ??= Promise.resolve(this.#options.migrations ?? loadMigrations());
    return inspectSchema(this.#options.url, await this.#migrations, [this.#app, this.#worker]);
  }

  /** Whether there are tables for jobs that the worker can use. @throws what pg throws where the database is out of reach */
  hasJobsSchema(): Promise<boolean> {
    return hasJobsSchema(this.#worker.pool);
  }

  /** How the connections of this process are used. */
  get poolStatistics(): PoolStatistics[] {
    return [this.#app, this.#worker].map(({ role, pool }) => ({
      pool: role === APP_ROLE ? 'app' : 'worker',
      inUse: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }));
  }

  /** Ends all connections, after the transactions under way. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const { client, pool } of [this.#app, this.#worker]) {
      await client.$disconnect();
      await pool.end();
    }
  }
}

/** Says for whom the transaction works. All of it ends with it: the next one on this connection starts without a caller. */
async function nameUser(
  tx: DatabaseTransaction,
  { tenantId, userId, projectId }: Identity,
  {
    isReadOnly = false,
    projectIds = [],
  }: { isReadOnly?: boolean; projectIds?: readonly string[] | undefined },
): Promise<void> {
  const projects = projectId === undefined ? [...projectIds] : [projectId, ...projectIds];
  await tx.$executeRaw`SELECT set_config('app.tenant', ${tenantId}, true), set_config('app.user', ${userId}, true),
    set_config('app.projects', ${projects}::text[]::text, true),
    set_config('transaction_read_only', ${isReadOnly ? 'on' : 'off'}, true)`;
}

/** From here on the transaction sees the secrets that all members gave for connectors of its projects: they are about to be deleted. */
export async function showAllMembers(tx: DatabaseTransaction): Promise<void> {
  await tx.$executeRaw`SELECT set_config('app.all_members', 'on', true)`;
}

interface RoleConnections {
  role: string;
  pool: pg.Pool;
  client: PrismaClient;
}

function connectAs(role: string, max: number, options: DatabaseOptions): RoleConnections {
  const {
    connectionTimeoutMs = 5_000,
    statementTimeoutMs = 5_000,
    transactionTimeoutMs = 10_000,
    onConnectionError = () => {},
  } = options;
  const pool = new pg.Pool(
    connectionConfig(options.url, {
      application: role === APP_ROLE ? 'app' : 'worker',
      role,
      max,
      connectionTimeoutMs,
      statementTimeoutMs,
      // Only against a transaction that this process forgot; its own timeout ends it earlier.
      idleInTransactionTimeoutMs: transactionTimeoutMs * 2,
    }),
  );
  pool.on('error', (error) => {
    // `end` resolves before its connections are closed: a server that stops just then ends them for us.
    if (!pool.ending) onConnectionError(error);
  });
  const client = new PrismaClient({
    adapter: translatingAdapter(new PrismaPg(pool)),
    // The others read our source files to quote them in messages.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: connectionTimeoutMs + 1_000, timeout: transactionTimeoutMs },
  });
  return { role, pool, client };
}

/** Prisma's code for a transaction that could not start in time, ran too long or is closed already. */
const TRANSACTION_ERROR = 'P2028';

async function transact<Result>(
  { client }: RoleConnections,
  work: (tx: DatabaseTransaction) => Promise<Result>,
): Promise<Result> {
  try {
    return await client.$transaction(work);
  } catch (error) {
    if (error instanceof WorkNotDone) throw new DatabaseUnavailable({ cause: error.cause });
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === TRANSACTION_ERROR) {
      throw new DatabaseUnavailable({ cause: error });
    }
    throw error;
  }
}
