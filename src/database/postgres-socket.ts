import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { canEnter } from './postgres-account.ts';
import type { PostgresFolder } from './postgres-folder.ts';

/** Addresses of Unix sockets hold 107 bytes on Linux, 103 on macOS. */
const LONGEST_SOCKET_PATH = 100;
const PREFIX = 'mcp-connectors-';

/**
 * A 0700 folder for the server's socket: beside the data, or, when its path is too long for a socket, a fresh one among
 * the temporary files.
 * @throws EmbeddedPostgresError when neither works.
 */
export async function chooseSocketFolder(folder: PostgresFolder): Promise<string> {
  forgetSocketFolder(folder);
  const beside = path.join(folder.root, 'socket');
  if (fits(beside)) {
    mkdirSync(beside, { recursive: true, mode: 0o700 });
    give(folder, beside);
    return beside;
  }
  for (const parent of new Set([tmpdir(), '/tmp'])) {
    const made = await tryParent(folder, parent);
    if (made !== undefined) return made;
  }
  throw new EmbeddedPostgresError(
    `The path of ${folder.root} is too long for a Unix socket, and there is no usable folder for temporary files.`,
  );
}

/** Removes the temporary folder that an earlier start may have made. */
export function forgetSocketFolder(folder: PostgresFolder): void {
  let former: string;
  try {
    former = readFileSync(noteOf(folder), 'utf8');
  } catch {
    return; // the usual case: the socket lies beside the data
  }
  if (path.basename(former).startsWith(PREFIX)) rmSync(former, { recursive: true, force: true });
  rmSync(noteOf(folder), { force: true });
}

async function tryParent(folder: PostgresFolder, parent: string): Promise<string | undefined> {
  if (!fits(path.join(parent, `${PREFIX}123456`))) return undefined;
  if (!(await canEnter(folder.account, parent))) return undefined;
  const made = mkdtempSync(path.join(parent, PREFIX));
  give(folder, made);
  writeFileSync(noteOf(folder), made, { mode: 0o600 });
  return made;
}

function noteOf(folder: PostgresFolder): string {
  return path.join(folder.root, 'socket-folder');
}

function fits(folder: string): boolean {
  return Buffer.byteLength(path.join(folder, '.s.PGSQL.5432')) <= LONGEST_SOCKET_PATH;
}

function give(folder: PostgresFolder, entry: string): void {
  const { uid, gid } = folder.account;
  chmodSync(entry, 0o700);
  if (uid !== undefined && gid !== undefined) chownSync(entry, uid, gid);
}
