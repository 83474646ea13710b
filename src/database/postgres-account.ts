import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

/** The account the database server runs under; empty means that of this process. */
export interface PostgresAccount {
  uid?: number;
  gid?: number;
}

/** How a program ended. */
export interface ProgramResult {
  /** Exit code, or -1 when it could not be started or a signal ended it. */
  code: number;
  /** What it wrote, both streams, at most 1 MB. */
  output: string;
}

/** PostgreSQL refuses to run as root. This id is "nobody", which every system has, containers with a short range of ids too. */
const UNPRIVILEGED_ID = 65_534;

/** True when this process may take another account. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The account for a data folder: the folder's owner when it exists already, else an unprivileged one. */
export function accountFor(dataFolder: string): PostgresAccount {
  if (!runsAsRoot()) return {};
  if (existsSync(dataFolder)) {
    const { uid, gid } = statSync(dataFolder);
    if (uid !== 0) return { uid, gid };
  }
  return { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID };
}

/** Runs a program to its end under the account. Never rejects. */
export function runAs(
  account: PostgresAccount,
  program: string,
  args: readonly string[],
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    // The root folder is one that every account can enter.
    const options = { ...account, cwd: '/', env: POSTGRES_ENVIRONMENT };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output: `${stdout}${stderr}` || (error?.message ?? '') });
    });
  });
}

/** Nothing of our own environment, with its secrets, reaches the server. */
export const POSTGRES_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' } as const;

/** True when the account can enter the folder. */
export async function canEnter(account: PostgresAccount, folder: string): Promise<boolean> {
  const { code } = await runAs(account, '/bin/sh', ['-c', 'cd -- "$0"', folder]);
  return code === 0;
}
