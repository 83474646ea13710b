import type { Logger } from 'pino';
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Database } from './database/index.ts';
import type { CheckState, ReadinessCheck } from './http/readiness.ts';
import type { Job } from './jobs/job.ts';
import { type JobRun, JobRunner, type JobRunnerOptions } from './jobs/job-runner.ts';
import type { Clock } from './lib/clock.ts';
import type { AuditService } from './modules/audit/index.ts';
import type {
  DeactivatedCredentialService,
  TokenRenewalService,
} from './modules/connectors/index.ts';
import type { DeploymentAdvanceService } from './modules/deployments/index.ts';
import type { EventService, EventTicketService } from './modules/events/index.ts';
import type { IdempotencyService } from './modules/idempotency/index.ts';
import type { AuthorizationService } from './modules/oauth/index.ts';

/** What jobs are built from. */
export interface JobsBasis {
  databaseUrl: string;
  database: Pick<Database, 'hasJobsSchema'>;
  clock: Clock;
  logger: Pick<Logger, 'info' | 'warn'>;
  registry: Registry;
  /** As in {@link JobRunnerOptions}. */
  isScheduled: boolean;
  services: {
    idempotencyService: Pick<IdempotencyService, 'deleteExpired'>;
    authorizationService: Pick<AuthorizationService, 'deleteExpired'>;
    tokenRenewalService: TokenRenewalService;
    deactivatedCredentialService: DeactivatedCredentialService;
    auditService: Pick<AuditService, 'deleteOld'>;
    deploymentAdvanceService: Pick<DeploymentAdvanceService, 'advance'>;
    eventService: Pick<EventService, 'deleteExpired'>;
    eventTicketService: Pick<EventTicketService, 'deleteExpired'>;
  };
}

/** Builds what one of the replicas does from time to time. Nothing is connected before `start`. */
export function createJobs(basis: JobsBasis) {
  const { databaseUrl, database, clock, logger, registry, isScheduled, services } = basis;
  const log = createJobLog(logger);
  const runner = new JobRunner({
    url: databaseUrl,
    jobs: listJobs(services),
    isScheduled,
    clock,
    onRun: (run) => {
      const outcome = run.error === undefined ? 'ok' : 'failed';
      durations.observe({ job: run.job, outcome }, run.durationMs / 1000);
      log.ended(run);
    },
    onConnected: log.connected,
    onFailure: log.failed,
  });
  const durations = registerMetrics(registry, runner);
  return {
    start: () => runner.start(),
    close: () => runner.close(),
    readinessCheck: readinessCheck(database),
  };
}

function listJobs(services: JobsBasis['services']): Job[] {
  const { idempotencyService, authorizationService } = services;
  const { tokenRenewalService, deactivatedCredentialService } = services;
  const { eventService, eventTicketService, auditService, deploymentAdvanceService } = services;
  return [
    {
      name: 'advance-deployments',
      schedule: '* * * * *',
      run: async (signal) => ({ changed: await deploymentAdvanceService.advance(signal) }),
    },
    {
      name: 'renew-tokens',
      schedule: '* * * * *',
      run: async (signal) => ({ ...(await tokenRenewalService.renewEnding(signal)) }),
    },
    {
      name: 'delete-deactivated-credentials',
      schedule: '17 * * * *',
      run: async (signal) => ({ deleted: await deactivatedCredentialService.deleteDue(signal) }),
    },
    {
      name: 'delete-expired-answers',
      schedule: '*/10 * * * *',
      run: async (signal) => ({
        deleted: await untilNone(() => idempotencyService.deleteExpired(), signal),
      }),
    },
    {
      name: 'delete-expired-sign-ins',
      schedule: '5,15,25,35,45,55 * * * *',
      run: async (signal) => ({
        deleted: await untilNone(() => authorizationService.deleteExpired(), signal),
      }),
    },
    {
      name: 'delete-old-audit-records',
      schedule: '47 * * * *',
      run: async (signal) => ({ deleted: await untilNone(() => auditService.deleteOld(), signal) }),
    },
    {
      name: 'delete-old-events',
      schedule: '2,12,22,32,42,52 * * * *',
      run: async (signal) => ({
        tickets: await eventTicketService.deleteExpired(),
        deleted: await untilNone(() => eventService.deleteExpired(), signal),
      }),
    },
  ];
}

/** Repeats work that is done in batches. @returns how much was done */
async function untilNone(batch: () => Promise<number>, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (let done = -1; done !== 0 && !signal.aborted; total += done) done = await batch();
  return total;
}

/** Jobs are no reason to refuse operations, but without their tables this version was not installed. */
function readinessCheck(database: Pick<Database, 'hasJobsSchema'>): ReadinessCheck {
  return {
    name: 'jobs',
    check: async (): Promise<CheckState> => {
      const found = await database.hasJobsSchema().catch(() => undefined);
      if (found === true) return { ok: true };
      const reason =
        found === undefined
          ? 'The database cannot be reached.'
          : 'The tables of jobs are missing or of another version: npm run db:migrate makes them.';
      return { ok: false, reason };
    },
  };
}

function registerMetrics(registry: Registry, runner: JobRunner): Histogram<'job' | 'outcome'> {
  const registers = [registry];
  const connected: Gauge = new Gauge({
    name: 'mcp_jobs_connected',
    help: 'Whether this process does jobs: 1, or 0 while it cannot fetch any.',
    registers,
    collect: () => void connected.set(runner.isConnected ? 1 : 0),
  });
  return new Histogram({
    name: 'mcp_job_duration_seconds',
    help: 'How long jobs took on this replica, by how they ended.',
    labelNames: ['job', 'outcome'],
    buckets: [0.01, 0.1, 1, 10, 60],
    registers,
  });
}

/** One line for each run that did something, and for each loss and each return of the queue. */
function createJobLog(logger: Pick<Logger, 'info' | 'warn'>) {
  let isLost = false;
  return {
    ended: ({ job, durationMs: duration_ms, error: err, done }: JobRun) => {
      if (err !== undefined) logger.warn({ job, duration_ms, err }, 'a job failed');
      else if (Object.values(done).some((count) => count > 0)) {
        logger.info({ job, duration_ms, ...done }, 'a job is done');
      }
    },
    connected: () => {
      if (isLost) logger.info('jobs are done again');
      isLost = false;
    },
    failed: (err: unknown) => {
      if (!isLost) logger.warn({ err }, 'no jobs can be fetched');
      isLost = true;
    },
  };
}
