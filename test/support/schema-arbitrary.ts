import fc from 'fast-check';
import { isNode, type Node, resolveReference } from './contract-document.ts';

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  'date-time': fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((date) => date.toISOString()),
  uri: fc.webUrl({ validSchemes: ['https'] }),
  'uri-reference': fc.webPath(),
};

/** Values that a schema accepts. Below this depth optional parts are left out. */
const MAX_DEPTH = 4;

/** Generates values for the schemas of one document. */
export class SchemaArbitrary {
  readonly #document: Node;

  constructor(document: Node) {
    this.#document = document;
  }

  /** Values the schema accepts. */
  of(schema: unknown, depth = 0): fc.Arbitrary<unknown> {
    if (!isNode(schema)) return fc.jsonValue({ maxDepth: 1 });
    const node = resolveReference(this.#document, schema);
    if ('const' in node) return fc.constant(node['const']);
    if (Array.isArray(node['enum'])) return fc.constantFrom(...(node['enum'] as unknown[]));
    const alternatives = node['oneOf'] ?? node['anyOf'];
    if (Array.isArray(alternatives)) {
      return fc.oneof(...alternatives.map((item: unknown) => this.of(item, depth + 1)));
    }
    if (Array.isArray(node['allOf'])) {
      const parts = node['allOf'].map((item: unknown) => this.of(item, depth + 1));
      return fc.tuple(...parts).map((values) => Object.assign({}, ...values) as unknown);
    }
    return this.#typed(node, depth);
  }

  #typed(node: Node, depth: number): fc.Arbitrary<unknown> {
    const { type } = node;
    if (Array.isArray(type)) {
      return fc.oneof(...type.map((one: unknown) => this.of({ ...node, type: one }, depth + 1)));
    }
    switch (type) {
      case 'string':
        return stringOf(node);
      case 'integer':
        return fc.integer({
          min: numberAt(node, 'minimum') ?? -(2 ** 31),
          max: numberAt(node, 'maximum') ?? 2 ** 31 - 1,
        });
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return fc.array(this.of(node['items'], depth + 1), {
          minLength: numberAt(node, 'minItems') ?? 0,
          maxLength: Math.min(numberAt(node, 'maxItems') ?? 3, 3),
        });
      case 'object':
        return this.#object(node, depth);
      default:
        return fc.jsonValue({ maxDepth: 1 });
    }
  }

  #object(node: Node, depth: number): fc.Arbitrary<unknown> {
    const properties = isNode(node['properties']) ? node['properties'] : {};
    const required: unknown[] = Array.isArray(node['required']) ? node['required'] : [];
    const chosen = Object.entries(properties).filter(
      ([name]) => required.includes(name) || depth < MAX_DEPTH,
    );
    const minimum = numberAt(node, 'minProperties') ?? 0;
    if (chosen.length === 0) return this.#dictionary(node, minimum, depth);
    return fc
      .record(
        Object.fromEntries(chosen.map(([name, schema]) => [name, this.of(schema, depth + 1)])),
        {
          requiredKeys: chosen.map(([name]) => name).filter((name) => required.includes(name)),
        },
      )
      .filter((value) => Object.keys(value).length >= minimum);
  }

  #dictionary(node: Node, minimum: number, depth: number): fc.Arbitrary<unknown> {
    const names = isNode(node['propertyNames'])
      ? stringOf(node['propertyNames'])
      : fc.string({ minLength: 1, maxLength: 8 });
    const values = isNode(node['additionalProperties'])
      ? this.of(node['additionalProperties'], depth + 1)
      : fc.jsonValue({ maxDepth: 1 });
    return fc.dictionary(names, values, {
      minKeys: minimum,
      maxKeys: Math.max(minimum, 3),
      noNullPrototype: true,
    });
  }
}

function stringOf(node: Node): fc.Arbitrary<string> {
  const minimum = numberAt(node, 'minLength') ?? 0;
  const maximum = numberAt(node, 'maxLength') ?? 40;
  const format = typeof node['format'] === 'string' ? FORMATS[node['format']] : undefined;
  // AJV counts characters, not UTF-16 units.
  const fits = (text: string) => [...text].length >= minimum && [...text].length <= maximum;
  if (format !== undefined) return format.filter(fits);
  if (typeof node['pattern'] === 'string') {
    return fc.stringMatching(new RegExp(node['pattern'], 'u'), { size: 'small' }).filter(fits);
  }
  return fc.string({ unit: 'binary', minLength: minimum, maxLength: Math.min(maximum, 300) });
}

function numberAt(node: Node, name: string): number | undefined {
  const value = node[name];
  return typeof value === 'number' ? value : undefined;
}
