import type { FastifyPluginAsync } from 'fastify';
import fp from 'fastify-plugin';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { onRequestEnd } from '../request-end.ts';

/** A registry of its own for each service, with the figures of the process. */
export function createMetricsRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Where {@link httpMetrics} are kept, and {@link metricsRoute} reads them. */
export interface MetricsOptions {
  registry: Registry;
}

/** Seconds; from cached lists to tool calls, which may take a minute. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures every request, by the pattern of its route: paths would make a series for each connector. */
export const httpMetrics = fp<MetricsOptions>(
  async (app, { registry }) => {
    const duration = new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Duration of HTTP requests.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [registry],
    });
    onRequestEnd(app, ({ request, status, durationMs }) => {
      duration.observe(
        {
          method: METHODS.has(request.method) ? request.method : 'other',
          route: request.routeOptions.url ?? 'unmatched',
          status,
        },
        durationMs / 1000,
      );
    });
  },
  { name: 'http-metrics' },
);

/** `GET /metrics`, in the text format of Prometheus. */
export const metricsRoute: FastifyPluginAsync<MetricsOptions> = async (app, { registry }) => {
  const config = { rateLimit: false, pressureHandler: () => undefined } as const;
  app.get('/metrics', { config }, async (_request, reply) => {
    const text = await registry.metrics();
    return reply.header('cache-control', 'no-store').type(registry.contentType).send(text);
  });
};
