import {
  allows,
  normalTypes,
  TYPE_NAMES,
  type TypeName,
  typeOf,
  valueKey,
} from './schema-types.ts';
import {
  ANY,
  type Bound,
  isTypeChoice,
  LOWER_BOUNDS,
  NEVER,
  type Shape,
  UPPER_BOUNDS,
} from './shape.ts';
import { notesKey } from './shape-identity.ts';

/** One type a shape, perhaps with null. */
export function splitTypes(branch: Shape): readonly Shape[] {
  const { types, notes } = branch;
  const others = TYPE_NAMES.filter((type) => type !== 'null' && types?.has(type));
  if (others.length < 2) return [branch];
  const split = others.map((type) => onlyRelevant({ ...branch, types: new Set([type]) }));
  const alsoNull = { ...ANY, types: new Set<TypeName>(['null']), notes };
  return types?.has('null') ? [...split, alsoNull] : split;
}

export function hasNotes(shape: Shape | undefined): shape is Shape {
  return shape !== undefined && Object.keys(shape.notes).length > 0;
}

export function widenInteger(types: ReadonlySet<TypeName>): ReadonlySet<TypeName> {
  return normalTypes([...types].map((type) => (type === 'integer' ? 'number' : type)));
}

/** The shape with the notes of another where it has none of its own. Below alternatives there may be nothing else. */
export function withNotes(shape: Shape, { notes }: Shape): Shape {
  if (Object.keys(notes).length === 0) return shape;
  return { ...shape, notes: { ...notes, ...shape.notes } };
}

/** Leaves out what does not concern the types of a shape. */
export function onlyRelevant(shape: Shape): Shape {
  const { types } = shape;
  if (types === undefined) return shape;
  const forText = allows(types, 'string');
  const forList = allows(types, 'array');
  const forObject = allows(types, 'object');
  const forNumber = allows(types, 'integer');
  const bounds = Object.entries(shape.bounds).filter(([name]) => {
    if (name.endsWith('Length')) return forText;
    if (name.endsWith('Items')) return forList;
    return name.endsWith('Properties') ? forObject : forNumber;
  });
  return {
    ...shape,
    bounds: Object.fromEntries(bounds),
    multipleOf: forNumber ? shape.multipleOf : undefined,
    ...(!forText && { pattern: undefined, format: forNumber ? shape.format : undefined }),
    ...(!forList && { uniqueItems: false, prefix: [], items: undefined }),
    ...(!forObject && { properties: new Map(), required: new Set(), additional: undefined }),
  };
}

/** No dialect says well that a property may not be there. */
export function withoutForbidden(shape: Shape): Shape {
  const entries = [...shape.properties].filter(([, property]) => property !== NEVER);
  if (entries.length === shape.properties.size) return shape;
  return { ...shape, properties: new Map(entries) };
}

/** A list that may have no item at some place ends before it. */
export function withLastItem(shape: Shape): Shape {
  const end = shape.prefix.indexOf(NEVER);
  if (end === -1 && shape.items !== NEVER) return shape;
  const prefix = end === -1 ? shape.prefix : shape.prefix.slice(0, end);
  const maxItems = Math.min(prefix.length, shape.bounds.maxItems ?? Infinity);
  return { ...shape, prefix, items: undefined, bounds: { ...shape.bounds, maxItems } };
}

export function commonValues(
  a: readonly unknown[] | undefined,
  b: readonly unknown[] | undefined,
): readonly unknown[] | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const keys = new Set(b.map(valueKey));
  return a.filter((value) => keys.has(valueKey(value)));
}

type Bounds = Shape['bounds'];

export function stricterBounds(a: Bounds, b: Bounds): Bounds {
  const bounds: Partial<Record<Bound, number>> = { ...a };
  for (const name of LOWER_BOUNDS) {
    const value = Math.max(a[name] ?? -Infinity, b[name] ?? -Infinity);
    if (value !== -Infinity) bounds[name] = value;
  }
  for (const name of UPPER_BOUNDS) {
    const value = Math.min(a[name] ?? Infinity, b[name] ?? Infinity);
    if (value !== Infinity) bounds[name] = value;
  }
  return bounds;
}

/** Bounds that all of the shapes have, as wide as the widest. */
export function looserBounds(shapes: readonly Shape[]): Bounds {
  const bounds: Partial<Record<Bound, number>> = {};
  const least = Math.min(...shapes.map((shape) => shape.bounds.minProperties ?? -Infinity));
  const most = Math.max(...shapes.map((shape) => shape.bounds.maxProperties ?? Infinity));
  if (Number.isFinite(least)) bounds.minProperties = least;
  if (Number.isFinite(most)) bounds.maxProperties = most;
  return bounds;
}

/** Strings and numbers apart; of other values only the type is said. */
export function splitValues({ types, values = [], notes }: Shape): Shape[] {
  const all = TYPE_NAMES.filter((type) => types?.has(type));
  const scalars = all.filter(isScalar).map((type) => {
    const own = new Set([type]);
    return {
      ...ANY,
      types: own,
      values: values.filter((each) => allows(own, typeOf(each))),
      notes,
    };
  });
  const others = all.filter((type) => !isScalar(type));
  return others.length === 0 ? scalars : [...scalars, { ...ANY, types: new Set(others), notes }];
}

function isScalar(type: TypeName): boolean {
  return type === 'string' || type === 'number' || type === 'integer';
}

/** One list of values where every shape is one and no description tells them apart. */
export function joinValues(shapes: readonly Shape[]): Shape | undefined {
  const [first] = shapes;
  if (first === undefined || shapes.some(({ values }) => values === undefined)) return undefined;
  const texts = new Set(shapes.map(({ notes }) => notesKey(notes)));
  if (texts.size > 1 && shapes.some(({ notes }) => notes.description !== undefined)) {
    return undefined;
  }
  const values = new Map(
    shapes.flatMap((shape) => (shape.values ?? []).map((value) => [valueKey(value), value])),
  );
  const types = shapes.every((shape) => shape.types !== undefined)
    ? normalTypes(shapes.flatMap((shape) => [...(shape.types ?? [])]))
    : undefined;
  const notes = texts.size === 1 ? first.notes : {};
  return { ...ANY, types, values: [...values.values()], notes };
}

/** Alternatives, with those that only name types in one; `null` goes to the only other one. */
export function joinTypes(shapes: readonly Shape[]): Shape {
  const choices = shapes.filter(isTypeChoice);
  const others = shapes.filter((shape) => !isTypeChoice(shape));
  const types = normalTypes(choices.flatMap((shape) => [...(shape.types ?? [])]));
  const [only, ...rest] = others;
  if (only === undefined) return { ...ANY, types };
  if (types.size === 0) return { ...ANY, alternatives: others };
  const onlyNull = types.size === 1 && types.has('null');
  const fits = only.types !== undefined && !only.values && !only.alternatives;
  if (rest.length === 0 && onlyNull && fits) {
    return { ...only, types: normalTypes([...(only.types ?? []), 'null']) };
  }
  return { ...ANY, alternatives: [...others, { ...ANY, types }] };
}
