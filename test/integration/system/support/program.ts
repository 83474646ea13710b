import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';

/** The checkout under test. */
export const ROOT = path.resolve(import.meta.dirname, '../../../..');

/** Milliseconds. Generous: a test ends earlier when all is well, and a busy machine must not fail it. */
const PATIENCE_MS = 90_000;

/** The file of a compiled program. */
export function builtProgram(name: string): string {
  return path.join(inject('build'), `${name}.js`);
}

/** How a program ended. */
export interface ProgramEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** How to start a {@link Program}. */
export interface ProgramOptions {
  /** The whole environment besides `PATH`. */
  env?: Readonly<Record<string, string>>;
  /** Default: the checkout. */
  cwd?: string;
  account?: { uid: number; gid: number };
}

/** A program of the product as a process of its own, in a process group of its own as a terminal would start it. */
export class Program {
  readonly #child: ChildProcess;
  readonly #end: Promise<ProgramEnd>;
  #output = '';

  /** Runs a command, its output collected. */
  constructor(command: string, args: readonly string[], options: ProgramOptions = {}) {
    this.#child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { PATH: process.env['PATH'], ...options.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.account,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    this.#end = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      // `close`, not `exit`: by then everything it wrote has arrived.
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** Runs a program of the product as operators do: `server`, `migrate`, `reseal`. */
  static built(name: string, args: readonly string[] = [], options: ProgramOptions = {}): Program {
    return new Program(process.execPath, [builtProgram(name), ...args], options);
  }

  /** Runs a TypeScript file of the checkout. */
  static script(file: string, args: readonly string[] = [], options: ProgramOptions = {}): Program {
    return new Program(process.execPath, ['--import', 'tsx', file, ...args], options);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the program did not start');
    return pid;
  }

  /** What it has written so far, to both streams. */
  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Signals this one process. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Signals the process group, as Ctrl-C in a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** @throws Error with the output, where it does not end. */
  async ended(): Promise<ProgramEnd> {
    return await withPatience(this.#end, () => `the program does not end:\n${this.#output}`);
  }

  /** Waits until it has written something of this form. @throws Error with the output, where it ends without. */
  async written(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const hadEnded = !this.isRunning;
      if (hadEnded) await this.ended();
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (hadEnded) throw new Error(`it ended without ${pattern}:\n${this.#output}`);
      await pause();
    }
  }

  /** Ends it the hard way, for `afterEach`. */
  async destroy(): Promise<void> {
    if (this.isRunning) this.#child.kill('SIGKILL');
    await this.ended();
  }
}

/** Waits until the condition holds. @throws Error that says for what it waited. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`in vain waited until ${what}`);
    await pause();
  }
}

/** Command lines of the running processes that mention the text. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLine(pid))
    .filter((line) => line.includes(text));
}

/** Waits until no process mentions the text in its command line. */
export async function untilNoneIsLeft(text: string): Promise<void> {
  await until(`no process mentions ${text}`, () => processesWith(text).length === 0);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it ended meanwhile
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

async function withPatience<Result>(work: Promise<Result>, what: () => string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(what())), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
