import type { Identity } from '../tenancy/caller.ts';
import type { Prisma } from './prisma/client.ts';

/** What was changed. */
export interface ChangedObject {
  kind: 'connector' | 'tool' | 'user' | 'member' | 'deployment';
  /** Its id; of a member of a project, that of the user. */
  id: string;
  /** The connector that it belongs to. */
  connectorId?: string;
}

/** Who makes a change, and by which request. */
export interface RecordedChange {
  action: string;
  /** Who sent the request; undefined for the service itself. */
  actorId: string | undefined;
  /** The agent that acts for them. */
  agent: string | undefined;
  requestId: string | undefined;
  /** Called when the record is written. */
  onRecorded(): void;
}

/** Writes what a transaction has changed to the audit records, in that transaction. */
export type RecordChange = (object: ChangedObject) => Promise<void>;

/** Inserts without reading back: those who make changes may not read what is recorded. */
export async function insertAuditRecord(
  tx: Prisma.TransactionClient,
  {
    identity,
    object,
    change,
  }: { identity: Identity; object: ChangedObject; change: RecordedChange },
): Promise<void> {
  const { action, actorId, agent, requestId } = change;
  const connectorId = object.connectorId ?? (object.kind === 'connector' ? object.id : undefined);
  await tx.auditRecord.createMany({
    data: [
      {
        tenantId: identity.tenantId,
        actorId: actorId ?? null,
        agent: agent ?? null,
        // Of a project whose row the service itself keeps, nobody.
        userId: identity.userId === '' ? null : identity.userId,
        projectId: identity.projectId ?? null,
        action,
        objectKind: object.kind,
        objectId: object.id,
        connectorId: connectorId ?? null,
        outcome: 'ok',
        requestId: requestId ?? null,
      },
    ],
  });
  change.onRecorded();
}

/** From here on the transaction sees the audit records of its tenant. */
export async function showAuditRecords(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`SELECT set_config('app.audit', 'on', true)`;
}

/** Puts a name that means nobody in the place of the user whom the transaction works for, in every audit record. */
export async function pseudonymizeAuditRecords(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`SELECT audit_pseudonymize()`;
}
