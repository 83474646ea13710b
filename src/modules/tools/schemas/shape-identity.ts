import { NEVER, type Notes, type Shape } from './shape.ts';
import type { WorkBudget } from './work-budget.ts';

/**
 * Numbers shapes so that those that say the same have the same number. Parts are compared by their numbers: shapes share parts, and
 * written out they can be exponentially larger.
 * @throws BudgetExceeded
 */
export class ShapeIdentity {
  readonly #budget: WorkBudget;
  readonly #ids = new WeakMap<Shape, number>();
  readonly #numbers = new Map<string, number>();

  constructor(budget: WorkBudget) {
    this.#budget = budget;
  }

  /** The number of a shape. */
  of(shape: Shape): number {
    const known = this.#ids.get(shape);
    if (known !== undefined) return known;
    const text = shape === NEVER ? 'never' : this.#textOf(shape);
    this.#budget.spend(text.length >> 2);
    const id = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, id);
    this.#ids.set(shape, id);
    return id;
  }

  #textOf(shape: Shape): string {
    const { types, required, properties, prefix, items, additional, alternatives } = shape;
    return JSON.stringify([
      [shape.values, shape.multipleOf, shape.pattern, shape.format, shape.uniqueItems],
      notesKey(shape.notes),
      Object.entries(shape.bounds).sort(([a], [b]) => (a < b ? -1 : 1)),
      types === undefined ? null : [...types].sort(),
      [...required],
      [...properties].map(([name, property]) => [name, this.of(property)]),
      prefix.map((item) => this.of(item)),
      items === undefined ? null : this.of(items),
      additional === undefined ? null : this.of(additional),
      alternatives === undefined ? null : alternatives.map((item) => this.of(item)),
    ]);
  }
}

/** The same for notes that say the same. */
export function notesKey(notes: Notes): string {
  return JSON.stringify([notes.title, notes.description, notes.default, notes.examples]);
}
