import { once } from 'node:events';
import { chownSync, cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestDatabase } from '../../support/database.ts';
import { makeDataFolder } from './support/data-folder.ts';
import {
  Program,
  type ProgramOptions,
  processesWith,
  ROOT,
  until,
  untilNoneIsLeft,
} from './support/program.ts';
import { clientOf, makeSettings } from './support/real-service.ts';
import { expectSignIn } from './support/sign-in-by-hand.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const { LOG_LEVEL: _level, OUTBOUND_ALLOWED_ADDRESSES: _addresses, ...secrets } = makeSettings();
const SCRIPT = 'scripts/quickstart.ts';
const NOBODY = { uid: 65_534, gid: 65_534 };
const STEPS = [
  'Development secrets',
  'Service with its database',
  'Published MCP server',
  'Test the server',
  'Save it as a connector',
  "List the user's tools",
  'Call quickstart__echo',
];

let folder: ReturnType<typeof makeDataFolder>;
let demoPorts: number[];
const programs: Program[] = [];

beforeEach(() => {
  folder = makeDataFolder();
  demoPorts = [];
});

afterEach(async () => {
  for (const program of programs.splice(0)) await program.destroy();
  await untilNoneIsLeft(folder.path);
  for (const port of demoPorts) await until('the demo server is gone', () => isRefused(port));
  folder.remove();
});

function quickstart(
  args: readonly string[] = ['--once'],
  { env = {}, ...options }: ProgramOptions = {},
): Program {
  const program = Program.script(SCRIPT, args, {
    env: { ...secrets, DATA_DIR: folder.path, PORT: '0', ...env },
    ...options,
  });
  programs.push(program);
  return program;
}

/** The addresses a running quickstart tells. */
async function addressesOf(program: Program): Promise<{ url: string; demoPort: number }> {
  const [, url = '', demo = ''] = await program.written(
    /✓ Service.* (http:\S+) [\s\S]*✓ Published.*:(\d+)\/mcp[\s\S]*Running\. Ctrl-C/,
  );
  demoPorts.push(Number(demo));
  return { url, demoPort: Number(demo) };
}

async function expectTour(program: Program): Promise<void> {
  expect(await program.ended(), program.output).toEqual({ code: 0, signal: null });
  const steps = program.output.split('\n').filter((line) => line.startsWith('✓'));
  expect(steps.map((line) => line.slice(2, 30).trim())).toEqual(STEPS);
  for (const step of steps) expect(step).toMatch(/ \d+ ms( {3}\S.*)?$/);
  expect(program.output).toContain('"Echo: hello"');
  expect(program.output).toMatch(/API documentation {3}http:\S+\/docs/);
  expect(program.output).not.toContain('✗');
}

/** Whether nobody listens. */
async function isRefused(port: number, host = '127.0.0.1'): Promise<boolean> {
  const socket = net.connect({ port, host });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(10_000) });
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

