import type { createSessions } from './container-sessions.ts';
import type { Database } from './database/index.ts';
import type { OperationLog } from './lib/operation-log.ts';
import { ErasureService, PrismaErasureStore } from './modules/erasure/index.ts';

/** What erasing a user reaches. */
export interface ErasureBasis {
  database: Database;
  log: OperationLog;
  sessions: ReturnType<typeof createSessions>;
}

/** Builds what erases users. */
export function createErasure({ database, log, sessions }: ErasureBasis): ErasureService {
  const { pool, replicaId } = sessions;
  return new ErasureService({ store: new PrismaErasureStore({ database }), pool, log, replicaId });
}
