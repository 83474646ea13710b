import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import { Cancelled } from '../../lib/cancelled.ts';
import { PROBLEM_MEDIA_TYPE, type ProblemRenderer } from '../problem.ts';
import { translateHttpError } from '../translate-http-error.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** Of the problem that was answered. */
    problemCode: ErrorCode | undefined;
  }
}

/** What {@link problemDetails} needs. */
export interface ProblemDetailsOptions {
  render: ProblemRenderer;
}

/**
 * Answers every error with problem+json: those that handlers and hooks throw, unknown paths (404) and methods that
 * a known path does not have (405, with `Allow`). {@link sendProblem} serves the errors outside of routes.
 */
export const problemDetails = fp<ProblemDetailsOptions>(
  async (app, { render }) => {
    const allowedMethods = collectAllowedMethods(app);
    app.decorateReply('problemCode', undefined);
    app.setErrorHandler((error, request, reply) => sendProblem(render, error, request, reply));
    app.setNotFoundHandler(
      // An attacker who only probes for paths is limited as well.
      app.hasDecorator('rateLimit') ? { preHandler: app.rateLimit() } : {},
      (request, reply) => {
        const allowed = allowedMethods(pathOf(request));
        if (allowed.length === 0) throw new AppError('NOT_FOUND');
        reply.header('allow', allowed.join(', '));
        throw new AppError('METHOD_NOT_ALLOWED');
      },
    );
  },
  { name: 'problem-details' },
);

/** Logs an error where it deserves it, and gives back what its client may see. */
export function reportError(thrown: unknown, request: FastifyRequest): AppError {
  const error = translateHttpError(thrown);
  const cause = error === thrown ? error.options.cause : thrown;
  if (thrown instanceof Cancelled || (request.raw.aborted && error.status >= 400)) {
    request.log.debug({ err: cause }, 'the client left before its request was complete');
  } else if (error.code === 'INTERNAL') {
    request.log.error({ err: cause ?? error }, 'request failed');
  } else if (cause !== undefined && error.status >= 500) {
    request.log.warn({ code: error.code, err: cause }, 'request could not be served');
  }
  return error;
}

/** The headers an error brings: its own, and when to come back. */
export function errorHeaders({ options }: AppError): Record<string, string> {
  const { retryAfterSeconds, headers = {} } = options;
  if (retryAfterSeconds === undefined) return { ...headers };
  return { ...headers, 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) };
}

/** Logs an error where it deserves it, and answers it. */
export function sendProblem(
  render: ProblemRenderer,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = reportError(thrown, request);
  reply.problemCode = error.code;
  reply.headers(errorHeaders(error));
  if (error.status === 401) reply.header('www-authenticate', 'Bearer');
  return (
    reply
      .code(error.status)
      .header('x-request-id', request.id)
      .header('cache-control', 'no-store')
      .header('content-type', PROBLEM_MEDIA_TYPE)
      // As text: the schema of an operation must not be able to drop an extension.
      .send(JSON.stringify(render(error, request.id)))
  );
}

function pathOf(request: FastifyRequest): string {
  return request.raw.url?.split(/[?#]/, 1)[0] ?? '/';
}

const LISTED_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Remembers every route, and tells which methods any route of a path has. */
function collectAllowedMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: readonly string[]; method: string }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    // `*` answers every path, for CORS: it says nothing about one.
    if (url === '*') return;
    for (const one of [method].flat()) routes.push({ pattern: url.split('/'), method: one });
  });
  return (path) => {
    const segments = path.split('/');
    const found = new Set(
      routes.filter(({ pattern }) => matches(pattern, segments)).map(({ method }) => method),
    );
    return LISTED_METHODS.filter((method) => found.has(method));
  };
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  const wildcard = pattern.at(-1) === '*';
  if (wildcard ? segments.length < pattern.length : segments.length !== pattern.length)
    return false;
  return pattern.every((part, index) => {
    if (part === '*') return true;
    return part.startsWith(':') ? segments[index] !== '' : part === segments[index];
  });
}
