import { isJsonObject } from './json-rpc.ts';
import type { JsonObject } from './mcp-client.ts';
import { isDeeperThan, MAX_NESTING } from './nesting.ts';
import { expandedSize } from './schema-expansion.ts';
import { findFlawedKeyword } from './schema-structure.ts';
import { cleanText } from './untrusted-text.ts';

/** Bounds of one JSON Schema of a tool. */
export const SCHEMA_LIMITS = {
  /** UTF-16 units of its JSON text. */
  length: 64 * 1024,
  /** Objects and arrays inside each other. */
  depth: MAX_NESTING,
  /** UTF-16 units of one description in it. */
  textLength: 8_000,
  /** Values in it once local references are replaced by what they name. */
  expandedSize: 50_000,
} as const;

/**
 * A schema with its texts cleaned, or the end of a sentence that begins with "Its input schema". `walked` is how many values
 * its references were found to stand for: what it took us to know.
 */
export type CleanedSchema = ({ ok: true; schema: JsonObject } | { ok: false; reason: string }) & {
  walked: number;
};

/** Keywords that hold text for readers. Other strings (names, `enum`, `const`) carry meaning and stay as they are. */
const TEXT_KEYWORDS: ReadonlySet<string> = new Set(['title', 'description', '$comment']);

/** A NUL or half a surrogate pair in JSON text; PostgreSQL stores neither. */
const UNSTORABLE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/**
 * Copies a JSON Schema with invisible characters stripped from its texts. It is not compiled, and nothing it refers to is
 * fetched.
 */
export function cleanSchema(schema: unknown): CleanedSchema {
  if (!isJsonObject(schema)) return refused('is not an object');
  if (isDeeperThan(schema, SCHEMA_LIMITS.depth)) return refused('is nested too deeply');
  const flawed = findFlawedKeyword(schema);
  if (flawed !== undefined) return refused(`has a \`${flawed}\` that is not valid`);
  const copy = cleanObject(schema);
  const text = JSON.stringify(copy);
  if (text.length > SCHEMA_LIMITS.length) return refused('is too large');
  if (UNSTORABLE.test(text)) return refused('has characters that cannot be stored');
  const limit = SCHEMA_LIMITS.expandedSize;
  const walked = text.includes('"$ref"') ? expandedSize(copy, limit) : 0;
  if (walked > limit) {
    return refused('is too large once its references are replaced by what they name', walked);
  }
  return { ok: true, schema: copy, walked };
}

function refused(reason: string, walked = 0): CleanedSchema {
  return { ok: false, reason, walked };
}

function cleanObject(value: JsonObject): JsonObject {
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [
    name,
    typeof member === 'string' && TEXT_KEYWORDS.has(name)
      ? cleanText(member, SCHEMA_LIMITS.textLength)
      : cleanMember(member),
  ]);
  // Unlike an assignment, fromEntries makes a member of __proto__.
  return Object.fromEntries(members);
}

function cleanMember(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanMember);
  return isJsonObject(value) ? cleanObject(value) : value;
}
