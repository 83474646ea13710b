import type { Database } from '../../database/index.ts';
import type { UsableConnectorStore } from './usable-connector-store.ts';

/** Connectors in PostgreSQL, read as the worker: row level security lets it see every tenant. */
export class PrismaUsableConnectorStore implements UsableConnectorStore {
  readonly #database: Pick<Database, 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'asWorker'> }) {
    this.#database = database;
  }

  async listGenerations(connectorIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.asWorker((tx) =>
      tx.connector.findMany({
        where: { id: { in: [...connectorIds] }, intent: 'ENABLED' },
        select: { id: true, credentialGeneration: true },
      }),
    );
    return new Map(rows.map(({ id, credentialGeneration }) => [id, credentialGeneration]));
  }
}
