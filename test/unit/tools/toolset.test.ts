import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ToolDefinition } from '../../../src/modules/connectors/connector.ts';
import type { ToolSource } from '../../../src/modules/connectors/connector-tool-store.ts';
import { compileToolset } from '../../../src/modules/tools/toolset.ts';
import { ToolsetService } from '../../../src/modules/tools/toolset-service.ts';

const definition: ToolDefinition = {
  title: undefined,
  description: undefined,
  inputSchema: { type: 'object' },
  outputSchema: undefined,
  annotations: undefined,
};
const at = new Date('2026-01-01T00:00:00.000Z');

function source(slug: string, tools: string[], rest: Partial<ToolSource> = {}): ToolSource {
  return {
    id: `id-${slug}`,
    name: `Name of ${slug}`,
    slug,
    health: 'HEALTHY',
    fault: undefined,
    discoveredAt: at,
    tools: tools.map((tool) => ({ exposedName: `${slug}__${tool}`, definition })),
    ...rest,
  };
}

describe('compileToolset', () => {
  it('sorts tools by name and outcomes by slug, by code units', () => {
    const toolset = compileToolset([
      source('b', ['z', 'A', 'a', '_', '9']),
      source('a-2', ['x']),
      source('a', ['x']),
    ]);
    expect(toolset.tools.map(({ name }) => name)).toEqual([
      'a-2__x',
      'a__x',
      'b__9',
      'b__A',
      'b___',
      'b__a',
      'b__z',
    ]);
    expect(toolset.outcomes.map(({ slug }) => slug)).toEqual(['a', 'a-2', 'b']);
  });

  it('keeps equals in their order', () => {
    const first = { ...source('a', ['x']), id: 'first' };
    const second = { ...source('a', ['x']), id: 'second' };
    const toolset = compileToolset([first, second]);
    expect(toolset.outcomes.map(({ connectorId }) => connectorId)).toEqual(['first', 'second']);
    expect(toolset.tools).toHaveLength(2);
  });

  it('is empty for nobody', () => {
    expect(compileToolset([])).toEqual({ tools: [], outcomes: [] });
  });

  it('says of each connector how fresh its tools are, and keeps the tools of all', () => {
    const fault = { code: 'TIMEOUT', at } as const;
    const refused = { code: 'AUTH_FAILED', at } as const;
    const toolset = compileToolset([
      source('ok', ['a', 'b']),
      source('stale', ['c'], { health: 'ERROR', fault }),
      source('locked', ['d'], { health: 'NEEDS_AUTH', fault: refused }),
      source('empty', []),
    ]);
    expect(toolset.tools).toHaveLength(4);
    expect(toolset.outcomes).toEqual([
      {
        connectorId: 'id-empty',
        name: 'Name of empty',
        slug: 'empty',
        outcome: 'ok',
        fault: undefined,
        toolCount: 0,
        discoveredAt: at,
      },
      expect.objectContaining({ slug: 'locked', outcome: 'needs_auth', fault: refused }),
      expect.objectContaining({ slug: 'ok', outcome: 'ok', fault: undefined, toolCount: 2 }),
      expect.objectContaining({ slug: 'stale', outcome: 'stale', fault, toolCount: 1 }),
    ]);
  });

  it('does not depend on the order of the rows, and does not change them', () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,5}$/);
    const sources = fc
      .uniqueArray(fc.tuple(word, fc.uniqueArray(word, { maxLength: 6 })), {
        maxLength: 6,
        selector: ([slug]) => slug,
      })
      .map((rows) => rows.map(([slug, tools]) => source(slug, tools)));
    const orders = sources.chain((rows) =>
      fc.tuple(
        fc.constant(rows),
        fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length }),
      ),
    );
    fc.assert(
      fc.property(orders, ([rows, shuffled]) => {
        const before = structuredClone(rows);
        expect(compileToolset(shuffled)).toEqual(compileToolset(rows));
        expect(rows).toEqual(before);
      }),
    );
  });
});

describe('ToolsetService', () => {
  it('asks for the rows of this user only', async () => {
    const asked: object[] = [];
    const store = {
      listSources: async (identity: object) => {
        asked.push(identity);
        return [source('a', ['x'])];
      },
    };
    const alice = { tenantId: 'tenant-a', userId: 'alice' };
    const toolset = await new ToolsetService({ store }).get(alice);
    expect(asked).toEqual([alice]);
    expect(toolset).toEqual(compileToolset([source('a', ['x'])]));
  });
});
