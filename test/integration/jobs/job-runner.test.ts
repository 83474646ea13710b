import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { applyMigrations } from '../../../src/database/migrations.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { type JobRun, JobRunner, JobsUnusable } from '../../../src/jobs/job-runner.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createTestDatabase, openPool, type TestDatabase } from '../../support/database.ts';

/** Pauses between attempts are short; the limit of a stop stays. */
const clock = {
  monotonic: () => systemClock.monotonic(),
  sleep: (ms: number, signal?: AbortSignal) =>
    systemClock.sleep(ms === 10_000 ? ms : Math.min(ms, 20), signal),
};

let db: TestDatabase;
let runners: JobRunner[];
let runs: JobRun[];
let failures: unknown[];
let name: string;

beforeAll(async () => {
  db = await createTestDatabase();
});

afterAll(() => db.drop());

beforeEach(() => {
  name = `job-${randomUUID()}`;
  runners = [];
  runs = [];
  failures = [];
});

afterEach(async () => {
  for (const runner of runners) await runner.close();
});

/** A runner that is at work. */
async function start(run: Job['run'], url = db.url): Promise<JobRunner> {
  const runner = begin(run, url);
  await expect.poll(() => runner.isConnected).toBe(true);
  return runner;
}

function begin(run: Job['run'], url = db.url): JobRunner {
  const runner = new JobRunner({
    url,
    jobs: [{ name, schedule: '0 4 1 1 *', run }],
    isScheduled: true,
    clock,
    onRun: (ended) => void runs.push(ended),
    onConnected: () => {},
    onFailure: (error) => void failures.push(error),
  });
  runners.push(runner);
  runner.start();
  return runner;
}

/** Makes the job due now. */
const due = (key?: string) =>
  db.owner.query('SELECT FROM mcp_connectors_jobs.add_job($1, job_key => $2)', [name, key]);

async function stored() {
  const { rows } = await db.owner.query(
    `SELECT j.attempts, j.last_error, j.locked_by FROM mcp_connectors_jobs._private_jobs j
     JOIN mcp_connectors_jobs._private_tasks t ON t.id = j.task_id WHERE t.identifier = $1`,
    [name],
  );
  return rows;
}

describe('jobs', () => {
  it('are done once each, by whichever replica is free', async () => {
    const done: string[] = [];
    const work = (replica: string) => async () => {
      done.push(replica);
      await systemClock.sleep(5);
      return { things: 1 };
    };
    await start(work('one'));
    await start(work('two'));

    await Promise.all(Array.from({ length: 20 }, () => due()));

    await expect.poll(() => runs).toHaveLength(20);
    expect(done).toHaveLength(20);
    expect(new Set(done).size).toBe(2);
    expect(runs.every((run) => run.error === undefined && run.done['things'] === 1)).toBe(true);
    await expect.poll(stored).toEqual([]);
  });

  it('are on the schedule of all replicas once', async () => {
    const run = async () => ({});
    await start(run);
    await start(run);

    const planned = () =>
      db.owner.query(
        'SELECT FROM mcp_connectors_jobs._private_known_crontabs WHERE identifier = $1',
        [name],
      );
    await expect.poll(async () => (await planned()).rowCount).toBe(1);
  });

  it('that fail are tried again, and what they failed of is not stored', async () => {
    let attempts = 0;
    await start(async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('secret-7f3a in a message');
      return {};
    });

    await due();

    await expect.poll(() => runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ job: name, error: { message: 'secret-7f3a in a message' } });
    await expect.poll(stored).toMatchObject([{ attempts: 1, locked_by: null }]);
    expect(JSON.stringify(await stored())).not.toContain('secret-7f3a');
    await db.owner.query('UPDATE mcp_connectors_jobs._private_jobs SET run_at = now()');
    await due('another, so that the queue is looked at');
    await expect.poll(() => runs.filter(({ error }) => error === undefined)).toHaveLength(2);
  });

  it('under way are told of a stop and waited for', async () => {
    let isOver = false;
    const runner = await start(
      (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            isOver = true;
            resolve({ half: 1 });
          });
        }),
    );
    await due();
    await expect.poll(stored).toMatchObject([{ locked_by: expect.any(String) }]);

    await runner.close();

    expect(isOver).toBe(true);
    expect(runs).toMatchObject([{ done: { half: 1 }, error: undefined }]);
    expect(await stored()).toEqual([]);
    expect(runner.isConnected).toBe(false);
  });
});

