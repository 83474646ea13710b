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

/** The service as a process of its own with its embedded database, as `npm start` runs it. */
export class SoakService {
  readonly secret = randomBytes(32).toString('base64');
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'soak-'));
  #child: ChildProcess | undefined;
  #url = '';

  get url(): string {
    return this.#url;
  }

  /** @throws Error where the service ends before it listens. */
  async start(): Promise<void> {
    chmodSync(this.#folder, 0o711); // under root the database runs as another account
    const root = path.resolve(import.meta.dirname, '../..');
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'src/server.ts')], {
      cwd: root,
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
    };
  }
}
