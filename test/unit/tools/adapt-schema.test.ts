import { describe, expect, it } from 'vitest';
import { adaptOne, adaptWhole, holding } from './support/adapting.ts';

describe('references', () => {
  const $defs = { Point: { type: 'object', properties: { x: { type: 'number' } } } };

  it.each([
    ['#/$defs/Point', { $defs }],
    ['#/definitions/Point', { definitions: $defs }],
    ['#/properties/q', { properties: { q: $defs.Point } }],
    ['#/$defs/a~1b%20c', { $defs: { 'a/b c': $defs.Point } }],
    ['#/anyOf/0', { anyOf: [$defs.Point] }],
  ])('%s are inlined, with the notes beside them', (reference, rest) => {
    const adapted = adaptWhole({
      type: 'object',
      ...rest,
      properties: {
        ...('properties' in rest && rest.properties),
        p: { $ref: reference, title: 'P' },
      },
    });
    expect(adapted).toMatchObject(holding({ title: 'P', ...$defs.Point }));
    expect(JSON.stringify(adapted)).not.toContain('$');
  });

  it.each([
    'https://example.com/schema.json',
    'other.json#/x',
    '#anchor',
    '#/$defs/missing',
    '#/%zz',
    '#/$defs/toString',
  ])('%s lead nowhere: nothing is fetched and all is allowed', (reference) => {
    expect(adaptOne({ $ref: reference }, 'openai', { $defs })).toEqual(holding({}));
  });

  it('that come back are cut where they do', () => {
    const node = {
      type: 'object',
      properties: { value: { type: 'string' }, next: { $ref: '#/$defs/Node' } },
      required: ['value'],
    };
    expect(adaptOne({ $ref: '#/$defs/Node' }, 'gemini', { $defs: { Node: node } })).toEqual(
      holding({ ...node, properties: { value: { type: 'string' }, next: {} } }),
    );
    expect(adaptOne({ $ref: '#' })).toEqual(holding({}));
  });

  it('are relative to the resource they stand in', () => {
    const inner = {
      $id: 'https://example.com/inner',
      $defs: { T: { type: 'string' } },
      type: 'object',
      properties: { t: { $ref: '#/$defs/T' } },
    };
    const outer = { $defs: { T: { type: 'number' }, inner } };
    const expected = { type: 'object', properties: { t: { type: 'string' } } };
    expect(adaptOne(inner, 'openai', outer)).toEqual(holding(expected));
    expect(adaptOne({ $ref: '#/$defs/inner' }, 'openai', outer)).toEqual(holding(expected));
    expect(adaptOne({ $ref: '#/$defs/inner/properties/t' }, 'openai', outer)).toEqual(
      holding({ type: 'string' }),
    );
  });

  it('hold together with their siblings today, and alone in older dialects', () => {
    const $schema = 'http://json-schema.org/draft-07/schema#';
    const schema = { $ref: '#/$defs/T', minLength: 3, description: 'Words' };
    const rest = { $defs: { T: { type: 'string', maxLength: 9 } } };
    const together = { type: 'string', description: 'Words', minLength: 3, maxLength: 9 };
    const alone = { type: 'string', description: 'Words', maxLength: 9 };
    expect(adaptOne(schema, 'openai', rest)).toEqual(holding(together));
    expect(adaptOne(schema, 'openai', { ...rest, $schema })).toEqual(holding(alone));
  });
});

describe('combinators', () => {
  const text = { type: 'string' };

  it('say optional values as a list of types', () => {
    const optional = { anyOf: [{ type: 'string', maxLength: 5 }, { type: 'null' }], default: null };
    expect(adaptOne(optional)).toEqual(
      holding({ type: ['string', 'null'], default: null, maxLength: 5 }),
    );
    expect(adaptOne({ ...text, nullable: true }, 'gemini')).toEqual(
      holding({ type: ['string', 'null'] }),
    );
  });

  it('say constants as one list of values', () => {
    const schema = { oneOf: [{ const: 'a', title: 'A' }, { const: 'b' }, { enum: ['c'] }] };
    expect(adaptOne(schema)).toEqual(holding({ type: 'string', enum: ['a', 'b', 'c'] }));
  });

  it('keep the description of each constant', () => {
    const anyOf = [
      { type: 'string', description: 'Up', enum: ['a'] },
      { type: 'string', description: 'Down', enum: ['b'] },
    ];
    expect(adaptOne({ oneOf: anyOf })).toEqual(holding({ anyOf }));
  });

  it('turn exactly one into at least one, since the wider ones may overlap', () => {
    const oneOf = [
      { type: 'string', minLength: 1, not: { const: 'x' } },
      { type: 'array', items: text, contains: { const: 'x' } },
    ];
    expect(adaptOne({ oneOf })).toEqual(
      holding({
        anyOf: [
          { type: 'string', minLength: 1 },
          { type: 'array', items: text },
        ],
      }),
    );
  });

  it('join what all parts ask for', () => {
    const allOf = [
      { type: 'object', properties: { a: text }, required: ['a'], minProperties: 1 },
      { type: ['object', 'null'], properties: { a: { minLength: 2 }, b: text }, required: ['b'] },
    ];
    expect(adaptOne({ allOf })).toEqual(
      holding({
        type: 'object',
        minProperties: 1,
        properties: { a: { ...text, minLength: 2 }, b: text },
        required: ['a', 'b'],
      }),
    );
  });

  it('keep the properties of parts that close themselves, as their authors meant', () => {
    const allOf = ['a', 'b'].map((name) => ({
      type: 'object',
      properties: { [name]: text },
      additionalProperties: false,
    }));
    expect(adaptOne({ allOf })).toEqual(
      holding({ type: 'object', properties: { a: text, b: text }, additionalProperties: false }),
    );
  });

  it('become one object where they stand for all arguments', () => {
    const anyOf = [
      { properties: { kind: { const: 'a' }, x: text }, required: ['kind', 'x'] },
      { properties: { kind: { const: 'b' }, y: text }, required: ['kind'] },
    ];
    const closed = anyOf.map((part) => ({ ...part, additionalProperties: false }));
    expect(adaptWhole({ type: 'object', oneOf: closed })).toEqual({
      type: 'object',
      properties: { kind: { type: 'string', enum: ['a', 'b'] }, x: text, y: text },
      required: ['kind'],
      additionalProperties: false,
    });
    // Another alternative may hold an x of any kind.
    expect(adaptWhole({ type: 'object', anyOf })).toEqual({
      type: 'object',
      properties: { kind: { type: 'string', enum: ['a', 'b'] }, x: {}, y: {} },
      required: ['kind'],
    });
  });

  it('that only ask for one property or the other leave the object as it is', () => {
    const properties = { a: text, b: text };
    const anyOf = [{ required: ['a'] }, { required: ['b'] }];
    for (const provider of ['openai', 'anthropic', 'gemini'] as const) {
      expect(adaptWhole({ type: 'object', properties, anyOf }, provider)).toEqual({
        type: 'object',
        properties,
      });
    }
  });

  it('stand alone for Gemini, which takes nothing beside them', () => {
    const schema = {
      type: 'object',
      description: 'Where',
      properties: { a: text },
      anyOf: [{ properties: { b: { type: 'number' } } }, { required: ['a'] }],
    };
    expect(adaptOne(schema, 'gemini')).toEqual(
      holding({
        anyOf: [
          { type: 'object', description: 'Where', properties: { b: { type: 'number' }, a: text } },
          { type: 'object', description: 'Where', properties: { a: text }, required: ['a'] },
        ],
      }),
    );
  });
});
