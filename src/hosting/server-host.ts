import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { LoggableCause } from '../runtimes/loggable-cause.ts';
import { type InstanceSpec, type InstanceStatus, RuntimeFailure } from '../runtimes/runtime.ts';
import { bridgeFiles } from './bridge.ts';
import { DockerEngine, type DockerOptions } from './docker-engine.ts';
import { ServerRecords } from './former-life.ts';
import { DEFAULT_PATIENCE, type HostPatience } from './host-patience.ts';
import { HostedServer, type HostLogger } from './hosted-server.ts';
import { HostingError } from './hosting-error.ts';
import { Accounts, closedAbove, closedToOthers, type Isolation } from './isolation.ts';
import { type LaunchRules, refusalOf } from './launch-rules.ts';
import { keepFolder } from './private-file.ts';
import { listProcesses } from './process-table.ts';
import { removeTree } from './remove-tree.ts';

/** What a {@link ServerHost} is made of. */
export interface ServerHostOptions {
  /** For this host alone; made when absent. Every account must be able to go through the folders above it, where servers have their own. */
  folder: string;
  /** The host's name in problems: of an agent, of a replica. */
  target: string;
  isolation: Isolation;
  /** Undefined: no containers. */
  docker: DockerOptions | undefined;
  /** Programs that may be started; undefined: all that catalog entries name. */
  commands: readonly string[] | undefined;
  /** Where servers' programs are looked for, as PATH says it. */
  searchPath: string;
  /** Where programs start. Default: each in its own folder. */
  workingFolder?: string;
  /** Servers at once. */
  maxServers: number;
  patience?: Partial<HostPatience>;
  /** Told of each line that servers write, without their secrets; they are kept anyway. */
  onLine?: (line: string) => void;
  clock: Clock;
  logger: HostLogger;
}

/** Runs managed servers on this machine, as processes or containers that are watched, and end with it. */
export class ServerHost {
  readonly #options: ServerHostOptions;
  readonly #rules: LaunchRules;
  readonly #records: ServerRecords;
  readonly #accounts: Accounts | undefined;
  readonly #servers = new Map<string, HostedServer>();
  /** Those that are being ended. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  private constructor(
    options: ServerHostOptions,
    records: ServerRecords,
    docker: DockerEngine | undefined,
  ) {
    this.#options = options;
    this.#records = records;
    this.#rules = { commands: options.commands, docker };
    const { isolation } = options;
    this.#accounts = isolation.kind === 'accounts' ? new Accounts(isolation) : undefined;
  }

  /**
   * Takes the folder, ends what a former life left there, and begins.
   * @throws HostingError where servers cannot be run as it is wanted
   */
  static async open(options: ServerHostOptions): Promise<ServerHost> {
    const { folder, isolation } = options;
    const hasAccounts = isolation.kind === 'accounts';
    keepFolder(folder, hasAccounts ? 0o711 : 0o700);
    const records = new ServerRecords(folder);
    records.claim();
    try {
      return await ServerHost.#openIn(options, records);
    } catch (error) {
      records.release();
      throw error;
    }
  }

