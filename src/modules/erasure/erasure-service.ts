import type { OperationLog } from '../../lib/operation-log.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { AuditTrail } from '../audit/index.ts';
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

/** What was removed of a member of a project. */
export interface MemberRemoval extends Pick<UserErasure, 'grantsRevoked' | 'sessions'> {
  credentials: number;
}

/** Collaborators of the {@link ErasureService}. */
export interface ErasureServiceDeps {
  store: ErasureStore;
  pool: Pick<SessionPool, 'closeUser'>;
  revocation: Pick<GrantRevocation, 'revoke'>;
  log: OperationLog;
  audit: Pick<AuditTrail, 'forget'>;
  /** Names this process among the replicas. */
  replicaId: string;
}

/** Removes everything that is kept of a user, or of one member in a project. */
export class ErasureService {
  readonly #deps: ErasureServiceDeps;

  constructor(deps: ErasureServiceDeps) {
    this.#deps = deps;
  }

  /** Erases a user of the operator's own tenant; one who is not known too, so that it can be repeated. */
  eraseUser(operator: Identity, userId: string): Promise<UserErasure> {
    const { store, pool, log, audit, replicaId } = this.#deps;
    const user = { tenantId: operator.tenantId, userId };
    return log.change('user.erase', operator, async (fields) => {
      fields.for_user = userId;
      await audit.forget(user);
      const { rows, records } = await store.erase(user);
      // Afterwards: a call that comes in between would open a session anew.
      const sessions = { ...(await pool.closeUser(user)), replicaId };
      return { ...rows, grantsRevoked: await this.#revoke(user, records), sessions };
    });
  }

  /** Removes what somebody left in the project of an admin; one who is not known too. */
  removeMember(admin: Identity, userId: string): Promise<MemberRemoval> {
    const { store, log, replicaId } = this.#deps;
    const member = { ...admin, userId };
    return log.change('project.remove_member', admin, async (fields) => {
      fields.for_user = userId;
      const { credentials, connectorIds, records } = await store.removeMember(member);
      const ended = await this.#closeSessions(member, connectorIds);
      const grantsRevoked = await this.#revoke(member, records);
      return { credentials, grantsRevoked, sessions: { ...ended, replicaId } };
    });
  }

  async #closeSessions(
    member: Identity,
    connectorIds: readonly string[],
  ): Promise<{ closed: number; draining: number }> {
    const { pool } = this.#deps;
    const counts = await Promise.all(connectorIds.map((id) => pool.closeUser(member, id)));
    return {
      closed: counts.reduce((sum, { closed }) => sum + closed, 0),
      draining: counts.reduce((sum, { draining }) => sum + draining, 0),
    };
  }

  /** At once: there are ten connectors at most and a few of projects, and each server has ten seconds. */
  async #revoke(user: Identity, records: readonly ConnectorRecord[]): Promise<number> {
    const { revocation } = this.#deps;
    const answers = await Promise.all(
      records.map((record) => revocation.revoke({ ...user, projectId: record.projectId }, record)),
    );
    return answers.filter(Boolean).length;
  }
}
