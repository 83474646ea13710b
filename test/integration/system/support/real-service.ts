import { randomBytes } from 'node:crypto';
import { createDevelopmentToken } from '../../../../scripts/development-token.ts';
import { ApiClient } from '../../../support/api-client.ts';
import { Program } from './program.ts';

/** The settings a service needs, with secrets of their own. */
export function makeSettings(): Record<string, string> & { JWT_SECRET: string } {
  return {
    LOG_LEVEL: 'info',
    JWT_SECRET: randomBytes(32).toString('base64'),
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.1/32',
  };
}

/** The service as a process of its own, on a free port; everything else is up to `env`. */
export function startServer(env: Readonly<Record<string, string>>): Program {
  return Program.built('server', [], { env: { PORT: '0', ...env } });
}

/** The address a service tells in its log, once it listens. */
export async function addressOf(server: Program): Promise<string> {
  const [, url = ''] = await server.written(/"url":"(http:[^"]+)".*"the service is listening"/);
  return url;
}

/** A client of a service that accepts tokens signed with this secret. */
export async function clientOf(
  baseUrl: string,
  secret: string,
  user = 'alice',
): Promise<ApiClient> {
  return new ApiClient({ baseUrl, token: await createDevelopmentToken({ secret, user }) });
}
