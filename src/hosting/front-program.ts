import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '../lib/clock.ts';
import { answerWith } from './forward.ts';
import { listenAsFront } from './front-listener.ts';
import type { FrontedCommand, FrontSettings } from './front-settings.ts';
import type { HostLogger } from './hosted-server.ts';
import { answers, type Upstream } from './loopback.ts';
import { type FrontedServer, ServerFront } from './server-front.ts';
import { ServerHost } from './server-host.ts';
import { SessionCount } from './session-count.ts';

/** The front of one server, listening. */
export interface RunningFront {
  readonly port: number;
  /** Resolves when the server will not come up any more: the container has to be started anew. */
  readonly failed: Promise<void>;
  stop(): Promise<void>;
}

/** What {@link startFront} needs besides its settings. */
export interface FrontDeps {
  logger: HostLogger;
  clock: Clock;
  /** Told of each line that the server writes, without its secrets. */
  onLine: (line: string) => void;
}

/** How often a server that was started is looked at. */
const LOOK_MS = 500;
/** The container bounds its memory. In MiB; more than any has. */
const NO_LIMIT_MB = 1_048_576;

/** What is behind the front. */
interface Backend {
  server: FrontedServer;
  isUp(): Promise<boolean>;
  failed: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Puts a front before one server, in its container: asks for the token, and passes on. Starts the server, behind a bridge, where it speaks
 * over stdio.
 * @throws HostingError, RuntimeFailure and the errors of `listen`
 */
export async function startFront(settings: FrontSettings, deps: FrontDeps): Promise<RunningFront> {
  const { server, token } = settings;
  const backend =
    'command' in server ? await startCommand(server, token, deps) : listening(server, token, deps);
  try {
    const listener = await listenAsFront(settings, handlerOf(settings, backend, deps));
    deps.logger.info({ port: listener.port }, 'the front is listening');
    return {
      port: listener.port,
      failed: backend.failed,
      stop: async () => {
        await listener.close();
        await backend.stop();
      },
    };
  } catch (error) {
    await backend.stop();
    throw error;
  }
}

function handlerOf(
  { path, healthPath }: FrontSettings,
  backend: Backend,
  { logger }: FrontDeps,
): RequestListener {
  const front = new ServerFront({
    find: (requested) => (requested === path ? backend.server : undefined),
    logger,
  });
  return (request, response) => {
    if (request.url !== healthPath) return front.handle(request, response);
    backend.isUp().then(
      (isUp) => (isUp ? tellUse(response, backend.server.sessions) : answerWith(response, 503)),
      () => answerWith(response, 503),
    );
  };
}

/** Numbers for whoever puts servers to sleep that nobody uses. They are no secret to those who may come as far as this. */
function tellUse(response: ServerResponse, { count, idleMs }: SessionCount): void {
  const use = { sessions: count, idle_seconds: Math.floor(idleMs / 1000) };
  response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(use));
}

/** One that others started. */
function listening(upstream: Upstream, token: string, { clock }: FrontDeps): Backend {
  return {
    server: {
      upstream,
      sessions: new SessionCount(clock),
      accepts: (bearer) => isSame(bearer, token),
    },
    isUp: () => answers(upstream),
    failed: new Promise(() => {}),
    stop: async () => {},
  };
}

async function startCommand(
  { command, environment, searchPath, folder }: FrontedCommand,
  bearer: string,
  { clock, logger, onLine }: FrontDeps,
): Promise<Backend> {
  const instanceId = randomUUID();
  // The container is what keeps it apart from others.
  const host = await ServerHost.open({
    ...{ folder, searchPath, clock, logger, target: 'container', maxServers: 1 },
    ...{ isolation: { kind: 'same-account' }, docker: undefined, commands: undefined, onLine },
    // As the image has it: its command may say where things are from there.
    workingFolder: process.cwd(),
  });
  host.ensure({
    ...{ instanceId, deploymentId: instanceId, entryKey: 'container', generation: 1 },
    launch: {
      ...{ command, image: undefined, speaks: 'stdio', port: 1, path: '/mcp', environment: {} },
      ...{ memoryMb: NO_LIMIT_MB, cpuMillis: 1_000 },
    },
    ...{ environment, files: [], bearer },
  });
  const server = host.find(instanceId);
  if (server === undefined) throw new Error('the host lost its server');
  const stopping = new AbortController();
  return {
    server,
    isUp: async () => server.upstream !== undefined,
    failed: failureOf(host, instanceId, clock, stopping.signal),
    stop: async () => {
      stopping.abort();
      await host.close();
    },
  };
}

async function failureOf(
  host: ServerHost,
  instanceId: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { phase } = host.status(instanceId);
    if (phase === 'failed') return;
    await clock.sleep(LOOK_MS, signal).catch(() => {});
  }
  await new Promise(() => {});
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
