import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from './config.ts';
import type { createChangeFeed } from './container-changes.ts';
import { announceClosing, type Database } from './database/index.ts';
import type { Clock } from './lib/clock.ts';
import type { OperationLog } from './lib/operation-log.ts';
import type { McpClient } from './mcp/client/mcp-client.ts';
import {
  type ConnectorHealthService,
  PrismaUsableConnectorStore,
} from './modules/connectors/index.ts';
import {
  CircuitBreakers,
  registerSessionMetrics,
  SessionAlignmentService,
  SessionPool,
  SessionService,
  SessionStatisticsService,
  ToolRefreshService,
} from './modules/sessions/index.ts';

/** What the sessions are built from. */
export interface SessionBasis {
  config: Pick<Config, 'sessions'>;
  clock: Clock;
  logger: Pick<Logger, 'info'>;
  log: OperationLog;
  mcpClient: McpClient;
  registry: Registry;
  database: Pick<Database, 'asUser' | 'asWorker'>;
  changes: Pick<ReturnType<typeof createChangeFeed>, 'feed' | 'onClosing'>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MINUTE_MS = 60_000;

/** Builds everything that keeps and watches sessions with MCP servers. */
export function createSessions(basis: SessionBasis) {
  const { config, clock, logger, log, mcpClient, registry, database } = basis;
  const { max, maxPerUser, maxPerConnector, idleMinutes, sweepMinutes } = config.sessions;
  const limits = { total: max, perUser: maxPerUser, perConnector: maxPerConnector };
  const pool = new SessionPool({ clock, idleMs: idleMinutes * MINUTE_MS, limits });
  const breakers = new CircuitBreakers({ clock });
  let toolRefresh: ToolRefreshService | undefined;
  const sessionService = new SessionService({
    pool,
    breakers,
    mcpClient,
    clock,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    onToolsMayDiffer: (...sign) => toolRefresh?.notice(...sign),
  });
  registerSessionMetrics(registry, { pool, breakers });
  const replicaId = randomUUID();
  const sessionStatisticsService = new SessionStatisticsService({
    pool,
    breakers,
    log,
    announceClosing: (operator, closing) => announceClosing(database, operator, closing),
    replicaId,
  });
  basis.changes.onClosing((closing) => void sessionStatisticsService.closeAnnounced(closing));
  const alignment = alignWithRows(basis, pool);
  return {
    sessionService,
    sessionStatisticsService,
    pool,
    /** Names this process among the replicas. */
    replicaId,
    sweepEveryMs: sweepMinutes * MINUTE_MS,
    /** Closes idle sessions and forgets old failures. */
    sweep: async (): Promise<void> => {
      breakers.sweep();
      await pool.sweep();
    },
    /** From now on tools that changed are stored by `connectors`, which itself needs the sessions. */
    watchTools: (connectors: Pick<ConnectorHealthService, 'refreshTools'>): void => {
      toolRefresh = new ToolRefreshService({
        connectors,
        sessions: sessionService,
        clock,
        onFailure: (err, connector_id) =>
          logger.info({ err, connector_id }, 'the tools of a server could not be looked at'),
      });
    },
    close: async (): Promise<void> => {
      await toolRefresh?.close();
      await alignment.close();
      await pool.close();
    },
  };
}

/** Closes here what a change on any replica ends. */
function alignWithRows(
  { changes, database, clock, logger }: SessionBasis,
  pool: SessionPool,
): SessionAlignmentService {
  const alignment = new SessionAlignmentService({
    pool,
    store: new PrismaUsableConnectorStore({ database }),
    clock,
    onFailure: (err) => logger.info({ err }, 'sessions could not be compared with the database'),
  });
  changes.feed.subscribe((change) => {
    alignment.notice(change === 'everything' ? 'all' : (change.connectorId ?? 'all'));
  });
  return alignment;
}
