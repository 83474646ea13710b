import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { type FrontListener, listenAsFront } from '../hosting/front-listener.ts';
import { chooseIsolation } from '../hosting/isolation.ts';
import { instanceOf, ServerFront } from '../hosting/server-front.ts';
import { ServerHost } from '../hosting/server-host.ts';
import type { Clock } from '../lib/clock.ts';
import { readCertificateFile, trustAlso } from '../outbound/certificate-authorities.ts';
import { EgressProxy } from '../outbound/egress-proxy.ts';
import { createOutbound, type Outbound } from '../outbound/guarded-fetch.ts';
import { SystemResolver } from '../outbound/host-resolver.ts';
import { ManagedPolicy } from '../outbound/outbound-policy.ts';
import { buildAgentApp } from './agent-app.ts';
import { AgentMachine } from './agent-machine.ts';
import type { AgentSettings } from './agent-settings.ts';
import { Heartbeats } from './heartbeats.ts';

/** What {@link startAgent} needs besides its settings. */
export interface AgentDeps {
  logger: Logger;
  clock: Clock;
  /** Of this program. */
  version: string;
  /** Where programs are looked for, as PATH says it, and what the container engine's program needs of the environment. */
  searchPath: string;
  dockerEnvironment: Readonly<Record<string, string>>;
}

/** A deployment agent, listening. */
export interface RunningAgent {
  readonly port: number;
  /** Tells the service, ends all servers, and takes away what was made for them. */
  stop(): Promise<void>;
}

/**
 * Starts a deployment agent: the servers of a former life are ended first, and none is started before the service asks for it.
 * @throws HostingError where servers cannot be run here as it is wanted; CertificateFileError; the errors of `listen` (`EADDRINUSE`)
 */
export async function startAgent(settings: AgentSettings, deps: AgentDeps): Promise<RunningAgent> {
  const { logger, clock, version } = deps;
  const host = await openHost(settings, deps);
  const outbound = createServiceOutbound(settings);
  const machine = new AgentMachine({ host, maxServers: settings.maxServers, version });
  const heartbeats = new Heartbeats({
    url: `${settings.serviceUrl}/api/agents/${settings.name}/heartbeat`,
    secret: settings.heartbeatSecret,
    runId: randomUUID(),
    report: () => ({ agent: machine.report(), servers: machine.servers() }),
    ...{ outbound, clock, logger },
  });
  try {
    const listener = await listen(settings, { host, machine, logger });
    heartbeats.start();
    logger.info({ port: listener.port }, 'the deployment agent is listening');
    let stopping: Promise<void> | undefined;
    return {
      port: listener.port,
      stop: () => {
        // The service is told first, so that it sends nobody here any more.
        stopping ??= heartbeats.stop().then(() => closeAll([listener, host, outbound]));
        return stopping;
      },
    };
  } catch (error) {
    await closeAll([host, outbound]);
    throw error;
  }
}

async function closeAll(parts: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const part of parts) await part.close();
}

function openHost(
  settings: AgentSettings,
  { clock, logger, searchPath, dockerEnvironment: environment }: AgentDeps,
): Promise<ServerHost> {
  const { name: target, maxServers, images, docker } = settings;
  return ServerHost.open({
    ...{ target, maxServers, clock, logger, searchPath },
    folder: path.resolve(settings.dataDir),
    isolation: chooseIsolation(settings),
    docker: images.length === 0 ? undefined : { ...docker, images, environment },
    // Whole commands are judged, and not only their programs: see allowed-launches.ts.
    commands: undefined,
  });
}

/** Pinned to the service, which the operator has named, so that a name of their own network counts as well. */
function createServiceOutbound({ serviceUrl, caFile, proxy }: AgentSettings): Outbound {
  return createOutbound({
    policy: new ManagedPolicy({ origins: [new URL(serviceUrl).origin] }),
    resolver: new SystemResolver(),
    ...(caFile !== undefined && { secureContext: trustAlso(readCertificateFile(caFile)) }),
    ...(proxy !== undefined && { proxy: new EgressProxy(proxy) }),
  });
}

/** One listener for the contract and for the endpoints of all servers. */
async function listen(
  settings: AgentSettings,
  { host, machine, logger }: { host: ServerHost; machine: AgentMachine; logger: Logger },
): Promise<FrontListener> {
  const { name, serviceSecrets, commands, tls } = settings;
  const app = await buildAgentApp({
    ...{ name, machine, host, logger, serviceSecrets, allowed: { commands } },
  });
  await app.ready();
  const front = new ServerFront({ find: (place) => host.find(instanceOf(place) ?? ''), logger });
  const address = {
    host: settings.host,
    port: settings.port,
    tls: tls && readTls(tls),
  };
  return await listenAsFront(address, (request, response) => {
    if (instanceOf(request.url ?? '') === undefined) app.routing(request, response);
    else front.handle(request, response);
  });
}

function readTls({ certFile, keyFile }: NonNullable<AgentSettings['tls']>): {
  cert: string;
  key: string;
} {
  try {
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  } catch (cause) {
    throw new Error('A file of AGENT_TLS_CERT_FILE or AGENT_TLS_KEY_FILE cannot be read.', {
      cause,
    });
  }
}
