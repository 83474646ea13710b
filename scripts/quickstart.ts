// `npm run quickstart`: the product in one command, on real parts. Starts the service with its embedded PostgreSQL and
// a published MCP server, and goes through test, save, list and call over HTTP.
// `-- --once` ends after the tour: 0 when every step worked, 1 when one failed.
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../src/config.ts';
import { type RunningService, settingChecks, startService } from '../src/service.ts';
import { DEVELOPMENT_FOLDER, withDevelopmentSecrets } from './development-secrets.ts';
import { createDevelopmentToken } from './development-token.ts';
import { startEverythingServer } from './everything-server.ts';
import { freePort } from './free-port.ts';
import { Tour } from './quickstart-tour.ts';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });

/** What was started, in order; ended in reverse. */
const started: { stop(): Promise<void> }[] = [];
let ending: Promise<void> | undefined;

async function stopAll(): Promise<void> {
  for (const part of started.reverse()) await part.stop();
}

function end(exitCode: number): Promise<void> {
  process.exitCode = exitCode;
  ending ??= stopAll();
  return ending;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    process.stdout.write('\nStopping …\n');
    end(process.exitCode === 1 ? 1 : 0).then(
      () => process.exit(),
      () => process.exit(1),
    );
  });
}

async function prepare(tour: Tour): Promise<{ config: Config; token: string }> {
  const env = await tour.step('Development secrets', async () => {
    const result = await withDevelopmentSecrets(process.env);
    return { result, note: `in ${DEVELOPMENT_FOLDER}` };
  });
  const config = loadConfig(
    {
      LOG_LEVEL: 'warn',
      // The demo server listens on the loopback interface, which a user's connector may not reach by default.
      OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.1/32',
      ...env,
      PORT: String(await freePort(Number(env['PORT'] ?? 8080))),
    },
    settingChecks,
  );
  const { source, issuer, audience, tenantClaim } = config.token;
  if (source.kind !== 'secret')
    throw new Error('JWT_JWKS_URL is set: the tour cannot make a token');
  const { secret } = source;
  const options = { secret, user: 'quickstart', issuer, audience, tenantClaim };
  return { config, token: await createDevelopmentToken(options) };
}

async function startParts(
  tour: Tour,
  config: Config,
): Promise<{ service: RunningService; serverUrl: string }> {
  const service = await tour.step('Service with its database', async () => {
    const running = await startService(config);
    started.push(running);
    const data = running.dataDir === undefined ? 'your DATABASE_URL' : running.dataDir;
    return { result: running, note: `${running.url} (data in ${data})` };
  });
  const server = await tour.step('Published MCP server', async () => {
    const running = await startEverythingServer();
    started.push(running);
    return { result: running, note: `@modelcontextprotocol/server-everything at ${running.url}` };
  });
  return { service, serverUrl: server.url };
}

async function main(): Promise<void> {
  const tour = new Tour((line) => process.stdout.write(`${line}\n`));
  try {
    const { config, token } = await prepare(tour);
    const { service, serverUrl } = await startParts(tour, config);
    await tour.run({ baseUrl: service.url, token, serverUrl });
    tour.say('');
    tour.say(`API documentation   ${service.url}/docs`);
    tour.say(`A token, for 8 h    ${token}`);
    tour.say(
      `Try it              curl -H "Authorization: Bearer <token>" ${service.url}/api/connectors`,
    );
    if (values.once) return await end(0);
    tour.say('\nRunning. Ctrl-C stops everything.');
  } catch (error) {
    if (ending !== undefined) return;
    tour.say(`\nThe quickstart failed: ${error instanceof Error ? error.message : String(error)}`);
    await end(1);
  }
}

await main();
// Whatever still holds the process, the tour is over.
if (ending !== undefined) process.exit();
