import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/mcp/client/mcp-client.ts';
import { DISCOVERY_LIMITS, discoverTools } from '../../../src/mcp/client/tool-discovery.ts';
import { SCHEMA_LIMITS } from '../../../src/mcp/client/tool-schema.ts';

const page = (result: JsonObject) => Promise.resolve({ result, textLength: 100 });
const discover = (...tools: unknown[]) => discoverTools(() => page({ tools }), 'modern');
const tool = (changes: JsonObject = {}) => ({
  name: 'good',
  inputSchema: { type: 'object' },
  ...changes,
});

/** A schema that is nested `levels` deep. */
function nested(levels: number): JsonObject {
  let schema: JsonObject = { type: 'object' };
  for (let level = 1; level < levels; level += 1) schema = { type: 'object', not: schema };
  return schema;
}

/** A schema that doubles with each of its levels once its references are replaced by what they name. */
function bomb(levels: number): JsonObject {
  const ref = (level: number) => ({ $ref: `#/$defs/d${level}` });
  const $defs: JsonObject = { [`d${levels}`]: { type: 'string' } };
  for (let level = 0; level < levels; level += 1) {
    $defs[`d${level}`] = { anyOf: [ref(level + 1), ref(level + 1)] };
  }
  return { type: 'object', properties: { a: ref(0) }, $defs };
}

describe('a tool', () => {
  it('comes through with its schemas and what MCP defines', async () => {
    const inputSchema = {
      type: 'object',
      properties: { a: { enum: ['x\u200b', 1, null], default: { description: 'd' } } },
      $defs: { ref: { $ref: 'https://example.com/schema' } },
    };
    const { tools, warnings } = await discover(
      tool({
        title: 'Good',
        description: 'Does good.',
        inputSchema,
        outputSchema: { type: 'object' },
        annotations: { title: 'T', readOnlyHint: true, destructiveHint: 'no', vendor: 'x' },
        _meta: { vendor: true },
        execution: { taskSupport: 'optional' },
      }),
    );
    expect(warnings).toEqual([]);
    expect(tools).toEqual([
      {
        name: 'good',
        title: 'Good',
        description: 'Does good.',
        inputSchema,
        outputSchema: { type: 'object' },
        annotations: { title: 'T', readOnlyHint: true },
      },
    ]);
  });

  it('has its texts cleaned and cut', async () => {
    const hidden = 'a\u202eb\u{e0041}';
    const { tools } = await discover(
      tool({
        title: 'T'.repeat(1_000),
        description: `${hidden}${'d'.repeat(10_000)}`,
        annotations: { title: hidden },
        inputSchema: {
          type: 'object',
          description: hidden,
          properties: { title: { type: 'string', title: hidden }, description: { const: hidden } },
        },
      }),
    );
    expect(tools[0]?.title).toHaveLength(DISCOVERY_LIMITS.titleLength);
    expect(tools[0]?.description).toBe(`ab${'d'.repeat(DISCOVERY_LIMITS.descriptionLength - 2)}`);
    expect(tools[0]?.annotations).toEqual({ title: 'ab' });
    expect(tools[0]?.inputSchema).toEqual({
      type: 'object',
      description: 'ab',
      properties: { title: { type: 'string', title: 'ab' }, description: { const: hidden } },
    });
  });

  it.each<[string, unknown]>([
    ['text', 'tool'],
    ['null', null],
    ['no name', { inputSchema: { type: 'object' } }],
    ['an empty name', tool({ name: '' })],
    ['a long name', tool({ name: 'x'.repeat(129) })],
    ['a control character in its name', tool({ name: 'a\u0000' })],
    ['a line break in its name', tool({ name: 'a\nb' })],
    ['no schema', { name: 'bad' }],
    ['a list as schema', tool({ inputSchema: [] })],
    ['a schema of text', tool({ inputSchema: { type: 'string' } })],
    ['a schema without type', tool({ inputSchema: {} })],
    ['properties of text', tool({ inputSchema: { type: 'object', properties: 'none' } })],
    [
      'a broken schema far inside',
      tool({ inputSchema: { type: 'object', properties: { a: { items: { anyOf: [{}, 7] } } } } }),
    ],
    [
      'a large schema',
      tool({ inputSchema: { type: 'object', enum: ['x'.repeat(SCHEMA_LIMITS.length)] } }),
    ],
    ['a deep schema', tool({ inputSchema: nested(SCHEMA_LIMITS.depth + 1) })],
    ['a schema that expands to billions', tool({ inputSchema: bomb(40) })],
    ['a NUL in its schema', tool({ inputSchema: { type: 'object', const: '\u0000' } })],
    ['half a character in its schema', tool({ inputSchema: { type: 'object', '\ud800': 1 } })],
  ])('with %s is left out alone', async (_what, bad) => {
    const { tools, warnings } = await discover(tool({ name: 'one' }), bad, tool({ name: 'two' }));
    expect(tools.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.reason).toMatch(/^(It|Its) .*\.$/);
    expect(warnings[0]?.tool.length).toBeLessThanOrEqual(128);
  });

  it('may be nested to the limit and hold a backslash before u0000', async () => {
    const { tools } = await discover(
      tool({ name: 'deep', inputSchema: nested(SCHEMA_LIMITS.depth) }),
      tool({ name: 'backslash', inputSchema: { type: 'object', pattern: '\\u0000' } }),
    );
    expect(tools).toHaveLength(2);
  });

  it('may refer to itself, and loses an output schema that expands to billions', async () => {
    const tree = {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#' } } },
    };
    const { tools, warnings } = await discover(
      tool({ inputSchema: tree, outputSchema: tree }),
      tool({ name: 'half', outputSchema: bomb(40) }),
    );
    expect(tools.map(({ name, outputSchema }) => [name, outputSchema])).toEqual([
      ['good', tree],
      ['half', undefined],
    ]);
    expect(warnings).toEqual([
      { tool: 'half', reason: expect.stringMatching(/^Its output schema is too large once .*\.$/) },
    ]);
  });

  it('cannot exhaust the stack', async () => {
    const { warnings } = await discover(tool({ inputSchema: nested(100_000) }));
    expect(warnings).toHaveLength(1);
  });

  it('keeps a __proto__ member a member', async () => {
    const inputSchema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"}}}',
    );
    const { tools } = await discover(tool({ inputSchema }));
    expect(JSON.stringify(tools[0]?.inputSchema)).toBe(JSON.stringify(inputSchema));
  });

  it('loses only an output schema that cannot be used', async () => {
    const { tools, warnings } = await discover(tool({ outputSchema: 'none' }));
    expect(tools[0]?.outputSchema).toBeUndefined();
    expect(warnings).toEqual([
      { tool: 'good', reason: 'Its output schema is not an object and was left out.' },
    ]);
  });

  it('that comes twice counts once', async () => {
    const { tools, warnings } = await discover(tool(), tool({ description: 'other' }));
    expect(tools).toHaveLength(1);
    expect(warnings.map(({ tool: name }) => name)).toEqual(['good']);
  });
});

