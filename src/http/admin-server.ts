import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { createFastifyOptions } from './fastify-options.ts';
import { errorPages } from './plugins/error-pages.ts';
import { healthRoutes } from './plugins/health-routes.ts';
import { metricsRoute } from './plugins/metrics.ts';
import { problemDetails } from './plugins/problem-details.ts';
import type { ProblemRenderer } from './problem.ts';
import type { Readiness } from './readiness.ts';

/** What {@link buildAdminServer} shows, and where it logs. */
export interface AdminServerOptions {
  logger: FastifyBaseLogger;
  render: ProblemRenderer;
  readiness: Pick<Readiness, 'report'>;
  registry: Registry;
}

/**
 * A second, small server for those who run the service: `/healthz`, `/readyz` with every check, `/metrics`, and the
 * pages of its errors.
 * It has no authentication and belongs on a port that only the cluster reaches. It does not listen yet.
 */
export async function buildAdminServer(options: AdminServerOptions): Promise<FastifyInstance> {
  const { logger, render, readiness, registry } = options;
  const app: FastifyInstance = Fastify(createFastifyOptions({ logger, render, trustProxy: false }));
  await app.register(problemDetails, { render });
  await app.register(healthRoutes, { readiness, detail: true });
  await app.register(metricsRoute, { registry });
  // Where no public address is known, the `type` of a problem leads to a path of this server.
  await app.register(errorPages);
  return app;
}
