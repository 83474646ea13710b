import Fastify, { type FastifyInstance, type RouteHandlerMethod } from 'fastify';
import { SignJWT } from 'jose';
import { type Logger, pino } from 'pino';
import { enforceContract } from '../../src/contract/contract-routes.ts';
import { operations } from '../../src/contract/generated.ts';
import type { TokenSource } from '../../src/http/authentication/token-source.ts';
import { createFastifyOptions } from '../../src/http/fastify-options.ts';
import { type HttpPluginsOptions, registerHttpPlugins } from '../../src/http/http-plugins.ts';
import { createLoggerOptions } from '../../src/http/logger.ts';
import { createMetricsRegistry } from '../../src/http/plugins/metrics.ts';
import { createProblemRenderer } from '../../src/http/problem.ts';
import { Readiness, type ReadinessCheck } from '../../src/http/readiness.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { child, documentedOperations, isNode, type Node } from './contract-document.ts';

export const SECRET = 'a-secret-for-tests-of-32-bytes-or-more';
export const ISSUER = 'test-issuer';
export const AUDIENCE = 'test-audience';

export interface HttpAppOptions {
  source?: TokenSource;
  agentClients?: readonly string[];
  tenantClaim?: string;
  publicUrl?: string;
  corsOrigins?: readonly string[];
  /** The secret of every agent; whatever is sent by default. */
  agentSecret?: string;
  rateLimitMax?: number;
  overload?: HttpPluginsOptions['overload'];
  checks?: readonly ReadinessCheck[];
  adminPort?: boolean;
  requestTimeoutMs?: number;
  unreadAnswers?: HttpPluginsOptions['unreadAnswers'];
  trustProxy?: false | number | readonly string[];
  /** Replaces the handlers of operations, by operationId. */
  handlers?: Readonly<Record<string, RouteHandlerMethod>>;
  /** Adds routes outside of the contract. */
  extend?: (app: FastifyInstance) => void;
}

export interface HttpApp {
  app: FastifyInstance;
  logLines: string[];
  logger: Logger;
  readiness: Readiness;
  /** Starts listening, and returns the address. */
  listen: () => Promise<URL>;
}

/** The HTTP edge of the service without the service: every operation answers with the example of its contract. */
export async function buildHttpApp(options: HttpAppOptions = {}): Promise<HttpApp> {
  const { trustProxy = false, requestTimeoutMs } = options;
  const logLines: string[] = [];
  const logger = pino(createLoggerOptions({ level: 'trace' }), {
    write: (line: string) => void logLines.push(line),
  });
  const render = createProblemRenderer(options.publicUrl);
  const app: FastifyInstance = Fastify(
    createFastifyOptions({
      logger,
      render,
      trustProxy,
      ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    }),
  );
  const readiness = new Readiness({
    checks: options.checks ?? [],
    clock: systemClock,
    onError: () => {},
  });
  enforceContract(app);
  await registerHttpPlugins(app, {
    render,
    registry: createMetricsRegistry(),
    readiness,
    authentication: {
      source: options.source ?? { kind: 'secret', secret: SECRET },
      issuer: ISSUER,
      audience: AUDIENCE,
      publicUrl: options.publicUrl,
      tenantClaim: options.tenantClaim ?? 'tenant',
      agentClients: new Set(options.agentClients),
      redeemTicket: async () => undefined,
      isAgent: (_name, secret) =>
        options.agentSecret === undefined || secret === options.agentSecret,
    },
    cors: { origins: options.corsOrigins ?? [] },
    rateLimit: { max: options.rateLimitMax ?? 100_000 },
    overload: options.overload ?? {},
    unreadAnswers: options.unreadAnswers ?? {},
    adminPort: options.adminPort ?? false,
  });
  registerExamples(app, options.handlers ?? {});
  options.extend?.(app);
  const listen = async () => new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  return { app, logLines, logger, readiness, listen };
}

function registerExamples(
  app: FastifyInstance,
  handlers: Readonly<Record<string, RouteHandlerMethod>>,
): void {
  const documented = new Map(documentedOperations().map((one) => [one.operationId, one]));
  for (const operation of Object.values(operations)) {
    const responses = documented.get(operation.operationId)?.responses ?? {};
    const { status, type, example } = exampleOf(responses);
    app.route({
      method: operation.method,
      url: operation.url,
      schema: operation.schema,
      config: { operation },
      handler:
        handlers[operation.operationId] ??
        (async (_request, reply) => {
          if (type !== 'application/json') reply.type(type);
          return reply.code(status).send(example);
        }),
    });
  }
}

/** The example of the first successful answer. */
function exampleOf(responses: Readonly<Record<string, Node>>): {
  status: number;
  type: string;
  example: unknown;
} {
  const [status = '200', response = {}] =
    Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
  const [type = 'application/json'] = Object.keys(child(response, 'content'));
  const content = child(child(response, 'content'), type);
  const [named] = Object.values(child(content, 'examples'));
  const example = content['example'] ?? (isNode(named) ? named['value'] : undefined);
  return { status: Number(status), type, example };
}

/** Every scope that an operation asks for. */
export const ALL_SCOPES = 'connectors:read connectors:write tools:read tools:call operator';

/** A token the test app accepts; `undefined` removes a claim. */
export async function signToken(
  claims: Readonly<Record<string, unknown>> = {},
  secret: string = SECRET,
): Promise<string> {
  const payload = Object.fromEntries(
    Object.entries({
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'alice',
      exp: Math.floor(Date.now() / 1000) + 600,
      scope: ALL_SCOPES,
      ...claims,
    }).filter(([, value]) => value !== undefined),
  );
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));
}

/** The header that carries {@link signToken}. */
export async function bearer(
  claims: Readonly<Record<string, unknown>> = {},
): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await signToken(claims)}` };
}