describe('npm run quickstart -- --once', () => {
  it('shows every step and ends with 0, twice in a row', async () => {
    await expectTour(quickstart());
    await expectTour(quickstart());
    expect(processesWith(folder.path)).toEqual([]);
  });

  it('takes another port where the default one is taken, and goes on', async () => {
    const holder = net.createServer();
    // Where somebody else holds the port, that is as good.
    await new Promise<void>((resolve) => {
      holder.once('error', () => resolve()).listen(8080, '127.0.0.1', resolve);
    });
    try {
      const program = quickstart(['--once'], { env: { PORT: '' } });
      await expectTour(program);
      expect(program.output).not.toContain('http://127.0.0.1:8080');
      expect(program.output).toContain('8080 is taken');
    } finally {
      holder.close();
    }
  });

  it('ends with 1 and says why, where a step fails', async () => {
    const program = quickstart(['--once'], { env: { OUTBOUND_ALLOWED_ADDRESSES: '10.0.0.0/8' } });
    expect((await program.ended()).code, program.output).toBe(1);
    expect(program.output).toContain('✗ Test the server');
    expect(program.output).toMatch(/The quickstart failed: Test the server: .*address/);
    expect(processesWith(folder.path)).toEqual([]);
  });

  it('ends with 1 and says why, where a setting is wrong', async () => {
    const program = quickstart(['--once'], { env: { RATE_LIMIT_MAX: 'many' } });
    expect((await program.ended()).code).toBe(1);
    expect(program.output).toMatch(/The quickstart failed: .*\n- RATE_LIMIT_MAX must be/);
    expect(program.output).not.toContain('many');
  });

  it('is refused in production, also with secrets and a database', async () => {
    const program = quickstart(['--once'], {
      env: {
        NODE_ENV: 'production',
        DATABASE_URL: 'postgresql://127.0.0.1:1/none',
        JWT_ISSUER: 'a',
        JWT_AUDIENCE: 'b',
      },
    });
    expect((await program.ended()).code).toBe(1);
    expect(program.output).toContain('NODE_ENV is production');
    expect(program.output).not.toContain('✓ Service');
  });

  it('uses the database it is given, and says what to do where that has no tables', async () => {
    const empty = await createTestDatabase({ migrated: false });
    const refused = quickstart(['--once'], { env: { DATABASE_URL: empty.url } });
    expect((await refused.ended()).code).toBe(1);
    expect(refused.output).toContain('missing migrations');
    expect(refused.output).toContain('npm run db:migrate');
    const migrate = Program.built('migrate', [], { env: { DATABASE_URL: empty.url } });
    expect((await migrate.ended()).code, migrate.output).toBe(0);

    const program = quickstart(['--once'], { env: { DATABASE_URL: empty.url } });
    await expectTour(program);
    expect(program.output).toContain('data in your DATABASE_URL');
    const { rows } = await empty.owner.query('SELECT name FROM connectors');
    expect(rows).toEqual([{ name: 'Quickstart' }]);
    expect(processesWith(folder.path)).toEqual([]);
    await empty.drop();
  });

  it('does not stumble over what was sealed with keys that are lost', async () => {
    await expectTour(quickstart());
    const { ENCRYPTION_KEYS } = makeSettings();
    await expectTour(quickstart(['--once'], { env: { ENCRYPTION_KEYS: ENCRYPTION_KEYS ?? '' } }));
  });

  it('ends on Ctrl-C during the tour, not with 0', async () => {
    const program = quickstart();
    await program.written(/✓ Service/);
    program.killGroup('SIGINT');
    const { code } = await program.ended();
    expect(program.output).not.toContain('The quickstart failed');
    // It may have come to its end just before.
    expect(code).toBe(program.output.includes('API documentation') ? 0 : 130);
    expect(processesWith(folder.path)).toEqual([]);
  });
});

