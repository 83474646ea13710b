import { describe, expect, it } from 'vitest';
import type { ToolDefinition } from '../../../src/modules/connectors/connector.ts';
import type { ToolFormatName } from '../../../src/modules/tools/formats/tool-formats.ts';
import { TOOL_FORMATS } from '../../../src/modules/tools/formats/tool-formats.ts';
import { format, hashOf, inputSchema, many, namesOf, source } from './support/toolsets.ts';

describe('the shapes', () => {
  const sources = [source('s', { echo: { title: 'Echo', description: 'Says it.' }, bare: {} })];
  const echo = { name: 's__echo', description: 'Says it.' };

  it('of the protocol', () => {
    expect(format(sources, { format: 'mcp' }).tools).toEqual([
      { name: 's__bare', inputSchema },
      { ...echo, title: 'Echo', inputSchema },
    ]);
  });

  it('of OpenAI, never strict', () => {
    expect(format(sources).tools).toEqual([
      { type: 'function', name: 's__bare', parameters: inputSchema, strict: false },
      { type: 'function', ...echo, parameters: inputSchema, strict: false },
    ]);
    expect(format(sources, { format: 'openai-chat' }).tools).toEqual([
      { type: 'function', function: { name: 's__bare', parameters: inputSchema } },
      { type: 'function', function: { ...echo, parameters: inputSchema } },
    ]);
  });

  it('of Anthropic', () => {
    expect(format(sources, { format: 'anthropic' }).tools).toEqual([
      { name: 's__bare', input_schema: inputSchema },
      { ...echo, input_schema: inputSchema },
    ]);
  });

  it('of Gemini, which wants a description', () => {
    expect(format(sources, { format: 'gemini' }).tools).toEqual([
      {
        functionDeclarations: [
          { name: 's__bare', description: 's__bare', parametersJsonSchema: inputSchema },
          { ...echo, parametersJsonSchema: inputSchema },
        ],
      },
    ]);
    expect(format([], { format: 'gemini' }).tools).toEqual([]);
  });

  it('use the title where there is no description', () => {
    const [tool] = format([source('s', { a: { title: 'Title' } })]).tools;
    expect(tool).toMatchObject({ description: 'Title' });
  });
});

describe('tools that a provider does not take as they are', () => {
  it('are left out alone, and named', () => {
    const { tools, warnings } = format(
      [source('s', { good: {}, bad: { inputSchema: { type: 'object', allOf: [false] } } })],
      { format: 'anthropic' },
    );
    expect(tools).toMatchObject([{ name: 's__good' }]);
    expect(warnings).toEqual([
      {
        code: 'SCHEMA_IMPOSSIBLE',
        message: expect.stringMatching(/left out/),
        connectorId: 'id-s',
        tool: 's__bad',
      },
    ]);
  });

  it.each<[ToolFormatName, string, Partial<ToolDefinition>, string[], number]>([
    ['gemini', '1password', {}, ['NAME_REFUSED'], 0],
    ['openai', '1password', {}, [], 1],
    [
      'anthropic',
      's',
      { inputSchema: { type: 'object', required: ['a b'] } },
      ['PARAMETER_REFUSED'],
      0,
    ],
    ['openai', 's', { inputSchema: { type: 'object', required: ['a b'] } }, [], 1],
    [
      'anthropic',
      's',
      { inputSchema: { type: 'object', properties: { 'a b': {} } } },
      ['PARAMETERS_DROPPED'],
      1,
    ],
    ['openai', 's', { description: 'x'.repeat(1025) }, ['DESCRIPTION_CUT'], 1],
    ['openai-chat', 's', { description: 'x'.repeat(1024) }, [], 1],
    ['gemini', 's', { description: 'x'.repeat(8000) }, [], 1],
    ['mcp', '1password', { inputSchema: { type: 'object', required: ['a b'] } }, [], 1],
    ['openai', 's', { inputSchema: { description: 'x'.repeat(300_000) } }, ['SCHEMA_TOO_LARGE'], 0],
  ])('%s of the connector %s: %#', (name, slug, rest, codes, kept) => {
    const formatted = format([source(slug, { a: rest })], { format: name });
    expect(formatted.warnings.map(({ code }) => code)).toEqual(codes);
    expect(namesOf(formatted)).toHaveLength(kept);
  });

  it('have their description cut between characters', () => {
    const description = `${'x'.repeat(1022)}🧰🧰`;
    const [tool] = format([source('s', { a: { description } })]).tools;
    expect(tool).toMatchObject({ description: `${'x'.repeat(1022)}…` });
  });

  it('cost a connector full of them no more than a few, and the others nothing', () => {
    const parts = Object.fromEntries(
      Array.from({ length: 16 }, (_, i) => {
        const next = { $ref: `#/$defs/A${i + 1}` };
        return [`A${i}`, { properties: { [`p${i}`]: {} }, allOf: [next, next] }];
      }),
    );
    const bomb = { type: 'object', $defs: parts, allOf: [{ $ref: '#/$defs/A0' }] };
    const hostile = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`t${i}`, { inputSchema: bomb }]),
    );
    const referring = {
      type: 'object',
      $defs: { T: { type: 'string' } },
      properties: { a: { $ref: '#/$defs/T' } },
    };
    const { tools } = format(
      [source('z', { fine: { inputSchema: referring } }), source('a', hostile)],
      {
        format: 'anthropic',
      },
    );
    expect(tools).toHaveLength(201);
    expect(tools.at(-1)).toEqual({
      name: 'z__fine',
      input_schema: { type: 'object', properties: { a: { type: 'string' } } },
    });
  });
});

describe('the hashes of definitions', () => {
  const names = Object.keys(TOOL_FORMATS) as ToolFormatName[];

  it.each(names)('are the same for %s, whatever became of the schemas', (name) => {
    const long = { description: 'x'.repeat(2_000) };
    const formatted = format([source('b', { z: {}, a: long }), source('a', { x: {} })], {
      format: name,
    });
    expect(Object.entries(formatted.definitionHashes)).toEqual([
      ['a__x', hashOf('x')],
      ['b__a', hashOf('a')],
      ['b__z', hashOf('z')],
    ]);
  });

  it('are those of the tools in the list alone', () => {
    const refused = { bad: { inputSchema: { type: 'object', allOf: [false] } } };
    const { definitionHashes } = format([source('s', refused), source('t', many(5))], { limit: 3 });
    expect(Object.keys(definitionHashes)).toEqual(['t__t000', 't__t001', 't__t002']);
    expect(format([]).definitionHashes).toEqual({});
  });
});
