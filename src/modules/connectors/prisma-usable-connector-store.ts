import type { Database } from '../../database/index.ts';
import { ownCredential, sightOf } from './prisma-connector-owners.ts';
import { sightColumns, toSessionStates } from './prisma-connector-rows.ts';
import type { SessionPlace, UsableConnectorStore } from './usable-connector-store.ts';

/** Connectors in PostgreSQL, read as the worker: row level security lets it see every tenant. */
export class PrismaUsableConnectorStore implements UsableConnectorStore {
  readonly #database: Pick<Database, 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'asWorker'> }) {
    this.#database = database;
  }

  async listGenerations(sessions: readonly SessionPlace[]): Promise<(number | undefined)[]> {
    const ids = [...new Set(sessions.map(({ connectorId }) => connectorId))];
    const users = [...new Set(sessions.map(({ userId }) => userId))];
    const rows = await this.#database.asWorker((tx) =>
      tx.connector.findMany({
        where: { id: { in: ids }, intent: 'ENABLED' },
        select: sightColumns({ memberId: { in: users } }),
      }),
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return sessions.map(({ connectorId, userId }) => {
      const row = byId.get(connectorId);
      if (row === undefined) return undefined;
      const own = ownCredential(row, userId);
      const states = toSessionStates(row);
      const isWithout = states.credentialMode === 'personal' && states.authType !== 'none' && !own;
      if (isWithout) return undefined;
      return sightOf({ ...row, ...states }, own).credentialGeneration;
    });
  }
}
