import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { runAs } from './postgres-account.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { PostgresFolder } from './postgres-folder.ts';

/** An initdb takes a second or two. */
const DRAFT_LIFETIME_MS = 600_000;

/**
 * Makes PostgreSQL's data folder unless it is there.
 * @throws EmbeddedPostgresError when it cannot be made, or was made by another version or account.
 */
export async function makeCluster(
  folder: PostgresFolder,
  binaries: PostgresBinaries,
  fsync: boolean,
): Promise<void> {
  removeDrafts(folder);
  if (existsSync(folder.data)) return checkCluster(folder, binaries);
  // Made under another name first: a folder that is there is a complete one.
  const draft = `${folder.data}.${randomUUID()}.draft`;
  mkdirSync(draft, { mode: 0o700 });
  giveFolder(folder, draft);
  const args = ['-D', draft, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'];
  args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  if (!fsync) args.push('--no-sync');
  const { code, output } = await runAs(folder.account, binaries.initdb, args);
  if (code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new EmbeddedPostgresError(`initdb failed: ${output.trim().slice(-2_000)}`);
  }
  try {
    renameSync(draft, folder.data);
  } catch {
    // Another process made one meanwhile. Which of the two may use it, PostgreSQL decides.
    rmSync(draft, { recursive: true, force: true });
  }
}

/** What an initdb left that was killed; one that is as young as this may still be at work. */
function removeDrafts(folder: PostgresFolder): void {
  const name = path.basename(folder.data);
  for (const entry of readdirSync(folder.root)) {
    if (!entry.startsWith(`${name}.`) || !entry.endsWith('.draft')) continue;
    const draft = path.join(folder.root, entry);
    if (Date.now() - statSync(draft).mtimeMs > DRAFT_LIFETIME_MS) {
      rmSync(draft, { recursive: true, force: true });
    }
  }
}

function checkCluster(folder: PostgresFolder, binaries: PostgresBinaries): void {
  let version: string;
  try {
    version = readFileSync(path.join(folder.data, 'PG_VERSION'), 'utf8').trim();
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `${folder.data} cannot be read. Was it made under another account, such as root? Set DATA_DIR to another folder, or remove it.`,
      { cause },
    );
  }
  if (version === binaries.major) return;
  throw new EmbeddedPostgresError(
    `${folder.data} was made by PostgreSQL ${version}, and this is ${binaries.major}. Move it away to start empty.`,
  );
}

function giveFolder(folder: PostgresFolder, entry: string): void {
  const { uid, gid } = folder.account;
  if (uid !== undefined && gid !== undefined) chownSync(entry, uid, gid);
  chmodSync(entry, 0o700);
}
