import type { JsonSchema, SchemaObject } from './contract-document.ts';
import {
  isUnconstrained,
  keywordsOf,
  pickKeywords,
  referencedComponent,
  refuseUnknownKeywords,
} from './schema-keywords.ts';
import { schemaToType } from './schema-to-type.ts';

const SCALARS: Readonly<Record<string, string>> = {
  string: 'String',
  integer: 'Integer',
  number: 'Number',
  boolean: 'Boolean',
  null: 'Null',
};

/**
 * The TypeBox expression of a schema. References become `{ $ref: 'Name#' }`, which AJV and Fastify resolve by the
 * `$id` of the component; `discriminator.mapping` is left out, because AJV refuses it.
 * @param at where the schema stands, for error messages.
 * @throws Error on anything that would not be enforced exactly as it is written.
 */
export function schemaToTypeBox(schema: JsonSchema, at: string): string {
  if (schema === false) return 'Type.Never()';
  if (schema === true || isUnconstrained(schema)) return 'Type.Unknown()';
  if (schema.$ref !== undefined) return reference(schema, schema.$ref, at);
  if ('const' in schema) return literal(schema, at);
  if (schema.enum !== undefined) {
    refuseUnknownKeywords(schema, ['enum', 'type'], at);
    return unsafe(schema, JSON.stringify(pickKeywords(schema, ['type', 'enum'])), at);
  }
  if (schema.oneOf !== undefined) return oneOf(schema, schema.oneOf, at);
  if (schema.anyOf !== undefined) return union(schema, schema.anyOf, at);
  if (schema.allOf !== undefined) return intersection(schema, schema.allOf, at);
  return Array.isArray(schema.type)
    ? typeList(schema, schema.type, at)
    : typed(schema, schema.type, at);
}

function typed(schema: SchemaObject, type: string | undefined, at: string): string {
  refuseUnknownKeywords(schema, ['type', ...keywordsOf(type, at)], at);
  if (type === 'array') return array(schema, at);
  if (type === 'object') return object(schema, at);
  return `Type.${SCALARS[type ?? '']}(${options(pickKeywords(schema, keywordsOf(type, at)))})`;
}

function unsafe(schema: SchemaObject, body: string, at: string): string {
  return `Type.Unsafe<${schemaToType(schema, at)}>(${body})`;
}

function options(keywords: Record<string, unknown>): string {
  return Object.keys(keywords).length === 0 ? '' : JSON.stringify(keywords);
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

function members(schemas: readonly JsonSchema[], at: string): string {
  return `[${schemas.map((schema, index) => schemaToTypeBox(schema, `${at}/${index}`)).join(', ')}]`;
}

function reference(schema: SchemaObject, ref: string, at: string): string {
  refuseUnknownKeywords(schema, ['$ref'], at);
  return unsafe(schema, JSON.stringify({ $ref: `${referencedComponent(ref, at)}#` }), at);
}

function literal(schema: SchemaObject, at: string): string {
  refuseUnknownKeywords(schema, ['const', 'type'], at);
  const value = schema.const;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new Error(`${at}: const must be a string, number or boolean`);
  }
  return `Type.Literal(${join(JSON.stringify(value), options(pickKeywords(schema, [])))})`;
}

function oneOf(schema: SchemaObject, alternatives: readonly JsonSchema[], at: string): string {
  refuseUnknownKeywords(schema, ['oneOf', 'discriminator', 'type'], at);
  const keywords = pickKeywords(schema, ['type']);
  if (schema.discriminator !== undefined) {
    keywords['type'] = 'object';
    keywords['discriminator'] = { propertyName: schema.discriminator.propertyName };
  }
  const body = `{ ...${JSON.stringify(keywords)}, oneOf: ${members(alternatives, `${at}/oneOf`)} }`;
  return unsafe(schema, body, at);
}

function union(schema: SchemaObject, alternatives: readonly JsonSchema[], at: string): string {
  refuseUnknownKeywords(schema, ['anyOf'], at);
  requireTwo(alternatives, 'anyOf', at);
  return `Type.Union(${join(members(alternatives, `${at}/anyOf`), options(pickKeywords(schema, [])))})`;
}

function intersection(schema: SchemaObject, parts: readonly JsonSchema[], at: string): string {
  refuseUnknownKeywords(schema, ['allOf', 'unevaluatedProperties', 'type'], at);
  requireTwo(parts, 'allOf', at);
  const keywords = pickKeywords(schema, ['unevaluatedProperties']);
  return `Type.Intersect(${join(members(parts, `${at}/allOf`), options(keywords))})`;
}

/** TypeBox turns a union or an intersection of one into its member, and loses the keywords beside it. */
function requireTwo(schemas: readonly JsonSchema[], keyword: string, at: string): void {
  if (schemas.length < 2) throw new Error(`${at}: ${keyword} needs two members`);
}

function typeList(schema: SchemaObject, types: readonly string[], at: string): string {
  if (types.some((type) => type === 'object' || type === 'array')) {
    throw new Error(`${at}: a list of types may only hold scalars; use anyOf`);
  }
  const keywords = ['type', ...types.flatMap((type) => keywordsOf(type, at))];
  refuseUnknownKeywords(schema, keywords, at);
  return unsafe(schema, JSON.stringify(pickKeywords(schema, keywords)), at);
}

function array(schema: SchemaObject, at: string): string {
  const keywords = pickKeywords(schema, ['minItems', 'maxItems', 'uniqueItems']);
  return `Type.Array(${join(schemaToTypeBox(schema.items ?? true, `${at}/items`), options(keywords))})`;
}

function object(schema: SchemaObject, at: string): string {
  const properties = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required ?? []);
  for (const name of required) {
    if (schema.properties?.[name] === undefined) {
      throw new Error(`${at}: required "${name}" is not among the properties`);
    }
  }
  const keywords = objectKeywords(schema, at);
  if (properties.length === 0) {
    return unsafe(schema, `{ ${join('type: "object"', keywords)} }`, at);
  }
  const members = properties.map(([name, property]) => {
    const expression = schemaToTypeBox(property, `${at}/properties/${name}`);
    return `${JSON.stringify(name)}: ${required.has(name) ? expression : `Type.Optional(${expression})`}`;
  });
  return `Type.Object(${join(`{ ${members.join(', ')} }`, keywords === '' ? '' : `{ ${keywords} }`)})`;
}

function objectKeywords(schema: SchemaObject, at: string): string {
  const plain = pickKeywords(schema, ['minProperties', 'maxProperties', 'propertyNames']);
  const nested = (['additionalProperties', 'unevaluatedProperties'] as const).flatMap((keyword) => {
    const value = schema[keyword];
    if (value === undefined) return [];
    const body =
      typeof value === 'boolean' ? String(value) : schemaToTypeBox(value, `${at}/${keyword}`);
    return [`${keyword}: ${body}`];
  });
  return join(options(plain).slice(1, -1), ...nested);
}
