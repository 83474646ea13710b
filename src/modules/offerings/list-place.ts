import { tryParseJson } from '../../lib/try-parse-json.ts';
import type { OfferingKind } from '../../mcp/client/server-offerings.ts';

/** Longer than any key that is stored. */
const MAX_LENGTH = 16_000;

/** The cursor of what comes after a key. Opaque to clients, and no secret: it only says where a list of their own goes on. */
export function placeAfter(kind: OfferingKind, key: string): string {
  return Buffer.from(JSON.stringify([kind, key])).toString('base64url');
}

/** The key a cursor stands for; undefined for one that was never given out for such a list. */
export function findPlace(kind: OfferingKind, cursor: string): string | undefined {
  if (cursor.length > MAX_LENGTH) return undefined;
  const place = tryParseJson(Buffer.from(cursor, 'base64url').toString());
  const key: unknown = Array.isArray(place) ? place[1] : undefined;
  // Not even the same key in another spelling; and PostgreSQL takes no NUL.
  if (typeof key !== 'string' || key.includes('\u0000')) return undefined;
  return placeAfter(kind, key) === cursor ? key : undefined;
}
