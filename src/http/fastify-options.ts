import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { type FastifyBaseLogger, type FastifyHttpOptions, LogController } from 'fastify';
import { createClientErrorHandler } from './client-errors.ts';
import { sendProblem } from './plugins/problem-details.ts';
import type { ProblemRenderer } from './problem.ts';

/** What differs between installations. */
export interface FastifyOptionsInput {
  logger: FastifyBaseLogger;
  render: ProblemRenderer;
  /** Whose `X-Forwarded-*` headers are believed: a number of hops, or addresses and networks. */
  trustProxy: false | number | readonly string[];
  /** Milliseconds a client has to send a whole request. */
  requestTimeoutMs?: number;
}

const MEBIBYTE = 1_048_576;

/**
 * The options of a Fastify instance: bounds for everything a client sends, and problem+json for the errors that
 * happen before a route is known.
 */
export function createFastifyOptions({
  logger,
  render,
  trustProxy,
  requestTimeoutMs = 30_000,
}: FastifyOptionsInput): FastifyHttpOptions<Server> {
  return {
    loggerInstance: logger,
    // One line per request of our own (plugins/request-log.ts); Fastify's would hold the raw URL.
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'request_id',
    }),
    genReqId: requestId,
    bodyLimit: MEBIBYTE,
    // Tool names reach 128 characters, and each may be percent-encoded.
    routerOptions: { maxParamLength: 256 },
    requestTimeout: requestTimeoutMs,
    // How often Node looks for requests that are late; its default of 30 s would double the timeout.
    http: {
      connectionsCheckingInterval: Math.max(100, Math.min(requestTimeoutMs / 4, 5_000)),
      headersTimeout: requestTimeoutMs,
    },
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    // Fastify's own 503 is not problem+json; plugins/readiness-gate.ts answers instead.
    return503OnClosing: false,
    trustProxy: trustedProxies(trustProxy),
    frameworkErrors: (error, request, reply) => {
      request.log.info({ status: error.statusCode, reason: error.code }, 'request unreadable');
      sendProblem(render, error, request, reply);
    },
    clientErrorHandler: createClientErrorHandler(render),
  };
}

function trustedProxies(
  trusted: FastifyOptionsInput['trustProxy'],
): NonNullable<FastifyHttpOptions<Server>['trustProxy']> {
  if (typeof trusted === 'number') return (_address, hop) => hop < trusted;
  return trusted === false ? false : [...trusted];
}

const SANE_ID = /^[A-Za-z0-9._-]{8,64}$/;

/**
 * The id of a request, for logs and answers: the client's `X-Request-Id`, where it can do no harm in either, or a
 * new one.
 */
function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}
