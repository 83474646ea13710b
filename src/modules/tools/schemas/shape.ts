import type { TypeName } from './schema-types.ts';

/** Keywords with one number, of which the larger one is the stricter. */
export const LOWER_BOUNDS = [
  'minimum',
  'exclusiveMinimum',
  'minLength',
  'minItems',
  'minProperties',
] as const;
/** Keywords with one number, of which the smaller one is the stricter. */
export const UPPER_BOUNDS = [
  'maximum',
  'exclusiveMaximum',
  'maxLength',
  'maxItems',
  'maxProperties',
] as const;

/** A keyword that bounds a number, a length or a count. */
export type Bound = (typeof LOWER_BOUNDS)[number] | (typeof UPPER_BOUNDS)[number];

/** Annotations: they constrain nothing. */
export interface Notes {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

/**
 * A JSON Schema without references and with one kind of combinator: all members hold at once. It is what schemas of every dialect are
 * read into, and what each provider's schema is written from.
 */
export interface Shape {
  /** Undefined allows all. */
  readonly types: ReadonlySet<TypeName> | undefined;
  /** The values of `enum`; then no other constraint is kept. */
  readonly values: readonly unknown[] | undefined;
  readonly bounds: Readonly<Partial<Record<Bound, number>>>;
  readonly multipleOf: number | undefined;
  readonly pattern: string | undefined;
  readonly format: string | undefined;
  readonly uniqueItems: boolean;
  /** The first items of a tuple. */
  readonly prefix: readonly Shape[];
  /** All items, or those behind `prefix`. Undefined allows all. */
  readonly items: Shape | undefined;
  readonly properties: ReadonlyMap<string, Shape>;
  readonly required: ReadonlySet<string>;
  /** Properties that are not named. Undefined allows all. */
  readonly additional: Shape | undefined;
  /** At least one of them holds too. */
  readonly alternatives: readonly Shape[] | undefined;
  readonly notes: Notes;
}

/** Allows everything. */
export const ANY: Shape = {
  types: undefined,
  values: undefined,
  bounds: {},
  multipleOf: undefined,
  pattern: undefined,
  format: undefined,
  uniqueItems: false,
  prefix: [],
  items: undefined,
  properties: new Map(),
  required: new Set(),
  additional: undefined,
  alternatives: undefined,
  notes: {},
};

/** Allows nothing; compared by identity. */
export const NEVER: Shape = { ...ANY, types: new Set() };

/** Whether a shape says nothing besides its types. */
function isBare(shape: Shape): boolean {
  return (
    shape.values === undefined &&
    shape.alternatives === undefined &&
    Object.keys(shape.bounds).length === 0 &&
    shape.multipleOf === undefined &&
    shape.pattern === undefined &&
    shape.format === undefined &&
    !shape.uniqueItems &&
    hasNoMembers(shape)
  );
}

function hasNoMembers({ prefix, items, properties, required, additional }: Shape): boolean {
  return (
    prefix.length === 0 &&
    items === undefined &&
    properties.size === 0 &&
    required.size === 0 &&
    additional === undefined
  );
}

/** Whether a shape constrains nothing, whatever it notes. */
export function isAny(shape: Shape): boolean {
  return shape.types === undefined && isBare(shape);
}

/** Whether a shape is a choice of types, without a note. */
export function isTypeChoice(shape: Shape): boolean {
  return (
    shape !== NEVER &&
    shape.types !== undefined &&
    isBare(shape) &&
    Object.keys(shape.notes).length === 0
  );
}
