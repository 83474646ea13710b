import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { promisify } from 'node:util';
import { HostingError } from './hosting-error.ts';

const run = promisify(execFile);

/**
 * Removes a folder with whatever a server made of it. The system's own programs do it, in a process of theirs: they go down folder by folder, so
 * that neither paths that are too long for the system nor millions of files stop this one. Nothing happens where there is none.
 * @throws HostingError where something of it is left
 */
export async function removeTree(folder: string): Promise<void> {
  if (!exists(folder)) return;
  await run('/bin/rm', ['-rf', '--', folder]).catch(() => {});
  if (!exists(folder)) return;
  // Who runs under our own account can close folders to itself, and so to us. Links are not followed.
  await run('/bin/chmod', ['-R', 'u+rwX', '--', folder]).catch(() => {});
  await run('/bin/rm', ['-rf', '--', folder]).catch(() => {});
  if (exists(folder)) throw new HostingError(`${folder} cannot be removed.`);
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
