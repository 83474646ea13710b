import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a process of the service holds. */
export interface Figures {
  heapMb: number;
  rssMb: number;
  /** Open files and sockets. */
  descriptors: number;
  sessions: number;
}

const MEBIBYTE = 1_048_576;

/** How a {@link ServiceProcess} is run. */
export interface ServiceProcessOptions {
  /** Arguments of Node, the entry last; the source by default, which needs no build. */
  nodeArguments?: readonly string[];
  /** Settings besides those that every such process needs. */
  settings?: Readonly<Record<string, string>>;
}

/** The service as a process of its own with its embedded database, for scripts that measure it. */
export class ServiceProcess {
  readonly secret = randomBytes(32).toString('base64');
  readonly #options: Required<ServiceProcessOptions>;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'service-'));
  #child: ChildProcess | undefined;
  #url = '';

  constructor(options: ServiceProcessOptions = {}) {
    this.#options = {
      nodeArguments: ['--import', 'tsx', 'src/server.ts'],
      settings: {},
      ...options,
    };
  }

  get url(): string {
    return this.#url;
  }

  /** @throws Error before it was started */
  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the service was not started');
    return this.#child.pid;
  }

  /** @throws Error where the service ends before it listens. */
  async start(): Promise<void> {
    chmodSync(this.#folder, 0o711); // under root the database runs as another account
    const child = spawn(process.execPath, [...this.#options.nodeArguments], {
      cwd: path.resolve(import.meta.dirname, '..'),
      env: { PATH: process.env['PATH'], ...this.#settings() },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#url = await new Promise<string>((resolve, reject) => {
      let output = '';
      child.once('exit', (code) => reject(new Error(`the service ended with ${code}: ${output}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (this.#url !== '') return;
        output = (output + text).slice(-20_000);
        const found = /"url":"(http:[^"]+)"/.exec(output);
        if (found?.[1] !== undefined) resolve(found[1]);
      });
    });
  }

  /** Reads the service's own metrics. */
  async figures(): Promise<Figures> {
    const text = await (await fetch(`${this.#url}/metrics`)).text();
    const value = (name: string) => {
      const line = text.split('\n').find((one) => one.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1) ?? Number.NaN);
    };
    return {
      heapMb: value('nodejs_heap_size_used_bytes') / MEBIBYTE,
      rssMb: value('process_resident_memory_bytes') / MEBIBYTE,
      descriptors: value('process_open_fds'),
      sessions: value('mcp_sessions{state="idle"}') + value('mcp_sessions{state="in_use"}'),
    };
  }

  /** Stops it as an operator does, and removes its data. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #settings(): Record<string, string> {
    return {
      NODE_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'info',
      DATA_DIR: path.join(this.#folder, 'data'),
      JWT_SECRET: this.secret,
      ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.1/32',
      RATE_LIMIT_MAX: '1000000',
      ...this.#options.settings,
    };
  }
}
