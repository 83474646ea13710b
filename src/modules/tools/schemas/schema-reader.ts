import type { SchemaDialect } from './schema-dialect.ts';
import { readConstraints, readNotes } from './schema-keywords.ts';
import { baseOf, findReference } from './schema-references.ts';
import { isObject, type JsonObject } from './schema-types.ts';
import { ANY, isAny, NEVER, type Shape } from './shape.ts';
import type { ShapeAlgebra } from './shape-algebra.ts';
import type { WorkBudget } from './work-budget.ts';

/** How much of a schema is read; less of it is wider. */
export interface ReadingDetail {
  /** References followed inside each other; the ones beyond are not constrained. */
  readonly references: number;
  /** Whether `allOf`, `anyOf` and `oneOf` are read. */
  readonly combinators: boolean;
}

/** Collaborators of the {@link SchemaReader}. */
export interface SchemaReaderDeps {
  dialect: SchemaDialect;
  budget: WorkBudget;
  algebra: ShapeAlgebra;
  detail: ReadingDetail;
}

/** Where the reader is. */
interface Scope {
  readonly base: JsonObject;
  /** The references it came through. */
  readonly targets: readonly unknown[];
}

/** Before 2020-12 the keywords beside `$ref` meant nothing, and neither did `prefixItems`. */
const OLDER_DIALECT = /json-schema\.org\/draft(?:-0[3-7]|\/2019-09)\//;

/**
 * Reads JSON Schema of any dialect into shapes that allow at least what the schema allows: a keyword that is unknown, malformed or
 * cannot be said is left out, a reference that cannot be followed allows all, and so does recursion from its second round.
 */
export class SchemaReader {
  readonly #deps: SchemaReaderDeps;
  #isOlder = false;

  constructor(deps: SchemaReaderDeps) {
    this.#deps = deps;
  }

  /** @throws BudgetExceeded */
  read(root: JsonObject): Shape {
    const { $schema: dialect } = root;
    this.#isOlder = typeof dialect === 'string' && OLDER_DIALECT.test(dialect);
    return this.#read(root, { base: root, targets: [root] });
  }

  #read(schema: unknown, outer: Scope): Shape {
    const { algebra, budget, detail } = this.#deps;
    budget.spend(8);
    if (schema === false) return NEVER;
    if (!isObject(schema)) return ANY;
    const scope = { ...outer, base: baseOf(schema, outer.base) };
    const target = this.#readReference(schema, scope);
    if (target !== undefined && this.#isOlder) {
      return algebra.merge({ ...ANY, notes: this.#notesOf(schema) }, target);
    }
    const parts = [this.#readOwn(schema, scope), ...(target === undefined ? [] : [target])];
    if (detail.combinators) parts.push(...this.#readCombinators(schema, scope));
    return parts.reduce((whole, part) => algebra.merge(whole, part));
  }

  #readReference({ $ref: reference }: JsonObject, scope: Scope): Shape | undefined {
    if (typeof reference !== 'string') return undefined;
    const found = findReference(reference, scope.base);
    const depth = scope.targets.length;
    if (found === undefined || depth > this.#deps.detail.references) return ANY;
    if (isObject(found.schema) && scope.targets.includes(found.schema)) return ANY;
    return this.#read(found.schema, {
      base: found.base,
      targets: [...scope.targets, found.schema],
    });
  }

  #readCombinators(schema: JsonObject, scope: Scope): Shape[] {
    const { algebra } = this.#deps;
    const parts = listOf(schema['allOf']).map((part) => this.#read(part, scope));
    // One of them exactly, or at least one: once the parts are widened, two may hold where one did.
    for (const keyword of ['anyOf', 'oneOf']) {
      const alternatives = listOf(schema[keyword]).map((part) => this.#read(part, scope));
      if (alternatives.length > 0) parts.push(algebra.union(alternatives));
    }
    return parts;
  }

  #readOwn(schema: JsonObject, scope: Scope): Shape {
    const { algebra, budget, dialect } = this.#deps;
    return algebra.normalize({
      ...ANY,
      ...readConstraints(schema, dialect, budget),
      ...this.#readItems(schema, scope),
      ...this.#readProperties(schema, scope),
      notes: this.#notesOf(schema),
    });
  }

  #notesOf(schema: JsonObject): Shape['notes'] {
    return readNotes(schema, this.#deps.dialect, this.#deps.budget);
  }

  #readItems(schema: JsonObject, scope: Scope): Pick<Shape, 'prefix' | 'items'> {
    const { items, additionalItems, prefixItems } = schema;
    const isOldTuple = Array.isArray(items);
    const hasTuple = isOldTuple || (Array.isArray(prefixItems) && !this.#isOlder);
    if (!hasTuple) return { prefix: [], items: this.#readOptional(items, scope) };
    const prefix = listOf(isOldTuple ? items : prefixItems).map((part) => this.#read(part, scope));
    const rest = this.#readOptional(isOldTuple ? additionalItems : items, scope);
    if (this.#deps.dialect.keywords.has('prefixItems')) return { prefix, items: rest };
    return { prefix: [], items: this.#openUnion([...prefix, rest ?? ANY]) };
  }

  #readProperties(
    schema: JsonObject,
    scope: Scope,
  ): Pick<Shape, 'properties' | 'required' | 'additional'> {
    const properties = new Map<string, Shape>();
    for (const [name, property] of Object.entries(objectOf(schema['properties']))) {
      this.#deps.budget.spend(name.length);
      properties.set(name, this.#read(property, scope));
    }
    const required = listOf(schema['required']).filter((name) => typeof name === 'string');
    const additional = this.#readOptional(schema['additionalProperties'], scope);
    const patterns = Object.values(objectOf(schema['patternProperties'])).map((property) =>
      this.#read(property, scope),
    );
    return {
      properties,
      required: new Set(required),
      // A name that is not listed matches a pattern, or else is additional.
      additional:
        patterns.length === 0 ? additional : this.#openUnion([...patterns, additional ?? ANY]),
    };
  }

  #openUnion(shapes: readonly Shape[]): Shape | undefined {
    const union = this.#deps.algebra.union(shapes);
    return isAny(union) ? undefined : union;
  }

  #readOptional(schema: unknown, scope: Scope): Shape | undefined {
    if (schema === undefined || schema === true) return undefined;
    const shape = this.#read(schema, scope);
    return isAny(shape) && Object.keys(shape.notes).length === 0 ? undefined : shape;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
