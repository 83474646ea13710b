import type { SchemaDialect } from './schema-dialect.ts';
import { allows, commonTypes, normalTypes, typeOf } from './schema-types.ts';
import { ANY, isAny, NEVER, type Shape } from './shape.ts';
import { ShapeIdentity } from './shape-identity.ts';
import {
  commonValues,
  hasNotes,
  joinTypes,
  joinValues,
  looserBounds,
  onlyRelevant,
  splitTypes,
  splitValues,
  stricterBounds,
  widenInteger,
  withLastItem,
  withNotes,
  withoutForbidden,
} from './shape-parts.ts';
import type { WorkBudget } from './work-budget.ts';

/** What a step of the algebra costs, in the measure of the budget. */
const STEP = 8;

/**
 * Combines shapes for one dialect. Where the result cannot be said exactly it is wider, never narrower: a value that both (`merge`) or
 * one (`union`) of the shapes allow is allowed by the result.
 * @throws BudgetExceeded from every method
 */
export class ShapeAlgebra {
  readonly #dialect: SchemaDialect;
  readonly #budget: WorkBudget;
  readonly #identity: ShapeIdentity;

  constructor(dialect: SchemaDialect, budget: WorkBudget) {
    this.#dialect = dialect;
    this.#budget = budget;
    this.#identity = new ShapeIdentity(budget);
  }

  /** What both allow. Notes of `a` come first. */
  merge(a: Shape, b: Shape): Shape {
    this.#budget.spend(STEP);
    if (a === NEVER || b === NEVER) return NEVER;
    if (isAny(b)) return this.normalize(withNotes(a, b));
    if (isAny(a)) return this.normalize({ ...b, notes: { ...b.notes, ...a.notes } });
    return this.normalize({
      types: commonTypes(a.types, b.types),
      values: commonValues(a.values, b.values),
      bounds: stricterBounds(a.bounds, b.bounds),
      multipleOf: a.multipleOf ?? b.multipleOf,
      pattern: a.pattern ?? b.pattern,
      format: a.format ?? b.format,
      uniqueItems: a.uniqueItems || b.uniqueItems,
      ...this.#mergeItems(a, b),
      ...this.#mergeProperties(a, b),
      // Both cannot be said without listing every pair.
      alternatives: a.alternatives ?? b.alternatives,
      notes: { ...b.notes, ...a.notes },
    });
  }

  /** What at least one allows. */
  union(shapes: readonly Shape[]): Shape {
    this.#budget.spend(STEP * shapes.length);
    const possible = this.#distinct(shapes.filter((shape) => shape !== NEVER));
    const [first] = possible;
    if (first === undefined) return NEVER;
    if (possible.length === 1) return first;
    if (possible.some(isAny)) return ANY;
    return this.normalize(joinValues(possible) ?? joinTypes(possible));
  }

  /** One object in place of alternatives, since no provider takes alternatives for the arguments as a whole. */
  flatten(shape: Shape): Shape {
    const base = this.merge({ ...shape, values: undefined, alternatives: undefined }, OBJECT);
    if (base === NEVER || shape.alternatives === undefined) return base;
    const branches = shape.alternatives
      .map((alternative) => this.merge({ ...base, notes: {} }, alternative))
      .map((branch) => (branch === NEVER ? NEVER : this.flatten(branch)))
      .filter((branch) => branch !== NEVER);
    return branches.length === 0 ? NEVER : { ...this.#joinObjects(branches), notes: base.notes };
  }

  /** Brings a shape into the form its dialect can write. */
  normalize(shape: Shape): Shape {
    if (shape === NEVER || shape.types?.size === 0) return NEVER;
    if (shape.values !== undefined) return this.#normalizeValues(shape, shape.values);
    const closed = withLastItem(withoutForbidden(shape));
    return this.#dialect.isPlain ? this.#normalizePlain(closed) : onlyRelevant(closed);
  }

  #normalizeValues(shape: Shape, all: readonly unknown[]): Shape {
    this.#budget.spend(all.length);
    const values = all.filter((value) => allows(shape.types, typeOf(value)));
    if (values.length === 0) return NEVER;
    const narrowest = normalTypes(values.map(typeOf));
    const types = shape.types?.has('number') ? widenInteger(narrowest) : narrowest;
    const plain = { ...ANY, types, notes: shape.notes };
    return this.#dialect.isPlain ? this.#choice([{ ...plain, values }], ANY) : { ...plain, values };
  }

