import {
  type Database,
  type DatabaseTransaction,
  eraseEvents,
  pseudonymizeAuditRecords,
  type RecordChange,
} from '../../database/index.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { connectorInclude, toConnectorRecord } from '../connectors/index.ts';
import type { ErasedUser, ErasureStore, RemovedMember } from './erasure-store.ts';

/**
 * Erases in PostgreSQL, as that user: row level security lets it see nobody else's rows. A new table with rows of users is
 * deleted here too, unless its rows hang on a connector.
 */
export class PrismaErasureStore implements ErasureStore {
  readonly #database: Pick<Database, 'asUser' | 'readAsUser'>;

  constructor({ database }: { database: Pick<Database, 'asUser' | 'readAsUser'> }) {
    this.#database = database;
  }

  async erase(identity: Identity): Promise<ErasedUser> {
    const { tenantId, userId } = identity;
    const personal = { tenantId, memberId: userId };
    // The addresses of those connectors are needed to open the secrets: what they were given for is revoked.
    const joined = await this.#database.readAsUser(identity, (tx) =>
      tx.credential.findMany({ where: personal, select: { ownerId: true } }),
    );
    const projectIds = [...new Set(joined.map(({ ownerId }) => ownerId))];
    return await this.#erase(identity, projectIds);
  }

  removeMember(identity: Identity): Promise<RemovedMember> {
    const { tenantId, userId: memberId, projectId } = identity;
    if (projectId === undefined) throw new Error('a member is removed from a project');
    const owned = { tenantId, ownerKind: 'project', ownerId: projectId };
    return this.#database.asUser(identity, async (tx, record) => {
      const rows = await tx.connector.findMany({
        where: owned,
        include: connectorInclude(identity),
      });
      const { count } = await tx.credential.deleteMany({ where: { ...owned, memberId } });
      await record({ kind: 'member', id: memberId });
      const records = rows.map((row) => toConnectorRecord(row, identity));
      return {
        credentials: count,
        connectorIds: records.map(({ id }) => id),
        records: records.filter(
          ({ credential, credentialMode }) => credential && credentialMode === 'personal',
        ),
      };
    });
  }

  #erase(identity: Identity, projectIds: readonly string[]): Promise<ErasedUser> {
    const { tenantId, userId } = identity;
    const owned = { tenantId, ownerKind: 'user', ownerId: userId };
    const personal = { tenantId, memberId: userId };
    const work = async (tx: DatabaseTransaction, record: RecordChange): Promise<ErasedUser> => {
      // Whoever writes a connector's tools or credentials locks its row first. The other way round would be a deadlock.
      await tx.$queryRaw`select id from connectors
        where tenant_id = ${tenantId} and owner_kind = 'user' and owner_id = ${userId} order by id for update`;
      const rows = await tx.connector.findMany({
        where: { OR: [owned, { tenantId, ownerKind: 'project', credentials: { some: personal } }] },
        include: connectorInclude(identity),
      });
      const credentials = await tx.credential.deleteMany({ where: { OR: [owned, personal] } });
      const tools = await tx.connectorTool.deleteMany({ where: owned });
      // Offerings and remembered tools hang on their connector.
      const connectors = await tx.connector.deleteMany({ where: owned });
      const signIns = await tx.oAuthAuthorization.deleteMany({ where: { tenantId, userId } });
      const records = await tx.idempotencyRecord.deleteMany({ where: { tenantId, userId } });
      await tx.eventTicket.deleteMany({ where: { tenantId, userId } });
      await eraseEvents(tx, identity);
      await record({ kind: 'user', id: userId });
      // With the record of the erasure itself.
      await pseudonymizeAuditRecords(tx);
      return {
        rows: {
          connectors: connectors.count,
          credentials: credentials.count,
          tools: tools.count,
          signIns: signIns.count,
          idempotencyRecords: records.count,
        },
        records: rows.map((row) => toConnectorRecord(row, identity)),
      };
    };
    return this.#database.asUser(identity, work, { projectIds });
  }
}
