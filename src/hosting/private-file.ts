import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { HostingError } from './hosting-error.ts';

/** Whose a file is to be; undefined: ours. */
export type Owner = number | undefined;

/** Makes a folder anew, in a folder that nobody but us writes to. What stood there is removed; a link is removed, never followed. */
export function makeFolder(folder: string, mode: number, owner: Owner): void {
  rmSync(folder, { recursive: true, force: true });
  // Fails where somebody makes something of this name meanwhile.
  mkdirSync(folder, { mode: 0o700 });
  if (owner !== undefined) chownSync(folder, owner, owner);
  chmodSync(folder, mode); // whatever the umask
}

/**
 * Makes sure of a folder of ours that stays.
 * @throws HostingError where it is a link, somebody else's, or others may write to it
 */
export function keepFolder(folder: string, mode: number): void {
  mkdirSync(folder, { recursive: true, mode });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new HostingError(`${folder} is to be a folder of this program's own account.`);
  }
  chmodSync(folder, mode);
}

/**
 * Writes a file that its owner alone can read (0600). It is whole or not there, and what stands at its name is replaced: a link is never
 * written through.
 */
export function writePrivateFile(file: string, content: string, owner: Owner): void {
  const draft = path.join(path.dirname(file), `.${randomUUID()}`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    fchmodSync(handle, 0o600);
    writeSync(handle, content);
    fsyncSync(handle);
    if (owner !== undefined) fchownSync(handle, owner, owner);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
}
