import { randomBytes } from 'node:crypto';
import { createDevelopmentToken, USER_SCOPES } from '../../scripts/development-token.ts';
import { loadConfig } from '../../src/config.ts';
import { type RunningService, settingChecks, startService } from '../../src/service.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** The whole service on a real port and a database of its own. */
export interface TestService {
  service: RunningService;
  url: string;
  databaseTools: TestDatabase;
  env: Record<string, string>;
  /** Every line of the log so far. */
  logLines: string[];
  /** An access token. */
  tokenFor(user: string, options?: { tenant?: string; scopes?: string[] }): Promise<string>;
  /** Stops the service and removes its database. */
  close(): Promise<void>;
}

/** Settings a test changes. */
export interface TestServiceOptions {
  env?: Record<string, string>;
  /** `false` gives a database without any migration. */
  migrated?: boolean;
}

/** Starts the service as `server.ts` does, with loopback servers allowed. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const databaseTools = await createTestDatabase({ migrated: options.migrated ?? true });
  const secret = randomBytes(32).toString('base64');
  const env: Record<string, string> = {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'info',
    DATABASE_URL: databaseTools.url,
    JWT_SECRET: secret,
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.1/32',
    RATE_LIMIT_MAX: '100000',
    ...options.env,
  };
  const logLines: string[] = [];
  const service = await startService(loadConfig(env, settingChecks), {
    logDestination: { write: (line) => void logLines.push(line) },
  });
  return {
    service,
    url: service.url,
    databaseTools,
    env,
    logLines,
    tokenFor: (user, { tenant = 'default', scopes = USER_SCOPES } = {}) =>
      createDevelopmentToken({ secret, user, tenant, scopes }),
    close: async () => {
      await service.stop();
      await databaseTools.drop();
    },
  };
}
