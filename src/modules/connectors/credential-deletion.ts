import type { ConnectorRecord } from './connector.ts';

const DAY_MS = 24 * 3_600_000;

/** Before this moment a connector must have been disabled for its credentials to be deleted; undefined where they are kept. */
export function deletionLimit(now: Date, keptDays: number): Date | undefined {
  return keptDays === 0 ? undefined : new Date(now.getTime() - keptDays * DAY_MS);
}

/**
 * Since when nobody can have needed the credentials: their connector is disabled, and they were neither replaced nor tested. Undefined
 * where it is enabled, or has none.
 */
export function idleSince({
  intent,
  disabledAt,
  credential,
  lastTestedAt,
}: Pick<ConnectorRecord, 'intent' | 'disabledAt' | 'credential' | 'lastTestedAt'>):
  | Date
  | undefined {
  if (intent !== 'DISABLED' || disabledAt === undefined || credential === undefined)
    return undefined;
  const times = [disabledAt, credential.updatedAt, lastTestedAt].map((at) => at.getTime());
  return new Date(Math.max(...times));
}

/** From when on the job deletes the credentials, as things are now; undefined where it does not. */
export function deletionDue(
  record: Parameters<typeof idleSince>[0],
  keptDays: number,
): Date | undefined {
  const since = idleSince(record);
  if (since === undefined || keptDays === 0) return undefined;
  return new Date(since.getTime() + keptDays * DAY_MS);
}
