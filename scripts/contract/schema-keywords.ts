import type { JsonSchema, SchemaObject } from './contract-document.ts';

/** Keywords that describe and never validate; only the two that act at run time are generated. */
const DESCRIPTIVE = [
  'title',
  'description',
  'deprecated',
  'readOnly',
  'writeOnly',
  'example',
  'examples',
];
const CARRIED = ['default', 'format'];

const NUMERIC = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** The validating keywords of each type. What is not listed here stops the generator. */
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern'],
  integer: NUMERIC,
  number: NUMERIC,
  boolean: [],
  null: [],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems'],
  object: [
    'properties',
    'required',
    'additionalProperties',
    'minProperties',
    'maxProperties',
    'propertyNames',
    'unevaluatedProperties',
  ],
};

/**
 * The validating keywords of a type.
 * @throws Error for a type that JSON Schema does not know.
 */
export function keywordsOf(type: string | undefined, at: string): readonly string[] {
  const keywords = type === undefined ? undefined : OF_TYPE[type];
  if (keywords === undefined) throw new Error(`${at}: no type the generator knows`);
  return keywords;
}

/**
 * Stops on every keyword that is neither descriptive, nor an extension (`x-…`), nor in `allowed`:
 * a keyword that is silently left out would be a rule the service does not enforce.
 * @throws Error naming the keyword and its place.
 */
export function refuseUnknownKeywords(
  schema: SchemaObject,
  allowed: readonly string[],
  at: string,
): void {
  for (const keyword of Object.keys(schema)) {
    const known =
      allowed.includes(keyword) || DESCRIPTIVE.includes(keyword) || CARRIED.includes(keyword);
    if (!known && !keyword.startsWith('x-')) {
      throw new Error(`${at}: unsupported keyword "${keyword}"`);
    }
  }
}

/** The part of a schema that acts at run time, limited to `keywords`. */
export function pickKeywords(
  schema: SchemaObject,
  keywords: readonly string[],
): Record<string, unknown> {
  const wanted = new Set([...CARRIED, ...keywords]);
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => wanted.has(keyword)));
}

/** Whether a schema accepts any value. */
export function isUnconstrained(schema: JsonSchema): boolean {
  if (typeof schema === 'boolean') return schema;
  return Object.keys(schema).every(
    (keyword) => DESCRIPTIVE.includes(keyword) || keyword.startsWith('x-'),
  );
}

const SCHEMA_REFERENCE = /^#\/components\/schemas\/([A-Za-z_$][\w$]*)$/;

/**
 * The component a `$ref` names.
 * @throws Error when it is not a reference to a schema component.
 */
export function referencedComponent(ref: string, at: string): string {
  const name = SCHEMA_REFERENCE.exec(ref)?.[1];
  if (name === undefined) throw new Error(`${at}: unsupported $ref ${ref}`);
  return name;
}
