import {
  ConstraintViolation,
  type Database,
  type DatabaseTransaction,
  type RecordChange,
  showAllMembers,
} from '../../database/index.ts';
import type { Prisma } from '../../database/prisma/client.ts';
import { AppError } from '../../errors/app-error.ts';
import { KeyedQueue } from '../../lib/keyed-queue.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorIntent, ConnectorRecord, ServerKnowledge } from './connector.ts';
import type {
  ConnectorChanges,
  ConnectorPosition,
  ConnectorStore,
  MemberRecord,
  NewConnector,
  NewCredential,
  TestedWay,
} from './connector-store.ts';
import { type OwnerColumns, ownerColumns } from './prisma-connector-owners.ts';
import { connectorInclude, toConnectorRecord } from './prisma-connector-rows.ts';
import { changeCredential, putCredential } from './prisma-credential-rows.ts';
import { replaceOfferings } from './prisma-offering-rows.ts';
import { replaceTools } from './prisma-tool-rows.ts';
import { freeName, freeSlug, slugPrefix } from './slug.ts';
import { policiesFor, type ToolPolicies } from './tool-approval.ts';

/** What {@link PrismaConnectorStore} works with. */
export interface PrismaConnectorStoreDeps {
  database: Pick<Database, 'asUser' | 'readAsUser'>;
  toolPolicies: ToolPolicies;
  /** Kept for connectors of the catalog, by the kind of their owners; without the prefix of projects. */
  reservedSlugs: Readonly<Record<'user' | 'project', readonly string[]>>;
}

/** Connectors in PostgreSQL. */
export class PrismaConnectorStore implements ConnectorStore {
  readonly #database: Pick<Database, 'asUser' | 'readAsUser'>;
  readonly #toolPolicies: ToolPolicies;
  readonly #reservedSlugs: PrismaConnectorStoreDeps['reservedSlugs'];
  /** Who waits for the owner's lock waits here first, without a connection that others need. */
  readonly #inserts = new KeyedQueue();

  constructor({ database, toolPolicies, reservedSlugs }: PrismaConnectorStoreDeps) {
    this.#database = database;
    this.#toolPolicies = toolPolicies;
    this.#reservedSlugs = reservedSlugs;
  }

