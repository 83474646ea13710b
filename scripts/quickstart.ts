// `npm run quickstart`: the product in one command, on real parts. Starts the service with its embedded PostgreSQL and
// a published MCP server, and goes through test, save, list and call over HTTP.
// `-- --once` ends after the tour: 0 when every step worked, 1 when one failed.
// `-- --managed` shows a server that the product starts by itself: on a deployment agent that is killed and comes back.
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../src/config.ts';
import { type RunningService, startService } from '../src/service.ts';
import { settingChecks } from '../src/setting-checks.ts';
import { DEVELOPMENT_FOLDER, withDevelopmentSecrets } from './development-secrets.ts';
import { createDevelopmentToken } from './development-token.ts';
import { startEverythingServer } from './everything-server.ts';
import { freePort } from './free-port.ts';
import { interruption } from './interruption.ts';
import { AgentProgram, makeManagedFiles } from './managed-parts.ts';
import { showManagedServer } from './managed-tour.ts';
import { Tour, whyNotReady } from './quickstart-tour.ts';
import { startSignInPage } from './sign-in-page.ts';
import { StartedParts } from './started-parts.ts';

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    managed: { type: 'boolean', default: false },
  },
});

async function configure(
  tour: Tour,
  further: Readonly<Record<string, string>> = {},
): Promise<Config> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error(
      'NODE_ENV is production: the quickstart is for a first look, with development secrets.',
    );
  }
  const env = await tour.step('Development secrets', async () => {
    const result = await withDevelopmentSecrets(process.env);
    return { result, note: `in ${DEVELOPMENT_FOLDER}` };
  });
  const config = loadConfig(
    {
      ...env,
      ...further,
      LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
      // The demo server listens on the loopback interface, which a user's connector may not reach by default.
      OUTBOUND_ALLOWED_ADDRESSES: env['OUTBOUND_ALLOWED_ADDRESSES'] || '127.0.0.1/32',
    },
    settingChecks,
  );
  return config;
}

/**
 * A user of the tour for each set of keys: what a former tour saved cannot be opened once its keys are lost, as those
 * of a deleted checkout whose data lies elsewhere.
 */
function tourUser({ encryptionKeys }: Config): string {
  return `quickstart-${createHash('sha256').update(encryptionKeys).digest('hex').slice(0, 8)}`;
}

function tokenFor(config: Config, projects: Record<string, string> = {}): Promise<string> {
  const { source, issuer, audience, tenantClaim } = config.token;
  if (source.kind !== 'secret') {
    throw new Error(
      'JWT_JWKS_URL is set: the tour cannot make a token. Unset it, or set JWT_SECRET.',
    );
  }
  const { secret } = source;
  const user = tourUser(config);
  return createDevelopmentToken({ secret, user, issuer, audience, tenantClaim, projects });
}

async function startReadyService(config: Config, parts: StartedParts): Promise<RunningService> {
  const service = await parts.start(() => startService(config));
  const reason = await whyNotReady(service.adminUrl ?? service.url);
  if (reason === undefined) return service;
  const hint =
    config.databaseUrl === undefined
      ? ''
      : ' A database of your own is prepared with: npm run db:migrate';
  throw new Error(`${reason}${hint}`);
}

/** So that users of the quickstart can sign in to servers: browsers take `localhost` for https, and come back to a page of this script. */
async function withSignIn(config: Config, port: number, parts: StartedParts): Promise<Config> {
  if (config.signIn !== undefined) return config;
  const page = await parts.start(() => startSignInPage(`http://${config.host}:${port}`));
  return { ...config, signIn: { publicUrl: `http://localhost:${port}`, returnUrls: [page.url] } };
}

async function startServiceOn(
  config: Config,
  tour: Tour,
  parts: StartedParts,
): Promise<RunningService> {
  return tour.step('Service with its database', async () => {
    const port = await freePort(config.port, config.host);
    const complete = await withSignIn(config, port, parts);
    const result = await startReadyService({ ...complete, port }, parts);
    const data = result.dataDir === undefined ? 'your DATABASE_URL' : result.dataDir;
    const taken = port === config.port || config.port === 0 ? '' : `${config.port} is taken; `;
    return { result, note: `${result.url} (${taken}data in ${data})` };
  });
}

async function showAround(tour: Tour, parts: StartedParts): Promise<void> {
  const config = await configure(tour);
  const token = await tokenFor(config);
  const service = await startServiceOn(config, tour, parts);
  const server = await tour.step('Published MCP server', async () => {
    const result = await parts.start(startEverythingServer);
    return { result, note: `@modelcontextprotocol/server-everything at ${result.url}` };
  });
  await tour.run({ baseUrl: service.url, token, serverUrl: server.url });
  sayWhereItIs(tour, service, token);
}

async function showManaged(tour: Tour, parts: StartedParts): Promise<void> {
  const files = await parts.start(makeManagedFiles);
  const config = await configure(tour, files.settings);
  const project = tourUser(config);
  const [admin, member] = [
    await tokenFor(config, { [project]: 'admin' }),
    await tokenFor(config, { [project]: 'member' }),
  ];
  const service = await startServiceOn(config, tour, parts);
  const agent = new AgentProgram({ ...files, serviceUrl: service.url });
  await parts.start(async () => ({ stop: () => agent.stop() }));
  await showManagedServer(tour, agent, { baseUrl: service.url, admin, member, project });
  sayWhereItIs(tour, service, admin);
}

function sayWhereItIs(tour: Tour, { url }: RunningService, token: string): void {
  tour.say('');
  tour.say(`API documentation   ${url}/docs`);
  tour.say(`A token, for 8 h    ${token}`);
  tour.say(`Try it              curl -H "Authorization: Bearer <token>" ${url}/api/connectors`);
}

/** @returns the exit code. */
async function main(): Promise<number> {
  const tour = new Tour((line) => process.stdout.write(`${line}\n`));
  const parts = new StartedParts();
  const interrupted = interruption();
  try {
    const show = values.managed ? showManaged : showAround;
    const shown = show(tour, parts).then(() => 'shown' as const);
    const first = await Promise.race([shown, interrupted]);
    if (first === 'shown' && !values.once) {
      tour.say('\nRunning. Ctrl-C stops everything.');
      await interrupted;
    }
    if (first !== 'shown' || !values.once) tour.say('\nStopping …');
    tour.end();
    await parts.stopAll();
    // 128 + SIGINT, as shells say it: the tour did not get to its end.
    return first === 'shown' ? 0 : 130;
  } catch (error) {
    tour.say(`\nThe quickstart failed: ${error instanceof Error ? error.message : String(error)}`);
    tour.end();
    await parts.stopAll().catch(() => {});
    return 1;
  }
}

const exitCode = await main();
// Whatever still holds the process, the tour is over.
process.exit(exitCode);
