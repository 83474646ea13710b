import { describe, expect, it } from 'vitest';
import { PROVIDER_RULES } from '../../../src/modules/tools/formats/provider-rules.ts';
import { adaptSchema } from '../../../src/modules/tools/schemas/adapt-schema.ts';
import type { JsonObject } from '../../../src/modules/tools/schemas/schema-types.ts';
import { adaptOne, adaptWhole, holding, type Provider } from './support/adapting.ts';

describe('keywords', () => {
  it.each<[string, unknown, Provider, unknown]>([
    ['a constant', { const: 3 }, 'openai', { type: 'integer', enum: [3] }],
    [
      'values of other types',
      { type: 'string', enum: ['a', 1] },
      'openai',
      { type: 'string', enum: ['a'] },
    ],
    ['a list without items', { type: 'array' }, 'openai', { type: 'array', items: {} }],
    [
      'a tuple, for Anthropic',
      { prefixItems: [{ type: 'string' }], items: false },
      'anthropic',
      { maxItems: 1, prefixItems: [{ type: 'string' }], items: {} },
    ],
    [
      'a tuple, for OpenAI',
      { type: 'array', items: [{ type: 'string' }, { type: 'number' }], additionalItems: false },
      'openai',
      { type: 'array', items: { type: ['string', 'number'] } },
    ],
    [
      'an open tuple',
      { type: 'array', prefixItems: [{ type: 'string' }] },
      'openai',
      { type: 'array', items: {} },
    ],
    [
      'an exclusive bound, for Gemini',
      { type: 'number', exclusiveMinimum: 2 },
      'gemini',
      { type: 'number', minimum: 2 },
    ],
    [
      'a bound that is a flag',
      { type: 'number', minimum: 2, exclusiveMinimum: true },
      'openai',
      { type: 'number', minimum: 2 },
    ],
    [
      'several types, for Gemini',
      { type: ['string', 'integer', 'null'], description: 'Id', minLength: 1, minimum: 1 },
      'gemini',
      {
        anyOf: [
          { type: 'string', description: 'Id' },
          { type: 'integer', description: 'Id', minimum: 1 },
          { type: 'null', description: 'Id' },
        ],
      },
    ],
    ['flags as values, for Gemini', { enum: [true, false] }, 'gemini', { type: 'boolean' }],
    [
      'mixed values, for Gemini',
      { enum: ['a', 1, null] },
      'gemini',
      {
        anyOf: [{ type: 'string', enum: ['a'] }, { type: 'integer', enum: [1] }, { type: 'null' }],
      },
    ],
    ['an unknown format', { type: 'string', format: 'uri' }, 'openai', { type: 'string' }],
    [
      'a known format',
      { type: 'string', format: 'email' },
      'openai',
      { type: 'string', format: 'email' },
    ],
    [
      'any format, for Anthropic',
      { type: 'string', format: 'uri' },
      'anthropic',
      { type: 'string', format: 'uri' },
    ],
    [
      'patterns of names',
      {
        type: 'object',
        patternProperties: { '^x': { type: 'string' } },
        additionalProperties: false,
      },
      'openai',
      { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
    ],
    ['a type nobody knows', { type: 'file' }, 'openai', {}],
    ['something that is no schema', 'string', 'openai', {}],
    [
      'malformed keywords',
      { type: 'string', minLength: -1, enum: [], required: true, pattern: 3 },
      'openai',
      { type: 'string' },
    ],
  ])('%s', (_, schema, provider, expected) => {
    expect(adaptOne(schema, provider)).toEqual(holding(expected));
  });

  it.each(['^a+$', '^[a-z0-9_-]{1,40}$', '(?:a|b)*', '^\\d{4}-\\d{2}$', '^[^/]+/[^/]+$'])(
    'a pattern all engines read alike is kept: %s',
    (pattern) => {
      expect(adaptOne({ type: 'string', pattern })).toEqual(holding({ type: 'string', pattern }));
    },
  );

  it.each([
    '^(?=.*x)',
    '(?<!x)y',
    '\\p{L}',
    '(?<n>x)\\k<n>',
    '(a)\\1',
    '\\u{1F600}',
    '[a&&b]',
    '\\Z',
    '(',
  ])('a pattern some engine does not read is left out: %s', (pattern) => {
    expect(adaptOne({ type: 'string', pattern })).toEqual(holding({ type: 'string' }));
  });

  it('required properties that are not described are described', () => {
    expect(
      adaptWhole({ type: 'object', required: ['a', 'b'], properties: { a: { type: 'string' } } }),
    ).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: {} },
      required: ['a', 'b'],
    });
  });

  it('properties that may not be there are left out', () => {
    expect(adaptWhole({ type: 'object', properties: { a: false, b: true } })).toEqual({
      type: 'object',
      properties: { b: {} },
    });
  });

  it('a property called __proto__ is one like any other', () => {
    const properties: JsonObject = JSON.parse('{"__proto__":{"type":"string"}}');
    expect(JSON.stringify(adaptWhole({ type: 'object', properties }))).toBe(
      '{"type":"object","properties":{"__proto__":{"type":"string"}}}',
    );
  });
});

describe('names of properties that a provider refuses', () => {
  const text = { type: 'string' };

  it('are left out where they are optional', () => {
    const schema = {
      type: 'object',
      properties: { $top: text, ok: text },
      additionalProperties: false,
    };
    const result = adaptSchema(schema, PROVIDER_RULES.anthropic.schema);
    // Callers that know the name may still send it.
    expect(result).toEqual({
      ok: true,
      schema: { type: 'object', properties: { ok: text } },
      dropped: 1,
    });
    expect(adaptWhole(schema, 'openai')).toEqual(schema);
  });

  it.each<[string, JsonObject]>([
    ['of the arguments', { properties: { 'a b': text }, required: ['a b'] }],
    ['that are not described', { required: ['a b'] }],
    [
      'of an object that is always there',
      {
        properties: { in: { type: 'object', properties: { 'a b': text }, required: ['a b'] } },
        required: ['in'],
      },
    ],
    ['behind a reference', { $ref: '#/$defs/A', $defs: { A: { required: ['a b'] } } }],
  ])('cost the tool where they are required %s', (_, schema) => {
    expect(adaptWhole({ type: 'object', ...schema }, 'anthropic')).toBe('parameter-refused');
    expect(adaptWhole({ type: 'object', ...schema }, 'openai')).toMatchObject({ type: 'object' });
  });

  it('cost only themselves in an object that need not be there', () => {
    const inner = { type: 'object', properties: { 'a b': text }, required: ['a b'] };
    expect(adaptOne(inner, 'anthropic')).toEqual(holding({ type: 'object', properties: {} }));
  });
});
