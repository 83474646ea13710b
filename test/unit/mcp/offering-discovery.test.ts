import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/mcp/client/mcp-client.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { discoverOfferings, OFFERING_LIMITS } from '../../../src/mcp/client/offering-discovery.ts';
import { OFFERING_KINDS, type OfferingKind } from '../../../src/mcp/client/server-offerings.ts';

const page = async (result: JsonObject, textLength = 100) => ({
  answer: { jsonrpc: '2.0' as const, id: 1, result },
  textLength,
});
const refusal = async (code: number) => ({
  answer: { jsonrpc: '2.0' as const, id: 1, error: { code, message: 'no' } },
  textLength: 0,
});
const MEMBERS = {
  prompt: 'prompts',
  resource: 'resources',
  template: 'resourceTemplates',
} as const;

/** What is kept of these entries. */
async function kept(kind: OfferingKind, ...entries: unknown[]) {
  const found = await discoverOfferings([kind], () => page({ [MEMBERS[kind]]: entries }));
  return found[kind];
}

describe('a prompt', () => {
  it('comes through with what MCP defines, its texts cleaned', async () => {
    const raw = {
      name: 'review',
      title: 'Re\u202eview',
      description: 'd'.repeat(9_000),
      arguments: [
        { name: 'code', title: 'Code', description: 'The\u200b code.', required: true, type: 'x' },
        { name: 'tone', required: 'yes' },
      ],
      icons: [{ src: 'https://tracker.example.com/pixel' }],
      _meta: { vendor: true },
    };
    expect(await kept('prompt', raw)).toEqual([
      {
        key: 'review',
        definition: {
          title: 'Review',
          description: 'd'.repeat(8_000),
          arguments: [
            { name: 'code', title: 'Code', description: 'The code.', required: true },
            { name: 'tone' },
          ],
        },
      },
    ]);
  });

  it.each([
    ['no object', 'review'],
    ['no name', { title: 'x' }],
    ['an empty name', { name: '' }],
    ['a name of 129 characters', { name: 'n'.repeat(129) }],
    ['a hidden character in its name', { name: 'a\u200bb' }],
    ['arguments that are no list', { name: 'a', arguments: {} }],
    ['an argument without a name', { name: 'a', arguments: [{ required: true }] }],
    ['too many arguments', { name: 'a', arguments: Array(51).fill({ name: 'x' }) }],
  ])('with %s is left out alone', async (_what, raw) => {
    expect(await kept('prompt', raw, { name: 'good' })).toEqual([
      { key: 'good', definition: { arguments: [] } },
    ]);
  });
});

describe('a resource', () => {
  it('comes through with what MCP defines', async () => {
    const raw = {
      uri: 'FILE:///a+b?c={d}#é',
      name: 'two\nlines',
      title: 'T',
      description: 'D',
      mimeType: 'text/plain',
      size: 12,
      annotations: {
        audience: ['user', 'user'],
        priority: 0.5,
        lastModified: '2026-01-01T00:00:00Z',
        x: 1,
      },
      _meta: {},
    };
    expect(await kept('resource', raw)).toEqual([
      {
        key: raw.uri,
        definition: {
          name: 'two lines',
          title: 'T',
          description: 'D',
          mimeType: 'text/plain',
          annotations: { audience: ['user'], priority: 0.5, lastModified: '2026-01-01T00:00:00Z' },
          size: 12,
        },
      },
    ]);
  });

  it('loses what is not as MCP defines it', async () => {
    const annotations = { audience: ['everybody'], priority: 7, lastModified: '<b>' };
    const raw = { uri: 'a:b', name: 'a', mimeType: 'x\u0000y', size: -1, annotations };
    expect(await kept('resource', raw)).toEqual([{ key: 'a:b', definition: { name: 'a' } }]);
  });

  it.each([
    ['no URI', { name: 'a' }],
    ['a URI without a scheme', { uri: '/etc/passwd', name: 'a' }],
    ['a control character in its URI', { uri: 'file:///a\u0000b', name: 'a' }],
    ['a line break in its URI', { uri: 'file:///a\r\nHost: b', name: 'a' }],
    ['a space in its URI', { uri: 'file:///a b', name: 'a' }],
    ['a hidden character in its URI', { uri: 'file:///a\u202eb', name: 'a' }],
    ['a URI that is too long', { uri: `a:${'b'.repeat(2_000)}`, name: 'a' }],
    ['no name', { uri: 'a:b' }],
    ['a name that nobody sees', { uri: 'a:b', name: '\u200b' }],
  ])('with %s is left out alone', async (_what, raw) => {
    expect(await kept('resource', raw, { uri: 'good:1', name: 'g' })).toHaveLength(1);
  });

  it('that comes twice is kept once', async () => {
    const found = await kept('resource', { uri: 'a:b', name: '1' }, { uri: 'a:b', name: '2' });
    expect(found).toEqual([{ key: 'a:b', definition: { name: '1' } }]);
  });
});

