import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { Config } from './config.ts';
import type { createChangeFeed } from './container-changes.ts';
import { Database, type RecordedChange, registerPoolMetrics } from './database/index.ts';
import { ChangeContext } from './lib/change-context.ts';
import type { Clock } from './lib/clock.ts';
import { OperationLog } from './lib/operation-log.ts';
import { RequestContext } from './lib/request-context.ts';
import { AuditService, AuditTrail, PrismaAuditStore } from './modules/audit/index.ts';

/** What the database and its records are built from. */
export interface RecordedDatabaseBasis {
  config: Pick<Config, 'auditKeptDays'>;
  databaseUrl: string;
  feed: Pick<ReturnType<typeof createChangeFeed>, 'onUserWork' | 'onEvent'>;
  clock: Clock;
  logger: Logger;
  registry: Registry;
}

/** How often what waits is written; a record is there within a second. */
const FLUSH_MS = 500;

/** Builds the way to the database, and what records who changes something there: in the log, and for operators. */
export function createRecordedDatabase(basis: RecordedDatabaseBasis) {
  const { config, databaseUrl, feed, clock, logger, registry } = basis;
  const requestContext = new RequestContext();
  const changes = new ChangeContext();
  const database = new Database({
    url: databaseUrl,
    onUserWork: feed.onUserWork,
    changeUnderWay: () => recordedChange(changes, requestContext),
    onConnectionError: (err) => logger.warn({ err }, 'database connection lost'),
  });
  registerPoolMetrics(registry, database);
  const store = new PrismaAuditStore({ database });
  const onLost = registerLosses(registry, logger);
  const trail = new AuditTrail({ store, changes, requests: requestContext, clock, onLost });
  feed.onEvent(({ isErasure, tenantId, userId }) => {
    if (isErasure && userId !== null) void trail.forget({ tenantId, userId }, { isErased: true });
  });
  return {
    requestContext,
    database,
    trail,
    log: new OperationLog({ logger, clock, context: requestContext, trail }),
    auditService: new AuditService({ store, clock, keptDays: config.auditKeptDays }),
    timer: { name: 'audit records', everyMs: FLUSH_MS, work: () => trail.flush() },
  };
}

function registerLosses(registry: Registry, logger: Pick<Logger, 'error'>) {
  const lost = new Counter({
    name: 'mcp_audit_records_lost_total',
    help: 'Audit records of calls and refusals that could not be kept.',
    registers: [registry],
  });
  return (count: number, err?: unknown) => {
    lost.inc(count);
    logger.error({ err, count }, 'audit records are lost');
  };
}

/** What a transaction records of the change it belongs to. */
function recordedChange(
  changes: ChangeContext,
  { caller, fields }: RequestContext,
): RecordedChange | undefined {
  const change = changes.current;
  if (change === undefined) return undefined;
  return {
    action: change.action,
    actorId: caller?.userId,
    agent: caller?.actor,
    requestId: fields.request_id,
    onRecorded: () => {
      change.isRecorded = true;
    },
  };
}
