import fastifyJwt, { type JwtVerifyFunction } from '@fastify/jwt';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { ContractOperation } from '../../contract/contract-routes.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Caller } from '../../tenancy/caller.ts';
import { KeysUnavailable } from '../authentication/remote-keys.ts';
import { type CallerRules, callerOf, isMeantFor } from '../authentication/token-claims.ts';
import {
  type TokenExpectation,
  type TokenSource,
  verificationOptions,
} from '../authentication/token-source.ts';
import { mcpAddress } from '../mcp-address.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; set on every operation of the contract that requires a token, and on the MCP endpoint. */
    caller: Caller | undefined;
    /** As `jwtVerify`, for tokens of any audience. */
    mcpJwtVerify: JwtVerifyFunction;
  }
}

/** Which tokens {@link authentication} accepts, and what becomes of the others. */
export interface AuthenticationOptions extends TokenExpectation, CallerRules {
  source: TokenSource;
  /**
   * The service's own address. Tokens for the MCP endpoint below it open that endpoint and no operation, whatever else they are
   * for; all others the reverse. Where the address is not known the two cannot be told apart, and tokens are good for both.
   */
  publicUrl: string | undefined;
  /** The caller of a ticket that an operation takes instead of a token, once; undefined where it is not good, or not any more. */
  redeemTicket: (ticket: string) => Promise<Caller | undefined>;
  /** Whether this is the secret of the deployment agent of this name. */
  isAgent: (name: string, secret: string) => boolean;
  /** Told of each refused token before the answer leaves; may throw another answer (`RATE_LIMITED`). */
  onRefused?: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

/** Security schemes of the contract. */
const TOKEN_SCHEME = 'bearer';
const TICKET_SCHEME = 'eventTicket';
const AGENT_SCHEME = 'agentSecret';
const AgentPath = Type.Object({ name: Type.String() });
const AGENT_SECRET = /^Bearer ([\x21-\x7e]+)$/i;
const TicketQuery = Type.Object({ ticket: Type.String() });
/** Longer headers are refused unread. */
const MAX_HEADER_LENGTH = 8192;
const BEARER_JWT = /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/i;

/**
 * Verifies the bearer token of every operation of the contract, and that it has a scope the operation asks for; and that of the
 * MCP endpoint, which looks at scopes itself, because they depend on the message.
 * 401 and 403 come from here, from that endpoint and, for what only admins of a project may do, from `tenancy/identity-for.ts`; they speak
 * only of the caller's own token.
 */
export const authentication = fp<AuthenticationOptions>(
  async (
    app,
    { source, issuer, audience, publicUrl, redeemTicket, isAgent, onRefused, ...rules },
  ) => {
    const mcpResource = publicUrl === undefined ? undefined : mcpAddress(publicUrl).resource;
    await app.register(fastifyJwt, verificationOptions(source, { issuer, audience }));
    await app.register(fastifyJwt, {
      ...verificationOptions(source, { issuer, audience: mcpResource ? undefined : audience }),
      namespace: 'mcp',
    });
    app.decorateRequest('caller', undefined);
    // The verifier's cache hands out the same payload object for the same token, for as long as it is believed.
    const callers = new WeakMap<object, Caller>();

    async function authenticate(request: FastifyRequest, isEndpoint: boolean): Promise<Caller> {
      const payload = await verifiedPayload(request, isEndpoint);
      if (mcpResource !== undefined && isMeantFor(payload, mcpResource) !== isEndpoint) {
        throw new AppError('UNAUTHENTICATED', { detail: NOT_FOR_US });
      }
      const caller = callers.get(payload) ?? callerOf(payload, rules);
      if (caller === undefined) throw new AppError('UNAUTHENTICATED', { detail: BAD_CLAIMS });
      callers.set(payload, caller);
      return caller;
    }

    async function identify(request: FastifyRequest, operation: ContractOperation | undefined) {
      if (isForAgents(operation)) return requireAgent(request, isAgent);
      const ticket = ticketOf(request, operation);
      if (ticket !== undefined) return callerOfTicket(redeemTicket, ticket);
      return authenticate(request, operation === undefined);
    }

    app.addHook('onRequest', async (request, reply) => {
      const { operation, mcpEndpoint = false } = request.routeOptions.config;
      if (!mcpEndpoint && isPublic(operation)) return;
      try {
        request.caller = await identify(request, operation);
      } catch (error) {
        if (error instanceof AppError && error.code === 'UNAUTHENTICATED') {
          await onRefused?.(request, reply);
        }
        throw error;
      }
      if (operation !== undefined && request.caller !== undefined) {
        requireScopes(operation, request.caller);
      }
    });
  },
  { name: 'authentication' },
);

const NOT_FOR_US =
  'The access token is not valid for this service. Get one that was issued for it.';
const BAD_CLAIMS =
  'A claim of the access token does not have the expected form. Whoever runs the identity provider has to mend it.';
const NO_JWT =
  'The access token is not a signed JWT. Send the one your identity provider issued, as it is.';
const NO_TICKET = 'The ticket was used before, has expired, or is not one of ours. Get a new one.';
const NO_AGENT = 'There is no agent of this name, or the secret is not its own.';
const EXPIRED = 'The access token has expired. Get a new one, then try again.';

async function verifiedPayload(request: FastifyRequest, isEndpoint: boolean): Promise<object> {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw new AppError('UNAUTHENTICATED', {
      detail: 'Send an access token: Authorization: Bearer <token>',
    });
  }
  if (authorization.length > MAX_HEADER_LENGTH || !BEARER_JWT.test(authorization)) {
    throw new AppError('UNAUTHENTICATED', { detail: NO_JWT });
  }
  try {
    const payload = isEndpoint
      ? await request.mcpJwtVerify<object | string>()
      : await request.jwtVerify<object | string>();
    if (typeof payload === 'object') return payload;
    throw new AppError('UNAUTHENTICATED', { detail: BAD_CLAIMS });
  } catch (error) {
    if (error instanceof KeysUnavailable) {
      throw new AppError('NOT_READY', { cause: error, retryAfterSeconds: 5 });
    }
    throw new AppError('UNAUTHENTICATED', { cause: error, detail: refusalDetail(error) });
  }
}

