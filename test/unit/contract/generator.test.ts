import { describe, expect, test } from 'vitest';
import {
  type ContractDocument,
  parseContractDocument,
} from '../../../scripts/contract/contract-document.ts';
import { renderContract } from '../../../scripts/contract/render-contract.ts';
import { components } from '../../../src/contract/generated.ts';
import { contractDocument } from '../../../src/contract/generated-document.ts';
import { child, isNode, type Node } from '../../support/contract-document.ts';

/** A contract with one operation and the given parts. */
function contract(parts: {
  schemas?: Record<string, unknown>;
  operation?: Record<string, unknown>;
  path?: string;
}): ContractDocument {
  return parseContractDocument({
    openapi: '3.1.0',
    info: { title: 'Test', version: '1.0.0' },
    paths: {
      [parts.path ?? '/api/things']: {
        get: {
          operationId: 'getThings',
          responses: { '204': { description: 'nothing' } },
          ...parts.operation,
        },
      },
    },
    components: { schemas: parts.schemas ?? {} },
  });
}

const thing = (schema: unknown) => renderContract(contract({ schemas: { Thing: schema } }));

describe('what the generator writes', () => {
  test('a body that may be absent, where it may be null: that is what is validated then', () => {
    const schema = { anyOf: [{ type: 'object' }, { type: 'null' }] };
    const requestBody = { content: { 'application/json': { schema } } };
    expect(renderContract(contract({ operation: { requestBody } }))).toContain('Type.Null()');
  });

  test('TypeBox expressions with their keywords', () => {
    const source = thing({
      type: 'object',
      description: 'A thing.',
      additionalProperties: false,
      required: ['name'],
      properties: { name: { type: 'string', minLength: 1 }, size: { type: 'integer', default: 3 } },
    });
    expect(source).toContain('/**\n * A thing.\n */');
    expect(source).toContain(
      'Type.Object({ "name": Type.String({"minLength":1}), "size": Type.Optional(Type.Integer({"default":3})) }, { additionalProperties: false })',
    );
    expect(source).toContain('export type Thing = Static<typeof Thing>;');
  });

  test('an explicit type for a component that refers to itself', () => {
    const source = thing({
      type: 'object',
      required: ['children'],
      properties: { children: { type: 'array', items: { $ref: '#/components/schemas/Thing' } } },
    });
    expect(source).toContain('export type Thing = { "children": Array<Thing> };');
    expect(source).toContain('Type.Unsafe<Thing>(');
  });

  test('an open enumeration is text at run time', () => {
    const source = thing({ type: 'string', 'x-extensible-enum': ['A', 'B'] });
    expect(source).toContain('Type.String()');
    expect(source).not.toContain('x-extensible-enum');
  });

  test('header names in lower case, as Node hands them over', () => {
    const parameters = [
      { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } },
    ];
    const source = renderContract(contract({ operation: { parameters } }));
    expect(source).toContain('headers: Type.Object({ "if-match": Type.String() })');
  });

  test('a closed query also where there is no parameter', () => {
    expect(renderContract(contract({}))).toContain(
      'querystring: Type.Unsafe<Record<string, never>>({ type: "object", additionalProperties: false })',
    );
  });
});

