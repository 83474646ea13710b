import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFront } from '../../../src/hosting/front-program.ts';
import { loadFrontSettings } from '../../../src/hosting/front-settings.ts';
import { HostingError } from '../../../src/hosting/hosting-error.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { textOf } from '../../support/hosting/test-host.ts';
import { startEverything } from '../../support/mcp-servers/everything-server.ts';
import { connectLegacy, connectModern } from '../gateway/support/mcp-clients.ts';

const TOKEN = 'a-token-of-more-than-thirty-two-characters';
const SERVER = path.resolve(import.meta.dirname, '../../support/hosting/stdio-server.mjs');
let folder: string;
let base: Record<string, string>;
let child: ChildProcess | undefined;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'front-'));
  writeFileSync(path.join(folder, 'token'), `${TOKEN}\n`);
  base = { FRONT_TOKEN_FILE: path.join(folder, 'token'), FRONT_FOLDER: path.join(folder, 'run') };
});

afterEach(() => child?.kill('SIGKILL'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the program, on a free port. @returns its address */
async function start(args: readonly string[], env: Record<string, string>): Promise<string> {
  const program = path.resolve(import.meta.dirname, '../../../src/front.ts');
  const started = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    env: { PATH: process.env['PATH'], ...base, FRONT_HOST: '127.0.0.1', FRONT_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child = started;
  for await (const chunk of started.stdout) {
    const port = /"port":(\d+)/.exec(String(chunk))?.[1];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
  }
  throw new Error('the front ended');
}

describe('the program in front of one server', () => {
  it('starts it behind a bridge, with its environment but for the settings of the front', async () => {
    const origin = await start(['--', process.execPath, SERVER], { API_TOKEN: 'of-the-owner' });
    const health = async () => (await fetch(`${origin}/healthz`)).status;
    await expect.poll(health).toBe(200);
    expect((await fetch(`${origin}/mcp`, { method: 'POST' })).status).toBe(401);
    const client = await connectModern({ url: `${origin}/mcp`, token: TOKEN });
    const environment = textOf(await client.callTool({ name: 'environment' }));
    expect(environment).toContain('of-the-owner');
    expect(environment).not.toContain('FRONT_');
    expect(environment).not.toContain(TOKEN);
    await client.close();
    const ended = child && once(child, 'exit');
    child?.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('passes on to one that others started', async () => {
    const server = await startEverything();
    const settings = loadFrontSettings(
      { ...base, FRONT_UPSTREAM: server.url, FRONT_HOST: '127.0.0.1', FRONT_PORT: '0' },
      [],
    );
    const logger = { info: () => {}, warn: () => {} };
    const front = await startFront(settings, { logger, clock: systemClock, onLine: () => {} });
    const origin = `http://127.0.0.1:${front.port}`;
    const use = async () => (await fetch(`${origin}/healthz`)).json();
    expect(await use()).toEqual({ sessions: 0, idle_seconds: expect.any(Number) });
    const client = await connectLegacy({ url: `${origin}/mcp`, token: TOKEN });
    const call = { name: 'echo', arguments: { message: 'hello' } };
    expect(textOf(await client.callTool(call))).toBe('Echo: hello');
    expect(await use()).toMatchObject({ sessions: 1 });
    await client.close();
    await server.close();
    expect((await fetch(`${origin}/healthz`)).status).toBe(503);
    await front.stop();
  });

  it.each([
    ['no token', { FRONT_TOKEN_FILE: '' }, ['--', 'x']],
    ['a token file that is not there', { FRONT_TOKEN_FILE: '/nowhere' }, ['--', 'x']],
    ['neither server nor command', {}, []],
    ['both', { FRONT_UPSTREAM: 'http://127.0.0.1:1/mcp' }, ['--', 'x']],
    ['a server elsewhere', { FRONT_UPSTREAM: 'http://192.0.2.1/mcp' }, []],
    ['a server that only looks near', { FRONT_UPSTREAM: 'http://127.0.0.1.example.com/' }, []],
    ['no port', { FRONT_PORT: 'x' }, ['--', 'x']],
    ['one path for both', { FRONT_HEALTH_PATH: '/mcp' }, ['--', 'x']],
  ])('refuses %s', (_what, env, args) => {
    expect(() => loadFrontSettings({ ...base, ...env }, args)).toThrow(HostingError);
  });
});
