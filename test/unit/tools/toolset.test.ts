import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import type { ToolDefinition } from '../../../src/modules/connectors/connector.ts';
import type {
  ToolSource,
  ToolStanding,
} from '../../../src/modules/connectors/connector-tool-store.ts';
import { ToolCache } from '../../../src/modules/tools/tool-cache.ts';
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
    projectId: undefined,
    name: `Name of ${slug}`,
    slug,
    health: 'HEALTHY',
    fault: undefined,
    credentialGeneration: 1,
    discoveredAt: at,
    tools: tools.map((tool) => ({
      id: `id-of-${tool}`,
      exposedName: `${slug}__${tool}`,
      definition,
      definitionHash: 'd',
      state: 'approved',
      isWarned: false,
    })),
    held: [],
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
    expect(compileToolset([])).toEqual({ tools: [], held: [], outcomes: [] });
  });

  it('says of each connector how fresh its tools are, and keeps the tools of all', () => {
    const fault = { code: 'TIMEOUT', at, since: at } as const;
    const refused = { code: 'AUTH_FAILED', at, since: at } as const;
    const toolset = compileToolset([
      source('ok', ['a', 'b']),
      source('stale', ['c'], { health: 'ERROR', fault }),
      source('locked', ['d'], { health: 'NEEDS_AUTH', fault: refused }),
      source('empty', []),
      source('nothing', [], { health: 'ERROR', fault }),
    ]);
    expect(toolset.tools).toHaveLength(4);
    expect(toolset.outcomes).toEqual([
      {
        connectorId: 'id-empty',
        name: 'Name of empty',
        credentialGeneration: 1,
        slug: 'empty',
        outcome: 'ok',
        fault: undefined,
        toolCount: 0,
        heldToolCount: 0,
        discoveredAt: at,
      },
      expect.objectContaining({ slug: 'locked', outcome: 'needs_auth', fault: refused }),
      expect.objectContaining({ slug: 'nothing', outcome: 'error', fault, toolCount: 0 }),
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
  const alice = { tenantId: 'tenant-a', userId: 'alice' };
  const plain = { format: 'mcp', selectedTool: undefined, limit: undefined } as const;
  const refused = { code: 'AUTH_FAILED', at, since: at } as const;
  let asked: object[];
  let service: ToolsetService;

  beforeEach(() => {
    asked = [];
    const sources = [
      source('a', ['search', 'send']),
      source('b', ['search'], { health: 'NEEDS_AUTH', fault: refused }),
    ];
    const tools = new ToolCache({
      store: {
        listSources: async (identity) => {
          asked.push(identity);
          return sources;
        },
        findCallable: async () => undefined,
      },
      isLive: () => false,
      maxBytes: 0,
    });
    service = new ToolsetService({
      tools,
      store: {
        listStandings: async (identity, names): Promise<ToolStanding[]> => {
          asked.push({ identity, names });
          if (!names.includes('off__search')) return [];
          return [
            {
              connectorId: 'id-off',
              projectId: undefined,
              toolId: 'id-of-search',
              state: 'approved',
              admission: 'offered',
              exposedName: 'off__search',
              intent: 'DISABLED',
              health: 'HEALTHY',
              credentialGeneration: 1,
              definitionHash: 'd',
            },
          ];
        },
      },
    });
  });

  async function refusalOf(selectedTool: string): Promise<AppError> {
    const error = await service.get(alice, { ...plain, selectedTool }).catch((reason) => reason);
    if (error instanceof AppError) return error;
    throw new Error('expected an AppError', { cause: error });
  }

  it('asks for the rows of this user only', async () => {
    const toolset = await service.get(alice, plain);
    expect(asked).toEqual([alice]);
    expect(toolset.tools).toMatchObject([
      { name: 'a__search' },
      { name: 'a__send' },
      { name: 'b__search' },
    ]);
  });

  it('gives a selected tool that can be used without another question', async () => {
    const toolset = await service.get(alice, { ...plain, selectedTool: 'a__send' });
    expect(toolset.instructions).toContain('a__send');
    expect(asked).toEqual([alice]);
  });

  it('says that the connector of the selected tool is disabled, and what is near', async () => {
    const { code, options } = await refusalOf('off__search');
    expect({ code, ...options }).toMatchObject({
      code: 'CONNECTOR_DISABLED',
      extensions: { connector_id: 'id-off', nearest: ['a__search'] },
    });
    expect(asked.at(-1)).toEqual({ identity: alice, names: ['off__search'] });
  });

  it('says that the connector of the selected tool needs a sign-in, and never offers its tools', async () => {
    const { code, options } = await refusalOf('b__search');
    expect({ code, ...options }).toMatchObject({
      code: 'NEEDS_AUTH',
      extensions: { connector_id: 'id-b', nearest: ['a__search'] },
    });
  });

  it.each(['a__serch', 'search', 'SEARCH', 'A__Search'])('names what %s is like', async (name) => {
    const { code, options } = await refusalOf(name);
    expect(code).toBe('TOOL_NOT_FOUND');
    expect(options.extensions).toMatchObject({ nearest: expect.arrayContaining(['a__search']) });
  });

  it('asks the store for no name that no tool can have', async () => {
    expect((await refusalOf('\u540d\u524d of a tool')).code).toBe('TOOL_NOT_FOUND');
    expect(asked).toEqual([alice]);
  });
});
