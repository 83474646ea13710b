import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { tryParseJson } from '../lib/try-parse-json.ts';
import type { Identity } from '../tenancy/caller.ts';
import type { DatabaseTransaction } from './database.ts';

/** The channel on which the database says for whom there are events. */
export const EVENT_CHANNEL = 'mcp_connectors_events';

/** For whom something was announced: all that is not null has to fit. Ids only. */
export interface EventAudience {
  tenantId: string;
  userId: string | null;
  projectId: string | null;
}

/** There is an event for somebody, or their events are gone. */
export interface AnnouncedEvent extends EventAudience {
  /** Events were erased: whoever follows has to read everything anew. */
  isErasure: boolean;
}

const Id = Type.String({ minLength: 1 });
const Announcement = Type.Object({
  tenant_id: Id,
  user_id: Type.Union([Id, Type.Null()]),
  project_id: Type.Union([Id, Type.Null()]),
  erased: Type.Optional(Type.Boolean()),
});

/** Reads an announcement; undefined for one that nobody of us wrote. Whoever forges one has clients look for what is not there. */
export function readEventAnnouncement(payload: string): AnnouncedEvent | undefined {
  const value = tryParseJson(payload);
  if (!Value.Check(Announcement, value)) return undefined;
  const { tenant_id: tenantId, user_id: userId, project_id: projectId, erased = false } = value;
  return { tenantId, userId, projectId, isErasure: erased };
}

/** Deletes what only this user was told, and says so when it is committed. The last step of a transaction: others write events. */
export async function eraseEvents(
  tx: DatabaseTransaction,
  { tenantId, userId }: Identity,
): Promise<void> {
  await tx.$executeRaw`SELECT set_config('app.erasing', 'on', true)`;
  await tx.event.deleteMany({ where: { tenantId, userId } });
  const payload = { tenant_id: tenantId, user_id: userId, project_id: null, erased: true };
  await tx.$executeRaw`SELECT pg_notify(${EVENT_CHANNEL}, ${JSON.stringify(payload)})`;
}