  async list(
    identity: Identity,
    { limit, after }: { limit: number; after: ConnectorPosition | undefined },
  ): Promise<ConnectorRecord[]> {
    const older: Prisma.ConnectorWhereInput =
      after === undefined
        ? {}
        : {
            OR: [
              { createdAt: { lt: after.createdAt } },
              { createdAt: after.createdAt, id: { lt: after.id } },
            ],
          };
    const rows = await this.#database.readAsUser(identity, (tx) =>
      tx.connector.findMany({
        where: { ...ownerColumns(identity), ...older },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: limit,
        include: connectorInclude(identity),
      }),
    );
    return rows.map((row) => toConnectorRecord(row, identity));
  }

  find(identity: Identity, id: string): Promise<ConnectorRecord | undefined> {
    return this.#database.readAsUser(identity, (tx) => read(tx, identity, id));
  }

  count(identity: Identity): Promise<number> {
    return this.#database.readAsUser(identity, (tx) =>
      tx.connector.count({ where: { ...ownerColumns(identity), source: 'own' } }),
    );
  }

  async listManaged(identity: Identity): Promise<ConnectorRecord[]> {
    const rows = await this.#database.readAsUser(identity, (tx) =>
      tx.connector.findMany({
        where: { ...ownerColumns(identity), entryKey: { not: null } },
        orderBy: { entryKey: 'asc' },
        include: connectorInclude(identity),
      }),
    );
    return rows.map((row) => toConnectorRecord(row, identity));
  }

  async isNameTaken(identity: Identity, name: string, exceptId?: string): Promise<boolean> {
    const owner = ownerColumns(identity);
    const found = await this.#database.readAsUser(
      identity,
      (tx) => tx.$queryRaw<{ id: string }[]>`
        select id::text from connectors
        where tenant_id = ${owner.tenantId} and owner_kind = ${owner.ownerKind}
          and owner_id = ${owner.ownerId} and lower(name) = lower(${name})`,
    );
    return found.some((row) => row.id !== exceptId);
  }

  insert(identity: Identity, connector: NewConnector, limit: number): Promise<ConnectorRecord> {
    const owner = ownerColumns(identity);
    const lock = ownerLock(owner);
    const inTransaction = () =>
      this.#database.asUser(identity, async (tx, record) => {
        await record({ kind: 'connector', id: connector.id });
        await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`;
        const select = { slug: true, name: true, source: true, entryKey: true } as const;
        const others = await tx.connector.findMany({ where: owner, select });
        const { name, slug } = this.#place(identity, connector, others, limit);
        await tx.connector.create({ data: { ...connectorData(owner, connector), name, slug } });
        if (connector.credential !== undefined) {
          await putCredential(tx, owner, connector.id, connector.credential, connector.at);
        }
        await replaceTools(tx, owner, {
          connector: { id: connector.id, slug },
          tools: connector.tools,
          policies: policiesFor(connector.managed?.source ?? 'own', this.#toolPolicies),
          isMoved: false,
          at: connector.at,
        });
        await replaceOfferings(tx, owner, { id: connector.id, slug }, connector.offerings);
        return await mustRead(tx, identity, connector.id);
      });
    return translatingNames(() => this.#inserts.run(lock, inTransaction));
  }

  /** @throws AppError `CONNECTOR_LIMIT_REACHED`, `CONNECTOR_CHANGED` */
  #place(
    identity: Identity,
    { name, managed }: NewConnector,
    others: readonly PlacedRow[],
    limit: number,
  ): { name: string; slug: string } {
    const prefix = slugPrefix(identity);
    const slugs = new Set(others.map((row) => row.slug));
    if (managed !== undefined) {
      const isThere = others.some((row) => row.entryKey === managed.entryKey);
      if (isThere) throw new AppError('CONNECTOR_CHANGED');
      const names = new Set(others.map((row) => row.name.toLowerCase()));
      return { name: freeName(name, names), slug: freeSlug(managed.entryKey, slugs, prefix) };
    }
    const own = others.filter(({ source }) => source === 'own');
    if (own.length >= limit) throw new AppError('CONNECTOR_LIMIT_REACHED');
    const reserved = this.#reservedSlugs[identity.projectId === undefined ? 'user' : 'project'];
    for (const slug of reserved) slugs.add(`${prefix}${slug}`);
    return { name, slug: freeSlug(name, slugs, prefix) };
  }

  update(
    identity: Identity,
    id: string,
    version: number,
    changes: ConnectorChanges,
  ): Promise<ConnectorRecord | undefined> {
    const owner = ownerColumns(identity);
    return translatingNames(() =>
      this.#database.asUser(identity, async (tx, record) => {
        const { count } = await tx.connector.updateMany({
          where: { ...owner, id, version },
          data: updateData(changes),
        });
        if (count === 0) return undefined;
        await record({ kind: 'connector', id });
        await changeCredential(tx, identity, id, changes);
        const connector = await mustRead(tx, identity, id);
        await replaceOfferings(tx, owner, connector, changes.offerings);
        if (changes.tools === undefined) return connector;
        await replaceTools(tx, owner, {
          connector,
          tools: changes.tools,
          policies: policiesFor(connector.source, this.#toolPolicies),
          isMoved: changes.isMoved === true,
          at: changes.at,
        });
        return await mustRead(tx, identity, id);
      }),
    );
  }

  putPersonal(
    identity: Identity,
    { id, serverUrlSealed, transport, authType }: TestedWay,
    credential: NewCredential | null,
    at: Date,
  ): Promise<ConnectorRecord | undefined> {
    const owner = ownerColumns(identity);
    const way = { serverUrlSealed, transport, authType, credentialMode: 'personal' };
    const work = async (tx: DatabaseTransaction, record: RecordChange) => {
      // Whoever changes the way locks this row too, and deletes what members gave for it.
      await tx.$queryRaw`select id from connectors where id = ${id}::uuid for share`;
      const found = await tx.connector.count({ where: { ...owner, id, ...way } });
      if (found === 0) return undefined;
      await record({ kind: 'connector', id });
      const where = { ...owner, connectorId: id, memberId: identity.userId };
      await tx.credential.deleteMany({ where });
      if (credential !== null) await putCredential(tx, owner, id, credential, at);
      return await mustRead(tx, identity, id);
    };
    return this.#database.asUser(identity, work, { isPersonal: true });
  }

  async listMembers(identity: Identity, id: string): Promise<MemberRecord[]> {
    const row = await this.#database.readAsUser(identity, async (tx) => {
      await showAllMembers(tx);
      return await tx.connector.findFirst({
        where: { ...ownerColumns(identity), id },
        include: {
          ...connectorInclude(identity),
          credentials: { where: { memberId: { not: '' } } },
        },
      });
    });
    return (row?.credentials ?? []).flatMap(({ memberId }) => {
      const member = { ...identity, userId: memberId };
      return row === null ? [] : [{ identity: member, record: toConnectorRecord(row, member) }];
    });
  }

  async delete(identity: Identity, id: string, version: number | undefined): Promise<boolean> {
    return await this.#database.asUser(identity, async (tx, record) => {
      const { count } = await tx.connector.deleteMany({
        where: { ...ownerColumns(identity), id, ...(version === undefined ? {} : { version }) },
      });
      if (count > 0) await record({ kind: 'connector', id });
      return count > 0;
    });
  }
}

/** What is read of the owner's other connectors. */
type PlacedRow = { slug: string; name: string; source: string; entryKey: string | null };

/** One insert at a time per owner, on all replicas: the limit and the slugs are read under this lock. */
function ownerLock({ tenantId, ownerKind, ownerId }: OwnerColumns): string {
  return JSON.stringify(['connectors', tenantId, ownerKind, ownerId]);
}

async function read(
  tx: DatabaseTransaction,
  identity: Identity,
  id: string,
): Promise<ConnectorRecord | undefined> {
  const row = await tx.connector.findFirst({
    where: { ...ownerColumns(identity), id },
    include: connectorInclude(identity),
  });
  return row === null ? undefined : toConnectorRecord(row, identity);
}

async function mustRead(
  tx: DatabaseTransaction,
  identity: Identity,
  id: string,
): Promise<ConnectorRecord> {
  const record = await read(tx, identity, id);
  if (record === undefined) throw new Error('a connector vanished inside its own transaction');
  return record;
}

function knowledgeData(knowledge: ServerKnowledge) {
  return {
    era: knowledge.era,
    resolvedTransport: knowledge.transport,
    protocolVersion: knowledge.protocolVersion,
    serverName: knowledge.serverInfo?.name ?? null,
    serverVersion: knowledge.serverInfo?.version ?? null,
    serverTitle: knowledge.serverInfo?.title ?? null,
  };
}

function connectorData(
  owner: OwnerColumns,
  connector: NewConnector,
): Omit<Prisma.ConnectorUncheckedCreateInput, 'name' | 'slug'> {
  return {
    ...owner,
    id: connector.id,
    source: connector.managed?.source ?? 'own',
    entryKey: connector.managed?.entryKey ?? null,
    serverUrlSealed: connector.serverUrlSealed,
    serverOrigin: connector.serverOrigin,
    transport: connector.transport,
    authType: connector.authType,
    credentialMode: connector.credentialMode,
    callTimeoutSeconds: connector.callTimeoutSeconds,
    intent: 'ENABLED',
    health: 'HEALTHY',
    ...knowledgeData(connector.knowledge),
    lastTestedAt: connector.at,
    toolsDiscoveredAt: connector.at,
    createdAt: connector.at,
    updatedAt: connector.at,
  };
}

function intentData(intent: ConnectorIntent, at: Date) {
  return { intent, disabledAt: intent === 'DISABLED' ? at : null };
}

function updateData(changes: ConnectorChanges): Prisma.ConnectorUpdateManyMutationInput {
  const { name, callTimeoutSeconds, target, credential, intent, health, knowledge, tools, at } =
    changes;
  const endsSessions = target !== undefined || credential !== undefined;
  return {
    ...(name !== undefined && { name }),
    ...(callTimeoutSeconds !== undefined && { callTimeoutSeconds }),
    ...target,
    ...(intent !== undefined && intentData(intent, at)),
    ...(health !== undefined && {
      health: health.health,
      lastErrorCode: health.fault?.code ?? null,
      lastErrorAt: health.fault?.at ?? null,
      failingSince: health.fault?.since ?? null,
      ...(health.testedAt !== undefined && { lastTestedAt: health.testedAt }),
    }),
    ...(knowledge !== undefined && knowledgeData(knowledge)),
    ...(tools !== undefined && { toolsDiscoveredAt: at }),
    ...(endsSessions && { credentialGeneration: { increment: 1 } }),
    version: { increment: 1 },
    updatedAt: at,
  };
}

async function translatingNames<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'connectors_owner_name_key') {
      throw new AppError('CONNECTOR_NAME_TAKEN', { cause: error });
    }
    throw error;
  }
}
