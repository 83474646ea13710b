import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { InstanceSpec } from '../runtimes/runtime.ts';
import { BRIDGE_PATH, bridgeCommand, bridgeEnvironment, type ServerEra } from './bridge.ts';
import {
  CONTAINER_CREDENTIALS,
  containerEnvironment,
  containerName,
  type DockerEngine,
  environmentFileText,
} from './docker-engine.ts';
import { endServer } from './former-life.ts';
import type { InstanceFolder } from './instance-folder.ts';
import { Keeper, type ProcessLimits, wrapped } from './keeper.ts';
import { answers, freeLoopbackPort, type Upstream } from './loopback.ts';
import { writePrivateFile } from './private-file.ts';
import { listenersAt, type ProcessRow, processRow } from './process-table.ts';
import { serverEnvironment } from './server-environment.ts';

/** Processes, with their threads, of one server. */
const MAX_PROCESSES = 512;
const MAX_OPEN_FILES = 1_024;
/** What a process may have beyond its memory at one moment, before anybody looks: programs reserve more than they use. In MiB. */
const DATA_HEADROOM_MB = 768;
/** How often it is asked whether it is up. */
const PROBE_PAUSE_MS = 100;

/** One start of a server, to its end. */
export interface LifePlan {
  spec: InstanceSpec;
  folder: InstanceFolder;
  /** User id of the server; undefined: ours. */
  account: number | undefined;
  /** The engine that its container runs on; undefined for those that are started as a process. */
  docker: DockerEngine | undefined;
  /** Of the bridge, for servers that speak over stdio. */
  key: string;
  /** What the bridge speaks to the server. */
  era: ServerEra;
  searchPath: string;
  /** Where the program starts; undefined: in its own folder. */
  workingFolder: string | undefined;
  readyTimeoutMs: number;
  stopGraceMs: number;
  clock: Clock;
  onOutput: (chunk: Buffer) => void;
}

/** How a look at a server that starts ended. */
export type Readiness = 'ready' | 'ended' | 'late' | 'listens-beyond-loopback';

/** A server that was started, with its bridge where it has one. */
export class ServerLife {
  readonly upstream: Upstream;
  /** Resolves when all of its group has ended. */
  readonly ended: Promise<void>;
  readonly #plan: LifePlan;
  readonly #keeper: Keeper;
  readonly #startTime: string;
  #ending: Promise<void> | undefined;

