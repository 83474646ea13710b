import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { components, operations } from '../contract/agent-generated.ts';
import { contractDocument } from '../contract/agent-generated-document.ts';
import { enforceContract } from '../contract/contract-routes.ts';
import type { ContractApp } from '../contract/type-provider.ts';
import { AppError } from '../errors/app-error.ts';
import { createFastifyOptions } from '../http/fastify-options.ts';
import { errorPages } from '../http/plugins/error-pages.ts';
import { jsonBodies } from '../http/plugins/json-bodies.ts';
import { problemDetails } from '../http/plugins/problem-details.ts';
import { rateLimit } from '../http/plugins/rate-limit.ts';
import { requestLog } from '../http/plugins/request-log.ts';
import { createProblemRenderer } from '../http/problem.ts';
import { isOneOf } from '../lib/same-secret.ts';
import { type AgentRoutesDeps, agentRoutes } from './agent-routes.ts';

/** What {@link buildAgentApp} needs. */
export interface AgentAppDeps extends AgentRoutesDeps {
  /** What the service shows; two while one takes the place of the other. */
  serviceSecrets: readonly string[];
  logger: Logger;
  /** Requests a minute from one address. Default 6,000: a service with many replicas asks for each instance every few seconds. */
  rateLimitMax?: number;
}

const RATE_LIMIT_MAX = 6_000;
const BEARER = /^Bearer ([\x21-\x7e]{1,1024})$/i;
const UNKNOWN = 'The secret is not the one this agent expects of its service.';

/** Builds the HTTP app of an agent: plugins, then the routes of its contract. Does not listen. */
export async function buildAgentApp(deps: AgentAppDeps): Promise<ContractApp> {
  const { logger, serviceSecrets, rateLimitMax: max = RATE_LIMIT_MAX } = deps;
  const render = createProblemRenderer(undefined);
  const fastify: FastifyInstance = Fastify(
    createFastifyOptions({ logger, render, trustProxy: false }),
  );
  // What is beside the contract (the document, the pages about errors) is read by people and changes nothing.
  const app = enforceContract(fastify, { components, operations, prefix: '/servers' });
  await fastify.register(requestLog);
  await fastify.register(jsonBodies);
  await fastify.register(rateLimit, { max });
  await fastify.register(problemDetails, { render });
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { operation } = request.routeOptions.config;
    if (operation === undefined || operation.security.length === 0) return;
    if (isService(request, serviceSecrets)) return;
    await fastify.limitRefusals(request, reply);
    throw new AppError('UNAUTHENTICATED', { detail: UNKNOWN });
  });
  await fastify.register(errorPages);
  fastify.get('/openapi.json', async () => contractDocument);
  agentRoutes(app, deps);
  return app;
}

function isService({ headers }: FastifyRequest, secrets: readonly string[]): boolean {
  const [, secret] = BEARER.exec(headers.authorization ?? '') ?? [];
  return secret !== undefined && isOneOf(secret, secrets);
}
