import type { Database } from '../../database/index.ts';
import { MAX_SCOPES } from '../../oauth/challenge.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { GrantStore, LeasedCredential } from './grant-store.ts';
import { ownerColumns } from './prisma-connector-owners.ts';

const NO_LEASE = { leaseId: null, leasedUntil: null };
/** Members of a project who share a grant do not see that it is renewed. */
const UNSEEN = { isPersonal: true };

/** Leases and renewed tokens in PostgreSQL. Nothing is locked while an authorization server is asked. */
export class PrismaGrantStore implements GrantStore {
  readonly #database: Pick<Database, 'asUser'>;

  constructor({ database }: { database: Pick<Database, 'asUser'> }) {
    this.#database = database;
  }

  async lease(
    identity: Identity,
    credential: LeasedCredential,
    lease: { id: string; seconds: number },
  ): Promise<boolean> {
    const { tenantId, ownerKind, ownerId } = ownerColumns(identity);
    const count = await this.#database.asUser(
      identity,
      (tx) => tx.$executeRaw`
        update credentials
        set lease_id = ${lease.id}::uuid, leased_until = now() + make_interval(secs => ${lease.seconds})
        where tenant_id = ${tenantId} and owner_kind = ${ownerKind} and owner_id = ${ownerId}
          and id = ${credential.id}::uuid and sealed = ${credential.sealed} and state = 'active'
          and (leased_until is null or leased_until < now())`,
      UNSEEN,
    );
    return count === 1;
  }

  async release(identity: Identity, credentialId: string, leaseId: string): Promise<void> {
    await this.#database.asUser(
      identity,
      (tx) =>
        tx.credential.updateMany({
          where: { ...ownerColumns(identity), id: credentialId, leaseId },
          data: NO_LEASE,
        }),
      UNSEEN,
    );
  }

  async save(
    identity: Identity,
    credentialId: string,
    renewed: { leaseId: string; sealed: string; expiresAt: Date | undefined; at: Date },
  ): Promise<boolean> {
    const { leaseId, sealed, expiresAt, at } = renewed;
    const { count } = await this.#database.asUser(
      identity,
      (tx) =>
        tx.credential.updateMany({
          where: { ...ownerColumns(identity), id: credentialId, leaseId },
          data: { ...NO_LEASE, sealed, expiresAt: expiresAt ?? null, updatedAt: at },
        }),
      UNSEEN,
    );
    return count === 1;
  }

  async want(identity: Identity, credentialId: string, scopes: readonly string[]): Promise<void> {
    const { tenantId, ownerKind, ownerId } = ownerColumns(identity);
    await this.#database.asUser(
      identity,
      (tx) => tx.$executeRaw`
        update credentials
        set missing_scopes = array(select distinct scope from unnest(missing_scopes || ${[...scopes]}::text[]) scope order by 1 limit ${MAX_SCOPES})
        where tenant_id = ${tenantId} and owner_kind = ${ownerKind} and owner_id = ${ownerId}
          and id = ${credentialId}::uuid and not missing_scopes @> ${[...scopes]}::text[]`,
      UNSEEN,
    );
  }

  async refuse(identity: Identity, credential: LeasedCredential, at: Date): Promise<void> {
    const owner = ownerColumns(identity);
    await this.#database.asUser(identity, async (tx) => {
      const { count } = await tx.credential.updateMany({
        where: { ...owner, id: credential.id, sealed: credential.sealed },
        data: { ...NO_LEASE, state: 'refused', updatedAt: at },
      });
      // Where it is one member's, the connector still works for the others.
      if (count === 0 || credential.isPersonal) return;
      const { tenantId, ownerKind, ownerId } = owner;
      await tx.$executeRaw`
        update connectors
        set health = 'NEEDS_AUTH', last_error_code = 'AUTH_FAILED', last_error_at = ${at},
          failing_since = coalesce(failing_since, ${at}), version = version + 1, updated_at = ${at}
        where tenant_id = ${tenantId} and owner_kind = ${ownerKind} and owner_id = ${ownerId}
          and id = ${credential.connectorId}::uuid`;
    });
  }
}
