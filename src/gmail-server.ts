// Entry: the Gmail server, an MCP server of its own that is shipped as an example of a system tool. `npm run gmail-server`, or
// `node dist/gmail-server.js` where only the production dependencies are installed.
import { pino } from 'pino';
import { type RunningGmailServer, startGmailServer } from './gmail/gmail-service.ts';
import { loadGmailSettings } from './gmail/gmail-settings.ts';
import { createLoggerOptions } from './http/logger.ts';
import { systemClock } from './lib/clock.ts';
import { packageVersion } from './package-version.ts';

async function main(env: NodeJS.ProcessEnv): Promise<RunningGmailServer> {
  const settings = loadGmailSettings(env);
  const logger = pino({
    ...createLoggerOptions({ level: settings.logLevel }),
    base: { service: 'mcp-connectors-gmail' },
  });
  return startGmailServer(settings, { logger, clock: systemClock, version: packageVersion() });
}

try {
  // biome-ignore-start lint/style/noProcessEnv: an entry of its own, like server.ts
  const { stop } = await main(process.env);
  // biome-ignore-end lint/style/noProcessEnv: as above
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown';
  process.stderr.write(`The Gmail server could not start. ${reason}\n`);
  process.exitCode = 1;
}
