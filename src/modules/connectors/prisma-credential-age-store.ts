import type { Database } from '../../database/index.ts';
import type {
  AgedCredential,
  AgePage,
  CredentialAgeStore,
  DeactivatedCredential,
} from './credential-age-store.ts';
import { identityOf, type OwnerColumns } from './prisma-connector-owners.ts';

/** Times of credentials in PostgreSQL, read as the worker: row level security lets it see every tenant. */
export class PrismaCredentialAgeStore implements CredentialAgeStore {
  readonly #database: Pick<Database, 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'asWorker'> }) {
    this.#database = database;
  }

  async listEnding(
    { from, until }: { from: Date; until: Date },
    page: AgePage,
  ): Promise<AgedCredential[]> {
    const rows = await this.#database.asWorker((tx) =>
      tx.credential.findMany({
        where: {
          kind: 'oauth2',
          state: 'active',
          // Whether a member still is one is told by their next token only: theirs are renewed on use.
          memberId: '',
          expiresAt: { gte: from, lte: until },
          connector: { intent: 'ENABLED' },
          ...after(page),
        },
        orderBy: { id: 'asc' },
        take: page.limit,
        select: identityColumns,
      }),
    );
    return rows.map(toAged);
  }

  async listDeactivated(before: Date, page: AgePage): Promise<DeactivatedCredential[]> {
    const rows = await this.#database.asWorker((tx) =>
      tx.credential.findMany({
        where: {
          updatedAt: { lt: before },
          connector: {
            intent: 'DISABLED',
            disabledAt: { lt: before },
            lastTestedAt: { lt: before },
          },
          ...after(page),
        },
        orderBy: { id: 'asc' },
        take: page.limit,
        select: { ...identityColumns, kind: true, connector: { select: { disabledAt: true } } },
      }),
    );
    return rows.flatMap((row) => {
      const { disabledAt } = row.connector;
      return disabledAt === null ? [] : [{ ...toAged(row), kind: row.kind, disabledAt }];
    });
  }
}

const identityColumns = {
  id: true,
  connectorId: true,
  tenantId: true,
  ownerKind: true,
  ownerId: true,
  memberId: true,
} as const;

function after({ afterId }: AgePage) {
  return afterId === undefined ? {} : { id: { gt: afterId } };
}

function toAged(
  row: { id: string; connectorId: string; memberId: string } & OwnerColumns,
): AgedCredential {
  const { id, connectorId, memberId } = row;
  return { id, connectorId, identity: identityOf(row, memberId) };
}
