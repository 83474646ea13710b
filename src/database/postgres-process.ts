import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { POSTGRES_ENVIRONMENT } from './postgres-account.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { PostgresFolder } from './postgres-folder.ts';

/** A fast shutdown writes everything out; after this it is told to leave that to the next start. */
const STOP_TIMEOUT_MS = 30_000;

/**
 * The shell reads our pipe. However this process ends, the pipe closes, the watcher wakes and the server stops. The
 * signals of a terminal or a service manager do not end the shell, so that it always sees the server's end.
 */
const SUPERVISOR = `
trap '' INT TERM HUP
exec 3<&0
"$0" "$@" </dev/null 3<&- &
server=$!
( read -r _ <&3; kill -INT "$server" 2>/dev/null ) &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill -KILL "$watcher" 2>/dev/null
exit "$code"`;

/** What to run, and on what. */
export interface PostgresProcessOptions {
  folder: PostgresFolder;
  binaries: PostgresBinaries;
  socketFolder: string;
  fsync: boolean;
}

/** A PostgreSQL server that ends when this process does, and not before. */
export class PostgresProcess {
  /** Tells our server from another one on the same folder. */
  readonly name = `mcp-${randomUUID()}`;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #end: Promise<void>;
  #stopping: Promise<void> | undefined;
  ended = false;

  constructor({ folder, binaries, socketFolder, fsync }: PostgresProcessOptions) {
    this.#logFile = path.join(folder.root, 'postgres.log');
    const log = openSync(this.#logFile, 'w', 0o600);
    // Its own group: Ctrl-C in a terminal must not stop the database under requests that are still running.
    this.#child = spawn(
      '/bin/sh',
      [
        '-c',
        SUPERVISOR,
        binaries.postgres,
        '-D',
        folder.data,
        ...this.#settings(socketFolder, fsync),
      ],
      {
        ...folder.account,
        cwd: '/',
        env: POSTGRES_ENVIRONMENT,
        detached: true,
        stdio: ['pipe', log, log],
      },
    );
    closeSync(log);
    this.#end = new Promise((resolve) => {
      const onEnd = () => {
        this.ended = true;
        resolve();
      };
      this.#child.once('exit', onEnd);
      this.#child.once('error', onEnd);
    });
    this.#child.stdin?.on('error', () => {}); // the server ended first
    this.#child.unref();
    if (this.#child.stdin instanceof Socket) this.#child.stdin.unref();
  }

  /** The end of the server's log, for an error message. */
  log(): string {
    return readFileSync(this.#logFile, 'utf8').trim().slice(-2_000);
  }

  onUnexpectedEnd(tell: (log: string) => void): void {
    void this.#end.then(() => {
      if (this.#stopping === undefined) tell(this.log());
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#child.ref();
    this.#child.stdin?.destroy();
    const impatient = setTimeout(() => this.#quit(), STOP_TIMEOUT_MS);
    await this.#end;
    clearTimeout(impatient);
  }

  #quit(): void {
    const { pid } = this.#child;
    if (pid !== undefined && !this.ended) process.kill(-pid, 'SIGQUIT');
  }

  #settings(socketFolder: string, fsync: boolean): string[] {
    const values = {
      cluster_name: this.name,
      listen_addresses: '',
      // A list: quoted, a name may hold commas and spaces.
      unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
      max_connections: '200',
      fsync: fsync ? 'on' : 'off',
      full_page_writes: fsync ? 'on' : 'off',
      synchronous_commit: fsync ? 'on' : 'off',
      // Neither statements nor rows in the log: they hold what users own.
      log_error_verbosity: 'terse',
      log_min_error_statement: 'panic',
      log_checkpoints: 'off',
    };
    return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  }
}
