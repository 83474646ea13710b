// Generated from openapi/*.yaml by `npm run contract:generate`. Do not edit.

/** The contract as one OpenAPI 3.1 document, as `/openapi.json` serves it. */
export const contractDocument: Readonly<Record<string, unknown>> = {
  openapi: '3.1.0',
  info: {
    title: 'MCP Connectors deployment agent',
    version: '0.1.0',
    summary: 'Runs managed MCP servers on a machine of its own.',
    description:
      'What a deployment agent does for the service it belongs to, and for nobody else. It starts what its own operator allows, keeps it running, and tells how it is.\nIt is told everything with each request and keeps nothing on disk: when it is started again it has no servers, and the service puts them there anew.\n\n**Errors** are `application/problem+json` (RFC 9457) with a stable `code`, as those of the service.\n\n**MCP.** The endpoint of a server is `/servers/{instance_id}/mcp` (streamable HTTP). It is opened by the bearer secret that the server was put with, and not by the\nsecret of the agent; without it the answer is 401, and nothing reaches the server.\n',
    license: {
      name: 'MIT',
      identifier: 'MIT',
    },
  },
  servers: [
    {
      url: '/',
      description: 'This agent',
    },
  ],
  security: [
    {
      serviceSecret: [],
    },
  ],
  tags: [
    {
      name: 'agent',
      description: 'The agent and its machine.',
    },
    {
      name: 'servers',
      description: 'The managed servers that it runs.',
    },
  ],
  paths: {
    '/healthz': {
      get: {
        operationId: 'getHealth',
        summary: 'Tell that the agent is up',
        description: 'For whoever watches its process. Says nothing of servers.',
        tags: ['agent'],
        security: [],
        responses: {
          '200': {
            description: 'It is.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Health',
                },
                example: {
                  status: 'ok',
                },
              },
            },
          },
          '422': {
            $ref: '#/components/responses/ValidationFailed',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
        },
      },
    },
    '/status': {
      get: {
        operationId: 'getStatus',
        summary: 'Read how the agent is',
        description: 'What its heartbeats say as well.',
        tags: ['agent'],
        responses: {
          '200': {
            description: 'As it is now.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/AgentStatus',
                },
                example: {
                  name: 'edge-1',
                  agent: {
                    version: '0.1.0',
                    has_docker: false,
                    load: {
                      servers: 1,
                      max_servers: 20,
                      load_average: 0.4,
                      processors: 4,
                      free_memory_mb: 5120,
                    },
                  },
                },
              },
            },
          },
          '401': {
            $ref: '#/components/responses/ServiceUnknown',
          },
          '422': {
            $ref: '#/components/responses/ValidationFailed',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
        },
      },
    },
    '/servers': {
      get: {
        operationId: 'listServers',
        summary: 'List the servers',
        description: 'All that the agent runs or starts, and those that it has given up.',
        tags: ['servers'],
        responses: {
          '200': {
            description: 'All of them.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/AgentServers',
                },
                example: {
                  items: [],
                },
              },
            },
          },
          '401': {
            $ref: '#/components/responses/ServiceUnknown',
          },
          '422': {
            $ref: '#/components/responses/ValidationFailed',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
        },
      },
    },
    '/servers/{instance_id}': {
      parameters: [
        {
          $ref: '#/components/parameters/InstanceId',
        },
      ],
      put: {
        operationId: 'putServer',
        summary: 'Have a server run',
        description:
          'Starts it, replaces one of a smaller generation, starts one that failed anew, or leaves it as it is. Does not wait for it: read how it is, or wait for the next\nheartbeat. What the operator of the agent does not allow is refused (`LAUNCH_NOT_ALLOWED`), and so is one more than the agent may run (`RUNTIME_REFUSED`).\n',
        tags: ['servers'],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ServerSpec',
              },
              example: {
                deployment_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                entry_key: 'tracker',
                generation: 1,
                bearer: 'ejQ2wq0mHq1Xo1m1x0Q5m0m9bq3m0v1s2d4f6g8h0jK',
                launch: {
                  command: ['tracker-mcp'],
                  image: null,
                  speaks: 'stdio',
                  port: 8000,
                  path: '/mcp',
                  environment: {},
                  memory_mb: 256,
                  cpu_millis: 500,
                },
                environment: {
                  TRACKER_TOKEN: 'tr-4711',
                },
                files: [],
              },
            },
          },
        },
        responses: {
          '202': {
            description: 'It is being started, or is as it should be.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/AgentServer',
                },
                example: {
                  instance_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  generation: 1,
                  phase: 'starting',
                  step: 'preparing',
                  percent: 10,
                  problem_code: null,
                  sessions: 0,
                  restarts: 0,
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/ServiceUnknown',
          },
          '409': {
            $ref: '#/components/responses/NoRoom',
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '414': {
            $ref: '#/components/responses/UriTooLong',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            $ref: '#/components/responses/SpecRefused',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
        },
      },
      get: {
        operationId: 'getServer',
        summary: 'Read how a server is',
        description: 'What it is doing now.',
        tags: ['servers'],
        responses: {
          '200': {
            description: 'As it is now.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/AgentServer',
                },
                example: {
                  instance_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  generation: 1,
                  phase: 'running',
                  step: null,
                  percent: null,
                  problem_code: null,
                  sessions: 2,
                  restarts: 0,
                },
              },
            },
          },
          '401': {
            $ref: '#/components/responses/ServiceUnknown',
          },
          '404': {
            $ref: '#/components/responses/ServerNotFound',
          },
          '414': {
            $ref: '#/components/responses/UriTooLong',
          },
          '422': {
            $ref: '#/components/responses/ValidationFailed',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
        },
      },
      delete: {
        operationId: 'deleteServer',
        summary: 'End a server',
        description:
          'Ends it and takes away everything that was made for it; answers when that is done. Repeating it does no harm.',
        tags: ['servers'],
        responses: {
          '204': {
            description: 'There is no such server any more.',
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/ServiceUnknown',
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '414': {
            $ref: '#/components/responses/UriTooLong',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            $ref: '#/components/responses/ValidationFailed',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
        },
      },
    },
    '/servers/{instance_id}/logs': {
      parameters: [
        {
          $ref: '#/components/parameters/InstanceId',
        },
      ],
      get: {
        operationId: 'getServerLogs',
        summary: 'Read what a server wrote',
        description:
          'The last lines of its output and errors, the oldest first, without the secrets that it was given.',
        tags: ['servers'],
        parameters: [
          {
            name: 'lines',
            in: 'query',
            description: 'How many at most.',
            schema: {
              type: 'integer',
              minimum: 1,
              maximum: 1000,
              default: 100,
            },
            example: 100,
          },
        ],
        responses: {
          '200': {
            description: 'The lines; none where it wrote nothing.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ServerLogs',
                },
                example: {
                  lines: ['listening'],
                },
              },
            },
          },
          '401': {
            $ref: '#/components/responses/ServiceUnknown',
          },
          '404': {
            $ref: '#/components/responses/ServerNotFound',
          },
          '414': {
            $ref: '#/components/responses/UriTooLong',
          },
          '422': {
            $ref: '#/components/responses/ValidationFailed',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      serviceSecret: {
        type: 'http',
        scheme: 'bearer',
        description:
          'The secret of the service, which the operator has given to it and to this agent.',
      },
    },
    parameters: {
      InstanceId: {
        name: 'instance_id',
        in: 'path',
        required: true,
        description: 'The id that the service gave the server.',
        schema: {
          type: 'string',
          format: 'uuid',
        },
        example: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
      },
    },
    responses: {
      ServiceUnknown: {
        description: 'The secret is missing or not that of the service (`UNAUTHENTICATED`).',
        headers: {
          'WWW-Authenticate': {
            description: 'The scheme to use.',
            schema: {
              type: 'string',
            },
          },
        },
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/unauthenticated',
              title: 'A valid access token is required.',
              status: 401,
              code: 'UNAUTHENTICATED',
              detail: 'The secret is not the one this agent expects of its service.',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      ServerNotFound: {
        description: 'The agent has no such server (`NOT_FOUND`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/not-found',
              title: 'There is no such resource.',
              status: 404,
              code: 'NOT_FOUND',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      NoRoom: {
        description: 'The agent runs as many servers as it may, or ends (`RUNTIME_REFUSED`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/runtime-refused',
              title: 'The place where the server is to run refused it.',
              status: 409,
              code: 'RUNTIME_REFUSED',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      SpecRefused: {
        description:
          'The body does not match the contract (`VALIDATION_FAILED`), or the operator of the agent does not allow its command or image, or a variable of it\n(`LAUNCH_NOT_ALLOWED`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/validation-failed',
              title: 'The request does not match the API contract.',
              status: 422,
              code: 'VALIDATION_FAILED',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
              errors: [
                {
                  pointer: '/body/bearer',
                  detail: 'must match the pattern',
                },
              ],
            },
          },
        },
      },
      ValidationFailed: {
        description: 'A parameter does not match the contract (`VALIDATION_FAILED`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/validation-failed',
              title: 'The request does not match the API contract.',
              status: 422,
              code: 'VALIDATION_FAILED',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
              errors: [
                {
                  pointer: '/query/limit',
                  detail: 'must be <= 100',
                },
              ],
            },
          },
        },
      },
      RateLimited: {
        description:
          'The caller sends too many requests (`RATE_LIMITED`). `Retry-After` says when to go on.',
        headers: {
          'Retry-After': {
            $ref: '#/components/headers/RetryAfter',
          },
        },
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/rate-limited',
              title: 'Too many requests.',
              status: 429,
              code: 'RATE_LIMITED',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      Internal: {
        description:
          "The service failed (`INTERNAL`). Its log holds the reason under the request's id.",
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/internal',
              title: 'The service failed to answer the request.',
              status: 500,
              code: 'INTERNAL',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      UriTooLong: {
        description: 'A path parameter is longer than 256 characters (`URI_TOO_LONG`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/uri-too-long',
              title: 'The request URL is too long.',
              status: 414,
              code: 'URI_TOO_LONG',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      BadRequest: {
        description:
          'The request could not be read (`MALFORMED_REQUEST`), or its cursor is unknown (`INVALID_CURSOR`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/malformed-request',
              title: 'The request could not be read.',
              status: 400,
              code: 'MALFORMED_REQUEST',
              detail: 'The body is not valid JSON.',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      PayloadTooLarge: {
        description: 'The body is larger than 1 MiB (`PAYLOAD_TOO_LARGE`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/payload-too-large',
              title: 'The request body is too large.',
              status: 413,
              code: 'PAYLOAD_TOO_LARGE',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      UnsupportedMediaType: {
        description: 'The body is not `application/json` (`UNSUPPORTED_MEDIA_TYPE`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/unsupported-media-type',
              title: 'The request body must be application/json.',
              status: 415,
              code: 'UNSUPPORTED_MEDIA_TYPE',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
    },
    schemas: {
      Health: {
        type: 'object',
        additionalProperties: false,
        required: ['status'],
        properties: {
          status: {
            type: 'string',
            enum: ['ok'],
          },
        },
      },
      AgentStatus: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'agent'],
        properties: {
          name: {
            $ref: '#/components/schemas/AgentName',
          },
          agent: {
            $ref: '#/components/schemas/AgentReport',
          },
        },
      },
      AgentServers: {
        type: 'object',
        additionalProperties: false,
        required: ['items'],
        properties: {
          items: {
            type: 'array',
            maxItems: 1000,
            items: {
              $ref: '#/components/schemas/AgentServer',
            },
          },
        },
      },
      ServerLogs: {
        type: 'object',
        additionalProperties: false,
        required: ['lines'],
        properties: {
          lines: {
            type: 'array',
            maxItems: 1000,
            items: {
              type: 'string',
              maxLength: 2000,
            },
          },
        },
      },
      ServerSpec: {
        description: 'How a server is to run. Holds secrets.',
        type: 'object',
        additionalProperties: false,
        required: [
          'deployment_id',
          'entry_key',
          'generation',
          'bearer',
          'launch',
          'environment',
          'files',
        ],
        properties: {
          deployment_id: {
            type: 'string',
            format: 'uuid',
          },
          entry_key: {
            type: 'string',
            minLength: 1,
            maxLength: 64,
            pattern: '^[a-z0-9-]+$',
            description: 'Of the catalog, for the log.',
          },
          generation: {
            type: 'integer',
            minimum: 0,
            maximum: 2147483647,
            description: 'Grows whenever the rest changes.',
          },
          bearer: {
            type: 'string',
            pattern: '^[A-Za-z0-9_-]{43}$',
            description: 'What opens its MCP endpoint.',
          },
          launch: {
            $ref: '#/components/schemas/ServerLaunch',
          },
          environment: {
            $ref: '#/components/schemas/ServerEnvironment',
          },
          files: {
            type: 'array',
            maxItems: 20,
            items: {
              $ref: '#/components/schemas/ServerFile',
            },
          },
        },
      },
      ServerLaunch: {
        description: 'What is started; said by catalog files alone.',
        type: 'object',
        additionalProperties: false,
        required: [
          'command',
          'image',
          'speaks',
          'port',
          'path',
          'environment',
          'memory_mb',
          'cpu_millis',
        ],
        properties: {
          command: {
            description: 'Program and arguments; null where the image knows.',
            anyOf: [
              {
                type: 'array',
                minItems: 1,
                maxItems: 100,
                items: {
                  type: 'string',
                  maxLength: 4096,
                  pattern: '^[^\\x00]*$',
                },
              },
              {
                type: 'null',
              },
            ],
          },
          image: {
            anyOf: [
              {
                type: 'string',
                minLength: 1,
                maxLength: 512,
                pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@-]*$',
              },
              {
                type: 'null',
              },
            ],
          },
          speaks: {
            type: 'string',
            enum: ['stdio', 'http'],
          },
          port: {
            type: 'integer',
            minimum: 1,
            maximum: 65535,
          },
          path: {
            type: 'string',
            minLength: 1,
            maxLength: 256,
            pattern: '^/[A-Za-z0-9._~/-]*$',
          },
          environment: {
            $ref: '#/components/schemas/ServerEnvironment',
          },
          memory_mb: {
            type: 'integer',
            minimum: 1,
            maximum: 1048576,
          },
          cpu_millis: {
            type: 'integer',
            minimum: 1,
            maximum: 1024000,
          },
        },
      },
      ServerEnvironment: {
        description: 'Environment variables by their names.',
        type: 'object',
        maxProperties: 200,
        additionalProperties: {
          type: 'string',
          maxLength: 65536,
          pattern: '^[^\\x00]*$',
        },
      },
      ServerFile: {
        description: 'A secret that the server reads from a file.',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'content', 'variable'],
        properties: {
          name: {
            type: 'string',
            minLength: 1,
            maxLength: 100,
            pattern: '^[A-Za-z0-9._-]+$',
          },
          content: {
            type: 'string',
            maxLength: 262144,
          },
          variable: {
            type: 'string',
            pattern: '^[A-Za-z_][A-Za-z0-9_]{0,99}$',
            description: 'Gets the path of the file.',
          },
        },
      },
      ErrorCode: {
        description:
          'The stable code of an error. The list grows: treat an unknown code by the HTTP status. What each means and what\nto do about it: [the catalogue of errors](/errors).\n',
        type: 'string',
        'x-extensible-enum': [
          'MALFORMED_REQUEST',
          'INVALID_CURSOR',
          'UNAUTHENTICATED',
          'FORBIDDEN',
          'NOT_FOUND',
          'PROJECT_NOT_FOUND',
          'PROJECT_ADMIN_REQUIRED',
          'METHOD_NOT_ALLOWED',
          'REQUEST_TIMEOUT',
          'PRECONDITION_FAILED',
          'PAYLOAD_TOO_LARGE',
          'URI_TOO_LONG',
          'UNSUPPORTED_MEDIA_TYPE',
          'VALIDATION_FAILED',
          'RATE_LIMITED',
          'HEADERS_TOO_LARGE',
          'INTERNAL',
          'OVERLOADED',
          'NOT_READY',
          'IDEMPOTENCY_KEY_REUSED',
          'IDEMPOTENCY_IN_PROGRESS',
          'IDEMPOTENCY_NOT_REPLAYABLE',
          'CONNECTOR_NOT_FOUND',
          'CONNECTOR_NAME_TAKEN',
          'CONNECTOR_LIMIT_REACHED',
          'CONNECTOR_CHANGED',
          'CONNECTOR_DISABLED',
          'CREDENTIALS_NOT_FOUND',
          'CREDENTIALS_REQUIRED',
          'CREDENTIALS_INVALID',
          'CONNECTOR_MANAGED',
          'TEST_LIMIT_REACHED',
          'IMPORT_UNREADABLE',
          'CATALOG_ENTRY_NOT_FOUND',
          'CATALOG_ENTRY_CLOSED',
          'CATALOG_ENTRY_NOT_ENABLED',
          'SETTINGS_INVALID',
          'DEPLOYMENT_REQUIRED',
          'DEPLOYMENT_NOT_FOUND',
          'DEPLOYMENT_NOT_POSSIBLE',
          'DEPLOYMENT_CHANGED',
          'RUNTIME_NOT_CONFIGURED',
          'RUNTIME_UNREACHABLE',
          'RUNTIME_REFUSED',
          'LAUNCH_NOT_ALLOWED',
          'LAUNCH_NOT_FOUND',
          'SERVER_EXITED',
          'SERVER_OUT_OF_MEMORY',
          'SERVER_NOT_READY',
          'SIGN_IN_NOT_POSSIBLE',
          'SIGN_IN_FAILED',
          'AUTHORIZATION_NOT_FOUND',
          'AUTHORIZATION_UNUSABLE',
          'INVALID_URL',
          'BLOCKED_URL',
          'CONNECTION_FAILED',
          'TIMEOUT',
          'AUTH_FAILED',
          'AUTH_REQUIRED',
          'INVALID_MCP_SERVER',
          'PROTOCOL_MISMATCH',
          'RESPONSE_TOO_LARGE',
          'TOOL_NOT_FOUND',
          'TOOL_CHANGED',
          'REQUEST_STATE_INVALID',
          'TOOL_DISABLED',
          'TOOL_NOT_APPROVED',
          'NEEDS_AUTH',
          'UPSTREAM_UNREACHABLE',
          'UPSTREAM_INVALID',
          'UPSTREAM_TIMEOUT',
          'SESSION_LIMIT_REACHED',
          'SESSIONS_EXHAUSTED',
        ],
      },
      FieldProblem: {
        description: 'One problem of the request, addressed by a JSON pointer.',
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: {
            type: 'string',
            description:
              'A JSON pointer that begins with the part of the request, as in `/body/server_url`.',
          },
          detail: {
            type: 'string',
          },
        },
      },
      Problem: {
        description: 'An error (RFC 9457).',
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'instance'],
        additionalProperties: true,
        properties: {
          type: {
            type: 'string',
            format: 'uri-reference',
            description: 'Identifies the kind of error; a page about it.',
          },
          title: {
            type: 'string',
            description: 'One sentence that is the same for every error of this code.',
          },
          status: {
            type: 'integer',
            minimum: 400,
            maximum: 599,
          },
          code: {
            $ref: '#/components/schemas/ErrorCode',
          },
          detail: {
            type: 'string',
            description: 'What to do about this very error.',
          },
          instance: {
            type: 'string',
            format: 'uri-reference',
            description: 'The request, as `urn:request:<id>`.',
          },
          errors: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/FieldProblem',
            },
          },
        },
      },
      AgentName: {
        description: 'The name of a deployment agent.',
        type: 'string',
        minLength: 1,
        maxLength: 40,
        pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
      },
      AgentLoad: {
        description: 'How busy the machine of a deployment agent is.',
        type: 'object',
        additionalProperties: false,
        required: ['servers', 'max_servers', 'load_average', 'processors', 'free_memory_mb'],
        properties: {
          servers: {
            type: 'integer',
            minimum: 0,
            maximum: 1000,
            description: 'Servers that it runs or starts.',
          },
          max_servers: {
            type: 'integer',
            minimum: 1,
            maximum: 1000,
          },
          load_average: {
            type: 'number',
            minimum: 0,
            maximum: 100000,
            description: 'Of the machine, over a minute; 0 where the system tells none.',
          },
          processors: {
            type: 'integer',
            minimum: 1,
            maximum: 100000,
          },
          free_memory_mb: {
            type: 'integer',
            minimum: 0,
            maximum: 1000000000,
          },
        },
      },
      AgentReport: {
        description: 'What a deployment agent says of itself.',
        type: 'object',
        additionalProperties: false,
        required: ['version', 'has_docker', 'load'],
        properties: {
          version: {
            type: 'string',
            minLength: 1,
            maxLength: 64,
            pattern: '^[0-9A-Za-z.+-]+$',
          },
          has_docker: {
            type: 'boolean',
            description: 'Whether it can run images.',
          },
          load: {
            $ref: '#/components/schemas/AgentLoad',
          },
        },
      },
      AgentServerPhase: {
        type: 'string',
        enum: ['starting', 'running', 'failed'],
      },
      AgentProblemCode: {
        description: 'Why a server does not run.',
        type: 'string',
        enum: [
          'RUNTIME_REFUSED',
          'LAUNCH_NOT_ALLOWED',
          'LAUNCH_NOT_FOUND',
          'SERVER_EXITED',
          'SERVER_OUT_OF_MEMORY',
          'SERVER_NOT_READY',
        ],
      },
      AgentServer: {
        description: 'A server that a deployment agent runs.',
        type: 'object',
        additionalProperties: false,
        required: [
          'instance_id',
          'generation',
          'phase',
          'step',
          'percent',
          'problem_code',
          'sessions',
          'restarts',
        ],
        properties: {
          instance_id: {
            type: 'string',
            format: 'uuid',
          },
          generation: {
            type: 'integer',
            minimum: 0,
            maximum: 2147483647,
            description: 'Of the specification that it runs with.',
          },
          phase: {
            $ref: '#/components/schemas/AgentServerPhase',
          },
          step: {
            description: 'How far its start is; null when up.',
            type: ['string', 'null'],
            minLength: 1,
            maxLength: 40,
            pattern: '^[a-z0-9-]+$',
          },
          percent: {
            type: ['integer', 'null'],
            minimum: 0,
            maximum: 100,
            description: 'The same as a number; null where nobody can tell.',
          },
          problem_code: {
            anyOf: [
              {
                $ref: '#/components/schemas/AgentProblemCode',
              },
              {
                type: 'null',
              },
            ],
          },
          sessions: {
            type: 'integer',
            minimum: 0,
            maximum: 1000000,
            description: 'MCP sessions that it has.',
          },
          restarts: {
            type: 'integer',
            minimum: 0,
            maximum: 2147483647,
            description: 'How often it was started again since it was put here.',
          },
        },
      },
    },
    headers: {
      RetryAfter: {
        description: 'Seconds until a retry makes sense.',
        schema: {
          type: 'integer',
        },
      },
    },
  },
};
