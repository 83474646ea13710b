import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorRecord } from '../connectors/index.ts';

/** How many rows of a user were deleted. */
export interface ErasedRows {
  connectors: number;
  credentials: number;
  tools: number;
  signIns: number;
  idempotencyRecords: number;
}

/** What a user had. */
export interface ErasedUser {
  rows: ErasedRows;
  /** Their connectors, with secrets still sealed: grants have to be revoked. */
  records: ConnectorRecord[];
}

/** All rows of one user, whatever module they belong to. */
export interface ErasureStore {
  /** Deletes them all in one transaction. @throws DatabaseUnavailable, after which all are still there */
  erase(identity: Identity): Promise<ErasedUser>;
}
