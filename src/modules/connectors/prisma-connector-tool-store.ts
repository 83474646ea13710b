import type { Database, DatabaseTransaction } from '../../database/index.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorTool } from './connector.ts';
import type {
  CallableTool,
  ConnectorToolStore,
  SeenDefinition,
  ToolChanges,
  ToolSource,
  ToolStanding,
} from './connector-tool-store.ts';
import type { ManagedServers } from './managed-servers.ts';
import {
  type OwnerColumns,
  offeredConnectors,
  ownerColumns,
  toolsetOwners,
} from './prisma-connector-owners.ts';
import {
  approvalColumns,
  connectorInclude,
  ofSource,
  standingColumns,
  toApproval,
  toConnectorRecord,
  toConnectorTool,
  toHeaderParameters,
  toStanding,
  toToolDefinition,
} from './prisma-connector-rows.ts';
import type { ToolPolicies } from './tool-approval.ts';

/** What {@link PrismaConnectorToolStore} works with. */
export interface PrismaConnectorToolStoreDeps {
  database: Pick<Database, 'asUser' | 'readAsUser'>;
  toolPolicies: ToolPolicies;
  managedServers: Pick<ManagedServers, 'usableKeys'>;
}

/** The tools of connectors in PostgreSQL. */
export class PrismaConnectorToolStore implements ConnectorToolStore {
  readonly #database: Pick<Database, 'asUser' | 'readAsUser'>;
  readonly #policies: ToolPolicies;
  readonly #managedServers: PrismaConnectorToolStoreDeps['managedServers'];

  constructor({ database, toolPolicies, managedServers }: PrismaConnectorToolStoreDeps) {
    this.#database = database;
    this.#policies = toolPolicies;
    this.#managedServers = managedServers;
  }

