import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { canParseUrl } from '../lib/can-parse-url.ts';

const Secret = '[\\x21-\\x2b\\x2d-\\x7e]{32,512}';
const Path = { minLength: 1, maxLength: 4096 } as const;

/** Every setting of a deployment agent, an environment variable each. It is a program of its own, and so are its settings. */
const SETTINGS = Type.Object({
  AGENT_NAME: Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$' }),
  AGENT_HOST: Type.String({ default: '127.0.0.1', minLength: 1 }),
  AGENT_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 30_000 }),
  AGENT_SERVICE_URL: Type.String({ pattern: '^https?://[^\\s?#@]+$', maxLength: 2048 }),
  AGENT_SERVICE_SECRETS: Type.String({ pattern: `^${Secret}(\\s*,\\s*${Secret})?$` }),
  AGENT_HEARTBEAT_SECRET: Type.String({ pattern: `^${Secret}$` }),
  AGENT_TLS_CERT_FILE: Type.Optional(Type.String(Path)),
  AGENT_TLS_KEY_FILE: Type.Optional(Type.String(Path)),
  AGENT_DATA_DIR: Type.String({ ...Path, default: '.agent-data' }),
  AGENT_COMMANDS: Type.String({ default: '' }),
  AGENT_IMAGES: Type.String({ default: '' }),
  AGENT_DOCKER: Type.String({ ...Path, default: 'docker' }),
  AGENT_DOCKER_NETWORK: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$' })),
  AGENT_MAX_SERVERS: Type.Integer({ minimum: 1, maximum: 1_000, default: 20 }),
  AGENT_ACCOUNTS: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,8}-[1-9]\\d{0,8}$' })),
  AGENT_SAME_ACCOUNT: Type.Union([Type.Literal('off'), Type.Literal('on')], { default: 'off' }),
  LOG_LEVEL: Type.Unsafe<'debug' | 'info' | 'warn' | 'error' | 'silent'>(
    Type.Union(
      ['debug', 'info', 'warn', 'error', 'silent'].map((level) => Type.Literal(level)),
      { default: 'info' },
    ),
  ),
  OUTBOUND_CA_FILE: Type.Optional(Type.String(Path)),
  HTTPS_PROXY: Type.Optional(Type.String()),
  NO_PROXY: Type.String({ default: '' }),
});
type Settings = Static<typeof SETTINGS>;

/** What a deployment agent runs with. */
export interface AgentSettings {
  name: string;
  host: string;
  /** 0: a free one. */
  port: number;
  /** Of the service that it belongs to, without a slash at its end. */
  serviceUrl: string;
  /** What the service shows; two while one takes the place of the other. */
  serviceSecrets: readonly string[];
  /** What the agent shows to the service. */
  heartbeatSecret: string;
  /** Files in PEM; undefined: without TLS, behind something that has it, or in a network of its own. */
  tls: { certFile: string; keyFile: string } | undefined;
  dataDir: string;
  /** Beginnings of commands that may be started, in words; none allows nothing. */
  commands: readonly (readonly string[])[];
  /** Images that may run: exact names, or beginnings that end with `/`; none allows nothing, and no container engine is asked for. */
  images: readonly string[];
  docker: { program: string; network: string | undefined };
  maxServers: number;
  /** User ids for servers, both ends included; undefined: the usual ones. */
  accounts: { first: number; last: number } | undefined;
  /** Servers may run in the account of the agent. */
  allowSameAccount: boolean;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** File with further certificate authorities. */
  caFile: string | undefined;
  /** The proxy for https, and what is reached without it; undefined where all is. */
  proxy: { url: string; noProxy: readonly string[] } | undefined;
}

/** What is wrong with the environment. The message repeats no value. */
class AgentSettingsError extends Error {
  override readonly name = 'AgentSettingsError';
}

/**
 * Reads the settings from environment variables; an empty one counts as absent.
 * @throws AgentSettingsError that names all that are not valid
 */
export function loadAgentSettings(
  env: Readonly<Record<string, string | undefined>>,
): AgentSettings {
  const given = Object.keys(SETTINGS.properties).flatMap((name) => {
    const text = env[name]?.trim();
    return text === undefined || text === '' ? [] : [[name, text]];
  });
  const values = Value.Default(SETTINGS, Value.Convert(SETTINGS, Object.fromEntries(given)));
  const wrong = [...Value.Errors(SETTINGS, values)].map(({ path }) => path.slice(1));
  const problems = [...new Set(wrong), ...sharedProblems(Object.fromEntries(given))];
  if (problems.length > 0 || !Value.Check(SETTINGS, values)) {
    throw new AgentSettingsError(`Not valid: ${problems.join(', ')}.`);
  }
  return toSettings(values);
}

/** What no schema of one setting can say. */
function sharedProblems(given: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  if (
    (given['AGENT_TLS_CERT_FILE'] === undefined) !==
    (given['AGENT_TLS_KEY_FILE'] === undefined)
  ) {
    problems.push('AGENT_TLS_CERT_FILE and AGENT_TLS_KEY_FILE (set both or none)');
  }
  const own = given['AGENT_HEARTBEAT_SECRET'];
  if (own !== undefined && splitList(given['AGENT_SERVICE_SECRETS'] ?? '').includes(own)) {
    problems.push('AGENT_HEARTBEAT_SECRET (the same as one of AGENT_SERVICE_SECRETS)');
  }
  const url = given['AGENT_SERVICE_URL'];
  if (url !== undefined && !canParseUrl(url)) problems.push('AGENT_SERVICE_URL (no URL)');
  const [first = 0, last = 0] = (given['AGENT_ACCOUNTS'] ?? '').split('-').map(Number);
  if (first > last) problems.push('AGENT_ACCOUNTS (the first is greater than the last)');
  return problems;
}

function toSettings(values: Settings): AgentSettings {
  const { AGENT_TLS_CERT_FILE: certFile, AGENT_TLS_KEY_FILE: keyFile, AGENT_ACCOUNTS } = values;
  const { HTTPS_PROXY: proxy } = values;
  const [first = 0, last = 0] = (AGENT_ACCOUNTS ?? '').split('-').map(Number);
  return {
    name: values.AGENT_NAME,
    host: values.AGENT_HOST,
    port: values.AGENT_PORT,
    serviceUrl: values.AGENT_SERVICE_URL.replace(/\/+$/, ''),
    serviceSecrets: splitList(values.AGENT_SERVICE_SECRETS),
    heartbeatSecret: values.AGENT_HEARTBEAT_SECRET,
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    dataDir: values.AGENT_DATA_DIR,
    commands: splitList(values.AGENT_COMMANDS).map((command) => command.split(/\s+/)),
    images: splitList(values.AGENT_IMAGES),
    docker: { program: values.AGENT_DOCKER, network: values.AGENT_DOCKER_NETWORK },
    maxServers: values.AGENT_MAX_SERVERS,
    accounts: AGENT_ACCOUNTS === undefined ? undefined : { first, last },
    allowSameAccount: values.AGENT_SAME_ACCOUNT === 'on',
    logLevel: values.LOG_LEVEL,
    caFile: values.OUTBOUND_CA_FILE,
    proxy:
      proxy === undefined ? undefined : { url: proxy, noProxy: values.NO_PROXY.split(/[\s,]+/) },
  };
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
