import type { FastifyInstance } from 'fastify';
import type { AuditTrail } from './audit-trail.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Records each request whose caller had no right to what it asked for (403). */
export function recordForbiddenRequests(
  app: FastifyInstance,
  { trail }: { trail: Pick<AuditTrail, 'forbidden'> },
): void {
  app.addHook('onResponse', async (request, reply) => {
    const { caller, routeOptions, params } = request;
    if (reply.statusCode !== 403 || caller === undefined) return;
    const named: unknown = Object(params).connector_id;
    trail.forbidden(caller, routeOptions.config.operation?.operationId ?? 'mcp', {
      outcome: reply.problemCode ?? 'FORBIDDEN',
      connectorId: typeof named === 'string' && UUID.test(named) ? named : undefined,
    });
  });
}
