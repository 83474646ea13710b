import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Database } from '../../database/index.ts';
import {
  OFFERING_KINDS,
  type OfferingDiscovery,
  type OfferingKind,
} from '../../mcp/client/server-offerings.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  AskablePrompt,
  ConnectorOfferingStore,
  ListedOffering,
  OfferingOwner,
} from './connector-offering-store.ts';
import type { ManagedServers } from './managed-servers.ts';
import { offeredConnectors, ownerColumns, toolsetOwners } from './prisma-connector-owners.ts';
import { sessionColumns, toSessionSight } from './prisma-connector-rows.ts';

const Definition = Type.Record(Type.String(), Type.Unknown());

function askedColumns(identity: Identity) {
  return { ...sessionColumns(identity), slug: true, callTimeoutSeconds: true } as const;
}

/** Prompts, resources and templates in PostgreSQL. */
export class PrismaConnectorOfferingStore implements ConnectorOfferingStore {
  readonly #database: Pick<Database, 'readAsUser'>;
  readonly #managedServers: Pick<ManagedServers, 'usableKeys'>;

  constructor({
    database,
    managedServers,
  }: {
    database: Pick<Database, 'readAsUser'>;
    managedServers: Pick<ManagedServers, 'usableKeys'>;
  }) {
    this.#database = database;
    this.#managedServers = managedServers;
  }

  async list(
    identity: Identity,
    kind: OfferingKind,
    { limit, after }: { limit: number; after: string | undefined },
  ): Promise<ListedOffering[]> {
    const rows = await this.#database.readAsUser(identity, (tx) =>
      tx.connectorOffering.findMany({
        where: {
          ...toolsetOwners(identity),
          kind,
          connector: { intent: 'ENABLED', ...this.#offered() },
          ...(after === undefined ? {} : { exposedKey: { gt: after } }),
        },
        orderBy: { exposedKey: 'asc' },
        take: limit,
        select: { exposedKey: true, definition: true },
      }),
    );
    return rows.map(({ exposedKey, definition }) => ({
      exposedKey,
      definition: Value.Decode(Definition, definition),
    }));
  }

  /** The database makes them: a user may have megabytes of offerings. */
  async fingerprintsOf(
    identity: Identity,
    kinds: readonly OfferingKind[],
  ): Promise<Map<OfferingKind, string>> {
    const { tenantId, userId, projectId = null } = identity;
    const usable = [...this.#managedServers.usableKeys()];
    const rows = await this.#database.readAsUser(
      identity,
      (tx) => tx.$queryRaw<{ kind: string; hash: string }[]>`
        select kind, encode(sha256(string_agg(hash, '' order by exposed_key)), 'hex') as hash
        from (
          select o.kind, o.exposed_key,
            sha256(convert_to(o.exposed_key || ' ' || o.definition::text, 'UTF8')) as hash
          from connector_offerings o join connectors c on c.id = o.connector_id
          where o.tenant_id = ${tenantId}
            and ((o.owner_kind = 'user' and o.owner_id = ${userId})
              or (o.owner_kind = 'project' and o.owner_id = ${projectId}::text))
            and o.kind = any(${[...kinds]}) and c.intent = 'ENABLED'
            and (c.entry_key is null or c.entry_key = any(${usable}))
        ) as hashes
        group by kind`,
    );
    return new Map(kinds.map((kind) => [kind, rows.find((row) => row.kind === kind)?.hash ?? '']));
  }

  async listOf(identity: Identity, connectorId: string): Promise<OfferingDiscovery> {
    const rows = await this.#database.readAsUser(identity, (tx) =>
      tx.connectorOffering.findMany({
        where: { ...ownerColumns(identity), connectorId },
        select: { kind: true, key: true, definition: true },
      }),
    );
    const byKind = OFFERING_KINDS.map((kind) => [
      kind,
      rows
        .filter((row) => row.kind === kind)
        .map(({ key, definition }) => ({ key, definition: Value.Decode(Definition, definition) })),
    ]);
    return Object.fromEntries(byKind);
  }

  async findPrompt(identity: Identity, exposedName: string): Promise<AskablePrompt | undefined> {
    const prompt = await this.#database.readAsUser(identity, (tx) =>
      tx.connectorOffering.findFirst({
        where: {
          ...toolsetOwners(identity),
          ...{ kind: 'prompt', exposedKey: exposedName, connector: this.#offered() },
        },
        select: { key: true, connector: { select: askedColumns(identity) } },
      }),
    );
    return prompt === null
      ? undefined
      : { ...toOwner(prompt.connector, identity), name: prompt.key };
  }

  async findOwner(identity: Identity, slug: string): Promise<OfferingOwner | undefined> {
    const connector = await this.#database.readAsUser(identity, (tx) =>
      tx.connector.findFirst({
        where: { ...toolsetOwners(identity), slug, AND: this.#offered() },
        select: askedColumns(identity),
      }),
    );
    return connector === null ? undefined : toOwner(connector, identity);
  }

  #offered() {
    return offeredConnectors(this.#managedServers);
  }
}

function toOwner(
  row: Parameters<typeof toSessionSight>[0] & { slug: string; callTimeoutSeconds: number },
  identity: Identity,
): OfferingOwner {
  const { slug, callTimeoutSeconds } = row;
  const { health: _unused, ...sight } = toSessionSight(row, identity);
  return { ...sight, slug, callTimeoutSeconds };
}
