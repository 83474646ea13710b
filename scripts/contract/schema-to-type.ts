import type { JsonSchema, SchemaObject } from './contract-document.ts';
import { isUnconstrained, referencedComponent } from './schema-keywords.ts';

/**
 * The TypeScript type of a schema, for the places where TypeBox cannot infer it: references, unions and recursion.
 * @param at where the schema stands, for error messages.
 * @throws Error for a schema without a type.
 */
export function schemaToType(schema: JsonSchema, at: string): string {
  if (schema === false) return 'never';
  if (schema === true || isUnconstrained(schema)) return 'unknown';
  if (schema.$ref !== undefined) return referencedComponent(schema.$ref, at);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives !== undefined) return joinTypes(alternatives, ' | ', at);
  if (schema.allOf !== undefined) return joinTypes(schema.allOf, ' & ', at);
  return typeOfTyped(schema, at);
}

function joinTypes(schemas: readonly JsonSchema[], separator: string, at: string): string {
  const types = schemas.map((schema, index) => schemaToType(schema, `${at}/${index}`));
  return `(${types.join(separator)})`;
}

function typeOfTyped(schema: SchemaObject, at: string): string {
  if (Array.isArray(schema.type)) {
    return joinTypes(
      schema.type.map((type) => ({ ...schema, type })),
      ' | ',
      at,
    );
  }
  const type = schema.type ?? '';
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `Array<${schemaToType(schema.items ?? true, `${at}/items`)}>`;
    case 'object':
      return typeOfObject(schema, at);
    default:
      throw new Error(`${at}: no type the generator knows`);
  }
}

function typeOfObject(schema: SchemaObject, at: string): string {
  const required = new Set(schema.required ?? []);
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const type = schemaToType(property, `${at}/properties/${name}`);
    return `${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${type}`;
  });
  if (properties.length > 0) return `{ ${properties.join('; ')} }`;
  const additional = schema.additionalProperties ?? true;
  if (additional === false) return 'Record<string, never>';
  return `Record<string, ${schemaToType(additional, `${at}/additionalProperties`)}>`;
}
