import { once } from 'node:events';
import net from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeDataFolder } from './support/data-folder.ts';
import { Program, processesWith, untilNoneIsLeft } from './support/program.ts';
import { addressOf, makeSettings, startServer } from './support/real-service.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const settings = makeSettings();
const FAILED = { code: 1, signal: null };

let folder: ReturnType<typeof makeDataFolder>;
const programs: Program[] = [];

beforeEach(() => {
  folder = makeDataFolder();
});

afterEach(async () => {
  for (const program of programs.splice(0)) await program.destroy();
  await untilNoneIsLeft(folder.path);
  folder.remove();
});

function start(env: Record<string, string>): Program {
  const program = startServer(env);
  programs.push(program);
  return program;
}

it('says which settings are wrong, all of them, and shows no value', async () => {
  const values = {
    PORT: 'port-4711',
    LOG_LEVEL: 'level-4711',
    JWT_SECRET: 'secret-4711',
    ENCRYPTION_KEYS: 'key-4711:c2VjcmV0',
    DATABASE_URL: 'postgresql://user:password-4711@host:none/db',
    OUTBOUND_ALLOWED_ADDRESSES: 'address-4711',
    OUTBOUND_CA_FILE: '/missing-4711.pem',
    HTTPS_PROXY: 'http://user:password-4711@proxy.internal:3128/path-4711',
    NO_PROXY: 'http://no-proxy-4711',
    OUTBOUND_PROXY_CONNECT_BY: 'by-4711',
    CORS_ORIGINS: '*4711',
    PUBLIC_URL: 'public-4711',
    TRUST_PROXY: 'proxy-4711',
    RATE_LIMIT_MAX: '-4711',
  };
  const server = start(values);
  expect(await server.ended()).toEqual(FAILED);
  for (const name of Object.keys(values)) expect(server.output).toContain(`- ${name} `);
  expect(server.output).not.toMatch(/4711|c2VjcmV0/);
  // A list to read, not the trace of an exception.
  expect(server.output).not.toMatch(/\n {4}at |node:internal/);
});

it('says what is missing where nothing is set, and what to do', async () => {
  const server = Program.built('server', [], { env: {} });
  programs.push(server);
  expect(await server.ended()).toEqual(FAILED);
  expect(server.output).toContain('ENCRYPTION_KEYS is required');
  expect(server.output).toContain('JWT_SECRET or JWT_JWKS_URL must be set');
  expect(server.output).toContain('npm run quickstart');
});

it('starts no embedded database in production', async () => {
  const server = start({ ...settings, NODE_ENV: 'production', DATA_DIR: folder.path });
  expect(await server.ended()).toEqual(FAILED);
  expect(server.output).toContain('DATABASE_URL is required in production');
  expect(processesWith(folder.path)).toEqual([]);
});

it.each(['PORT', 'ADMIN_PORT'])('says that the port is taken: %s', async (name) => {
  const holder = net.createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';

  const server = start({ ...settings, DATA_DIR: folder.path, [name]: port });
  expect(await server.ended()).toEqual(FAILED);
  expect(server.output).toContain('The port is in use by another program.');
  expect(server.output).not.toContain('node:');
  expect(processesWith(folder.path)).toEqual([]);
  holder.close();
});

it('says that another service uses the folder of the database, which goes on', async () => {
  const first = start({ ...settings, DATA_DIR: folder.path });
  const url = await addressOf(first);

  const second = start({ ...settings, DATA_DIR: folder.path });
  expect(await second.ended()).toEqual(FAILED);
  expect(second.output).toContain('is in use by another running service');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

it('starts without a database that can be reached, and says on /readyz what it waits for', async () => {
  const server = start({ ...settings, DATABASE_URL: 'postgresql://user:pass-4711@127.0.0.1:1/db' });
  const answer = await fetch(`${await addressOf(server)}/readyz`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('The database cannot be reached.');
  server.kill('SIGTERM');
  expect(await server.ended()).toEqual({ code: 0, signal: null });
  expect(server.output).not.toContain('4711');
});
