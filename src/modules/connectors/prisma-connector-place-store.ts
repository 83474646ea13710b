import type { Database } from '../../database/index.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorPlace, ConnectorPlaceStore } from './connector-place-store.ts';
import { projectOf } from './prisma-connector-owners.ts';
import { toSessionStates } from './prisma-connector-rows.ts';

/** Places of connectors in PostgreSQL. */
export class PrismaConnectorPlaceStore implements ConnectorPlaceStore {
  readonly #database: Pick<Database, 'readAsUser'>;

  constructor({ database }: { database: Pick<Database, 'readAsUser'> }) {
    this.#database = database;
  }

  async findPlace(
    identity: Identity,
    projectIds: readonly string[],
    id: string,
  ): Promise<ConnectorPlace | undefined> {
    const { tenantId, userId } = identity;
    const owners = [
      { ownerKind: 'user', ownerId: userId },
      { ownerKind: 'project', ownerId: { in: [...projectIds] } },
    ];
    const row = await this.#database.readAsUser(
      identity,
      (tx) => tx.connector.findFirst({ where: { id, tenantId, OR: owners } }),
      { projectIds },
    );
    if (row === null) return undefined;
    return { projectId: projectOf(row), credentialMode: toSessionStates(row).credentialMode };
  }
}
