import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../free-port.ts';
import type { Upstream } from './upstream-servers.ts';

const run = promisify(execFile);
const PACKAGE = 'mcp-hub@4.2';
const START_MS = 60_000;

/** A published gateway in front of the same servers, fetched with npx. */
export class McpHub {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'mcp-hub-'));
  #child: ChildProcess | undefined;
  #url = '';

  get url(): string {
    return this.#url;
  }

  /** @throws Error before it was started */
  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('mcp-hub was not started');
    return this.#child.pid;
  }

  /** @throws Error where it cannot be fetched, or does not start within a minute */
  async start(upstreams: readonly Upstream[]): Promise<void> {
    const { stdout } = await run('npx', ['--yes', '-p', PACKAGE, 'which', 'mcp-hub']);
    const config = path.join(this.#folder, 'servers.json');
    const servers = Object.fromEntries(upstreams.map(({ url }, n) => [hubServerName(n), { url }]));
    writeFileSync(config, JSON.stringify({ mcpServers: servers }));
    const port = await freePort(0);
    // Its own process, without npx around it: only its CPU is counted.
    this.#child = spawn(
      process.execPath,
      [stdout.trim(), '--port', String(port), '--config', config],
      {
        env: { PATH: process.env['PATH'], HOME: this.#folder, NODE_ENV: 'production' },
        stdio: 'ignore',
      },
    );
    this.#url = `http://127.0.0.1:${port}`;
    await this.#untilConnected(upstreams.length);
  }

  async #untilConnected(servers: number): Promise<void> {
    const deadline = performance.now() + START_MS;
    while (performance.now() < deadline) {
      const answer = await fetch(`${this.#url}/api/servers`).catch(() => undefined);
      const found = ((await answer?.text()) ?? '').matchAll(/"status":"connected"/g);
      if ([...found].length === servers) return;
      await sleep(200);
    }
    throw new Error('mcp-hub did not start');
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(5_000).then(() => child.kill('SIGKILL'))]);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The name of the server number `n` in the hub's configuration. */
export function hubServerName(n: number): string {
  return `server${n}`;
}