describe('what the generator refuses, because it would not be enforced', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'an unknown keyword',
      { type: 'string', contentEncoding: 'base64' },
      /unsupported keyword "contentEncoding"/,
    ],
    ['a keyword of another type', { type: 'string', minimum: 1 }, /unsupported keyword "minimum"/],
    ['nullable, which 3.1 does not have', { type: 'string', nullable: true }, /"nullable"/],
    ['not', { not: { type: 'string' } }, /no type/],
    ['patternProperties', { type: 'object', patternProperties: {} }, /"patternProperties"/],
    [
      'a nested unknown keyword',
      { type: 'array', items: { type: 'string', if: {} } },
      /items: unsupported keyword "if"/,
    ],
    [
      'keywords beside $ref',
      { type: 'array', items: { $ref: '#/components/schemas/Thing', minLength: 1 } },
      /"minLength"/,
    ],
    ['keywords beside oneOf', { oneOf: [{ type: 'string' }], minLength: 1 }, /"minLength"/],
    ['a union of one', { anyOf: [{ type: 'string' }] }, /needs two members/],
    ['an intersection of one', { allOf: [{ type: 'object' }] }, /needs two members/],
    ['a list of types with an object', { type: ['object', 'null'] }, /only hold scalars/],
    ['required without a property', { type: 'object', required: ['a'] }, /required "a"/],
    [
      'a reference to elsewhere',
      { type: 'array', items: { $ref: 'https://example.com/a.json' } },
      /unsupported \$ref/,
    ],
    ['an alias', { $ref: '#/components/schemas/Thing' }, /schema of its own/],
    ['a constant object', { const: { a: 1 } }, /const must be/],
    ['no type at all', { minLength: 1 }, /no type/],
  ])('%s', (_name, schema, message) => {
    expect(() => thing(schema)).toThrow(message);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a cookie parameter',
      { parameters: [{ name: 'a', in: 'cookie', schema: {} }] },
      /cookie parameters/,
    ],
    [
      'a parameter with a style',
      { parameters: [{ name: 'a', in: 'query', style: 'spaceDelimited', schema: {} }] },
      /"style"/,
    ],
    [
      'a parameter without a schema',
      { parameters: [{ name: 'a', in: 'query' }] },
      /needs a schema/,
    ],
    [
      'a body of another type',
      { requestBody: { required: true, content: { 'text/plain': { schema: {} } } } },
      /application\/json/,
    ],
    [
      'a body that may be absent',
      { requestBody: { content: { 'application/json': { schema: {} } } } },
      /must be required/,
    ],
    ['a range of statuses', { responses: { '4XX': { description: 'bad' } } }, /whole status/],
    ['a missing operationId', { operationId: undefined }, /operationId/],
    ['callbacks', { callbacks: {} }, /"callbacks"/],
  ])('%s', (_name, operation, message) => {
    expect(() => renderContract(contract({ operation }))).toThrow(message);
  });

  test('a path with a placeholder that is not a whole name', () => {
    expect(() => renderContract(contract({ path: '/api/{a-b}' }))).toThrow(/whole \{names\}/);
  });

  test('another version of OpenAPI', () => {
    expect(() => parseContractDocument({ openapi: '3.0.3', info: {}, paths: {} })).toThrow(
      /openapi/,
    );
  });
});

describe('the generated module', () => {
  const schemas = child(child(contractDocument, 'components'), 'schemas');

  test('has every component of the contract, and no other', () => {
    expect(components.map(({ $id }) => $id)).toEqual(Object.keys(schemas).sort());
  });

  test.each(components.map((component) => [component.$id, component] as const))(
    '%s says what the contract says',
    (name, component) => {
      const generated: unknown = JSON.parse(JSON.stringify(component));
      expect(comparable(generated)).toEqual(comparable(schemas[name]));
    },
  );
});

const WITHOUT_EFFECT = new Set([
  '$id',
  'title',
  'description',
  'deprecated',
  'readOnly',
  'writeOnly',
  'example',
  'examples',
  'x-extensible-enum',
  'x-chosen-by',
]);

/** A schema without what is written differently and means the same. */
function comparable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(comparable);
  if (!isNode(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(
        ([keyword, value]) => !WITHOUT_EFFECT.has(keyword) && !isRedundant(schema, keyword, value),
      )
      .map(([keyword, value]) => [keyword, comparableKeyword(keyword, value)]),
  );
}

function isRedundant(schema: Node, keyword: string, value: unknown): boolean {
  if (keyword === 'required') return Array.isArray(value) && value.length === 0;
  return (
    keyword === 'type' && ('const' in schema || 'allOf' in schema || 'discriminator' in schema)
  );
}

function comparableKeyword(keyword: string, value: unknown): unknown {
  if (keyword === '$ref')
    return String(value).replace('#/components/schemas/', '').replace(/#$/, '');
  if (keyword === 'required' && Array.isArray(value)) return value.map(String).sort();
  if (keyword === 'discriminator' && isNode(value)) return value['propertyName'];
  // Names of properties are not keywords.
  if (keyword === 'properties' && isNode(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, comparable(item)]),
    );
  }
  return comparable(value);
}
