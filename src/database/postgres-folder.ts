import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { accountFor, canEnter, type PostgresAccount, runsAsRoot } from './postgres-account.ts';

/** Where an embedded server keeps what belongs to it. */
export interface PostgresFolder {
  /** The folder actually used. */
  root: string;
  /** PostgreSQL's own data folder, inside `root`. */
  data: string;
  account: PostgresAccount;
  /** Set when `root` is not the folder that was asked for: why. */
  reason: string | undefined;
}

/**
 * Decides where the data lies: in the wanted folder, or, when the account that must run the server cannot enter
 * it (a checkout below the 0700 home of root), in a folder of its own elsewhere.
 * @throws EmbeddedPostgresError when no folder can be made.
 */
export async function choosePostgresFolder(
  wanted: string,
  alternatives: readonly string[] = alternativesFor(wanted),
): Promise<PostgresFolder> {
  const root = path.resolve(wanted);
  const data = dataFolderOf(root);
  const account = accountFor(data);
  if (!runsAsRoot()) {
    makeFolder(root, 0o700);
    return { root, data, account, reason: undefined };
  }
  if (await canEnter(account, nearestExisting(root))) {
    makeFolder(root, 0o711);
    return { root, data, account, reason: undefined };
  }
  const reason = `the unprivileged account that PostgreSQL runs under cannot enter ${root}`;
  for (const alternative of alternatives) {
    const chosen = await tryFolder(alternative);
    if (chosen !== undefined) return { ...chosen, reason };
  }
  throw new EmbeddedPostgresError(
    `No folder for the embedded database: ${reason}, and none of ${alternatives.join(', ')} can be used. Set DATA_DIR.`,
  );
}

function dataFolderOf(root: string): string {
  return path.join(root, 'postgres');
}

function alternativesFor(wanted: string): string[] {
  const hash = createHash('sha256').update(path.resolve(wanted)).digest('hex').slice(0, 16);
  return [
    path.join('/var/lib/mcp-connectors', hash),
    path.join(tmpdir(), `mcp-connectors-${hash}`),
    path.join('/tmp', `mcp-connectors-${hash}`),
  ];
}

async function tryFolder(root: string): Promise<Omit<PostgresFolder, 'reason'> | undefined> {
  const data = dataFolderOf(root);
  try {
    mkdirSync(root, { recursive: true, mode: 0o711 });
  } catch {
    return undefined; // a read-only system, for one
  }
  // The name can be foreseen: whoever else made the folder could read and replace the data.
  const { uid, mode } = lstatSync(root);
  if (!lstatSync(root).isDirectory() || uid !== 0 || (mode & 0o022) !== 0) return undefined;
  const account = accountFor(data);
  return (await canEnter(account, root)) ? { root, data, account } : undefined;
}

function makeFolder(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { recursive: true, mode });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The folder ${folder} for the embedded database cannot be made or written. Was it made under another account, such as root? Set DATA_DIR to another one.`,
      { cause },
    );
  }
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(path.dirname(folder));
}
