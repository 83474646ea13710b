import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type Database, showAuditRecords } from '../../database/index.ts';
import { Prisma } from '../../database/prisma/client.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  ArgumentShape,
  AuditEntry,
  AuditFilter,
  AuditPosition,
  AuditRecord,
} from './audit.ts';
import type { AuditStore } from './audit-store.ts';

/** Records that a deletion takes at a time. */
const BATCH = 5_000;

const Size = Type.Integer({ minimum: 0 });
const Shape = Type.Object({
  bytes: Size,
  members: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.Unsafe<ArgumentShape['members'][number]['type']>(
        Type.Union(
          ['null', 'boolean', 'number', 'string', 'array', 'object'].map((type) =>
            Type.Literal(type),
          ),
        ),
      ),
      size: Type.Union([Size, Type.Null()]),
    }),
  ),
  more: Size,
});

/** Audit records in PostgreSQL. */
export class PrismaAuditStore implements AuditStore {
  readonly #database: Pick<Database, 'readAsUser' | 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'readAsUser' | 'asWorker'> }) {
    this.#database = database;
  }

  async list(
    operator: Identity,
    filter: AuditFilter,
    { limit, after }: { limit: number; after: AuditPosition | undefined },
  ): Promise<AuditRecord[]> {
    const rows = await this.#database.readAsUser(operator, async (tx) => {
      await showAuditRecords(tx);
      return await tx.auditRecord.findMany({
        where: { tenantId: operator.tenantId, ...whereOf(filter), ...older(after) },
        orderBy: [{ at: 'desc' }, { id: 'desc' }],
        take: limit,
      });
    });
    return rows.map(toRecord);
  }

  async insert(entries: readonly AuditEntry[]): Promise<void> {
    await this.#database.asWorker((tx) => tx.auditRecord.createMany({ data: entries.map(toRow) }));
  }

  deleteSome(before: Date): Promise<number> {
    return this.#database.asWorker(
      (tx) => tx.$executeRaw`
        delete from audit_records
        where id in (select id from audit_records where at < ${before} order by at limit ${BATCH})`,
    );
  }
}

function whereOf(filter: AuditFilter): Prisma.AuditRecordWhereInput {
  const { from, to, ...named } = filter;
  const time = { ...(from && { gte: from }), ...(to && { lt: to }) };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...((from ?? to) && { at: time }) };
}

function older(after: AuditPosition | undefined): Prisma.AuditRecordWhereInput {
  if (after === undefined) return {};
  const { at, id } = after;
  return { OR: [{ at: { lt: at } }, { at, id: { lt: BigInt(id) } }] };
}

function toRow(entry: AuditEntry): Prisma.AuditRecordCreateManyInput {
  return {
    ...entry,
    actorId: entry.actorId ?? null,
    agent: entry.agent ?? null,
    userId: entry.userId ?? null,
    projectId: entry.projectId ?? null,
    objectKind: entry.objectKind ?? null,
    objectId: entry.objectId ?? null,
    connectorId: entry.connectorId ?? null,
    requestId: entry.requestId ?? null,
    arguments: entry.arguments === undefined ? Prisma.DbNull : { ...entry.arguments },
  };
}

/** @throws when the shape in it is none that this version knows. */
function toRecord(row: Prisma.AuditRecordGetPayload<object>): AuditRecord {
  return {
    id: row.id.toString(),
    tenantId: row.tenantId,
    at: row.at,
    actorId: row.actorId ?? undefined,
    agent: row.agent ?? undefined,
    userId: row.userId ?? undefined,
    projectId: row.projectId ?? undefined,
    action: row.action,
    objectKind: row.objectKind ?? undefined,
    objectId: row.objectId ?? undefined,
    connectorId: row.connectorId ?? undefined,
    outcome: row.outcome,
    requestId: row.requestId ?? undefined,
    arguments: row.arguments === null ? undefined : Value.Decode(Shape, row.arguments),
  };
}