describe('the worker that does jobs', () => {
  it('may use the tables of jobs, and change nothing about them', async () => {
    const asWorker = (sql: string) => db.database.asWorker((tx) => tx.$executeRawUnsafe(sql));
    for (const sql of [
      'CREATE TABLE mcp_connectors_jobs.mine (id int)',
      'ALTER TABLE mcp_connectors_jobs._private_jobs ADD COLUMN mine int',
      'DROP SCHEMA mcp_connectors_jobs CASCADE',
      'UPDATE mcp_connectors_jobs.migrations SET id = 99',
    ]) {
      await expect(asWorker(sql)).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('shares no job with requests', async () => {
    const asUser = (sql: string) =>
      db.database.asUser({ tenantId: 't', userId: 'u' }, (tx) => tx.$executeRawUnsafe(sql));
    await expect(asUser('SELECT FROM mcp_connectors_jobs._private_jobs')).rejects.toThrow(
      /permission denied/,
    );
    await expect(asUser(`SELECT mcp_connectors_jobs.add_job('x')`)).rejects.toThrow(
      /permission denied/,
    );
  });
});

describe('without its tables or its database', () => {
  it('nothing is done until the tables are there', async () => {
    const empty = await createTestDatabase({ migrated: false });
    try {
      const runner = begin(async () => ({}), empty.url);
      await expect.poll(() => failures.length).toBeGreaterThan(0);
      expect(runner.isConnected).toBe(false);
      // Where the role does not exist yet, there is no connection.
      expect(await empty.database.hasJobsSchema().catch(() => false)).toBe(false);

      const applied = await applyMigrations({ url: empty.url });

      expect(applied.at(-1)).toMatch(/the tables of jobs, revision \d+/);
      await expect.poll(() => runner.isConnected).toBe(true);
      expect(await empty.database.hasJobsSchema()).toBe(true);
      expect(await applyMigrations({ url: empty.url })).toEqual([]);
      await runner.close();
    } finally {
      await empty.drop();
    }
  });

  it('a revision that is not ours is left alone', async () => {
    const other = await createTestDatabase();
    try {
      await other.owner.query('INSERT INTO mcp_connectors_jobs.migrations (id) VALUES (99)');
      expect(await other.database.hasJobsSchema()).toBe(false);

      const runner = begin(async () => ({}), other.url);

      await expect.poll(() => failures[0]).toBeInstanceOf(JobsUnusable);
      expect(process.exitCode).toBeUndefined();
      await runner.close();
    } finally {
      await other.drop();
    }
  });

  it('a lost database is come back to', async () => {
    const runner = await start(async () => ({}));
    const killed = await db.owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'mcp-connectors jobs' AND datname = current_database()`,
    );
    expect(killed.rowCount).toBeGreaterThan(0);
    await expect.poll(() => failures.length).toBeGreaterThan(0);

    await expect.poll(() => runner.isConnected, { timeout: 5_000 }).toBe(true);
    // The first may come before it listens, and then waits for the next look at the table.
    await expect
      .poll(() => due().then(() => runs.length), { timeout: 5_000, interval: 200 })
      .toBeGreaterThan(0);
  });

  it.each(['ends well', 'fails'])(
    'a database that is lost while a job %s ends nothing but the queue',
    async (how) => {
      const unhandled: unknown[] = [];
      const onUnhandled = (error: unknown) => void unhandled.push(error);
      process.on('unhandledRejection', onUnhandled);
      const admin = openPool({ connectionString: inject('testServer').url, max: 1 });
      const database = new URL(db.url).pathname.slice(1);
      const gate = new EventEmitter();
      let isFirst = true;
      try {
        const runner = await start(async () => {
          if (!isFirst) return { again: 1 };
          isFirst = false;
          await once(gate, 'open');
          if (how === 'fails') throw new Error('failed by itself');
          return {};
        });
        await due();
        await expect.poll(stored).toMatchObject([{ locked_by: expect.any(String) }]);
        await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`);
        await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'mcp-connectors jobs' AND datname = $1`,
          [database],
        );
        gate.emit('open');
        await expect.poll(() => runs.length).toBe(1);
        await expect.poll(() => failures.length).toBeGreaterThan(0);

        await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`);
        await expect.poll(() => runner.isConnected).toBe(true);
        await expect
          .poll(() => due().then(() => runs.at(-1)?.done), { interval: 200 })
          .toEqual({ again: 1 });
        expect(unhandled).toEqual([]);
      } finally {
        await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`);
        await admin.end();
        process.off('unhandledRejection', onUnhandled);
      }
    },
  );
});
