import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { kubernetesConfig } from './config-kubernetes.ts';
import { type ProcessesConfig, processesConfig } from './config-processes.ts';
import {
  parseTrustProxy,
  type SettingText,
  settingProblems,
  splitList,
  withoutSlash,
} from './config-rules.ts';
import { SETTINGS, type SettingName, type Settings, settingEntries } from './config-settings.ts';
import { canParseUrl } from './lib/can-parse-url.ts';
import type { KubernetesSettings } from './runtimes/kubernetes-setup.ts';

/** What the service runs with. Read once, in the entry point, and handed on. */
export interface Config {
  readonly environment: Settings['NODE_ENV'];
  readonly host: string;
  readonly port: number;
  /** Undefined where metrics and details of readiness stay on the main port. */
  readonly adminPort: number | undefined;
  readonly logLevel: Settings['LOG_LEVEL'];
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined;
  readonly trustProxy: false | number | readonly string[];
  readonly corsOrigins: readonly string[];
  /** Where users sign in to servers; undefined where the operator has not said. */
  readonly signIn:
    | {
        /** Without a slash at its end. */
        readonly publicUrl: string;
        /** Pages of frontends, one at least. */
        readonly returnUrls: readonly string[];
      }
    | undefined;
  /** Clients registered with authorization servers, as JSON, which `oauth/operator-clients.ts` reads. */
  readonly oauthClients: string | undefined;
  /** Undefined where the embedded database is to be used. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly token: {
    readonly source:
      | { readonly kind: 'secret'; readonly secret: string }
      | {
          readonly kind: 'jwks';
          readonly url: string;
          readonly algorithm: Settings['JWT_ALGORITHM'];
        };
    readonly issuer: string;
    readonly audience: string;
    readonly tenantClaim: string;
    readonly agentClients: readonly string[];
  };
  /** The MCP endpoint; undefined where it is not served: in production, without a `PUBLIC_URL` its tokens could be told by. */
  readonly mcp:
    | {
        readonly authorizationServers: readonly string[];
        /** Names and addresses it is called by, without a port. */
        readonly hosts: readonly string[];
        /** Whether the names of the own machine are among them. */
        readonly allowLoopback: boolean;
      }
    | undefined;
  /** For the keyring to parse. */
  readonly encryptionKeys: string;
  /** What unwraps them; undefined where none is wrapped. */
  readonly keyService:
    | { readonly url: string; readonly key: string; readonly token: string }
    | undefined;
  readonly outbound: {
    readonly allowedHosts: readonly string[];
    readonly allowedAddresses: readonly string[];
    /** File with further certificate authorities. */
    readonly caFile: string | undefined;
    /** Undefined where every target is reached directly. */
    readonly proxy:
      | {
          readonly url: string;
          readonly noProxy: readonly string[];
          readonly connectBy: Settings['OUTBOUND_PROXY_CONNECT_BY'];
        }
      | undefined;
  };
  /** Servers that the operator offers. */
  readonly catalog: {
    /** The operator's file; undefined where there is none. */
    readonly file: string | undefined;
    /** Features that are open. */
    readonly gates: readonly string[];
    readonly namespace: string;
    /** Whether switching an entry on brings its server up, and taking it away takes that away. */
    readonly autoProvision: boolean;
    readonly autoCleanup: boolean;
  };
  /** Machines that run managed servers. */
  readonly agents: {
    /** The operator's file; undefined where there is none. */
    readonly file: string | undefined;
    /** The variables `AGENT_SECRET_…`, which the file names. */
    readonly secrets: Readonly<Record<string, string>>;
  };
  /** Undefined where no managed server runs as a process of this replica. */
  readonly processes: ProcessesConfig | undefined;
  /** The cluster that the service runs servers in; undefined where there is none. */
  readonly kubernetes: KubernetesSettings | undefined;
  /** Requests a minute for each caller. */
  readonly rateLimitMax: number;
  /** Days that credentials of disabled connectors are kept; 0 keeps them for good. */
  readonly credentialsKeptDays: number;
  /** Days that audit records are kept; 0 for good. */
  readonly auditKeptDays: number;
  /** Memory for the tools of users, in bytes. */
  readonly toolCacheBytes: number;
  readonly sessions: {
    readonly max: number;
    readonly maxPerUser: number;
    readonly maxPerConnector: number;
    readonly maxCallsPerUser: number;
    readonly idleMinutes: number;
    readonly sweepMinutes: number;
  };
  /** What becomes of tool definitions that nobody approved. */
  readonly toolPolicies: {
    readonly first: Settings['TOOL_POLICY_FIRST'];
    readonly changed: Settings['TOOL_POLICY_CHANGED'];
    readonly destructive: Settings['TOOL_POLICY_DESTRUCTIVE'];
  };
  /** Bounds of connection tests on this replica. */
  readonly testLimits: {
    readonly atOnce: number;
    readonly atOncePerUser: number;
    readonly atOncePerDestination: number;
    readonly perMinutePerUser: number;
    readonly perMinutePerDestination: number;
  };
}

