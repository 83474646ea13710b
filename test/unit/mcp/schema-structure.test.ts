import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFlawedKeyword } from '../../../src/mcp/client/schema-structure.ts';

describe('findFlawedKeyword', () => {
  it.each<[string, unknown]>([
    ['an empty schema', {}],
    ['true', true],
    ['a list of types', { type: ['object', 'null'] }],
    ['a list of items, as before 2020-12', { items: [{}, { type: 'string' }] }],
    ['a boolean limit, as in draft 4', { minimum: 1, exclusiveMinimum: true }],
    ['a boolean required, as in draft 3', { properties: { a: { required: true } } }],
    ['keywords of somebody', { 'x-order': 7, nullable: true, example: { type: 7 } }],
    ['data that looks like a broken schema', { const: { type: 7 }, default: { required: 1 } }],
    ['properties named like keywords', { properties: { type: { type: 'string' }, items: {} } }],
  ])('accepts %s', (_what, schema) => {
    expect(findFlawedKeyword(schema)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['schema', 7],
    ['schema', null],
    ['schema', []],
    ['type', { type: 7 }],
    ['type', { type: ['string', null] }],
    ['properties', { properties: 'none' }],
    ['properties', { properties: [] }],
    ['properties', { properties: { a: 'string' } }],
    ['required', { required: 'a' }],
    ['required', { properties: { a: { not: { required: [1] } } } }],
    ['anyOf', { items: { anyOf: {} } }],
    ['anyOf', { items: { anyOf: [{}, null] } }],
    ['enum', { $defs: { a: { enum: 'x' } } }],
    ['$ref', { oneOf: [{ $ref: {} }] }],
    ['description', { description: { text: 'x' } }],
    ['additionalProperties', { additionalProperties: 'yes' }],
  ])('names %s as what is wrong', (keyword, schema) => {
    expect(findFlawedKeyword(schema)).toBe(keyword);
  });

  it('refuses no schema that the meta-schema of 2020-12 accepts', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const keyword = fc.constantFrom(
      ...['type', 'properties', 'required', 'items', 'anyOf', 'enum', 'not', '$defs', 'title'],
    );
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4 },
        fc.boolean(),
        fc.dictionary(keyword, tie('value'), { maxKeys: 3 }),
      ),
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>('string', 'object', 'a', 7, null, true),
        fc.array(tie('value'), { maxLength: 2 }),
        tie('schema'),
      ),
    }));
    let accepted = 0;
    fc.assert(
      fc.property(schema, (generated) => {
        const isValid = ajv.validateSchema(generated as object) === true;
        accepted += isValid ? 1 : 0;
        return !isValid || findFlawedKeyword(generated) === undefined;
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });
});
