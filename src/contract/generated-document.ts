// Generated from openapi/*.yaml by `npm run contract:generate`. Do not edit.

/** The contract as one OpenAPI 3.1 document, as `/openapi.json` serves it. */
export const contractDocument: Readonly<Record<string, unknown>> = {
  openapi: '3.1.0',
  info: {
    title: 'MCP Connectors',
    version: '0.1.0',
    summary: "Connect your users' own MCP servers, and hand their tools to agents.",
    description:
      "Users register MCP servers by URL. A server is tested before it is saved, its credentials are kept\nencrypted, its tools are discovered, and each user's namespaced tools are listed and called here.\n\n**Errors** are `application/problem+json` (RFC 9457) with a stable `code`. `401` and `403` speak only of\nthe caller's own token, never of a refusal by an MCP server. What the caller may not see is `404`. The `type` of an\nerror is the address of a page about it; [the catalogue of errors](/errors) has all of them, also as JSON.\n\n**Versions.** A connector carries its version as `ETag`; send it back as `If-Match` to change only what you read.\n\n**Retries.** `POST /api/connectors` and tool calls take an `Idempotency-Key`; the same key with the same body\nanswers the same for an hour and never runs twice.\n\n**Before an operation is known** a request can end with `404 NOT_FOUND`, `405 METHOD_NOT_ALLOWED` (with `Allow`),\n`408 REQUEST_TIMEOUT` or `431 HEADERS_TOO_LARGE`.\n\n**MCP.** `POST /mcp` is the same for MCP clients: an aggregated endpoint with the caller's tools (streamable HTTP, without a\nsession, revisions up to 2026-07-28). It has tokens of its own, with its address as audience, which clients get by OAuth:\n`/.well-known/oauth-protected-resource/mcp` says where. With `?tools=lazy` it offers two tools, `search` and `run`.\n\n**Growth.** This API grows by addition only: expect new fields and new values of response enumerations.\n",
    license: {
      name: 'MIT',
      identifier: 'MIT',
    },
  },
  externalDocs: {
    description:
      'The catalogue of errors: the cause of each code, what the user sees, and what to do.',
    url: '/errors',
  },
  servers: [
    {
      url: '/',
      description: 'This service',
    },
  ],
  security: [
    {
      bearer: [],
    },
  ],
  tags: [
    {
      name: 'connectors',
      description: 'MCP servers that a user, or an admin for a project, has registered.',
    },
    {
      name: 'credentials',
      description: 'The secret of a connector; written, never read.',
    },
    {
      name: 'sign-in',
      description: 'Signing in to servers that want OAuth.',
    },
    {
      name: 'tools',
      description: "A user's tools, as agents see and call them.",
    },
    {
      name: 'system tools',
      description: 'Tools that the operator offers to every user.',
    },
    {
      name: 'imports',
      description: 'Servers from the configuration files of MCP clients, and back.',
    },
    {
      name: 'events',
      description: 'Following what changes.',
    },
    {
      name: 'sessions',
      description: 'Live connections to MCP servers, for operators.',
    },
    {
      name: 'projects',
      description: 'What admins of a project do to its members.',
    },
    {
      name: 'catalog',
      description: 'Known servers that the operator offers, and what a project has of them.',
    },
    {
      name: 'deployments',
      description: 'Servers of the catalog that are brought up for a project.',
    },
    {
      name: 'admin',
      description: 'What operators do to a user of their tenant.',
    },
    {
      name: 'agents',
      description: 'Deployment agents, which run managed servers on machines of their own.',
    },
  ],
  paths: {
    '/api/catalog': {
      get: {
        operationId: 'listCatalog',
        summary: 'List the known servers of a project',
        description:
          "The servers that the operator offers to projects, in the order of their keys, each as it is for this project: every member sees them,\nadmins switch them. One that is switched on is a connector of the project (`connector_id`); its tools are in members' toolsets.\n",
        tags: ['catalog'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/ProjectId',
          },
        ],
        responses: {
          '200': {
            description: 'All entries; there are a few hundred at most.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Catalog',
                },
                example: {
                  items: [],
                },
              },
            },
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/catalog/discover': {
      post: {
        operationId: 'discoverCatalog',
        summary: 'Find out which known servers answer',
        description:
          'Asks all open entries at once, a few at a time and each for five seconds at most, and keeps nothing of it. Servers that answer come first,\nso that nobody is offered one that does not while another would; both parts are in the order of their keys. A server that only asks for\ncredentials, where the project has set none yet, does answer.\n',
        tags: ['catalog'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ProjectBody',
              },
              example: {
                project_id: 'atlas',
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'What was found, healthy servers first.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/CatalogDiscovery',
                },
                example: {
                  items: [
                    {
                      key: 'github',
                      title: 'GitHub',
                      is_healthy: true,
                      runtime: 'static',
                      error_code: null,
                      error_message: null,
                      latency_ms: 41,
                      tool_count: 12,
                      status: 'NOT_ENABLED',
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            $ref: '#/components/responses/ValidationFailed',
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/catalog/{key}': {
      get: {
        operationId: 'getCatalogEntry',
        summary: 'Read one known server',
        description:
          'As in the list. A former key leads to its successor, as `jira` to `atlassian`.\n',
        tags: ['catalog'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/Key',
          },
          {
            $ref: '#/components/parameters/ProjectId',
          },
        ],
        responses: {
          '200': {
            description: 'The entry, as it is for the project now.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/CatalogItem',
                },
                example: {
                  key: 'github',
                  title: 'GitHub',
                  description: 'Repositories, issues and pull requests on GitHub.',
                  icon: null,
                  is_open: true,
                  gate: null,
                  status: 'ENABLED',
                  last_error: null,
                  connector_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                  deployment_id: null,
                  tool_count: 12,
                  updated_at: '2026-11-21T17:00:00.000Z',
                  settings: [
                    {
                      name: 'token',
                      title: 'Access token',
                      description: null,
                      type: 'string',
                      required: true,
                      secret: true,
                      default: null,
                      allowed: null,
                      is_set: true,
                      value: null,
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/EntryNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      delete: {
        operationId: 'deleteCatalogEntry',
        summary: 'Take a known server away from a project',
        description:
          'For admins: deletes its connector with its settings and tools. Its deployment goes with it where the operator wants that (`AUTO_CLEANUP`);\nelsewhere it stays, with its settings, until it is deleted. Repeating it does no harm.\n',
        tags: ['catalog'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/Key',
          },
          {
            $ref: '#/components/parameters/ProjectId',
          },
        ],
        responses: {
          '204': {
            description: 'The project has it no more.',
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/EntryNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/catalog/{key}/enable': {
      post: {
        operationId: 'enableCatalogEntry',
        summary: 'Switch a known server on',
        description:
          'For admins: tests the server with the settings and saves it as a connector of the project, once however often it is said. A failed test saves\nnothing and answers with its code. `settings` replace stored ones; what is not named stays, null takes a value away. Where it is switched on\nalready, it is tested and saved with what is new. It does not count against the limit of connectors.\n\nThe server of an entry may have to be brought up first. Where the operator lets that happen by itself (`AUTO_PROVISION`), the answer is `202`\nand does not wait: the server is tested and switched on once it is up, and its deployment tells how far it is, or why not. Elsewhere the\nserver has to be deployed before (`POST /api/deployments`).\n',
        tags: ['catalog'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/Key',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/CatalogEnable',
              },
              example: {
                project_id: 'atlas',
                settings: {
                  token: 'ghp_abc',
                },
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The entry, as it is for the project now.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/CatalogItem',
                },
                example: {
                  key: 'github',
                  title: 'GitHub',
                  description: 'Repositories, issues and pull requests on GitHub.',
                  icon: null,
                  is_open: true,
                  gate: null,
                  status: 'ENABLED',
                  last_error: null,
                  connector_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                  deployment_id: null,
                  tool_count: 12,
                  updated_at: '2026-11-21T17:00:00.000Z',
                  settings: [
                    {
                      name: 'token',
                      title: 'Access token',
                      description: null,
                      type: 'string',
                      required: true,
                      secret: true,
                      default: null,
                      allowed: null,
                      is_set: true,
                      value: null,
                    },
                  ],
                },
              },
            },
          },
          '202': {
            description: 'Its server is being brought up, and the entry is switched on once it is.',
            headers: {
              Location: {
                $ref: '#/components/headers/Location',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/CatalogItem',
                },
                example: {
                  key: 'github',
                  title: 'GitHub',
                  description: 'Repositories, issues and pull requests on GitHub.',
                  icon: null,
                  is_open: true,
                  gate: null,
                  status: 'DEPLOYING',
                  last_error: null,
                  connector_id: null,
                  deployment_id: '9a1f5c1e-2f0e-4b7c-8d35-7c1f5f0a8f22',
                  tool_count: 0,
                  updated_at: null,
                  settings: [],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/EntryNotFound',
          },
          '409': {
            $ref: '#/components/responses/EnableConflict',
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
            $ref: '#/components/responses/EnableRefused',
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/catalog/{key}/disable': {
      post: {
        operationId: 'disableCatalogEntry',
        summary: 'Switch a known server off',
        description:
          'For admins: its tools leave the toolsets; its settings stay, but for secrets that nobody used for as long as the operator keeps them.\n',
        tags: ['catalog'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/Key',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ProjectBody',
              },
              example: {
                project_id: 'atlas',
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The entry, as it is for the project now.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/CatalogItem',
                },
                example: {
                  key: 'github',
                  title: 'GitHub',
                  description: 'Repositories, issues and pull requests on GitHub.',
                  icon: null,
                  is_open: true,
                  gate: null,
                  status: 'ENABLED',
                  last_error: null,
                  connector_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                  deployment_id: null,
                  tool_count: 12,
                  updated_at: '2026-11-21T17:00:00.000Z',
                  settings: [
                    {
                      name: 'token',
                      title: 'Access token',
                      description: null,
                      type: 'string',
                      required: true,
                      secret: true,
                      default: null,
                      allowed: null,
                      is_set: true,
                      value: null,
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/EntryNotFound',
          },
          '409': {
            $ref: '#/components/responses/NotEnabled',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/catalog/{key}/sync': {
      post: {
        operationId: 'syncCatalogEntry',
        summary: 'Connect a known server anew',
        description:
          'For admins: tests the server where the catalog says it is now, and reads its tools. A healthy one is `ENABLED` afterwards and its error\ncleared; of another one the error is told. The answer is `200` in both cases.\n',
        tags: ['catalog'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/Key',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ProjectBody',
              },
              example: {
                project_id: 'atlas',
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The entry, as it is for the project now.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/CatalogItem',
                },
                example: {
                  key: 'github',
                  title: 'GitHub',
                  description: 'Repositories, issues and pull requests on GitHub.',
                  icon: null,
                  is_open: true,
                  gate: null,
                  status: 'ENABLED',
                  last_error: null,
                  connector_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                  deployment_id: null,
                  tool_count: 12,
                  updated_at: '2026-11-21T17:00:00.000Z',
                  settings: [
                    {
                      name: 'token',
                      title: 'Access token',
                      description: null,
                      type: 'string',
                      required: true,
                      secret: true,
                      default: null,
                      allowed: null,
                      is_set: true,
                      value: null,
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/EntryNotFound',
          },
          '409': {
            $ref: '#/components/responses/NotEnabled',
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
            $ref: '#/components/responses/SyncRefused',
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/deployments': {
      get: {
        operationId: 'listDeployments',
        summary: 'List the deployments of a project',
        description:
          'Newest first, for all members. Follow `next_cursor` until it is null. Where the servers run is told, and no address of theirs.\n',
        tags: ['deployments'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        parameters: [
          {
            name: 'project_id',
            in: 'query',
            required: true,
            description:
              'A project of the caller, as the claim `projects` of the token names it; any other is `404` (`PROJECT_NOT_FOUND`).',
            schema: {
              $ref: '#/components/schemas/ProjectId',
            },
            example: 'atlas',
          },
          {
            $ref: '#/components/parameters/Limit',
          },
          {
            $ref: '#/components/parameters/Cursor',
          },
        ],
        responses: {
          '200': {
            description: 'One page.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/DeploymentPage',
                },
                example: {
                  items: [],
                  next_cursor: null,
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      post: {
        operationId: 'createDeployment',
        summary: 'Have the server of a catalog entry brought up for a project',
        description:
          'For admins. At most one of an entry for each project: said again it changes nothing, with other settings its instances are replaced, and one\nthat was stopped or has failed begins anew. The answer does not wait for the server; follow `deployment.updated` events, or read the\ndeployment. It is switched on with `POST /api/catalog/{key}/enable`.\n',
        tags: ['deployments'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/DeploymentCreate',
              },
              example: {
                project_id: 'atlas',
                key: 'lab',
                settings: {
                  token: 'ghp_abc',
                },
              },
            },
          },
        },
        responses: {
          '202': {
            description: 'It is under way, or is as it is meant to be already.',
            headers: {
              Location: {
                $ref: '#/components/headers/Location',
              },
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Deployment',
                },
                example: {
                  id: '9a1f5c1e-2f0e-4b7c-8d35-7c1f5f0a8f22',
                  key: 'lab',
                  project_id: 'atlas',
                  state: 'deploying',
                  progress: {
                    step: 'pulling-image',
                    percent: 40,
                  },
                  runtime: 'agent',
                  error_code: null,
                  error_message: null,
                  enabling: false,
                  instances: [
                    {
                      runtime: 'agent',
                      target: 'rack-7',
                      state: 'starting',
                      sessions: 0,
                      seen_at: null,
                      error_code: null,
                    },
                  ],
                  version: 3,
                  created_at: '2026-11-21T17:00:00.000Z',
                  updated_at: '2026-11-21T17:00:04.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/EntryNotFound',
          },
          '409': {
            $ref: '#/components/responses/DeploymentConflict',
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            $ref: '#/components/responses/DeployRefused',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/deployments/{deployment_id}': {
      get: {
        operationId: 'getDeployment',
        summary: 'Read a deployment',
        description: 'For all members of its project.',
        tags: ['deployments'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/DeploymentId',
          },
        ],
        responses: {
          '200': {
            description: 'The deployment, as it was found last.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Deployment',
                },
                example: {
                  id: '9a1f5c1e-2f0e-4b7c-8d35-7c1f5f0a8f22',
                  key: 'lab',
                  project_id: 'atlas',
                  state: 'deploying',
                  progress: {
                    step: 'pulling-image',
                    percent: 40,
                  },
                  runtime: 'agent',
                  error_code: null,
                  error_message: null,
                  enabling: true,
                  instances: [
                    {
                      runtime: 'agent',
                      target: 'rack-7',
                      state: 'starting',
                      sessions: 0,
                      seen_at: null,
                      error_code: null,
                    },
                  ],
                  version: 3,
                  created_at: '2026-11-21T17:00:00.000Z',
                  updated_at: '2026-11-21T17:00:04.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/DeploymentNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      delete: {
        operationId: 'deleteDeployment',
        summary: 'Take a deployment away',
        description:
          'For admins. Its instances are ended, and then it is deleted with its settings: `404` from then on. What it is switched on as stays until\nthat is taken away, and cannot be called meanwhile. Repeating it does no harm.\n',
        tags: ['deployments'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/DeploymentId',
          },
        ],
        responses: {
          '202': {
            description: 'It is being taken away.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Deployment',
                },
                example: {
                  id: '9a1f5c1e-2f0e-4b7c-8d35-7c1f5f0a8f22',
                  key: 'lab',
                  project_id: 'atlas',
                  state: 'stopping',
                  progress: {
                    step: 'stopping',
                    percent: 0,
                  },
                  runtime: 'agent',
                  error_code: null,
                  error_message: null,
                  enabling: false,
                  instances: [
                    {
                      runtime: 'agent',
                      target: 'rack-7',
                      state: 'stopping',
                      sessions: 0,
                      seen_at: null,
                      error_code: null,
                    },
                  ],
                  version: 3,
                  created_at: '2026-11-21T17:00:00.000Z',
                  updated_at: '2026-11-21T17:00:04.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/DeploymentNotFound',
          },
          '409': {
            $ref: '#/components/responses/StateConflict',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/deployments/{deployment_id}/stop': {
      post: {
        operationId: 'stopDeployment',
        summary: 'End the instances of a deployment',
        description: 'For admins. Settings stay. Repeating it does no harm.',
        tags: ['deployments'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/DeploymentId',
          },
        ],
        responses: {
          '202': {
            description: 'Its instances are being ended, or are gone.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Deployment',
                },
                example: {
                  id: '9a1f5c1e-2f0e-4b7c-8d35-7c1f5f0a8f22',
                  key: 'lab',
                  project_id: 'atlas',
                  state: 'stopping',
                  progress: {
                    step: 'stopping',
                    percent: 0,
                  },
                  runtime: 'agent',
                  error_code: null,
                  error_message: null,
                  enabling: false,
                  instances: [
                    {
                      runtime: 'agent',
                      target: 'rack-7',
                      state: 'stopping',
                      sessions: 0,
                      seen_at: null,
                      error_code: null,
                    },
                  ],
                  version: 3,
                  created_at: '2026-11-21T17:00:00.000Z',
                  updated_at: '2026-11-21T17:00:04.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/DeploymentNotFound',
          },
          '409': {
            $ref: '#/components/responses/StateConflict',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/deployments/{deployment_id}/start': {
      post: {
        operationId: 'startDeployment',
        summary: 'Bring up a deployment that was stopped, or has failed',
        description:
          'For admins. It begins anew at the place that its entry prefers. Of one that runs, or is being brought up, nothing changes.\n',
        tags: ['deployments'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/DeploymentId',
          },
        ],
        responses: {
          '202': {
            description: 'It is under way, or runs already.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Deployment',
                },
                example: {
                  id: '9a1f5c1e-2f0e-4b7c-8d35-7c1f5f0a8f22',
                  key: 'lab',
                  project_id: 'atlas',
                  state: 'deploying',
                  progress: {
                    step: 'pulling-image',
                    percent: 40,
                  },
                  runtime: 'agent',
                  error_code: null,
                  error_message: null,
                  enabling: true,
                  instances: [
                    {
                      runtime: 'agent',
                      target: 'rack-7',
                      state: 'starting',
                      sessions: 0,
                      seen_at: null,
                      error_code: null,
                    },
                  ],
                  version: 3,
                  created_at: '2026-11-21T17:00:00.000Z',
                  updated_at: '2026-11-21T17:00:04.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/DeploymentNotFound',
          },
          '409': {
            $ref: '#/components/responses/StateConflict',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/deployments/{deployment_id}/logs': {
      get: {
        operationId: 'readDeploymentLogs',
        summary: 'Read what the instances of a deployment wrote',
        description:
          'For admins. The last lines of each instance, the oldest first, as its server wrote them: text of strangers, which may hold anything.\n',
        tags: ['deployments'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/DeploymentId',
          },
          {
            name: 'lines',
            in: 'query',
            description: 'How many lines of each instance at most.',
            schema: {
              type: 'integer',
              minimum: 1,
              maximum: 1000,
              default: 100,
            },
          },
        ],
        responses: {
          '200': {
            description: 'The lines, by instance.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/DeploymentLogs',
                },
                example: {
                  instances: [
                    {
                      runtime: 'agent',
                      target: 'rack-7',
                      lines: ['listening on port 8000'],
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/DeploymentNotFound',
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
          '502': {
            $ref: '#/components/responses/RuntimeTrouble',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/tools': {
      get: {
        operationId: 'listSystemTools',
        summary: 'List the tools that are offered to every user',
        description:
          "System tools: MCP servers that the operator vouches for, in the order of their keys, each as it is for the caller. One that is connected is a\nconnector of the caller (`connector_id`), whose tools are in the caller's lists, named after its `slug`. One that the operator took away is\nlisted while the caller is still connected to it (`is_open` is false); its tools are in no list.\n",
        tags: ['system tools'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        responses: {
          '200': {
            description: 'All of them.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/SystemTools',
                },
                example: {
                  items: [
                    {
                      key: 'gmail',
                      title: 'Gmail',
                      description: 'Search and read mail, write drafts and send.',
                      icon: null,
                      requires: 'SIGN_IN',
                      is_open: true,
                      status: 'NOT_CONNECTED',
                      last_error: null,
                      missing_scopes: [],
                      connector_id: null,
                      slug: null,
                      tool_count: 0,
                      connected_at: null,
                      settings: [],
                    },
                  ],
                },
              },
            },
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/tools/{key}/connect': {
      parameters: [
        {
          $ref: '#/components/parameters/SystemToolKey',
        },
      ],
      post: {
        operationId: 'connectSystemTool',
        summary: 'Connect a system tool',
        description:
          'Makes a connector of the caller of it, or has the one there is work again: enabled, reached anew, with other settings where some are sent. One that\nwants a sign-in (`requires` is `SIGN_IN`) answers `202` with an `authorization`, as `POST /api/oauth/authorizations` does: send the browser\nthere, and complete it; so does one whose sign-in is over, or that wants more rights. Connecting what is connected changes nothing. System tools\ncount against no limit.\n',
        tags: ['system tools'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        requestBody: {
          required: false,
          content: {
            'application/json': {
              schema: {
                anyOf: [
                  {
                    $ref: '#/components/schemas/SystemToolConnect',
                  },
                  {
                    type: 'null',
                  },
                ],
              },
              example: {
                return_url: 'https://app.example.com/connect',
              },
            },
          },
        },
        responses: {
          '200': {
            description:
              'It is connected. Look at its `status`, since a server may fail that worked before.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/SystemToolConnection',
                },
                example: {
                  tool: {
                    key: 'gmail',
                    title: 'Gmail',
                    description: 'Search and read mail, write drafts and send.',
                    icon: null,
                    requires: 'SIGN_IN',
                    is_open: true,
                    status: 'CONNECTED',
                    last_error: null,
                    missing_scopes: [],
                    connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                    slug: 'gmail',
                    tool_count: 5,
                    connected_at: '2026-11-20T09:00:00.000Z',
                    settings: [],
                  },
                  authorization: null,
                },
              },
            },
          },
          '202': {
            description: 'The user has to sign in first.',
            headers: {
              Location: {
                $ref: '#/components/headers/Location',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/SystemToolConnection',
                },
                example: {
                  tool: {
                    key: 'gmail',
                    title: 'Gmail',
                    description: 'Search and read mail, write drafts and send.',
                    icon: null,
                    requires: 'SIGN_IN',
                    is_open: true,
                    status: 'NOT_CONNECTED',
                    last_error: null,
                    missing_scopes: [],
                    connector_id: null,
                    slug: null,
                    tool_count: 0,
                    connected_at: null,
                    settings: [],
                  },
                  authorization: {
                    id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                    status: 'pending',
                    issuer: 'https://accounts.google.com',
                    connector_id: null,
                    error_code: null,
                    created_at: '2026-11-20T09:30:00.000Z',
                    expires_at: '2026-11-20T09:40:00.000Z',
                    authorization_url:
                      'https://connectors.example.com/oauth/authorize?ticket=mc1.k1.c2VhbGVk',
                  },
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/SystemToolNotFound',
          },
          '409': {
            description:
              'It needs a feature that is not open (`CATALOG_ENTRY_CLOSED`), or its connector was changed meanwhile (`CONNECTOR_CHANGED`).\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/catalog-entry-closed',
                  title: 'The entry needs a feature that is not open here.',
                  status: 409,
                  code: 'CATALOG_ENTRY_CLOSED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
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
            description:
              'Nothing was saved. The request does not match the contract (`VALIDATION_FAILED`), the settings do not fit (`SETTINGS_INVALID`), it is not possible\nto sign in (`SIGN_IN_NOT_POSSIBLE`, with a `reason`), or the server failed its test (the code of the test, as `CONNECTION_FAILED`).\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/settings-invalid',
                  title: 'The settings do not fit the entry.',
                  status: 422,
                  code: 'SETTINGS_INVALID',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  errors: [
                    {
                      pointer: '/body/settings/token',
                      detail: 'is required',
                    },
                  ],
                },
              },
            },
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/tools/{key}/disconnect': {
      parameters: [
        {
          $ref: '#/components/parameters/SystemToolKey',
        },
      ],
      post: {
        operationId: 'disconnectSystemTool',
        summary: 'Disconnect a system tool',
        description:
          "Takes the caller's connector of it away, with its credentials and tools, and has its server revoke a sign-in. Disconnecting what is not connected\nchanges nothing.\n",
        tags: ['system tools'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        responses: {
          '200': {
            description: 'It is not connected.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/SystemTool',
                },
                example: {
                  key: 'gmail',
                  title: 'Gmail',
                  description: 'Search and read mail, write drafts and send.',
                  icon: null,
                  requires: 'SIGN_IN',
                  is_open: true,
                  status: 'NOT_CONNECTED',
                  last_error: null,
                  missing_scopes: [],
                  connector_id: null,
                  slug: null,
                  tool_count: 0,
                  connected_at: null,
                  settings: [],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/SystemToolNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors': {
      get: {
        operationId: 'listConnectors',
        summary: "List the caller's connectors, or those of a project",
        description:
          'Newest first. Follow `next_cursor` until it is null. With `project_id` the connectors of that project, which all of its members\nsee; without it those of the caller alone.\n',
        tags: ['connectors'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/Limit',
          },
          {
            $ref: '#/components/parameters/Cursor',
          },
          {
            name: 'project_id',
            in: 'query',
            description:
              'A project of the caller, as the claim `projects` of the token names it; any other is `404` (`PROJECT_NOT_FOUND`).\n',
            schema: {
              $ref: '#/components/schemas/ProjectId',
            },
          },
        ],
        responses: {
          '200': {
            description: 'One page.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ConnectorPage',
                },
                example: {
                  items: [
                    {
                      id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      name: 'Issue tracker',
                      slug: 'issue-tracker',
                      project_id: null,
                      credential_mode: 'shared',
                      source: 'own',
                      entry_key: null,
                      server_url: 'https://mcp.example.com/mcp',
                      transport: 'auto',
                      auth_type: 'bearer',
                      status: 'ENABLED',
                      last_error: null,
                      server_info: {
                        name: 'example-mcp',
                        version: '1.4.0',
                        title: null,
                      },
                      protocol_version: '2025-11-25',
                      tool_count: 2,
                      credentials: {
                        kind: 'bearer',
                        grant_type: null,
                        header_names: [],
                        state: 'active',
                        expires_at: null,
                        missing_scopes: [],
                        deletion_due_at: null,
                        updated_at: '2026-11-20T09:30:00.000Z',
                      },
                      call_timeout_seconds: 60,
                      version: 3,
                      last_tested_at: '2026-11-20T09:30:00.000Z',
                      created_at: '2026-11-20T09:00:00.000Z',
                      updated_at: '2026-11-20T09:30:00.000Z',
                    },
                  ],
                  next_cursor: null,
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      post: {
        operationId: 'createConnector',
        summary: 'Test an MCP server and save it',
        description:
          "Tests the server first and saves only what passed: a failed test answers `422` with the test's code, and nothing is\nkept. It takes 30 seconds at most, the wait for other tests to end included. At most ten connectors per user, and twenty per\nproject. Only admins of a project create its connectors: `403` (`PROJECT_ADMIN_REQUIRED`) for other members.\n",
        tags: ['connectors'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/IdempotencyKey',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ConnectorCreate',
              },
              examples: {
                open: {
                  summary: 'A server without sign-in',
                  value: {
                    name: 'Everything',
                    server_url: 'https://mcp.example.com/mcp',
                  },
                },
                bearer: {
                  summary: 'A server with a token',
                  value: {
                    name: 'Issue tracker',
                    server_url: 'https://mcp.example.com/mcp',
                    auth_type: 'bearer',
                    credentials: {
                      token: 'your-token',
                    },
                  },
                },
                headers: {
                  summary: 'A server with custom headers',
                  value: {
                    name: 'Search',
                    server_url: 'https://search.example.com/mcp',
                    auth_type: 'headers',
                    credentials: {
                      headers: {
                        'X-Api-Key': 'your-key',
                      },
                    },
                  },
                },
                project: {
                  summary: 'A server of a project, to which each member brings their own token',
                  value: {
                    name: 'Issue tracker',
                    server_url: 'https://mcp.example.com/mcp',
                    auth_type: 'bearer',
                    credentials: {
                      token: 'your-token',
                    },
                    project_id: 'atlas',
                    credential_mode: 'personal',
                  },
                },
              },
            },
          },
        },
        responses: {
          '201': {
            description: 'Saved.',
            headers: {
              Location: {
                $ref: '#/components/headers/Location',
              },
              ETag: {
                $ref: '#/components/headers/ETag',
              },
              'Idempotency-Replayed': {
                $ref: '#/components/headers/IdempotencyReplayed',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Connector',
                },
                example: {
                  id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  name: 'Issue tracker',
                  slug: 'issue-tracker',
                  project_id: null,
                  credential_mode: 'shared',
                  source: 'own',
                  entry_key: null,
                  server_url: 'https://mcp.example.com/mcp',
                  transport: 'auto',
                  auth_type: 'bearer',
                  status: 'ENABLED',
                  last_error: null,
                  server_info: {
                    name: 'example-mcp',
                    version: '1.4.0',
                    title: null,
                  },
                  protocol_version: '2025-11-25',
                  tool_count: 2,
                  credentials: {
                    kind: 'bearer',
                    grant_type: null,
                    header_names: [],
                    state: 'active',
                    expires_at: null,
                    missing_scopes: [],
                    deletion_due_at: null,
                    updated_at: '2026-11-20T09:30:00.000Z',
                  },
                  call_timeout_seconds: 60,
                  version: 3,
                  last_tested_at: '2026-11-20T09:30:00.000Z',
                  created_at: '2026-11-20T09:00:00.000Z',
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
          },
          '409': {
            description:
              'The name is taken, the limit is reached, or the first request with this key still runs.',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                examples: {
                  name: {
                    summary: 'The name is taken',
                    value: {
                      type: '/errors/connector-name-taken',
                      title: 'Another connector already has this name.',
                      status: 409,
                      code: 'CONNECTOR_NAME_TAKEN',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                  limit: {
                    summary: 'Ten connectors exist',
                    value: {
                      type: '/errors/connector-limit-reached',
                      title: 'The maximum number of connectors is reached.',
                      status: 409,
                      code: 'CONNECTOR_LIMIT_REACHED',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                  in_progress: {
                    summary: 'The first request still runs',
                    value: {
                      type: '/errors/idempotency-in-progress',
                      title: 'A request with this Idempotency-Key is still in progress.',
                      status: 409,
                      code: 'IDEMPOTENCY_IN_PROGRESS',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                },
              },
            },
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            $ref: '#/components/responses/SaveRefused',
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors/test': {
      post: {
        operationId: 'testConnection',
        summary: 'Test an MCP server without saving it',
        description:
          'Connects, negotiates the protocol, and discovers the tools. Ten seconds at most for an attempt, and one\nretry after three seconds where it can help. Always `200`: `success` and `error_code` tell the outcome.\n',
        tags: ['connectors'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ConnectionTest',
              },
              example: {
                server_url: 'https://mcp.example.com/mcp',
                auth_type: 'bearer',
                credentials: {
                  token: 'your-token',
                },
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The report; also when the test failed.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ConnectionTestReport',
                },
                examples: {
                  passed: {
                    summary: 'The server passed',
                    value: {
                      success: true,
                      error_code: null,
                      error_message: null,
                      tools: [
                        {
                          name: 'echo',
                          title: 'Echo',
                          description: 'Says back what it is told.',
                          input_schema: {
                            type: 'object',
                            properties: {
                              message: {
                                type: 'string',
                              },
                            },
                            required: ['message'],
                          },
                          output_schema: null,
                          annotations: {
                            readOnlyHint: true,
                          },
                        },
                      ],
                      warnings: [],
                      server_info: {
                        name: 'example-mcp',
                        version: '1.4.0',
                        title: null,
                      },
                      protocol_version: '2025-11-25',
                      latency_ms: 212,
                      attempts: 1,
                      sign_in: null,
                    },
                  },
                  failed: {
                    summary: 'The server failed',
                    value: {
                      success: false,
                      error_code: 'AUTH_REQUIRED',
                      error_message:
                        'This server requires credentials. Choose how to sign in and add them, then test again.',
                      tools: [],
                      warnings: [],
                      server_info: null,
                      protocol_version: null,
                      latency_ms: 88,
                      attempts: 1,
                      sign_in: {
                        issuer: 'https://auth.example.com',
                        scopes: ['issues:read'],
                        registration: ['dynamic', 'manual'],
                      },
                    },
                  },
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            $ref: '#/components/responses/SaveRefused',
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors/{connector_id}': {
      parameters: [
        {
          $ref: '#/components/parameters/ConnectorId',
        },
      ],
      get: {
        operationId: 'getConnector',
        summary: 'Read a connector',
        description: 'The connector with its status and version, without any secret.',
        tags: ['connectors'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        responses: {
          '200': {
            description: 'The connector.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Connector',
                },
                example: {
                  id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  name: 'Issue tracker',
                  slug: 'issue-tracker',
                  project_id: null,
                  credential_mode: 'shared',
                  source: 'own',
                  entry_key: null,
                  server_url: 'https://mcp.example.com/mcp',
                  transport: 'auto',
                  auth_type: 'bearer',
                  status: 'ENABLED',
                  last_error: null,
                  server_info: {
                    name: 'example-mcp',
                    version: '1.4.0',
                    title: null,
                  },
                  protocol_version: '2025-11-25',
                  tool_count: 2,
                  credentials: {
                    kind: 'bearer',
                    grant_type: null,
                    header_names: [],
                    state: 'active',
                    expires_at: null,
                    missing_scopes: [],
                    deletion_due_at: null,
                    updated_at: '2026-11-20T09:30:00.000Z',
                  },
                  call_timeout_seconds: 60,
                  version: 3,
                  last_tested_at: '2026-11-20T09:30:00.000Z',
                  created_at: '2026-11-20T09:00:00.000Z',
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ConnectorNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      patch: {
        operationId: 'updateConnector',
        summary: 'Change a connector',
        description:
          'Only the fields that are sent change. A change of URL, transport, authentication or credentials is tested first, like a\nnew connector. Stored credentials are bound to their URL: a new scheme, host, port or path needs them again in\nthe same request (`CREDENTIALS_REQUIRED`).\n',
        tags: ['connectors'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/IfMatch',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ConnectorUpdate',
              },
              examples: {
                rename: {
                  summary: 'Another name',
                  value: {
                    name: 'Bug tracker',
                  },
                },
                move: {
                  summary: 'Another address, with credentials for it',
                  value: {
                    server_url: 'https://mcp2.example.com/mcp',
                    credentials: {
                      token: 'your-token',
                    },
                  },
                },
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The changed connector.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Connector',
                },
                example: {
                  id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  name: 'Issue tracker',
                  slug: 'issue-tracker',
                  project_id: null,
                  credential_mode: 'shared',
                  source: 'own',
                  entry_key: null,
                  server_url: 'https://mcp.example.com/mcp',
                  transport: 'auto',
                  auth_type: 'bearer',
                  status: 'ENABLED',
                  last_error: null,
                  server_info: {
                    name: 'example-mcp',
                    version: '1.4.0',
                    title: null,
                  },
                  protocol_version: '2025-11-25',
                  tool_count: 2,
                  credentials: {
                    kind: 'bearer',
                    grant_type: null,
                    header_names: [],
                    state: 'active',
                    expires_at: null,
                    missing_scopes: [],
                    deletion_due_at: null,
                    updated_at: '2026-11-20T09:30:00.000Z',
                  },
                  call_timeout_seconds: 60,
                  version: 3,
                  last_tested_at: '2026-11-20T09:30:00.000Z',
                  created_at: '2026-11-20T09:00:00.000Z',
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ConnectorNotFound',
          },
          '409': {
            description:
              'The name is taken, the connector changed during the test, or the catalog decides what would change (`CONNECTOR_MANAGED`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                examples: {
                  name: {
                    summary: 'The name is taken',
                    value: {
                      type: '/errors/connector-name-taken',
                      title: 'Another connector already has this name.',
                      status: 409,
                      code: 'CONNECTOR_NAME_TAKEN',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                  changed: {
                    summary: 'Somebody else changed it',
                    value: {
                      type: '/errors/connector-changed',
                      title:
                        'The connector was changed while it was being tested. Nothing was saved.',
                      status: 409,
                      code: 'CONNECTOR_CHANGED',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                },
              },
            },
          },
          '412': {
            $ref: '#/components/responses/PreconditionFailed',
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
            $ref: '#/components/responses/SaveRefused',
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      delete: {
        operationId: 'deleteConnector',
        summary: 'Delete a connector',
        description:
          'Deletes the connector with its credentials and tools, and closes its sessions. This cannot be undone.',
        tags: ['connectors'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/IfMatch',
          },
        ],
        responses: {
          '204': {
            description: 'Deleted.',
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ConnectorNotFound',
          },
          '409': {
            description: 'It comes from the catalog, and goes by it (`CONNECTOR_MANAGED`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/connector-managed',
                  title: 'The catalog decides this about the connector, not its owner.',
                  status: 409,
                  code: 'CONNECTOR_MANAGED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '412': {
            $ref: '#/components/responses/PreconditionFailed',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors/{connector_id}/test': {
      parameters: [
        {
          $ref: '#/components/parameters/ConnectorId',
        },
      ],
      post: {
        operationId: 'testConnector',
        summary: 'Test a saved connector',
        description:
          "Tests with the stored URL and credentials and records the outcome as the connector's status. Tools are not\nchanged; use sync for that. Always `200`: `success` and `error_code` tell the outcome. Where credentials are personal, every member\nof the project may test with their own; that these are refused is told to them alone.\n",
        tags: ['connectors'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        responses: {
          '200': {
            description: 'The report; also when the test failed.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ConnectionTestReport',
                },
                examples: {
                  passed: {
                    summary: 'The server passed',
                    value: {
                      success: true,
                      error_code: null,
                      error_message: null,
                      tools: [
                        {
                          name: 'echo',
                          title: 'Echo',
                          description: 'Says back what it is told.',
                          input_schema: {
                            type: 'object',
                            properties: {
                              message: {
                                type: 'string',
                              },
                            },
                            required: ['message'],
                          },
                          output_schema: null,
                          annotations: {
                            readOnlyHint: true,
                          },
                        },
                      ],
                      warnings: [],
                      server_info: {
                        name: 'example-mcp',
                        version: '1.4.0',
                        title: null,
                      },
                      protocol_version: '2025-11-25',
                      latency_ms: 212,
                      attempts: 1,
                      sign_in: null,
                    },
                  },
                  failed: {
                    summary: 'The server failed',
                    value: {
                      success: false,
                      error_code: 'AUTH_REQUIRED',
                      error_message:
                        'This server requires credentials. Choose how to sign in and add them, then test again.',
                      tools: [],
                      warnings: [],
                      server_info: null,
                      protocol_version: null,
                      latency_ms: 88,
                      attempts: 1,
                      sign_in: {
                        issuer: 'https://auth.example.com',
                        scopes: ['issues:read'],
                        registration: ['dynamic', 'manual'],
                      },
                    },
                  },
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ConnectorNotFound',
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
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors/{connector_id}/status': {
      parameters: [
        {
          $ref: '#/components/parameters/ConnectorId',
        },
      ],
      post: {
        operationId: 'setConnectorStatus',
        summary: 'Enable or disable a connector',
        description:
          'Says what the owner wants. A disabled connector keeps its settings, offers no tools, and its sessions are closed.\nWhat tests find (`ERROR`, `NEEDS_AUTH`) shows again once it is enabled.\n',
        tags: ['connectors'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/IfMatch',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ConnectorStatusChange',
              },
              example: {
                status: 'DISABLED',
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The connector.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Connector',
                },
                example: {
                  id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  name: 'Issue tracker',
                  slug: 'issue-tracker',
                  project_id: null,
                  credential_mode: 'shared',
                  source: 'own',
                  entry_key: null,
                  server_url: 'https://mcp.example.com/mcp',
                  transport: 'auto',
                  auth_type: 'bearer',
                  status: 'ENABLED',
                  last_error: null,
                  server_info: {
                    name: 'example-mcp',
                    version: '1.4.0',
                    title: null,
                  },
                  protocol_version: '2025-11-25',
                  tool_count: 2,
                  credentials: {
                    kind: 'bearer',
                    grant_type: null,
                    header_names: [],
                    state: 'active',
                    expires_at: null,
                    missing_scopes: [],
                    deletion_due_at: null,
                    updated_at: '2026-11-20T09:30:00.000Z',
                  },
                  call_timeout_seconds: 60,
                  version: 3,
                  last_tested_at: '2026-11-20T09:30:00.000Z',
                  created_at: '2026-11-20T09:00:00.000Z',
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ConnectorNotFound',
          },
          '412': {
            $ref: '#/components/responses/PreconditionFailed',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors/{connector_id}/sync': {
      parameters: [
        {
          $ref: '#/components/parameters/ConnectorId',
        },
      ],
      post: {
        operationId: 'syncConnector',
        summary: 'Reconnect and rediscover the tools',
        description:
          "Connects anew, replaces the stored tools and clears the error when the server is healthy. Where it is not, the\ntools stay and the connector's `last_error` says why.\n",
        tags: ['connectors'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        responses: {
          '200': {
            description: 'The connector after the sync; look at its `status`.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Connector',
                },
                example: {
                  id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  name: 'Issue tracker',
                  slug: 'issue-tracker',
                  project_id: null,
                  credential_mode: 'shared',
                  source: 'own',
                  entry_key: null,
                  server_url: 'https://mcp.example.com/mcp',
                  transport: 'auto',
                  auth_type: 'bearer',
                  status: 'ENABLED',
                  last_error: null,
                  server_info: {
                    name: 'example-mcp',
                    version: '1.4.0',
                    title: null,
                  },
                  protocol_version: '2025-11-25',
                  tool_count: 2,
                  credentials: {
                    kind: 'bearer',
                    grant_type: null,
                    header_names: [],
                    state: 'active',
                    expires_at: null,
                    missing_scopes: [],
                    deletion_due_at: null,
                    updated_at: '2026-11-20T09:30:00.000Z',
                  },
                  call_timeout_seconds: 60,
                  version: 3,
                  last_tested_at: '2026-11-20T09:30:00.000Z',
                  created_at: '2026-11-20T09:00:00.000Z',
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ConnectorNotFound',
          },
          '409': {
            description: 'The connector is disabled, or changed during the sync.',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                examples: {
                  disabled: {
                    summary: 'The connector is disabled',
                    value: {
                      type: '/errors/connector-disabled',
                      title: 'The connector is disabled.',
                      status: 409,
                      code: 'CONNECTOR_DISABLED',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                  changed: {
                    summary: 'Somebody else changed it',
                    value: {
                      type: '/errors/connector-changed',
                      title:
                        'The connector was changed while it was being tested. Nothing was saved.',
                      status: 409,
                      code: 'CONNECTOR_CHANGED',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                },
              },
            },
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
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors/{connector_id}/credentials': {
      parameters: [
        {
          $ref: '#/components/parameters/ConnectorId',
        },
      ],
      get: {
        operationId: 'getCredentials',
        summary: 'Read what is known of the stored credentials',
        description: 'Kind, header names, state and expiry. The secret itself is never returned.',
        tags: ['credentials'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        responses: {
          '200': {
            description: 'What is stored, without the secret.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/CredentialMetadata',
                },
                example: {
                  kind: 'headers',
                  grant_type: null,
                  header_names: ['X-Api-Key'],
                  state: 'active',
                  expires_at: null,
                  missing_scopes: [],
                  deletion_due_at: null,
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description:
              'The caller has no such connector (`CONNECTOR_NOT_FOUND`), or it has no credentials (`CREDENTIALS_NOT_FOUND`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/credentials-not-found',
                  title: 'The connector has no stored credentials.',
                  status: 404,
                  code: 'CREDENTIALS_NOT_FOUND',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      put: {
        operationId: 'putCredentials',
        summary: 'Replace the credentials',
        description:
          "Tests the server with the new credentials first and saves them only if it passes. The kind of credentials\nbecomes the connector's `auth_type`. Its sessions are closed. Where credentials are personal, every member of the project gives their\nown, of the connector's `auth_type`; for others nothing changes, the `ETag` included.\n",
        tags: ['credentials'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/IfMatch',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/Credentials',
              },
              examples: {
                bearer: {
                  summary: 'A token',
                  value: {
                    token: 'your-token',
                  },
                },
                headers: {
                  summary: 'Custom headers',
                  value: {
                    headers: {
                      'X-Api-Key': 'your-key',
                    },
                  },
                },
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'What is stored, without the secret.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/CredentialMetadata',
                },
                example: {
                  kind: 'headers',
                  grant_type: null,
                  header_names: ['X-Api-Key'],
                  state: 'active',
                  expires_at: null,
                  missing_scopes: [],
                  deletion_due_at: null,
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ConnectorNotFound',
          },
          '409': {
            description: 'The connector changed during the test.',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                examples: {
                  changed: {
                    summary: 'Somebody else changed it',
                    value: {
                      type: '/errors/connector-changed',
                      title:
                        'The connector was changed while it was being tested. Nothing was saved.',
                      status: 409,
                      code: 'CONNECTOR_CHANGED',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                },
              },
            },
          },
          '412': {
            $ref: '#/components/responses/PreconditionFailed',
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
            $ref: '#/components/responses/SaveRefused',
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      delete: {
        operationId: 'deleteCredentials',
        summary: 'Delete the credentials',
        description:
          "Deletes the stored secret and closes the connector's sessions. The connector stays and shows `NEEDS_AUTH` until it\ngets credentials again. Where credentials are personal, all of this is about those of the caller alone.\n",
        tags: ['credentials'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/IfMatch',
          },
        ],
        responses: {
          '204': {
            description: 'Deleted.',
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description:
              'The caller has no such connector (`CONNECTOR_NOT_FOUND`), or it has no credentials (`CREDENTIALS_NOT_FOUND`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/credentials-not-found',
                  title: 'The connector has no stored credentials.',
                  status: 404,
                  code: 'CREDENTIALS_NOT_FOUND',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '412': {
            $ref: '#/components/responses/PreconditionFailed',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors/{connector_id}/tools': {
      parameters: [
        {
          $ref: '#/components/parameters/ConnectorId',
        },
      ],
      get: {
        operationId: 'listConnectorTools',
        summary: 'List the tools of a connector',
        description:
          'As found by the last save or sync, in the order of their names, with the name agents call each by, whether it is switched on, and\nwhether it waits for approval.\n',
        tags: ['tools'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/Limit',
          },
          {
            $ref: '#/components/parameters/Cursor',
          },
        ],
        responses: {
          '200': {
            description: 'One page.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ConnectorToolPage',
                },
                example: {
                  items: [
                    {
                      id: '2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2',
                      name: 'echo',
                      exposed_name: 'issue-tracker__echo',
                      title: 'Echo',
                      description: 'Says back what it is told.',
                      input_schema: {
                        type: 'object',
                        properties: {
                          message: {
                            type: 'string',
                          },
                        },
                      },
                      output_schema: null,
                      annotations: null,
                      definition_hash:
                        '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
                      enabled: true,
                      state: 'changed',
                      held_back: true,
                      approved_at: '2026-11-19T08:00:00.000Z',
                      change: {
                        differences: [
                          {
                            field: 'description',
                            pointer: '',
                            kind: 'changed',
                            before: 'Says back what you say.',
                            after: 'Says back what it is told.',
                            is_cut: false,
                          },
                        ],
                        omitted: 0,
                      },
                      version: 2,
                      updated_at: '2026-11-20T09:30:00.000Z',
                    },
                  ],
                  next_cursor: null,
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ConnectorNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors/{connector_id}/tools/{tool_id}': {
      parameters: [
        {
          $ref: '#/components/parameters/ConnectorId',
        },
        {
          $ref: '#/components/parameters/ToolId',
        },
      ],
      get: {
        operationId: 'getConnectorTool',
        summary: 'Get a tool of a connector',
        description: 'With what changed since it was approved, where it waits for approval.',
        tags: ['tools'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        responses: {
          '200': {
            description: 'The tool.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ConnectorTool',
                },
                example: {
                  id: '2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2',
                  name: 'echo',
                  exposed_name: 'issue-tracker__echo',
                  title: 'Echo',
                  description: 'Says back what it is told.',
                  input_schema: {
                    type: 'object',
                    properties: {
                      message: {
                        type: 'string',
                      },
                    },
                  },
                  output_schema: null,
                  annotations: null,
                  definition_hash:
                    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
                  enabled: true,
                  state: 'approved',
                  held_back: false,
                  approved_at: '2026-11-20T09:30:00.000Z',
                  change: null,
                  version: 1,
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description:
              'The caller has no such connector (`CONNECTOR_NOT_FOUND`), or it has no such tool (`TOOL_NOT_FOUND`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/tool-not-found',
                  title: 'There is no such tool.',
                  status: 404,
                  code: 'TOOL_NOT_FOUND',
                  detail:
                    'The connector has no tool with this id. Read the list of its tools again.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  tool_ids: ['2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2'],
                },
              },
            },
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      patch: {
        operationId: 'updateConnectorTool',
        summary: 'Switch a tool on or off, or approve it',
        description:
          'A tool that is switched off is in no list for agents and is not called (`TOOL_DISABLED`). It stays off when its server changes\nit, takes it away and brings it back.\n\nApproving names the definition that somebody has looked at, by its `definition_hash`: where the server has changed the tool\nsince, nothing is approved (`TOOL_CHANGED`).\n',
        tags: ['tools'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/IfMatch',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ConnectorToolUpdate',
              },
              example: {
                enabled: false,
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The tool.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ConnectorTool',
                },
                example: {
                  id: '2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2',
                  name: 'echo',
                  exposed_name: 'issue-tracker__echo',
                  title: 'Echo',
                  description: 'Says back what it is told.',
                  input_schema: {
                    type: 'object',
                    properties: {
                      message: {
                        type: 'string',
                      },
                    },
                  },
                  output_schema: null,
                  annotations: null,
                  definition_hash:
                    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
                  enabled: true,
                  state: 'approved',
                  held_back: false,
                  approved_at: '2026-11-20T09:30:00.000Z',
                  change: null,
                  version: 1,
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description:
              'The caller has no such connector (`CONNECTOR_NOT_FOUND`), or it has no such tool (`TOOL_NOT_FOUND`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/tool-not-found',
                  title: 'There is no such tool.',
                  status: 404,
                  code: 'TOOL_NOT_FOUND',
                  detail:
                    'The connector has no tool with this id. Read the list of its tools again.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  tool_ids: ['2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2'],
                },
              },
            },
          },
          '409': {
            description:
              'The stored definition is not the one that is to be approved (`TOOL_CHANGED`): the server changed it since it was\nlooked at. Nothing was changed; `tool_ids` names the tools.\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/tool-changed',
                  title: 'The definition of the tool is not the one that was expected.',
                  status: 409,
                  code: 'TOOL_CHANGED',
                  detail:
                    'The server has changed the tool since it was looked at, so nothing was approved. Read it again, and decide anew.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  tool_ids: ['2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2'],
                },
              },
            },
          },
          '412': {
            $ref: '#/components/responses/PreconditionFailed',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/connectors/{connector_id}/tools/approvals': {
      parameters: [
        {
          $ref: '#/components/parameters/ConnectorId',
        },
      ],
      post: {
        operationId: 'approveConnectorTools',
        summary: 'Approve many tools at once',
        description:
          'Approves all of these definitions, or none. Each is named by the `definition_hash` that somebody has looked at. Approving\nwhat is approved changes nothing.\n',
        tags: ['tools'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ToolApprovals',
              },
              example: {
                approvals: [
                  {
                    tool_id: '2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2',
                    definition_hash:
                      '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
                  },
                ],
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'All are approved.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ApprovedTools',
                },
                example: {
                  items: [
                    {
                      tool_id: '2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2',
                      exposed_name: 'issue-tracker__echo',
                      definition_hash:
                        '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
                      version: 2,
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description:
              'The caller has no such connector (`CONNECTOR_NOT_FOUND`), or it has no such tool (`TOOL_NOT_FOUND`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/tool-not-found',
                  title: 'There is no such tool.',
                  status: 404,
                  code: 'TOOL_NOT_FOUND',
                  detail:
                    'The connector has no tool with this id. Read the list of its tools again.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  tool_ids: ['2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2'],
                },
              },
            },
          },
          '409': {
            description:
              'The stored definition is not the one that is to be approved (`TOOL_CHANGED`): the server changed it since it was\nlooked at. Nothing was changed; `tool_ids` names the tools.\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/tool-changed',
                  title: 'The definition of the tool is not the one that was expected.',
                  status: 409,
                  code: 'TOOL_CHANGED',
                  detail:
                    'The server has changed the tool since it was looked at, so nothing was approved. Read it again, and decide anew.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  tool_ids: ['2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2'],
                },
              },
            },
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/oauth/authorizations': {
      post: {
        operationId: 'startAuthorization',
        summary: 'Start signing in to an MCP server',
        description:
          "For a saved connector, or for a server that is saved only when the user has signed in and it passed its test. Finds out how to sign\nin, and answers with a link that the user's own browser has to open, within ten minutes. It comes back to `return_url` with\n`authorization_id`, and `handle` or `error`; then complete the sign-in. For a connector of a project it takes an admin, or any member\nwhere credentials are personal: then it is for that member alone.\n",
        tags: ['sign-in'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/AuthorizationCreate',
              },
              examples: {
                draft: {
                  summary: 'A server that is not saved yet',
                  value: {
                    draft: {
                      name: 'Issue tracker',
                      server_url: 'https://mcp.example.com/mcp',
                    },
                  },
                },
                connector: {
                  summary: 'A saved connector, with a client that the user registered',
                  value: {
                    connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                    client: {
                      client_id: 'your-client',
                      client_secret: 'your-secret',
                    },
                    return_url: 'https://app.example.com/connectors',
                  },
                },
              },
            },
          },
        },
        responses: {
          '201': {
            description: 'Started.',
            headers: {
              Location: {
                $ref: '#/components/headers/Location',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/StartedAuthorization',
                },
                example: {
                  id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                  status: 'pending',
                  issuer: 'https://auth.example.com',
                  connector_id: null,
                  error_code: null,
                  created_at: '2026-11-20T09:30:00.000Z',
                  expires_at: '2026-11-20T09:40:00.000Z',
                  authorization_url:
                    'https://connectors.example.com/oauth/authorize?ticket=mc1.k1.c2VhbGVk',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ConnectorNotFound',
          },
          '409': {
            description:
              'The name is taken (`CONNECTOR_NAME_TAKEN`), or the limit is reached (`CONNECTOR_LIMIT_REACHED`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/connector-name-taken',
                  title: 'Another connector already has this name.',
                  status: 409,
                  code: 'CONNECTOR_NAME_TAKEN',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            description:
              'The body does not match the contract (`VALIDATION_FAILED`), or it is not possible to sign in (`SIGN_IN_NOT_POSSIBLE`, with a\n`reason`).\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/sign-in-not-possible',
                  title: 'It is not possible to sign in to this server.',
                  status: 422,
                  code: 'SIGN_IN_NOT_POSSIBLE',
                  reason: 'CLIENT_REQUIRED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/oauth/authorizations/{authorization_id}': {
      parameters: [
        {
          $ref: '#/components/parameters/AuthorizationId',
        },
      ],
      get: {
        operationId: 'getAuthorization',
        summary: 'Look how far a sign-in is',
        description: 'For an hour after its time is over.',
        tags: ['sign-in'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        responses: {
          '200': {
            description: 'The sign-in.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Authorization',
                },
                example: {
                  id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                  status: 'completed',
                  issuer: 'https://auth.example.com',
                  connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  error_code: null,
                  created_at: '2026-11-20T09:30:00.000Z',
                  expires_at: '2026-11-20T09:40:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description: 'The caller has no such sign-in (`AUTHORIZATION_NOT_FOUND`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/authorization-not-found',
                  title: 'There is no such sign-in.',
                  status: 404,
                  code: 'AUTHORIZATION_NOT_FOUND',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/oauth/authorizations/{authorization_id}/complete': {
      parameters: [
        {
          $ref: '#/components/parameters/AuthorizationId',
        },
      ],
      post: {
        operationId: 'completeAuthorization',
        summary: 'Complete a sign-in',
        description:
          'By the user who started it and nobody else, with the `handle` that their browser came back with. Gets the tokens, tests the server\nwith them and saves the connector. A test that fails saves nothing; the sign-in can be completed again then.\n',
        tags: ['sign-in'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/AuthorizationCompletion',
              },
              example: {
                handle: 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE',
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The connector.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Connector',
                },
                example: {
                  id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  name: 'Issue tracker',
                  slug: 'issue-tracker',
                  project_id: null,
                  credential_mode: 'shared',
                  source: 'own',
                  entry_key: null,
                  server_url: 'https://mcp.example.com/mcp',
                  transport: 'auto',
                  auth_type: 'oauth2',
                  status: 'ENABLED',
                  last_error: null,
                  server_info: {
                    name: 'example-mcp',
                    version: '1.4.0',
                    title: null,
                  },
                  protocol_version: '2025-11-25',
                  tool_count: 2,
                  credentials: {
                    kind: 'oauth2',
                    grant_type: 'authorization_code',
                    header_names: [],
                    state: 'active',
                    expires_at: '2026-11-20T10:30:00.000Z',
                    missing_scopes: [],
                    deletion_due_at: null,
                    updated_at: '2026-11-20T09:30:00.000Z',
                  },
                  call_timeout_seconds: 60,
                  version: 3,
                  last_tested_at: '2026-11-20T09:30:00.000Z',
                  created_at: '2026-11-20T09:00:00.000Z',
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description:
              'The caller has no such sign-in (`AUTHORIZATION_NOT_FOUND`), or no such connector any more (`CONNECTOR_NOT_FOUND`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/authorization-not-found',
                  title: 'There is no such sign-in.',
                  status: 404,
                  code: 'AUTHORIZATION_NOT_FOUND',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '409': {
            description:
              'The sign-in is not one that can be completed (`AUTHORIZATION_UNUSABLE`), the connector was changed meanwhile\n(`CONNECTOR_CHANGED`), or the new one has no room (`CONNECTOR_NAME_TAKEN`, `CONNECTOR_LIMIT_REACHED`).\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/authorization-unusable',
                  title: 'The sign-in cannot be completed, or not again.',
                  status: 409,
                  code: 'AUTHORIZATION_UNUSABLE',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
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
            description:
              'The body does not match the contract (`VALIDATION_FAILED`), the authorization server gave no tokens (`SIGN_IN_FAILED`, with a\n`reason`), or the server failed its test (the code of the test).\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/sign-in-failed',
                  title: 'The server did not accept the sign-in.',
                  status: 422,
                  code: 'SIGN_IN_FAILED',
                  reason: 'GRANT_REFUSED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/oauth/client-credentials': {
      post: {
        operationId: 'connectWithClientCredentials',
        summary: 'Connect without a person',
        description:
          'For a connector of a project that acts for the project itself, and not for anybody who signed in (client credentials grant): by its\nadmins, where credentials are shared. Gets a token for the client that is sent along, or that the operator registered for this\nserver, tests the server with it and saves the connector; a test that fails saves nothing. Tokens are renewed the same way.\n',
        tags: ['sign-in'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ServiceConnection',
              },
              examples: {
                draft: {
                  summary: 'A new connector, with a client of the project',
                  value: {
                    draft: {
                      name: 'Issue tracker',
                      server_url: 'https://mcp.example.com/mcp',
                      project_id: 'atlas',
                    },
                    client: {
                      issuer: 'https://auth.example.com',
                      client_id: 'your-client',
                      client_secret: 'your-secret',
                    },
                  },
                },
                connector: {
                  summary: 'A saved connector, with the client of the operator',
                  value: {
                    connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  },
                },
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The connector, tested and with its tools.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Connector',
                },
                example: {
                  id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  name: 'Issue tracker',
                  slug: 'p--issue-tracker',
                  project_id: 'atlas',
                  credential_mode: 'shared',
                  source: 'own',
                  entry_key: null,
                  server_url: 'https://mcp.example.com/mcp',
                  transport: 'auto',
                  auth_type: 'oauth2',
                  status: 'ENABLED',
                  last_error: null,
                  server_info: {
                    name: 'example-mcp',
                    version: '1.4.0',
                    title: null,
                  },
                  protocol_version: '2025-11-25',
                  tool_count: 2,
                  credentials: {
                    kind: 'oauth2',
                    grant_type: 'client_credentials',
                    header_names: [],
                    state: 'active',
                    expires_at: '2026-11-20T10:30:00.000Z',
                    missing_scopes: [],
                    deletion_due_at: null,
                    updated_at: '2026-11-20T09:30:00.000Z',
                  },
                  call_timeout_seconds: 60,
                  version: 3,
                  last_tested_at: '2026-11-20T09:30:00.000Z',
                  created_at: '2026-11-20T09:00:00.000Z',
                  updated_at: '2026-11-20T09:30:00.000Z',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description:
              'The caller may see no such connector (`CONNECTOR_NOT_FOUND`), or is in no such project (`PROJECT_NOT_FOUND`).',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/project-not-found',
                  title: 'The access token names no such project.',
                  status: 404,
                  code: 'PROJECT_NOT_FOUND',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '409': {
            description:
              'The connector was changed meanwhile (`CONNECTOR_CHANGED`), or the new one has no room (`CONNECTOR_NAME_TAKEN`,\n`CONNECTOR_LIMIT_REACHED`).\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/connector-name-taken',
                  title: 'Another connector already has this name.',
                  status: 409,
                  code: 'CONNECTOR_NAME_TAKEN',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            description:
              'The body does not match the contract (`VALIDATION_FAILED`), the connector or the key is of no use for this\n(`CREDENTIALS_INVALID`), there is no way to get a token (`SIGN_IN_NOT_POSSIBLE`, with a `reason`), the authorization server\ngave none (`SIGN_IN_FAILED`, with a `reason`), or the server failed its test (the code of the test).\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/sign-in-failed',
                  title: 'The server did not accept the sign-in.',
                  status: 422,
                  code: 'SIGN_IN_FAILED',
                  reason: 'CLIENT_REFUSED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '429': {
            $ref: '#/components/responses/TestLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/users/{user_id}/tools': {
      parameters: [
        {
          $ref: '#/components/parameters/UserId',
        },
      ],
      get: {
        operationId: 'getUserTools',
        summary: "List a user's tools for an agent",
        description:
          "The tools of all enabled connectors, namespaced, sorted by name, as last discovered: no server is asked. Hand\n`tools` and `tool_choice` to the provider's SDK as they are. The `ETag` covers the whole answer; send it as\n`If-None-Match` to get `304` while nothing changed.\n\nThe `format` is that of a provider's SDK. `openai`: function tools of the Responses API. `openai-chat`: tools of\nChat Completions. `anthropic`: tools of the Messages API. `gemini`: one tool with all `functionDeclarations`, and\na `toolConfig` as the tool choice. `mcp`: the protocol's own.\n\nFor a model provider the schemas are adapted to what it accepts. They only become wider: arguments that are valid\nfor the server's own schema stay valid. A tool the provider would refuse is left out, and named in `warnings`.\nWhere the list must be cut, to `limit` or to the number the provider takes, the selected tool is kept first, then\ntools of connectors that work, in turn from each.\n",
        tags: ['tools'],
        security: [
          {
            bearer: ['tools:read'],
          },
        ],
        parameters: [
          {
            name: 'format',
            in: 'query',
            description: "The shape of the tools. `mcp` is that of the protocol's `tools/list`.",
            schema: {
              type: 'string',
              enum: ['mcp', 'openai', 'openai-chat', 'anthropic', 'gemini'],
              default: 'mcp',
            },
          },
          {
            name: 'If-None-Match',
            in: 'header',
            description: 'The `ETag` of the answer at hand.',
            schema: {
              type: 'string',
              minLength: 1,
              maxLength: 1000,
              pattern: '^[\\x20-\\x7e]+$',
            },
          },
          {
            name: 'selected_tool',
            in: 'query',
            description:
              'The name of the tool the model is to use. The answer then has a `tool_choice` and `instructions`. A tool that\ncannot be used is refused, with the reason and the nearest names.\n',
            schema: {
              type: 'string',
              minLength: 1,
              maxLength: 128,
              pattern: '^[^\\x00-\\x1f\\x7f]+$',
            },
            example: 'issue-tracker__echo',
          },
          {
            name: 'limit',
            in: 'query',
            description: 'How many tools the list holds at most.',
            schema: {
              type: 'integer',
              minimum: 1,
              maximum: 5000,
            },
            example: 40,
          },
          {
            $ref: '#/components/parameters/ProjectId-2',
          },
        ],
        responses: {
          '200': {
            description: 'The tools.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Toolset',
                },
                examples: {
                  mcp: {
                    summary: "In the protocol's shape",
                    value: {
                      tools: [
                        {
                          name: 'issue-tracker__echo',
                          title: 'Echo',
                          description: 'Says back what it is told.',
                          inputSchema: {
                            type: 'object',
                            properties: {
                              message: {
                                type: 'string',
                              },
                            },
                          },
                        },
                      ],
                      tool_choice: null,
                      instructions: null,
                      definition_hashes: {
                        'issue-tracker__echo':
                          '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
                      },
                      warnings: [],
                      outcomes: [
                        {
                          connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                          name: 'Issue tracker',
                          slug: 'issue-tracker',
                          project_id: null,
                          outcome: 'ok',
                          code: null,
                          message: null,
                          tool_count: 1,
                          held_tool_count: 0,
                          discovered_at: '2026-11-20T09:30:00.000Z',
                          last_failed_at: null,
                          failing_since: null,
                        },
                      ],
                      content_hash:
                        '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
                    },
                  },
                  openai: {
                    summary: "For OpenAI's Responses API, with a selected tool",
                    value: {
                      tools: [
                        {
                          type: 'function',
                          name: 'issue-tracker__echo',
                          description: 'Says back what it is told.',
                          parameters: {
                            type: 'object',
                            properties: {
                              message: {
                                type: 'string',
                              },
                            },
                          },
                          strict: false,
                        },
                      ],
                      tool_choice: {
                        type: 'function',
                        name: 'issue-tracker__echo',
                      },
                      instructions:
                        'The user chose the tool "issue-tracker__echo" for this request. Call "issue-tracker__echo" before you answer, and answer from its result.',
                      definition_hashes: {
                        'issue-tracker__echo':
                          '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
                      },
                      warnings: [
                        {
                          code: 'SCHEMA_IMPOSSIBLE',
                          message:
                            'The tool is left out: no arguments can satisfy its input schema.',
                          connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                          tool: 'issue-tracker__broken',
                        },
                      ],
                      outcomes: [
                        {
                          connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                          name: 'Issue tracker',
                          slug: 'issue-tracker',
                          project_id: null,
                          outcome: 'stale',
                          code: 'TIMEOUT',
                          message:
                            'The server did not answer in time. Check that it is running and not overloaded, then test again.',
                          tool_count: 2,
                          held_tool_count: 0,
                          discovered_at: '2026-11-20T09:30:00.000Z',
                          last_failed_at: '2026-11-21T08:00:00.000Z',
                          failing_since: '2026-11-21T06:30:00.000Z',
                        },
                      ],
                      content_hash:
                        '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
                    },
                  },
                },
              },
            },
          },
          '304': {
            description: 'Nothing changed since the answer with this `ETag`.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description:
              'The caller may not see this user (`NOT_FOUND`) or project (`PROJECT_NOT_FOUND`), or the user has no tool like `selected_tool` in this format\n(`TOOL_NOT_FOUND`): `nearest` holds names that are most like it; where the provider would refuse the tool,\n`reason` is the code of the warning.\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                examples: {
                  user: {
                    summary: 'The caller may not see this user',
                    value: {
                      type: '/errors/not-found',
                      title: 'There is no such resource.',
                      status: 404,
                      code: 'NOT_FOUND',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                  tool: {
                    summary: 'There is no such tool',
                    value: {
                      type: '/errors/tool-not-found',
                      title: 'There is no such tool.',
                      status: 404,
                      code: 'TOOL_NOT_FOUND',
                      detail:
                        'No enabled connector of the user has this tool. See the nearest names.',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                      nearest: ['issue-tracker__echo'],
                    },
                  },
                },
              },
            },
          },
          '409': {
            description:
              'The connector of `selected_tool` is disabled (`CONNECTOR_DISABLED`) or needs its owner to sign in\n(`NEEDS_AUTH`), or the tool is switched off (`TOOL_DISABLED`) or waits for approval (`TOOL_NOT_APPROVED`).\n`nearest` holds names of tools that can be used.\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/connector-disabled',
                  title: 'The connector is disabled.',
                  status: 409,
                  code: 'CONNECTOR_DISABLED',
                  detail: 'Enable the connector to use this tool.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                  nearest: [],
                },
              },
            },
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/users/{user_id}/tools/search': {
      parameters: [
        {
          $ref: '#/components/parameters/UserId',
        },
      ],
      get: {
        operationId: 'searchUserTools',
        summary: "Search a user's tools",
        description:
          'For agents that should not load hundreds of tools: those that fit the words best, best first, by name, title,\nconnector, description and parameters. Words may be incomplete at their end or have letters wrong. No server is asked.\nThe aggregated MCP endpoint offers the same with `?tools=lazy`.\n',
        tags: ['tools'],
        security: [
          {
            bearer: ['tools:read'],
          },
        ],
        parameters: [
          {
            name: 'q',
            in: 'query',
            required: true,
            description: 'Words, in any order. The first 16 count.',
            schema: {
              type: 'string',
              minLength: 1,
              maxLength: 200,
              pattern: '\\S',
            },
          },
          {
            name: 'limit',
            in: 'query',
            description: 'How many tools at most.',
            schema: {
              type: 'integer',
              minimum: 1,
              maximum: 50,
              default: 10,
            },
          },
          {
            $ref: '#/components/parameters/ProjectId-2',
          },
        ],
        responses: {
          '200': {
            description: 'The tools that fit, best first; none where nothing fits.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ToolMatches',
                },
                example: {
                  items: [
                    {
                      tool: {
                        name: 'issue-tracker__echo',
                        title: 'Echo',
                        description: 'Says back what it is told.',
                        inputSchema: {
                          type: 'object',
                          properties: {
                            message: {
                              type: 'string',
                            },
                          },
                        },
                      },
                      definition_hash:
                        '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
                      connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      connector_name: 'Issue tracker',
                      outcome: 'ok',
                      score: 12.5,
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/SubjectNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/users/{user_id}/tools/preflight': {
      parameters: [
        {
          $ref: '#/components/parameters/UserId',
        },
      ],
      post: {
        operationId: 'preflightUserTools',
        summary: 'Tell which tools can be called now',
        description:
          'For agents that plan: says of each name whether the tool can be called, or why not, whether waiting may help, and what to do. Nothing is\ncalled and no server is asked: the answer is what tests and calls have found so far, so a call may still fail.\n',
        tags: ['tools'],
        security: [
          {
            bearer: ['tools:read'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ToolPreflight',
              },
              example: {
                names: ['issue-tracker__echo', 'issue-tracker__ehco'],
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'One item for each name, in the order asked.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ToolPreflightReport',
                },
                example: {
                  ready: false,
                  items: [
                    {
                      name: 'issue-tracker__echo',
                      ready: true,
                      outcome: 'ok',
                      connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      definition_hash:
                        '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
                      code: null,
                      detail: null,
                      retryable: false,
                      retry_after_seconds: null,
                      action: null,
                      nearest: [],
                    },
                    {
                      name: 'issue-tracker__ehco',
                      ready: false,
                      outcome: null,
                      connector_id: null,
                      definition_hash: null,
                      code: 'TOOL_NOT_FOUND',
                      detail:
                        'No enabled connector of the user has this tool. See the nearest names.',
                      retryable: false,
                      retry_after_seconds: null,
                      action: 'choose_another_tool',
                      nearest: ['issue-tracker__echo'],
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/SubjectNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/users/{user_id}/tools/call': {
      parameters: [
        {
          $ref: '#/components/parameters/UserId',
        },
      ],
      post: {
        operationId: 'callUserTool',
        summary: 'Call a tool by its namespaced name',
        description:
          "Calls the tool on its server, over a session that is kept and reused, for as long as the connector's `call_timeout_seconds` allow. Three\nendings are told apart: a result; a failure the tool or its server reports (`is_error`, still `200`, so that the agent can read it);\nand a server that could not be used (`409`, `502`, `504`). A call is sent again only where the server provably did not run it.\n\nProblems about the server carry `connector_id`, `reason` (the code of a connection test), `retryable` (the same call may succeed later\nwithout anybody doing anything, and has not run) and `may_have_run`; where a sign-in helps, `sign_in_url`, and `missing_scopes` where the\nserver wants more rights for this tool than the sign-in brought. After a server failed several times in a row its calls fail at once\nfor 30 seconds to five minutes (`UPSTREAM_UNREACHABLE` with `Retry-After`), unless its connector is tested or synced with success.\n\n**Progress.** With `Accept: text/event-stream` the answer is a stream of server-sent events: any number of `progress` (`progress`, `total`,\n`message`; at most ten a second), then one `result` with the body of a `200`, or one `error` with a problem. Whatever comes after the\nstream began is an event, so its status is always `200`. Comments keep the connection alive.\n\n**Giving up.** When the caller hangs up, the call is cancelled on the server. With an `Idempotency-Key` it goes on instead, and its answer is\nkept for the retry.\n\nArguments take at most 256 KB of JSON, results 10 MiB. Argument objects with a key `__proto__`, or `constructor` holding `prototype`, are refused as malformed.\n",
        tags: ['tools'],
        security: [
          {
            bearer: ['tools:call'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/IdempotencyKey',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ToolCall',
              },
              example: {
                name: 'issue-tracker__echo',
                arguments: {
                  message: 'hello',
                },
              },
            },
          },
        },
        responses: {
          '200': {
            description: "The tool's answer, also where the tool reports a failure (`is_error`).",
            'x-server-sent-events': {
              progress:
                'An object with `progress` (a number), `total` (a number or null) and `message` (a text or null).',
              result: 'A ToolCallResult. The last event of a call that was answered.',
              error: 'A Problem. The last event of any other call.',
            },
            headers: {
              'Idempotency-Replayed': {
                $ref: '#/components/headers/IdempotencyReplayed',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ToolCallResult',
                },
                examples: {
                  result: {
                    summary: 'A result',
                    value: {
                      content: [
                        {
                          type: 'text',
                          text: 'Echo: hello',
                        },
                      ],
                      structured_content: null,
                      is_error: false,
                      protocol_error: null,
                      meta: null,
                      connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      tool: 'echo',
                      duration_ms: 41,
                    },
                  },
                  failure: {
                    summary: 'The server refuses the arguments',
                    value: {
                      content: [
                        {
                          type: 'text',
                          text: 'Invalid arguments: message is required',
                        },
                      ],
                      structured_content: null,
                      is_error: true,
                      protocol_error: {
                        code: -32602,
                        message: 'Invalid arguments: message is required',
                      },
                      meta: null,
                      connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      tool: 'echo',
                      duration_ms: 12,
                    },
                  },
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            description:
              'The user has no tool of this name (`TOOL_NOT_FOUND`), or the caller may not see this user (`NOT_FOUND`) or project\n(`PROJECT_NOT_FOUND`).\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/tool-not-found',
                  title: 'There is no such tool.',
                  status: 404,
                  code: 'TOOL_NOT_FOUND',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '409': {
            description:
              'The connector is disabled, needs its owner to sign in, the tool is switched off (`TOOL_DISABLED`), waits for approval\n(`TOOL_NOT_APPROVED`) or is not the expected one any more (`TOOL_CHANGED`), or the first request with this key still runs.\n',
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                examples: {
                  disabled: {
                    summary: 'The connector is disabled',
                    value: {
                      type: '/errors/connector-disabled',
                      title: 'The connector is disabled.',
                      status: 409,
                      code: 'CONNECTOR_DISABLED',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                  needs_auth: {
                    summary: 'The owner must sign in again',
                    value: {
                      type: '/errors/needs-auth',
                      title: 'The server needs its owner to sign in again.',
                      status: 409,
                      code: 'NEEDS_AUTH',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                  held_back: {
                    summary: 'The tool waits for approval',
                    value: {
                      type: '/errors/tool-not-approved',
                      title: 'The tool is held back until it is approved.',
                      status: 409,
                      code: 'TOOL_NOT_APPROVED',
                      detail:
                        'The tool is held back until its owner has looked at what its server says of it now, and approves it.',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                      connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      tool_id: '2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2',
                      retryable: false,
                      state: 'changed',
                    },
                  },
                  changed: {
                    summary: 'The tool is not the one the agent knows',
                    value: {
                      type: '/errors/tool-changed',
                      title: 'The definition of the tool is not the one that was expected.',
                      status: 409,
                      code: 'TOOL_CHANGED',
                      detail:
                        'The tool is not the one the agent knows any more, so it was not called. Read the list of tools again, then decide anew.',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                      definition_hash:
                        '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
                    },
                  },
                  in_progress: {
                    summary: 'The first request still runs',
                    value: {
                      type: '/errors/idempotency-in-progress',
                      title: 'A request with this Idempotency-Key is still in progress.',
                      status: 409,
                      code: 'IDEMPOTENCY_IN_PROGRESS',
                      instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                    },
                  },
                },
              },
            },
          },
          '413': {
            description:
              'The body is larger than 1 MiB, or the arguments than 256 KB (`PAYLOAD_TOO_LARGE`).',
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
                  detail: 'The arguments take 300000 bytes of JSON; at most 262144 are accepted.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '414': {
            $ref: '#/components/responses/UriTooLong',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            $ref: '#/components/responses/CallRefused',
          },
          '429': {
            description:
              'The caller sends too many requests (`RATE_LIMITED`), or all calls the user may have under way are, or all sessions the user or the\nconnector may have are in use (`SESSION_LIMIT_REACHED`). `Retry-After` says when to go on.\n',
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
                  type: '/errors/session-limit-reached',
                  title: 'Too many sessions with MCP servers are in use.',
                  status: 429,
                  code: 'SESSION_LIMIT_REACHED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  scope: 'user',
                },
              },
            },
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '502': {
            description:
              'The server could not be reached, or was not asked because it failed several times in a row (`UPSTREAM_UNREACHABLE`, then with\n`Retry-After`), or its answer is not usable or too large (`UPSTREAM_INVALID`).\n',
            headers: {
              'Retry-After': {
                $ref: '#/components/headers/RetryAfter',
              },
              'Idempotency-Replayed': {
                $ref: '#/components/headers/IdempotencyReplayed',
              },
            },
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/upstream-unreachable',
                  title: 'The MCP server could not be reached.',
                  status: 502,
                  code: 'UPSTREAM_UNREACHABLE',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                },
              },
            },
          },
          '503': {
            description:
              'The service is busy (`OVERLOADED`), not ready (`NOT_READY`), or all its sessions are in use (`SESSIONS_EXHAUSTED`).',
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
                  type: '/errors/sessions-exhausted',
                  title: 'All sessions with MCP servers that the service can hold are in use.',
                  status: 503,
                  code: 'SESSIONS_EXHAUSTED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  scope: 'service',
                },
              },
            },
          },
          '504': {
            description:
              'The server did not answer in time (`UPSTREAM_TIMEOUT`). Whether the tool ran is unknown.',
            headers: {
              'Idempotency-Replayed': {
                $ref: '#/components/headers/IdempotencyReplayed',
              },
            },
            content: {
              'application/problem+json': {
                schema: {
                  $ref: '#/components/schemas/Problem',
                },
                example: {
                  type: '/errors/upstream-timeout',
                  title: 'The MCP server did not answer in time.',
                  status: 504,
                  code: 'UPSTREAM_TIMEOUT',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                },
              },
            },
          },
        },
      },
    },
    '/api/users/{user_id}/composer': {
      parameters: [
        {
          $ref: '#/components/parameters/UserId',
        },
      ],
      get: {
        operationId: 'getUserComposer',
        summary: 'The menu of tools for a chat frontend',
        description:
          "`tools` is what ChatKit takes as `composer.tools`: an entry for each tool the user can choose now, sorted by its `id`, as last discovered; no\nserver is asked. Hand the `id` of the chosen entry to the agent's backend, which sends it as `selected_tool` when it lists the tools, and so\ngets the `tool_choice` and the `instructions` that make the model use it.\n\nTools of connectors that need a sign-in or are disabled are no entries; `outcomes` tells of the former, so that the frontend can ask for it.\nThe `ETag` covers the whole answer.\n",
        tags: ['tools'],
        security: [
          {
            bearer: ['tools:read'],
          },
        ],
        parameters: [
          {
            name: 'limit',
            in: 'query',
            description:
              'How many entries at most. Tools of connectors that work are kept first, in turn from each connector.',
            schema: {
              type: 'integer',
              minimum: 1,
              maximum: 500,
              default: 100,
            },
          },
          {
            $ref: '#/components/parameters/ProjectId-2',
          },
          {
            name: 'If-None-Match',
            in: 'header',
            description: 'The `ETag` of the answer at hand.',
            schema: {
              type: 'string',
              minLength: 1,
              maxLength: 1000,
              pattern: '^[\\x20-\\x7e]+$',
            },
          },
        ],
        responses: {
          '200': {
            description: 'The menu.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Composer',
                },
                example: {
                  tools: [
                    {
                      id: 'issue-tracker__create_issue',
                      label: 'Issue tracker: Create issue',
                      shortLabel: 'Create issue',
                      icon: 'bolt',
                      placeholderOverride: 'What should “Create issue” of Issue tracker do?',
                      pinned: false,
                      persistent: false,
                    },
                  ],
                  omitted: 0,
                  outcomes: [
                    {
                      connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      name: 'Issue tracker',
                      slug: 'issue-tracker',
                      project_id: null,
                      outcome: 'ok',
                      code: null,
                      message: null,
                      tool_count: 1,
                      held_tool_count: 0,
                      discovered_at: '2026-11-20T09:30:00.000Z',
                      last_failed_at: null,
                      failing_since: null,
                    },
                  ],
                },
              },
            },
          },
          '304': {
            description: 'Nothing changed since the answer with this `ETag`.',
            headers: {
              ETag: {
                $ref: '#/components/headers/ETag',
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/SubjectNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/imports/preview': {
      post: {
        operationId: 'previewImport',
        summary: 'Look what a configuration file would bring',
        description:
          "Reads the configuration file of an MCP client: `mcp.json`, `claude_desktop_config.json`, `.mcp.json` and `~/.claude.json` of Claude Code, `mcp.json` of\nCursor, `mcp.json`, `settings.json` and `devcontainer.json` of VS Code (comments and trailing commas are fine), `config.toml` of Codex, or the snippet of\na server's manual. The format is found out. Each server in it gets a verdict. Nothing is saved, and no server is asked, so `ready` says that the\nentry is complete, and not yet that its server works.\n\nNo value of a header, of a variable or of a URL comes back: servers are shown by their origin, secrets by their names.\n",
        tags: ['imports'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ImportFile',
              },
              example: {
                content:
                  '[mcp_servers.github]\nurl = "https://mcp.example.com/mcp"\nbearer_token_env_var = "GITHUB_TOKEN"\n\n[mcp_servers.files]\ncommand = "npx"\nargs = ["-y", "@modelcontextprotocol/server-filesystem", "/home/alice"]\n',
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The verdicts, in the order of the file.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ImportReport',
                },
                example: {
                  format: 'codex',
                  room: 8,
                  entries: [
                    {
                      pointer: '/mcp_servers/github',
                      line: null,
                      column: null,
                      name: 'github',
                      verdict: 'needs_secret',
                      code: null,
                      message: 'Enter what the file only names: env:GITHUB_TOKEN.',
                      server_origin: 'https://mcp.example.com',
                      transport: 'auto',
                      secrets: [
                        {
                          name: 'env:GITHUB_TOKEN',
                          place: 'header',
                          header: 'Authorization',
                          source: 'env',
                          required: true,
                        },
                      ],
                      notes: [],
                      has_remote: false,
                      connector_id: null,
                      retry_after_seconds: null,
                      sign_in: null,
                    },
                    {
                      pointer: '/mcp_servers/files',
                      line: null,
                      column: null,
                      name: 'files',
                      verdict: 'needs_runtime',
                      code: 'NAMES_COMMAND',
                      message:
                        'This server is a program that has to be started on a computer. Only servers with a web address can be imported.',
                      server_origin: null,
                      transport: null,
                      secrets: [],
                      notes: [],
                      has_remote: false,
                      connector_id: null,
                      retry_after_seconds: null,
                      sign_in: null,
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            $ref: '#/components/responses/ImportRefused',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/imports': {
      post: {
        operationId: 'importServers',
        summary: 'Import servers from a configuration file',
        description:
          "Takes the file of the preview again, and the entries that the user chose, at most ten. Each is tested and saved as `POST /api/connectors` would do\nit, all at once and each for itself, so one that fails costs no other. Limits of tests and of connectors hold: an entry whose test found no room\nis `postponed`, so that the request ends within 30 seconds; send it again after `retry_after_seconds`.\n\nRepeating the request does no harm, so it needs no `Idempotency-Key`: a server that is connected is not connected again (`already_connected`). An entry is told from others\nwith the same address by its name, so two accounts of one server can both be imported.\n\nA secret that stands in the file is used only with `use_file_secrets`; what the file only names comes in `values`. Nothing that names a command\nis ever run or kept.\n\nWith `project_id` the connectors are the project's, with credentials that all members share. That takes an admin: `403` (`PROJECT_ADMIN_REQUIRED`) for other members, also for the preview.\n",
        tags: ['imports'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/ImportRequest',
              },
              example: {
                content:
                  '[mcp_servers.github]\nurl = "https://mcp.example.com/mcp"\nbearer_token_env_var = "GITHUB_TOKEN"\n',
                entries: [
                  {
                    pointer: '/mcp_servers/github',
                    name: 'GitHub',
                    values: {
                      'env:GITHUB_TOKEN': 'your-token',
                    },
                  },
                ],
              },
            },
          },
        },
        responses: {
          '200': {
            description:
              'What became of each entry, in the order of the request; also where none was imported.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ImportReport',
                },
                example: {
                  format: 'codex',
                  room: 7,
                  entries: [
                    {
                      pointer: '/mcp_servers/github',
                      line: null,
                      column: null,
                      name: 'GitHub',
                      verdict: 'imported',
                      code: null,
                      message: null,
                      server_origin: 'https://mcp.example.com',
                      transport: 'auto',
                      secrets: [
                        {
                          name: 'env:GITHUB_TOKEN',
                          place: 'header',
                          header: 'Authorization',
                          source: 'env',
                          required: true,
                        },
                      ],
                      notes: [],
                      has_remote: false,
                      connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      retry_after_seconds: null,
                      sign_in: null,
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
          },
          '413': {
            $ref: '#/components/responses/PayloadTooLarge',
          },
          '415': {
            $ref: '#/components/responses/UnsupportedMediaType',
          },
          '422': {
            $ref: '#/components/responses/ImportRefused',
          },
          '429': {
            $ref: '#/components/responses/RateLimited',
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/exports': {
      get: {
        operationId: 'exportConnectors',
        summary: 'Write the configuration file of an MCP client',
        description:
          'Two files in the format of the client. `endpoint` has one server, the aggregated endpoint of this service: all tools of the user, as they are at any time, with\nno secret, as the client signs in; it is what most people want, and null where this service has no public address. `servers` has each connector with its own address, for\nleaving this service or going around it.\n\nNo secret is in either. Values of headers, and parts of an address that look like a key, are variables in the way of the client, listed in `variables`; the user enters them there.\nClaude Desktop reaches servers with an address through `mcp-remote`, a program that it starts with `npx`.\n',
        tags: ['imports'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        parameters: [
          {
            name: 'format',
            in: 'query',
            required: true,
            description:
              'The client that is to read the file; `mcp-json` is what most others read.',
            schema: {
              type: 'string',
              enum: ['mcp-json', 'claude-desktop', 'claude-code', 'cursor', 'vscode', 'codex'],
            },
          },
          {
            name: 'project_id',
            in: 'query',
            description:
              "The connectors of this project instead of the caller's own. That takes an admin, since the file has whole addresses: `403` (`PROJECT_ADMIN_REQUIRED`) for\nother members.\n",
            schema: {
              $ref: '#/components/schemas/ProjectId',
            },
          },
        ],
        responses: {
          '200': {
            description: 'The files.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ConnectorExport',
                },
                example: {
                  format: 'codex',
                  file_name: 'config.toml',
                  media_type: 'application/toml',
                  endpoint: {
                    content:
                      '[mcp_servers.mcp-connectors]\nurl = "https://connectors.example.com/mcp"\n',
                    variables: [],
                  },
                  servers: {
                    content:
                      '[mcp_servers.issue-tracker]\nurl = "https://mcp.example.com/mcp"\nbearer_token_env_var = "ISSUE_TRACKER_TOKEN"\n',
                    variables: [
                      {
                        name: 'ISSUE_TRACKER_TOKEN',
                        connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                        place: 'header',
                        header: 'Authorization',
                      },
                    ],
                  },
                  left_out: [],
                },
              },
            },
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/events': {
      get: {
        operationId: 'followEvents',
        summary: 'Follow what changes',
        description:
          "A stream of server-sent events: what changes of the caller's own and of the projects that the token names. An event says that something\nchanged, by its id; what it is now is read through the API. Events come in order, whichever replica they are read from, and nothing\nis left out. A client that comes back with the last id it has seen (`Last-Event-ID`, or `last_event_id` where no header can be sent) gets what it\nmissed, for a day.\n\n- `ready`: the stream begins. Read what you show now; what changes from here on is told.\n- `change`: `kind` is one of `connector.created`, `connector.updated`, `connector.status` (its status or last error), `connector.deleted`, `tools.changed`,\n  `offerings.changed` (prompts and resources; both name the connector), `sign_in.needed` (of the connector), `sign_in.completed` and `sign_in.failed` (of the\n  authorization), `catalog.changed` (of an entry, by its key, that was switched on, off or is in another state), `deployment.created`,\n  `deployment.updated` (its state, progress or error) and `deployment.deleted`. New kinds may come: ignore those you do not know. An event may come for an object that is gone by now, and what changes several times in a moment may be told once.\n- `reset`: events may have been missed, since the id is too old or none of ours. Read everything anew; the stream goes on from here.\n- `end`: the last event, with its `reason`: `token_expired`, `renewal` (after an hour, so that the token of that time counts) or `stopping`. Come back with the last id.\n\nComments keep the connection alive. A client that does not read is cut off after half a minute, and may come back. A user may have 20 streams open at each replica.\n\n**Browsers.** Read the stream with `fetch`, which sends the `Authorization` header; or get a ticket for `EventSource`. A token in the URL is refused.\n",
        tags: ['events'],
        security: [
          {
            bearer: ['connectors:read'],
          },
          {
            eventTicket: [],
          },
        ],
        parameters: [
          {
            name: 'Last-Event-ID',
            in: 'header',
            description:
              'The id of the last event that the client has seen. Browsers send it by themselves.',
            schema: {
              type: 'string',
            },
            example: '4711',
          },
          {
            name: 'last_event_id',
            in: 'query',
            description: 'As `Last-Event-ID`, which goes before it.',
            schema: {
              type: 'string',
            },
            example: '4711',
          },
          {
            name: 'ticket',
            in: 'query',
            description: 'In the place of a token. Where there is one, it is not looked at.',
            schema: {
              type: 'string',
            },
            example: 'mc1.k1.c2FtcGxl',
          },
        ],
        responses: {
          '200': {
            description: 'The events, until either side ends the stream.',
            'x-server-sent-events': {
              ready: 'An empty object. Its id is where the stream begins.',
              change:
                "An object with `kind`, `object_type` (`connector`, `authorization`, `catalog_entry`), `object_id`, `project_id` (null for what is the user's own) and `at` (a time).",
              reset: 'An empty object. Its id is where the stream goes on.',
              end: 'An object with `reason`.',
            },
            content: {
              'text/event-stream': {
                schema: {
                  type: 'string',
                },
                example:
                  'id: 4711\nevent: ready\ndata: {}\n\nid: 4713\nevent: change\ndata: {"kind":"connector.status","object_type":"connector","object_id":"6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11","project_id":null,"at":"2026-03-01T09:30:00.000Z"}\n',
              },
            },
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '422': {
            $ref: '#/components/responses/ValidationFailed',
          },
          '429': {
            description:
              'The caller sends too many requests, or has too many streams open (`RATE_LIMITED`). `Retry-After` says when to go on.',
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
                  detail:
                    'At most 20 event streams of a user may be open at once. Close one, then try again.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
          '500': {
            $ref: '#/components/responses/Internal',
          },
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/events/tickets': {
      post: {
        operationId: 'createEventTicket',
        summary: 'Get a ticket for an event stream',
        description:
          'For browsers that follow events with `EventSource`: `/api/events?ticket=…` opens one stream, at any replica, within 30 seconds, with the rights of the\ntoken that this request is sent with; the stream ends with that token. To come back, get another ticket and add `last_event_id`.\n',
        tags: ['events'],
        security: [
          {
            bearer: ['connectors:read'],
          },
        ],
        responses: {
          '201': {
            description: 'The ticket. It is good for one stream.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/EventTicket',
                },
                example: {
                  ticket: 'mc1.k1.c2FtcGxl',
                  expires_at: '2026-03-01T09:30:30.000Z',
                },
              },
            },
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/sessions': {
      get: {
        operationId: 'listSessions',
        summary: 'List the live sessions of this replica',
        description:
          'For operators, who see the sessions of their own tenant: the connections this replica holds to MCP servers, the oldest first, and\nthe connectors it does not call for a while because they failed (their circuit breaker is open). Each replica knows only its own;\n`replica_id` says which one answered, and a cursor of another one is refused.\n',
        tags: ['sessions'],
        security: [
          {
            bearer: ['operator'],
          },
        ],
        parameters: [
          {
            $ref: '#/components/parameters/SessionUser',
          },
          {
            $ref: '#/components/parameters/SessionConnector',
          },
          {
            $ref: '#/components/parameters/Limit',
          },
          {
            $ref: '#/components/parameters/Cursor',
          },
        ],
        responses: {
          '200': {
            description: 'The sessions.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/SessionPage',
                },
                example: {
                  items: [
                    {
                      user_id: 'alice',
                      connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      state: 'open',
                      server_origin: 'https://mcp.example.com',
                      era: 'modern',
                      transport: 'streamable-http',
                      age_seconds: 912,
                      idle_seconds: 4,
                      in_use: 0,
                      uses: 31,
                    },
                  ],
                  next_cursor: null,
                  replica_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                  totals: {
                    sessions: 1,
                    in_use: 0,
                    breakers_open: 1,
                  },
                  breakers: [
                    {
                      connector_id: '2f9b8a52-4f4a-4b0a-9e11-0f7b6f1e2f0a',
                      state: 'open',
                      last_error_code: 'CONNECTION_FAILED',
                      retry_after_seconds: 24,
                    },
                  ],
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
      delete: {
        operationId: 'closeSessions',
        summary: 'Close the sessions of a user',
        description:
          'For operators, who close the sessions of users of their own tenant: all of a user, or those with one connector. Calls under way end first;\nthe next call connects anew. Repeating it does no harm. The other replicas are told to do the same at the same time; the numbers in\nthe answer are those of the replica that answered. A replica that has lost the database just then is not reached.\n',
        tags: ['sessions'],
        security: [
          {
            bearer: ['operator'],
          },
        ],
        parameters: [
          {
            name: 'user_id',
            in: 'query',
            required: true,
            description: 'Whose sessions to close.',
            schema: {
              type: 'string',
              minLength: 1,
              maxLength: 255,
              pattern: '^[^\\x00-\\x1f\\x7f]+$',
            },
            example: 'alice',
          },
          {
            $ref: '#/components/parameters/SessionConnector',
          },
        ],
        responses: {
          '200': {
            description: 'What was closed; nothing where there was no such session.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ClosedSessions',
                },
                example: {
                  closed: 2,
                  draining: 1,
                  replica_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/projects/{project_id}/members/{user_id}': {
      delete: {
        operationId: 'removeProjectMember',
        summary: 'Remove what a member left in a project',
        description:
          "For admins of the project: deletes the credentials of their own that somebody gave for its connectors, has grants revoked at their authorization\nservers where those offer it, and ends their sessions with its connectors; those on other replicas end when they hear of it, or when idle.\nWho is a member is told by tokens alone: take the project out of the user's tokens first, since whoever holds one that names it can\nbegin anew. Repeating it does no harm.\n",
        tags: ['projects'],
        security: [
          {
            bearer: ['connectors:write'],
          },
        ],
        parameters: [
          {
            name: 'project_id',
            in: 'path',
            required: true,
            description:
              'A project of the caller, as the claim `projects` of the token names it; any other is `404` (`PROJECT_NOT_FOUND`).',
            schema: {
              $ref: '#/components/schemas/ProjectId',
            },
            example: 'atlas',
          },
          {
            name: 'user_id',
            in: 'path',
            required: true,
            description: "The `sub` of the member's tokens, as it is; `me` is nobody here.",
            schema: {
              type: 'string',
              minLength: 1,
              maxLength: 255,
              pattern: '^[^\\x00-\\x1f\\x7f]+$',
            },
            example: 'alice',
          },
        ],
        responses: {
          '200': {
            description: 'What was removed; zeros where there was nothing.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/MemberRemoval',
                },
                example: {
                  credentials: 2,
                  grants_revoked: 1,
                  sessions: {
                    closed: 2,
                    draining: 0,
                    replica_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                  },
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
          },
          '404': {
            $ref: '#/components/responses/ProjectNotFound',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/admin/audit': {
      get: {
        operationId: 'listAuditRecords',
        summary: 'List what was done',
        description:
          'For operators, who see what was done in their own tenant, and what was refused, the newest first: changes, calls of tools, and requests\nwithout the right to what they asked for. A change is recorded with it or not at all; the rest a second later. Of the arguments\nof a call, names, types and sizes are kept, and no value. An erased user stays one person here, under a name that means nobody.\n',
        tags: ['admin'],
        security: [
          {
            bearer: ['operator'],
          },
        ],
        parameters: [
          {
            name: 'actor_id',
            in: 'query',
            description: 'Who sent the request, the `sub` of their token.',
            schema: {
              $ref: '#/components/schemas/AuditText',
            },
            example: 'alice',
          },
          {
            name: 'user_id',
            in: 'query',
            description: 'For whom it was done.',
            schema: {
              $ref: '#/components/schemas/AuditText',
            },
            example: 'alice',
          },
          {
            name: 'project_id',
            in: 'query',
            description: 'The project it was done in.',
            schema: {
              $ref: '#/components/schemas/AuditText',
            },
            example: 'atlas',
          },
          {
            name: 'connector_id',
            in: 'query',
            description: 'The connector it was about.',
            schema: {
              type: 'string',
              format: 'uuid',
            },
            example: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
          },
          {
            name: 'object_id',
            in: 'query',
            description: 'What it was about; of a call, the tool as agents call it.',
            schema: {
              $ref: '#/components/schemas/AuditText',
            },
            example: 'issue-tracker__create_issue',
          },
          {
            name: 'action',
            in: 'query',
            description:
              'What was done, such as `connector.create` or `tool.call`; of a request without the right to it, the `operationId`.',
            schema: {
              type: 'string',
              minLength: 1,
              maxLength: 64,
              pattern: '^[A-Za-z_.]+$',
            },
            example: 'connector.create',
          },
          {
            name: 'outcome',
            in: 'query',
            description: '`ok`, or how it failed.',
            schema: {
              type: 'string',
              minLength: 1,
              maxLength: 64,
              pattern: '^[A-Za-z_]+$',
            },
            example: 'ok',
          },
          {
            name: 'from',
            in: 'query',
            description: 'The first moment.',
            schema: {
              type: 'string',
              format: 'date-time',
            },
            example: '2026-11-20T00:00:00Z',
          },
          {
            name: 'to',
            in: 'query',
            description: 'The first moment after the last.',
            schema: {
              type: 'string',
              format: 'date-time',
            },
            example: '2026-11-21T00:00:00Z',
          },
          {
            $ref: '#/components/parameters/Limit',
          },
          {
            $ref: '#/components/parameters/Cursor',
          },
        ],
        responses: {
          '200': {
            description: 'The records.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/AuditPage',
                },
                example: {
                  items: [
                    {
                      id: '4711',
                      at: '2026-11-20T09:30:00.000Z',
                      actor_id: 'alice',
                      agent: 'assistant',
                      user_id: 'alice',
                      project_id: null,
                      action: 'tool.call',
                      object_kind: 'tool',
                      object_id: 'issue-tracker__create_issue',
                      connector_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                      outcome: 'ok',
                      request_id: '0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                      arguments: {
                        bytes: 34,
                        members: [
                          {
                            name: 'title',
                            type: 'string',
                            size: 22,
                          },
                        ],
                        more: 0,
                      },
                    },
                  ],
                  next_cursor: null,
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/admin/users/{user_id}': {
      delete: {
        operationId: 'eraseUser',
        summary: 'Erase a user',
        description:
          "For operators, who erase users of their own tenant: connectors with credentials and everything discovered from their servers, kept answers of\nidempotency keys, sign-ins, and sessions. Grants are revoked at their authorization servers where those offer it, which takes up to ten seconds; one that cannot be told is in the log. All rows go at once or, after an error, none. Sessions on other replicas end when they hear of it. Repeating it does no harm and counts\nonly what came meanwhile: take the user's tokens away first, since whoever holds one can begin anew.\n",
        tags: ['admin'],
        security: [
          {
            bearer: ['operator'],
          },
        ],
        parameters: [
          {
            name: 'user_id',
            in: 'path',
            required: true,
            description: "The `sub` of the user's tokens, as it is; `me` is nobody here.",
            schema: {
              type: 'string',
              minLength: 1,
              maxLength: 255,
              pattern: '^[^\\x00-\\x1f\\x7f]+$',
            },
            example: 'alice',
          },
        ],
        responses: {
          '200': {
            description: 'What was erased; zeros where there was nothing.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/UserErasure',
                },
                example: {
                  connectors: 3,
                  credentials: 2,
                  tools: 41,
                  sign_ins: 1,
                  idempotency_records: 5,
                  grants_revoked: 1,
                  sessions: {
                    closed: 2,
                    draining: 1,
                    replica_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                  },
                },
              },
            },
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/agents/{name}/heartbeat': {
      post: {
        operationId: 'receiveHeartbeat',
        summary: 'Tell that a deployment agent is alive',
        description:
          'For deployment agents, which run managed servers on machines of their own: each says every ten seconds, and whenever a server of it changes, that it\nis there and how its servers are. After three that did not come, its servers count as unreachable, until the next one. One that is older than the last one\nof the same run (`run_id`, `sequence`) changes nothing. An agent says what it runs, and nothing of other agents.\n',
        tags: ['agents'],
        security: [
          {
            agentSecret: [],
          },
        ],
        parameters: [
          {
            name: 'name',
            in: 'path',
            required: true,
            description: "Of the agent, as the operator's file names it.",
            schema: {
              $ref: '#/components/schemas/AgentName',
            },
            example: 'edge-1',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                $ref: '#/components/schemas/Heartbeat',
              },
              example: {
                run_id: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
                sequence: 17,
                is_stopping: false,
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
                servers: [
                  {
                    instance_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
                    generation: 1,
                    phase: 'running',
                    step: null,
                    percent: null,
                    problem_code: null,
                    sessions: 2,
                    restarts: 0,
                  },
                ],
              },
            },
          },
        },
        responses: {
          '204': {
            description: 'It is known.',
          },
          '400': {
            $ref: '#/components/responses/BadRequest',
          },
          '401': {
            $ref: '#/components/responses/AgentUnknown',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
    '/api/admin/agents': {
      get: {
        operationId: 'listAgents',
        summary: 'List the deployment agents',
        description:
          "For operators: the agents of the operator's file, in the order of their names, with what each last said. They are the installation's, and so the same for\noperators of every tenant; what servers run there is not told.\n",
        tags: ['agents'],
        security: [
          {
            bearer: ['operator'],
          },
        ],
        responses: {
          '200': {
            description: 'All of them.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Agents',
                },
                example: {
                  items: [
                    {
                      name: 'edge-1',
                      url: 'https://edge-1.example.com:30000',
                      labels: {
                        region: 'north',
                      },
                      state: 'alive',
                      seen_at: '2026-11-21T17:00:00.000Z',
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
                  ],
                },
              },
            },
          },
          '401': {
            $ref: '#/components/responses/Unauthenticated',
          },
          '403': {
            $ref: '#/components/responses/Forbidden',
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
          '503': {
            $ref: '#/components/responses/Unavailable',
          },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'A JWT with `sub` (the user), `iss`, `aud`, `exp` and a space-separated `scope`. Each operation names the\nscope it needs: `connectors:read`, `connectors:write`, `tools:read`, `tools:call`, `operator`.\n',
      },
      eventTicket: {
        type: 'apiKey',
        in: 'query',
        name: 'ticket',
        description:
          'A ticket of `POST /api/events/tickets`: it opens one event stream, once, with the rights of the token it was issued for. For browsers,\nwhose `EventSource` sends no headers. A token does not belong into a URL.\n',
      },
      agentSecret: {
        type: 'http',
        scheme: 'bearer',
        description:
          'The secret of a deployment agent, which the operator has given to it and to this service.',
      },
    },
    schemas: {
      ProjectId: {
        description: 'The id of a project, as in the claim `projects` of the token.',
        type: 'string',
        minLength: 1,
        maxLength: 255,
        pattern: '^[^\\x00-\\x1f\\x7f]+$',
      },
      CatalogKey: {
        type: 'string',
        minLength: 1,
        maxLength: 24,
        pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
      },
      CatalogStatus: {
        description:
          '`NOT_ENABLED` where the project has no connector of it; else the status of that. `DEPLOYING` while its server is being brought up or\nreplaced: see its deployment.\n',
        type: 'string',
        'x-extensible-enum': [
          'NOT_ENABLED',
          'DEPLOYING',
          'ENABLED',
          'DISABLED',
          'ERROR',
          'NEEDS_AUTH',
        ],
      },
      TestErrorCode: {
        description:
          'Why a connection test failed. `INVALID_URL`: not a usable URL. `BLOCKED_URL`: an address that is not allowed.\n`CONNECTION_FAILED`: DNS, refused, reset, TLS, or the server is busy. `TIMEOUT`: no answer in ten seconds.\n`AUTH_REQUIRED`: credentials are needed. `AUTH_FAILED`: they were refused. `INVALID_MCP_SERVER`: no MCP server\nanswers there. `PROTOCOL_MISMATCH`: no common protocol version. `RESPONSE_TOO_LARGE`: too many bytes, pages or tools.\n',
        type: 'string',
        'x-extensible-enum': [
          'INVALID_URL',
          'BLOCKED_URL',
          'CONNECTION_FAILED',
          'TIMEOUT',
          'AUTH_FAILED',
          'AUTH_REQUIRED',
          'INVALID_MCP_SERVER',
          'PROTOCOL_MISMATCH',
          'RESPONSE_TOO_LARGE',
        ],
      },
      ConnectorError: {
        description: 'What went wrong last.',
        type: 'object',
        additionalProperties: false,
        required: ['code', 'message', 'occurred_at'],
        properties: {
          code: {
            $ref: '#/components/schemas/TestErrorCode',
          },
          message: {
            type: 'string',
            description: 'What the user can do.',
          },
          occurred_at: {
            type: 'string',
            format: 'date-time',
          },
        },
      },
      CatalogSetting: {
        type: 'object',
        additionalProperties: false,
        required: [
          'name',
          'title',
          'description',
          'type',
          'required',
          'secret',
          'default',
          'allowed',
          'is_set',
          'value',
        ],
        properties: {
          name: {
            type: 'string',
          },
          title: {
            type: 'string',
          },
          description: {
            type: ['string', 'null'],
          },
          type: {
            type: 'string',
            'x-extensible-enum': ['string', 'url', 'integer', 'boolean'],
          },
          required: {
            type: 'boolean',
          },
          secret: {
            type: 'boolean',
            description: 'Its value is never told.',
          },
          default: {
            type: ['string', 'integer', 'boolean', 'null'],
          },
          allowed: {
            description: 'The values it may have; null for any of its type.',
            anyOf: [
              {
                type: 'array',
                items: {
                  type: ['string', 'integer', 'boolean'],
                },
              },
              {
                type: 'null',
              },
            ],
          },
          is_set: {
            type: 'boolean',
          },
          value: {
            type: ['string', 'integer', 'boolean', 'null'],
            description: 'What is set; null for secrets and for what is not set.',
          },
        },
      },
      CatalogItem: {
        description: 'A known server, and what the project has of it.',
        type: 'object',
        additionalProperties: false,
        required: [
          'key',
          'title',
          'description',
          'icon',
          'is_open',
          'gate',
          'status',
          'last_error',
          'connector_id',
          'deployment_id',
          'tool_count',
          'updated_at',
          'settings',
        ],
        properties: {
          key: {
            $ref: '#/components/schemas/CatalogKey',
          },
          title: {
            type: 'string',
          },
          description: {
            type: 'string',
          },
          icon: {
            type: ['string', 'null'],
            format: 'uri',
            description: 'An https URL.',
          },
          is_open: {
            type: 'boolean',
            description: 'Whether it can be switched on.',
          },
          gate: {
            type: ['string', 'null'],
            description: 'The feature that the operator has not opened yet; null where it is open.',
          },
          status: {
            $ref: '#/components/schemas/CatalogStatus',
          },
          last_error: {
            anyOf: [
              {
                $ref: '#/components/schemas/ConnectorError',
              },
              {
                type: 'null',
              },
            ],
          },
          connector_id: {
            type: ['string', 'null'],
            format: 'uuid',
            description: 'The connector of the project; null where it is not switched on.',
          },
          deployment_id: {
            type: ['string', 'null'],
            format: 'uuid',
            description: 'The deployment of its server for the project; null where there is none.',
          },
          tool_count: {
            type: 'integer',
            minimum: 0,
          },
          updated_at: {
            type: ['string', 'null'],
            format: 'date-time',
          },
          settings: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/CatalogSetting',
            },
          },
        },
      },
      Catalog: {
        type: 'object',
        additionalProperties: false,
        required: ['items'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/CatalogItem',
            },
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
      ProjectBody: {
        type: 'object',
        additionalProperties: false,
        required: ['project_id'],
        properties: {
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
        },
      },
      CatalogFinding: {
        type: 'object',
        additionalProperties: false,
        required: [
          'key',
          'title',
          'is_healthy',
          'runtime',
          'error_code',
          'error_message',
          'latency_ms',
          'tool_count',
          'status',
        ],
        properties: {
          key: {
            $ref: '#/components/schemas/CatalogKey',
          },
          title: {
            type: 'string',
          },
          is_healthy: {
            type: 'boolean',
            description: 'It answered just now.',
          },
          runtime: {
            description: 'Where the server that was asked runs; null where it is nowhere.',
            type: ['string', 'null'],
            'x-extensible-enum': ['static', 'process', 'agent', 'kubernetes', null],
          },
          error_code: {
            anyOf: [
              {
                $ref: '#/components/schemas/TestErrorCode',
              },
              {
                type: 'null',
              },
            ],
          },
          error_message: {
            type: ['string', 'null'],
          },
          latency_ms: {
            type: 'integer',
            minimum: 0,
          },
          tool_count: {
            type: 'integer',
            minimum: 0,
          },
          status: {
            $ref: '#/components/schemas/CatalogStatus',
          },
        },
      },
      CatalogDiscovery: {
        type: 'object',
        additionalProperties: false,
        required: ['items'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/CatalogFinding',
            },
          },
        },
      },
      CatalogEnable: {
        type: 'object',
        additionalProperties: false,
        required: ['project_id'],
        properties: {
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
          settings: {
            description: "Values by the names of the entry's settings.",
            type: 'object',
            maxProperties: 20,
            additionalProperties: {
              type: ['string', 'integer', 'boolean', 'null'],
              maxLength: 20000,
            },
          },
        },
      },
      DeploymentInstance: {
        type: 'object',
        additionalProperties: false,
        required: ['runtime', 'target', 'state', 'sessions', 'seen_at', 'error_code'],
        properties: {
          runtime: {
            type: 'string',
            'x-extensible-enum': ['process', 'agent', 'kubernetes'],
          },
          target: {
            type: 'string',
            description: 'Which one: the name of an agent, a replica, a namespace.',
          },
          state: {
            type: 'string',
            'x-extensible-enum': [
              'starting',
              'running',
              'idle',
              'failed',
              'unreachable',
              'stopping',
            ],
          },
          sessions: {
            type: 'integer',
            minimum: 0,
            description: 'MCP sessions, when it was seen last.',
          },
          seen_at: {
            type: ['string', 'null'],
            format: 'date-time',
          },
          error_code: {
            anyOf: [
              {
                $ref: '#/components/schemas/ErrorCode',
              },
              {
                type: 'null',
              },
            ],
          },
        },
      },
      Deployment: {
        description: 'The server of a catalog entry, brought up for a project.',
        type: 'object',
        additionalProperties: false,
        required: [
          'id',
          'key',
          'project_id',
          'state',
          'progress',
          'runtime',
          'error_code',
          'error_message',
          'enabling',
          'instances',
          'version',
          'created_at',
          'updated_at',
        ],
        properties: {
          id: {
            type: 'string',
            format: 'uuid',
          },
          key: {
            $ref: '#/components/schemas/CatalogKey',
          },
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
          state: {
            description:
              '`deploying`: it is being brought up, or replaced. `running`: at least one instance answers. `idle`: scaled to zero, a call wakes it.\n`unreachable`: it was up, and nobody knows whether it is; it comes back by itself where that ends. `failed`: it will not come up by\nitself; `error_message` says why. `stopping`, `stopped`: as somebody wanted it.\n',
            type: 'string',
            'x-extensible-enum': [
              'deploying',
              'running',
              'idle',
              'unreachable',
              'failed',
              'stopping',
              'stopped',
            ],
          },
          progress: {
            type: 'object',
            additionalProperties: false,
            required: ['step', 'percent'],
            properties: {
              step: {
                type: 'string',
                description:
                  'A word: `waiting`, `placing`, `starting`, `testing`, `running`, or one of the place where it runs, as `pulling-image`.',
              },
              percent: {
                type: 'integer',
                minimum: 0,
                maximum: 100,
                description: 'A rough one.',
              },
            },
          },
          runtime: {
            description:
              'Where it is being brought up, or runs; null before that is decided. `static` where somebody else runs it, since it came up nowhere else.',
            type: ['string', 'null'],
            'x-extensible-enum': ['static', 'process', 'agent', 'kubernetes', null],
          },
          error_code: {
            description:
              'Why it does not run, not where its entry prefers, or not with its newest settings.',
            anyOf: [
              {
                $ref: '#/components/schemas/ErrorCode',
              },
              {
                type: 'null',
              },
            ],
          },
          error_message: {
            type: ['string', 'null'],
            description: 'What has the problem (an agent, a namespace), and what to do.',
          },
          enabling: {
            type: 'boolean',
            description: 'Its entry is switched on once it is up.',
          },
          instances: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/DeploymentInstance',
            },
          },
          version: {
            type: 'integer',
            minimum: 1,
          },
          created_at: {
            type: 'string',
            format: 'date-time',
          },
          updated_at: {
            type: 'string',
            format: 'date-time',
          },
        },
      },
      DeploymentPage: {
        type: 'object',
        additionalProperties: false,
        required: ['items', 'next_cursor'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/Deployment',
            },
          },
          next_cursor: {
            type: ['string', 'null'],
          },
        },
      },
      DeploymentCreate: {
        type: 'object',
        additionalProperties: false,
        required: ['project_id', 'key'],
        properties: {
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
          key: {
            $ref: '#/components/schemas/CatalogKey',
          },
          settings: {
            description:
              "Values by the names of the entry's settings; what is not named stays, null takes a value away.",
            type: 'object',
            maxProperties: 20,
            additionalProperties: {
              type: ['string', 'integer', 'boolean', 'null'],
              maxLength: 20000,
            },
          },
        },
      },
      DeploymentLogs: {
        type: 'object',
        additionalProperties: false,
        required: ['instances'],
        properties: {
          instances: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['runtime', 'target', 'lines'],
              properties: {
                runtime: {
                  type: 'string',
                  'x-extensible-enum': ['process', 'agent', 'kubernetes'],
                },
                target: {
                  type: 'string',
                },
                lines: {
                  type: 'array',
                  items: {
                    type: 'string',
                  },
                },
              },
            },
          },
        },
      },
      SystemTool: {
        description:
          'A tool that the operator offers to every user, and what the caller has of it.',
        type: 'object',
        additionalProperties: false,
        required: [
          'key',
          'title',
          'description',
          'icon',
          'requires',
          'is_open',
          'status',
          'last_error',
          'missing_scopes',
          'connector_id',
          'slug',
          'tool_count',
          'connected_at',
          'settings',
        ],
        properties: {
          key: {
            type: 'string',
          },
          title: {
            type: 'string',
          },
          description: {
            type: 'string',
          },
          icon: {
            type: ['string', 'null'],
            format: 'uri',
            description: 'An https URL.',
          },
          requires: {
            type: 'string',
            'x-extensible-enum': ['NOTHING', 'SETTINGS', 'SIGN_IN'],
            description: 'What connecting it takes.',
          },
          is_open: {
            type: 'boolean',
            description: 'Whether it can be connected.',
          },
          status: {
            type: 'string',
            'x-extensible-enum': [
              'NOT_CONNECTED',
              'CONNECTED',
              'DISABLED',
              'NEEDS_AUTH',
              'ERROR',
              'UNAVAILABLE',
            ],
            description:
              '`DISABLED`: switched off by the user, as any connector can be. `NEEDS_AUTH`: connect it again to sign in. `UNAVAILABLE`: connected, and\nnot offered any more, or not now.\n',
          },
          last_error: {
            anyOf: [
              {
                $ref: '#/components/schemas/ConnectorError',
              },
              {
                type: 'null',
              },
            ],
          },
          missing_scopes: {
            description:
              'Rights that a tool wanted and the sign-in did not bring. Connect it again to grant them.',
            type: 'array',
            items: {
              type: 'string',
            },
          },
          connector_id: {
            type: ['string', 'null'],
            format: 'uuid',
            description: "The caller's connector of it; null where there is none.",
          },
          slug: {
            type: ['string', 'null'],
            description: 'What the names of its tools begin with.',
          },
          tool_count: {
            type: 'integer',
            minimum: 0,
          },
          connected_at: {
            type: ['string', 'null'],
            format: 'date-time',
          },
          settings: {
            description: 'What connecting it takes from the user.',
            type: 'array',
            items: {
              $ref: '#/components/schemas/CatalogSetting',
            },
          },
        },
      },
      SystemTools: {
        type: 'object',
        additionalProperties: false,
        required: ['items'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/SystemTool',
            },
          },
        },
      },
      SystemToolConnect: {
        type: 'object',
        additionalProperties: false,
        properties: {
          settings: {
            description:
              "Values by the names of the tool's settings. What is not named stays as it is; null takes a value away.",
            type: 'object',
            maxProperties: 20,
            additionalProperties: {
              type: ['string', 'integer', 'boolean', 'null'],
              maxLength: 2000,
            },
          },
          return_url: {
            description:
              'The page to come back to after a sign-in; one of those that the operator allows, by default the first of them.',
            type: 'string',
            maxLength: 2048,
          },
        },
      },
      StartedAuthorization: {
        description: 'A sign-in that has just begun.',
        type: 'object',
        additionalProperties: false,
        required: [
          'id',
          'status',
          'issuer',
          'connector_id',
          'error_code',
          'created_at',
          'expires_at',
          'authorization_url',
        ],
        properties: {
          id: {
            type: 'string',
            format: 'uuid',
          },
          status: {
            type: 'string',
            'x-extensible-enum': ['pending'],
          },
          issuer: {
            type: 'string',
            description: 'The authorization server.',
          },
          connector_id: {
            type: ['string', 'null'],
            format: 'uuid',
            description: 'null until a new connector is saved.',
          },
          error_code: {
            type: ['string', 'null'],
          },
          created_at: {
            type: 'string',
            format: 'date-time',
          },
          expires_at: {
            type: 'string',
            format: 'date-time',
          },
          authorization_url: {
            type: 'string',
            description: 'For the browser of the user who started it, and for nobody else.',
          },
        },
      },
      SystemToolConnection: {
        type: 'object',
        additionalProperties: false,
        required: ['tool', 'authorization'],
        properties: {
          tool: {
            $ref: '#/components/schemas/SystemTool',
          },
          authorization: {
            description: 'The sign-in that has to happen first; null where none has to.',
            anyOf: [
              {
                $ref: '#/components/schemas/StartedAuthorization',
              },
              {
                type: 'null',
              },
            ],
          },
        },
      },
      ConnectorStatus: {
        description:
          '`DISABLED` by its owner; else `ENABLED`, `ERROR` (see `last_error`) or `NEEDS_AUTH` (new credentials are needed).\n',
        type: 'string',
        'x-extensible-enum': ['ENABLED', 'DISABLED', 'ERROR', 'NEEDS_AUTH'],
      },
      ServerInfo: {
        description: 'What the MCP server says of itself.',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'version', 'title'],
        properties: {
          name: {
            type: 'string',
          },
          version: {
            type: 'string',
          },
          title: {
            type: ['string', 'null'],
          },
        },
      },
      CredentialMetadata: {
        description: 'What is known of the stored credentials; never the secret.',
        type: 'object',
        additionalProperties: false,
        required: [
          'kind',
          'grant_type',
          'header_names',
          'state',
          'expires_at',
          'missing_scopes',
          'deletion_due_at',
          'updated_at',
        ],
        properties: {
          kind: {
            type: 'string',
            'x-extensible-enum': ['bearer', 'headers', 'oauth2'],
          },
          grant_type: {
            description:
              "How the tokens of `oauth2` came to be: `authorization_code` where a person signed in, `client_credentials` where the project's\nown client got them. null for credentials of other kinds.\n",
            type: ['string', 'null'],
            'x-extensible-enum': ['authorization_code', 'client_credentials'],
          },
          header_names: {
            type: 'array',
            items: {
              type: 'string',
            },
          },
          state: {
            description: '`refused` where the server took a sign-in back: only a new one helps.',
            type: 'string',
            'x-extensible-enum': ['active', 'refused'],
          },
          expires_at: {
            description:
              'When the token ends that is used now; it is renewed before. null where the credentials do not say.',
            type: ['string', 'null'],
            format: 'date-time',
          },
          missing_scopes: {
            description:
              'Rights that the server wanted in a call, and that the sign-in did not bring; the next one asks for them as well.',
            type: 'array',
            items: {
              type: 'string',
            },
          },
          deletion_due_at: {
            description:
              'From when on they are deleted, because their connector is disabled: enabling or testing it, or entering others, puts that off.\nnull where they are kept.\n',
            type: ['string', 'null'],
            format: 'date-time',
          },
          updated_at: {
            type: 'string',
            format: 'date-time',
          },
        },
      },
      Connector: {
        type: 'object',
        additionalProperties: false,
        required: [
          'id',
          'name',
          'slug',
          'project_id',
          'credential_mode',
          'source',
          'entry_key',
          'server_url',
          'transport',
          'auth_type',
          'status',
          'last_error',
          'server_info',
          'protocol_version',
          'tool_count',
          'credentials',
          'call_timeout_seconds',
          'version',
          'last_tested_at',
          'created_at',
          'updated_at',
        ],
        properties: {
          id: {
            type: 'string',
            format: 'uuid',
          },
          name: {
            type: 'string',
          },
          slug: {
            type: 'string',
            description:
              'The prefix of its tool names, as in `slug__tool`. Stays when the connector is renamed.',
          },
          project_id: {
            type: ['string', 'null'],
            description: "The project it belongs to; null for one of the caller's own.",
          },
          credential_mode: {
            type: 'string',
            'x-extensible-enum': ['shared', 'personal'],
            description:
              'With `personal`, `credentials`, `status` and `last_error` tell of those of the caller: `NEEDS_AUTH` until the caller has entered\nsome, or signed in.\n',
          },
          source: {
            type: 'string',
            'x-extensible-enum': ['own', 'catalog', 'system'],
            description:
              'Where it comes from: `own` was typed by its owner; `catalog` was switched on for the project, and `system` connected by the user,\nfrom the catalog, which decides its address, its transport and what is sent (`409`, `CONNECTOR_MANAGED`, for who would change them).\n',
          },
          entry_key: {
            type: ['string', 'null'],
            description: 'The catalog entry that it is of; null for an own one.',
          },
          server_url: {
            type: 'string',
            description:
              'Of a server of the catalog everybody sees the scheme and the host only.\nMembers of a project who are no admins see the scheme and the host only, since the rest may carry a key. Empty where the stored address cannot be read any more; then the status is `ERROR`, and only a `PATCH` with a new `server_url`\n(and the credentials for it) makes the connector usable again.\n',
          },
          transport: {
            type: 'string',
            'x-extensible-enum': ['auto', 'streamable-http', 'sse'],
          },
          auth_type: {
            type: 'string',
            'x-extensible-enum': ['none', 'bearer', 'headers', 'oauth2'],
          },
          status: {
            $ref: '#/components/schemas/ConnectorStatus',
          },
          last_error: {
            anyOf: [
              {
                $ref: '#/components/schemas/ConnectorError',
              },
              {
                type: 'null',
              },
            ],
          },
          server_info: {
            anyOf: [
              {
                $ref: '#/components/schemas/ServerInfo',
              },
              {
                type: 'null',
              },
            ],
          },
          protocol_version: {
            type: ['string', 'null'],
            description: 'The MCP revision agreed on, as `2025-11-25`.',
          },
          tool_count: {
            type: 'integer',
            minimum: 0,
          },
          credentials: {
            anyOf: [
              {
                $ref: '#/components/schemas/CredentialMetadata',
              },
              {
                type: 'null',
              },
            ],
          },
          call_timeout_seconds: {
            type: 'integer',
            minimum: 1,
            maximum: 300,
            description: 'Seconds a tool call may take, connect included.',
          },
          version: {
            type: 'integer',
            minimum: 1,
            description: 'Counts the changes; the `ETag` is made of it.',
          },
          last_tested_at: {
            type: 'string',
            format: 'date-time',
          },
          created_at: {
            type: 'string',
            format: 'date-time',
          },
          updated_at: {
            type: 'string',
            format: 'date-time',
          },
        },
      },
      ConnectorPage: {
        type: 'object',
        additionalProperties: false,
        required: ['items', 'next_cursor'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/Connector',
            },
          },
          next_cursor: {
            type: ['string', 'null'],
            description: 'null on the last page.',
          },
        },
      },
      ConnectorName: {
        description:
          "Unique among the owner's connectors, whatever the case. No control characters, no space at either end.",
        type: 'string',
        minLength: 1,
        maxLength: 100,
        pattern:
          '^[^\\s\\x00-\\x1f\\x7f-\\x9f](?:[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?$',
      },
      ServerUrl: {
        description:
          'The MCP endpoint, `https://…`. What is not a usable URL gets the verdict `INVALID_URL`. Only the owner sees it whole.\n',
        type: 'string',
        minLength: 1,
        maxLength: 2048,
      },
      Transport: {
        description: 'How to talk to the server; `auto` finds out.',
        type: 'string',
        enum: ['auto', 'streamable-http', 'sse'],
      },
      AuthType: {
        description:
          'How the server authenticates us. `oauth2` comes from signing in (`POST /api/oauth/authorizations`) and cannot be set; a test with\nit tells how to sign in.\n',
        type: 'string',
        enum: ['none', 'bearer', 'headers', 'oauth2'],
      },
      BearerCredentials: {
        description: 'Sent as `Authorization` with the scheme Bearer.',
        type: 'object',
        additionalProperties: false,
        required: ['token'],
        properties: {
          token: {
            type: 'string',
            minLength: 1,
            maxLength: 8192,
            pattern: '^[\\x21-\\x7e]+$',
            writeOnly: true,
          },
        },
      },
      HeaderCredentials: {
        description:
          'Sent as they are. At most 20 headers and 8 KB. `Host`, hop-by-hop, `Forwarded`, `X-Forwarded-*`, `Proxy-*`, `Mcp-*` and `Metadata*` are\nrefused (`CREDENTIALS_INVALID`).\n',
        type: 'object',
        additionalProperties: false,
        required: ['headers'],
        properties: {
          headers: {
            type: 'object',
            minProperties: 1,
            maxProperties: 20,
            propertyNames: {
              type: 'string',
              minLength: 1,
              maxLength: 128,
              pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
            },
            additionalProperties: {
              type: 'string',
              minLength: 1,
              maxLength: 8192,
              pattern: '^[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?$',
            },
            writeOnly: true,
          },
        },
      },
      Credentials: {
        description: 'The secret of a connector. Written, never read.',
        anyOf: [
          {
            $ref: '#/components/schemas/BearerCredentials',
          },
          {
            $ref: '#/components/schemas/HeaderCredentials',
          },
        ],
      },
      CredentialMode: {
        description:
          'Whose credentials are sent: with `shared` those that admins set, for every member; with `personal` those of each member, who enters\nthem or signs in, and for whom alone they act. `personal` needs a `project_id`; `shared` where it is absent. It stays as it is.\n',
        type: 'string',
        enum: ['shared', 'personal'],
      },
      ConnectorCreate: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'server_url'],
        properties: {
          name: {
            $ref: '#/components/schemas/ConnectorName',
          },
          server_url: {
            $ref: '#/components/schemas/ServerUrl',
          },
          transport: {
            $ref: '#/components/schemas/Transport',
          },
          auth_type: {
            $ref: '#/components/schemas/AuthType',
          },
          credentials: {
            $ref: '#/components/schemas/Credentials',
          },
          call_timeout_seconds: {
            description: 'Seconds a tool call may take, connect included. 60 where it is absent.',
            type: 'integer',
            minimum: 1,
            maximum: 300,
          },
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
          credential_mode: {
            $ref: '#/components/schemas/CredentialMode',
          },
        },
      },
      ConnectionTest: {
        type: 'object',
        additionalProperties: false,
        required: ['server_url'],
        properties: {
          name: {
            $ref: '#/components/schemas/ConnectorName',
          },
          server_url: {
            $ref: '#/components/schemas/ServerUrl',
          },
          transport: {
            $ref: '#/components/schemas/Transport',
          },
          auth_type: {
            $ref: '#/components/schemas/AuthType',
          },
          credentials: {
            $ref: '#/components/schemas/Credentials',
          },
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
        },
      },
      JsonObject: {
        description: 'A free-form JSON object.',
        type: 'object',
        additionalProperties: true,
      },
      DiscoveredTool: {
        description:
          'A tool as the server describes it. Untrusted text, cleaned of control characters.',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'title', 'description', 'input_schema', 'output_schema', 'annotations'],
        properties: {
          name: {
            type: 'string',
          },
          title: {
            type: ['string', 'null'],
          },
          description: {
            type: ['string', 'null'],
          },
          input_schema: {
            $ref: '#/components/schemas/JsonObject',
          },
          output_schema: {
            anyOf: [
              {
                $ref: '#/components/schemas/JsonObject',
              },
              {
                type: 'null',
              },
            ],
          },
          annotations: {
            anyOf: [
              {
                $ref: '#/components/schemas/JsonObject',
              },
              {
                type: 'null',
              },
            ],
          },
        },
      },
      ToolWarning: {
        description: 'A tool that was left out, and why.',
        type: 'object',
        additionalProperties: false,
        required: ['tool', 'message'],
        properties: {
          tool: {
            type: 'string',
          },
          message: {
            type: 'string',
          },
        },
      },
      SignInOffer: {
        description: 'How to sign in to a server that asks for it, as it was discovered.',
        type: 'object',
        additionalProperties: false,
        required: ['issuer', 'scopes', 'registration'],
        properties: {
          issuer: {
            type: 'string',
            description: 'The authorization server.',
          },
          scopes: {
            type: 'array',
            items: {
              type: 'string',
            },
            description: 'What would be asked for; empty where the server does not say.',
          },
          registration: {
            description:
              'How this service can become known to the authorization server, the first one first: `operator` (it is known already),\n`metadata_document` and `dynamic` need nobody; `manual` needs a client that the user registers there.\n',
            type: 'array',
            items: {
              type: 'string',
              'x-extensible-enum': ['operator', 'metadata_document', 'dynamic', 'manual'],
            },
          },
        },
      },
      ConnectionTestReport: {
        type: 'object',
        additionalProperties: false,
        required: [
          'success',
          'error_code',
          'error_message',
          'tools',
          'warnings',
          'server_info',
          'protocol_version',
          'latency_ms',
          'attempts',
          'sign_in',
        ],
        properties: {
          success: {
            type: 'boolean',
          },
          error_code: {
            anyOf: [
              {
                $ref: '#/components/schemas/TestErrorCode',
              },
              {
                type: 'null',
              },
            ],
          },
          error_message: {
            type: ['string', 'null'],
            description: 'What the user can do.',
          },
          tools: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/DiscoveredTool',
            },
          },
          warnings: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ToolWarning',
            },
          },
          server_info: {
            anyOf: [
              {
                $ref: '#/components/schemas/ServerInfo',
              },
              {
                type: 'null',
              },
            ],
          },
          protocol_version: {
            type: ['string', 'null'],
          },
          latency_ms: {
            type: 'integer',
            minimum: 0,
            description: 'How long the last attempt took.',
          },
          attempts: {
            type: 'integer',
            minimum: 0,
            maximum: 2,
            description: '0 where no connection was tried.',
          },
          sign_in: {
            description: 'With `AUTH_REQUIRED`, where the server says how to sign in; else null.',
            anyOf: [
              {
                $ref: '#/components/schemas/SignInOffer',
              },
              {
                type: 'null',
              },
            ],
          },
        },
      },
      ConnectorUpdate: {
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        properties: {
          name: {
            $ref: '#/components/schemas/ConnectorName',
          },
          server_url: {
            $ref: '#/components/schemas/ServerUrl',
          },
          transport: {
            $ref: '#/components/schemas/Transport',
          },
          auth_type: {
            $ref: '#/components/schemas/AuthType',
          },
          credentials: {
            $ref: '#/components/schemas/Credentials',
          },
          call_timeout_seconds: {
            description: 'Seconds a tool call may take, connect included.',
            type: 'integer',
            minimum: 1,
            maximum: 300,
          },
        },
      },
      ConnectorStatusChange: {
        type: 'object',
        additionalProperties: false,
        required: ['status'],
        properties: {
          status: {
            type: 'string',
            enum: ['ENABLED', 'DISABLED'],
          },
        },
      },
      ToolDifference: {
        description:
          'One place where two definitions differ. What servers wrote stands in `before` and `after` only, as data.',
        type: 'object',
        additionalProperties: false,
        required: ['field', 'pointer', 'kind', 'before', 'after', 'is_cut'],
        properties: {
          field: {
            description: 'The part of the definition.',
            type: 'string',
            'x-extensible-enum': [
              'name',
              'title',
              'description',
              'input_schema',
              'output_schema',
              'annotations',
            ],
          },
          pointer: {
            type: 'string',
            description:
              'A JSON pointer into the field, as `/properties/path/description`; empty for all of it.',
          },
          kind: {
            type: 'string',
            'x-extensible-enum': ['added', 'removed', 'changed'],
          },
          before: {
            type: ['string', 'null'],
            description:
              'The text; of schemas and annotations the value as JSON. Null where it was not there. At most 2,000 characters. Long\ntexts that differ are shown from where they begin to differ to where they cease, in as many differences as that takes.\n',
          },
          after: {
            type: ['string', 'null'],
            description: 'As `before`.',
          },
          is_cut: {
            type: 'boolean',
            description: '`before` or `after` is not shown in full.',
          },
        },
      },
      ToolChange: {
        description:
          'What is different from the definition that was approved last, or offered before.',
        type: 'object',
        additionalProperties: false,
        required: ['differences', 'omitted'],
        properties: {
          differences: {
            description:
              'At most 100, and at most 20,000 characters of `before` and `after` together.',
            type: 'array',
            items: {
              $ref: '#/components/schemas/ToolDifference',
            },
          },
          omitted: {
            type: 'integer',
            minimum: 0,
            description: 'How many more there are, as far as they were counted.',
          },
        },
      },
      ConnectorTool: {
        type: 'object',
        additionalProperties: false,
        required: [
          'id',
          'name',
          'exposed_name',
          'title',
          'description',
          'input_schema',
          'output_schema',
          'annotations',
          'definition_hash',
          'enabled',
          'state',
          'held_back',
          'approved_at',
          'change',
          'version',
          'updated_at',
        ],
        properties: {
          id: {
            type: 'string',
            format: 'uuid',
          },
          name: {
            type: 'string',
            description: 'As the server calls it.',
          },
          exposed_name: {
            type: 'string',
            description: 'As agents call it: `slug__tool`, at most 64 characters.',
          },
          title: {
            type: ['string', 'null'],
          },
          description: {
            type: ['string', 'null'],
          },
          input_schema: {
            $ref: '#/components/schemas/JsonObject',
          },
          output_schema: {
            anyOf: [
              {
                $ref: '#/components/schemas/JsonObject',
              },
              {
                type: 'null',
              },
            ],
          },
          annotations: {
            anyOf: [
              {
                $ref: '#/components/schemas/JsonObject',
              },
              {
                type: 'null',
              },
            ],
          },
          definition_hash: {
            type: 'string',
            description: 'SHA-256 of the definition, in hex.',
          },
          enabled: {
            type: 'boolean',
            description: 'Switched on by its owner.',
          },
          state: {
            description:
              '`approved`, by a person or by the policy of the installation; `new`: nobody approved its first definition; `changed`: its\nserver changed it since; `moved`: the URL of the connector changed since.\n',
            type: 'string',
            'x-extensible-enum': ['approved', 'new', 'changed', 'moved'],
          },
          held_back: {
            type: 'boolean',
            description: 'Agents do not get it until it is approved.',
          },
          approved_at: {
            type: ['string', 'null'],
            format: 'date-time',
            description: 'When a definition of it was approved last, be it another one.',
          },
          change: {
            description: 'Null where it is approved, or there is nothing to compare with.',
            anyOf: [
              {
                $ref: '#/components/schemas/ToolChange',
              },
              {
                type: 'null',
              },
            ],
          },
          version: {
            type: 'integer',
            minimum: 1,
            description: 'Counts the changes; the `ETag` is made of it.',
          },
          updated_at: {
            type: 'string',
            format: 'date-time',
          },
        },
      },
      ConnectorToolPage: {
        type: 'object',
        additionalProperties: false,
        required: ['items', 'next_cursor'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ConnectorTool',
            },
          },
          next_cursor: {
            type: ['string', 'null'],
            description: 'null on the last page.',
          },
        },
      },
      ConnectorToolUpdate: {
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        properties: {
          enabled: {
            type: 'boolean',
            description: 'Whether agents may get the tool.',
          },
          approved_definition_hash: {
            description: 'The `definition_hash` that somebody has looked at and approves.',
            type: 'string',
            minLength: 64,
            maxLength: 64,
            pattern: '^[0-9a-f]{64}$',
          },
        },
      },
      ToolApproval: {
        description: 'One definition that somebody has looked at and approves.',
        type: 'object',
        additionalProperties: false,
        required: ['tool_id', 'definition_hash'],
        properties: {
          tool_id: {
            type: 'string',
            format: 'uuid',
          },
          definition_hash: {
            description: 'As it was looked at.',
            type: 'string',
            minLength: 64,
            maxLength: 64,
            pattern: '^[0-9a-f]{64}$',
          },
        },
      },
      ToolApprovals: {
        type: 'object',
        additionalProperties: false,
        required: ['approvals'],
        properties: {
          approvals: {
            type: 'array',
            minItems: 1,
            maxItems: 500,
            items: {
              $ref: '#/components/schemas/ToolApproval',
            },
          },
        },
      },
      ApprovedTool: {
        type: 'object',
        additionalProperties: false,
        required: ['tool_id', 'exposed_name', 'definition_hash', 'version'],
        properties: {
          tool_id: {
            type: 'string',
            format: 'uuid',
          },
          exposed_name: {
            type: 'string',
            description: 'As agents call it.',
          },
          definition_hash: {
            type: 'string',
            description: 'SHA-256 of the definition, in hex.',
          },
          version: {
            type: 'integer',
            minimum: 1,
            description: 'Of the tool; the `ETag` is made of it.',
          },
        },
      },
      ApprovedTools: {
        type: 'object',
        additionalProperties: false,
        required: ['items'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ApprovedTool',
            },
            description: 'In the order of the request.',
          },
        },
      },
      SignInDraft: {
        description: 'A server that is not saved yet.',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'server_url'],
        properties: {
          name: {
            $ref: '#/components/schemas/ConnectorName',
          },
          server_url: {
            $ref: '#/components/schemas/ServerUrl',
          },
          transport: {
            $ref: '#/components/schemas/Transport',
          },
          call_timeout_seconds: {
            description: 'Seconds a tool call may take, connect included. 60 where it is absent.',
            type: 'integer',
            minimum: 1,
            maximum: 300,
          },
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
          credential_mode: {
            $ref: '#/components/schemas/CredentialMode',
          },
        },
      },
      PrivateKey: {
        description:
          'In place of a secret: the key that the client signs with (`private_key_jwt`), as PEM, without a passphrase. RSA of 2,048 to 8,192 bits,\nP-256, P-384, P-521 or Ed25519.\n',
        type: 'string',
        minLength: 1,
        maxLength: 8192,
        pattern: '^[\\x20-\\x7e\\r\\n]+$',
        writeOnly: true,
      },
      KeyId: {
        type: 'string',
        minLength: 1,
        maxLength: 256,
        pattern: '^[\\x20-\\x7e]+$',
        description: 'Names the key to a server that knows several.',
      },
      OAuthClient: {
        description:
          'A client that the user registered with the authorization server. Written, never read.',
        type: 'object',
        additionalProperties: false,
        required: ['client_id'],
        properties: {
          client_id: {
            type: 'string',
            minLength: 1,
            maxLength: 1024,
            pattern: '^[\\x20-\\x7e]+$',
          },
          client_secret: {
            type: 'string',
            minLength: 1,
            maxLength: 1024,
            pattern: '^[\\x20-\\x7e]+$',
            writeOnly: true,
          },
          private_key: {
            $ref: '#/components/schemas/PrivateKey',
          },
          key_id: {
            $ref: '#/components/schemas/KeyId',
          },
        },
      },
      AuthorizationCreate: {
        description: 'Either `connector_id` or `draft`.',
        type: 'object',
        additionalProperties: false,
        properties: {
          connector_id: {
            type: 'string',
            format: 'uuid',
            description: 'The connector to sign in to.',
          },
          draft: {
            $ref: '#/components/schemas/SignInDraft',
          },
          client: {
            $ref: '#/components/schemas/OAuthClient',
          },
          return_url: {
            description:
              'Where the browser goes in the end: one of the pages that the operator allows, exactly. The first of them where it is absent.\n',
            type: 'string',
            minLength: 1,
            maxLength: 2048,
          },
        },
      },
      Authorization: {
        description: 'A sign-in.',
        type: 'object',
        additionalProperties: false,
        required: [
          'id',
          'status',
          'issuer',
          'connector_id',
          'error_code',
          'created_at',
          'expires_at',
        ],
        properties: {
          id: {
            type: 'string',
            format: 'uuid',
          },
          status: {
            description:
              '`pending` until the browser is back, `returned` until it is completed, then `completed`; `failed` where the authorization server\ndeclined, `expired` where it took too long.\n',
            type: 'string',
            'x-extensible-enum': ['pending', 'returned', 'completed', 'failed', 'expired'],
          },
          issuer: {
            type: 'string',
            description: 'The authorization server.',
          },
          connector_id: {
            type: ['string', 'null'],
            format: 'uuid',
            description: 'null until a new connector is saved.',
          },
          error_code: {
            description: 'Why it failed, as the `reason` of `SIGN_IN_FAILED`, or `ACCESS_DENIED`.',
            type: ['string', 'null'],
          },
          created_at: {
            type: 'string',
            format: 'date-time',
          },
          expires_at: {
            type: 'string',
            format: 'date-time',
          },
        },
      },
      AuthorizationCompletion: {
        type: 'object',
        additionalProperties: false,
        required: ['handle'],
        properties: {
          handle: {
            type: 'string',
            minLength: 1,
            maxLength: 256,
            pattern: '^[A-Za-z0-9_-]+$',
            description: 'What the browser came back with.',
          },
        },
      },
      Issuer: {
        description:
          'The authorization server that the client is registered with, as `issuer` of `sign_in` in the report of a test. The secret is sent\nnowhere else: where the server names another one, nothing is.\n',
        type: 'string',
        minLength: 1,
        maxLength: 2048,
        pattern: '^https?://[\\x21-\\x7e]+$',
      },
      ServiceClientWithSecret: {
        type: 'object',
        additionalProperties: false,
        required: ['issuer', 'client_id', 'client_secret'],
        properties: {
          issuer: {
            $ref: '#/components/schemas/Issuer',
          },
          client_id: {
            type: 'string',
            minLength: 1,
            maxLength: 1024,
            pattern: '^[\\x20-\\x7e]+$',
          },
          client_secret: {
            type: 'string',
            minLength: 1,
            maxLength: 1024,
            pattern: '^[\\x20-\\x7e]+$',
            writeOnly: true,
          },
        },
      },
      ServiceClientWithKey: {
        type: 'object',
        additionalProperties: false,
        required: ['issuer', 'client_id', 'private_key'],
        properties: {
          issuer: {
            $ref: '#/components/schemas/Issuer',
          },
          client_id: {
            type: 'string',
            minLength: 1,
            maxLength: 1024,
            pattern: '^[\\x20-\\x7e]+$',
          },
          private_key: {
            $ref: '#/components/schemas/PrivateKey',
          },
          key_id: {
            $ref: '#/components/schemas/KeyId',
          },
        },
      },
      ServiceClient: {
        description:
          'A client that an admin of the project registered with the authorization server. Written, never read.',
        anyOf: [
          {
            $ref: '#/components/schemas/ServiceClientWithSecret',
          },
          {
            $ref: '#/components/schemas/ServiceClientWithKey',
          },
        ],
      },
      ServiceScopes: {
        description: 'What to ask for; what the server asks for where it is absent.',
        type: 'array',
        maxItems: 100,
        items: {
          type: 'string',
          minLength: 1,
          maxLength: 200,
          pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$',
        },
      },
      ServiceConnectionOfConnector: {
        description: 'For a saved connector.',
        type: 'object',
        additionalProperties: false,
        required: ['connector_id'],
        properties: {
          connector_id: {
            type: 'string',
            format: 'uuid',
            description: 'The connector.',
          },
          client: {
            $ref: '#/components/schemas/ServiceClient',
          },
          scopes: {
            $ref: '#/components/schemas/ServiceScopes',
          },
        },
      },
      ServiceDraft: {
        description: 'A server that is not saved yet, for a project. Its credentials are shared.',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'server_url', 'project_id'],
        properties: {
          name: {
            $ref: '#/components/schemas/ConnectorName',
          },
          server_url: {
            $ref: '#/components/schemas/ServerUrl',
          },
          transport: {
            $ref: '#/components/schemas/Transport',
          },
          call_timeout_seconds: {
            description: 'Seconds a tool call may take, connect included. 60 where it is absent.',
            type: 'integer',
            minimum: 1,
            maximum: 300,
          },
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
        },
      },
      ServiceConnectionOfDraft: {
        description: 'For a new connector.',
        type: 'object',
        additionalProperties: false,
        required: ['draft'],
        properties: {
          draft: {
            $ref: '#/components/schemas/ServiceDraft',
          },
          client: {
            $ref: '#/components/schemas/ServiceClient',
          },
          scopes: {
            $ref: '#/components/schemas/ServiceScopes',
          },
        },
      },
      ServiceConnection: {
        anyOf: [
          {
            $ref: '#/components/schemas/ServiceConnectionOfConnector',
          },
          {
            $ref: '#/components/schemas/ServiceConnectionOfDraft',
          },
        ],
      },
      McpTool: {
        description: "A tool in the protocol's own shape.",
        type: 'object',
        additionalProperties: false,
        required: ['name', 'inputSchema'],
        properties: {
          name: {
            type: 'string',
            pattern: '^[a-zA-Z0-9_-]{1,64}$',
          },
          title: {
            type: 'string',
          },
          description: {
            type: 'string',
          },
          inputSchema: {
            $ref: '#/components/schemas/JsonObject',
          },
          outputSchema: {
            $ref: '#/components/schemas/JsonObject',
          },
          annotations: {
            $ref: '#/components/schemas/JsonObject',
          },
        },
      },
      OpenAiTool: {
        description: "A function tool of OpenAI's Responses API.",
        type: 'object',
        additionalProperties: false,
        required: ['type', 'name', 'parameters', 'strict'],
        properties: {
          type: {
            const: 'function',
          },
          name: {
            type: 'string',
            pattern: '^[a-zA-Z0-9_-]{1,64}$',
          },
          description: {
            type: 'string',
            maxLength: 1024,
          },
          parameters: {
            $ref: '#/components/schemas/JsonObject',
          },
          strict: {
            const: false,
          },
        },
      },
      OpenAiChatTool: {
        description: "A tool of OpenAI's Chat Completions.",
        type: 'object',
        additionalProperties: false,
        required: ['type', 'function'],
        properties: {
          type: {
            const: 'function',
          },
          function: {
            type: 'object',
            additionalProperties: false,
            required: ['name', 'parameters'],
            properties: {
              name: {
                type: 'string',
                pattern: '^[a-zA-Z0-9_-]{1,64}$',
              },
              description: {
                type: 'string',
                maxLength: 1024,
              },
              parameters: {
                $ref: '#/components/schemas/JsonObject',
              },
            },
          },
        },
      },
      AnthropicTool: {
        description: "A tool of Anthropic's Messages API.",
        type: 'object',
        additionalProperties: false,
        required: ['name', 'input_schema'],
        properties: {
          name: {
            type: 'string',
            pattern: '^[a-zA-Z0-9_-]{1,64}$',
          },
          description: {
            type: 'string',
          },
          input_schema: {
            $ref: '#/components/schemas/JsonObject',
          },
        },
      },
      GeminiTool: {
        description: 'The one tool of Gemini that holds all functions.',
        type: 'object',
        additionalProperties: false,
        required: ['functionDeclarations'],
        properties: {
          functionDeclarations: {
            type: 'array',
            minItems: 1,
            maxItems: 512,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['name', 'description', 'parametersJsonSchema'],
              properties: {
                name: {
                  type: 'string',
                  pattern: '^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$',
                },
                description: {
                  type: 'string',
                },
                parametersJsonSchema: {
                  $ref: '#/components/schemas/JsonObject',
                },
              },
            },
          },
        },
      },
      AgentTool: {
        description: 'A tool in the shape that was asked for; all tools of a list have the same.',
        'x-chosen-by': {
          operation: 'getUserTools',
          query: 'format',
          values: ['mcp', 'openai', 'openai-chat', 'anthropic', 'gemini'],
        },
        anyOf: [
          {
            $ref: '#/components/schemas/McpTool',
          },
          {
            $ref: '#/components/schemas/OpenAiTool',
          },
          {
            $ref: '#/components/schemas/OpenAiChatTool',
          },
          {
            $ref: '#/components/schemas/AnthropicTool',
          },
          {
            $ref: '#/components/schemas/GeminiTool',
          },
        ],
      },
      ToolsetWarning: {
        description:
          'A tool that is not offered as its server describes it, or a list that was cut, and why.',
        type: 'object',
        additionalProperties: false,
        required: ['code', 'message', 'connector_id', 'tool'],
        properties: {
          code: {
            description:
              'Left out: `NAME_REFUSED`, `PARAMETER_REFUSED` (the provider does not accept the name of the tool or of a\nparameter it requires), `SCHEMA_IMPOSSIBLE` (no arguments can satisfy it), `SCHEMA_TOO_LARGE`. Offered, but\nnot in full: `PARAMETERS_DROPPED` (optional parameters), `DESCRIPTION_CUT`. About the list: `TOOL_LIMIT`. Of\nwhat its server says of the tool, which nobody has approved: `HELD_BACK` (left out), `UNAPPROVED` (offered). The\nlist of codes grows.\n',
            type: 'string',
            'x-extensible-enum': [
              'NAME_REFUSED',
              'PARAMETER_REFUSED',
              'SCHEMA_IMPOSSIBLE',
              'SCHEMA_TOO_LARGE',
              'PARAMETERS_DROPPED',
              'DESCRIPTION_CUT',
              'TOOL_LIMIT',
              'HELD_BACK',
              'UNAPPROVED',
            ],
          },
          message: {
            type: 'string',
          },
          connector_id: {
            type: ['string', 'null'],
            format: 'uuid',
          },
          tool: {
            type: ['string', 'null'],
            description: 'The name agents would call it by.',
          },
        },
      },
      ToolsetOutcome: {
        description: 'How fresh the tools of one connector are, and what to do where they are not.',
        type: 'object',
        additionalProperties: false,
        required: [
          'connector_id',
          'name',
          'slug',
          'project_id',
          'outcome',
          'code',
          'message',
          'tool_count',
          'held_tool_count',
          'discovered_at',
          'last_failed_at',
          'failing_since',
        ],
        properties: {
          connector_id: {
            type: 'string',
            format: 'uuid',
          },
          name: {
            type: 'string',
          },
          slug: {
            type: 'string',
          },
          project_id: {
            type: ['string', 'null'],
            description: "The project it belongs to; null for one of the user's own.",
          },
          outcome: {
            description:
              '`ok`; `stale`: the last test failed, the tools are those of the last good discovery, as of `discovered_at`;\n`needs_auth`: calls will fail until the owner signs in again, as `message` says; `error`: the last test failed,\nand there is no tool to fall back on.\n',
            type: 'string',
            'x-extensible-enum': ['ok', 'stale', 'needs_auth', 'error'],
          },
          code: {
            anyOf: [
              {
                $ref: '#/components/schemas/TestErrorCode',
              },
              {
                type: 'null',
              },
            ],
          },
          message: {
            type: ['string', 'null'],
            description: 'What the user can do.',
          },
          tool_count: {
            type: 'integer',
            minimum: 0,
            description: 'Tools that agents get, before the list is cut.',
          },
          held_tool_count: {
            type: 'integer',
            minimum: 0,
            description: 'Tools that are left out until their owner approves them.',
          },
          discovered_at: {
            type: ['string', 'null'],
            format: 'date-time',
            description: 'When the tools were last discovered.',
          },
          last_failed_at: {
            type: ['string', 'null'],
            format: 'date-time',
            description: 'When the server was last found failing; null while it is well.',
          },
          failing_since: {
            type: ['string', 'null'],
            format: 'date-time',
            description: 'The first failure since the server last worked; null while it is well.',
          },
        },
      },
      Toolset: {
        type: 'object',
        additionalProperties: false,
        required: [
          'tools',
          'tool_choice',
          'instructions',
          'definition_hashes',
          'warnings',
          'outcomes',
          'content_hash',
        ],
        properties: {
          tools: {
            description:
              'Sorted by name. In the format `gemini` one tool holds them all, or there is none.',
            type: 'array',
            items: {
              $ref: '#/components/schemas/AgentTool',
            },
          },
          tool_choice: {
            description:
              "Makes the model use the `selected_tool`. OpenAI and Anthropic: the request's `tool_choice`; Gemini: its\n`toolConfig`. Null without one, and in the format `mcp`.\n",
            anyOf: [
              {
                $ref: '#/components/schemas/JsonObject',
              },
              {
                type: 'null',
              },
            ],
          },
          instructions: {
            description:
              'Put it before the system prompt, so that the model uses the `selected_tool`. Null without one. It holds\nnothing that a server wrote.\n',
            type: ['string', 'null'],
          },
          definition_hashes: {
            description:
              'The hash of the definition of each tool in the list, by its name; the same in every format. Send it back as\n`definition_hash` of a call to be refused (`TOOL_CHANGED`) where the tool is not the one the agent knows.\n',
            type: 'object',
            additionalProperties: {
              type: 'string',
              description: 'SHA-256 of the definition, in hex.',
            },
          },
          warnings: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ToolsetWarning',
            },
          },
          outcomes: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ToolsetOutcome',
            },
          },
          content_hash: {
            type: 'string',
            description:
              'SHA-256 of the tools alone, in hex: equal while an agent sees the same tools.',
          },
        },
      },
      ToolMatch: {
        description: 'A tool that a search found.',
        type: 'object',
        additionalProperties: false,
        required: ['tool', 'definition_hash', 'connector_id', 'connector_name', 'outcome', 'score'],
        properties: {
          tool: {
            $ref: '#/components/schemas/McpTool',
          },
          definition_hash: {
            type: 'string',
            description: 'SHA-256 of the definition, in hex; for calls.',
          },
          connector_id: {
            type: 'string',
            format: 'uuid',
          },
          connector_name: {
            type: 'string',
          },
          outcome: {
            description: 'How fresh the tools of its connector are, as in the list of tools.',
            type: 'string',
            'x-extensible-enum': ['ok', 'stale', 'needs_auth', 'error'],
          },
          score: {
            type: 'number',
            description: 'Higher is better; comparable within one answer only.',
          },
        },
      },
      ToolMatches: {
        type: 'object',
        additionalProperties: false,
        required: ['items'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ToolMatch',
            },
          },
        },
      },
      ToolPreflight: {
        type: 'object',
        additionalProperties: false,
        required: ['names'],
        properties: {
          names: {
            description: 'The tools that are asked about.',
            type: 'array',
            minItems: 1,
            maxItems: 64,
            items: {
              type: 'string',
              minLength: 1,
              maxLength: 128,
              pattern: '^[^\\x00-\\x1f\\x7f]+$',
            },
          },
          definition_hashes: {
            description:
              'The definitions the agent knows, by name, as in the list of tools. A tool whose definition is another one by now is `TOOL_CHANGED`.\n',
            type: 'object',
            maxProperties: 64,
            additionalProperties: {
              type: 'string',
              minLength: 64,
              maxLength: 64,
              pattern: '^[0-9a-f]{64}$',
            },
          },
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
        },
      },
      ToolReadiness: {
        description: 'Whether one tool can be called now, or why not.',
        type: 'object',
        additionalProperties: false,
        required: [
          'name',
          'ready',
          'outcome',
          'connector_id',
          'definition_hash',
          'code',
          'detail',
          'retryable',
          'retry_after_seconds',
          'action',
          'nearest',
        ],
        properties: {
          name: {
            type: 'string',
            description: 'As it was asked.',
          },
          ready: {
            type: 'boolean',
          },
          outcome: {
            description:
              'How its connector was last found, as in the list of tools. With `stale` the tool is ready, but its server failed lately, as `detail` says.\nNull where there is no such tool.\n',
            type: ['string', 'null'],
            'x-extensible-enum': ['ok', 'stale', 'needs_auth', 'error'],
          },
          connector_id: {
            type: ['string', 'null'],
            format: 'uuid',
          },
          definition_hash: {
            type: ['string', 'null'],
            description: 'SHA-256 of the definition now, in hex; for calls.',
          },
          code: {
            description:
              'Why not, as a call would answer: `TOOL_NOT_FOUND`, `CONNECTOR_DISABLED`, `NEEDS_AUTH`, `TOOL_CHANGED`, or `UPSTREAM_UNREACHABLE` while its\nserver is not asked after several failures in a row.\n',
            anyOf: [
              {
                $ref: '#/components/schemas/ErrorCode',
              },
              {
                type: 'null',
              },
            ],
          },
          detail: {
            type: ['string', 'null'],
            description: 'What to do, for people. Nothing that a server wrote.',
          },
          retryable: {
            type: 'boolean',
            description: 'It may be ready later without anybody doing anything.',
          },
          retry_after_seconds: {
            type: ['integer', 'null'],
            minimum: 1,
            description: 'When to ask again, where that is known.',
          },
          action: {
            description: 'What has to happen, for programs. The list grows.',
            type: ['string', 'null'],
            'x-extensible-enum': [
              'choose_another_tool',
              'enable_connector',
              'enable_tool',
              'approve_tool',
              'renew_credentials',
              'read_tools_again',
              'wait',
            ],
          },
          nearest: {
            description:
              'Names of tools that are ready, most like this one; at most five. None for a tool that is ready itself.',
            type: 'array',
            items: {
              type: 'string',
            },
          },
        },
      },
      ToolPreflightReport: {
        type: 'object',
        additionalProperties: false,
        required: ['ready', 'items'],
        properties: {
          ready: {
            type: 'boolean',
            description: 'All of them are ready.',
          },
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ToolReadiness',
            },
          },
        },
      },
      ToolCall: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: {
            type: 'string',
            minLength: 1,
            maxLength: 64,
            pattern: '^[a-zA-Z0-9_-]+$',
          },
          arguments: {
            $ref: '#/components/schemas/JsonObject',
          },
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
          definition_hash: {
            description:
              'The hash of the tool as the agent knows it, from `definition_hashes` of the list. Where the stored definition is another one, nothing is called\n(`TOOL_CHANGED`).\n',
            type: 'string',
            minLength: 64,
            maxLength: 64,
            pattern: '^[0-9a-f]{64}$',
          },
        },
      },
      ProtocolError: {
        description:
          'The JSON-RPC error the server answered instead of a result. Its text is untrusted.',
        type: 'object',
        additionalProperties: false,
        required: ['code', 'message'],
        properties: {
          code: {
            type: 'integer',
          },
          message: {
            type: 'string',
          },
        },
      },
      ToolCallResult: {
        type: 'object',
        additionalProperties: false,
        required: [
          'content',
          'structured_content',
          'is_error',
          'protocol_error',
          'meta',
          'connector_id',
          'tool',
          'duration_ms',
        ],
        properties: {
          content: {
            description: "The content blocks of the tool's result, unchanged.",
            type: 'array',
            items: {
              $ref: '#/components/schemas/JsonObject',
            },
          },
          structured_content: {
            anyOf: [
              {
                $ref: '#/components/schemas/JsonObject',
              },
              {
                type: 'null',
              },
            ],
          },
          is_error: {
            type: 'boolean',
            description: 'The tool or its server reports a failure.',
          },
          protocol_error: {
            anyOf: [
              {
                $ref: '#/components/schemas/ProtocolError',
              },
              {
                type: 'null',
              },
            ],
          },
          meta: {
            description:
              "`_meta` of the tool's result as its server sent it, for frontends and programs (what a widget shows, say), not for\nmodels; without keys of the protocol itself. null where there is none.\n",
            anyOf: [
              {
                $ref: '#/components/schemas/JsonObject',
              },
              {
                type: 'null',
              },
            ],
          },
          connector_id: {
            type: 'string',
            format: 'uuid',
          },
          tool: {
            type: 'string',
            description: "The tool's name on its server.",
          },
          duration_ms: {
            type: 'integer',
            minimum: 0,
          },
        },
      },
      ComposerTool: {
        description:
          "An entry, in the shape of ChatKit's `ToolOption`. Its texts name tools as their servers do; show them as text, never as markup.",
        type: 'object',
        additionalProperties: false,
        required: [
          'id',
          'label',
          'shortLabel',
          'icon',
          'placeholderOverride',
          'pinned',
          'persistent',
        ],
        properties: {
          id: {
            type: 'string',
            pattern: '^[a-zA-Z0-9_-]{1,64}$',
            description: 'The namespaced name of the tool.',
          },
          label: {
            type: 'string',
            description:
              'In the menu: the connector as its owner called it, and the tool as its server calls it.',
          },
          shortLabel: {
            type: 'string',
            description: 'On the button, when chosen.',
          },
          icon: {
            description: "One of ChatKit's icons.",
            type: 'string',
            enum: [
              'agent',
              'bolt',
              'book-open',
              'bug',
              'calendar',
              'chart',
              'cube',
              'document',
              'globe',
              'images',
              'mail',
              'maps',
              'notebook',
              'search',
              'square-code',
              'write',
            ],
          },
          placeholderOverride: {
            type: 'string',
            description: 'In the empty input, when chosen.',
          },
          pinned: {
            type: 'boolean',
          },
          persistent: {
            type: 'boolean',
          },
        },
      },
      Composer: {
        type: 'object',
        additionalProperties: false,
        required: ['tools', 'omitted', 'outcomes'],
        properties: {
          tools: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ComposerTool',
            },
          },
          omitted: {
            type: 'integer',
            minimum: 0,
            description: 'Tools that can be chosen but found no place within `limit`.',
          },
          outcomes: {
            description: 'How each connector is, also those without an entry.',
            type: 'array',
            items: {
              $ref: '#/components/schemas/ToolsetOutcome',
            },
          },
        },
      },
      ImportContent: {
        description:
          'The text of the file, or what it says as JSON. Only with the text a report has lines and columns, and names that are given twice are found.',
        anyOf: [
          {
            type: 'string',
            minLength: 1,
            maxLength: 262144,
          },
          {
            $ref: '#/components/schemas/JsonObject',
          },
        ],
      },
      ImportFile: {
        type: 'object',
        additionalProperties: false,
        required: ['content'],
        properties: {
          content: {
            $ref: '#/components/schemas/ImportContent',
          },
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
        },
      },
      ImportSecret: {
        description:
          'Something that the file only names, or a value in it that looks like a secret. Never the value.',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'place', 'header', 'source', 'required'],
        properties: {
          name: {
            type: 'string',
            description:
              'What `values` calls it, as `env:API_KEY`, `input:api-key`, `header:X-Api-Key` or `url`.',
          },
          place: {
            type: 'string',
            'x-extensible-enum': ['header', 'url'],
          },
          header: {
            type: ['string', 'null'],
            description: 'The header it is for.',
          },
          source: {
            description:
              "`env`: an environment variable of the client; `input`: the client asks for it; `variable`: another one of the client's own; `file`: it stands in the file; `blank`: the file\nhas an example in its place, as `YOUR_API_KEY`.\n",
            type: 'string',
            'x-extensible-enum': ['env', 'input', 'variable', 'file', 'blank'],
          },
          required: {
            type: 'boolean',
            description: 'False where the file has a default.',
          },
        },
      },
      ImportSignIn: {
        description: 'What `draft` of `POST /api/oauth/authorizations` takes.',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'server_url', 'transport'],
        properties: {
          name: {
            type: 'string',
          },
          server_url: {
            type: 'string',
          },
          transport: {
            type: 'string',
            'x-extensible-enum': ['auto', 'streamable-http', 'sse'],
          },
          project_id: {
            type: 'string',
            description: 'Where it is imported into a project.',
          },
        },
      },
      ImportEntry: {
        type: 'object',
        additionalProperties: false,
        required: [
          'pointer',
          'line',
          'column',
          'name',
          'verdict',
          'code',
          'message',
          'server_origin',
          'transport',
          'secrets',
          'notes',
          'has_remote',
          'connector_id',
          'retry_after_seconds',
          'sign_in',
        ],
        properties: {
          pointer: {
            type: 'string',
            description: 'A JSON pointer to the entry in the file; what `entries` names it by.',
          },
          line: {
            type: ['integer', 'null'],
            minimum: 1,
            description:
              'Where the entry begins; null where the format or JSON content does not tell.',
          },
          column: {
            type: ['integer', 'null'],
            minimum: 1,
          },
          name: {
            type: 'string',
            description:
              'What the connector is called, or would be: the name in the file, cleaned, and with a number where another connector has it.',
          },
          verdict: {
            description:
              '`ready`: complete, not tested yet. `imported`: tested and saved. `already_connected`: see `connector_id`. `needs_secret`: `secrets` lists what is missing, or has to be agreed to.\n`needs_sign_in`: the server wants credentials that the file does not have; start with `sign_in`. `needs_runtime`: the entry names a program. `refused`: it\ncannot be imported as it is. `failed`: its server did not pass the test. `postponed`: not tested yet; try again.\n',
            type: 'string',
            'x-extensible-enum': [
              'ready',
              'imported',
              'already_connected',
              'needs_secret',
              'needs_sign_in',
              'needs_runtime',
              'refused',
              'failed',
              'postponed',
            ],
          },
          code: {
            description:
              'Why. Codes of errors as for a create (`CONNECTION_FAILED`, `BLOCKED_URL`, `CONNECTOR_LIMIT_REACHED`, …), and those of the file: `NAMES_COMMAND`; `HEADERS_FROM_COMMAND`: headers come\nfrom a program; `NO_ADDRESS`: neither address nor command; `UNSUPPORTED_TRANSPORT`; `GIVEN_TWICE`: a name stands there twice; `WRONG_TYPE`: a value is not of the type it has to\nbe; `NAME_TOO_LONG`; `TOO_MANY_SECRETS`; `NOT_IN_FILE`; `CHOSEN_TWICE`; `HEADER_NOT_ALLOWED`; `VALUE_UNUSABLE`: a header or the address cannot be made of the values.\n',
            type: ['string', 'null'],
          },
          message: {
            type: ['string', 'null'],
            description:
              'What the user can do, or what is wrong; never text of the file but names of secrets and headers.',
          },
          server_origin: {
            type: ['string', 'null'],
            description: 'Scheme, host and port of the server; null where there is none yet.',
          },
          transport: {
            type: ['string', 'null'],
            'x-extensible-enum': ['auto', 'streamable-http', 'sse'],
          },
          secrets: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ImportSecret',
            },
          },
          notes: {
            description:
              'What of the entry is not carried over: `HEADER_LEFT_OUT` (one that the service sets itself), `DISABLED_IN_FILE`, `TOOL_CHOICE_LEFT_OUT`, `SIGN_IN_SETTINGS_LEFT_OUT`.\n',
            type: 'array',
            items: {
              type: 'string',
              'x-extensible-enum': [
                'HEADER_LEFT_OUT',
                'DISABLED_IN_FILE',
                'TOOL_CHOICE_LEFT_OUT',
                'SIGN_IN_SETTINGS_LEFT_OUT',
              ],
            },
          },
          has_remote: {
            type: 'boolean',
            description:
              'With `needs_runtime`: its command only leads to a server with an address (`mcp-remote`), which can be imported with `as_remote`.',
          },
          connector_id: {
            type: ['string', 'null'],
            format: 'uuid',
            description: 'The connector that it became, or was already.',
          },
          retry_after_seconds: {
            type: ['integer', 'null'],
            minimum: 0,
            description: 'With `postponed`.',
          },
          sign_in: {
            description:
              'With `needs_sign_in`, unless something of the address was entered, or looks like a secret.',
            anyOf: [
              {
                $ref: '#/components/schemas/ImportSignIn',
              },
              {
                type: 'null',
              },
            ],
          },
        },
      },
      ImportReport: {
        type: 'object',
        additionalProperties: false,
        required: ['format', 'room', 'entries'],
        properties: {
          format: {
            type: 'string',
            description:
              'Where servers were found: `servers`, `mcpServers`, `mcp_servers`, or right at the top.',
            'x-extensible-enum': ['vscode', 'mcp-servers', 'codex', 'snippet'],
          },
          room: {
            type: 'integer',
            minimum: 0,
            description: 'How many more connectors the user may have.',
          },
          entries: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ImportEntry',
            },
          },
        },
      },
      ImportChoice: {
        description: 'An entry that is to be imported, and what the file does not say.',
        type: 'object',
        additionalProperties: false,
        required: ['pointer'],
        properties: {
          pointer: {
            type: 'string',
            minLength: 1,
            maxLength: 2000,
            description: 'As in the preview.',
          },
          name: {
            $ref: '#/components/schemas/ConnectorName',
          },
          values: {
            description:
              'By the `name` of a secret as the preview lists it. `header:X-Api-Key` is the whole value of that header, and `url` the whole address; either replaces what the file has there.\n',
            type: 'object',
            maxProperties: 40,
            propertyNames: {
              type: 'string',
              minLength: 1,
              maxLength: 200,
            },
            additionalProperties: {
              type: 'string',
              minLength: 1,
              maxLength: 8192,
            },
            writeOnly: true,
          },
          use_file_secrets: {
            type: 'boolean',
            description:
              'Take secrets that stand in the file itself. Without it they have to be entered.',
          },
          as_remote: {
            description:
              'Of an entry with `has_remote`, connect to the server that its command only leads to. The command is not run.',
            type: 'boolean',
          },
        },
      },
      ImportRequest: {
        type: 'object',
        additionalProperties: false,
        required: ['content', 'entries'],
        properties: {
          content: {
            $ref: '#/components/schemas/ImportContent',
          },
          project_id: {
            $ref: '#/components/schemas/ProjectId',
          },
          entries: {
            type: 'array',
            minItems: 1,
            maxItems: 10,
            items: {
              $ref: '#/components/schemas/ImportChoice',
            },
          },
        },
      },
      ExportVariable: {
        description: 'Something that the user enters in the client.',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'connector_id', 'place', 'header'],
        properties: {
          name: {
            type: 'string',
          },
          connector_id: {
            type: ['string', 'null'],
            format: 'uuid',
            description: 'Null for the endpoint of this service.',
          },
          place: {
            type: 'string',
            'x-extensible-enum': ['header', 'url'],
          },
          header: {
            type: ['string', 'null'],
          },
        },
      },
      ExportedFile: {
        type: 'object',
        additionalProperties: false,
        required: ['content', 'variables'],
        properties: {
          content: {
            type: 'string',
            description: 'The text of the file.',
          },
          variables: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ExportVariable',
            },
          },
        },
      },
      ExportOmission: {
        type: 'object',
        additionalProperties: false,
        required: ['connector_id', 'name', 'reason'],
        properties: {
          connector_id: {
            type: 'string',
            format: 'uuid',
          },
          name: {
            type: 'string',
          },
          reason: {
            type: 'string',
            description:
              '`disabled` by its owner; `unreadable`: its address cannot be read any more; `unsupported`: the client does not speak its transport; `managed`: it comes from the catalog, and only this service gets there.',
            'x-extensible-enum': ['disabled', 'unreadable', 'unsupported', 'managed'],
          },
        },
      },
      ConnectorExport: {
        type: 'object',
        additionalProperties: false,
        required: ['format', 'file_name', 'media_type', 'endpoint', 'servers', 'left_out'],
        properties: {
          format: {
            type: 'string',
            'x-extensible-enum': [
              'mcp-json',
              'claude-desktop',
              'claude-code',
              'cursor',
              'vscode',
              'codex',
            ],
          },
          file_name: {
            type: 'string',
            description: 'What the client calls such a file.',
          },
          media_type: {
            type: 'string',
            'x-extensible-enum': ['application/json', 'application/toml'],
          },
          endpoint: {
            anyOf: [
              {
                $ref: '#/components/schemas/ExportedFile',
              },
              {
                type: 'null',
              },
            ],
          },
          servers: {
            $ref: '#/components/schemas/ExportedFile',
          },
          left_out: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ExportOmission',
            },
            description: 'Connectors that are not in `servers`.',
          },
        },
      },
      EventTicket: {
        type: 'object',
        additionalProperties: false,
        required: ['ticket', 'expires_at'],
        properties: {
          ticket: {
            type: 'string',
            description: 'For `ticket` of `GET /api/events`, once.',
          },
          expires_at: {
            type: 'string',
            format: 'date-time',
          },
        },
      },
      Session: {
        description: 'A live connection of one user to one MCP server.',
        type: 'object',
        additionalProperties: false,
        required: [
          'user_id',
          'connector_id',
          'state',
          'server_origin',
          'era',
          'transport',
          'age_seconds',
          'idle_seconds',
          'in_use',
          'uses',
        ],
        properties: {
          user_id: {
            type: 'string',
          },
          connector_id: {
            type: 'string',
            format: 'uuid',
          },
          state: {
            description: '`draining` takes no new calls and closes when its last one ends.',
            type: 'string',
            'x-extensible-enum': ['connecting', 'open', 'draining'],
          },
          server_origin: {
            type: ['string', 'null'],
            description: 'Scheme, host and port of the server; null while it connects.',
          },
          era: {
            type: ['string', 'null'],
            'x-extensible-enum': ['legacy', 'modern'],
          },
          transport: {
            type: ['string', 'null'],
            'x-extensible-enum': ['streamable-http', 'sse'],
          },
          age_seconds: {
            type: 'integer',
            minimum: 0,
          },
          idle_seconds: {
            type: 'integer',
            minimum: 0,
            description: 'Since its last call ended; 0 while it is in use.',
          },
          in_use: {
            type: 'integer',
            minimum: 0,
            description: 'Calls under way.',
          },
          uses: {
            type: 'integer',
            minimum: 0,
            description: 'Calls so far, those under way included.',
          },
        },
      },
      SessionTotals: {
        description: 'Over the whole tenant on this replica, whatever was asked for.',
        type: 'object',
        additionalProperties: false,
        required: ['sessions', 'in_use', 'breakers_open'],
        properties: {
          sessions: {
            type: 'integer',
            minimum: 0,
          },
          in_use: {
            type: 'integer',
            minimum: 0,
          },
          breakers_open: {
            type: 'integer',
            minimum: 0,
          },
        },
      },
      CircuitBreaker: {
        description: 'A connector that is not called for a while because it failed.',
        type: 'object',
        additionalProperties: false,
        required: ['connector_id', 'state', 'last_error_code', 'retry_after_seconds'],
        properties: {
          connector_id: {
            type: 'string',
            format: 'uuid',
          },
          state: {
            description: '`open` lets nothing through, `half_open` one call, to see.',
            type: 'string',
            'x-extensible-enum': ['open', 'half_open'],
          },
          last_error_code: {
            $ref: '#/components/schemas/TestErrorCode',
          },
          retry_after_seconds: {
            type: 'integer',
            minimum: 0,
          },
        },
      },
      SessionPage: {
        type: 'object',
        additionalProperties: false,
        required: ['items', 'next_cursor', 'replica_id', 'totals', 'breakers'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/Session',
            },
          },
          next_cursor: {
            type: ['string', 'null'],
            description: 'Null on the last page.',
          },
          replica_id: {
            type: 'string',
            description: 'The replica that answered. A new id after each start.',
          },
          totals: {
            $ref: '#/components/schemas/SessionTotals',
          },
          breakers: {
            description: 'Those that are not closed, at most 100, the ones that failed last.',
            type: 'array',
            items: {
              $ref: '#/components/schemas/CircuitBreaker',
            },
          },
        },
      },
      ClosedSessions: {
        type: 'object',
        additionalProperties: false,
        required: ['closed', 'draining', 'replica_id'],
        properties: {
          closed: {
            type: 'integer',
            minimum: 0,
            description: 'Closed at once.',
          },
          draining: {
            type: 'integer',
            minimum: 0,
            description: 'Close when their calls end.',
          },
          replica_id: {
            type: 'string',
          },
        },
      },
      MemberRemoval: {
        description:
          'How much of a member was removed from a project. `sessions` are those of the replica that answered.',
        type: 'object',
        additionalProperties: false,
        required: ['credentials', 'grants_revoked', 'sessions'],
        properties: {
          credentials: {
            type: 'integer',
            minimum: 0,
            description: 'Sealed secrets of the member.',
          },
          grants_revoked: {
            type: 'integer',
            minimum: 0,
            description: 'Grants that their authorization server has revoked.',
          },
          sessions: {
            $ref: '#/components/schemas/ClosedSessions',
          },
        },
      },
      AuditText: {
        type: 'string',
        minLength: 1,
        maxLength: 255,
        pattern: '^[^\\x00-\\x1f\\x7f]+$',
      },
      ArgumentMember: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'type', 'size'],
        properties: {
          name: {
            type: 'string',
          },
          type: {
            type: 'string',
            'x-extensible-enum': ['null', 'boolean', 'number', 'string', 'array', 'object'],
          },
          size: {
            type: ['integer', 'null'],
            minimum: 0,
            description: 'Characters, items or members; null for other types.',
          },
        },
      },
      ArgumentShape: {
        type: 'object',
        additionalProperties: false,
        required: ['bytes', 'members', 'more'],
        properties: {
          bytes: {
            type: 'integer',
            minimum: 0,
            description: 'Of their JSON.',
          },
          members: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/ArgumentMember',
            },
          },
          more: {
            type: 'integer',
            minimum: 0,
            description:
              'Members that are not listed: beyond fifty, or with a name that is no plain word.',
          },
        },
      },
      AuditRecord: {
        type: 'object',
        additionalProperties: false,
        required: [
          'id',
          'at',
          'actor_id',
          'agent',
          'user_id',
          'project_id',
          'action',
          'object_kind',
          'object_id',
          'connector_id',
          'outcome',
          'request_id',
          'arguments',
        ],
        properties: {
          id: {
            type: 'string',
          },
          at: {
            type: 'string',
            format: 'date-time',
          },
          actor_id: {
            type: ['string', 'null'],
            description: 'Who sent the request; null for the service itself.',
          },
          agent: {
            type: ['string', 'null'],
            description: 'The agent that acted for them (`act.sub` of the token).',
          },
          user_id: {
            type: ['string', 'null'],
            description: 'For whom.',
          },
          project_id: {
            type: ['string', 'null'],
          },
          action: {
            type: 'string',
            description:
              'The operation, as in the log; of a request without the right to it, its `operationId`.',
          },
          object_kind: {
            type: ['string', 'null'],
            'x-extensible-enum': ['connector', 'tool', 'user', 'member'],
          },
          object_id: {
            type: ['string', 'null'],
          },
          connector_id: {
            type: ['string', 'null'],
          },
          outcome: {
            type: 'string',
            description: '`ok`, or how it failed: as in the log.',
          },
          request_id: {
            type: ['string', 'null'],
          },
          arguments: {
            description: 'Of a tool call, what its arguments looked like.',
            anyOf: [
              {
                $ref: '#/components/schemas/ArgumentShape',
              },
              {
                type: 'null',
              },
            ],
          },
        },
      },
      AuditPage: {
        type: 'object',
        additionalProperties: false,
        required: ['items', 'next_cursor'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/AuditRecord',
            },
          },
          next_cursor: {
            type: ['string', 'null'],
            description: 'null on the last page.',
          },
        },
      },
      UserErasure: {
        description:
          'How much of a user was erased. `sessions` are those of the replica that answered.',
        type: 'object',
        additionalProperties: false,
        required: [
          'connectors',
          'credentials',
          'tools',
          'sign_ins',
          'idempotency_records',
          'grants_revoked',
          'sessions',
        ],
        properties: {
          connectors: {
            type: 'integer',
            minimum: 0,
          },
          credentials: {
            type: 'integer',
            minimum: 0,
            description: 'Sealed secrets of connectors.',
          },
          tools: {
            type: 'integer',
            minimum: 0,
            description: 'Tools that were offered; what was remembered of removed ones went too.',
          },
          sign_ins: {
            type: 'integer',
            minimum: 0,
            description:
              'Sign-ins with OAuth that were under way or just over; their tokens are credentials.',
          },
          idempotency_records: {
            type: 'integer',
            minimum: 0,
            description: 'Kept answers of requests with an `Idempotency-Key`.',
          },
          grants_revoked: {
            type: 'integer',
            minimum: 0,
            description: 'Grants that their authorization server has revoked.',
          },
          sessions: {
            $ref: '#/components/schemas/ClosedSessions',
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
      Heartbeat: {
        type: 'object',
        additionalProperties: false,
        required: ['run_id', 'sequence', 'is_stopping', 'agent', 'servers'],
        properties: {
          run_id: {
            type: 'string',
            format: 'uuid',
            description: "Of the agent's process: another one after each start.",
          },
          sequence: {
            type: 'integer',
            minimum: 0,
            maximum: 9007199254740991,
            description: 'Grows with each heartbeat of a run.',
          },
          is_stopping: {
            type: 'boolean',
            description: 'This is the last one: the agent ends, and its servers with it.',
          },
          agent: {
            $ref: '#/components/schemas/AgentReport',
          },
          servers: {
            type: 'array',
            maxItems: 1000,
            items: {
              $ref: '#/components/schemas/AgentServer',
            },
          },
        },
      },
      Agent: {
        description: 'A deployment agent.',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'url', 'labels', 'state', 'seen_at', 'agent'],
        properties: {
          name: {
            $ref: '#/components/schemas/AgentName',
          },
          url: {
            type: 'string',
            description: 'Where the service reaches it.',
          },
          labels: {
            type: 'object',
            additionalProperties: {
              type: 'string',
            },
            description: "What the operator's file says of it.",
          },
          state: {
            description:
              '`alive`; `unreachable`, when three heartbeats did not come or it said that it ends; `never`, when none ever came.',
            type: 'string',
            'x-extensible-enum': ['alive', 'unreachable', 'never'],
          },
          seen_at: {
            description: 'When its last heartbeat came.',
            anyOf: [
              {
                type: 'string',
                format: 'date-time',
              },
              {
                type: 'null',
              },
            ],
          },
          agent: {
            description: 'As of then.',
            anyOf: [
              {
                $ref: '#/components/schemas/AgentReport',
              },
              {
                type: 'null',
              },
            ],
          },
        },
      },
      Agents: {
        type: 'object',
        additionalProperties: false,
        required: ['items'],
        properties: {
          items: {
            type: 'array',
            items: {
              $ref: '#/components/schemas/Agent',
            },
          },
        },
      },
    },
    parameters: {
      ProjectId: {
        name: 'project_id',
        in: 'query',
        required: true,
        description:
          'A project of the caller, as the claim `projects` of the token names it; any other is `404` (`PROJECT_NOT_FOUND`).',
        schema: {
          $ref: '#/components/schemas/ProjectId',
        },
        example: 'atlas',
      },
      Key: {
        name: 'key',
        in: 'path',
        required: true,
        description: 'The key of the entry, or a former one.',
        schema: {
          $ref: '#/components/schemas/CatalogKey',
        },
        example: 'github',
      },
      Limit: {
        name: 'limit',
        in: 'query',
        description: 'How many items a page holds at most.',
        schema: {
          type: 'integer',
          minimum: 1,
          maximum: 100,
          default: 50,
        },
      },
      Cursor: {
        name: 'cursor',
        in: 'query',
        description: 'The `next_cursor` of the page before; absent for the first page.',
        schema: {
          type: 'string',
          minLength: 1,
          maxLength: 1000,
          pattern: '^[A-Za-z0-9_-]+$',
        },
      },
      DeploymentId: {
        name: 'deployment_id',
        in: 'path',
        required: true,
        description:
          "The deployment's id, of a project of the caller. What changes it takes an admin, else `403` (`PROJECT_ADMIN_REQUIRED`).\n",
        schema: {
          type: 'string',
          format: 'uuid',
        },
        example: '9a1f5c1e-2f0e-4b7c-8d35-7c1f5f0a8f22',
      },
      SystemToolKey: {
        name: 'key',
        in: 'path',
        required: true,
        description: 'The key of the tool, or a former one.',
        schema: {
          $ref: '#/components/schemas/CatalogKey',
        },
        example: 'gmail',
      },
      IdempotencyKey: {
        name: 'Idempotency-Key',
        in: 'header',
        description:
          "A key of the caller's choice that makes a retry safe. The same key with the same body answers what the first\nrequest answered, for an hour; with another body it is refused (`IDEMPOTENCY_KEY_REUSED`). An answer of more than\n64 KB is not kept: then the same key gets `IDEMPOTENCY_NOT_REPLAYABLE`, and nothing runs again.\n",
        schema: {
          type: 'string',
          minLength: 1,
          maxLength: 255,
          pattern: '^[\\x21-\\x7e]+$',
        },
        example: '3b0f6e0a-4f7c-4a56-9f0f-5b9d8a1c2e3d',
      },
      ConnectorId: {
        name: 'connector_id',
        in: 'path',
        required: true,
        description:
          "The connector's id: one of the caller's own, or of a project of theirs. What changes one of a project takes its admin, else `403`\n(`PROJECT_ADMIN_REQUIRED`).\n",
        schema: {
          type: 'string',
          format: 'uuid',
        },
        example: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11',
      },
      IfMatch: {
        name: 'If-Match',
        in: 'header',
        description:
          'The `ETag` the change is based on. Where it is not current any more, the answer is `412`.',
        schema: {
          type: 'string',
          minLength: 1,
          maxLength: 1000,
          pattern: '^[\\x20-\\x7e]+$',
        },
        example: '"3"',
      },
      ToolId: {
        name: 'tool_id',
        in: 'path',
        required: true,
        description: "The tool's id; its names are not URL-safe.",
        schema: {
          type: 'string',
          format: 'uuid',
        },
        example: '2c9f8a52-3f0d-4a0b-9a53-0c3c5ad0b9f2',
      },
      AuthorizationId: {
        name: 'authorization_id',
        in: 'path',
        required: true,
        description: 'The id of the sign-in.',
        schema: {
          type: 'string',
          format: 'uuid',
        },
        example: '0b9d1f3a-55f0-4d39-9b0a-6f4f6f3f7c10',
      },
      UserId: {
        name: 'user_id',
        in: 'path',
        required: true,
        description: "The user's id, as in the token's `sub`; `me` is the caller.",
        schema: {
          type: 'string',
          minLength: 1,
          maxLength: 255,
          pattern: '^[^\\x00-\\x1f\\x7f]+$',
        },
        example: 'me',
      },
      'ProjectId-2': {
        name: 'project_id',
        in: 'query',
        description:
          "A project of the user, as the claim `projects` of the token names it; any other is `404` (`PROJECT_NOT_FOUND`).\nThe tools of its connectors are offered beside those of the user. Their names begin with `p--`, as no name of a user's own tool does.\n",
        schema: {
          $ref: '#/components/schemas/ProjectId',
        },
      },
      SessionUser: {
        name: 'user_id',
        in: 'query',
        description: 'Only the sessions of this user.',
        schema: {
          type: 'string',
          minLength: 1,
          maxLength: 255,
          pattern: '^[^\\x00-\\x1f\\x7f]+$',
        },
      },
      SessionConnector: {
        name: 'connector_id',
        in: 'query',
        description: 'Only the sessions with this connector.',
        schema: {
          type: 'string',
          format: 'uuid',
        },
      },
    },
    responses: {
      Unauthenticated: {
        description: 'The access token is missing, expired or not valid here (`UNAUTHENTICATED`).',
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
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      Forbidden: {
        description:
          'The access token lacks the scope of this operation (`FORBIDDEN`), or it takes an admin of the project and the token names the\ncaller as a member (`PROJECT_ADMIN_REQUIRED`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            examples: {
              scope: {
                summary: 'The scope is missing',
                value: {
                  type: '/errors/forbidden',
                  title: 'The access token does not allow this operation.',
                  status: 403,
                  code: 'FORBIDDEN',
                  detail: 'The token needs the scope connectors:write.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
              member: {
                summary: 'The caller is no admin of the project',
                value: {
                  type: '/errors/project-admin-required',
                  title: 'Only admins of the project may do this.',
                  status: 403,
                  code: 'PROJECT_ADMIN_REQUIRED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
        },
      },
      ProjectNotFound: {
        description: 'The token names no such project.',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/project-not-found',
              title: 'The access token names no such project.',
              status: 404,
              code: 'PROJECT_NOT_FOUND',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
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
      Unavailable: {
        description: 'The service is busy (`OVERLOADED`) or not ready (`NOT_READY`).',
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
              type: '/errors/not-ready',
              title: 'The service is not ready. Try again shortly.',
              status: 503,
              code: 'NOT_READY',
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
      TestLimited: {
        description:
          'Nothing was tested, and nothing has changed. The caller sends too many requests (`RATE_LIMITED`), or too many\nconnection tests are running or were started lately (`TEST_LIMIT_REACHED`): of this user (`limit` is `user`), of the\nsame server by anybody (`destination`), or of all (`service`). `Retry-After` says when to try again.\n',
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
            examples: {
              requests: {
                summary: 'Too many requests',
                value: {
                  type: '/errors/rate-limited',
                  title: 'Too many requests.',
                  status: 429,
                  code: 'RATE_LIMITED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
              user: {
                summary: 'Too many tests of this user',
                value: {
                  type: '/errors/test-limit-reached',
                  title: 'Too many connection tests are running.',
                  status: 429,
                  code: 'TEST_LIMIT_REACHED',
                  detail:
                    'Too many of your connection tests are running. Wait until some of them have ended, then try again.',
                  limit: 'user',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
              destination: {
                summary: 'Too many tests of this server',
                value: {
                  type: '/errors/test-limit-reached',
                  title: 'Too many connection tests are running.',
                  status: 429,
                  code: 'TEST_LIMIT_REACHED',
                  detail:
                    'This server has been tested too often in the last minute. Wait a moment, then try again.',
                  limit: 'destination',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
              service: {
                summary: 'Too many tests in total',
                value: {
                  type: '/errors/test-limit-reached',
                  title: 'Too many connection tests are running.',
                  status: 429,
                  code: 'TEST_LIMIT_REACHED',
                  detail:
                    'The service is running as many connection tests as it can. Try again in a few seconds.',
                  limit: 'service',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
        },
      },
      EntryNotFound: {
        description:
          'The token names no such project (`PROJECT_NOT_FOUND`), or the catalog has no such entry for projects (`CATALOG_ENTRY_NOT_FOUND`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/catalog-entry-not-found',
              title: 'There is no such entry in the catalog.',
              status: 404,
              code: 'CATALOG_ENTRY_NOT_FOUND',
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
      EnableConflict: {
        description:
          'The entry needs a feature that is not open (`CATALOG_ENTRY_CLOSED`), its server has to be deployed first (`DEPLOYMENT_REQUIRED`), or\nsomebody changed its connector meanwhile (`CONNECTOR_CHANGED`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/catalog-entry-closed',
              title: 'The entry needs a feature that is not open here.',
              status: 409,
              code: 'CATALOG_ENTRY_CLOSED',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      EnableRefused: {
        description:
          'Nothing was saved. The body does not match the contract (`VALIDATION_FAILED`), the settings do not fit (`SETTINGS_INVALID`, with a pointer\nfor each), or the server failed its test (the code of the test, as `CONNECTION_FAILED`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/settings-invalid',
              title: 'The settings do not fit the entry.',
              status: 422,
              code: 'SETTINGS_INVALID',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
              errors: [
                {
                  pointer: '/body/settings/token',
                  detail: 'is required',
                },
              ],
            },
          },
        },
      },
      NotEnabled: {
        description:
          'The project has not switched it on (`CATALOG_ENTRY_NOT_ENABLED`), it is disabled and cannot be synced (`CONNECTOR_DISABLED`), or somebody\nchanged it meanwhile (`CONNECTOR_CHANGED`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/catalog-entry-not-enabled',
              title: 'The entry is not switched on here.',
              status: 409,
              code: 'CATALOG_ENTRY_NOT_ENABLED',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      SyncRefused: {
        description:
          'The body does not match the contract (`VALIDATION_FAILED`), or the entry requires settings by now that are not there (`SETTINGS_INVALID`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/settings-invalid',
              title: 'The settings do not fit the entry.',
              status: 422,
              code: 'SETTINGS_INVALID',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
              errors: [
                {
                  pointer: '/body/settings/token',
                  detail: 'is required',
                },
              ],
            },
          },
        },
      },
      DeploymentConflict: {
        description:
          'The entry needs a feature that is not open (`CATALOG_ENTRY_CLOSED`), or the deployment changes all the time (`DEPLOYMENT_CHANGED`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/catalog-entry-closed',
              title: 'The entry needs a feature that is not open here.',
              status: 409,
              code: 'CATALOG_ENTRY_CLOSED',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      DeployRefused: {
        description:
          'The body does not match the contract (`VALIDATION_FAILED`), the settings do not fit (`SETTINGS_INVALID`, with a pointer for each), or the\nserver of this entry is one that somebody else runs (`DEPLOYMENT_NOT_POSSIBLE`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/settings-invalid',
              title: 'The settings do not fit the entry.',
              status: 422,
              code: 'SETTINGS_INVALID',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
              errors: [
                {
                  pointer: '/body/settings/token',
                  detail: 'is required',
                },
              ],
            },
          },
        },
      },
      DeploymentNotFound: {
        description:
          'No project of the caller has such a deployment, or has it any more (`DEPLOYMENT_NOT_FOUND`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/deployment-not-found',
              title: 'There is no such deployment.',
              status: 404,
              code: 'DEPLOYMENT_NOT_FOUND',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      StateConflict: {
        description: 'The deployment changes all the time (`DEPLOYMENT_CHANGED`); try again.',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/deployment-changed',
              title: 'The deployment was changed meanwhile.',
              status: 409,
              code: 'DEPLOYMENT_CHANGED',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      RuntimeTrouble: {
        description:
          'An agent or a cluster does not tell (`RUNTIME_UNREACHABLE`); `detail` says which, and why.',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/runtime-unreachable',
              title: 'The place where the server runs cannot be reached.',
              status: 502,
              code: 'RUNTIME_UNREACHABLE',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      SystemToolNotFound: {
        description: 'The operator offers no such tool to users (`CATALOG_ENTRY_NOT_FOUND`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/catalog-entry-not-found',
              title: 'There is no such entry in the catalog.',
              status: 404,
              code: 'CATALOG_ENTRY_NOT_FOUND',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      SaveRefused: {
        description:
          'Nothing was saved. The body does not match the contract (`VALIDATION_FAILED`), the credentials do not fit\n(`CREDENTIALS_INVALID`, `CREDENTIALS_REQUIRED`), the `Idempotency-Key` belongs to another request\n(`IDEMPOTENCY_KEY_REUSED`), or the server failed its test (the code of the test, as `CONNECTION_FAILED`).\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            examples: {
              validation: {
                summary: 'The body does not match the contract',
                value: {
                  type: '/errors/validation-failed',
                  title: 'The request does not match the API contract.',
                  status: 422,
                  code: 'VALIDATION_FAILED',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  errors: [
                    {
                      pointer: '/body/name',
                      detail: 'must NOT have fewer than 1 characters',
                    },
                  ],
                },
              },
              test: {
                summary: 'The server failed its test',
                value: {
                  type: '/errors/connection-failed',
                  title: 'The server could not be reached.',
                  status: 422,
                  code: 'CONNECTION_FAILED',
                  detail:
                    'The server could not be reached, or does not work at the moment. Check the address, that the server is running and that its certificate is valid, then test again.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
        },
      },
      ConnectorNotFound: {
        description: 'The caller has no such connector (`CONNECTOR_NOT_FOUND`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/connector-not-found',
              title: 'There is no such connector.',
              status: 404,
              code: 'CONNECTOR_NOT_FOUND',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      PreconditionFailed: {
        description:
          'The connector is not at the version of `If-Match` any more (`PRECONDITION_FAILED`). Read it again.',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            example: {
              type: '/errors/precondition-failed',
              title: 'The resource has changed since it was read.',
              status: 412,
              code: 'PRECONDITION_FAILED',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
          },
        },
      },
      SubjectNotFound: {
        description:
          'The caller may not see this user (`NOT_FOUND`) or project (`PROJECT_NOT_FOUND`).',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            examples: {
              user: {
                summary: 'The caller may not see this user',
                value: {
                  type: '/errors/not-found',
                  title: 'There is no such resource.',
                  status: 404,
                  code: 'NOT_FOUND',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
              project: {
                summary: 'The token names no such project',
                value: {
                  type: '/errors/project-not-found',
                  title: 'The access token names no such project.',
                  status: 404,
                  code: 'PROJECT_NOT_FOUND',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                },
              },
            },
          },
        },
      },
      CallRefused: {
        description:
          'The body does not match the contract (`VALIDATION_FAILED`), or the `Idempotency-Key` belongs to another request\n(`IDEMPOTENCY_KEY_REUSED`).\n',
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
                  pointer: '/body/name',
                  detail: 'must NOT have more than 64 characters',
                },
              ],
            },
          },
        },
      },
      ImportRefused: {
        description:
          'The body does not match the contract (`VALIDATION_FAILED`), or the file cannot be read (`IMPORT_UNREADABLE`, with a `reason`, and with\n`line` and `column` where one place is to blame). Nothing was imported.\n',
        content: {
          'application/problem+json': {
            schema: {
              $ref: '#/components/schemas/Problem',
            },
            examples: {
              unreadable: {
                summary: 'The file has a mistake',
                value: {
                  type: '/errors/import-unreadable',
                  title: 'The configuration file cannot be read.',
                  status: 422,
                  code: 'IMPORT_UNREADABLE',
                  detail: 'A comma is missing, in line 7, column 5.',
                  instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
                  reason: 'COMMA_EXPECTED',
                  line: 7,
                  column: 5,
                },
              },
            },
          },
        },
      },
      AgentUnknown: {
        description:
          'There is no agent of this name, or the secret is not its own (`UNAUTHENTICATED`).',
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
              detail: 'There is no agent of this name, or the secret is not its own.',
              instance: 'urn:request:0f7b6f1e-2f0a-4b8e-8a52-4f4a5b0a9e11',
            },
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
      Location: {
        description: 'Where the new resource is.',
        schema: {
          type: 'string',
          format: 'uri-reference',
        },
      },
      ETag: {
        description:
          'The version of the representation; send it back as `If-Match` or `If-None-Match`.',
        schema: {
          type: 'string',
        },
      },
      IdempotencyReplayed: {
        description:
          'Present where the answer, be it an error, is that of an earlier request with the same `Idempotency-Key`: nothing\nran again.\n',
        schema: {
          type: 'string',
          enum: ['true'],
        },
      },
    },
  },
};