  async listTools(
    identity: Identity,
    connectorId: string,
    { limit, after }: { limit: number; after: string | undefined },
  ): Promise<ConnectorTool[]> {
    const rows = await this.#database.readAsUser(identity, (tx) =>
      tx.connectorTool.findMany({
        where: {
          ...ownerColumns(identity),
          connectorId,
          ...(after === undefined ? {} : { name: { gt: after } }),
        },
        orderBy: { name: 'asc' },
        take: limit,
        include: ofSource,
      }),
    );
    return rows.map((row) => toConnectorTool(row, this.#policies));
  }

  async findTool(
    identity: Identity,
    connectorId: string,
    toolId: string,
  ): Promise<ConnectorTool | undefined> {
    const where = { ...ownerColumns(identity), connectorId, id: toolId };
    const row = await this.#database.readAsUser(identity, (tx) =>
      tx.connectorTool.findFirst({ where, include: ofSource }),
    );
    return row === null ? undefined : toConnectorTool(row, this.#policies);
  }

  changeTool(
    identity: Identity,
    { connectorId, toolId }: { connectorId: string; toolId: string },
    { isEnabled, approvedHash }: ToolChanges,
    { accepts, at }: { accepts: ((version: number) => boolean) | undefined; at: Date },
  ): Promise<ConnectorTool> {
    const owner = ownerColumns(identity);
    return this.#database.asUser(identity, async (tx, record) => {
      await lockConnector(tx, owner, connectorId);
      const [before] = await this.#readTools(tx, owner, connectorId, [toolId]);
      if (accepts !== undefined && before !== undefined && !accepts(before.version)) {
        throw new AppError('PRECONDITION_FAILED');
      }
      if (approvedHash !== undefined) {
        await this.#approve(tx, owner, connectorId, [{ toolId, definitionHash: approvedHash }], at);
      }
      if (isEnabled !== undefined) {
        await tx.connectorTool.updateMany({
          where: { ...owner, connectorId, id: toolId, enabled: !isEnabled },
          data: { enabled: isEnabled, version: { increment: 1 }, updatedAt: at },
        });
      }
      const [after] = await this.#readTools(tx, owner, connectorId, [toolId]);
      if (after === undefined) throw notFound([toolId]);
      await record({ kind: 'tool', id: toolId, connectorId });
      return after;
    });
  }

  approveTools(
    identity: Identity,
    connectorId: string,
    seen: readonly SeenDefinition[],
    at: Date,
  ): Promise<ConnectorTool[]> {
    const owner = ownerColumns(identity);
    return this.#database.asUser(identity, async (tx, record) => {
      await lockConnector(tx, owner, connectorId);
      await this.#approve(tx, owner, connectorId, seen, at);
      for (const { toolId } of seen) await record({ kind: 'tool', id: toolId, connectorId });
      const ids = seen.map(({ toolId }) => toolId);
      return await this.#readTools(tx, owner, connectorId, ids);
    });
  }

  async listSources(identity: Identity): Promise<ToolSource[]> {
    const rows = await this.#database.readAsUser(identity, (tx) =>
      tx.connector.findMany({
        where: { ...toolsetOwners(identity), intent: 'ENABLED', AND: this.#offered() },
        include: {
          ...connectorInclude(identity),
          tools: {
            where: { enabled: true },
            select: {
              id: true,
              exposedName: true,
              definition: true,
              definitionHash: true,
              ...approvalColumns,
            },
          },
        },
      }),
    );
    return rows.map((row) => {
      const { id, projectId, name, slug, health, fault, credentialGeneration } = toConnectorRecord(
        row,
        identity,
      );
      const tools = row.tools.map((tool) => ({
        ...tool,
        ...toApproval(tool, this.#policies, row),
      }));
      const connector = { id, projectId, name, slug, health, fault, credentialGeneration };
      return {
        ...connector,
        discoveredAt: row.toolsDiscoveredAt,
        tools: tools
          .filter(({ admission }) => admission === 'offered' || admission === 'warned')
          .map(({ definition, admission, ...tool }) => ({
            id: tool.id,
            exposedName: tool.exposedName,
            definition: toToolDefinition(definition),
            definitionHash: tool.definitionHash,
            state: tool.state,
            isWarned: admission === 'warned',
          })),
        held: tools
          .filter(({ admission }) => admission === 'held')
          .map(({ exposedName, state }) => ({ exposedName, state })),
      };
    });
  }

  async findCallable(identity: Identity, exposedName: string): Promise<CallableTool | undefined> {
    const columns = standingColumns(identity);
    const row = await this.#database.readAsUser(identity, (tx) =>
      tx.connectorTool.findFirst({
        where: { ...toolsetOwners(identity), exposedName, connector: this.#offered() },
        select: {
          ...columns,
          name: true,
          headerParameters: true,
          connector: { select: { ...columns.connector.select, callTimeoutSeconds: true } },
        },
      }),
    );
    if (row === null) return undefined;
    const { callTimeoutSeconds } = row.connector;
    const headerParameters = toHeaderParameters(row.headerParameters);
    const standing = toStanding(row, this.#policies, identity);
    return { ...standing, callTimeoutSeconds, toolName: row.name, headerParameters };
  }

  async listStandings(
    identity: Identity,
    exposedNames: readonly string[],
  ): Promise<ToolStanding[]> {
    const rows = await this.#database.readAsUser(identity, (tx) =>
      tx.connectorTool.findMany({
        where: {
          ...toolsetOwners(identity),
          exposedName: { in: [...exposedNames] },
          connector: this.#offered(),
        },
        select: standingColumns(identity),
      }),
    );
    return rows.map((row) => toStanding(row, this.#policies, identity));
  }

  #offered() {
    return offeredConnectors(this.#managedServers);
  }

  /** In the order of the ids; those that are not there are left out. */
  async #readTools(
    tx: DatabaseTransaction,
    owner: OwnerColumns,
    connectorId: string,
    ids: readonly string[],
  ): Promise<ConnectorTool[]> {
    const rows = await tx.connectorTool.findMany({
      where: { ...owner, connectorId, id: { in: [...ids] } },
      include: ofSource,
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      return row === undefined ? [] : [toConnectorTool(row, this.#policies)];
    });
  }

  /** Under the connector's lock, so that the definition that was looked at is the one that is approved. */
  async #approve(
    tx: DatabaseTransaction,
    owner: OwnerColumns,
    connectorId: string,
    seen: readonly SeenDefinition[],
    at: Date,
  ): Promise<void> {
    const ids = seen.map(({ toolId }) => toolId);
    const rows = await tx.connectorTool.findMany({
      where: { ...owner, connectorId, id: { in: ids } },
      select: { id: true, definitionHash: true, state: true },
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    const missing = ids.filter((id) => !byId.has(id));
    if (missing.length > 0) throw notFound(missing);
    const other = seen.filter(
      ({ toolId, definitionHash }) => byId.get(toolId)?.definitionHash !== definitionHash,
    );
    if (other.length > 0) throw notTheSeenOne(other.map(({ toolId }) => toolId));
    const pending = rows.filter(({ state }) => state !== 'approved').map(({ id }) => id);
    if (pending.length === 0) return;
    await tx.$executeRaw`
      update connector_tools
      set state = 'approved', approved_hash = definition_hash, approved_at = ${at}, reference = null,
        version = version + 1, updated_at = ${at}
      where tenant_id = ${owner.tenantId} and owner_kind = ${owner.ownerKind}
        and owner_id = ${owner.ownerId} and connector_id = ${connectorId}::uuid
        and id = any(${pending}::uuid[])`;
  }
}

/** Holds off discoveries, which change the connector's row first. @throws AppError `CONNECTOR_NOT_FOUND` */
async function lockConnector(
  tx: DatabaseTransaction,
  { tenantId, ownerKind, ownerId }: OwnerColumns,
  id: string,
): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id::text from connectors
    where id = ${id}::uuid and tenant_id = ${tenantId} and owner_kind = ${ownerKind}
      and owner_id = ${ownerId}
    for update`;
  if (rows.length === 0) throw new AppError('CONNECTOR_NOT_FOUND');
}

function notFound(toolIds: readonly string[]): AppError {
  return new AppError('TOOL_NOT_FOUND', {
    detail: 'The connector has no tool with this id. Read the list of its tools again.',
    extensions: { tool_ids: toolIds },
  });
}

function notTheSeenOne(toolIds: readonly string[]): AppError {
  return new AppError('TOOL_CHANGED', {
    detail:
      'The server has changed the tool since it was looked at, so nothing was approved. Read it again, and decide anew.',
    extensions: { tool_ids: toolIds },
  });
}
