import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import type { InstanceSpec, InstanceStatus, RuntimeProblemCode } from '../runtimes/runtime.ts';
import type { ServerEra } from './bridge.ts';
import type { DockerEngine } from './docker-engine.ts';
import type { ServerRecords } from './former-life.ts';
import type { HostPatience } from './host-patience.ts';
import { InstanceFolder } from './instance-folder.ts';
import type { Accounts } from './isolation.ts';
import { LogTail } from './log-tail.ts';
import type { Upstream } from './loopback.ts';
import type { ProcessRow } from './process-table.ts';
import { type Readiness, ServerLife } from './server-life.ts';
import { SessionCount } from './session-count.ts';

/** The part of a pino logger that is used. */
export interface HostLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What a {@link HostedServer} needs. */
export interface HostedServerDeps {
  clock: Clock;
  logger: HostLogger;
  records: ServerRecords;
  accounts: Accounts | undefined;
  docker: DockerEngine | undefined;
  /** Its own folder. */
  folder: string;
  searchPath: string;
  /** Where programs start; undefined: each in its own folder. */
  workingFolder: string | undefined;
  patience: HostPatience;
  /** Told of each line that servers write, without their secrets. */
  onLine?: ((line: string) => void) | undefined;
  /** The host's name, for {@link RuntimeProblem.target}. */
  target: string;
}

/** How one start of a server ended. */
interface Ending {
  code: RuntimeProblemCode;
  /** It will not be better the next time. */
  isFinal?: boolean;
  /** Soon after its start. */
  isQuick: boolean;
}

const EXIT_CODES_OF_NO_PROGRAM = [126, 127];
/** 128 + SIGKILL: with a container, nearly always its limit of memory. */
const KILLED = 137;
/** Processes of one server, where its account does not bound them. */
const MAX_PROCESSES = 512;

/** A server that is kept running: started, watched, started again when it ends, given up when that does not help. */
export class HostedServer {
  readonly spec: InstanceSpec;
  readonly sessions: SessionCount;
  readonly #deps: HostedServerDeps;
  readonly #bearerDigest: Buffer;
  readonly #key = randomBytes(32).toString('base64url');
  readonly #log: LogTail;
  readonly #stopping = new AbortController();
  /** Most servers take the handshake; one that does not come up with it is asked without. */
  #era: ServerEra = 'legacy';
  #phase: 'starting' | 'running' | 'failed' = 'starting';
  #step: string | undefined = 'preparing';
  #problem: { code: RuntimeProblemCode } | undefined;
  #account: number | undefined;
  #folder: InstanceFolder | undefined;
  #life: ServerLife | undefined;
  #starts = 0;
  /** Why we ended it ourselves. */
  #verdict: RuntimeProblemCode | undefined;
  #done: Promise<void> = Promise.resolve();

  constructor(spec: InstanceSpec, deps: HostedServerDeps) {
    this.spec = spec;
    this.#deps = deps;
    this.sessions = new SessionCount(deps.clock);
    this.#bearerDigest = digest(spec.bearer);
    const secrets = [
      ...Object.values(spec.environment),
      ...spec.files.map(({ content }) => content),
    ];
    this.#log = new LogTail([...secrets, spec.bearer, this.#key], deps.onLine);
  }

  /** Begins to keep it running. @param before what has to end first, as one of an older generation, which has the same folder */
  start(before: Promise<void>): void {
    this.#done = before.then(() => this.#run());
  }

  /** Where its requests go; undefined while it is not up. */
  get upstream(): Upstream | undefined {
    return this.#phase === 'running' && !this.#stopping.signal.aborted
      ? this.#life?.upstream
      : undefined;
  }

