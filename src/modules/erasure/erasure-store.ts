import type { Identity } from '../../tenancy/caller.ts';

/** How many rows of a user were deleted. */
export interface ErasedRows {
  connectors: number;
  credentials: number;
  tools: number;
  signIns: number;
  idempotencyRecords: number;
}

/** All rows of one user, whatever module they belong to. */
export interface ErasureStore {
  /** Deletes them all in one transaction. @throws DatabaseUnavailable, after which all are still there */
  erase(identity: Identity): Promise<ErasedRows>;
}
