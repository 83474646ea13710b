import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type Database, showAuditRecords } from '../../database/index.ts';
import type { Prisma } from '../../database/prisma/client.ts';
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
    const rows = JSON.stringify(entries.map(toRow));
    // As one text: with a parameter for each column of each call, this would cost more of the processor than the calls.
    await this.#database.asWorker(
      (tx) => tx.$executeRaw`
        insert into audit_records (tenant_id, at, actor_id, agent, user_id, project_id, action, object_kind, object_id, connector_id, outcome, request_id, arguments)
        select tenant_id, at, actor_id, agent, user_id, project_id, action, object_kind, object_id, connector_id, outcome, request_id, arguments
        from json_to_recordset(${rows}::json) as entries (tenant_id text, at timestamptz, actor_id text, agent text, user_id text, project_id text,
          action text, object_kind text, object_id text, connector_id text, outcome text, request_id text, arguments json)`,
    );
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

/** What is undefined is left out, and read as null. */
function toRow(entry: AuditEntry) {
  return {
    tenant_id: entry.tenantId,
    at: entry.at,
    actor_id: entry.actorId,
    agent: entry.agent,
    user_id: entry.userId,
    project_id: entry.projectId,
    action: entry.action,
    object_kind: entry.objectKind,
    object_id: entry.objectId,
    connector_id: entry.connectorId,
    outcome: entry.outcome,
    request_id: entry.requestId,
    arguments: entry.arguments,
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
