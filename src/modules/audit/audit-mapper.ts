import type { AuditRecord as AuditRecordResource } from '../../contract/generated.ts';
import type { AuditRecord } from './audit.ts';

/** A record as operators see it. */
export function toAuditResource(record: AuditRecord): AuditRecordResource {
  return {
    id: record.id,
    at: record.at.toISOString(),
    actor_id: record.actorId ?? null,
    agent: record.agent ?? null,
    user_id: record.userId ?? null,
    project_id: record.projectId ?? null,
    action: record.action,
    object_kind: record.objectKind ?? null,
    object_id: record.objectId ?? null,
    connector_id: record.connectorId ?? null,
    outcome: record.outcome,
    request_id: record.requestId ?? null,
    arguments: record.arguments ?? null,
  };
}
