import closeWithGrace from 'close-with-grace';
import { ConfigError, loadConfig } from './config.ts';
import { type RunningService, startService } from './service.ts';
import { settingChecks } from './setting-checks.ts';

/** Longer than the service waits for tool calls in flight before it ends them. */
const STOP_TIMEOUT_MS = 75_000;
/** A terminal signals npm and its children, and npm passes the signal on: signals this close are one wish. */
const SAME_WISH_MS = 1_000;

try {
  const config = loadConfig(process.env, settingChecks);
  stopWithGrace(await startService(config));
} catch (error) {
  // Nothing logs yet. The messages of these errors are made to be read, and hold no values.
  process.stderr.write(`${startFailure(error)}\n`);
  // Everything that was started is stopped again; a timer of a library must not keep the reader waiting.
  process.exit(1);
}

/** Stops the service on a signal or on an error nobody caught, and ends the process. */
function stopWithGrace({ logger, stop }: RunningService): void {
  const { close } = closeWithGrace(
    {
      delay: STOP_TIMEOUT_MS,
      logger: false,
      // Below: it would take the second one of a pair for impatience.
      skip: ['SIGINT', 'SIGTERM'],
      onTimeout: () => logger.error('not everything stopped in time'),
    },
    async ({ err }) => {
      if (err !== undefined) logger.fatal({ err }, 'stopping after an error nobody caught');
      await stop().catch((error: unknown) => {
        logger.error({ err: error }, 'a part did not stop');
        throw error;
      });
    },
  );
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    firstAt ??= performance.now();
    // Whoever sends a further one later does not want to wait.
    if (performance.now() - firstAt > SAME_WISH_MS) process.exit(1);
    logger.info({ signal }, 'stopping');
    void close();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
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
