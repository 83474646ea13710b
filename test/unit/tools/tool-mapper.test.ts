import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/mcp/client/mcp-client.ts';
import { messageFor } from '../../../src/modules/connectors/connection-test.ts';
import type { ToolDefinition } from '../../../src/modules/connectors/connector.ts';
import { formatToolset } from '../../../src/modules/tools/format-toolset.ts';
import type { ToolCallResult } from '../../../src/modules/tools/tool-call-service.ts';
import {
  toToolsetResource as toResource,
  toToolCallResource,
  writeToolset,
} from '../../../src/modules/tools/tool-mapper.ts';
import type { Toolset } from '../../../src/modules/tools/toolset.ts';

const bare: ToolDefinition = {
  title: undefined,
  description: undefined,
  inputSchema: { type: 'object' },
  outputSchema: undefined,
  annotations: undefined,
};
const full: ToolDefinition = {
  title: 'Echo',
  description: 'Says it again',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
  outputSchema: { type: 'object' },
  annotations: { readOnlyHint: true },
};
const at = new Date('2026-01-01T00:00:00.000Z');
const approved = { state: 'approved', isWarned: false } as const;
const toolset: Toolset = {
  tools: [
    {
      id: 'b',
      name: 's__bare',
      connectorId: 'c1',
      definition: bare,
      definitionHash: 'b',
      ...approved,
    },
    {
      id: 'f',
      name: 's__full',
      connectorId: 'c1',
      definition: full,
      definitionHash: 'f',
      ...approved,
    },
  ],
  held: [],
  outcomes: [
    {
      connectorId: 'c1',
      projectId: undefined,
      name: 'Server',
      slug: 's',
      outcome: 'ok',
      fault: undefined,
      credentialGeneration: 1,
      toolCount: 2,
      heldToolCount: 0,
      discoveredAt: at,
    },
  ],
};
const [outcome] = toolset.outcomes;

function formatted(given: Toolset) {
  return formatToolset(given, { format: 'mcp', selectedTool: undefined, limit: undefined });
}

function toToolsetResource(given: Toolset) {
  return toResource(formatted(given));
}

function etagOf(given: Toolset): string {
  return writeToolset(formatted(given), (body) => Buffer.from(JSON.stringify(body))).etag;
}

