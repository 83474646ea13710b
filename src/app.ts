import Fastify, { type FastifyInstance } from 'fastify';
import type { Container } from './container.ts';
import { enforceContract } from './contract/contract-routes.ts';
import type { ContractApp } from './contract/type-provider.ts';
import { createFastifyOptions } from './http/fastify-options.ts';
import { registerHttpPlugins } from './http/http-plugins.ts';
import { agentRoutes } from './modules/agents/index.ts';
import { auditRoutes, recordForbiddenRequests } from './modules/audit/index.ts';
import { catalogRoutes } from './modules/catalog/index.ts';
import { connectorRoutes, connectorToolRoutes } from './modules/connectors/index.ts';
import { deploymentRoutes } from './modules/deployments/index.ts';
import { erasureRoutes } from './modules/erasure/index.ts';
import { eventRoutes } from './modules/events/index.ts';
import { gatewayRoutes } from './modules/gateway/index.ts';
import { importRoutes } from './modules/imports/index.ts';
import { authorizationRoutes, browserRoutes } from './modules/oauth/index.ts';
import { sessionRoutes } from './modules/sessions/index.ts';
import { systemToolRoutes } from './modules/system-tools/index.ts';
import {
  composerRoutes,
  toolCallRoutes,
  toolPreflightRoutes,
  toolRoutes,
  toolSearchRoutes,
} from './modules/tools/index.ts';

/** Builds the HTTP app: plugins, then the routes of the contract. Does not listen. */
export async function buildApp(container: Container): Promise<ContractApp> {
  const { config, logger, renderProblem } = container;
  const fastify: FastifyInstance = Fastify(
    createFastifyOptions({ logger, render: renderProblem, trustProxy: config.trustProxy }),
  );
  fastify.addHook('onRequest', (request, _reply, done) => {
    container.requestContext.run({ request_id: request.id }, done);
  });
  const app = enforceContract(fastify);
  await registerHttpPlugins(fastify, {
    render: renderProblem,
    registry: container.registry,
    readiness: container.readiness,
    authentication: {
      source: container.tokenSource,
      issuer: config.token.issuer,
      audience: config.token.audience,
      tenantClaim: config.token.tenantClaim,
      publicUrl: config.publicUrl,
      agentClients: new Set(config.token.agentClients),
      redeemTicket: (ticket) => container.eventTicketService.redeem(ticket),
      isAgent: (name, secret) => container.agentService.isAgent(name, secret),
    },
    cors: { origins: config.corsOrigins },
    mcpGuard: config.mcp === undefined ? undefined : { ...config.mcp, origins: config.corsOrigins },
    rateLimit: { max: config.rateLimitMax },
    adminPort: config.adminPort !== undefined,
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    container.requestContext.setCaller(request.caller);
    done();
  });
  recordForbiddenRequests(fastify, container);
  auditRoutes(app, container);
  connectorRoutes(app, container);
  connectorToolRoutes(app, container);
  authorizationRoutes(app, container);
  browserRoutes(fastify, container);
  toolRoutes(app, container);
  toolCallRoutes(app, container);
  catalogRoutes(app, container);
  deploymentRoutes(app, container);
  importRoutes(app, container);
  eventRoutes(app, container);
  systemToolRoutes(app, container);
  sessionRoutes(app, container);
  agentRoutes(app, container);
  erasureRoutes(app, container);
  toolSearchRoutes(app, container);
  toolPreflightRoutes(app, container);
  composerRoutes(app, container);
  if (config.mcp !== undefined) {
    const { gateway } = container;
    const { authorizationServers } = config.mcp;
    gatewayRoutes(fastify, { gateway, publicUrl: config.publicUrl, authorizationServers });
  }
  return app;
}
