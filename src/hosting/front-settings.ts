import { readFileSync } from 'node:fs';
import { canParseUrl } from '../lib/can-parse-url.ts';
import { isAllowedVariable } from '../runtimes/launch.ts';
import { HostingError } from './hosting-error.ts';
import type { Upstream } from './loopback.ts';

/** What the program in front of one server, in a container, is told. */
export interface FrontSettings {
  host: string;
  port: number;
  /** Of the endpoint. */
  path: string;
  /** Answers 200 while the server is up, and 503 else; for probes. */
  healthPath: string;
  token: string;
  logLevel: 'info' | 'warn' | 'error' | 'silent';
  /** Where the server runs: a program that this one starts, or one that listens already. */
  server: FrontedCommand | Upstream;
}

/** A program that speaks over stdio. */
export interface FrontedCommand {
  command: readonly string[];
  /** All of its environment but PATH and folders. */
  environment: Readonly<Record<string, string>>;
  searchPath: string;
  /** For what the program writes. */
  folder: string;
}

const LEVELS = ['info', 'warn', 'error', 'silent'] as const;
const PREFIX = 'FRONT_';
/** Shorter ones can be guessed. In characters. */
const MIN_TOKEN = 32;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Reads the settings of the front program: `FRONT_TOKEN_FILE`, `FRONT_PORT` (8080), `FRONT_HOST` (0.0.0.0), `FRONT_PATH` (/mcp),
 * `FRONT_HEALTH_PATH` (/healthz), `FRONT_FOLDER` (/tmp/mcp-front), `LOG_LEVEL`, and either `FRONT_UPSTREAM` or a command after `--`.
 * @param args of the program
 * @throws HostingError for what is missing or wrong; its message says no value of a secret
 */
export function loadFrontSettings(env: NodeJS.ProcessEnv, args: readonly string[]): FrontSettings {
  const setting = (name: string, fallback: string) => env[`${PREFIX}${name}`] || fallback;
  const port = Number(setting('PORT', '8080'));
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw wrong('PORT', 'a port');
  const path = setting('PATH', '/mcp');
  const healthPath = setting('HEALTH_PATH', '/healthz');
  if (!path.startsWith('/') || !healthPath.startsWith('/') || path === healthPath) {
    throw wrong('PATH', 'a path, and another one than that of FRONT_HEALTH_PATH');
  }
  return {
    ...{ host: setting('HOST', '0.0.0.0'), port, path, healthPath },
    token: readToken(setting('TOKEN_FILE', '')),
    logLevel: LEVELS.find((level) => level === env['LOG_LEVEL']) ?? 'info',
    server: serverOf(env, args),
  };
}

function serverOf(env: NodeJS.ProcessEnv, args: readonly string[]): FrontSettings['server'] {
  const command = args[0] === '--' ? args.slice(1) : [];
  const upstream = env[`${PREFIX}UPSTREAM`] ?? '';
  if ((command.length === 0) === (upstream === '')) {
    throw new HostingError('Say either FRONT_UPSTREAM, or a command after --.');
  }
  if (upstream !== '') return upstreamOf(upstream);
  const given = Object.entries(env).filter(
    ([name, value]) => !name.startsWith(PREFIX) && isAllowedVariable(name) && value !== undefined,
  );
  return {
    command,
    environment: Object.fromEntries(given.map(([name, value]) => [name, value ?? ''])),
    searchPath: env['PATH'] || '/usr/local/bin:/usr/bin:/bin',
    folder: env[`${PREFIX}FOLDER`] || '/tmp/mcp-front',
  };
}

function upstreamOf(text: string): Upstream {
  const url = canParseUrl(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' || !LOOPBACK.includes(url.hostname) || url.search !== '') {
    throw wrong('UPSTREAM', 'an http URL of the loopback interface, as http://127.0.0.1:8000/mcp');
  }
  return { port: Number(url.port || 80), path: url.pathname, key: undefined };
}

function readToken(file: string): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch {
    throw wrong('TOKEN_FILE', 'a file that can be read');
  }
  if (token.length < MIN_TOKEN) throw wrong('TOKEN_FILE', `a secret of ${MIN_TOKEN} characters`);
  return token;
}

function wrong(name: string, wanted: string): HostingError {
  return new HostingError(`${PREFIX}${name} has to be ${wanted}.`);
}
