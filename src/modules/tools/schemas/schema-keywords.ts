import { isPortablePattern, type SchemaDialect } from './schema-dialect.ts';
import {
  isTypeName,
  type JsonObject,
  normalTypes,
  type TypeName,
  valueKey,
} from './schema-types.ts';
import { type Bound, LOWER_BOUNDS, type Notes, type Shape, UPPER_BOUNDS } from './shape.ts';
import type { WorkBudget } from './work-budget.ts';

/** The constraints of a schema that concern the value itself, not its members. */
export type Constraints = Pick<
  Shape,
  'types' | 'values' | 'bounds' | 'multipleOf' | 'pattern' | 'format' | 'uniqueItems'
>;

/**
 * Reads the constraints that a dialect can say. Keywords with values JSON Schema does not define are left out.
 * @throws BudgetExceeded
 */
export function readConstraints(
  schema: JsonObject,
  dialect: SchemaDialect,
  budget: WorkBudget,
): Constraints {
  const { multipleOf, uniqueItems } = schema;
  const can = (keyword: string) => dialect.keywords.has(keyword);
  return {
    types: readTypes(schema),
    values: readValues(schema, budget),
    bounds: readBounds(schema, dialect),
    multipleOf:
      can('multipleOf') && typeof multipleOf === 'number' && multipleOf > 0
        ? multipleOf
        : undefined,
    pattern: can('pattern') ? readPattern(schema, budget) : undefined,
    format: can('format') ? readFormat(schema, dialect) : undefined,
    uniqueItems: can('uniqueItems') && uniqueItems === true,
  };
}

/**
 * Reads the annotations that a dialect can say.
 * @throws BudgetExceeded
 */
export function readNotes(schema: JsonObject, dialect: SchemaDialect, budget: WorkBudget): Notes {
  const { title, description, examples } = schema;
  const can = (keyword: string) => dialect.keywords.has(keyword);
  const notes = {
    ...(can('title') && typeof title === 'string' && { title }),
    ...(can('description') && typeof description === 'string' && { description }),
    ...(can('default') && Object.hasOwn(schema, 'default') && { default: schema['default'] }),
    ...(can('examples') && Array.isArray(examples) && { examples: examples as unknown[] }),
  };
  budget.spend(JSON.stringify(notes).length);
  return notes;
}

function readTypes(schema: JsonObject): ReadonlySet<TypeName> | undefined {
  const { type, nullable } = schema;
  const names: unknown[] = Array.isArray(type) ? type : [type];
  const types = names.filter(isTypeName);
  // An unknown type may stand for anything.
  if (types.length === 0 || types.length < names.length) return undefined;
  return normalTypes(nullable === true ? [...types, 'null'] : types);
}

function readValues(schema: JsonObject, budget: WorkBudget): readonly unknown[] | undefined {
  const { enum: list } = schema;
  const lists: (readonly unknown[])[] = [];
  if (Object.hasOwn(schema, 'const')) lists.push([schema['const']]);
  if (Array.isArray(list) && list.length > 0) lists.push(list);
  const [first, second] = lists;
  if (first === undefined) return undefined;
  const values = new Map(first.map((value) => [valueKey(value), value]));
  for (const key of values.keys()) budget.spend(key.length + 1);
  if (second !== undefined && !second.some((value) => values.has(valueKey(value)))) return [];
  return [...values.values()];
}

function readBounds(schema: JsonObject, dialect: SchemaDialect): Shape['bounds'] {
  const bounds: Partial<Record<Bound, number>> = {};
  for (const name of [...LOWER_BOUNDS, ...UPPER_BOUNDS]) {
    const value = schema[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    if (isCount(name) && (value < 0 || !Number.isInteger(value))) continue;
    if (dialect.keywords.has(name)) bounds[name] = value;
  }
  return dialect.keywords.has('exclusiveMinimum') ? bounds : withInclusive(bounds, schema);
}

function isCount(name: Bound): boolean {
  return !name.endsWith('imum');
}

/** What is above a number is at least that number. */
function withInclusive(
  bounds: Partial<Record<Bound, number>>,
  { exclusiveMinimum, exclusiveMaximum }: JsonObject,
): Shape['bounds'] {
  const { minimum, maximum } = bounds;
  return {
    ...bounds,
    ...(typeof exclusiveMinimum === 'number' && {
      minimum: Math.max(exclusiveMinimum, minimum ?? -Infinity),
    }),
    ...(typeof exclusiveMaximum === 'number' && {
      maximum: Math.min(exclusiveMaximum, maximum ?? Infinity),
    }),
  };
}

function readPattern({ pattern }: JsonObject, budget: WorkBudget): string | undefined {
  if (typeof pattern !== 'string' || !isPortablePattern(pattern)) return undefined;
  budget.spend(pattern.length);
  return pattern;
}

function readFormat({ format }: JsonObject, { formats }: SchemaDialect): string | undefined {
  if (typeof format !== 'string' || format.length > 40) return undefined;
  return formats === undefined || formats.has(format) ? format : undefined;
}