describe('toToolsetResource', () => {
  it('gives tools in the shape of the protocol, leaving out what is absent', () => {
    const { tools } = toToolsetResource(toolset);
    expect(tools).toStrictEqual([
      { name: 's__bare', inputSchema: { type: 'object' } },
      { name: 's__full', ...full },
    ]);
  });

  it('shows outcomes, faults with our own sentence', () => {
    const later = new Date('2026-02-01T00:00:00.000Z');
    const stale = {
      ...toolset,
      outcomes: toolset.outcomes.map((each) => ({
        ...each,
        outcome: 'stale' as const,
        fault: { code: 'TIMEOUT' as const, at: later, since: at },
      })),
    };
    const shown = {
      connector_id: 'c1',
      name: 'Server',
      slug: 's',
      project_id: null,
      tool_count: 2,
      held_tool_count: 0,
    };
    const discovered = { discovered_at: '2026-01-01T00:00:00.000Z' };
    expect(toToolsetResource(toolset).outcomes).toStrictEqual([
      {
        ...shown,
        ...discovered,
        outcome: 'ok',
        code: null,
        message: null,
        last_failed_at: null,
        failing_since: null,
      },
    ]);
    expect(toToolsetResource(stale).outcomes).toStrictEqual([
      {
        ...shown,
        ...discovered,
        outcome: 'stale',
        code: 'TIMEOUT',
        message: messageFor('TIMEOUT'),
        last_failed_at: '2026-02-01T00:00:00.000Z',
        failing_since: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('hashes the tools alone into content_hash, and everything into the representation', () => {
    const resource = toToolsetResource(toolset);
    expect(resource.content_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(toToolsetResource(structuredClone(toolset))).toEqual(resource);
    const renamed = {
      ...toolset,
      outcomes: toolset.outcomes.map((each) => ({ ...each, name: 'Other' })),
    };
    expect(toToolsetResource(renamed).content_hash).toBe(resource.content_hash);
    expect(etagOf(renamed)).not.toBe(etagOf(toolset));
    expect(etagOf(structuredClone(toolset))).toBe(etagOf(toolset));
    expect(etagOf(toolset)).toMatch(/^"[0-9a-f]{64}"$/);
  });

  it.each([
    ['a name', { name: 's__other', connectorId: 'c1', definition: bare }],
    [
      'a description',
      { name: 's__bare', connectorId: 'c1', definition: { ...bare, description: 'new' } },
    ],
    ['a schema', { name: 's__bare', connectorId: 'c1', definition: { ...bare, inputSchema: {} } }],
    [
      'annotations',
      { name: 's__bare', connectorId: 'c1', definition: { ...bare, annotations: {} } },
    ],
  ])('content_hash changes with %s', (_, changed) => {
    const tools = [
      { ...changed, id: 'b', definitionHash: 'b', ...approved },
      ...toolset.tools.slice(1),
    ];
    const resource = toToolsetResource({ ...toolset, tools });
    expect(resource.content_hash).not.toBe(toToolsetResource(toolset).content_hash);
  });

  it('names the hash of each definition, outside of the tools and of their hash', () => {
    const resource = toToolsetResource(toolset);
    expect(resource.definition_hashes).toStrictEqual({ s__bare: 'b', s__full: 'f' });
    const tools = toolset.tools.map((tool) => ({ ...tool, definitionHash: 'new' }));
    const changed = toToolsetResource({ ...toolset, tools });
    expect(etagOf({ ...toolset, tools })).not.toBe(etagOf(toolset));
    expect(changed.definition_hashes).toStrictEqual({ s__bare: 'new', s__full: 'new' });
    expect(changed.content_hash).toBe(resource.content_hash);
  });

  it('has neither tools nor warnings for nobody', () => {
    expect(toToolsetResource({ tools: [], held: [], outcomes: [] })).toMatchObject({
      tools: [],
      outcomes: [],
      warnings: [],
    });
    expect(outcome?.fault).toBeUndefined();
  });
});

describe('toToolCallResource', () => {
  const origin = { connectorId: 'c1', toolName: 'echo', durationMs: 12 };
  const shown = { connector_id: 'c1', tool: 'echo', duration_ms: 12 };
  const content: JsonObject[] = [{ type: 'text', text: 'hi', _meta: { a: 1 } }, { type: 'odd' }];

  it.each([true, false])('passes a result on unchanged, isError %s', (isError) => {
    const result: ToolCallResult = {
      ...origin,
      outcome: { kind: 'result', content, structuredContent: { n: 1 }, isError, meta: { b: 2 } },
    };
    expect(toToolCallResource(result)).toStrictEqual({
      ...shown,
      content,
      structured_content: { n: 1 },
      is_error: isError,
      protocol_error: null,
      meta: { b: 2 },
    });
  });

  it('says null where there is no structured content', () => {
    const result: ToolCallResult = {
      ...origin,
      outcome: { kind: 'result', content: [], structuredContent: undefined, isError: false },
    };
    expect(toToolCallResource(result)).toStrictEqual({
      ...shown,
      content: [],
      structured_content: null,
      is_error: false,
      protocol_error: null,
      meta: null,
    });
  });

  it('shows a refusal by the server as a result that an agent can read', () => {
    const result: ToolCallResult = {
      ...origin,
      outcome: { kind: 'protocol-error', code: -32602, message: 'unknown tool' },
    };
    expect(toToolCallResource(result)).toStrictEqual({
      ...shown,
      content: [{ type: 'text', text: 'unknown tool' }],
      structured_content: null,
      is_error: true,
      protocol_error: { code: -32602, message: 'unknown tool' },
      meta: null,
    });
  });
});