  private constructor(plan: LifePlan, port: number) {
    const { spec, account, docker, folder, searchPath, key } = plan;
    const isBridged = spec.launch.speaks === 'stdio';
    this.#plan = plan;
    this.upstream = isBridged
      ? { port, path: BRIDGE_PATH, key }
      : { port, path: spec.launch.path, key: undefined };
    this.#keeper = new Keeper(
      {
        command: commandOf(plan, port),
        environment: environmentOf(plan, port),
        account: docker === undefined ? account : undefined,
        container: docker && { name: containerName(spec.instanceId), program: docker.program },
        folder: docker === undefined ? (plan.workingFolder ?? folder.home) : '/',
        searchPath: docker?.environment['PATH'] ?? searchPath,
      },
      plan.onOutput,
    );
    this.ended = this.#keeper.ended;
    this.#startTime = this.pid === undefined ? '' : (processRow(this.pid)?.startTime ?? '');
  }

  /** Makes its folder anew and starts it. @throws Error of the file system, or where no port is free */
  static async start(plan: LifePlan): Promise<ServerLife> {
    await plan.folder.make(plan.spec.files);
    if (plan.docker !== undefined) {
      const paths = plan.folder.variables(plan.spec.files, CONTAINER_CREDENTIALS);
      const text = environmentFileText({ ...containerEnvironment(plan.spec), ...paths });
      writePrivateFile(environmentFileOf(plan), text, undefined);
    }
    return new ServerLife(plan, await freeLoopbackPort());
  }

  /** Of the keeper; undefined where not even that could be started. */
  get pid(): number | undefined {
    return this.#keeper.pid;
  }

  /** Waits until it answers, or will not. @throws the signal's reason */
  async ready(signal: AbortSignal): Promise<Readiness> {
    const { clock, readyTimeoutMs } = this.#plan;
    const deadline = clock.monotonic() + readyTimeoutMs;
    let hasEnded = false;
    void this.ended.then(() => {
      hasEnded = true;
    });
    while (clock.monotonic() < deadline) {
      if (hasEnded) return 'ended';
      if (await answers(this.upstream)) {
        // The engine has read it by now.
        rmSync(environmentFileOf(this.#plan), { force: true });
        return this.#whoseIsIt();
      }
      await Promise.race([clock.sleep(PROBE_PAUSE_MS, signal), this.ended]);
    }
    return 'late';
  }

  /** Which of these processes are the server's own, without keeper and bridge. */
  processesOf(rows: readonly ProcessRow[]): readonly ProcessRow[] {
    const { account, spec } = this.#plan;
    const isOwn = (row: ProcessRow) =>
      account === undefined ? row.group === this.pid : row.uid === account;
    const bridge = spec.launch.speaks === 'stdio' ? this.pid : undefined;
    return rows.filter((row) => isOwn(row) && row.pid !== this.pid && row.parent !== bridge);
  }

  /** Asks it to end, and ends all of it when it does not. Nothing of it runs afterwards. May be called again. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const { clock, stopGraceMs, spec, account, docker } = this.#plan;
    this.#keeper.terminate();
    const patience = new AbortController();
    const isImpatient = clock.sleep(stopGraceMs, patience.signal).catch(() => {});
    await Promise.race([this.ended, isImpatient]);
    patience.abort();
    this.#keeper.kill();
    await this.ended;
    await docker?.remove(spec.instanceId);
    if (this.pid === undefined) return;
    await endServer({
      instanceId: spec.instanceId,
      pid: this.pid,
      startTime: this.#startTime,
      account,
    });
  }

  /** Ends it at once. */
  kill(): void {
    this.#keeper.kill();
  }

  /** Another program may have taken the port in the moment when it was free, and a server may listen for the whole network. */
  #whoseIsIt(): Readiness {
    const { account, docker } = this.#plan;
    const listeners = docker === undefined ? listenersAt(this.upstream.port) : undefined;
    if (listeners === undefined) return 'ready';
    if (listeners.some(({ isLoopback }) => !isLoopback)) return 'listens-beyond-loopback';
    const owner = account ?? process.getuid?.();
    return listeners.some(({ uid }) => uid !== owner) ? 'ended' : 'ready';
  }
}

function commandOf(plan: LifePlan, port: number): readonly string[] {
  const { spec, docker, folder, key, era, readyTimeoutMs } = plan;
  const { launch } = spec;
  const isBridged = launch.speaks === 'stdio';
  const program =
    docker === undefined
      ? (launch.command ?? [])
      : docker.command({
          spec,
          port: isBridged ? undefined : port,
          user: plan.account ?? process.getuid?.() ?? 0,
          credentials: folder.credentials,
          environmentFile: environmentFileOf(plan),
        });
  const command = wrapped(program, folder.exitFile, limitsOf(plan));
  return isBridged
    ? bridgeCommand({ port, key, era, connectTimeoutMs: readyTimeoutMs }, command)
    : command;
}

/** A container has limits of its own; those here would be of Docker's program. */
function limitsOf({ spec, docker, account }: LifePlan): ProcessLimits {
  if (docker !== undefined)
    return { dataKib: undefined, openFiles: undefined, processes: undefined };
  return {
    dataKib: (spec.launch.memoryMb + DATA_HEADROOM_MB) * 1_024,
    openFiles: MAX_OPEN_FILES,
    // Of an account that others share, it would count theirs as well.
    processes: account === undefined ? undefined : MAX_PROCESSES,
  };
}

function environmentOf(plan: LifePlan, port: number): Record<string, string> {
  const { spec, folder, docker, searchPath, key } = plan;
  const isBridged = spec.launch.speaks === 'stdio';
  const bridge = isBridged ? bridgeEnvironment(key) : {};
  if (docker !== undefined) return { ...docker.environment, ...bridge };
  const own = serverEnvironment({
    ...{ instanceId: spec.instanceId, launch: spec.launch, searchPath },
    settings: { ...spec.environment, ...folder.variables(spec.files) },
    home: folder.home,
    temporary: folder.temporary,
    port: isBridged ? undefined : port,
  });
  return { ...own, ...bridge };
}

function environmentFileOf({ folder }: LifePlan): string {
  return path.join(folder.own, 'environment');
}
