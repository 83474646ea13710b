import { type Static, type TSchema, Type } from '@sinclair/typebox';

/** Where a setting is only text, what it has to be, as the end of the sentence "X must be …". */
interface Expectation {
  expects?: string;
}

const text = (options: { description: string; default?: string; pattern?: string } & Expectation) =>
  Type.String({ minLength: 1, maxLength: 10_000, ...options });
const integer = (options: {
  description: string;
  default?: number;
  minimum: number;
  maximum: number;
}) => Type.Integer(options);
const choice = <const Values extends readonly string[]>(
  values: Values,
  options: { description: string; default: Values[number] },
) =>
  Type.Unsafe<Values[number]>({
    // As a union, which TypeBox can check by itself; `enum` is for the message.
    ...Type.Union(values.map((value) => Type.Literal(value))),
    enum: values,
    ...options,
  });
const list = (options: { description: string }) =>
  Type.Array(Type.String(), { default: [], ...options });

const NAMESPACE = {
  expects: 'a namespace of Kubernetes',
  pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
};
const OBJECT_NAME = {
  expects: 'the name of an object of Kubernetes',
  pattern: '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
};

/**
 * Every setting of the service, an environment variable each. The descriptions are the documentation: the README
 * and `.env.example` are compared with them.
 */
export const SETTINGS = Type.Object({
  NODE_ENV: choice(['development', 'test', 'production'], {
    default: 'development',
    description: 'In `production` nothing is generated or assumed that a deployment has to decide.',
  }),
  HOST: text({
    default: '127.0.0.1',
    description: 'Address to listen on; `0.0.0.0` in a container.',
  }),
  PORT: integer({ default: 8080, minimum: 0, maximum: 65535, description: 'Port to listen on.' }),
  ADMIN_PORT: Type.Optional(
    integer({
      minimum: 0,
      maximum: 65535,
      description:
        'A port of its own for `/metrics` and the detail of `/readyz`, which then leave the main port.',
    }),
  ),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'The least severe level that is logged.',
  }),
  PUBLIC_URL: Type.Optional(
    text({
      description:
        'Address under which clients reach the service, as `https://connectors.example.com`.',
    }),
  ),
  TRUST_PROXY: Type.Optional(
    text({
      description:
        'Proxies whose `X-Forwarded-*` headers are believed: their number, or their addresses and networks, separated by commas.',
    }),
  ),
  CORS_ORIGINS: list({
    description: 'Origins of frontends that call the API from a browser, separated by commas.',
  }),
  OAUTH_RETURN_URLS: list({
    description:
      'Pages of frontends that users come back to after signing in to a server, separated by commas; the first one is also where errors send users to sign in. Without it, and without `PUBLIC_URL`, nobody can sign in to servers.',
  }),
  OAUTH_CLIENTS: Type.Optional(
    text({
      description:
        'Clients that are registered with authorization servers for all users, as JSON: `[{"issuer": "https://auth.example.com", "client_id": "…", "client_secret": "…"}]`.',
    }),
  ),
  DATABASE_URL: Type.Optional(
    text({
      pattern: '^postgres(ql)?://',
      expects: 'a URL that begins with postgres:// or postgresql://',
      description:
        'The PostgreSQL to use. Without it an embedded one is started, which production does not allow.',
    }),
  ),
  DATA_DIR: text({
    default: '.data',
    description: 'Folder of the embedded PostgreSQL, and of managed servers that run as processes.',
  }),
  JWT_SECRET: Type.Optional(
    text({
      description:
        'Secret of at least 32 bytes that signs access tokens (HS256). Set this or `JWT_JWKS_URL`.',
    }),
  ),
  JWT_JWKS_URL: Type.Optional(
    text({
      description:
        'Key set of the identity provider that signs access tokens. Set this or `JWT_SECRET`. In production an https URL, unless its host is of the own machine or cluster.',
    }),
  ),
  JWT_ALGORITHM: choice(
    ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
    { default: 'RS256', description: 'The one algorithm accepted from `JWT_JWKS_URL`.' },
  ),
  JWT_ISSUER: Type.Optional(
    text({
      description:
        'Required `iss` of access tokens. Outside of production `mcp-connectors` where it is not set.',
    }),
  ),
  JWT_AUDIENCE: Type.Optional(
    text({
      description:
        'Required `aud` of access tokens. Outside of production `mcp-connectors` where it is not set.',
    }),
  ),
  JWT_TENANT_CLAIM: text({
    default: 'tenant',
    description: 'Claim that names the tenant; a token without it belongs to the tenant `default`.',
  }),
  AGENT_CLIENTS: list({
    description:
      'Clients (`client_id` or `azp`) whose scope `agent` may name any user of their tenant. In production only with `JWT_JWKS_URL`.',
  }),
  MCP_AUTHORIZATION_SERVERS: list({
    description:
      'Issuers whose tokens open the MCP endpoint, for its clients to sign in at, separated by commas. `JWT_ISSUER` by default, where that is an https URL.',
  }),
  MCP_ALLOWED_HOSTS: list({
    description:
      'Further host names under which the MCP endpoint is called, as those of a cluster, separated by commas. Those of `PUBLIC_URL` and `HOST` are, and outside of production those of the own machine.',
  }),
  ENCRYPTION_KEYS: text({
    description:
      'Keys that seal stored credentials, as `k2:<base64 of 32 bytes>,k1:<base64>`. The first one seals, all of them open. In place of base64 what a key service wrapped: `k3:vault:v1:…`.',
  }),
  KEY_SERVICE_URL: Type.Optional(
    text({
      description:
        "Key service that unwraps `ENCRYPTION_KEYS` at the start: the mount of Vault's transit engine, or of what has its API, as `https://vault.internal:8200/v1/transit`. It is reached directly, never through the proxy.",
    }),
  ),
  KEY_SERVICE_KEY: text({
    default: 'mcp-connectors',
    description: 'Name of the key of the key service.',
  }),
  KEY_SERVICE_TOKEN: Type.Optional(
    text({
      description: 'Token for the key service; it has to allow `update` on `decrypt/` and its key.',
    }),
  ),
  OUTBOUND_ALLOWED_HOSTS: list({
    description:
      'Host names that may resolve to a private address in `OUTBOUND_ALLOWED_ADDRESSES`, separated by commas.',
  }),
  OUTBOUND_ALLOWED_ADDRESSES: list({
    description:
      'Private addresses and networks that connectors may reach, separated by commas. None by default.',
  }),
  OUTBOUND_CA_FILE: Type.Optional(
    text({
      description:
        'File with further certificate authorities (PEM) that servers, key sets and the proxy may be signed by.',
    }),
  ),
  HTTPS_PROXY: Type.Optional(
    text({
      expects: 'an http or https URL, with user and password where the proxy wants them',
      description:
        'Proxy for requests to https URLs, as `http://proxy.internal:3128`. Plain http, which only allowed targets may use, goes directly.',
    }),
  ),
  NO_PROXY: list({
    description:
      'Targets that are reached directly: host names with all names below them, addresses, networks, each with a port where wanted, or `*`; separated by commas.',
  }),
  OUTBOUND_PROXY_CONNECT_BY: choice(['address', 'name'], {
    default: 'address',
    description:
      'What the proxy is asked for: an `address` that was resolved and checked here, or the `name`, which the proxy then has to resolve and check.',
  }),
  CATALOG_FILE: Type.Optional(
    text({
      description:
        'YAML file with servers of your own for the catalog, and with the places of those that the service ships with. Read at the start; one that is not valid keeps the service from starting.',
    }),
  ),
  CATALOG_GATES: list({
    description:
      'Features of the catalog that are open, separated by commas, as `google-workspace`. None by default.',
  }),
  CATALOG_NAMESPACE: text({
    default: 'default',
    ...NAMESPACE,
    description:
      'Namespace of the cluster in which the servers of the catalog run; a part of their addresses.',
  }),
  PROCESS_RUNTIME: choice(['off', 'on'], {
    default: 'off',
    description:
      'Whether servers of the catalog may run as processes of the replicas, where their entry says `process`. The same at all replicas.',
  }),
  PROCESS_HOST: text({
    default: '127.0.0.1',
    description:
      'Address that the front of these servers listens on; replicas reach each other there.',
  }),
  PROCESS_PORT: integer({
    default: 8070,
    minimum: 0,
    maximum: 65535,
    description: 'Port of the front of these servers.',
  }),
  PROCESS_ORIGIN: Type.Optional(
    text({
      description:
        'Where other replicas reach the front of these servers, as `http://10.0.3.7:8070`. Without it: where it listens, which is enough for one replica.',
    }),
  ),
  PROCESS_MAX_SERVERS: integer({
    default: 20,
    minimum: 1,
    maximum: 1000,
    description: 'Servers that may run as processes of this replica at once.',
  }),
  PROCESS_IMAGES: list({
    description:
      'Images that may run here, where Docker is present, separated by commas: exact names, or beginnings that end with `/`, as `registry.example.com/mcp/`. None by default.',
  }),
  PROCESS_ACCOUNTS: Type.Optional(
    text({
      pattern: '^[1-9]\\d{0,8}-[1-9]\\d{0,8}$',
      expects: 'a range of user ids, as 60800-61099',
      description:
        'User ids for these servers, one for each, where the service is root: ids that nobody else has. `60800-61099` by default.',
    }),
  ),
  PROCESS_SAME_ACCOUNT: choice(['off', 'on'], {
    default: 'off',
    description:
      'With `on`, these servers run in the account of the service where they can get none of their own, and so can read its secrets. Outside of production they may anyway.',
  }),
  AGENTS_FILE: Type.Optional(
    text({
      description:
        'YAML file with the deployment agents: the machines that run managed servers. Read at the start, with the variables `AGENT_SECRET_…` that it names; one that is not valid keeps the service from starting.',
    }),
  ),
  AUTO_PROVISION: choice(['true', 'false'], {
    default: 'false',
    description:
      'With `true`, switching on an entry of the catalog that can be brought up (`run_on`) does so; one that prefers `static`, where nothing answers there.',
  }),
  AUTO_CLEANUP: choice(['true', 'false'], {
    default: 'false',
    description:
      'With `true`, taking an entry of the catalog away from a project takes its deployment away as well, with its settings.',
  }),
  KUBERNETES_RUNTIME: choice(['off', 'on'], {
    default: 'off',
    description:
      'Whether the service runs servers of the catalog in a Kubernetes cluster, where their entry says `kubernetes`.',
  }),
  KUBECONFIG: Type.Optional(
    text({
      description:
        "File with the cluster to run servers in, and the account there. Without it the cluster and the account of the service's own pod.",
    }),
  ),
  KUBERNETES_NAMESPACE: text({
    default: 'mcp-connectors-servers',
    ...NAMESPACE,
    description: 'Namespace in which the service runs servers. It should have nothing else in it.',
  }),
  KUBERNETES_SERVICE_NAMESPACE: text({
    default: 'mcp-connectors',
    ...NAMESPACE,
    description: "Namespace of the service's own pods, which alone may call these servers.",
  }),
  KUBERNETES_IMAGES: list({
    description:
      'Images that may run there, separated by commas: as entries name them, or with `*` at the end, as `registry.example.com/mcp/*`. None by default.',
  }),
  KUBERNETES_FRONT_IMAGE: Type.Optional(
    text({
      description:
        "The service's own image, which stands in front of each server there. Needed with `KUBERNETES_RUNTIME`.",
    }),
  ),
  KUBERNETES_PULL_SECRET: Type.Optional(
    text({
      ...OBJECT_NAME,
      description: 'Secret of that namespace with which images are pulled.',
    }),
  ),
  KUBERNETES_IDLE_MINUTES: integer({
    default: 60,
    minimum: 0,
    maximum: 10_080,
    description:
      'Minutes without a session after which a server there is put to sleep; a call wakes it. 0 keeps all awake.',
  }),
  RATE_LIMIT_MAX: integer({
    default: 6000,
    minimum: 1,
    maximum: 1_000_000,
    description: 'Requests a minute for each caller.',
  }),
  CREDENTIALS_KEPT_DAYS: integer({
    default: 30,
    minimum: 0,
    maximum: 36_500,
    description:
      'Days after which the credentials of a connector that its owner disabled are deleted; 0 keeps them.',
  }),
  AUDIT_KEPT_DAYS: integer({
    default: 365,
    minimum: 0,
    maximum: 36_500,
    description: 'Days after which audit records are deleted; 0 keeps them.',
  }),
  TOOL_CACHE_MB: integer({
    default: 128,
    minimum: 0,
    maximum: 65_536,
    description:
      'Memory in MiB that a replica may use to keep the tools of users, by an estimate; 0 reads the database for every list and call.',
  }),
  SESSIONS_MAX: integer({
    default: 5000,
    minimum: 1,
    maximum: 1_000_000,
    description:
      'Sessions with MCP servers that one replica holds at a time. The one idle for the longest time makes room for a new one.',
  }),
  SESSIONS_MAX_PER_USER: integer({
    default: 50,
    minimum: 1,
    maximum: 1_000_000,
    description: 'Sessions of one user.',
  }),
  SESSIONS_MAX_PER_CONNECTOR: integer({
    default: 500,
    minimum: 1,
    maximum: 1_000_000,
    description: 'Sessions with one connector, over all users who share it.',
  }),
  CALLS_MAX_PER_USER: integer({
    default: 100,
    minimum: 1,
    maximum: 1_000_000,
    description:
      'Tool calls of one user at a time, on each replica. Eight at a time go to one server, the others wait within their time.',
  }),
  SESSION_IDLE_MINUTES: integer({
    default: 60,
    minimum: 1,
    maximum: 10_080,
    description: 'Minutes without use after which a session is closed.',
  }),
  SESSION_SWEEP_MINUTES: integer({
    default: 30,
    minimum: 1,
    maximum: 1_440,
    description: 'Minutes between looks for idle sessions.',
  }),
  TOOL_POLICY_FIRST: choice(['hold', 'warn', 'accept'], {
    default: 'accept',
    description:
      'The first definition of a tool: `hold` it back until its owner approves it, offer it with a `warn`ing, or `accept` it.',
  }),
  TOOL_POLICY_CHANGED: choice(['hold', 'warn', 'accept'], {
    default: 'hold',
    description:
      'A definition that replaces another one, and all tools after the URL of their connector changed: `hold`, `warn` or `accept`.',
  }),
  TOOL_POLICY_DESTRUCTIVE: choice(['hold', 'warn', 'accept'], {
    default: 'accept',
    description:
      'Definitions of tools that their server calls destructive (`destructiveHint`); the stricter policy holds. `hold`, `warn` or `accept`.',
  }),
  TESTS_AT_ONCE: integer({
    default: 100,
    minimum: 1,
    maximum: 10_000,
    description: 'Connection tests at a time, of all users, on each replica.',
  }),
  TESTS_AT_ONCE_PER_USER: integer({
    default: 10,
    minimum: 1,
    maximum: 10_000,
    description: 'Connection tests at a time for each user.',
  }),
  TESTS_AT_ONCE_PER_DESTINATION: integer({
    default: 20,
    minimum: 1,
    maximum: 10_000,
    description: 'Connection tests at a time to one host, of all users.',
  }),
  TESTS_PER_MINUTE_PER_USER: integer({
    default: 120,
    minimum: 1,
    maximum: 1_000_000,
    description: 'Connection tests a minute for each user.',
  }),
  TESTS_PER_MINUTE_PER_DESTINATION: integer({
    default: 600,
    minimum: 1,
    maximum: 1_000_000,
    description: 'Connection tests a minute to one host, of all users.',
  }),
});

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS.properties;
/** The settings, read from text and checked one by one. */
export type Settings = Static<typeof SETTINGS>;

/** A setting as documentation shows it. */
export interface SettingDescription {
  name: SettingName;
  description: string;
  /** As it would be written; undefined where there is none. */
  default: string | undefined;
}

/** Every setting with its sentence, in the order of the schema. */
export function describeSettings(): SettingDescription[] {
  return settingEntries().map(([name, schema]) => ({
    name,
    description: schema.description ?? '',
    default: schema.default === undefined ? undefined : String(schema.default),
  }));
}

/** The schema of each setting. */
export function settingEntries(): [SettingName, TSchema][] {
  const properties: Record<SettingName, TSchema> = SETTINGS.properties;
  return Object.keys(properties)
    .filter((name): name is SettingName => Object.hasOwn(properties, name))
    .map((name) => [name, properties[name]]);
}
