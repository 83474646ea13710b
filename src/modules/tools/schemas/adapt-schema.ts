import type { SchemaDialect } from './schema-dialect.ts';
import { type ReadingDetail, SchemaReader } from './schema-reader.ts';
import type { JsonObject } from './schema-types.ts';
import { ParameterRefused, SchemaWriter } from './schema-writer.ts';
import { NEVER } from './shape.ts';
import { ShapeAlgebra } from './shape-algebra.ts';
import { BudgetExceeded, WorkBudget } from './work-budget.ts';

/** Bounds of the adaptation of one schema. */
export const ADAPTATION_LIMITS = {
  /** UTF-16 units of its JSON text; discovery accepts less. */
  length: 256 * 1024,
  /** Work on one reading, in about the characters of JSON that are read and written: so much, and so much per character of the text. */
  work: 16 * 1024,
  workPerCharacter: 4,
} as const;

/** Why a schema cannot be adapted. */
export type AdaptationFault = 'parameter-refused' | 'impossible' | 'too-large';

/** A schema for one provider. */
export type AdaptedSchema =
  | {
      ok: true;
      schema: JsonObject;
      /** Optional parameters that were left out, because the provider refuses their names. */
      dropped: number;
    }
  | { ok: false; fault: AdaptationFault };

/** Work that may still be spent on detail. Several schemas share one, so that many hostile ones cost no more than a few. */
export interface WorkAllowance {
  left: number;
}

/** How much is read, from all of a schema to no more than a walk through it. */
const DETAILS: readonly ReadingDetail[] = [
  { references: 16, combinators: true },
  { references: 2, combinators: true },
];
const LEAST_DETAIL: ReadingDetail = { references: 0, combinators: false };

/** Repetitions until what was left out on the way changes nothing more. */
const MAX_ROUNDS = 4;

/**
 * Adapts the schema of a tool's arguments to what a provider accepts. It only widens: an argument object that is valid for the original
 * is valid for the result. References inside the schema are inlined, others are not constrained and never fetched. Pure, and bounded in
 * time and size whatever the schema is.
 * @param allowance lowered by the work this took
 */
export function adaptSchema(
  schema: JsonObject,
  dialect: SchemaDialect,
  allowance: WorkAllowance = { left: Infinity },
): AdaptedSchema {
  const { length } = JSON.stringify(schema);
  if (length > ADAPTATION_LIMITS.length) return { ok: false, fault: 'too-large' };
  const limit = ADAPTATION_LIMITS.work + length * ADAPTATION_LIMITS.workPerCharacter;
  for (const detail of DETAILS) {
    if (allowance.left <= 0) break;
    const budget = new WorkBudget(limit);
    const adapted = tryAdapting(schema, { dialect, detail, budget });
    allowance.left -= budget.spent;
    if (adapted !== undefined) return adapted;
  }
  // A walk without references and combinators is as long as the text, and needs no limit.
  const budget = new WorkBudget(Infinity);
  const adapted = tryAdapting(schema, { dialect, detail: LEAST_DETAIL, budget });
  allowance.left -= budget.spent;
  return adapted ?? { ok: false, fault: 'too-large' };
}

interface Attempt {
  dialect: SchemaDialect;
  detail: ReadingDetail;
  budget: WorkBudget;
}

/** The adapted schema; undefined where it takes more than the budget. */
function tryAdapting(schema: JsonObject, attempt: Attempt): AdaptedSchema | undefined {
  try {
    return adapt(schema, attempt);
  } catch (error) {
    if (error instanceof ParameterRefused) return { ok: false, fault: 'parameter-refused' };
    if (error instanceof BudgetExceeded) return undefined;
    throw error;
  }
}

function adapt(original: JsonObject, { dialect, detail, budget }: Attempt): AdaptedSchema {
  const algebra = new ShapeAlgebra(dialect, budget);
  let schema = original;
  let dropped = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const shape = new SchemaReader({ dialect, budget, algebra, detail }).read(schema);
    const root = algebra.flatten(shape);
    if (root === NEVER) return { ok: false, fault: 'impossible' };
    const writer = new SchemaWriter({ dialect, budget });
    schema = writer.write(root);
    dropped += writer.dropped;
    // What was left out may have been all that two alternatives differed in.
    if (writer.dropped === 0 && !writer.isCut) break;
  }
  return { ok: true, schema, dropped };
}
