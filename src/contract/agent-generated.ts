// Generated from openapi/*.yaml by `npm run contract:generate`. Do not edit.
import { type Static, Type } from '@sinclair/typebox';

/**
 * How busy the machine of a deployment agent is.
 */
export const AgentLoad = Object.assign(
  Type.Object(
    {
      servers: Type.Integer({ minimum: 0, maximum: 1000 }),
      max_servers: Type.Integer({ minimum: 1, maximum: 1000 }),
      load_average: Type.Number({ minimum: 0, maximum: 100000 }),
      processors: Type.Integer({ minimum: 1, maximum: 100000 }),
      free_memory_mb: Type.Integer({ minimum: 0, maximum: 1000000000 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'AgentLoad' },
);
export type AgentLoad = Static<typeof AgentLoad>;

/**
 * The name of a deployment agent.
 */
export const AgentName = Object.assign(
  Type.String({ minLength: 1, maxLength: 40, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' }),
  { $id: 'AgentName' },
);
export type AgentName = Static<typeof AgentName>;

/**
 * Why a server does not run.
 */
export const AgentProblemCode = Object.assign(
  Type.Unsafe<
    | 'RUNTIME_REFUSED'
    | 'LAUNCH_NOT_ALLOWED'
    | 'LAUNCH_NOT_FOUND'
    | 'SERVER_EXITED'
    | 'SERVER_OUT_OF_MEMORY'
    | 'SERVER_NOT_READY'
  >({
    type: 'string',
    enum: [
      'RUNTIME_REFUSED',
      'LAUNCH_NOT_ALLOWED',
      'LAUNCH_NOT_FOUND',
      'SERVER_EXITED',
      'SERVER_OUT_OF_MEMORY',
      'SERVER_NOT_READY',
    ],
  }),
  { $id: 'AgentProblemCode' },
);
export type AgentProblemCode = Static<typeof AgentProblemCode>;

/**
 * What a deployment agent says of itself.
 */
export const AgentReport = Object.assign(
  Type.Object(
    {
      version: Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9A-Za-z.+-]+$' }),
      has_docker: Type.Boolean(),
      load: Type.Unsafe<AgentLoad>({ $ref: 'AgentLoad#' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'AgentReport' },
);
export type AgentReport = Static<typeof AgentReport>;

/**
 * A server that a deployment agent runs.
 */
export const AgentServer = Object.assign(
  Type.Object(
    {
      instance_id: Type.String({ format: 'uuid' }),
      generation: Type.Integer({ minimum: 0, maximum: 2147483647 }),
      phase: Type.Unsafe<AgentServerPhase>({ $ref: 'AgentServerPhase#' }),
      step: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        minLength: 1,
        maxLength: 40,
        pattern: '^[a-z0-9-]+$',
      }),
      percent: Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0, maximum: 100 }),
      problem_code: Type.Union([
        Type.Unsafe<AgentProblemCode>({ $ref: 'AgentProblemCode#' }),
        Type.Null(),
      ]),
      sessions: Type.Integer({ minimum: 0, maximum: 1000000 }),
      restarts: Type.Integer({ minimum: 0, maximum: 2147483647 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'AgentServer' },
);
export type AgentServer = Static<typeof AgentServer>;

export const AgentServerPhase = Object.assign(
  Type.Unsafe<'starting' | 'running' | 'failed'>({
    type: 'string',
    enum: ['starting', 'running', 'failed'],
  }),
  { $id: 'AgentServerPhase' },
);
export type AgentServerPhase = Static<typeof AgentServerPhase>;

export const AgentServers = Object.assign(
  Type.Object(
    { items: Type.Array(Type.Unsafe<AgentServer>({ $ref: 'AgentServer#' }), { maxItems: 1000 }) },
    { additionalProperties: false },
  ),
  { $id: 'AgentServers' },
);
export type AgentServers = Static<typeof AgentServers>;

export const AgentStatus = Object.assign(
  Type.Object(
    {
      name: Type.Unsafe<AgentName>({ $ref: 'AgentName#' }),
      agent: Type.Unsafe<AgentReport>({ $ref: 'AgentReport#' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'AgentStatus' },
);
export type AgentStatus = Static<typeof AgentStatus>;

/**
 * The stable code of an error. The list grows: treat an unknown code by the HTTP status. What each means and what
 * to do about it: [the catalogue of errors](/errors).
 */
export const ErrorCode = Object.assign(Type.String(), { $id: 'ErrorCode' });
export type ErrorCode = Static<typeof ErrorCode>;

/**
 * One problem of the request, addressed by a JSON pointer.
 */
export const FieldProblem = Object.assign(
  Type.Object({ pointer: Type.String(), detail: Type.String() }),
  { $id: 'FieldProblem' },
);
export type FieldProblem = Static<typeof FieldProblem>;

export const Health = Object.assign(
  Type.Object(
    { status: Type.Unsafe<'ok'>({ type: 'string', enum: ['ok'] }) },
    { additionalProperties: false },
  ),
  { $id: 'Health' },
);
export type Health = Static<typeof Health>;

/**
 * An error (RFC 9457).
 */
export const Problem = Object.assign(
  Type.Object(
    {
      type: Type.String({ format: 'uri-reference' }),
      title: Type.String(),
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      code: Type.Unsafe<ErrorCode>({ $ref: 'ErrorCode#' }),
      detail: Type.Optional(Type.String()),
      instance: Type.String({ format: 'uri-reference' }),
      errors: Type.Optional(Type.Array(Type.Unsafe<FieldProblem>({ $ref: 'FieldProblem#' }))),
    },
    { additionalProperties: true },
  ),
  { $id: 'Problem' },
);
export type Problem = Static<typeof Problem>;

/**
 * Environment variables by their names.
 */
export const ServerEnvironment = Object.assign(
  Type.Unsafe<Record<string, string>>({
    type: 'object',
    maxProperties: 200,
    additionalProperties: Type.String({ maxLength: 65536, pattern: '^[^\\x00]*$' }),
  }),
  { $id: 'ServerEnvironment' },
);
export type ServerEnvironment = Static<typeof ServerEnvironment>;

/**
 * A secret that the server reads from a file.
 */
export const ServerFile = Object.assign(
  Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9._-]+$' }),
      content: Type.String({ maxLength: 262144 }),
      variable: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,99}$' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ServerFile' },
);
export type ServerFile = Static<typeof ServerFile>;

/**
 * What is started; said by catalog files alone.
 */
export const ServerLaunch = Object.assign(
  Type.Object(
    {
      command: Type.Union([
        Type.Array(Type.String({ maxLength: 4096, pattern: '^[^\\x00]*$' }), {
          minItems: 1,
          maxItems: 100,
        }),
        Type.Null(),
      ]),
      image: Type.Union([
        Type.String({ minLength: 1, maxLength: 512, pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@-]*$' }),
        Type.Null(),
      ]),
      speaks: Type.Unsafe<'stdio' | 'http'>({ type: 'string', enum: ['stdio', 'http'] }),
      port: Type.Integer({ minimum: 1, maximum: 65535 }),
      path: Type.String({ minLength: 1, maxLength: 256, pattern: '^/[A-Za-z0-9._~/-]*$' }),
      environment: Type.Unsafe<ServerEnvironment>({ $ref: 'ServerEnvironment#' }),
      memory_mb: Type.Integer({ minimum: 1, maximum: 1048576 }),
      cpu_millis: Type.Integer({ minimum: 1, maximum: 1024000 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ServerLaunch' },
);
export type ServerLaunch = Static<typeof ServerLaunch>;

export const ServerLogs = Object.assign(
  Type.Object(
    { lines: Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 1000 }) },
    { additionalProperties: false },
  ),
  { $id: 'ServerLogs' },
);
export type ServerLogs = Static<typeof ServerLogs>;

/**
 * How a server is to run. Holds secrets.
 */
export const ServerSpec = Object.assign(
  Type.Object(
    {
      deployment_id: Type.String({ format: 'uuid' }),
      entry_key: Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-z0-9-]+$' }),
      generation: Type.Integer({ minimum: 0, maximum: 2147483647 }),
      bearer: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
      launch: Type.Unsafe<ServerLaunch>({ $ref: 'ServerLaunch#' }),
      environment: Type.Unsafe<ServerEnvironment>({ $ref: 'ServerEnvironment#' }),
      files: Type.Array(Type.Unsafe<ServerFile>({ $ref: 'ServerFile#' }), { maxItems: 20 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ServerSpec' },
);
export type ServerSpec = Static<typeof ServerSpec>;

/** Every shared schema, for the `addSchema` of AJV and Fastify. */
export const components = [
  AgentLoad,
  AgentName,
  AgentProblemCode,
  AgentReport,
  AgentServer,
  AgentServerPhase,
  AgentServers,
  AgentStatus,
  ErrorCode,
  FieldProblem,
  Health,
  Problem,
  ServerEnvironment,
  ServerFile,
  ServerLaunch,
  ServerLogs,
  ServerSpec,
] as const;

/** Every operation of the contract. */
export const operations = {
  getHealth: {
    operationId: 'getHealth',
    method: 'GET',
    url: '/healthz',
    path: '/healthz',
    security: [],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: { 'application/json': { schema: Type.Unsafe<Health>({ $ref: 'Health#' }) } },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getStatus: {
    operationId: 'getStatus',
    method: 'GET',
    url: '/status',
    path: '/status',
    security: [{ serviceSecret: [] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<AgentStatus>({ $ref: 'AgentStatus#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  listServers: {
    operationId: 'listServers',
    method: 'GET',
    url: '/servers',
    path: '/servers',
    security: [{ serviceSecret: [] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<AgentServers>({ $ref: 'AgentServers#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getServer: {
    operationId: 'getServer',
    method: 'GET',
    url: '/servers/:instance_id',
    path: '/servers/{instance_id}',
    security: [{ serviceSecret: [] }],
    schema: {
      params: Type.Object(
        { instance_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<AgentServer>({ $ref: 'AgentServer#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  putServer: {
    operationId: 'putServer',
    method: 'PUT',
    url: '/servers/:instance_id',
    path: '/servers/{instance_id}',
    security: [{ serviceSecret: [] }],
    schema: {
      params: Type.Object(
        { instance_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ServerSpec>({ $ref: 'ServerSpec#' }),
      response: {
        '202': {
          content: {
            'application/json': { schema: Type.Unsafe<AgentServer>({ $ref: 'AgentServer#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  deleteServer: {
    operationId: 'deleteServer',
    method: 'DELETE',
    url: '/servers/:instance_id',
    path: '/servers/{instance_id}',
    security: [{ serviceSecret: [] }],
    schema: {
      params: Type.Object(
        { instance_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '204': Type.Null(),
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getServerLogs: {
    operationId: 'getServerLogs',
    method: 'GET',
    url: '/servers/:instance_id/logs',
    path: '/servers/{instance_id}/logs',
    security: [{ serviceSecret: [] }],
    schema: {
      params: Type.Object(
        { instance_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Object(
        { lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })) },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<ServerLogs>({ $ref: 'ServerLogs#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
} as const;
