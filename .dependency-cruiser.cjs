// Who may import whom. The reasons stand in src/ARCHITECTURE.md; `npm run lint` and a test enforce it.
const MODULE = '^src/modules/([^/]+)/';
// A module may import only modules to its right.
const LADDER = [
  'gateway',
  'offerings',
  'tools',
  'erasure',
  'sessions',
  'system-tools',
  'oauth',
  'imports',
  'agents',
  'deployments',
  'catalog',
  'connectors',
  'idempotency',
  'events',
  'audit',
  'credentials',
];

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: { pathNot: '^src/database/prisma/' },
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^src/database/prisma/'] },
      to: {},
    },
    {
      name: 'src-not-to-test',
      severity: 'error',
      from: { path: '^src' },
      to: { path: '^test|^scripts' },
    },
    {
      name: 'no-development-dependency-in-src',
      severity: 'error',
      from: { path: '^src' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'routes-see-only-services',
      comment: 'Routes talk to services, never to stores, the database or MCP.',
      severity: 'error',
      from: { path: '-routes\\.ts$' },
      to: {
        path: [
          '-store\\.ts$',
          '^src/(database|mcp|outbound)/',
          '@prisma/',
          '@modelcontextprotocol/',
        ],
      },
    },
    {
      name: 'services-know-no-http-contract-or-prisma',
      comment: 'Services use domain types; the mapping to the contract happens in *-mapper.ts.',
      severity: 'error',
      from: { path: '^src/modules/.*-service\\.ts$' },
      to: {
        path: [
          '^src/(http|contract|database)/',
          '-(routes|mapper)\\.ts$',
          'prisma-[^/]+-store\\.ts$',
          'node_modules/fastify',
          '@prisma/',
        ],
      },
    },
    {
      name: 'stores-know-only-the-database',
      severity: 'error',
      from: { path: '-store\\.ts$' },
      to: { path: ['^src/(http|contract)/', '-(service|routes|mapper)\\.ts$'] },
    },
    {
      name: 'prisma-only-in-database-and-stores',
      severity: 'error',
      from: {
        path: '^src',
        pathNot: ['^src/database/', 'prisma-[^/]+-(store|rows)\\.ts$'],
      },
      to: { path: '@prisma/|^src/database/prisma/' },
    },
    {
      name: 'job-queue-only-in-jobs',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(jobs/|database/jobs-schema\\.ts$)' },
      to: { path: 'node_modules/graphile-worker' },
    },
    {
      name: 'mcp-sdk-only-in-mcp',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/mcp/' },
      to: { path: '@modelcontextprotocol/' },
    },
    {
      name: 'oauth4webapi-only-in-oauth',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/oauth/' },
      to: { path: 'node_modules/oauth4webapi/' },
    },
    {
      name: 'kubernetes-only-in-its-runtime',
      comment:
        'The library is loaded by kubernetes-setup.ts alone, where a cluster is used; others know its types.',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/runtimes/kubernetes-setup\\.ts$' },
      to: { path: 'node_modules/@kubernetes/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'network-only-in-outbound',
      comment: 'The guard is the only way out. Types of undici are fine.',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/outbound/' },
      to: { path: 'node_modules/undici/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sockets-only-in-outbound',
      comment:
        'Nobody resolves, connects or requests by itself. The files named here do none of it for a URL.',
      severity: 'error',
      from: {
        path: '^src',
        pathNot: [
          '^src/outbound/',
          // The connection to PostgreSQL, and the pipe to its process.
          '^src/database/(connection-config|postgres-process)\\.ts$',
          // A front that listens, and its way to the servers of this machine: ports of the loopback interface, never a URL.
          '^src/hosting/(forward|front-listener|keeper|loopback)\\.ts$',
          // Waits on the loopback interface for the container next to it.
          '^src/stdio-relay\\.ts$',
          // Reads certificates for the way out to the cluster.
          '^src/runtimes/kubernetes-access\\.ts$',
          // isIP and the names of status codes.
          '^src/config-rules\\.ts$',
          '^src/http/client-errors\\.ts$',
          '^src/http/plugins/mcp-guard\\.ts$',
        ],
      },
      to: {
        dependencyTypes: ['core'],
        dependencyTypesNot: ['type-only'],
        path: '^(node:)?(net|tls|dns|dgram|http|https|http2)(/|$)',
      },
    },
    {
      name: 'plumbing-knows-no-module',
      severity: 'error',
      from: {
        path: '^src/(database|mcp|oauth|errors|jobs|lib|runtimes|hosting|agent|contract|http|outbound|tenancy|gmail)/',
      },
      to: {
        path: ['^src/modules/', '^src/(app|container[a-z-]*|network|server|service|config)\\.ts$'],
      },
    },
    {
      name: 'gmail-is-a-program-of-its-own',
      comment: 'The service knows it as it knows any MCP server: by its address.',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(gmail/|gmail-server\\.ts$)' },
      to: { path: '^src/gmail/' },
    },
    {
      name: 'agent-is-a-program-of-its-own',
      comment:
        'The service knows it by its contract, in which replicas that run servers themselves answer each other.',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(agent/|agent\\.ts$|container-processes\\.ts$)' },
      to: { path: '^src/agent/' },
    },
    {
      name: 'other-modules-through-their-index',
      severity: 'error',
      from: { path: MODULE },
      to: { path: MODULE, pathNot: ['^src/modules/$1/', '/index\\.ts$'] },
    },
    {
      name: 'only-the-container-and-the-app-wire',
      severity: 'error',
      from: { path: '^src/modules/' },
      to: { path: '^src/(app|container[a-z-]*|network|server|service|config)\\.ts$' },
    },
    ...LADDER.slice(1).map((name, i) => ({
      name: `ladder-${name}`,
      severity: 'error',
      from: { path: `^src/modules/${name}/` },
      to: { path: `^src/modules/(${LADDER.slice(0, i + 1).join('|')})/` },
    })),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.check.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