/** Everything that is wrong with the environment, in one error. No message repeats a value: most are secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not valid:\n- ${problems.join('\n- ')}`);
    this.problems = problems;
  }
}

/** All environment variables, by their names. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds a problem in the text of a setting, for formats that other modules own. Must not repeat the text, or what else it finds in the
 * environment.
 */
export type SettingCheck = (text: string, env: Environment) => string | undefined;

/** Outside of production, tokens are expected to name this issuer and this audience. */
export const DEVELOPMENT_AUDIENCE = 'mcp-connectors';

/**
 * Reads the configuration from environment variables. An empty variable counts as absent.
 * @param checks further checks, as of `ENCRYPTION_KEYS` by the module that owns their format.
 * @throws ConfigError with every problem at once.
 */
export function loadConfig(
  env: Environment,
  checks: Readonly<Partial<Record<SettingName, SettingCheck>>> = {},
): Config {
  const text: SettingText = (name) => env[name]?.trim() || undefined;
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, schema] of settingEntries()) {
    const given = text(name);
    const value = given === undefined ? Value.Clone(schema.default) : parseText(schema, given);
    if (value !== undefined) values[name] = value;
    const problem = problemOf(name, schema, value) ?? foreignProblem(checks[name], given, env);
    if (problem !== undefined) problems.push(`${name} ${problem}`);
  }
  problems.push(...settingProblems(text));
  if (problems.length > 0 || !Value.Check(SETTINGS, values)) throw new ConfigError(problems);
  return deepFreeze({
    ...toConfig(values),
    agents: agentsConfig(values, env),
    processes: processesConfig(values, env),
    kubernetes: kubernetesConfig(values),
  });
}

function foreignProblem(
  check: SettingCheck | undefined,
  given: string | undefined,
  env: Environment,
): string | undefined {
  return given === undefined ? undefined : check?.(given, env);
}