describe('a template', () => {
  it('comes through', async () => {
    expect(
      await kept('template', { uriTemplate: 'a://{b}', name: 'n', mimeType: 'text/html', size: 1 }),
    ).toEqual([{ key: 'a://{b}', definition: { name: 'n', mimeType: 'text/html' } }]);
    expect(await kept('template', { uriTemplate: 'a b', name: 'n' }, { name: 'x' })).toEqual([]);
  });
});

describe('a list', () => {
  it('that fails is absent, and costs no other', async () => {
    const found = await discoverOfferings(OFFERING_KINDS, (method) => {
      if (method === 'prompts/list') return Promise.reject(new McpFailure('TIMEOUT'));
      if (method === 'resources/list') return refusal(-32603);
      return page({ resourceTemplates: [{ uriTemplate: 'a:{b}', name: 'n' }] });
    });
    expect(Object.keys(found)).toEqual(['template']);
  });

  it('that is none is absent; one that the server does not know is empty', async () => {
    const found = await discoverOfferings(OFFERING_KINDS, (method) =>
      method === 'prompts/list' ? page({ prompts: 'x' }) : refusal(-32601),
    );
    expect(found).toEqual({ resource: [], template: [] });
  });

  it('is paged through, and not in circles', async () => {
    const cursors: unknown[] = [];
    const found = await discoverOfferings(['resource'], (_method, cursor) => {
      cursors.push(cursor);
      const n = cursors.length;
      return page({
        resources: [{ uri: `a:${n}`, name: 'n' }],
        nextCursor: n < 3 ? `c${n}` : 'c1',
      });
    });
    expect(cursors).toEqual([undefined, 'c1', 'c2']);
    expect(found.resource).toHaveLength(3);
  });

  it('without an end is cut where the limits are, and not asked for more', async () => {
    let asked = 0;
    const endless = await discoverOfferings(['prompt'], () => {
      asked += 1;
      const prompts = Array.from({ length: 300 }, (_, n) => ({ name: `p${asked}-${n}` }));
      return page({ prompts, nextCursor: String(asked) });
    });
    expect([endless.prompt?.length, asked]).toEqual([OFFERING_LIMITS.entries, 2]);

    asked = 0;
    await discoverOfferings(['prompt'], () => {
      asked += 1;
      return page({ prompts: [], nextCursor: String(asked) });
    });
    expect(asked).toBe(OFFERING_LIMITS.pages);
  });

  it('shares its room with the others', async () => {
    const large = (n: number) => ({ uri: `a:${n}`, name: 'n', description: 'd'.repeat(8_000) });
    const resources = Array.from({ length: 400 }, (_, n) => large(n));
    const found = await discoverOfferings(OFFERING_KINDS, (method) =>
      method === 'resources/list'
        ? page({ resources })
        : page({ prompts: [{ name: 'a' }], resourceTemplates: [{ uriTemplate: 'a', name: 'a' }] }),
    );
    expect(found.prompt).toHaveLength(1);
    expect(found.resource?.length).toBeLessThan(270);
    expect(JSON.stringify(found).length).toBeLessThan(OFFERING_LIMITS.definitionsLength * 1.05);
  });

  it('whose pages are huge is not read on', async () => {
    let asked = 0;
    const found = await discoverOfferings(['resource', 'template'], (_method, cursor) => {
      asked += 1;
      const entries = { resources: [{ uri: `a:${asked}`, name: 'n' }], resourceTemplates: [] };
      return page({ ...entries, nextCursor: `${cursor}x` }, 3 * 1024 * 1024);
    });
    expect([found.resource?.length, asked]).toEqual([2, 4]);
  });
});
