import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { findSetpriv } from './isolation.ts';
import { INSTANCE_VARIABLE } from './server-environment.ts';

/**
 * The shell around everything of one server. It reads our pipe: however this process ends, the pipe closes, and all of the group is ended,
 * whatever account it runs under and wherever it forked to. Arguments: user id, container engine's program, container (each or empty), program …
 */
const KEEPER = `
account=$1 docker=$2 container=$3
shift 3
trap '' INT TERM HUP
finish() {
  if [ -n "$container" ]; then "$docker" rm --force "$container" >/dev/null 2>&1; fi
  if [ -n "$account" ]; then
    setpriv --reuid="$account" --regid="$account" --clear-groups /bin/sh -c '[ "$(id -u)" = "$0" ] && kill -s KILL -- -1' "$account"
  fi
  kill -s KILL 0
}
exec 3<&0
( trap - INT TERM HUP; exec "$@" ) </dev/null 3<&- &
server=$!
( read -r _ <&3; kill -s TERM 0; sleep 3; finish ) &
exec 3<&-
wait "$server"
finish`;

/**
 * The shell around the server's own program, below the bridge. Hides the bridge's key, sets limits, says how the program ended, and ends the
 * bridge, which would go on without it. What the program put at the file's place is removed first: a pipe would be waited for. Arguments: file, KiB of data per process, open files, processes (each or empty), program …
 */
const WRAPPER = `
unset MCP_PROXY_API_KEY
exit_file=$1
if [ -n "$2" ]; then ulimit -d "$2"; fi
if [ -n "$3" ]; then ulimit -n "$3"; fi
if [ -n "$4" ]; then ulimit -u "$4" 2>/dev/null || ulimit -p "$4"; fi
ulimit -c 0
shift 4
"$@"
code=$?
rm -f "$exit_file"
echo "$code" >"$exit_file"
kill -s TERM "$PPID"`;

/** Limits of each process of a server; undefined: none. */
export interface ProcessLimits {
  dataKib: number | undefined;
  openFiles: number | undefined;
  /** Of the whole account; only for servers that have one of their own. */
  processes: number | undefined;
}

/** The command line of the shell that runs a server's program. */
export function wrapped(
  command: readonly string[],
  exitFile: string,
  limits: ProcessLimits,
): readonly string[] {
  const numbers = [limits.dataKib, limits.openFiles, limits.processes];
  const texts = numbers.map((number) => (number === undefined ? '' : String(number)));
  return ['/bin/sh', '-c', WRAPPER, 'mcp-server', exitFile, ...texts, ...command];
}

/** What a keeper is started with. */
export interface KeeperOptions {
  command: readonly string[];
  /** All of it: nothing is inherited. */
  environment: Readonly<Record<string, string>>;
  /** Undefined: our own account. */
  account: number | undefined;
  /** The container that ends with the server, and the engine's program; undefined where it has none. */
  container: { name: string; program: string } | undefined;
  /** Where the program starts. */
  folder: string;
  searchPath: string;
}

/** Everything that runs of one server, from its start to the end of the last process in its group. */
export class Keeper {
  readonly pid: number | undefined;
  /** Resolves when the keeper has ended, and with it its group. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #hasEnded = false;

  /** @param onOutput told of what server and bridge write to their logs */
  constructor(options: KeeperOptions, onOutput: (chunk: Buffer) => void) {
    const { account, container, command, environment } = options;
    const program = account === undefined ? command : asAccount(account, command);
    this.#child = spawn(
      '/bin/sh',
      [
        ...['-c', KEEPER, 'mcp-keeper', String(account ?? '')],
        ...[container?.program ?? '', container?.name ?? '', ...program],
      ],
      {
        cwd: options.folder,
        env: { ...environment, PATH: options.searchPath },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    this.pid = this.#child.pid;
    this.ended = new Promise((resolve) => {
      const onEnd = () => {
        this.#hasEnded = true;
        resolve();
      };
      this.#child.once('exit', onEnd);
      this.#child.once('error', onEnd);
    });
    this.#child.stdin?.on('error', () => {}); // the keeper ended first
    const budget = new OutputBudget();
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        onOutput(chunk);
        budget.spend(chunk.length, stream);
      });
    }
    // Servers never keep this process from ending; it ends them.
    this.#child.unref();
    for (const stream of this.#child.stdio) if (stream instanceof Socket) stream.unref();
  }

  /** Asks all of the group to end. */
  terminate(): void {
    this.#signal('SIGTERM');
  }

  /** Ends all of the group, the keeper included. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined || this.#hasEnded) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It ended just now.
    }
  }
}

/** Without a way back: no capabilities, and no program that gives any. */
function asAccount(account: number, command: readonly string[]): readonly string[] {
  const options = [`--reuid=${account}`, `--regid=${account}`, '--clear-groups', '--no-new-privs'];
  const rights = ['--inh-caps=-all', '--bounding-set=-all'];
  return [findSetpriv() ?? 'setpriv', ...options, ...rights, ...command];
}

/** Ends every process of an account, whatever group it went to. Never of root, and never of ours. */
export async function endAccount(account: number): Promise<void> {
  if (account <= 0 || account === process.getuid?.()) return;
  const child = spawn(
    '/bin/sh',
    ['-c', '[ "$(id -u)" = "$0" ] && kill -s KILL -- -1', String(account)],
    {
      uid: account,
      gid: account,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      stdio: 'ignore',
    },
  );
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

/** The line in the environment of all processes of a server. */
export function markOf(instanceId: string): string {
  return `${INSTANCE_VARIABLE}=${instanceId}`;
}

/** How much a server may write in a second; more makes it wait, and costs us nothing. */
const OUTPUT_BYTES_PER_SECOND = 1024 * 1024;

/** Has streams wait that carry too much. */
class OutputBudget {
  #left = OUTPUT_BYTES_PER_SECOND;
  #refill: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<NodeJS.ReadableStream>();

  spend(bytes: number, stream: NodeJS.ReadableStream): void {
    this.#left -= bytes;
    this.#refill ??= setTimeout(() => this.#fill(), 1_000).unref();
    if (this.#left > 0) return;
    stream.pause();
    this.#waiting.add(stream);
  }

  #fill(): void {
    this.#refill = undefined;
    this.#left = OUTPUT_BYTES_PER_SECOND;
    for (const stream of this.#waiting) stream.resume();
    this.#waiting.clear();
  }
}
