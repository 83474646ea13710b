import type { EventTicket } from '../../contract/generated.ts';
import type { ChangeEvent } from './event.ts';
import type { IssuedTicket } from './event-ticket-service.ts';

/** What a `change` event tells. */
export function toEventData(event: ChangeEvent) {
  return {
    kind: event.kind,
    object_type: event.objectType,
    object_id: event.objectId,
    project_id: event.projectId ?? null,
    at: event.at.toISOString(),
  };
}

/** The resource of a ticket. */
export function toEventTicket({ ticket, expiresAt }: IssuedTicket): EventTicket {
  return { ticket, expires_at: expiresAt.toISOString() };
}
