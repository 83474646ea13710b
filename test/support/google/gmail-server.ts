import { pino } from 'pino';
import { type RunningGmailServer, startGmailServer } from '../../../src/gmail/gmail-service.ts';
import { loadGmailSettings } from '../../../src/gmail/gmail-settings.ts';
import { createLoggerOptions } from '../../../src/http/logger.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { GoogleDouble } from './google.ts';

/** The Gmail server as it is shipped, in front of the double of Google. */
export async function startTestGmailServer(
  google: Pick<GoogleDouble, 'apiUrl' | 'as'>,
  env: Record<string, string> = {},
): Promise<RunningGmailServer & { logLines: string[] }> {
  const logLines: string[] = [];
  const settings = loadGmailSettings({
    GMAIL_PORT: '0',
    GMAIL_API_URL: google.apiUrl,
    GMAIL_AUTHORIZATION_SERVER: google.as.issuer,
    ...env,
  });
  const logger = pino(createLoggerOptions({ level: settings.logLevel }), {
    write: (line) => void logLines.push(line),
  });
  const running = await startGmailServer(settings, {
    logger,
    clock: systemClock,
    version: '1.2.3',
  });
  return { ...running, logLines };
}