describe('npm run quickstart', () => {
  it('keeps running, with a token that works, until Ctrl-C stops everything', async () => {
    const program = quickstart([]);
    const { url, demoPort } = await addressesOf(program);
    const [, token = ''] = await program.written(/A token, for 8 h +(\S+)/);
    const headers = { authorization: `Bearer ${token}` };
    const list = await fetch(`${url}/api/connectors`, { headers });
    expect(await list.json()).toMatchObject({ items: [{ name: 'Quickstart' }] });
    expect((await fetch(`${url}/docs/`)).status).toBe(200);
    expect(await isRefused(demoPort)).toBe(false);
    expect(processesWith(folder.path).length).toBeGreaterThan(0);
    const client = (await clientOf(url, secrets.JWT_SECRET)).withToken(token);
    await expectSignIn(url, client);

    program.killGroup('SIGINT');

    expect(await program.ended(), program.output).toEqual({ code: 0, signal: null });
    expect(processesWith(folder.path)).toEqual([]);
    expect(await isRefused(demoPort)).toBe(true);
  });

  it('keeps service and demo server on the loopback interface', async () => {
    const program = quickstart([]);
    const { url, demoPort } = await addressesOf(program);
    for (const port of [demoPort, Number(new URL(url).port)]) {
      expect(await isRefused(port)).toBe(false);
      // Another address of the same machine: whoever listens on all of them would answer here.
      expect(await isRefused(port, '127.0.0.2')).toBe(true);
    }
  });

  it('gives the demo server none of its secrets', async () => {
    const program = quickstart([]);
    const { url } = await addressesOf(program);
    const [, token = ''] = await program.written(/A token, for 8 h +(\S+)/);
    const client = (await clientOf(url, secrets.JWT_SECRET)).withToken(token);
    const answer = await client.callTool({ name: 'quickstart__get-env', arguments: {} });
    expect(answer.ok().is_error).toBe(false);
    expect(answer.text).toContain('PATH');
    expect(answer.text).not.toContain('JWT_SECRET');
    expect(answer.text).not.toContain('ENCRYPTION_KEYS');
  });

  it('leaves nothing behind when it is killed', async () => {
    const program = quickstart([]);
    const { demoPort } = await addressesOf(program);
    program.kill('SIGKILL');
    await program.ended();
    await untilNoneIsLeft(folder.path);
    await until('the demo server is gone', () => isRefused(demoPort));
  });

  it('stops on Ctrl-C under npm, which hands the signal on a second time', async () => {
    const program = new Program('npm', ['run', 'quickstart'], {
      env: { ...secrets, DATA_DIR: folder.path, PORT: '0', HOME: folder.path },
    });
    programs.push(program);
    const { demoPort } = await addressesOf(program);
    program.killGroup('SIGINT');
    await program.ended();
    expect(program.output).toContain('Stopping …');
    await untilNoneIsLeft(folder.path);
    await until('the demo server is gone', () => isRefused(demoPort));
  });
});

describe.runIf(process.getuid?.() === 0)('as root', () => {
  it('says where the data lies, where the account of the database cannot enter the folder', async () => {
    const home = path.join(folder.path, 'root');
    mkdirSync(home, { mode: 0o700 });
    const program = quickstart(['--once'], { env: { DATA_DIR: path.join(home, 'data') } });
    await expectTour(program);
    const [, data = ''] = await program.written(/\(data in (\/[^)\s]+)\)/);
    expect(data.startsWith(folder.path)).toBe(false);
    expect(existsSync(path.join(data, 'postgres'))).toBe(true);
    expect(processesWith(data)).toEqual([]);
    rmSync(data, { recursive: true });
  });
});

describe.runIf(process.getuid?.() === 0)('as an ordinary user', () => {
  /** A checkout of its own, without the parts that are not needed; the dependencies are shared. */
  function copyCheckout(): string {
    const copy = path.join(folder.path, 'checkout');
    mkdirSync(copy);
    for (const part of ['package.json', 'tsconfig.json', 'src', 'scripts', 'prisma']) {
      cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
    return copy;
  }

  it('works in a fresh checkout, with secrets of its own that nobody else can read', async (context) => {
    const probe = new Program('/bin/sh', ['-c', `cd '${ROOT}/node_modules'`], {
      cwd: '/',
      account: NOBODY,
    });
    // Below a home folder of root nobody else can use the dependencies either.
    context.skip((await probe.ended()).code !== 0, 'the checkout is not readable for others');
    const copy = copyCheckout();
    const own = new Program('chown', ['-hR', `${NOBODY.uid}:${NOBODY.gid}`, copy]);
    expect((await own.ended()).code).toBe(0);
    chownSync(folder.path, NOBODY.uid, NOBODY.gid);

    for (const _time of ['first', 'second']) {
      const program = Program.script(SCRIPT, ['--once'], {
        cwd: copy,
        account: NOBODY,
        env: { HOME: folder.path, PORT: '0', TMPDIR: folder.path },
      });
      programs.push(program);
      await expectTour(program);
      expect(program.output).toContain(`data in ${copy}/.data`);
    }
    const modes = new Program('stat', ['-c', '%a', `${copy}/.dev`, `${copy}/.dev/secrets.json`]);
    await modes.ended();
    expect(modes.output).toBe('700\n600\n');
    expect(existsSync(path.join(copy, '.data/postgres'))).toBe(true);
  });
});
