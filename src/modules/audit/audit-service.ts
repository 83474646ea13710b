import type { Clock } from '../../lib/clock.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { AuditFilter, AuditPosition, AuditRecord } from './audit.ts';
import type { AuditStore } from './audit-store.ts';

/** Collaborators of the {@link AuditService}. */
export interface AuditServiceDeps {
  store: Pick<AuditStore, 'list' | 'deleteSome'>;
  clock: Pick<Clock, 'now'>;
  /** Days that records are kept; 0 for good. */
  keptDays: number;
}

const DAY_MS = 24 * 3_600_000;

/** Shows operators what was done in their tenant, and forgets it when it is old. */
export class AuditService {
  readonly #deps: AuditServiceDeps;

  constructor(deps: AuditServiceDeps) {
    this.#deps = deps;
  }

  /** Newest first. Reads one more than `limit` to tell whether there is another page. */
  async list(
    operator: Identity,
    filter: AuditFilter,
    page: { limit: number; after: AuditPosition | undefined },
  ): Promise<{ items: AuditRecord[]; next: AuditPosition | undefined }> {
    const { tenantId, userId } = operator;
    const wanted = { ...page, limit: page.limit + 1 };
    const records = await this.#deps.store.list({ tenantId, userId }, filter, wanted);
    const items = records.slice(0, page.limit);
    const last = records.length > page.limit ? items.at(-1) : undefined;
    return { items, next: last === undefined ? undefined : { at: last.at, id: last.id } };
  }

  /** Deletes some of what is too old, of all tenants. @returns how many; 0 where none is left @throws DatabaseUnavailable */
  async deleteOld(): Promise<number> {
    const { store, clock, keptDays } = this.#deps;
    if (keptDays === 0) return 0;
    return await store.deleteSome(new Date(clock.now().getTime() - keptDays * DAY_MS));
  }
}
