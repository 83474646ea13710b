import { describe, expect, it } from 'vitest';
import {
  HEADER_PARAMETER_LIMITS,
  headersOfCall,
  readHeaderParameters,
  withoutHeaderAnnotations,
} from '../../../src/mcp/client/header-parameters.ts';
import { discoverTools } from '../../../src/mcp/client/tool-discovery.ts';

const region = { type: 'string', 'x-mcp-header': 'Region' };
const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  ...more,
});

describe('the parameters that are mirrored', () => {
  it('are found at any depth of properties', () => {
    const schema = object({
      region,
      plain: { type: 'string' },
      where: object({ zone: { type: 'integer', 'x-mcp-header': 'ZONE' } }),
      dry: { type: 'boolean', 'x-mcp-header': 'Dry-Run' },
    });
    expect(readHeaderParameters(schema)).toEqual({
      ok: true,
      parameters: [
        { name: 'region', path: ['region'] },
        { name: 'zone', path: ['where', 'zone'] },
        { name: 'dry-run', path: ['dry'] },
      ],
    });
  });

  it('may be named like the annotation, or like a prototype', () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"x-mcp-header":{"type":"string"},"__proto__":{"type":"string","x-mcp-header":"P"}}}',
    );
    expect(readHeaderParameters(schema)).toEqual({
      ok: true,
      parameters: [{ name: 'p', path: ['__proto__'] }],
    });
    expect(headersOfCall([{ name: 'p', path: ['__proto__'] }], {})).toEqual({});
    expect(
      headersOfCall([{ name: 'p', path: ['__proto__'] }], JSON.parse('{"__proto__":"x"}')),
    ).toEqual({ 'mcp-param-p': 'x' });
  });

  it.each([
    ['on the schema itself', { ...object({}), 'x-mcp-header': 'A' }],
    ['an empty name', object({ a: { ...region, 'x-mcp-header': '' } })],
    ['no text', object({ a: { ...region, 'x-mcp-header': 1 } })],
    [
      'a line break in the name',
      object({ a: { ...region, 'x-mcp-header': 'A\r\nAuthorization' } }),
    ],
    ['a colon in the name', object({ a: { ...region, 'x-mcp-header': 'a:b' } })],
    ['another alphabet', object({ a: { ...region, 'x-mcp-header': 'Région' } })],
    ['a long name', object({ a: { ...region, 'x-mcp-header': 'a'.repeat(129) } })],
    ['a number', object({ a: { type: 'number', 'x-mcp-header': 'A' } })],
    ['an object', object({ a: { ...object({}), 'x-mcp-header': 'A' } })],
    ['two types', object({ a: { type: ['string', 'null'], 'x-mcp-header': 'A' } })],
    ['no type', object({ a: { 'x-mcp-header': 'A' } })],
    [
      'the same name in another case',
      object({ a: region, b: { ...region, 'x-mcp-header': 'REGION' } }),
    ],
    ['in a list', object({ a: { type: 'array', items: region } })],
    ['in an alternative', object({ a: { anyOf: [region] } })],
    ['behind an alternative', object({}, { allOf: [object({ a: region })] })],
    ['in a definition', object({}, { $defs: { a: region } })],
    ['for names that match a pattern', object({}, { patternProperties: { '^a': region } })],
  ])('are none where an annotation is wrong: %s', async (_what, inputSchema) => {
    expect(readHeaderParameters(inputSchema)).toEqual({
      ok: false,
      reason: 'has an `x-mcp-header` that is not valid',
    });
    const list = async (era: 'modern' | 'legacy') =>
      discoverTools(
        async () => ({
          result: {
            tools: [
              { name: 'wrong', inputSchema },
              { name: 'good', inputSchema: object({}) },
            ],
          },
          textLength: 1,
        }),
        era,
      );
    // The tool alone is refused, and only where the annotation means something.
    expect((await list('modern')).tools.map(({ name }) => name)).toEqual(['good']);
    expect((await list('modern')).warnings).toEqual([
      { tool: 'wrong', reason: 'Its input schema has an `x-mcp-header` that is not valid.' },
    ]);
    expect((await list('legacy')).tools.map(({ name }) => name)).toEqual(['wrong', 'good']);
  });

  it('are bounded in number', () => {
    const many = (count: number) =>
      object(
        Object.fromEntries(
          Array.from({ length: count }, (_, n) => [
            `p${n}`,
            { ...region, 'x-mcp-header': `p${n}` },
          ]),
        ),
      );
    expect(readHeaderParameters(many(HEADER_PARAMETER_LIMITS.parameters)).ok).toBe(true);
    expect(readHeaderParameters(many(HEADER_PARAMETER_LIMITS.parameters + 1)).ok).toBe(false);
  });
});

describe('the value of a header', () => {
  const parameters = [{ name: 'a', path: ['a'] }];

  // The table of the specification, "Value Encoding", and what it leaves open.
  it.each([
    ['us-west1', 'us-west1'],
    ['us west 1', 'us west 1'],
    ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    [' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['a\r\nauthorization: x', '=?base64?YQ0KYXV0aG9yaXphdGlvbjogeA==?='],
    ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
    ['', '=?base64??='],
    ['\u0000', '=?base64?AA==?='],
    ['\ud800', '=?base64?77+9?='],
    [42, '42'],
    [-7, '-7'],
    [true, 'true'],
    [false, 'false'],
  ])('of %j is %j', (value, header) => {
    expect(headersOfCall(parameters, { a: value })).toEqual({ 'mcp-param-a': header });
  });

  it.each([[null], [undefined], [1.5], [2 ** 60], [{}], [['a']]])('of %j is none', (value) => {
    expect(headersOfCall(parameters, { a: value })).toEqual({});
  });

  it('is looked for only where the schema says', () => {
    const nested = [{ name: 'a', path: ['b', 'a'] }];
    expect(headersOfCall(nested, { a: 'x', b: 'y' })).toEqual({});
    expect(headersOfCall(nested, { b: { a: 'z' } })).toEqual({ 'mcp-param-a': 'z' });
  });

  it('may not take more than servers accept', () => {
    const most = 'x'.repeat(HEADER_PARAMETER_LIMITS.valuesLength);
    expect(headersOfCall(parameters, { a: most })).toEqual({ 'mcp-param-a': most });
    expect(headersOfCall(parameters, { a: `${most}x` })).toBeUndefined();
  });
});

describe('a schema that is shown to others', () => {
  it('has no annotations, wherever they stood', () => {
    const schema = {
      ...object({
        region,
        'x-mcp-header': { type: 'string', default: { 'x-mcp-header': 'data' } },
        list: { type: 'array', items: [region, true] },
      }),
      'x-mcp-header': 'A',
      anyOf: [object({ a: region })],
      not: region,
    };
    expect(withoutHeaderAnnotations(schema)).toEqual({
      ...object({
        region: { type: 'string' },
        'x-mcp-header': { type: 'string', default: { 'x-mcp-header': 'data' } },
        list: { type: 'array', items: [{ type: 'string' }, true] },
      }),
      anyOf: [object({ a: { type: 'string' } })],
      not: { type: 'string' },
    });
  });

  it('is the very same where there are none', () => {
    const schema = object({ a: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, { $defs: {} });
    expect(withoutHeaderAnnotations(schema)).toBe(schema);
  });
});
