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
  /** Their connectors, and those of projects that they had credentials of their own for, with secrets still sealed: grants have to be revoked. */
  records: ConnectorRecord[];
}

/** What a member had in a project. */
export interface RemovedMember {
  /** How many credentials of their own were deleted. */
  credentials: number;
  /** Ids of the project's connectors. */
  connectorIds: string[];
  /** The connectors they had credentials for, with these still sealed. */
  records: ConnectorRecord[];
}

/** All rows of one user, whatever module they belong to. */
export interface ErasureStore {
  /** Deletes them all in one transaction. @throws DatabaseUnavailable, after which all are still there */
  erase(identity: Identity): Promise<ErasedUser>;
  /** Deletes the credentials that the identity's user gave for connectors of its project, in one transaction. */
  removeMember(identity: Identity): Promise<RemovedMember>;
}
