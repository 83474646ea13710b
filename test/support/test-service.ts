import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { USER_SCOPES } from '../../scripts/development-token.ts';
import { DEVELOPMENT_AUDIENCE, loadConfig } from '../../src/config.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { type RunningService, settingChecks, startService } from '../../src/service.ts';
import { ApiClient } from './api-client.ts';
import { ContractJudge } from './contract-judge.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** What a token says besides its user. */
export interface TokenOptions {
  tenant?: string;
  scopes?: readonly string[];
  /** Further claims. */
  claims?: Readonly<Record<string, unknown>>;
  /** When it ends, in seconds since 1970; in an hour by default. */
  expiresAt?: number;
}

/** A log line of a connector operation. */
export type OperationLine = Readonly<Record<string, unknown>>;

/** The whole service on a real port and a database of its own. */
export interface TestService {
  service: RunningService;
  url: string;
  databaseTools: TestDatabase;
  env: Record<string, string>;
  /** Every line of the log so far. */
  logLines: string[];
  /** An access token. */
  tokenFor(user: string, options?: TokenOptions): Promise<string>;
  /** A client for this user; a new user with no connectors by default. Every answer it gets is judged by the contract. */
  clientFor(user?: string, options?: TokenOptions): Promise<ApiClient>;
  /** Log lines of connector operations so far, parsed. */
  operations(): OperationLine[];
  /** Stops the service and removes its database. */
  close(): Promise<void>;
}

/** Settings a test changes. */
export interface TestServiceOptions {
  env?: Record<string, string>;
  /** `false` gives a database without any migration. */
  migrated?: boolean;
  /** Time; the clock of the system by default. */
  clock?: Clock;
  /** Whether jobs become due by the minutes of the system, at any moment of a test. Default false. */
  hasSchedule?: boolean;
  /** Where managed servers run; nowhere by default. */
  runtimes?: readonly Runtime[];
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
    hasSchedule: options.hasSchedule ?? false,
    runtimes: options.runtimes ?? [],
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  const judge = new ContractJudge();
  const tokenFor = (
    user: string,
    { tenant, scopes = USER_SCOPES, claims, expiresAt }: TokenOptions = {},
  ) => {
    const all = { sub: user, scope: scopes.join(' '), ...claims, ...(tenant && { tenant }) };
    return signToken(secret, all, expiresAt ?? '1h');
  };
  return {
    service,
    url: service.url,
    databaseTools,
    env,
    logLines,
    tokenFor,
    clientFor: async (user = `user-${randomUUID()}`, tokenOptions = {}) => {
      const token = await tokenFor(user, tokenOptions);
      return new ApiClient({ baseUrl: service.url, token, judge });
    },
    operations: () =>
      logLines
        .map((line): OperationLine => JSON.parse(line))
        .filter((line) => line['msg'] === 'connector operation'),
    close: async () => {
      await service.stop();
      await databaseTools.drop();
    },
  };
}

/** A token as a product's identity provider issues it, with the issuer and audience of development. */
function signToken(
  secret: string,
  claims: Record<string, unknown>,
  expiresAt: number | string,
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(DEVELOPMENT_AUDIENCE)
    .setAudience(DEVELOPMENT_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(expiresAt)
    .sign(new TextEncoder().encode(secret));
}
