import type { OperationLog } from '../../lib/operation-log.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorRecord, GrantRevocation } from '../connectors/index.ts';
import type { SessionPool } from '../sessions/index.ts';
import type { ErasedRows, ErasureStore } from './erasure-store.ts';

/** What was erased of a user. */
export interface UserErasure extends ErasedRows {
  /** Grants that their authorization servers were told of, and said yes. */
  grantsRevoked: number;
  /** Those of this process. */
  sessions: { closed: number; draining: number; replicaId: string };
}

/** Collaborators of the {@link ErasureService}. */
export interface ErasureServiceDeps {
  store: ErasureStore;
  pool: Pick<SessionPool, 'closeUser'>;
  revocation: Pick<GrantRevocation, 'revoke'>;
  log: OperationLog;
  /** Names this process among the replicas. */
  replicaId: string;
}

/** Removes everything that is kept of a user. */
export class ErasureService {
  readonly #deps: ErasureServiceDeps;

  constructor(deps: ErasureServiceDeps) {
    this.#deps = deps;
  }

  /** Erases a user of the operator's own tenant; one who is not known too, so that it can be repeated. */
  eraseUser(operator: Identity, userId: string): Promise<UserErasure> {
    const { store, pool, log, replicaId } = this.#deps;
    const user = { tenantId: operator.tenantId, userId };
    return log.run('user.erase', operator, async (fields) => {
      fields.for_user = userId;
      const { rows, records } = await store.erase(user);
      // Afterwards: a call that comes in between would open a session anew.
      const sessions = { ...(await pool.closeUser(user)), replicaId };
      return { ...rows, grantsRevoked: await this.#revoke(user, records), sessions };
    });
  }

  /** At once: there are ten connectors at most, and each server has ten seconds. */
  async #revoke(user: Identity, records: readonly ConnectorRecord[]): Promise<number> {
    const { revocation } = this.#deps;
    const answers = await Promise.all(records.map((record) => revocation.revoke(user, record)));
    return answers.filter(Boolean).length;
  }
}
