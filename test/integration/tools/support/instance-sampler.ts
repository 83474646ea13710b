import type { AnySchema } from './json-schema-arbitrary.ts';

/** Random numbers from a seed: the same ones for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Node = { [keyword: string]: unknown };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TEXTS = ['x', 'red', '', 'ab', '12', 'a@b.co', '2026-01-02', '2026-01-02T03:04:05Z', 'y'];
const MAX_DEPTH = 6;

/** Makes values that a schema is likely to accept; whether it does is for a validator to say. */
export class InstanceSampler {
  readonly #root: Node;
  readonly #random: () => number;

  constructor(root: Node, seed: number) {
    this.#root = root;
    this.#random = randomFrom(seed);
  }

  /** An object for the whole schema. */
  sample(): Node {
    const value = this.#of(this.#root, 0);
    return isNode(value) ? value : {};
  }

  #of(schema: unknown, depth: number): unknown {
    if (!isNode(schema) || depth > MAX_DEPTH) return this.#any();
    const parts = [this.#own(schema, depth)];
    const { $ref: reference, allOf, anyOf, oneOf } = schema;
    if (typeof reference === 'string') parts.push(this.#of(this.#follow(reference), depth + 1));
    for (const part of listOf(allOf)) parts.push(this.#of(part, depth + 1));
    for (const list of [anyOf, oneOf]) {
      if (listOf(list).length > 0) parts.push(this.#of(this.#pick(listOf(list)), depth + 1));
    }
    const given = parts.filter((part) => part !== undefined);
    if (given.length > 0 && given.every(isNode)) {
      return Object.fromEntries(given.flatMap((part) => Object.entries(part)));
    }
    return given.length === 0 ? this.#any() : this.#pick(given);
  }

  /** What the keywords of the schema itself describe; undefined where they describe nothing. */
  #own(schema: Node, depth: number): unknown {
    if ('const' in schema) return schema['const'];
    if (Array.isArray(schema['enum'])) return this.#pick(schema['enum']);
    switch (this.#typeOf(schema)) {
      case 'string':
        return this.#pick(TEXTS);
      case 'number':
        return this.#pick([0.5, 1, 2, 1.5, -1, 0]);
      case 'integer':
        return this.#pick([0, 1, 2, 3, -1]);
      case 'boolean':
        return this.#random() < 0.5;
      case 'null':
        return null;
      case 'array':
        return this.#list(schema, depth);
      case 'object':
        return this.#object(schema, depth);
      default:
        return undefined;
    }
  }

  #typeOf({ type, ...schema }: Node): unknown {
    if (Array.isArray(type)) return this.#pick(type);
    if (type !== undefined) return type;
    const has = (...keywords: string[]) => keywords.some((keyword) => keyword in schema);
    if (has('properties', 'required', 'additionalProperties', 'minProperties')) return 'object';
    if (has('items', 'prefixItems', 'minItems', 'contains')) return 'array';
    if (has('minLength', 'pattern', 'format')) return 'string';
    return has('minimum', 'maximum', 'multipleOf') ? 'number' : undefined;
  }

  #list({ prefixItems, items }: Node, depth: number): unknown[] {
    const first = listOf(prefixItems).map((part) => this.#of(part, depth + 1));
    const more = Array.from({ length: Math.floor(this.#random() * 3) }, () =>
      this.#of(items, depth + 1),
    );
    return [...first, ...(items === false ? [] : more)];
  }

  #object({ properties, required, additionalProperties }: Node, depth: number): Node {
    const known = isNode(properties) ? properties : {};
    const needed = new Set(listOf(required));
    const entries = Object.entries(known)
      .filter(([name, part]) => needed.has(name) || (part !== false && this.#random() < 0.6))
      .map(([name, part]): [string, unknown] => [name, this.#of(part, depth + 1)]);
    for (const name of needed) {
      if (!Object.hasOwn(known, String(name))) {
        entries.push([String(name), this.#of(additionalProperties, depth + 1)]);
      }
    }
    if (additionalProperties !== false && this.#random() < 0.3) {
      entries.push(['extra', this.#of(additionalProperties, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #follow(reference: string): unknown {
    if (!reference.startsWith('#')) return { type: 'string' } satisfies AnySchema;
    const segments = reference
      .split('/')
      .slice(1)
      .map((segment) => segment.replaceAll('~1', '/'));
    return segments.reduce<unknown>(
      (node, segment) => (isNode(node) && Object.hasOwn(node, segment) ? node[segment] : true),
      this.#root,
    );
  }

  #any(): unknown {
    return this.#pick(['x', 1, true, null, {}, [], { a: 'x' }]);
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
