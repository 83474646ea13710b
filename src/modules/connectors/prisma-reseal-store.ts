import type { Database } from '../../database/index.ts';
import { identityOf, type OwnerColumns } from './prisma-connector-owners.ts';
import type { Resealed, ResealRow, ResealStore, StaleDeployment } from './reseal-store.ts';

interface KeyIdRow {
  key_id: string;
}

interface StaleRow {
  id: string;
}

interface DeploymentRow extends OwnerColumns {
  id: string;
  sealed: string;
}

/** Sealed texts in PostgreSQL, read as the worker: row level security lets it see every tenant. */
export class PrismaResealStore implements ResealStore {
  readonly #database: Pick<Database, 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'asWorker'> }) {
    this.#database = database;
  }

  async listKeyIdsInUse(now: Date): Promise<string[]> {
    const rows = await this.#database.asWorker(
      (tx) => tx.$queryRaw<KeyIdRow[]>`
        select split_part(server_url_sealed, '.', 2) as key_id from connectors
        union select split_part(sealed, '.', 2) from credentials
        union select split_part(sealed, '.', 2) from idempotency_records
          where sealed is not null and expires_at > ${now}
        union select split_part(sealed, '.', 2) from oauth_authorizations
          where sealed is not null and expires_at > ${now}
        union select split_part(sealed, '.', 2) from deployments
        order by 1`,
    );
    return rows.map((row) => row.key_id);
  }

  async listStale(
    activeKeyId: string,
    { limit, afterId }: { limit: number; afterId: string | undefined },
  ): Promise<ResealRow[]> {
    const after = afterId ?? '00000000-0000-0000-0000-000000000000';
    const rows = await this.#database.asWorker(async (tx) => {
      const stale = await tx.$queryRaw<StaleRow[]>`
        select distinct c.id from connectors c left join credentials s on s.connector_id = c.id
        where c.id > ${after}::uuid
          and (split_part(c.server_url_sealed, '.', 2) <> ${activeKeyId}
            or split_part(s.sealed, '.', 2) <> ${activeKeyId})
        order by c.id limit ${limit}`;
      return await tx.connector.findMany({
        where: { id: { in: stale.map((row) => row.id) } },
        orderBy: { id: 'asc' },
        include: { credentials: true },
      });
    });
    return rows.map((row) => ({
      identity: identityOf(row),
      connectorId: row.id,
      serverUrlSealed: row.serverUrlSealed,
      credentials: row.credentials.map(({ id, sealed, memberId }) => ({ id, sealed, memberId })),
    }));
  }

  async countStale(activeKeyId: string): Promise<number> {
    const rows = await this.#database.asWorker(
      (tx) => tx.$queryRaw<{ count: number }[]>`
        select count(distinct c.id)::int as count from connectors c left join credentials s on s.connector_id = c.id
        where split_part(c.server_url_sealed, '.', 2) <> ${activeKeyId}
          or split_part(s.sealed, '.', 2) <> ${activeKeyId}`,
    );
    return rows[0]?.count ?? 0;
  }

  async listStaleDeployments(
    activeKeyId: string,
    { limit, afterId }: { limit: number; afterId: string | undefined },
  ): Promise<StaleDeployment[]> {
    const after = afterId ?? '00000000-0000-0000-0000-000000000000';
    const rows = await this.#database.asWorker(
      (tx) => tx.$queryRaw<DeploymentRow[]>`
        select id::text, tenant_id as "tenantId", owner_kind as "ownerKind", owner_id as "ownerId", sealed
        from deployments where id > ${after}::uuid and split_part(sealed, '.', 2) <> ${activeKeyId}
        order by id limit ${limit}`,
    );
    return rows.map(({ id, sealed, ...owner }) => ({ id, sealed, identity: identityOf(owner) }));
  }

  async replaceDeployment(id: string, before: string, after: string): Promise<boolean> {
    const { count } = await this.#database.asWorker((tx) =>
      tx.deployment.updateMany({ where: { id, sealed: before }, data: { sealed: after } }),
    );
    return count === 1;
  }

  dropStaleRegistrations(activeKeyId: string): Promise<number> {
    return this.#database.asWorker(
      (tx) => tx.$executeRaw`
        delete from oauth_registrations where split_part(sealed, '.', 2) <> ${activeKeyId}`,
    );
  }

  replace({ connectorId, url, credentials }: Resealed): Promise<boolean> {
    return this.#database.asWorker(async (tx) => {
      const urls = await tx.connector.updateMany({
        where: { id: connectorId, serverUrlSealed: url.before },
        data: { serverUrlSealed: url.after },
      });
      let replaced = urls.count;
      for (const { id, before, after } of credentials) {
        const secrets = await tx.credential.updateMany({
          where: { id, sealed: before },
          data: { sealed: after },
        });
        replaced += secrets.count;
      }
      return replaced === 1 + credentials.length;
    });
  }
}
