import { isJsonObject } from './json-rpc.ts';
import type { JsonObject } from './mcp-client.ts';

/** Finds the first keyword below a value that does not have the form it must have. */
type KeywordCheck = (value: unknown) => boolean | FlawedKeyword;

/** A keyword of ours to name: never text of a server. */
interface FlawedKeyword {
  keyword: string;
}

/** Keywords that hold one schema. Earlier drafts allowed a list of schemas in `items`. */
const ONE_SCHEMA = [
  'additionalProperties',
  'additionalItems',
  'propertyNames',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contains',
  'not',
  'if',
  'then',
  'else',
] as const;
const SCHEMA_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
const SCHEMA_MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);
/** Keywords that hold one schema or a list of them. */
const SCHEMA_KEYWORDS: ReadonlySet<string> = new Set([...ONE_SCHEMA, ...SCHEMA_LISTS, 'items']);

/**
 * The form of the keywords that hold other schemas or steer validation, in every draft since 4 (JSON Schema 2020-12, Core section
 * 10 and Validation section 6). Keywords that are not here may be anything.
 */
const CHECKS: ReadonlyMap<string, KeywordCheck> = new Map<string, KeywordCheck>([
  ...ONE_SCHEMA.map((name): [string, KeywordCheck] => [name, isSchema]),
  ...SCHEMA_LISTS.map((name): [string, KeywordCheck] => [name, isSchemaList]),
  ...[...SCHEMA_MAPS].map((name): [string, KeywordCheck] => [name, isSchemaMap]),
  ['items', (value) => (Array.isArray(value) ? isSchemaList(value) : isSchema(value))],
  ['type', (value) => typeof value === 'string' || isTextList(value)],
  // A boolean was the form of draft 3, which some generators still write beside a property; it asks for nothing here.
  ['required', (value) => typeof value === 'boolean' || isTextList(value)],
  ['enum', Array.isArray],
  ['$ref', isText],
  ['description', isText],
  ['title', isText],
  ['pattern', isText],
  ['format', isText],
]);

/**
 * Looks whether a value has the form of a JSON Schema: providers refuse a whole request for one tool whose schema has not.
 * @param schema nested no deeper than the stack goes
 * @returns the keyword that is wrong, one of those above; undefined where the form is right
 */
export function findFlawedKeyword(schema: unknown): string | undefined {
  const found = isSchema(schema);
  if (found === true) return undefined;
  return found === false ? 'schema' : found.keyword;
}

function isSchema(value: unknown): boolean | FlawedKeyword {
  if (typeof value === 'boolean') return true;
  if (!isJsonObject(value)) return false;
  for (const [name, member] of Object.entries(value)) {
    const found = CHECKS.get(name)?.(member) ?? true;
    if (found !== true) return found === false ? { keyword: name } : found;
  }
  return true;
}

function isSchemaList(value: unknown): boolean | FlawedKeyword {
  return Array.isArray(value) && firstFlaw(value);
}

function isSchemaMap(value: unknown): boolean | FlawedKeyword {
  return isJsonObject(value) && firstFlaw(Object.values(value));
}

function firstFlaw(schemas: readonly unknown[]): boolean | FlawedKeyword {
  for (const schema of schemas) {
    const found = isSchema(schema);
    if (found !== true) return found;
  }
  return true;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

/** Where a schema stands in the one around it. */
export interface SchemaPlace {
  keyword: string;
  /** Its name, where the keyword holds schemas by name. */
  name: string | undefined;
}

/**
 * Replaces the schemas directly inside a schema whose form is right. Booleans are left out.
 * @returns the schema itself where nothing was replaced by something else
 */
export function mapSubschemas(
  schema: JsonObject,
  replace: (subschema: JsonObject, place: SchemaPlace) => JsonObject,
): JsonObject {
  let copy: JsonObject | undefined;
  for (const [keyword, value] of Object.entries(schema)) {
    const replaced = replaceBelow(keyword, value, (member, name) =>
      isJsonObject(member) ? replace(member, { keyword, name }) : member,
    );
    if (replaced === value) continue;
    copy ??= { ...schema };
    copy[keyword] = replaced;
  }
  return copy ?? schema;
}

function replaceBelow(
  keyword: string,
  value: unknown,
  replace: (member: unknown, name: string | undefined) => unknown,
): unknown {
  if (SCHEMA_MAPS.has(keyword) && isJsonObject(value)) return mapMembers(value, replace);
  if (!SCHEMA_KEYWORDS.has(keyword)) return value;
  if (!Array.isArray(value)) return replace(value, undefined);
  return mapItems(value, (member) => replace(member, undefined));
}

function mapMembers(
  map: JsonObject,
  replace: (member: unknown, name: string) => unknown,
): JsonObject {
  const members = Object.entries(map).map(([name, member]): [string, unknown] => [
    name,
    replace(member, name),
  ]);
  // Unlike an assignment, fromEntries makes a member of __proto__.
  return members.every(([name, member]) => member === map[name])
    ? map
    : Object.fromEntries(members);
}

function mapItems(list: readonly unknown[], replace: (member: unknown) => unknown): unknown {
  const items = list.map(replace);
  return items.every((item, index) => item === list[index]) ? list : items;
}
