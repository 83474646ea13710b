import { type Clock, systemClock } from '../lib/clock.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { makeCluster } from './postgres-cluster.ts';
import { choosePostgresFolder } from './postgres-folder.ts';
import { PostgresProcess, type PostgresProcessOptions } from './postgres-process.ts';
import { chooseSocketFolder, forgetSocketFolder } from './postgres-socket.ts';
import {
  DATABASE_NAME,
  ensureDatabase,
  inUse,
  isServed,
  probe,
  waitForFormerServer,
} from './postgres-startup.ts';

/** How to start an embedded database. */
export interface EmbeddedPostgresOptions {
  /** Folder for data, socket and log; made when absent. */
  dataDir: string;
  /** Told what the operator should know: that the data lies elsewhere, that the server ended by itself. */
  onNotice?: (message: string) => void;
  /** `false` risks the data when the machine stops, and is faster. For tests. Default: true. */
  fsync?: boolean;
  /** Folder of the package with the programs. Default: the one npm installed for this platform. */
  packageFolder?: string;
  clock?: Pick<Clock, 'monotonic' | 'sleep'>;
}

/** A running embedded database. */
export interface EmbeddedPostgres {
  /** Connection string, over a Unix socket that only this account and root can reach. */
  readonly url: string;
  /** Where the data really lies. */
  readonly dataDir: string;
  /** Resolves when the server has ended. May be called again. */
  stop(): Promise<void>;
}

/** After a crash the server may have to replay its log first. */
const START_TIMEOUT_MS = 60_000;
/** How long the server of another service, to which ours lost the data, may take until it takes connections. */
const OTHER_START_MS = 10_000;

/**
 * Starts a PostgreSQL server of our own and waits until it answers. It never outlives this process.
 * When a server that was left by a killed process is still ending, waits for that first (15 s at most).
 * @throws EmbeddedPostgresError when it cannot start, or another service uses the same folder.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { clock = systemClock, fsync = true, onNotice: notice = () => {} } = options;
  const folder = await choosePostgresFolder(options.dataDir);
  if (folder.reason !== undefined) {
    notice(`The embedded database keeps its data in ${folder.root}, because ${folder.reason}.`);
  }
  const binaries = await findPostgresBinaries({
    account: folder.account,
    copyInto: folder.root,
    ...(options.packageFolder === undefined ? {} : { packageFolder: options.packageFolder }),
  });
  await waitForFormerServer(folder.data, clock);
  await makeCluster(folder, binaries, fsync);
  const socketFolder = await chooseSocketFolder(folder);
  const what = { folder, binaries, socketFolder, fsync };
  const server = new PostgresProcess(what);
  try {
    await waitUntilReady(server, what, clock);
    await ensureDatabase(socketFolder);
  } catch (error) {
    await server.stop();
    throw error;
  }
  server.onUnexpectedEnd((log) => notice(`The embedded database ended unexpectedly. ${log}`));
  return {
    url: `postgresql://postgres@localhost/${DATABASE_NAME}?host=${encodeURIComponent(socketFolder)}&sslmode=disable`,
    dataDir: folder.root,
    stop: async () => {
      await server.stop();
      forgetSocketFolder(folder);
    },
  };
}

async function waitUntilReady(
  server: PostgresProcess,
  { folder, socketFolder }: PostgresProcessOptions,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
): Promise<void> {
  const deadline = clock.monotonic() + START_TIMEOUT_MS;
  for (;;) {
    const state = await probe(socketFolder, server.name);
    if (state === 'up') return;
    if (server.ended) return await explainEnd(server, { folder, socketFolder }, clock);
    if (clock.monotonic() > deadline) {
      throw new EmbeddedPostgresError(`PostgreSQL did not answer in time. ${server.log()}`);
    }
    await clock.sleep(25);
  }
}

/**
 * Two services started at once, and PostgreSQL let the other one have the data; or ours could not start at all. The other
 * one may not take connections yet.
 * @throws EmbeddedPostgresError always
 */
async function explainEnd(
  server: PostgresProcess,
  { folder, socketFolder }: Pick<PostgresProcessOptions, 'folder' | 'socketFolder'>,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
): Promise<never> {
  const deadline = clock.monotonic() + OTHER_START_MS;
  while (isServed(folder.data) && clock.monotonic() <= deadline) {
    if ((await probe(socketFolder, server.name)) === 'other') throw inUse(folder.data);
    await clock.sleep(25);
  }
  throw new EmbeddedPostgresError(`PostgreSQL did not start. ${server.log()}`);
}