function parseText(schema: TSchema, text: string): unknown {
  if (schema['type'] === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  return schema['type'] === 'array' ? splitList(text) : text;
}

function problemOf(name: SettingName, schema: TSchema, value: unknown): string | undefined {
  if (value === undefined) return isRequired(name) ? 'is required' : undefined;
  if (Value.Check(schema, value)) return undefined;
  if (Array.isArray(schema['enum'])) return `must be one of ${schema['enum'].join(', ')}`;
  if (schema['type'] === 'integer') {
    return `must be an integer from ${schema['minimum']} to ${schema['maximum']}`;
  }
  return `must be ${schema['expects'] ?? 'shorter than 10,000 characters'}`;
}

function isRequired(name: string): boolean {
  return SETTINGS.required?.some((required) => required === name) ?? false;
}

function toConfig(settings: Settings): Omit<Config, 'agents' | 'processes' | 'kubernetes'> {
  return {
    environment: settings.NODE_ENV,
    host: settings.HOST,
    port: settings.PORT,
    adminPort: settings.ADMIN_PORT,
    logLevel: settings.LOG_LEVEL,
    publicUrl: settings.PUBLIC_URL === undefined ? undefined : withoutSlash(settings.PUBLIC_URL),
    trustProxy: parseTrustProxy(settings.TRUST_PROXY ?? '') ?? false,
    corsOrigins: settings.CORS_ORIGINS,
    signIn: signInConfig(settings),
    oauthClients: settings.OAUTH_CLIENTS,
    databaseUrl: settings.DATABASE_URL,
    dataDir: settings.DATA_DIR,
    token: {
      source: tokenSource(settings),
      issuer: settings.JWT_ISSUER ?? DEVELOPMENT_AUDIENCE,
      audience: settings.JWT_AUDIENCE ?? DEVELOPMENT_AUDIENCE,
      tenantClaim: settings.JWT_TENANT_CLAIM,
      agentClients: settings.AGENT_CLIENTS,
    },
    mcp: mcpConfig(settings),
    encryptionKeys: settings.ENCRYPTION_KEYS,
    keyService: keyServiceConfig(settings),
    outbound: {
      allowedHosts: settings.OUTBOUND_ALLOWED_HOSTS,
      allowedAddresses: settings.OUTBOUND_ALLOWED_ADDRESSES,
      caFile: settings.OUTBOUND_CA_FILE,
      proxy:
        settings.HTTPS_PROXY === undefined
          ? undefined
          : {
              url: settings.HTTPS_PROXY,
              noProxy: settings.NO_PROXY,
              connectBy: settings.OUTBOUND_PROXY_CONNECT_BY,
            },
    },
    catalog: {
      file: settings.CATALOG_FILE,
      gates: settings.CATALOG_GATES,
      namespace: settings.CATALOG_NAMESPACE,
      autoProvision: settings.AUTO_PROVISION === 'true',
      autoCleanup: settings.AUTO_CLEANUP === 'true',
    },
    rateLimitMax: settings.RATE_LIMIT_MAX,
    credentialsKeptDays: settings.CREDENTIALS_KEPT_DAYS,
    auditKeptDays: settings.AUDIT_KEPT_DAYS,
    toolCacheBytes: settings.TOOL_CACHE_MB * 1024 * 1024,
    sessions: {
      max: settings.SESSIONS_MAX,
      maxPerUser: settings.SESSIONS_MAX_PER_USER,
      maxPerConnector: settings.SESSIONS_MAX_PER_CONNECTOR,
      maxCallsPerUser: settings.CALLS_MAX_PER_USER,
      idleMinutes: settings.SESSION_IDLE_MINUTES,
      sweepMinutes: settings.SESSION_SWEEP_MINUTES,
    },
    toolPolicies: {
      first: settings.TOOL_POLICY_FIRST,
      changed: settings.TOOL_POLICY_CHANGED,
      destructive: settings.TOOL_POLICY_DESTRUCTIVE,
    },
    testLimits: {
      atOnce: settings.TESTS_AT_ONCE,
      atOncePerUser: settings.TESTS_AT_ONCE_PER_USER,
      atOncePerDestination: settings.TESTS_AT_ONCE_PER_DESTINATION,
      perMinutePerUser: settings.TESTS_PER_MINUTE_PER_USER,
      perMinutePerDestination: settings.TESTS_PER_MINUTE_PER_DESTINATION,
    },
  };
}

const AGENT_SECRET = /^AGENT_SECRET_[A-Z0-9_]+$/;

/** Their names are the operator's, so no schema has them. */
function agentsConfig({ AGENTS_FILE: file }: Settings, env: Environment): Config['agents'] {
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    AGENT_SECRET.test(name) && value !== undefined ? [[name, value.trim()]] : [],
  );
  return { file, secrets: Object.fromEntries(secrets) };
}

function keyServiceConfig(settings: Settings): Config['keyService'] {
  const { KEY_SERVICE_URL, KEY_SERVICE_KEY: key, KEY_SERVICE_TOKEN: token } = settings;
  if (KEY_SERVICE_URL === undefined || token === undefined) return undefined;
  return { url: withoutSlash(KEY_SERVICE_URL), key, token };
}

function signInConfig({ PUBLIC_URL, OAUTH_RETURN_URLS }: Settings): Config['signIn'] {
  if (PUBLIC_URL === undefined || OAUTH_RETURN_URLS.length === 0) return undefined;
  return { publicUrl: withoutSlash(PUBLIC_URL), returnUrls: OAUTH_RETURN_URLS };
}

function mcpConfig(settings: Settings): Config['mcp'] {
  const { PUBLIC_URL, HOST, JWT_ISSUER = '', NODE_ENV } = settings;
  if (NODE_ENV === 'production' && PUBLIC_URL === undefined) return undefined;
  const listed = settings.MCP_AUTHORIZATION_SERVERS;
  const issuer = JWT_ISSUER.startsWith('https://') && canParseUrl(JWT_ISSUER) ? [JWT_ISSUER] : [];
  return {
    authorizationServers: listed.length > 0 ? listed : issuer,
    hosts: [
      ...(PUBLIC_URL === undefined ? [] : [new URL(PUBLIC_URL).hostname]),
      // An address that stands for all is the name of none.
      ...(/^(0\.0\.0\.0|::)$/.test(HOST) ? [] : [HOST]),
      ...settings.MCP_ALLOWED_HOSTS,
    ],
    allowLoopback: NODE_ENV !== 'production',
  };
}

function tokenSource({
  JWT_SECRET,
  JWT_JWKS_URL = '',
  JWT_ALGORITHM,
}: Settings): Config['token']['source'] {
  return JWT_SECRET === undefined
    ? { kind: 'jwks', url: JWT_JWKS_URL, algorithm: JWT_ALGORITHM }
    : { kind: 'secret', secret: JWT_SECRET };
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) deepFreeze(member);
  }
  return Object.freeze(value);
}
