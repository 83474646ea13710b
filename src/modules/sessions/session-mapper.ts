import type {
  CircuitBreaker as CircuitBreakerResource,
  SessionPage as SessionPageResource,
  Session as SessionResource,
} from '../../contract/generated.ts';
import type { BreakerInfo } from './circuit-breakers.ts';
import type { SessionInfo } from './session-pool.ts';
import type { SessionReport } from './session-statistics-service.ts';

/** A page of sessions as operators see it. */
export function toSessionPage(
  report: SessionReport,
  nextCursor: string | null,
): SessionPageResource {
  const { totals, replicaId } = report;
  return {
    items: report.items.map(toSession),
    next_cursor: nextCursor,
    replica_id: replicaId,
    totals: {
      sessions: totals.sessions,
      in_use: totals.inUse,
      breakers_open: totals.breakersOpen,
    },
    breakers: report.breakers.map(toBreaker),
  };
}

function toSession(session: SessionInfo): SessionResource {
  const { server } = session;
  return {
    user_id: session.userId,
    connector_id: session.connectorId,
    state: session.state,
    server_origin: server?.origin ?? null,
    era: server?.era ?? null,
    transport: server?.transport ?? null,
    age_seconds: Math.floor(session.ageMs / 1000),
    idle_seconds: Math.floor(session.idleMs / 1000),
    in_use: session.inUse,
    uses: session.uses,
  };
}

function toBreaker(breaker: BreakerInfo): CircuitBreakerResource {
  return {
    connector_id: breaker.connectorId,
    state: breaker.state,
    last_error_code: breaker.lastCode,
    retry_after_seconds: Math.ceil(breaker.retryAfterMs / 1000),
  };
}