describe('pages', () => {
  it('are fetched until there is no cursor', async () => {
    const cursors: (string | undefined)[] = [];
    const { tools } = await discoverTools((cursor) => {
      cursors.push(cursor);
      const next = cursor === undefined ? 'a' : cursor === 'a' ? 'b' : '';
      return page({ tools: [tool({ name: `t${cursors.length}` })], nextCursor: next });
    }, 'modern');
    expect(cursors).toEqual([undefined, 'a', 'b']);
    expect(tools).toHaveLength(3);
  });

  it('end at their limit', async () => {
    const pages = (count: number) => {
      let fetched = 0;
      return discoverTools(() => {
        fetched += 1;
        return page({ tools: [], ...(fetched < count && { nextCursor: `c${fetched}` }) });
      }, 'modern');
    };
    await expect(pages(DISCOVERY_LIMITS.pages)).resolves.toEqual({ tools: [], warnings: [] });
    await expect(pages(DISCOVERY_LIMITS.pages + 1)).rejects.toMatchObject({
      code: 'RESPONSE_TOO_LARGE',
    });
  });

  it('hold a limited number of tools', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => tool({ name: `t${n}` }));
    expect((await discover(...many(DISCOVERY_LIMITS.tools))).tools).toHaveLength(
      DISCOVERY_LIMITS.tools,
    );
    await expect(discover(...many(DISCOVERY_LIMITS.tools + 1))).rejects.toMatchObject({
      code: 'RESPONSE_TOO_LARGE',
    });
  });

  it('hold a limited number of schemas that expand far', async () => {
    const many = (count: number, changes: JsonObject) =>
      Array.from({ length: count }, (_, n) => tool({ name: `t${n}`, ...changes }));
    const largest = Math.floor(DISCOVERY_LIMITS.walked / (SCHEMA_LIMITS.expandedSize + 1));
    for (const changes of [{ inputSchema: bomb(40) }, { outputSchema: bomb(40) }]) {
      expect((await discover(...many(largest, changes))).warnings).toHaveLength(largest);
      await expect(discover(...many(largest + 1, changes))).rejects.toMatchObject({
        code: 'RESPONSE_TOO_LARGE',
      });
    }
    // Refused for another reason, they are not even looked at.
    const lists = many(500, { inputSchema: { ...bomb(40), type: 'array' } });
    expect((await discover(...lists)).warnings).toHaveLength(500);
  });

  it('without a list are no answer', async () => {
    const pages = discoverTools(() => page({ tools: { good: tool() } }), 'modern');
    await expect(pages).rejects.toMatchObject({ code: 'INVALID_MCP_SERVER' });
  });
});
