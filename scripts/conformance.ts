// `npm run conformance`: the official suite against our endpoint and our client, and the MCP Inspector's CLI against the endpoint. These and the Node it needs come from npm at
// each run; nothing of it is a dependency. What does not apply stands with its reason in scripts/conformance/*.yaml, and
// the suite itself fails where such an entry passes. `-- --only server-2026-07-28` runs one part.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { type RunningService, startService } from '../src/service.ts';
import { settingChecks } from '../src/setting-checks.ts';
import { startFixtureServer } from './conformance/fixture-server.ts';
import { PUBLIC_URL, RETURN_URL } from './conformance/sign-in.ts';
import { startSuiteProxy } from './conformance/suite-proxy.ts';
import { createDevelopmentToken } from './development-token.ts';
import { interruption } from './interruption.ts';
import { StartedParts } from './started-parts.ts';

const SUITE = '@modelcontextprotocol/conformance@0.2.0-alpha.12';
const INSPECTOR = '@modelcontextprotocol/inspector@2.12.0';
const RUNTIME = 'node@22';
const REVISIONS = ['2025-11-25', '2026-07-28'];
const CONNECTOR = 'fixture';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const say = (line: string) => process.stdout.write(`${line}\n`);
const root = path.resolve(import.meta.dirname, '..');
/** What the suite found, check by check, of the last run. */
const RESULTS = path.join(root, '.dev/conformance');

/** Runs the suite. @returns whether everything was as expected. */
async function runSuite(name: string, parameters: string[]): Promise<boolean> {
  const expected = path.join(root, 'scripts/conformance', `${name}.yaml`);
  const command = ['conformance', ...parameters, '--expected-failures', expected];
  const child = spawn(
    'npx',
    ['-y', '-p', RUNTIME, '-p', SUITE, ...command, '-o', path.join(RESULTS, name)],
    { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const [code] = await once(child, 'exit');
  return code === 0;
}

/** Lists and calls with the MCP Inspector's CLI. @returns whether it saw what the fixture answers. */
async function runInspector(url: string): Promise<boolean> {
  const target = ['--cli', '--transport', 'http', '--server-url', url, '--method'];
  const asked = [
    { parameters: ['tools/list'], expected: '"test_simple_text"' },
    { parameters: ['tools/call', '--tool-name', 'test_simple_text'], expected: 'simple text' },
  ];
  for (const { parameters, expected } of asked) {
    const command = ['-y', '-p', RUNTIME, '-p', INSPECTOR, 'mcp-inspector', ...target];
    const child = spawn('npx', [...command, ...parameters], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (part: Buffer) => {
      printed += part.toString();
    });
    const [code] = await once(child, 'close');
    say(`Inspector ${parameters.join(' ')}: ${code === 0 ? 'answered' : 'failed'}`);
    if (code !== 0 || !printed.includes(expected)) return false;
  }
  return true;
}

/** A service with a database of its own. */
function startWith(
  parts: StartedParts,
  dataDir: string,
  settings: Record<string, string>,
): Promise<RunningService> {
  const env = {
    NODE_ENV: 'development',
    LOG_LEVEL: 'warn',
    PORT: '0',
    DATA_DIR: dataDir,
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ...settings,
  };
  return parts.start(() => startService(loadConfig(env, settingChecks)));
}

/** The service that the clients which the suite starts sign in through; they learn of it from their environment. */
async function startSignIns(parts: StartedParts, folder: string): Promise<void> {
  const secret = randomBytes(32).toString('base64');
  const service = await startWith(parts, path.join(folder, 'sign-ins'), {
    JWT_SECRET: secret,
    PUBLIC_URL,
    OAUTH_RETURN_URLS: RETURN_URL,
    OUTBOUND_ALLOWED_HOSTS: 'localhost',
    OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.1/32,::1/128',
  });
  process.env['CONFORMANCE_SERVICE_URL'] = service.url;
  process.env['CONFORMANCE_JWT_SECRET'] = secret;
}

/** The service with a database of its own and the fixtures as a connector, behind what the suite cannot do by itself. */
async function startEndpoint(parts: StartedParts, folder: string): Promise<string> {
  const secret = randomBytes(32).toString('base64');
  const settings = { JWT_SECRET: secret, OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.1/32' };
  const service = await startWith(parts, path.join(folder, 'endpoint'), settings);
  const fixture = await parts.start(startFixtureServer);
  const token = await createDevelopmentToken({ secret, user: 'conformance' });
  const saved = await fetch(`${service.url}/api/connectors`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: CONNECTOR, server_url: fixture.url }),
  });
  if (saved.status !== 201) throw new Error(`the fixtures were not saved: ${await saved.text()}`);
  const target = new URL(`${service.url}/mcp`);
  const proxy = await parts.start(() => startSuiteProxy({ target, token, slug: CONNECTOR }));
  return proxy.url;
}

async function runAll(parts: StartedParts, folder: string): Promise<boolean> {
  const url = await startEndpoint(parts, folder);
  await startSignIns(parts, folder);
  const client = `${process.execPath} --import tsx scripts/conformance/client.ts`;
  const runs: [string, string[]][] = REVISIONS.flatMap((revision): [string, string[]][] => [
    [`server-${revision}`, ['server', '--requirements', revision, '--url', url]],
    [
      `client-${revision}`,
      ['client', '--requirements', revision, '--command', client, '--timeout', '120000'],
    ],
  ]);
  const results: string[] = [];
  let isGood = true;
  if ('inspector'.includes(values.only)) {
    isGood = await runInspector(url);
    results.push(`${isGood ? 'as expected' : 'NOT as expected'}  inspector`);
  }
  for (const [name, parameters] of runs.filter(([each]) => each.includes(values.only))) {
    const passed = await runSuite(name, parameters);
    isGood &&= passed;
    results.push(`${passed ? 'as expected' : 'NOT as expected'}  ${name}`);
  }
  say(`\n${results.join('\n')}`);
  return isGood;
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'mcp-connectors-conformance-'));
await chmod(folder, 0o711); // under root the database runs as another account
const parts = new StartedParts();
await rm(RESULTS, { recursive: true, force: true });
try {
  const ended = await Promise.race([runAll(parts, folder), interruption()]);
  process.exitCode = ended === true ? 0 : 1;
} finally {
  await parts.stopAll();
  await rm(folder, { recursive: true, force: true });
}
process.exit();
