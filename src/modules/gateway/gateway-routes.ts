import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors/app-error.ts';
import { bearerChallenge } from '../../http/bearer-challenge.ts';
import { MCP_PATH, type McpAddress, mcpAddress, metadataPaths } from '../../http/mcp-address.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { errorHeaders, reportError } from '../../http/plugins/problem-details.ts';
import type { Caller, Scope } from '../../tenancy/caller.ts';
import { memberIdentity } from '../../tenancy/identity-for.ts';
import { type EndpointMessage, errorBody, neededScope, readMessage } from './endpoint-message.ts';
import type { Gateway } from './gateway.ts';
import { protectedResource } from './protected-resource.ts';

/** What the endpoint is made of. */
export interface GatewayRoutesOptions {
  gateway: Gateway;
  /** The service's own address; the one a request came to where it is not known, which only development allows. */
  publicUrl: string | undefined;
  /** Who issues tokens for the endpoint. */
  authorizationServers: readonly string[];
}

/** All that is asked for at sign-in: fewer would only mean a second sign-in at the first call. */
const SCOPES: readonly Scope[] = ['tools:read', 'tools:call'];

/** Registers the MCP endpoint, and its metadata as an OAuth protected resource (RFC 9728). */
export function gatewayRoutes(app: FastifyInstance, options: GatewayRoutesOptions): void {
  const { gateway, publicUrl, authorizationServers } = options;
  const addressFor = ({ protocol, host }: FastifyRequest) =>
    mcpAddress(publicUrl ?? `${protocol}://${host}`);

  app.route({
    method: 'POST',
    url: MCP_PATH,
    config: { mcpEndpoint: true },
    errorHandler: (error, request, reply) => {
      void sendRpcError(error, request, reply, addressFor(request));
    },
    handler: async (request, reply) => {
      const caller = getCaller(request);
      const message = readMessage(request.body);
      requireScope(caller, message, addressFor(request));
      const { isLazy, projectId } = readQuery(request.query);
      const answer = await gateway.handle({
        caller,
        identity: memberIdentity(caller, projectId),
        isLazy,
        headers: request.headers,
        body: request.body,
        signal: hangUp(reply),
      });
      return await reply
        .code(answer.status)
        .headers(answer.headers)
        .send(answer.body ?? undefined);
    },
  });

  for (const url of metadataPaths(publicUrl)) {
    app.get(url, async (request, reply) => {
      reply
        .header('cache-control', 'public, max-age=300')
        .header('access-control-allow-origin', '*');
      const { resource } = addressFor(request);
      return protectedResource({ resource, authorizationServers, scopes: SCOPES });
    });
  }
}

/** Aborts when the client leaves before its answer is complete. */
function hangUp({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) left.abort(new Error('the client left'));
  });
  return left.signal;
}

/** What the address of a request asks for. */
interface EndpointQuery {
  isLazy: boolean;
  projectId: string | undefined;
}

/** @throws AppError `VALIDATION_FAILED` for parameters the endpoint does not have: a typing error must not show all tools. */
function readQuery(query: unknown): EndpointQuery {
  const {
    tools,
    project_id: projectId,
    ...others
  } = Object.fromEntries(Object.entries(query ?? {}));
  if (Object.keys(others).length > 0) {
    throw invalid('The only query parameters are tools and project_id.');
  }
  if (projectId !== undefined && typeof projectId !== 'string') {
    throw invalid('The query parameter project_id must be given once.');
  }
  if (tools === undefined || tools === 'all') return { isLazy: false, projectId };
  if (tools === 'lazy') return { isLazy: true, projectId };
  throw invalid('The query parameter tools must be all or lazy.');
}

function invalid(detail: string): AppError {
  return new AppError('VALIDATION_FAILED', { detail });
}

/** @throws AppError `FORBIDDEN`; where other scopes would do, with the challenge that makes clients ask for them. */
function requireScope(caller: Caller, message: EndpointMessage, address: McpAddress): void {
  if (caller.scopes.has('agent')) {
    throw new AppError('FORBIDDEN', {
      detail:
        'The endpoint serves the user of the token. An agent that acts for a user brings a delegated token (sub and act).',
    });
  }
  const alternatives = neededScope(message);
  if (alternatives.some((scope) => caller.scopes.has(scope))) return;
  const challenge = bearerChallenge({
    metadataUrl: address.metadataUrl,
    scopes: SCOPES,
    error: 'insufficient_scope',
  });
  throw new AppError('FORBIDDEN', {
    detail: `The access token needs the scope ${alternatives.join(' or ')}.`,
    headers: { 'www-authenticate': challenge },
  });
}

/** Errors before and around a message, as JSON-RPC errors: clients of the protocol read no other kind. */
function sendRpcError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { metadataUrl }: McpAddress,
): FastifyReply {
  const error = reportError(thrown, request);
  reply.headers(errorHeaders(error)).header('cache-control', 'no-store');
  if (error.status === 401) {
    const isTokenSent = request.headers.authorization !== undefined;
    const challenge = bearerChallenge({
      metadataUrl,
      scopes: SCOPES,
      error: isTokenSent ? 'invalid_token' : undefined,
    });
    reply.header('www-authenticate', challenge);
  }
  return reply
    .code(error.status)
    .type('application/json')
    .send(errorBody(error, readMessage(request.body), request.id));
}
