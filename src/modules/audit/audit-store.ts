import type { Identity } from '../../tenancy/caller.ts';
import type { AuditEntry, AuditFilter, AuditPosition, AuditRecord } from './audit.ts';

/** Audit records: added and read, and deleted when they are old. */
export interface AuditStore {
  /** Newest first, at most `limit`, after the position, of the operator's tenant. */
  list(
    operator: Identity,
    filter: AuditFilter,
    page: { limit: number; after: AuditPosition | undefined },
  ): Promise<AuditRecord[]>;
  /** Adds entries of any tenants, all or none. */
  insert(entries: readonly AuditEntry[]): Promise<void>;
  /** Deletes some of those from before a moment. @returns how many; 0 where none is left */
  deleteSome(before: Date): Promise<number>;
}
