import type { FastifyPluginAsync } from 'fastify';
import { AppError } from '../../errors/app-error.ts';
import type { Readiness } from '../readiness.ts';

/** What {@link healthRoutes} tell, and in how much detail. */
export interface HealthRoutesOptions {
  readiness: Pick<Readiness, 'report'>;
  /** Whether `/readyz` names the checks; off where a separate admin port shows them. */
  detail: boolean;
}

/** Neither limited nor turned away under load: an orchestrator would restart a service that is only busy. */
const ALWAYS_ANSWERED = { rateLimit: false, pressureHandler: () => undefined } as const;

/**
 * `GET /healthz`: the process answers (restart it when it does not).
 * `GET /readyz`: 200 when it can work, else 503 as problem+json (send requests elsewhere).
 */
export const healthRoutes: FastifyPluginAsync<HealthRoutesOptions> = async (
  app,
  { readiness, detail },
) => {
  app.get('/healthz', { config: ALWAYS_ANSWERED }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });
  app.get('/readyz', { config: ALWAYS_ANSWERED }, async (_request, reply) => {
    const { ready, checks } = await readiness.report();
    const shown = detail ? { checks } : {};
    if (!ready) throw new AppError('NOT_READY', { extensions: shown, retryAfterSeconds: 5 });
    reply.header('cache-control', 'no-store');
    return { status: 'ready', ...shown };
  });
};
