import { describe, expect, it } from 'vitest';
import { PROVIDER_RULES } from '../../../src/modules/tools/formats/provider-rules.ts';
import { ADAPTATION_LIMITS, adaptSchema } from '../../../src/modules/tools/schemas/adapt-schema.ts';
import type { JsonObject } from '../../../src/modules/tools/schemas/schema-types.ts';
import { adaptWhole } from './support/adapting.ts';

describe('hostile schemas', () => {
  /** Ten definitions, each of which names the next one ten times: 10^10 when written out. */
  const doubling = Object.fromEntries(
    Array.from({ length: 10 }, (_, level) => [
      `D${level}`,
      Object.fromEntries([
        ['type', 'object'],
        [
          'properties',
          Object.fromEntries(
            Array.from({ length: 10 }, (__, i) => [`p${i}`, { $ref: `#/$defs/D${level + 1}` }]),
          ),
        ],
      ]),
    ]),
  );
  function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
    return Array.from({ length: levels }).reduce((inner) => wrap(inner), { type: 'string' });
  }
  const long = 'x'.repeat(8_000);
  const bombs: Record<string, JsonObject> = {
    references: { type: 'object', $defs: doubling, properties: { a: { $ref: '#/$defs/D0' } } },
    alternatives: {
      type: 'object',
      properties: {
        a: nested(30, (inner) => ({
          type: 'object',
          properties: { p: inner, q: { type: 'string', description: 'Q' } },
          anyOf: [{ required: ['p'] }, { required: ['q'] }, { minProperties: 2 }],
        })),
      },
    },
    'alternatives of all arguments': {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 800 }, (_, i) => [`p${i}`, { type: 'string' }]),
      ),
      anyOf: Array.from({ length: 800 }, (_, i) => ({ required: [`p${i}`] })),
      oneOf: Array.from({ length: 800 }, (_, i) => ({ required: [`p${i}`] })),
    },
    'parts of parts': {
      type: 'object',
      $defs: Object.fromEntries(
        Array.from({ length: 16 }, (_, i) => [
          `A${i}`,
          { allOf: [{ $ref: `#/$defs/A${i + 1}` }, { $ref: `#/$defs/A${i + 1}` }] },
        ]),
      ),
      allOf: [{ $ref: '#/$defs/A0' }],
    },
    'long texts': {
      type: 'object',
      $defs: { T: { type: 'string', description: long } },
      properties: Object.fromEntries(
        Array.from({ length: 1000 }, (_, i) => [`p${i}`, { $ref: '#/$defs/T' }]),
      ),
    },
    'many values': {
      type: 'object',
      $defs: { V: { enum: Array.from({ length: 5000 }, (_, i) => `v${i}`) } },
      properties: {
        a: { anyOf: Array.from({ length: 500 }, () => ({ $ref: '#/$defs/V' })) },
      },
    },
    depth: { type: 'object', properties: { a: nested(61, (inner) => ({ anyOf: [inner] })) } },
    'depth behind references': {
      type: 'object',
      $defs: Object.fromEntries(
        Array.from({ length: 16 }, (_, i) => [
          `L${i}`,
          nested(50, (inner) =>
            typeof inner === 'object' &&
            inner !== null &&
            'type' in inner &&
            inner.type === 'string'
              ? { items: { $ref: `#/$defs/L${i + 1}` } }
              : { items: inner },
          ),
        ]),
      ),
      properties: { a: { $ref: '#/$defs/L0' } },
    },
  };

  it.each(
    Object.keys(bombs).flatMap((name) =>
      (['openai', 'anthropic', 'gemini'] as const).map((provider) => [name, provider] as const),
    ),
  )('%s stay small for %s', (name, provider) => {
    const schema = bombs[name] ?? {};
    const allowance = { left: 0 };
    // What the walk without detail takes is as long as the text.
    adaptSchema(schema, PROVIDER_RULES[provider].schema, allowance);
    const least = -allowance.left;
    const { length } = JSON.stringify(schema);
    expect(least).toBeLessThan(8 * length);

    allowance.left = Number.MAX_SAFE_INTEGER;
    const result = adaptSchema(schema, PROVIDER_RULES[provider].schema, allowance);

    // Work is counted in characters that are read and written, so it bounds both time and size.
    const attempt = ADAPTATION_LIMITS.work + ADAPTATION_LIMITS.workPerCharacter * length;
    const work = Number.MAX_SAFE_INTEGER - allowance.left;
    expect(result).toMatchObject({ ok: true });
    expect(work).toBeLessThan(3 * attempt + least);
    expect(JSON.stringify(result).length).toBeLessThan(2 * attempt);
  });

  it('that are larger than any discovered one are given up', () => {
    const description = 'x'.repeat(ADAPTATION_LIMITS.length);
    expect(adaptWhole({ type: 'object', description })).toBe('too-large');
  });

  it('are read in the least detail once the allowance is spent', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { $ref: '#/properties/a' } },
      anyOf: [{ required: ['a'] }],
    };
    const { schema: dialect } = PROVIDER_RULES.openai;
    expect(adaptSchema(schema, dialect, { left: 0 })).toEqual({
      ok: true,
      schema: { type: 'object', properties: { a: { type: 'string' }, b: {} } },
      dropped: 0,
    });
  });

  it.each<[string, JsonObject]>([
    ['no value', { type: 'object', allOf: [false] }],
    ['values of no type', { type: 'object', allOf: [{ type: 'string' }] }],
    ['no alternative', { type: 'object', anyOf: [{ type: 'string' }, false] }],
  ])('that allow %s cannot be adapted', (_, schema) => {
    expect(adaptWhole(schema)).toBe('impossible');
  });

  it('are cut at the depth a provider takes', () => {
    const schema = { properties: { a: nested(20, (inner) => ({ type: 'array', items: inner })) } };
    const text = JSON.stringify(adaptWhole({ type: 'object', ...schema }, 'gemini'));
    expect(text.match(/array/g)).toHaveLength(9);
    expect(text).toContain('"items":{}');
  });
});
