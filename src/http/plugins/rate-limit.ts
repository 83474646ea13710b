import fastifyRateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { AppError } from '../../errors/app-error.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a refused token against its address. @throws AppError `RATE_LIMITED` when there are too many. */
    limitRefusals: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  }
}

/** How much {@link rateLimit} allows. */
export interface RateLimitOptions {
  /** Requests a minute, for each caller. */
  max: number;
}

const WINDOW_MS = 60_000;
/** Callers that are counted at a time; the least recent ones are forgotten. */
const COUNTED_CALLERS = 20_000;

/**
 * Limits each caller (tenant and user) on every route, or the address where a route has no caller. Refused tokens
 * are counted by address, and only refused ones: many good callers may share the address of a bad one.
 * A route leaves with `config: { rateLimit: false }`.
 */
export const rateLimit = fp<RateLimitOptions>(
  async (app, { max }) => {
    await app.register(fastifyRateLimit, {
      max,
      timeWindow: WINDOW_MS,
      cache: COUNTED_CALLERS,
      enableDraftSpec: true,
      keyGenerator: callerKey,
      errorResponseBuilder: (_request, { ttl }) => rateLimited(ttl),
    });
    const countRefusal = app.createRateLimit({
      max,
      keyGenerator: (request) => `refused ${normalizeIP(request.ip)}`,
    });
    app.decorate('limitRefusals', async (request) => {
      const limit = await countRefusal(request);
      if (!limit.isAllowed && limit.isExceeded) throw rateLimited(limit.ttl);
    });
  },
  { name: 'rate-limit' },
);

function rateLimited(ttlMs: number): AppError {
  return new AppError('RATE_LIMITED', { retryAfterSeconds: ttlMs / 1000 });
}

/** JSON keeps a user `b` of the tenant `a` apart from a user of the tenant `a b`. */
function callerKey(request: FastifyRequest): string {
  const { caller } = request;
  return caller === undefined
    ? `address ${normalizeIP(request.ip)}`
    : JSON.stringify([caller.tenantId, caller.userId]);
}
