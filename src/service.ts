import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import { type Container, createContainer } from './container.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded-postgres.ts';
import { applyMigrations } from './database/migrations.ts';
import { buildAdminServer } from './http/admin-server.ts';
import { createLoggerOptions } from './http/logger.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { startDeadline } from './lib/deadline.ts';
import type { Runtime } from './runtimes/runtime.ts';

export { settingChecks } from './setting-checks.ts';

/** The service, listening. */
export interface RunningService {
  /** Base address of the API, without a slash at its end. */
  readonly url: string;
  /** Base address of the admin server, where `ADMIN_PORT` is set. */
  readonly adminUrl: string | undefined;
  /** Where the data of the embedded database lies, where that is used. */
  readonly dataDir: string | undefined;
  readonly logger: Logger;
  /**
   * Ends readiness, lets requests in flight finish, closes sessions, and stops the embedded database last.
   * May be called again.
   */
  stop(): Promise<void>;
}

/** A connector may allow its calls five minutes. Milliseconds they have once the service stops: longer than most of them take. */
const LONG_CALLS_END_MS = 65_000;

/**
 * Lines are written together: a write of its own for each costs a tenth of a call. What the process says before it ends is
 * written in any case; a killed one may owe a tenth of a second. Bytes, and milliseconds.
 */
const LOG_OUTPUT = { sync: false, minLength: 4_096, periodicFlush: 100 };

/** Starts what a test or a tour wants to differ. */
export interface StartOptions {
  /** Where the log goes; standard output by default. */
  logDestination?: { write(line: string): void };
  /** Time; the clock of the system by default. */
  clock?: Clock;
  /** Whether jobs become due by the time of the system; default true. */
  hasSchedule?: boolean;
  /** Places where managed servers run, beside those that are configured; default: none. */
  runtimes?: readonly Runtime[];
}

/**
 * Starts everything the configuration asks for, in order, and undoes it where a step fails.
 * @throws EmbeddedPostgresError, MigrationFailed, or the error of `listen` (`EADDRINUSE`).
 */
export async function startService(
  config: Config,
  { logDestination, clock = systemClock, hasSchedule = true, runtimes = [] }: StartOptions = {},
): Promise<RunningService> {
  const logger = pino(
    createLoggerOptions({ level: config.logLevel }),
    logDestination ?? pino.destination(LOG_OUTPUT),
  );
  const undo: UndoSteps = [];
  try {
    const embedded = await startDatabase(config, logger);
    if (embedded !== undefined) undo.push(() => embedded.stop());
    const databaseUrl = config.databaseUrl ?? embedded?.url;
    if (databaseUrl === undefined)
      throw new Error('there is neither a DATABASE_URL nor a database');
    const container = createContainer({
      ...{ config, logger, databaseUrl, clock, hasSchedule, runtimes },
    });
    undo.push(() => container.close());
    await container.start();
    const adminUrl = await startAdminServer(container, undo);
    const app = await buildApp(container);
    undo.push(async () => {
      container.readiness.stop();
      container.gateway.close();
      container.closeEvents();
      const late = startDeadline(clock, LONG_CALLS_END_MS);
      late.signal.addEventListener('abort', () => container.serverRequests.abortAll());
      await app.close();
      late.release();
    });
    const url = await listen(app, config.host, config.port);
    const report = await container.readiness.report();
    logger.info({ url, admin_url: adminUrl, ready: report.ready }, 'the service is listening');
    let stopping: Promise<void> | undefined;
    return {
      url,
      adminUrl,
      dataDir: embedded?.dataDir,
      logger,
      stop: () => {
        stopping ??= undoAll(undo);
        return stopping;
      },
    };
  } catch (error) {
    // The reason why it did not start counts, not what went wrong while it was undone.
    await undoAll(undo).catch((err: unknown) => logger.warn({ err }, 'a part did not stop'));
    throw error;
  }
}

/** What was started, in order. */
type UndoSteps = (() => Promise<unknown>)[];

/** Undoes the last step first. @throws the first failure, after all other steps: the database must stop in any case. */
async function undoAll(steps: UndoSteps): Promise<void> {
  const failures: unknown[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    await step().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/** In embedded mode the schema is ours alone, so it is brought up to date at once. */
async function startDatabase(
  config: Config,
  logger: Logger,
): Promise<EmbeddedPostgres | undefined> {
  if (config.databaseUrl !== undefined) return undefined;
  const embedded = await startEmbeddedPostgres({
    dataDir: path.resolve(config.dataDir),
    onNotice: (notice) => logger.warn({ notice }, 'embedded database'),
  });
  try {
    const applied = await applyMigrations({ url: embedded.url });
    logger.info({ data_dir: embedded.dataDir, applied }, 'the embedded database is running');
    return embedded;
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function startAdminServer(
  container: Container,
  undo: UndoSteps,
): Promise<string | undefined> {
  const { config, logger, renderProblem, readiness, registry } = container;
  if (config.adminPort === undefined) return undefined;
  const admin = await buildAdminServer({ logger, render: renderProblem, readiness, registry });
  undo.push(() => admin.close());
  return await listen(admin, config.host, config.adminPort);
}

/** The address to call; an address that stands for all interfaces is answered on the loopback one. */
async function listen(
  app: Pick<FastifyInstance, 'listen'>,
  host: string,
  port: number,
): Promise<string> {
  const address = new URL(await app.listen({ host, port }));
  if (host === '0.0.0.0' || host === '::') address.hostname = '127.0.0.1';
  return address.origin;
}
