/** A JSON object of unknown content. */
export type JsonObject = Record<string, unknown>;

/** The types of JSON Schema, in the order they are written in. */
export const TYPE_NAMES = [
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
] as const;

/** A type of JSON Schema. */
export type TypeName = (typeof TYPE_NAMES)[number];

/** A type JSON Schema knows. */
export function isTypeName(value: unknown): value is TypeName {
  return TYPE_NAMES.some((name) => name === value);
}

/** An object that is neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The narrowest type of a JSON value. */
export function typeOf(value: unknown): TypeName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as TypeName;
  return 'object';
}

/** Whether a set of types holds the type; every integer is a number. */
export function allows(types: ReadonlySet<TypeName> | undefined, type: TypeName): boolean {
  return types === undefined || types.has(type) || (type === 'integer' && types.has('number'));
}

/** The same set without `integer` where `number` says it all. */
export function normalTypes(types: Iterable<TypeName>): ReadonlySet<TypeName> {
  const set = new Set(types);
  if (set.has('number')) set.delete('integer');
  return set;
}

/** The types both sets hold. */
export function commonTypes(
  a: ReadonlySet<TypeName> | undefined,
  b: ReadonlySet<TypeName> | undefined,
): ReadonlySet<TypeName> | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return normalTypes(TYPE_NAMES.filter((type) => allows(a, type) && allows(b, type)));
}

/** Equal for values that JSON Schema calls equal: the order of keys does not matter. */
export function valueKey(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    isObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