  static async #openIn(options: ServerHostOptions, records: ServerRecords): Promise<ServerHost> {
    const { folder, isolation, logger } = options;
    const hasAccounts = isolation.kind === 'accounts';
    const left = await records.sweep();
    const servers = path.join(folder, 'servers');
    keepFolder(servers, hasAccounts ? 0o711 : 0o700);
    for (const name of readdirSync(servers)) {
      await removeTree(path.join(servers, name)).catch((err: unknown) =>
        logger.warn({ err }, 'the folder of a managed server cannot be removed'),
      );
    }
    if (left > 0) logger.warn({ servers: left }, 'ended what a killed host had left');
    if (hasAccounts) checkReach(folder);
    const docker = await findDocker(options);
    const host = new ServerHost(options, records, docker);
    void host.#watch();
    return host;
  }

  /** Servers that it has now. */
  get size(): number {
    return this.#servers.size;
  }

  /** May another one be started? */
  get hasRoom(): boolean {
    return this.size < this.#options.maxServers;
  }

  /** Containers can be run here. */
  get hasDocker(): boolean {
    return this.#rules.docker !== undefined;
  }

  /** Ids of the servers that it has. */
  instances(): readonly string[] {
    return [...this.#servers.keys()];
  }

  /**
   * Has the server run with this specification: starts it, replaces one of an older generation, starts one that failed anew, or leaves it. Does
   * not wait for any of it.
   * @throws RuntimeFailure LAUNCH_NOT_ALLOWED; RUNTIME_REFUSED where there are as many as there may be, or the host is closing
   */
  ensure(spec: InstanceSpec): void {
    const { target } = this.#options;
    const existing = this.#servers.get(spec.instanceId);
    if (existing !== undefined && !isToBeReplaced(existing, spec)) return;
    const refusal = refusalOf(spec, this.#rules);
    if (refusal !== undefined) {
      throw new RuntimeFailure({
        code: refusal.code,
        target,
        cause: new LoggableCause(refusal.reason),
      });
    }
    if (this.#closing.signal.aborted || (existing === undefined && !this.hasRoom)) {
      throw new RuntimeFailure({
        code: 'RUNTIME_REFUSED',
        target,
        cause: new LoggableCause('as many servers as there may be'),
      });
    }
    const server = this.#create(spec);
    const before = existing?.stop() ?? this.#ending.get(spec.instanceId) ?? Promise.resolve();
    this.#servers.set(spec.instanceId, server);
    server.start(before);
  }

  /** What it is doing; `gone` where there is none of this id. */
  status(instanceId: string): Omit<InstanceStatus, 'url'> {
    return (
      this.#servers.get(instanceId)?.status() ?? {
        ...{
          phase: 'gone',
          generation: undefined,
          step: undefined,
          problem: undefined,
          sessions: 0,
        },
      }
    );
  }

  /** The server of this id; undefined where there is none. For the front. */
  find(instanceId: string): HostedServer | undefined {
    return this.#servers.get(instanceId);
  }

  /** The last lines it wrote, the oldest first; none where there is no such server. */
  logs(instanceId: string, lines: number): readonly string[] {
    return this.#servers.get(instanceId)?.logs(lines) ?? [];
  }

  /** Ends it and takes away everything that was made for it. Nothing happens where it is gone. */
  async stop(instanceId: string): Promise<void> {
    const server = this.#servers.get(instanceId);
    if (server === undefined) return this.#ending.get(instanceId);
    this.#servers.delete(instanceId);
    const ending = server.stop();
    this.#ending.set(instanceId, ending);
    try {
      await ending;
    } finally {
      if (this.#ending.get(instanceId) === ending) this.#ending.delete(instanceId);
    }
  }

  /** Ends all servers; none is started any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.instances().map((id) => this.stop(id)), ...this.#ending.values()]);
    this.#records.release();
  }

  #create(spec: InstanceSpec): HostedServer {
    const { clock, logger, folder, searchPath, patience, target, onLine } = this.#options;
    return new HostedServer(spec, {
      ...{ clock, logger, searchPath, target, onLine },
      workingFolder: this.#options.workingFolder,
      records: this.#records,
      accounts: this.#accounts,
      docker: this.#rules.docker,
      folder: path.join(folder, 'servers', spec.instanceId),
      patience: { ...DEFAULT_PATIENCE, ...patience },
    });
  }

  async #watch(): Promise<void> {
    const { clock, logger, patience } = this.#options;
    const { watchPauseMs } = { ...DEFAULT_PATIENCE, ...patience };
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await clock.sleep(watchPauseMs, signal).catch(() => {});
      if (signal.aborted || this.size === 0) continue;
      const rows = listProcesses();
      for (const [instance_id, server] of this.#servers) {
        server.judge(rows);
        if (!server.lostCredentials) continue;
        // Somebody wants this credential out of use, or the server cannot be trusted with it: it is not used any more, and is made anew.
        logger.warn({ instance_id }, 'a credential file is missing; the server is ended');
        void this.stop(instance_id);
      }
    }
  }
}

function isToBeReplaced(existing: HostedServer, { generation }: InstanceSpec): boolean {
  const isOlder = existing.spec.generation < generation;
  const hasFailed = existing.status().phase === 'failed';
  return isOlder || (hasFailed && existing.spec.generation === generation);
}

/** @throws HostingError where servers could not read what they are made of */
function checkReach(folder: string): void {
  const { node, program } = bridgeFiles();
  const closed =
    closedToOthers([node, program]) ?? closedAbove(path.join(folder, 'servers', '…'))[0];
  if (closed === undefined) return;
  throw new HostingError(
    `The accounts of servers cannot read ${closed}, which they need. Let others go through it (chmod o+x), or use another place.`,
  );
}

async function findDocker({
  docker,
  folder,
  logger,
}: ServerHostOptions): Promise<DockerEngine | undefined> {
  if (docker === undefined) return undefined;
  if (folder.includes(',')) {
    throw new HostingError('With containers, the folder of a host has no comma in its path.');
  }
  const hostId = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 16);
  const engine = new DockerEngine(docker, hostId);
  if (!(await engine.isThere())) {
    logger.warn({}, 'no container engine answers; images cannot be run here');
    return undefined;
  }
  await engine.sweep();
  if (!(await engine.hasNetwork())) {
    logger.warn({}, 'containers cannot get a network of their own; images cannot be run here');
    return undefined;
  }
  return engine;
}
