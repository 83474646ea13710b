import { EventEmitter } from 'node:events';
import type { Runner, TaskList, WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import { connectionConfig, hasJobsSchema, JOBS_SCHEMA, WORKER_ROLE } from '../database/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Job } from './job.ts';

/** What a {@link JobRunner} works with. */
export interface JobRunnerOptions {
  /** Connection string. A pooler in front of the database must be in session mode. */
  url: string;
  jobs: readonly Job[];
  /** Whether they become due by their schedules. What somebody else makes due is done in any case. */
  isScheduled: boolean;
  clock: Pick<Clock, 'sleep' | 'monotonic'>;
  /** Told of every run that ended. */
  onRun: (run: JobRun) => void;
  /** From now on jobs are done here. */
  onConnected: () => void;
  /** Jobs cannot be fetched, or not any more; it is tried again until {@link JobRunner.close}. */
  onFailure: (error: unknown) => void;
}

/** How a job went. Time in milliseconds. */
export interface JobRun {
  job: string;
  durationMs: number;
  /** Why it failed; undefined after a success. */
  error: unknown;
  /** What it did. */
  done: Readonly<Record<string, number>>;
}

/** The tables of jobs are missing, of another revision, or closed to the worker. */
export class JobsUnusable extends Error {
  override readonly name = 'JobsUnusable';
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Jobs that are due come by notification; this is for the repetition of failed ones, and for lost notifications. */
const POLL_MS = 10_000;
const AT_ONCE = 2;
/** Those for the jobs, one for notifications, one for the schedule. */
const CONNECTIONS = AT_ONCE + 2;
/** A job that fails is tried after 3, 7 and 20 seconds again, then when it is due the next time. */
const MAX_ATTEMPTS = 4;
/** How long a stop waits for jobs to notice. */
const STOP_MS = 10_000;

/**
 * Does jobs on graphile-worker: whichever replica is free fetches what is due. Fetched and due are rows, so that each is done once across replicas. Where the database fails,
 * nothing is done and it is tried again: no failure leaves this class.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #stop = new AbortController();
  #isConnected = false;
  #running: Promise<void> | undefined;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  /** Whether this process does jobs, as far as is known. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Begins to do jobs. Never waits and never throws. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Takes no more jobs and waits up to ten seconds for those under way. May be called again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { clock, onFailure } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        await this.#runOnce(() => {
          pauseMs = FIRST_PAUSE_MS;
        });
      } catch (error) {
        if (!signal.aborted) onFailure(error);
      }
      // Replicas that lost the same server do not come back at the same moment.
      await clock.sleep(pauseMs * (0.5 + Math.random() / 2), signal).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Resolves when it is to stop. @throws when jobs cannot be fetched, or the queue gives up */
  async #runOnce(onConnected: () => void): Promise<void> {
    const { signal } = this.#stop;
    const pool = new pg.Pool({
      ...connectionConfig(this.#options.url, {
        application: 'jobs',
        role: WORKER_ROLE,
        max: CONNECTIONS,
      }),
      // Nothing is said on the connection that listens, for hours: the system asks whether the server is still there.
      keepAlive: true,
    });
    // Without both the library writes to the console; what breaks is reported by the next query.
    pool.on('error', () => {});
    pool.on('connect', () => {});
    try {
      // Also because it would try to change the tables, or set an exit code.
      if (!(await hasJobsSchema(pool))) throw new JobsUnusable('npm run db:migrate makes them.');
      const runner = await this.#begin(pool, onConnected);
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (signal.aborted) resolve();
      });
      await Promise.race([aborted, runner.promise]);
      if (!signal.aborted) throw new Error('The job queue has ended.');
      await this.#within(STOP_MS, runner.stop());
    } finally {
      this.#isConnected = false;
      // It waits for connections in use, which a job that does not stop may have.
      await this.#within(STOP_MS, pool.end());
    }
  }

  async #begin(pool: pg.Pool, onConnected: () => void): Promise<Runner> {
    const { Logger, parseCronItems, run } = await import('graphile-worker');
    const { jobs, isScheduled, onFailure } = this.#options;
    const taskList: TaskList = Object.fromEntries(
      jobs.map((job) => [job.name, () => this.#do(job)]),
    );
    // Listened to from the beginning: it may connect before `run` has answered.
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:listen:error', ({ error }) => {
      this.#isConnected = false;
      onFailure(error);
    });
    events.on('pool:listen:success', () => this.#connected(onConnected));
    const runner = await run({
      pgPool: pool,
      events,
      schema: JOBS_SCHEMA,
      taskList,
      parsedCronItems: parseCronItems(
        (isScheduled ? jobs : []).map(({ name, schedule }) => ({
          task: name,
          match: schedule,
          // One that waits for its repetition is replaced, so that they do not pile up. No queues: a replica that is killed would hold one for hours.
          options: { jobKey: name, maxAttempts: MAX_ATTEMPTS, backfillPeriod: 0 },
        })),
      ),
      concurrency: AT_ONCE,
      noHandleSignals: true,
      preset: {
        worker: {
          pollInterval: POLL_MS,
          // Not the library's default, which nobody waits for: the failure to write down that a job has ended would end the process. In a batch,
          // it ends the queue, and we begin anew.
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
      // Its lines quote messages of all kinds. What we need to know comes by events and results.
      logger: new Logger(() => () => {}),
    });
    runner.promise.catch(() => {}); // also where nobody waits for it any more
    return runner;
  }

  #connected(onConnected: () => void): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    onConnected();
    this.#options.onConnected();
  }

  async #do(job: Job): Promise<void> {
    const { clock, onRun } = this.#options;
    const startedAt = clock.monotonic();
    const ended = (error: unknown, done: JobRun['done']) =>
      onRun({ job: job.name, durationMs: Math.round(clock.monotonic() - startedAt), error, done });
    try {
      const done = await job.run(this.#stop.signal);
      ended(undefined, done);
    } catch (error) {
      ended(error, {});
      // Its message would be stored with the job: nobody knows what it quotes.
      throw new Error('failed');
    }
  }

  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const late = this.#options.clock.sleep(ms, over.signal).catch(() => {});
    await Promise.race([work.catch(() => {}), late]);
    over.abort();
  }
}
