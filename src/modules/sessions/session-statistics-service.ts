import type { OperationLog } from '../../lib/operation-log.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { BreakerInfo, CircuitBreakers } from './circuit-breakers.ts';
import type { SessionInfo, SessionPool } from './session-pool.ts';

/** Breakers that are listed; the count tells of the others. */
const LISTED_BREAKERS = 100;

/** Which sessions are asked for. */
export interface SessionQuery {
  userId: string | undefined;
  connectorId: string | undefined;
  limit: number;
  /** The number of the last session of the page before. */
  after: number | undefined;
}

/** Sessions and breakers of one tenant in this process. */
export interface SessionReport {
  replicaId: string;
  items: SessionInfo[];
  /** The number of the last session of this page; undefined on the last page. */
  next: number | undefined;
  /** Over the whole tenant, whatever was asked for. */
  totals: { sessions: number; inUse: number; breakersOpen: number };
  /** At most 100, the ones that failed last. */
  breakers: BreakerInfo[];
}

/** Sessions that an operator wants closed, wherever they are. */
export interface SessionClosing {
  /** The replica that was asked, and closes its own. */
  replicaId: string;
  tenantId: string;
  userId: string;
  /** All of the user where it is undefined. */
  connectorId: string | undefined;
}

/** Collaborators of the {@link SessionStatisticsService}. */
export interface SessionStatisticsServiceDeps {
  pool: Pick<SessionPool, 'list' | 'closeUser'>;
  breakers: Pick<CircuitBreakers, 'list'>;
  log: OperationLog;
  /** Tells the other replicas to close the same sessions. */
  announceClosing: (operator: Identity, closing: SessionClosing) => Promise<void>;
  /** Names this process among the replicas. */
  replicaId: string;
}

/** Tells operators of a tenant about the sessions of this process, and closes those of a user. */
export class SessionStatisticsService {
  readonly #deps: SessionStatisticsServiceDeps;

  constructor(deps: SessionStatisticsServiceDeps) {
    this.#deps = deps;
  }

  /** Names this process among the replicas. */
  get replicaId(): string {
    return this.#deps.replicaId;
  }

  /** The sessions of the operator's own tenant, the oldest first. */
  report(
    { tenantId }: Identity,
    { userId, connectorId, limit, after = 0 }: SessionQuery,
  ): SessionReport {
    const { pool, breakers, replicaId } = this.#deps;
    const ofTenant = [...pool.list()].filter((session) => session.tenantId === tenantId);
    const wanted = ofTenant.filter(
      (session) =>
        session.number > after &&
        (userId === undefined || session.userId === userId) &&
        (connectorId === undefined || session.connectorId === connectorId),
    );
    const items = wanted.slice(0, limit);
    const open = breakers.list(tenantId);
    return {
      replicaId,
      items,
      next: wanted.length > limit ? items.at(-1)?.number : undefined,
      totals: {
        sessions: ofTenant.length,
        inUse: ofTenant.filter((session) => session.inUse > 0).length,
        breakersOpen: open.length,
      },
      breakers: open.slice(0, LISTED_BREAKERS),
    };
  }

  /**
   * Closes the sessions of a user of the operator's tenant, or those with one connector, on all replicas; calls under way end first.
   * @returns what was closed here
   * @throws what `announceClosing` throws, before anything is closed
   */
  closeUser(
    operator: Identity,
    { userId, connectorId }: { userId: string; connectorId: string | undefined },
  ): Promise<{ closed: number; draining: number }> {
    const { pool, log, replicaId, announceClosing } = this.#deps;
    const { tenantId } = operator;
    return log.change('session.close', operator, async (fields) => {
      fields.for_user = userId;
      if (connectorId !== undefined) fields.connector_id = connectorId;
      await announceClosing(operator, { replicaId, tenantId, userId, connectorId });
      return await pool.closeUser({ tenantId, userId }, connectorId);
    });
  }

  /** A replica was asked to close these sessions. */
  async closeAnnounced({ replicaId, connectorId, ...user }: SessionClosing): Promise<void> {
    if (replicaId !== this.#deps.replicaId) await this.#deps.pool.closeUser(user, connectorId);
  }
}
