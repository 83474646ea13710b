import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PROVIDER_RULES } from '../../../src/modules/tools/formats/provider-rules.ts';
import { adaptSchema } from '../../../src/modules/tools/schemas/adapt-schema.ts';
import { InstanceSampler } from './support/instance-sampler.ts';
import { brokenSchema, OTHER_DOCUMENT, toolSchema } from './support/json-schema-arbitrary.ts';
import { brokenRules, CHECKED_PROVIDERS } from './support/provider-rule-checker.ts';

// All of it is computing: on a busy machine as slow as that is busy.
vi.setConfig({ testTimeout: 300_000 });

type Node = { [keyword: string]: unknown };

const ajv = new Ajv2020({ strict: false, logger: false, schemas: [OTHER_DOCUMENT] });
addFormats.default(ajv);

/** The validator of a schema; undefined where it is not valid JSON Schema. */
function validatorOf(schema: Node): ValidateFunction | undefined {
  try {
    return ajv.compile(schema);
  } catch {
    return undefined;
  } finally {
    ajv.removeSchema(schema);
  }
}

/** A schema may refer to itself without end; then nothing is valid. */
function isValid(validate: ValidateFunction, value: unknown): boolean {
  try {
    return validate(value);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The code that AJV generates for `unevaluatedProperties` inside `oneOf` breaks off at some values, with a TypeError
 * of its own. Such a schema has no judge, so nothing is said of it.
 */
function isJudged(schema: Node, validate: ValidateFunction, values: readonly Node[]): boolean {
  try {
    for (const value of values) isValid(validate, value);
    return true;
  } catch (error) {
    if (error instanceof TypeError && JSON.stringify(schema).includes('unevaluated')) return false;
    throw error;
  }
}

const SAMPLES = 12;

/** Objects that are valid for a schema, as far as they were found. */
function validObjects(schema: Node, seed: number): Node[] {
  const validate = validatorOf(schema);
  if (validate === undefined) return [];
  const sampler = new InstanceSampler(schema, seed);
  const values = Array.from({ length: SAMPLES }, () => sampler.sample());
  if (!isJudged(schema, validate, values)) return [];
  return values.filter((value) => isValid(validate, value));
}

describe.each(CHECKED_PROVIDERS)('a schema adapted for %s', (provider) => {
  const dialect = PROVIDER_RULES[provider].schema;

  it('keeps to the published rules, whatever the schema', () => {
    let adapted = 0;
    fc.assert(
      fc.property(fc.oneof(toolSchema, brokenSchema), (schema) => {
        const result = adaptSchema(schema, dialect);
        if (!result.ok) return;
        adapted += 1;
        expect(brokenRules(provider, result.schema)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(adapted).toBeGreaterThan(150);
  });

  it('allows every argument object that the original allows', () => {
    let compared = 0;
    fc.assert(
      fc.property(toolSchema, fc.integer(), (schema, seed) => {
        const valid = validObjects(schema, seed);
        const result = adaptSchema(schema, dialect);
        if (!result.ok) {
          // What no arguments satisfy is left out; what needs a refused name is, too.
          if (result.fault === 'impossible') expect(valid).toEqual([]);
          else expect(result.fault).toBe('parameter-refused');
          return;
        }
        compared += valid.length;
        const validate = validatorOf(result.schema);
        const refused = valid.filter((value) => validate?.(value) !== true);
        expect({ refused, by: result.schema }).toEqual({ refused: [], by: result.schema });
      }),
      { numRuns: 300 },
    );
    // So many objects are valid for the original; without them the property would say nothing.
    expect(compared).toBeGreaterThan(200);
  });

  it('is the same every time, and when it is adapted again', () => {
    fc.assert(
      fc.property(toolSchema, (schema) => {
        const before = structuredClone(schema);
        const once = adaptSchema(schema, dialect);
        expect(schema).toEqual(before);
        expect(JSON.stringify(adaptSchema(before, dialect))).toBe(JSON.stringify(once));
        if (!once.ok) return;
        const again = adaptSchema(once.schema, dialect);
        expect(again).toEqual({ ...once, dropped: 0 });
      }),
      { numRuns: 200 },
    );
  });
});
