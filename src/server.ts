import closeWithGrace from 'close-with-grace';
import { ConfigError, loadConfig } from './config.ts';
import { settingChecks, startService } from './service.ts';

/** Longer than a tool call may take, so that those in flight finish. */
const STOP_TIMEOUT_MS = 75_000;

try {
  const config = loadConfig(process.env, settingChecks);
  const service = await startService(config);
  closeWithGrace({ delay: STOP_TIMEOUT_MS, logger: false }, async ({ signal, err }) => {
    if (err !== undefined) service.logger.fatal({ err }, 'stopping after an error nobody caught');
    else service.logger.info({ signal }, 'stopping');
    await service.stop();
  });
} catch (error) {
  // Nothing logs yet. The messages of these errors are made to be read, and hold no values.
  process.stderr.write(`${startFailure(error)}\n`);
  process.exitCode = 1;
}

function startFailure(error: unknown): string {
  if (error instanceof ConfigError) {
    return `${error.message}\nSee .env.example. For a first look run: npm run quickstart`;
  }
  if (!(error instanceof Error)) return 'The service could not start.';
  if ('code' in error && error.code === 'EADDRINUSE') {
    return 'The port is in use by another program. Set PORT (or ADMIN_PORT) to a free one.';
  }
  return `The service could not start: ${error.message}`;
}
