import { randomUUID } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type PostgresAccount, type ProgramResult, runAs } from './postgres-account.ts';

/** The programs of a PostgreSQL that the account can run. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** Major version, e.g. `18`; data folders belong to one. */
  major: string;
}

/** What is needed to find usable programs. */
export interface PostgresBinariesOptions {
  account: PostgresAccount;
  /** Folder for a copy, when the installed programs cannot be used where they are. */
  copyInto: string;
  /** Folder of the installed package. Default: the one npm installed for this platform. */
  packageFolder?: string;
}

/**
 * Finds PostgreSQL's programs among the development dependencies, and copies them when the account cannot run them
 * there: a checkout it cannot enter, or one that lacks the symbolic links which the package's install script
 * makes and which may not be added.
 * @throws EmbeddedPostgresError when there are none for this platform, or they do not run on it.
 */
export async function findPostgresBinaries(
  options: PostgresBinariesOptions,
): Promise<PostgresBinaries> {
  const installed = options.packageFolder ?? installedPackage();
  const first = await tryBinaries(installed, options.account);
  if (first.binaries !== undefined) return first.binaries;
  if (linkLibraries(installed)) {
    const linked = await tryBinaries(installed, options.account);
    if (linked.binaries !== undefined) return linked.binaries;
  }
  const copied = await tryBinaries(copyPackage(installed, options), options.account);
  if (copied.binaries !== undefined) return copied.binaries;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run on this system. Set DATABASE_URL to use another one. ${copied.result.output.trim()}`,
  );
}

function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { resolve } = createRequire(import.meta.url);
    const entry = createRequire(resolve('embedded-postgres')).resolve(name);
    return path.resolve(path.dirname(entry), '..');
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL is not installed: ${name} is missing. It is a development dependency; set DATABASE_URL to use a server of your own.`,
      { cause },
    );
  }
}

async function tryBinaries(
  folder: string,
  account: PostgresAccount,
): Promise<{ binaries: PostgresBinaries | undefined; result: ProgramResult }> {
  const bin = path.join(folder, 'native/bin');
  const postgres = path.join(bin, 'postgres');
  const result = await runAs(account, postgres, ['--version']);
  const major = /\(PostgreSQL\) (\d+)/.exec(result.output)?.[1];
  if (result.code !== 0 || major === undefined) return { binaries: undefined, result };
  return { binaries: { postgres, initdb: path.join(bin, 'initdb'), major }, result };
}

/** Makes the links that the package's install script would have made. False when the folder may not be written. */
function linkLibraries(folder: string): boolean {
  const list = path.join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return false;
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(links)) return false;
  return links.every((link: unknown) => {
    if (typeof link !== 'object' || link === null) return false;
    if (!('source' in link) || typeof link.source !== 'string') return false;
    if (!('target' in link) || typeof link.target !== 'string') return false;
    return makeLink(folder, link.source, link.target);
  });
}

function makeLink(folder: string, source: string, target: string): boolean {
  try {
    symlinkSync(path.relative(path.dirname(target), source), path.join(folder, target));
    return true;
  } catch (error) {
    return hasCode(error, 'EEXIST'); // another process was quicker, or the link was there
  }
}

/** Copies under a name of its own and renames: a copy is complete or not there, whoever else makes one. */
function copyPackage(installed: string, options: PostgresBinariesOptions): string {
  const version = versionOf(installed);
  const wanted = path.join(options.copyInto, `postgres-${version}-binaries`);
  if (existsSync(wanted)) return wanted;
  const draft = `${wanted}.${randomUUID()}`;
  try {
    cpSync(installed, draft, { recursive: true, verbatimSymlinks: true });
    linkLibraries(draft);
    giveTo(options.account, draft);
    renameSync(draft, wanted);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!hasCode(error, 'EEXIST') && !hasCode(error, 'ENOTEMPTY')) throw error;
  }
  return wanted;
}

function versionOf(folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return String(manifest.version);
  }
  throw new EmbeddedPostgresError(`${folder}/package.json names no version.`);
}

function giveTo(account: PostgresAccount, entry: string): void {
  const { uid, gid } = account;
  if (uid === undefined || gid === undefined) return;
  const stat = lstatSync(entry);
  if (stat.isSymbolicLink()) return;
  chownSync(entry, uid, gid);
  if (!stat.isDirectory()) return;
  for (const name of readdirSync(entry)) giveTo(account, path.join(entry, name));
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
