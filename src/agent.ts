// Entry: a deployment agent, which runs managed servers on a machine of its own. `npm run agent`, or `node dist/agent.js` where only the
// production dependencies are installed.
import { pino } from 'pino';
import { loadAgentSettings } from './agent/agent-settings.ts';
import { type RunningAgent, startAgent } from './agent/deployment-agent.ts';
import { createLoggerOptions } from './http/logger.ts';
import { systemClock } from './lib/clock.ts';
import { CertificateFileError } from './outbound/certificate-authorities.ts';
import { packageVersion } from './package-version.ts';

const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What the program of a container engine needs to find its engine, and the credentials of registries. */
const DOCKER_VARIABLES = [
  ...['PATH', 'HOME', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH'],
  ...['DOCKER_TLS_VERIFY', 'XDG_RUNTIME_DIR'],
];

function main(env: NodeJS.ProcessEnv): Promise<RunningAgent> {
  const settings = loadAgentSettings(env);
  const logger = pino({
    ...createLoggerOptions({ level: settings.logLevel }),
    base: { service: 'mcp-connectors-agent', agent: settings.name },
  });
  const dockerEnvironment = DOCKER_VARIABLES.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return startAgent(settings, {
    ...{ logger, clock: systemClock, version: packageVersion() },
    searchPath: env['PATH'] ?? USUAL_PATH,
    dockerEnvironment: Object.fromEntries(dockerEnvironment),
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof CertificateFileError) return `OUTBOUND_CA_FILE ${error.message}.`;
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && error.code === 'EADDRINUSE'
    ? 'The port is in use by another program. Set AGENT_PORT to a free one.'
    : error.message;
}

try {
  // biome-ignore-start lint/style/noProcessEnv: an entry of its own, like server.ts
  const { stop } = await main(process.env);
  // biome-ignore-end lint/style/noProcessEnv: as above
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
} catch (error) {
  process.stderr.write(`The deployment agent could not start. ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
