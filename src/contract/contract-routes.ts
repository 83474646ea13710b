import type {
  FastifyInstance,
  FastifySchema,
  onSendHookHandler,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteGenericInterface,
  RouteHandlerMethod,
} from 'fastify';
import { components, operations } from './generated.ts';
import { createSerializerCompiler } from './serializer-compiler.ts';
import type { ContractApp, ContractTypeProvider } from './type-provider.ts';
import { createValidatorCompiler, type SharedSchema } from './validator-compiler.ts';

/** An operation of the contract, as the generated table holds it. */
export interface ContractOperation {
  readonly operationId: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
  /** The path in Fastify's notation, as `/api/connectors/:connector_id`. */
  readonly url: string;
  /** The path as the contract writes it, as `/api/connectors/{connector_id}`. */
  readonly path: string;
  /** Alternatives; each names the scopes it needs under the name of a security scheme. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly schema: { readonly response: Readonly<Record<string, unknown>> };
}

/** A handler whose request and reply are typed by the operation. */
export type ContractHandler<Operation extends ContractOperation> = RouteHandlerMethod<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  RouteGenericInterface,
  unknown,
  Operation['schema'] & FastifySchema,
  ContractTypeProvider
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation of the contract that the route serves. */
    operation?: ContractOperation;
  }
}

/** What {@link enforceContract} compares the app with. */
export interface Contract {
  components: readonly SharedSchema[];
  operations: Readonly<Record<string, ContractOperation>>;
  /** Below this path nothing may exist that the contract does not name. */
  prefix: string;
}

const SERVICE_CONTRACT: Contract = { components, operations, prefix: '/api' };

/** Registers the handler of an operation, with the operation's own schema object. */
export function route<Operation extends ContractOperation>(
  app: ContractApp,
  operation: Operation,
  handler: ContractHandler<Operation>,
): void {
  app.route({
    method: operation.method,
    url: operation.url,
    schema: operation.schema,
    config: { operation },
    ...(operation.schema.response['304'] !== undefined && { onSend: withoutBody }),
    // Fastify cannot relate a generic operation to the options of one route; ContractHandler does.
    handler: handler as unknown as RouteHandlerMethod,
  });
}

/**
 * Takes the serialized `null` out of a 304. It never leaves, but it is counted as `content-length: 4`, which is not that of the
 * representation (RFC 9110 section 8.6) and makes clients wait for four bytes, or give the connection up.
 */
const withoutBody: onSendHookHandler = (_request, reply, payload, done) => {
  done(null, reply.statusCode === 304 ? null : payload);
};

/**
 * Makes an app live by the contract. Call it before any route is registered. It
 * - validates requests with {@link createValidatorCompiler}, and writes answers with {@link createSerializerCompiler};
 * - refuses to start when an operation is missing, is served with another schema, or when anything below the
 *   prefix is not in the contract;
 * - turns an answer with a status the operation does not declare into a 500, because nothing would keep its
 *   undeclared fields from leaving. Text and errors, which are written as they are, are not concerned.
 */
export function enforceContract(
  app: FastifyInstance,
  contract: Contract = SERVICE_CONTRACT,
): ContractApp {
  app.setValidatorCompiler(createValidatorCompiler(contract.components));
  app.setSerializerCompiler(createSerializerCompiler(contract.components));

  const registered = new Map<string, unknown>();
  app.addHook('onRoute', (options) => {
    for (const method of [options.method].flat()) {
      // Fastify adds HEAD beside every GET, and CORS answers OPTIONS.
      if (method !== 'HEAD' && method !== 'OPTIONS') {
        registered.set(`${method} ${options.url}`, options.schema);
      }
    }
  });
  app.addHook('onReady', async () => compareRoutes(contract, new Map(registered)));
  app.addHook('preSerialization', async (request, reply, payload) => {
    const declared = request.routeOptions.config.operation?.schema.response;
    if (declared !== undefined && declared[String(reply.statusCode)] === undefined) {
      throw new Error(`The operation does not declare the status ${reply.statusCode}.`);
    }
    return payload;
  });
  return app.withTypeProvider<ContractTypeProvider>();
}

function compareRoutes(contract: Contract, registered: Map<string, unknown>): void {
  const problems: string[] = [];
  for (const operation of Object.values(contract.operations)) {
    const key = `${operation.method} ${operation.url}`;
    if (!registered.has(key)) {
      problems.push(`${operation.operationId} (${key}) has no handler`);
    } else if (registered.get(key) !== operation.schema) {
      problems.push(`${operation.operationId} (${key}) is not served with the contract's schema`);
    }
    registered.delete(key);
  }
  for (const key of registered.keys()) {
    const url = key.slice(key.indexOf(' ') + 1);
    if (url === contract.prefix || url.startsWith(`${contract.prefix}/`)) {
      problems.push(`${key} is not in the contract`);
    }
  }
  if (problems.length > 0) {
    throw new Error(`The routes differ from the contract:\n- ${problems.join('\n- ')}`);
  }
}
