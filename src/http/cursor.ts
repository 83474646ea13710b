import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { AppError } from '../errors/app-error.ts';
import { tryParseJson } from '../lib/try-parse-json.ts';

/** Writes a place in a list as an opaque token of `[A-Za-z0-9_-]`. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * Reads back what {@link encodeCursor} wrote.
 * @throws AppError `INVALID_CURSOR` where it is not of the given shape.
 */
export function decodeCursor<Schema extends TSchema>(
  schema: Schema,
  cursor: string,
): Static<Schema> {
  const place = tryParseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (Value.Check(schema, place)) return place;
  throw new AppError('INVALID_CURSOR', {
    errors: [{ pointer: '/query/cursor', detail: 'use the next_cursor of the page before' }],
  });
}
