import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeDataFolder } from './support/data-folder.ts';
import { Program, untilNoneIsLeft } from './support/program.ts';
import { addressOf, clientOf, makeSettings } from './support/real-service.ts';
import { expectSignIn } from './support/sign-in-by-hand.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const { LOG_LEVEL: _level, ...settings } = makeSettings();
const { JWT_SECRET } = settings;

let folder: ReturnType<typeof makeDataFolder>;
const programs: Program[] = [];

beforeEach(() => {
  folder = makeDataFolder();
});

afterEach(async () => {
  for (const program of programs.splice(0)) await program.destroy();
  folder.remove();
});

function script(file: string, args: readonly string[] = []): Program {
  const env = { ...settings, DATA_DIR: folder.path, PORT: '0', LOG_LEVEL: 'info' };
  const program = Program.script(file, args, { env });
  programs.push(program);
  return program;
}

it('npm run dev serves tokens of npm run token, signs in to servers, and Ctrl-C stops everything', async () => {
  const dev = script('scripts/dev.ts');
  const url = await addressOf(dev);
  const token = script('scripts/token.ts', ['--user', 'bob', '--ttl', '5m']);
  expect((await token.ended()).code).toBe(0);
  const headers = { authorization: `Bearer ${token.output.trim()}` };
  expect((await fetch(`${url}/api/connectors`, { headers })).status).toBe(200);
  await expectSignIn(url, await clientOf(url, JWT_SECRET));

  dev.killGroup('SIGINT');

  expect(await dev.ended(), dev.output).toEqual({ code: 0, signal: null });
  await untilNoneIsLeft(folder.path);
  await expect(fetch(url)).rejects.toThrow();
});

it('npm run dev passes a signal on that reaches it alone', async () => {
  const dev = script('scripts/dev.ts');
  const url = await addressOf(dev);
  dev.kill('SIGTERM');
  await dev.ended();
  await untilNoneIsLeft(folder.path);
  await expect(fetch(url)).rejects.toThrow();
});