/** Says no more than the owner of a token needs: that it is over, or that it is not for us. */
function refusalDetail(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED' ? EXPIRED : NOT_FOR_US;
}

/** The caller of an operation that requires a token. @throws AppError `UNAUTHENTICATED` where there is none. */
export function getCaller(request: { caller: Caller | undefined }): Caller {
  if (request.caller === undefined) throw new AppError('UNAUTHENTICATED');
  return request.caller;
}

/** The ticket of a request that has no token, where the operation takes one. */
function ticketOf(
  { headers, query }: FastifyRequest,
  operation: ContractOperation | undefined,
): string | undefined {
  const takesTicket = operation?.security.some((one) => Object.hasOwn(one, TICKET_SCHEME));
  if (takesTicket !== true || headers.authorization !== undefined) return undefined;
  const isTicket = Value.Check(TicketQuery, query);
  return isTicket ? query.ticket : undefined;
}

function isForAgents(operation: ContractOperation | undefined): boolean {
  return operation?.security.some((one) => Object.hasOwn(one, AGENT_SCHEME)) === true;
}

/** An agent is no user: it has no token, no scopes, and nothing but its own name. @throws AppError `UNAUTHENTICATED` */
function requireAgent(
  { headers: { authorization = '' }, params }: FastifyRequest,
  isAgent: AuthenticationOptions['isAgent'],
): undefined {
  const [, secret] =
    authorization.length > MAX_HEADER_LENGTH ? [] : (AGENT_SECRET.exec(authorization) ?? []);
  const isKnown =
    secret !== undefined && Value.Check(AgentPath, params) && isAgent(params.name, secret);
  if (!isKnown) throw new AppError('UNAUTHENTICATED', { detail: NO_AGENT });
}

async function callerOfTicket(
  redeem: AuthenticationOptions['redeemTicket'],
  ticket: string,
): Promise<Caller> {
  const caller = await redeem(ticket);
  if (caller === undefined) throw new AppError('UNAUTHENTICATED', { detail: NO_TICKET });
  return caller;
}

function isPublic(operation: ContractOperation | undefined): boolean {
  return operation === undefined || operation.security.length === 0;
}

/** OpenAPI: the requirements are alternatives, and within one every scope is needed. */
function requireScopes({ security }: ContractOperation, caller: Caller): void {
  // A ticket has the scopes of the token it was issued for, so they are the same.
  const alternatives = security.flatMap(({ [TOKEN_SCHEME]: scopes }) => (scopes ? [scopes] : []));
  const held: ReadonlySet<string> = caller.scopes;
  if (alternatives.some((scopes) => scopes.every((scope) => held.has(scope)))) return;
  const needed = alternatives.map((scopes) => scopes.join(' and ')).join(', or ');
  throw new AppError('FORBIDDEN', { detail: `The access token needs the scope ${needed}.` });
}
