import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { tryParseJson } from '../lib/try-parse-json.ts';
import type { Identity } from '../tenancy/caller.ts';
import type { Database } from './database.ts';

/** The channel on which one replica tells the others to close sessions. */
export const CLOSING_CHANNEL = 'mcp_connectors_session_closings';

/** Whose sessions are to be closed, and who asks for it. Ids only. */
export interface AnnouncedClosing {
  replicaId: string;
  tenantId: string;
  userId: string;
  connectorId: string | undefined;
}

const Id = Type.String({ minLength: 1 });
const Closing = Type.Object({
  replicaId: Id,
  tenantId: Id,
  userId: Id,
  connectorId: Type.Optional(Id),
});

/** Tells every process that listens at this moment. @throws DatabaseUnavailable */
export async function announceClosing(
  database: Pick<Database, 'asUser'>,
  operator: Identity,
  closing: AnnouncedClosing,
): Promise<void> {
  const payload = JSON.stringify(closing);
  await database.asUser(
    operator,
    (tx) => tx.$executeRaw`SELECT pg_notify(${CLOSING_CHANNEL}, ${payload})`,
    { keepsConnectors: true },
  );
}

/** Reads an announcement; undefined for one that no service wrote. Whoever forges one closes sessions that open again when needed. */
export function readClosing(payload: string): AnnouncedClosing | undefined {
  const value = tryParseJson(payload);
  if (!Value.Check(Closing, value)) return undefined;
  const { replicaId, tenantId, userId, connectorId } = value;
  return { replicaId, tenantId, userId, connectorId };
}
