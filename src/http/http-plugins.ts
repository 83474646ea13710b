import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { contractDocument } from '../contract/generated-document.ts';
import { type AuthenticationOptions, authentication } from './plugins/authentication.ts';
import { type CorsOptions, cors } from './plugins/cors.ts';
import { docs } from './plugins/docs.ts';
import { errorPages } from './plugins/error-pages.ts';
import { healthRoutes } from './plugins/health-routes.ts';
import { jsonBodies } from './plugins/json-bodies.ts';
import { type McpGuardOptions, mcpGuard } from './plugins/mcp-guard.ts';
import { httpMetrics, metricsRoute } from './plugins/metrics.ts';
import { type OverloadOptions, overload } from './plugins/overload.ts';
import { problemDetails } from './plugins/problem-details.ts';
import { type RateLimitOptions, rateLimit } from './plugins/rate-limit.ts';
import { readinessGate } from './plugins/readiness-gate.ts';
import { requestLog } from './plugins/request-log.ts';
import { securityHeaders } from './plugins/security-headers.ts';
import { silentConnections } from './plugins/silent-connections.ts';
import { type UnreadAnswersOptions, unreadAnswers } from './plugins/unread-answers.ts';
import type { ProblemRenderer } from './problem.ts';
import type { Readiness } from './readiness.ts';

/** What {@link registerHttpPlugins} hands on to the plugins. */
export interface HttpPluginsOptions {
  render: ProblemRenderer;
  registry: Registry;
  readiness: Readiness;
  authentication: Omit<AuthenticationOptions, 'onRefused'>;
  cors: CorsOptions;
  /** Absent where there is no MCP endpoint. */
  mcpGuard?: McpGuardOptions | undefined;
  rateLimit: RateLimitOptions;
  overload?: OverloadOptions;
  unreadAnswers?: UnreadAnswersOptions;
  /** Whether metrics and the detail of `/readyz` have a port of their own and stay off this one. */
  adminPort: boolean;
}

/**
 * Everything between the socket and the routes of the modules. The order of registration is the order in which a
 * request meets the hooks: it is logged and measured whatever happens, gets its headers before anything can refuse
 * it, and is authenticated before it is counted for its caller.
 */
export async function registerHttpPlugins(
  app: FastifyInstance,
  options: HttpPluginsOptions,
): Promise<void> {
  await app.register(silentConnections);
  await app.register(unreadAnswers, options.unreadAnswers ?? {});
  await app.register(requestLog);
  await app.register(httpMetrics, { registry: options.registry });
  await app.register(securityHeaders);
  await app.register(jsonBodies);
  await app.register(rateLimit, options.rateLimit);
  await app.register(problemDetails, { render: options.render });
  await app.register(cors, options.cors);
  await app.register(overload, options.overload ?? {});
  if (options.mcpGuard !== undefined) await app.register(mcpGuard, options.mcpGuard);
  await app.register(authentication, {
    ...options.authentication,
    onRefused: (request, reply) => app.limitRefusals(request, reply),
  });
  await app.register(readinessGate, { readiness: options.readiness });

  await app.register(healthRoutes, { readiness: options.readiness, detail: !options.adminPort });
  if (!options.adminPort) await app.register(metricsRoute, { registry: options.registry });
  await app.register(docs, { document: contractDocument });
  await app.register(errorPages);
}
