import fc from 'fast-check';

/** A JSON Schema as a server may send it. */
export type AnySchema = boolean | { [keyword: string]: unknown };

/** Names of properties: plain ones, some that providers refuse, one that is a trap. */
const NAMES = ['a', 'b', 'kind', 'with-dash', 'with.dot', '$top', 'filter[id]', '__proto__', 'ünï'];
const DEFINITIONS = ['A', 'B', 'with/slash'];
const REFERENCES = [
  '#/$defs/A',
  '#/$defs/B',
  '#/$defs/with~1slash',
  '#/definitions/A',
  '#/properties/a',
  '#',
  'https://example.com/other.json',
];

/** The document behind the reference that leads elsewhere. */
export const OTHER_DOCUMENT = { $id: 'https://example.com/other.json', type: 'string' };

const scalar = fc.oneof(
  fc.constantFrom<unknown>('x', 'red', '', 1, 2, 0.5, -1, true, false, null),
  fc.constantFrom<unknown>([], [1], {}, { a: 1 }),
);
const values = fc.uniqueArray(scalar, {
  minLength: 1,
  maxLength: 4,
  selector: (value) => JSON.stringify(value),
});
const typeName = fc.constantFrom(
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
);

/** Some of the members of a record. */
function some(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  return fc.record(members, { requiredKeys: [] });
}

const notes = some({
  title: fc.constant('Title'),
  description: fc.constantFrom('Says something.', 'Other words.'),
  default: scalar,
  examples: fc.array(scalar, { maxLength: 2 }),
  $comment: fc.constant('private'),
  deprecated: fc.boolean(),
});

const nullable = fc.constantFrom(true, false);

const text = some({
  type: fc.constant('string'),
  minLength: fc.nat(2),
  maxLength: fc.integer({ min: 1, max: 9 }),
  pattern: fc.constantFrom('^[a-z]*$', '^(?=x)', '\\p{L}', '^x|y$', '(?<n>x)', '^\\d{2}$'),
  format: fc.constantFrom('email', 'date', 'uri', 'uuid', 'date-time', 'no-such-format'),
});
const number = some({
  type: fc.constantFrom('number', 'integer'),
  minimum: fc.integer({ min: -2, max: 1 }),
  exclusiveMinimum: fc.integer({ min: -3, max: 0 }),
  maximum: fc.integer({ min: 1, max: 4 }),
  exclusiveMaximum: fc.integer({ min: 2, max: 5 }),
  multipleOf: fc.constantFrom(1, 0.5),
});
const choice = fc.oneof(
  fc.record({ enum: values }),
  fc.record({ const: scalar }),
  fc.record({ type: fc.uniqueArray(typeName, { minLength: 1, maxLength: 3 }) }),
  fc.record({ type: typeName, nullable }),
  fc.record({ type: typeName, enum: values }),
);

const { schema } = fc.letrec<{ schema: AnySchema; object: object; list: object; group: object }>(
  (tie) => {
    const part = tie('schema');
    const parts = fc.array(part, { minLength: 1, maxLength: 3 });
    const properties = fc.dictionary(fc.constantFrom(...NAMES), part, {
      maxKeys: 4,
      noNullPrototype: true,
    });
    return {
      object: some({
        type: fc.constant('object'),
        properties,
        required: fc.uniqueArray(fc.constantFrom(...NAMES, 'missing'), { maxLength: 2 }),
        additionalProperties: part,
        patternProperties: fc.dictionary(fc.constantFrom('^a', 'x'), part, {
          maxKeys: 1,
          noNullPrototype: true,
        }),
        propertyNames: fc.constant({ maxLength: 12 }),
        minProperties: fc.nat(1),
        maxProperties: fc.integer({ min: 1, max: 5 }),
        dependentRequired: fc.constant({ a: ['b'] }),
        unevaluatedProperties: fc.constant(false),
      }),
      list: some({
        type: fc.constant('array'),
        items: part,
        prefixItems: parts,
        minItems: fc.nat(1),
        maxItems: fc.integer({ min: 1, max: 4 }),
        uniqueItems: fc.boolean(),
        contains: part,
      }),
      group: fc.oneof(
        fc.record({ anyOf: parts }),
        fc.record({ oneOf: parts }),
        fc.record({ allOf: parts }),
        fc.record({ not: part }),
        fc
          .tuple(part, part, part)
          .map((parts) => Object.fromEntries(['if', 'then', 'else'].map((k, i) => [k, parts[i]]))),
        fc.record({ $ref: fc.constantFrom(...REFERENCES) }),
      ),
      schema: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'schema' },
        { weight: 2, arbitrary: merged(text, notes) },
        { weight: 1, arbitrary: merged(number, notes) },
        { weight: 2, arbitrary: merged(choice, notes) },
        { weight: 1, arbitrary: fc.boolean() },
        { weight: 3, arbitrary: merged(tie('object'), notes) },
        { weight: 2, arbitrary: merged(tie('list'), notes) },
        { weight: 3, arbitrary: merged(tie('group'), notes) },
        { weight: 1, arbitrary: merged(tie('group'), tie('object')) },
      ),
    };
  },
);

function merged(...parts: fc.Arbitrary<object>[]): fc.Arbitrary<AnySchema> {
  return fc.tuple(...parts).map((members): AnySchema => mergeOwn(members));
}

/** Unlike a spread of objects made by assignment, this keeps a member called `__proto__`. */
function mergeOwn(members: readonly object[]): { [keyword: string]: unknown } {
  return Object.fromEntries(members.flatMap((member) => Object.entries(member)));
}

/** Schemas of tools: an object with definitions, some of them recursive. */
export const toolSchema: fc.Arbitrary<{ [keyword: string]: unknown }> = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...NAMES), schema, { maxKeys: 5, noNullPrototype: true }),
    fc.record({ A: schema, B: schema, 'with/slash': schema }),
    schema,
    some({
      required: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.boolean(), schema),
      $schema: fc.constantFrom(
        'https://json-schema.org/draft/2020-12/schema',
        'https://json-schema.org/draft/2020-12/schema#',
      ),
    }),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      {
        weight: 3,
        arbitrary: fc.record({ anyOf: fc.array(schema, { minLength: 1, maxLength: 3 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ oneOf: fc.array(schema, { minLength: 1, maxLength: 3 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ allOf: fc.array(schema, { minLength: 1, maxLength: 3 }) }),
      },
      { weight: 1, arbitrary: fc.constant({ $ref: '#/$defs/B' }) },
    ),
  )
  .map(([properties, $defs, definition, rest, group]) =>
    mergeOwn([
      rest,
      group,
      { type: 'object', properties, $defs, definitions: { [DEFINITIONS[0] ?? 'A']: definition } },
    ]),
  );

/** JSON of any form below keywords of JSON Schema: what broken servers send. */
export const brokenSchema: fc.Arbitrary<{ [keyword: string]: unknown }> = fc.dictionary(
  fc.constantFrom(
    ...['type', 'properties', 'required', 'items', 'prefixItems', 'additionalProperties', 'enum'],
    ...['const', 'anyOf', 'oneOf', 'allOf', '$ref', '$id', '$schema', 'minLength', 'maximum'],
    ...['pattern', 'format', 'title', 'description', 'patternProperties', 'additionalItems'],
  ),
  fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    schema,
    fc.constantFrom<unknown>(
      '#',
      '#/properties/%zz',
      '#/properties/~1',
      'object',
      ['object'],
      true,
    ),
  ),
  { maxKeys: 8, noNullPrototype: true },
);
