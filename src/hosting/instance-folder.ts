import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { CredentialFile } from '../runtimes/launch.ts';
import { makeFolder, type Owner, writePrivateFile } from './private-file.ts';
import { removeTree } from './remove-tree.ts';

/** The files of one server: its own folder, its credentials, and what its keeper leaves there. */
export class InstanceFolder {
  /** Where the server is at home; it may write there. */
  readonly home: string;
  readonly temporary: string;
  readonly credentials: string;
  /** Where the shell around the server writes how that ended. */
  readonly exitFile: string;
  /** For what only programs of ours read. */
  readonly own: string;
  readonly #root: string;
  readonly #owner: Owner;
  #written: readonly string[] = [];

  /** @param root a folder that is made by {@link make}, in one that nobody but us writes to */
  constructor(root: string, owner: Owner) {
    this.#root = root;
    this.#owner = owner;
    this.home = path.join(root, 'home');
    this.temporary = path.join(root, 'tmp');
    this.credentials = path.join(root, 'credentials');
    this.own = path.join(root, 'own');
    this.exitFile = path.join(this.temporary, '.exit-code');
  }

  /**
   * Makes all of it anew. No process of the server's may be running: it could change what is being removed.
   * @throws HostingError where what stood there cannot be removed; Error of the file system
   */
  async make(files: readonly CredentialFile[]): Promise<void> {
    await removeTree(this.#root);
    // The server owns what is inside, and cannot replace the folders themselves.
    makeFolder(this.#root, this.#owner === undefined ? 0o700 : 0o711, undefined);
    makeFolder(this.home, 0o700, this.#owner);
    makeFolder(this.temporary, 0o700, this.#owner);
    makeFolder(this.credentials, 0o700, this.#owner);
    makeFolder(this.own, 0o700, undefined);
    for (const { name, content } of files) {
      writePrivateFile(this.#fileOf(name), content, this.#owner);
    }
    this.#written = files.map(({ name }) => this.#fileOf(name));
  }

  /** The variables that lead a server to its files. @param folder where the server finds them; this machine's by default */
  variables(files: readonly CredentialFile[], folder = this.credentials): Record<string, string> {
    return Object.fromEntries(
      files.map(({ name, variable }) => [variable, path.join(folder, name)]),
    );
  }

  /** Are the credentials still what was written, as far as their place tells: no file gone, none replaced by a link? */
  isWhole(): boolean {
    return this.#written.every((file) => {
      try {
        return lstatSync(file).isFile();
      } catch {
        return false;
      }
    });
  }

  /** How the server ended, 0 to 255; undefined where the shell around it did not get to say it. The server can write it as well. */
  exitCode(): number | undefined {
    const text = startOf(this.exitFile)?.trim() ?? '';
    return /^\d{1,3}$/.test(text) ? Number(text) : undefined;
  }

  /** Takes away everything. No process of the server's may be running. @throws HostingError where something is left */
  async remove(): Promise<void> {
    this.#written = [];
    await removeTree(this.#root);
  }

  #fileOf(name: string): string {
    return path.join(this.credentials, name);
  }
}

/** The first characters of a file that a server may have put there: a pipe would be waited for, a link may lead anywhere, and a device has no end. */
function startOf(file: string): string | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!fstatSync(handle).isFile()) return undefined;
    const start = Buffer.alloc(8);
    return start.toString('utf8', 0, readSync(handle, start));
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
