import fp from 'fastify-plugin';
import { onRequestEnd } from '../request-end.ts';

/**
 * Returns `X-Request-Id`, and logs one line for each request: what was asked (the pattern of the route, never the
 * URL, which can hold secrets), by whom, how it ended and how long it took.
 */
export const requestLog = fp(
  async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      reply.header('x-request-id', request.id);
    });
    onRequestEnd(app, ({ request, status, durationMs }) => {
      const { caller } = request;
      request.log.info(
        {
          method: request.method,
          route: request.routeOptions.url ?? 'unmatched',
          status,
          duration_ms: Math.round(durationMs * 10) / 10,
          ...(caller === undefined
            ? {}
            : {
                tenant_id: caller.tenantId,
                user_id: caller.userId,
                actor: caller.actor,
                client_id: caller.clientId,
              }),
        },
        'request',
      );
    });
  },
  { name: 'request-log' },
);
