import { isJsonObject } from './json-rpc.ts';
import type { HeaderParameter, JsonObject } from './mcp-client.ts';
import { mapSubschemas } from './schema-structure.ts';

/** Names a parameter's header in its schema (MCP 2026-07-28, Streamable HTTP, "Custom Headers from Tool Parameters"). */
const ANNOTATION = 'x-mcp-header';
const PREFIX = 'mcp-param-';
/** A field name (RFC 9110 section 5.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);

/** Bounds of what is mirrored: servers and what stands in front of them take no more than 8 to 16 KiB of headers. */
export const HEADER_PARAMETER_LIMITS = {
  /** Parameters of one tool. */
  parameters: 32,
  /** Characters of a header's name, without what all have in front. */
  nameLength: 128,
  /** Characters that all values of a call take together, as they are sent. */
  valuesLength: 4_096,
} as const;

/** The parameters to be mirrored; or the end of a sentence that begins with "Its input schema". */
export type HeaderParameterReading =
  | { ok: true; parameters: HeaderParameter[] }
  | { ok: false; reason: string };

/**
 * Reads which parameters a tool wants mirrored as headers. One wrong annotation makes the tool unusable, as the specification asks.
 * @param schema an input schema that `cleanSchema` accepted
 */
export function readHeaderParameters(schema: JsonObject): HeaderParameterReading {
  const parameters: HeaderParameter[] = [];
  const isValid = !Object.hasOwn(schema, ANNOTATION) && collect(schema, [], parameters);
  if (!isValid) return { ok: false, reason: `has an \`${ANNOTATION}\` that is not valid` };
  if (parameters.length > HEADER_PARAMETER_LIMITS.parameters) {
    return { ok: false, reason: 'mirrors too many parameters as headers' };
  }
  return { ok: true, parameters };
}

/**
 * Adds the annotated parameters below a schema to `found`.
 * @param path to the schema by `properties` alone; undefined where something else is on the way
 * @returns are all annotations valid?
 */
function collect(
  schema: JsonObject,
  path: readonly string[] | undefined,
  found: HeaderParameter[],
): boolean {
  let isValid = true;
  mapSubschemas(schema, (child, { keyword, name }) => {
    const isProperty = keyword === 'properties' && name !== undefined;
    const childPath = path !== undefined && isProperty ? [...path, name] : undefined;
    if (Object.hasOwn(child, ANNOTATION)) isValid &&= add(child, childPath, found);
    isValid &&= collect(child, childPath, found);
    return child;
  });
  return isValid;
}

function add(schema: JsonObject, path: string[] | undefined, found: HeaderParameter[]): boolean {
  const parameter = path && readAnnotation(schema, path);
  if (parameter === undefined || found.some(({ name }) => name === parameter.name)) return false;
  return found.push(parameter) > 0;
}

function readAnnotation(schema: JsonObject, path: string[]): HeaderParameter | undefined {
  const name = schema[ANNOTATION];
  if (typeof name !== 'string' || !TOKEN.test(name)) return undefined;
  if (name.length > HEADER_PARAMETER_LIMITS.nameLength || !TYPES.has(schema['type'])) {
    return undefined;
  }
  // Names that differ only in case are the same header.
  return { name: name.toLowerCase(), path };
}

/**
 * The schema as we show it. Our endpoint reads no such headers, so it must not ask its clients for them. A schema without annotations
 * is returned as it is.
 */
export function withoutHeaderAnnotations(schema: JsonObject): JsonObject {
  const stripped = mapSubschemas(schema, withoutHeaderAnnotations);
  if (!Object.hasOwn(stripped, ANNOTATION)) return stripped;
  const { [ANNOTATION]: _annotation, ...rest } = stripped;
  return rest;
}

/** @returns the headers that mirror the arguments of a call; undefined where they would take too much */
export function headersOfCall(
  parameters: readonly HeaderParameter[],
  args: JsonObject,
): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  let length = 0;
  for (const { name, path } of parameters) {
    const text = textOf(valueAt(args, path));
    if (text === undefined) continue;
    const value = encodeHeaderValue(text);
    length += value.length;
    headers[`${PREFIX}${name}`] = value;
  }
  return length > HEADER_PARAMETER_LIMITS.valuesLength ? undefined : headers;
}

function valueAt(args: JsonObject, path: readonly string[]): unknown {
  let value: unknown = args;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A value of another type than its schema says has no header: the server refuses the argument itself. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'boolean') return String(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** Visible ASCII with spaces and tabs inside only ("Value Encoding"); an empty value is nothing a header can show. */
const PLAIN = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

function encodeHeaderValue(text: string): string {
  const looksEncoded = text.startsWith('=?base64?') && text.endsWith('?=');
  if (PLAIN.test(text) && !looksEncoded) return text;
  return `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
