import type { Settings } from './config-settings.ts';

/** How managed servers run as processes of this replica. */
export interface ProcessesConfig {
  /** Where the front of the servers listens. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Where other replicas reach it; undefined: where it listens. Without a slash at its end. */
  readonly origin: string | undefined;
  /** User ids for servers, both ends included; undefined: the usual ones. */
  readonly accounts: { readonly first: number; readonly last: number } | undefined;
  /** Servers may run in the account of the service. */
  readonly allowSameAccount: boolean;
  /** Images that may run; none: no container engine is asked for. */
  readonly images: readonly string[];
  readonly maxServers: number;
  /** Where programs are looked for, as PATH says it. */
  readonly searchPath: string;
  /** What the container engine's program needs to find its engine, and the credentials of registries. */
  readonly dockerEnvironment: Readonly<Record<string, string>>;
}

const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';
const DOCKER_VARIABLES = [
  ...['PATH', 'HOME', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH'],
  ...['DOCKER_TLS_VERIFY', 'XDG_RUNTIME_DIR'],
];

/** The settings `PROCESS_…`; undefined where no server is to run here. */
export function processesConfig(
  settings: Settings,
  env: Readonly<Record<string, string | undefined>>,
): ProcessesConfig | undefined {
  if (settings.PROCESS_RUNTIME === 'off') return undefined;
  const [first = 0, last = 0] = (settings.PROCESS_ACCOUNTS ?? '').split('-').map(Number);
  const docker = DOCKER_VARIABLES.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    host: settings.PROCESS_HOST,
    port: settings.PROCESS_PORT,
    origin: settings.PROCESS_ORIGIN,
    accounts: settings.PROCESS_ACCOUNTS === undefined ? undefined : { first, last },
    allowSameAccount: settings.PROCESS_SAME_ACCOUNT === 'on' || settings.NODE_ENV !== 'production',
    images: settings.PROCESS_IMAGES,
    maxServers: settings.PROCESS_MAX_SERVERS,
    searchPath: env['PATH'] ?? USUAL_PATH,
    dockerEnvironment: Object.fromEntries(docker),
  };
}
