import type { createSessions } from './container-sessions.ts';
import type { Database } from './database/index.ts';
import type { OperationLog } from './lib/operation-log.ts';
import type { AuditTrail } from './modules/audit/index.ts';
import type { GrantRevocation } from './modules/connectors/index.ts';
import { ErasureService, PrismaErasureStore } from './modules/erasure/index.ts';

/** What erasing a user reaches. */
export interface ErasureBasis {
  database: Database;
  log: OperationLog;
  trail: AuditTrail;
  sessions: ReturnType<typeof createSessions>;
  services: { revocation: GrantRevocation };
}

/** Builds what erases users. */
export function createErasure(basis: ErasureBasis): ErasureService {
  const { database, log, trail: audit, sessions, services } = basis;
  const { pool, replicaId } = sessions;
  const { revocation } = services;
  const store = new PrismaErasureStore({ database });
  return new ErasureService({ store, pool, revocation, log, audit, replicaId });
}