  #normalizePlain(shape: Shape): Shape {
    const { alternatives, types } = shape;
    if (alternatives !== undefined) {
      const base = { ...shape, alternatives: undefined, notes: {} };
      const branches = alternatives.flatMap((alternative) => {
        const branch = this.merge(alternative, base);
        return branch.alternatives ?? [branch];
      });
      const possible = branches.filter((branch) => branch !== NEVER);
      return possible.length === 0 ? NEVER : this.#choice(possible, shape);
    }
    if (types === undefined) return shape;
    const [only, ...rest] = splitTypes(onlyRelevant(shape));
    return only !== undefined && rest.length === 0 ? only : this.#choice(splitTypes(shape), ANY);
  }

  /** Alternatives with nothing beside them: notes stand in each. */
  #choice(branches: readonly Shape[], { notes }: Shape): Shape {
    const noted = this.#distinct(
      branches.map((branch) => ({ ...branch, notes: { ...notes, ...branch.notes } })),
    );
    if (noted.length === 0) return NEVER;
    const joined = noted.length === 1 ? noted : [joinValues(noted) ?? joinTypes(noted)];
    const split = joined
      .flatMap((shape) => shape.alternatives ?? [shape])
      .flatMap((shape) => (shape.values === undefined ? [shape] : splitValues(shape)))
      .flatMap((shape) => splitTypes(shape));
    const [only, ...rest] = split;
    return only !== undefined && rest.length === 0 ? only : { ...ANY, alternatives: split };
  }

  #mergeItems(a: Shape, b: Shape): Pick<Shape, 'prefix' | 'items'> {
    const length = Math.max(a.prefix.length, b.prefix.length);
    const prefix = Array.from({ length }, (_, index) =>
      this.merge(a.prefix[index] ?? a.items ?? ANY, b.prefix[index] ?? b.items ?? ANY),
    );
    return { prefix, items: this.#mergeOptional(a.items, b.items) };
  }

  #mergeOptional(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
    if (a === undefined) return b;
    return b === undefined ? a : this.merge(a, b);
  }

  #mergeProperties(a: Shape, b: Shape): Pick<Shape, 'properties' | 'required' | 'additional'> {
    this.#budget.spend(a.properties.size + b.properties.size + a.required.size + b.required.size);
    const properties = new Map<string, Shape>();
    for (const name of new Set([...a.properties.keys(), ...b.properties.keys()])) {
      const [own, other] = [a.properties.get(name), b.properties.get(name)];
      properties.set(
        name,
        own !== undefined && other !== undefined
          ? this.merge(own, other)
          : this.#mergeAdditional(own ?? other ?? ANY, own === undefined ? a : b),
      );
    }
    return {
      properties,
      required: new Set([...a.required, ...b.required]),
      additional: this.#mergeOptional(a.additional, b.additional),
    };
  }

  /** A part that closes itself to the properties of its siblings would leave an object that allows none of them: almost never meant. */
  #mergeAdditional(property: Shape, { additional }: Shape): Shape {
    if (additional === undefined || additional === NEVER) return property;
    return this.merge(property, additional);
  }

  #joinObjects(branches: readonly Shape[]): Shape {
    const names = new Set(branches.flatMap(({ properties }) => [...properties.keys()]));
    const properties = new Map<string, Shape>();
    for (const name of names) properties.set(name, this.#joinProperty(branches, name));
    const [first, ...rest] = branches;
    return {
      ...ANY,
      types: OBJECT.types,
      bounds: looserBounds(branches),
      properties,
      required: new Set(
        [...(first?.required ?? [])].filter((name) =>
          rest.every(({ required }) => required.has(name)),
        ),
      ),
      additional: this.#openUnion(branches.map(({ additional }) => additional ?? ANY)),
    };
  }

  #joinProperty(branches: readonly Shape[], name: string): Shape {
    const joined = this.union(
      branches.map(({ properties, additional }) => properties.get(name) ?? additional ?? ANY),
    );
    const noted = branches.map(({ properties }) => properties.get(name)).find(hasNotes);
    if (joined === NEVER || noted === undefined) return joined;
    return this.normalize(withNotes(joined, noted));
  }

  #openUnion(shapes: readonly Shape[]): Shape | undefined {
    const joined = this.union(shapes);
    return joined !== NEVER && isAny(joined) ? undefined : joined;
  }

  #distinct(shapes: readonly Shape[]): readonly Shape[] {
    if (shapes.length < 2) return shapes;
    const byId = new Map<number, Shape>();
    for (const shape of shapes) {
      const id = this.#identity.of(shape);
      if (!byId.has(id)) byId.set(id, shape);
    }
    return [...byId.values()];
  }
}

const OBJECT: Shape = { ...ANY, types: new Set(['object']) };
