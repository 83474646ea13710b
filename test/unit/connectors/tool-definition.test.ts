import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiscoveredTool } from '../../../src/mcp/client/mcp-client.ts';
import type { ToolDefinition } from '../../../src/modules/connectors/connector.ts';
import { definitionHash, toDefinition } from '../../../src/modules/connectors/tool-definition.ts';

const tool: DiscoveredTool = {
  name: 'echo',
  title: 'Echo',
  description: 'Says it again',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  outputSchema: undefined,
  annotations: { readOnlyHint: true },
};

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (Array.isArray(value)) return value.every(isStorable);
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member));
}

/** JSON objects, also with text that PostgreSQL cannot store. */
const jsonObject = fc.dictionary(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('__proto__', '1', '0', 'a\u0000', '\ud800'),
  ),
  fc.jsonValue({ stringUnit: 'binary' }),
);
const definition: fc.Arbitrary<ToolDefinition> = fc.record({
  title: fc.option(fc.string(), { nil: undefined }),
  description: fc.option(fc.string(), { nil: undefined }),
  inputSchema: jsonObject,
  outputSchema: fc.option(jsonObject, { nil: undefined }),
  annotations: fc.option(jsonObject, { nil: undefined }),
});

describe('toDefinition', () => {
  it('takes everything but the name', () => {
    const { name: _name, ...rest } = tool;
    expect(toDefinition(tool)).toEqual(rest);
    expect(toDefinition({ ...tool, outputSchema: { type: 'object' } }).outputSchema).toEqual({
      type: 'object',
    });
  });

  it('leaves absent what is absent', () => {
    const bare = toDefinition({
      ...tool,
      title: undefined,
      description: undefined,
      annotations: undefined,
    });
    expect(bare).toEqual({
      title: undefined,
      description: undefined,
      inputSchema: tool.inputSchema,
      outputSchema: undefined,
      annotations: undefined,
    });
  });

  it('drops NUL and replaces lone surrogates, in keys, values and lists', () => {
    expect(
      toDefinition({
        ...tool,
        title: 'a\u0000b',
        description: 'a\ud800b 🔑',
        inputSchema: {
          'k\u0000': ['\udc00', { 'k\ud800': 'v\u0000' }],
          n: null,
          one: 1,
          yes: true,
        },
      }),
    ).toMatchObject({
      title: 'ab',
      description: 'a\ufffdb 🔑',
      inputSchema: { k: ['\ufffd', { 'k\ufffd': 'v' }], n: null, one: 1, yes: true },
    });
  });

  it('gives storable text for any JSON, and changes nothing that is storable', () => {
    fc.assert(
      fc.property(jsonObject, (inputSchema) => {
        const stored = toDefinition({ ...tool, inputSchema }).inputSchema;
        expect(isStorable(stored)).toBe(true);
        if (isStorable(inputSchema)) {
          expect(JSON.stringify(stored)).toBe(JSON.stringify(inputSchema));
        }
      }),
    );
  });

  it('keeps __proto__ as a key and touches no prototype', () => {
    const inputSchema: Record<string, unknown> = JSON.parse('{"__proto__":{"polluted":true}}');
    const stored = toDefinition({ ...tool, inputSchema }).inputSchema;
    expect(Object.keys(stored)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(stored)).toBe(Object.prototype);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('definitionHash', () => {
  const base = toDefinition(tool);
  const hash = definitionHash('echo', base);

  it('is SHA-256 in hex, the same each time', () => {
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(definitionHash('echo', toDefinition(structuredClone(tool)))).toBe(hash);
  });

  it.each([
    ['title', { title: 'echo' }],
    ['title left out', { title: undefined }],
    ['description', { description: 'Says it again.' }],
    ['input schema', { inputSchema: { type: 'object' } }],
    ['order of a list', { inputSchema: { ...tool.inputSchema, required: ['b', 'a'] } }],
    ['output schema', { outputSchema: {} }],
    ['annotations', { annotations: { readOnlyHint: false } }],
    ['annotations left out', { annotations: undefined }],
  ] satisfies [string, Partial<ToolDefinition>][])('changes with the %s', (_, change) => {
    expect(definitionHash('echo', { ...base, ...change })).not.toBe(hash);
  });

  it('changes with the name, and text cannot move between name and definition', () => {
    expect(definitionHash('echo2', base)).not.toBe(hash);
    expect(definitionHash('a', { ...base, title: 'b' })).not.toBe(
      definitionHash('b', { ...base, title: 'a' }),
    );
    expect(definitionHash('a', { ...base, title: 't', description: undefined })).not.toBe(
      definitionHash('a', { ...base, title: undefined, description: 't' }),
    );
  });

  it('tells lists from objects, numbers from text, null from nothing', () => {
    const of = (value: unknown) => definitionHash('t', { ...base, inputSchema: { value } });
    const hashes = [['a'], { 0: 'a' }, 1, '1', true, 'true', null, 'null', undefined, [], {}].map(
      of,
    );
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(definition, (one) => {
        const other: ToolDefinition = {
          annotations: one.annotations,
          outputSchema: one.outputSchema,
          inputSchema: Object.fromEntries(
            Object.entries(one.inputSchema)
              .reverse()
              .map(([key, member]) => [key, reversed(member)]),
          ),
          description: one.description,
          title: one.title,
        };
        expect(definitionHash('t', other)).toBe(definitionHash('t', one));
      }),
    );
  });

  it('survives the way through the database', () => {
    fc.assert(
      fc.property(definition, (one) => {
        const read: ToolDefinition = JSON.parse(JSON.stringify(one));
        expect(definitionHash('t', read)).toBe(definitionHash('t', one));
      }),
    );
  });

  it('sees every difference, and no other', () => {
    fc.assert(
      fc.property(jsonObject, jsonObject, (a, b) => {
        const hashes = [a, b].map((inputSchema) => definitionHash('t', { ...base, inputSchema }));
        const isSame = isDeepStrictEqual(
          JSON.parse(JSON.stringify(a)),
          JSON.parse(JSON.stringify(b)),
        );
        expect(new Set(hashes).size).toBe(isSame ? 1 : 2);
      }),
    );
  });
});
