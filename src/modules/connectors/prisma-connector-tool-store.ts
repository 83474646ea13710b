import type { Database } from '../../database/index.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorTool } from './connector.ts';
import type {
  CallableTool,
  ConnectorToolStore,
  ToolSource,
  ToolStanding,
} from './connector-tool-store.ts';
import {
  connectorInclude,
  ownerColumns,
  standingColumns,
  toConnectorRecord,
  toConnectorTool,
  toHeaderParameters,
  toStanding,
  toToolDefinition,
} from './prisma-connector-rows.ts';

/** The tools of connectors in PostgreSQL. */
export class PrismaConnectorToolStore implements ConnectorToolStore {
  readonly #database: Pick<Database, 'asUser'>;

  constructor({ database }: { database: Pick<Database, 'asUser'> }) {
    this.#database = database;
  }

  async listTools(
    identity: Identity,
    connectorId: string,
    { limit, after }: { limit: number; after: string | undefined },
  ): Promise<ConnectorTool[]> {
    const rows = await this.#database.asUser(identity, (tx) =>
      tx.connectorTool.findMany({
        where: {
          ...ownerColumns(identity),
          connectorId,
          ...(after === undefined ? {} : { name: { gt: after } }),
        },
        orderBy: { name: 'asc' },
        take: limit,
      }),
    );
    return rows.map(toConnectorTool);
  }

  async listSources(identity: Identity): Promise<ToolSource[]> {
    const rows = await this.#database.asUser(identity, (tx) =>
      tx.connector.findMany({
        where: { ...ownerColumns(identity), intent: 'ENABLED' },
        include: {
          ...connectorInclude,
          tools: { select: { exposedName: true, definition: true, definitionHash: true } },
        },
      }),
    );
    return rows.map((row) => {
      const { id, name, slug, health, fault, credentialGeneration } = toConnectorRecord(row);
      const tools = row.tools.map(({ exposedName, definition, definitionHash }) => ({
        exposedName,
        definition: toToolDefinition(definition),
        definitionHash,
      }));
      const connector = { id, name, slug, health, fault, credentialGeneration };
      return { ...connector, discoveredAt: row.toolsDiscoveredAt, tools };
    });
  }

  async findCallable(identity: Identity, exposedName: string): Promise<CallableTool | undefined> {
    const row = await this.#database.asUser(identity, (tx) =>
      tx.connectorTool.findFirst({
        where: { ...ownerColumns(identity), exposedName },
        select: {
          ...standingColumns,
          name: true,
          headerParameters: true,
          connector: { select: { ...standingColumns.connector.select, callTimeoutSeconds: true } },
        },
      }),
    );
    if (row === null) return undefined;
    const { callTimeoutSeconds } = row.connector;
    const headerParameters = toHeaderParameters(row.headerParameters);
    return { ...toStanding(row), callTimeoutSeconds, toolName: row.name, headerParameters };
  }

  async listStandings(
    identity: Identity,
    exposedNames: readonly string[],
  ): Promise<ToolStanding[]> {
    const rows = await this.#database.asUser(identity, (tx) =>
      tx.connectorTool.findMany({
        where: { ...ownerColumns(identity), exposedName: { in: [...exposedNames] } },
        select: standingColumns,
      }),
    );
    return rows.map(toStanding);
  }
}
