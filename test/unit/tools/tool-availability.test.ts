import { beforeEach, describe, expect, it } from 'vitest';
import type { ToolStanding } from '../../../src/modules/connectors/connector-tool-store.ts';
import {
  availabilityOf,
  refusalOf,
  type ToolQuestion,
  unavailableError,
} from '../../../src/modules/tools/tool-availability.ts';
import { compileToolset } from '../../../src/modules/tools/toolset.ts';
import { hashOf, source } from './support/toolsets.ts';

const alice = { tenantId: 'tenant-a', userId: 'alice' };
const off: ToolStanding = {
  exposedName: 'off__search',
  connectorId: 'id-off',
  projectId: undefined,
  toolId: 'id-of-search',
  state: 'approved',
  admission: 'offered',
  definitionHash: hashOf('search'),
  intent: 'DISABLED',
  health: 'NEEDS_AUTH',
  credentialGeneration: 1,
};
const toolset = compileToolset([
  source('ok', { search: {}, send: {} }),
  source('late', { search: {} }, 'ERROR'),
  source('locked', { search: {} }, 'NEEDS_AUTH'),
]);
let asked: unknown[];

beforeEach(() => {
  asked = [];
});

function judge(names: string[], definitionHashes?: ToolQuestion['definitionHashes']) {
  const store = {
    listStandings: async (...question: unknown[]) => {
      asked.push(question);
      return [off];
    },
  };
  const question = { names, ...(definitionHashes && { definitionHashes }) };
  return availabilityOf(store, alice, toolset, question);
}

describe('availabilityOf', () => {
  it('tells of each name in the order given, also of one that comes twice', async () => {
    const names = ['locked__search', 'ok__search', 'off__search', 'gone__x', 'ok__search'];

    const found = await judge(names);

    expect(found.map(({ name }) => name)).toEqual(names);
    expect(found.map(({ obstacle }) => obstacle?.code)).toEqual([
      'NEEDS_AUTH',
      undefined,
      'CONNECTOR_DISABLED',
      'TOOL_NOT_FOUND',
      undefined,
    ]);
    expect(found.map(({ standing }) => standing?.connectorId)).toEqual([
      'id-locked',
      'id-ok',
      'id-off',
      undefined,
      'id-ok',
    ]);
  });

  it('asks the store once, for this user, and only for what is not listed and may exist', async () => {
    await judge(['ok__search', 'off__search', 'gone__x', '名前', 'x'.repeat(65), 'a b']);
    expect(asked).toEqual([[alice, ['off__search', 'gone__x']]]);

    asked = [];
    await judge(['ok__search', '名前']);
    expect(asked).toEqual([]);
  });

  it('offers only tools that are ready, and none in place of one that is', async () => {
    const [typo, ready] = await judge(['serch', 'ok__search']);

    expect(typo?.nearest).toEqual(expect.arrayContaining(['ok__search', 'late__search']));
    expect(typo?.nearest).not.toContain('locked__search');
    expect(typo?.nearest).not.toContain('off__search');
    expect(ready?.nearest).toEqual([]);
  });

  it('counts a tool whose server failed lately as ready, and remembers that it failed', async () => {
    const [late] = await judge(['late__search']);
    expect(late).toMatchObject({ obstacle: undefined, standing: { health: 'ERROR' } });
  });

  it('finds out that a tool is not the one that is known, but not where it is out of reach anyway', async () => {
    const hash = 'f'.repeat(64);
    const hashes = new Map(
      ['ok__search', 'locked__search', 'off__search', 'gone__x'].map((name) => [name, hash]),
    );

    const found = await judge([...hashes.keys(), 'ok__send'], hashes);

    expect(found.map(({ obstacle }) => obstacle?.code)).toEqual([
      'TOOL_CHANGED',
      'TOOL_CHANGED',
      'CONNECTOR_DISABLED',
      'TOOL_NOT_FOUND',
      undefined,
    ]);
    const [same] = await judge(['ok__search'], new Map([['ok__search', hashOf('search')]]));
    expect(same?.obstacle).toBeUndefined();
  });

  it('says what to do, in words and as a value, and that waiting alone helps nothing', async () => {
    const found = await judge(
      ['gone__x', 'off__search', 'locked__search', 'ok__send'],
      new Map([['ok__send', '0']]),
    );

    expect(found.map(({ obstacle }) => obstacle)).toEqual([
      {
        code: 'TOOL_NOT_FOUND',
        detail: expect.stringContaining('nearest'),
        retryable: false,
        remedy: 'choose_another_tool',
      },
      {
        code: 'CONNECTOR_DISABLED',
        detail: expect.stringContaining('Enable'),
        retryable: false,
        remedy: 'enable_connector',
      },
      {
        code: 'NEEDS_AUTH',
        detail: expect.stringContaining('credentials'),
        retryable: false,
        remedy: 'renew_credentials',
      },
      {
        code: 'TOOL_CHANGED',
        detail: expect.stringContaining('list of tools'),
        retryable: false,
        remedy: 'read_tools_again',
      },
    ]);
  });
});

describe('unavailableError', () => {
  it('carries the code, what to do, the connector and the nearest names', async () => {
    const [missing, disabled, ready] = await judge(['searc', 'off__search', 'ok__search']);

    const ofMissing = missing && unavailableError(missing);
    expect(ofMissing?.code).toBe('TOOL_NOT_FOUND');
    expect(ofMissing?.options.extensions).toEqual({ nearest: ['late__search', 'ok__search'] });
    const ofDisabled = disabled && unavailableError(disabled);
    expect(ofDisabled?.options.extensions).toMatchObject({ connector_id: 'id-off' });
    expect(ready && unavailableError(ready)).toBeUndefined();
  });
});

describe('refusalOf', () => {
  it('leaves to the server what only the server can know: whether it takes the credentials by now', () => {
    const locked = { ...off, intent: 'ENABLED' } as const;
    expect(refusalOf(locked)).toBeUndefined();
    expect(refusalOf(locked, locked.definitionHash)).toBeUndefined();
    expect(refusalOf(locked, 'f'.repeat(64))?.code).toBe('TOOL_CHANGED');
    expect(refusalOf(off)?.code).toBe('CONNECTOR_DISABLED');
    expect(refusalOf(undefined)?.code).toBe('TOOL_NOT_FOUND');
  });
});
