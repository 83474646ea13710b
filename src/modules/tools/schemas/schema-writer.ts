import type { SchemaDialect } from './schema-dialect.ts';
import { allows, type JsonObject, TYPE_NAMES } from './schema-types.ts';
import { ANY, isAny, LOWER_BOUNDS, NEVER, type Shape, UPPER_BOUNDS } from './shape.ts';
import type { WorkBudget } from './work-budget.ts';

/** Thrown inside the adaptation of one schema where a parameter that is always required has a name the provider refuses. */
export class ParameterRefused extends Error {
  override readonly name = 'ParameterRefused';
}

/** Collaborators of the {@link SchemaWriter}. */
export interface SchemaWriterDeps {
  dialect: SchemaDialect;
  budget: WorkBudget;
}

/** Where the writer is. */
interface Place {
  readonly depth: number;
  /** Every argument object must have a value here. */
  readonly isNeeded: boolean;
}

/** Writes shapes as JSON Schema of one dialect, which allows at least what the shape allows. */
export class SchemaWriter {
  readonly #deps: SchemaWriterDeps;
  #dropped = 0;
  #cut = false;

  constructor(deps: SchemaWriterDeps) {
    this.#deps = deps;
  }

  /** Optional parameters that were left out, because the provider refuses their names. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Something below the dialect's depth was left out. */
  get isCut(): boolean {
    return this.#cut;
  }

  /**
   * The schema of all arguments.
   * @throws BudgetExceeded, ParameterRefused
   */
  write(shape: Shape): JsonObject {
    return this.#write(shape, { depth: 1, isNeeded: true });
  }

  #write(shape: Shape, place: Place): JsonObject {
    const { budget, dialect } = this.#deps;
    const { title, description, default: preset, examples } = shape.notes;
    budget.spend(16 + (title?.length ?? 0) + (description?.length ?? 0));
    const notes = {
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(Object.hasOwn(shape.notes, 'default') && { default: preset }),
      ...(examples !== undefined && { examples }),
    };
    if (notes.default !== undefined || examples !== undefined) {
      budget.spend(JSON.stringify([preset, examples]).length);
    }
    if (place.depth > dialect.maxDepth) {
      this.#cut ||= !isAny(shape);
      return notes;
    }
    return { ...typesOf(shape), ...notes, ...this.#writeConstraints(shape, place) };
  }

  #writeConstraints(shape: Shape, place: Place): JsonObject {
    if (shape.values !== undefined) {
      this.#deps.budget.spend(JSON.stringify(shape.values).length);
      return {
        ...(mentions(shape, 'array', []) && { items: {} }),
        ...(mentions(shape, 'object', []) && { properties: {} }),
        enum: shape.values,
      };
    }
    const inner = { depth: place.depth + 1, isNeeded: false };
    const { multipleOf, pattern, format, uniqueItems, alternatives } = shape;
    return {
      ...boundsOf(shape),
      ...(multipleOf !== undefined && { multipleOf }),
      ...(pattern !== undefined && { pattern }),
      ...(format !== undefined && { format }),
      ...(uniqueItems && { uniqueItems }),
      ...this.#writeItems(shape, inner),
      ...this.#writeProperties(shape, place),
      ...(alternatives && { anyOf: alternatives.map((each) => this.#write(each, inner)) }),
    };
  }

  /** `items` is always there where a list may be: some providers insist. */
  #writeItems(shape: Shape, inner: Place): JsonObject {
    const { items, prefix } = shape;
    if (!mentions(shape, 'array', [items, ...prefix])) return {};
    return {
      ...(prefix.length > 0 && { prefixItems: prefix.map((item) => this.#write(item, inner)) }),
      items: items === undefined ? {} : this.#write(items, inner),
    };
  }

  #writeProperties(shape: Shape, { depth, isNeeded }: Place): JsonObject {
    const { required, additional } = shape;
    if (!mentions(shape, 'object', [...shape.properties.values(), additional, ...required])) {
      return {};
    }
    const inner = { depth: depth + 1, isNeeded: false };
    const refused = this.#refuse(shape, isNeeded);
    const properties = [...shape.properties, ...missing(shape)]
      .filter(([name, property]) => property !== NEVER && !refused.has(name))
      .map(([name, property]) => {
        this.#deps.budget.spend(name.length);
        const isNeededHere = isNeeded && required.has(name) && isOnlyObject(shape);
        return [name, this.#write(property, { ...inner, isNeeded: isNeededHere })] as const;
      });
    const names = new Set(properties.map(([name]) => name));
    const needed = [...required].filter((name) => names.has(name));
    return {
      properties: Object.fromEntries(properties),
      ...(needed.length > 0 && { required: needed }),
      ...(refused.size === 0 && this.#writeAdditional(additional, inner)),
    };
  }

  #writeAdditional(additional: Shape | undefined, inner: Place): JsonObject {
    if (additional === undefined) return {};
    if (additional === NEVER) return { additionalProperties: false };
    return { additionalProperties: this.#write(additional, inner) };
  }

  /** The properties that are left out because the provider refuses their names. */
  #refuse(shape: Shape, isNeeded: boolean): ReadonlySet<string> {
    const { propertyName } = this.#deps.dialect;
    if (propertyName === undefined) return new Set();
    const names = [...shape.properties.keys(), ...shape.required];
    const refused = new Set(names.filter((name) => !propertyName.test(name)));
    for (const name of refused) {
      if (isNeeded && shape.required.has(name)) throw new ParameterRefused();
    }
    this.#dropped += refused.size;
    return refused;
  }
}

function typesOf({ types }: Shape): JsonObject {
  if (types === undefined) return {};
  const names = TYPE_NAMES.filter((name) => types.has(name));
  return { type: names.length === 1 ? names[0] : names };
}

/** In a fixed order, so that equal schemas are equal texts. */
function boundsOf({ bounds }: Shape): JsonObject {
  return Object.fromEntries(
    [...LOWER_BOUNDS, ...UPPER_BOUNDS]
      .filter((name) => bounds[name] !== undefined)
      .map((name) => [name, bounds[name]]),
  );
}

/** Whether a shape may be a list or an object: by its type, or without one because it speaks of members. */
function mentions(shape: Shape, type: 'array' | 'object', members: readonly unknown[]): boolean {
  if (shape.types !== undefined) return allows(shape.types, type);
  return members.some((member) => member !== undefined);
}

function isOnlyObject({ types }: Shape): boolean {
  return types?.size === 1 && types.has('object');
}

/** Required properties that are not described: providers refuse a `required` that names what is not there. */
function missing({ properties, required, additional }: Shape): [string, Shape][] {
  const open = additional === undefined || additional === NEVER ? ANY : additional;
  return [...required].filter((name) => !properties.has(name)).map((name) => [name, open]);
}