  /** Is that the secret of its deployment? Takes the same time for all. */
  accepts(bearer: string): boolean {
    return timingSafeEqual(digest(bearer), this.#bearerDigest);
  }

  status(): Omit<InstanceStatus, 'url'> {
    const { target } = this.#deps;
    return {
      phase: this.#phase,
      generation: this.spec.generation,
      step: this.#step,
      problem: this.#problem && { ...this.#problem, target, cause: this.#log.lines(5).join('\n') },
      sessions: this.sessions.count,
    };
  }

  /** How often it was started again. */
  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  logs(lines: number): readonly string[] {
    return this.#log.lines(lines);
  }

  /** Ends it and takes away everything that was made for it. May be called again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  /** Ends it where it uses more than it may. @param rows all processes of this machine */
  judge(rows: readonly ProcessRow[]): void {
    const life = this.#life;
    if (life === undefined || this.#verdict !== undefined || this.#isContainer) return;
    const own = life.processesOf(rows);
    const megabytes = own.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / 1_048_576;
    if (megabytes > this.spec.launch.memoryMb) {
      this.#log.note(
        `[host] ended: it used ${Math.round(megabytes)} MiB of ${this.spec.launch.memoryMb}`,
      );
      this.#verdict = 'SERVER_OUT_OF_MEMORY';
    } else if (own.length > MAX_PROCESSES) {
      this.#log.note(`[host] ended: it had ${own.length} processes`);
      this.#verdict = 'SERVER_EXITED';
    } else return;
    life.kill();
  }

  /** Did a credential file go away, or turn into something else, while it runs? */
  get lostCredentials(): boolean {
    return this.#phase === 'running' && this.#folder?.isWhole() === false;
  }

  get #isContainer(): boolean {
    return this.spec.launch.image !== undefined;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      if (signal.aborted || !(await this.#prepare())) return;
      await this.#keepRunning(signal);
    } catch (error) {
      if (!signal.aborted) this.#fail('RUNTIME_REFUSED', error);
    } finally {
      await this.#cleanUp();
    }
  }

  /** One that failed keeps nothing but its log: no secret stays on disk. Never throws: nobody waits for a server that ended by itself. */
  async #cleanUp(): Promise<void> {
    const { accounts, records, logger } = this.#deps;
    const { instanceId: instance_id, entryKey: entry } = this.spec;
    const isClean = await this.#folder?.remove().catch((err: unknown) => {
      logger.warn({ instance_id, entry, err }, 'the folder of a managed server cannot be removed');
      return false;
    });
    // What is left belongs to this account: nobody else is to get it.
    if (this.#account !== undefined && isClean !== false) accounts?.free(this.#account);
    try {
      records.remove(this.spec.instanceId);
    } catch (err) {
      logger.warn({ instance_id, entry, err }, 'the record of a managed server cannot be removed');
    }
  }

  /** @returns whether it can be started */
  async #prepare(): Promise<boolean> {
    const { accounts, docker, folder } = this.#deps;
    const { image } = this.spec.launch;
    if (image !== undefined) {
      this.#step = 'pulling-image';
      const problem = await docker?.pull(image, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return false;
      if (problem !== undefined) {
        this.#log.note(`[host] ${problem}`);
        this.#fail('LAUNCH_NOT_FOUND', problem);
        return false;
      }
    }
    this.#account = accounts?.take();
    this.#folder = new InstanceFolder(folder, this.#account);
    return true;
  }

  async #keepRunning(signal: AbortSignal): Promise<void> {
    const { clock, logger, patience } = this.#deps;
    for (let quick = 0; ; ) {
      this.#phase = 'starting';
      this.#step = quick === 0 ? 'starting' : 'starting-again';
      const ending = await this.#liveOnce(signal);
      if (signal.aborted) return;
      quick = ending.isQuick ? quick + 1 : 1;
      this.#phase = 'starting';
      this.#step = 'waiting-to-start-again';
      this.#problem = { code: ending.code };
      const fields = { instance_id: this.spec.instanceId, entry: this.spec.entryKey };
      logger.warn({ ...fields, problem: ending.code, quick }, 'a managed server ended');
      if (ending.isFinal === true || quick >= patience.maxQuickExits) {
        return this.#fail(ending.code, undefined);
      }
      const pause = Math.min(patience.firstPauseMs * 2 ** (quick - 1), patience.maxPauseMs);
      await clock.sleep(pause, signal).catch(() => {});
      if (signal.aborted) return;
    }
  }

  async #liveOnce(signal: AbortSignal): Promise<Ending> {
    const { clock, patience, records, docker, searchPath, workingFolder } = this.#deps;
    if (this.#folder === undefined) throw new Error('there is no folder');
    this.#verdict = undefined;
    this.#starts += 1;
    const startedAt = clock.monotonic();
    const life = await ServerLife.start({
      ...{ spec: this.spec, folder: this.#folder, account: this.#account, key: this.#key },
      era: this.#era,
      docker: this.#isContainer ? docker : undefined,
      ...{ searchPath, workingFolder, clock },
      readyTimeoutMs: patience.readyTimeoutMs,
      stopGraceMs: patience.stopGraceMs,
      onOutput: (chunk) => this.#log.write(chunk),
    });
    this.#life = life;
    try {
      const { instanceId } = this.spec;
      if (life.pid !== undefined)
        records.write({ instanceId, pid: life.pid, account: this.#account });
      const readiness = await life.ready(signal);
      if (readiness !== 'ready') this.#era = this.#era === 'legacy' ? 'modern' : 'legacy';
      if (readiness === 'ready') {
        this.#up();
        await Promise.race([life.ended, aborted(signal)]);
      }
      await life.end();
      const isQuick = readiness !== 'ready' || clock.monotonic() - startedAt < patience.quickExitMs;
      return { ...this.#endingOf(readiness), isQuick };
    } finally {
      await life.end();
      this.#life = undefined;
      this.sessions.clear();
    }
  }

  #up(): void {
    this.#phase = 'running';
    this.#step = undefined;
    this.#problem = undefined;
    const { instanceId: instance_id, entryKey: entry } = this.spec;
    this.#deps.logger.info({ instance_id, entry }, 'a managed server is up');
  }

  #endingOf(readiness: Readiness): Omit<Ending, 'isQuick'> {
    if (this.#verdict !== undefined) return { code: this.#verdict };
    if (readiness === 'listens-beyond-loopback') {
      this.#log.note('[host] ended: it listens on more than the loopback interface');
      return { code: 'LAUNCH_NOT_ALLOWED', isFinal: true };
    }
    const exitCode = this.#folder?.exitCode();
    if (exitCode !== undefined) this.#log.note(`[host] the program ended with ${exitCode}`);
    if (exitCode !== undefined && EXIT_CODES_OF_NO_PROGRAM.includes(exitCode)) {
      return { code: 'LAUNCH_NOT_FOUND', isFinal: readiness !== 'ready' };
    }
    if (exitCode === KILLED && this.#isContainer) return { code: 'SERVER_OUT_OF_MEMORY' };
    return { code: readiness === 'late' ? 'SERVER_NOT_READY' : 'SERVER_EXITED' };
  }

  #fail(code: RuntimeProblemCode, err: unknown): void {
    this.#phase = 'failed';
    this.#step = undefined;
    this.#problem = { code };
    const { instanceId: instance_id, entryKey: entry } = this.spec;
    // Texts of engines and servers stay in the server's own log.
    const reason = err instanceof Error ? { err } : {};
    this.#deps.logger.warn(
      { instance_id, entry, problem: code, ...reason },
      'a managed server failed',
    );
  }
}

function digest(bearer: string): Buffer {
  return createHash('sha256').update(bearer).digest();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
