import type { Database } from '../../database/index.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { connectorInclude, toConnectorRecord } from '../connectors/index.ts';
import type { ErasedUser, ErasureStore } from './erasure-store.ts';

/**
 * Erases in PostgreSQL, as that user: row level security lets it see nobody else's rows. A new table with rows of users is
 * deleted here too, unless its rows hang on a connector.
 */
export class PrismaErasureStore implements ErasureStore {
  readonly #database: Pick<Database, 'asUser'>;

  constructor({ database }: { database: Pick<Database, 'asUser'> }) {
    this.#database = database;
  }

  erase(identity: Identity): Promise<ErasedUser> {
    const { tenantId, userId } = identity;
    const owned = { tenantId, ownerKind: 'user', ownerId: userId };
    return this.#database.asUser(identity, async (tx) => {
      // Whoever writes a connector's tools or credentials locks its row first. The other way round would be a deadlock.
      await tx.$queryRaw`select id from connectors
        where tenant_id = ${tenantId} and owner_kind = 'user' and owner_id = ${userId} order by id for update`;
      const rows = await tx.connector.findMany({ where: owned, include: connectorInclude });
      const credentials = await tx.credential.deleteMany({ where: owned });
      const tools = await tx.connectorTool.deleteMany({ where: owned });
      // Offerings and remembered tools hang on their connector.
      const connectors = await tx.connector.deleteMany({ where: owned });
      const signIns = await tx.oAuthAuthorization.deleteMany({ where: { tenantId, userId } });
      const records = await tx.idempotencyRecord.deleteMany({ where: { tenantId, userId } });
      return {
        rows: {
          connectors: connectors.count,
          credentials: credentials.count,
          tools: tools.count,
          signIns: signIns.count,
          idempotencyRecords: records.count,
        },
        records: rows.map(toConnectorRecord),
      };
    });
  }
}
