// Entry: what stands in front of one managed server in its container, asks for its secret and makes streamable HTTP of stdio.
// `node dist/front.js -- command args…`, or `node dist/front.js` with FRONT_UPSTREAM.
import { pino } from 'pino';
import { startFront } from './hosting/front-program.ts';
import { loadFrontSettings } from './hosting/front-settings.ts';
import { createLoggerOptions } from './http/logger.ts';
import { systemClock } from './lib/clock.ts';

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const settings = loadFrontSettings(env, process.argv.slice(2));
  const logger = pino({
    ...createLoggerOptions({ level: settings.logLevel }),
    base: { service: 'mcp-connectors-front' },
  });
  const front = await startFront(settings, {
    ...{ logger, clock: systemClock },
    onLine: (line) => void process.stderr.write(`${line}\n`),
  });
  const end = (code: number) => front.stop().finally(() => process.exit(code));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(0));
  await front.failed;
  await end(1);
}

try {
  // biome-ignore-start lint/style/noProcessEnv: an entry of its own, like server.ts
  await main(process.env);
  // biome-ignore-end lint/style/noProcessEnv: as above
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown';
  process.stderr.write(`The front could not start. ${reason}\n`);
  process.exitCode = 1;
}
