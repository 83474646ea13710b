import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

let service: TestService;
let server: ScriptedServer;
let alice: ApiClient;
let id: string;

function startWith(first: string, changed: string, destructive: string) {
  return async () => {
    service = await startTestService({
      env: {
        TOOL_POLICY_FIRST: first,
        TOOL_POLICY_CHANGED: changed,
        TOOL_POLICY_DESTRUCTIVE: destructive,
      },
    });
  };
}

const destructive = (name: string, description?: string) => ({
  ...tool(name, description),
  annotations: { destructiveHint: true },
});

beforeEach(async () => {
  server = await ScriptedServer.start({ tools: [tool('read'), destructive('wipe')] });
});

async function connect(): Promise<void> {
  alice = await service.clientFor();
  id = (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201).id;
}

afterEach(() => server.stop());

/** Names that agents get, and what they are warned of. */
async function toolset() {
  const { tools, warnings } = (await alice.getTools()).ok();
  return {
    names: tools.map(({ name }) => name),
    warnings: warnings.map(({ code, tool: name }) => [code, name]),
  };
}

async function approveAll(): Promise<void> {
  const { items } = (await alice.listConnectorTools(id)).ok();
  const approvals = items.map(({ id: tool_id, definition_hash }) => ({ tool_id, definition_hash }));
  (await alice.approveTools(id, approvals)).ok();
}

describe('first definitions held back, changes with a warning', () => {
  beforeAll(startWith('hold', 'warn', 'hold'));
  afterAll(() => service.close());
  beforeEach(connect);

  it('offers nothing before it is approved', async () => {
    expect(await toolset()).toEqual({
      names: [],
      warnings: [
        ['HELD_BACK', 'mine__read'],
        ['HELD_BACK', 'mine__wipe'],
      ],
    });
    const { items } = (await alice.listConnectorTools(id)).ok();
    expect(items).toMatchObject([
      { state: 'new', held_back: true, approved_at: null, change: null },
      { state: 'new', held_back: true, approved_at: null, change: null },
    ]);
    (await alice.callTool({ name: 'mine__read' })).problem(409, 'TOOL_NOT_APPROVED');
    expect(server.calls).toEqual([]);
  });

  it('offers a change with a warning, but not of a tool that is destructive, or was', async () => {
    await approveAll();
    expect(await toolset()).toEqual({ names: ['mine__read', 'mine__wipe'], warnings: [] });
    server.tools = [tool('read', 'Changed.'), tool('wipe', 'Harmless now.')];
    (await alice.syncConnector(id)).ok();

    expect(await toolset()).toEqual({
      names: ['mine__read'],
      warnings: [
        ['UNAPPROVED', 'mine__read'],
        ['HELD_BACK', 'mine__wipe'],
      ],
    });
    const { items } = (await alice.listConnectorTools(id)).ok();
    expect(items).toMatchObject([
      { state: 'changed', held_back: false },
      { state: 'changed', held_back: true },
    ]);
    (await alice.callTool({ name: 'mine__read' })).ok();
    (await alice.callTool({ name: 'mine__wipe' })).problem(409, 'TOOL_NOT_APPROVED');
    await approveAll();
    expect(await toolset()).toEqual({ names: ['mine__read', 'mine__wipe'], warnings: [] });
  });
});

describe('first definitions with a warning, changes accepted, destructive ones held back', () => {
  beforeAll(startWith('warn', 'accept', 'hold'));
  afterAll(() => service.close());
  beforeEach(connect);

  it('warns of new tools, and takes changes as they come', async () => {
    expect(await toolset()).toEqual({
      names: ['mine__read'],
      warnings: [
        ['UNAPPROVED', 'mine__read'],
        ['HELD_BACK', 'mine__wipe'],
      ],
    });
    (await alice.callTool({ name: 'mine__read' })).ok();
    await approveAll();
    server.tools = [tool('read', 'Changed.'), destructive('wipe', 'Changed.')];
    (await alice.syncConnector(id)).ok();
    expect(await toolset()).toEqual({
      names: ['mine__read'],
      warnings: [['HELD_BACK', 'mine__wipe']],
    });
  });
});

describe('a tool that becomes destructive', () => {
  beforeAll(startWith('accept', 'hold', 'accept'));
  afterAll(() => service.close());

  it('is held back by default like any change, and shown with what became of it', async () => {
    server.tools = [tool('read')];
    await connect();
    server.tools = [destructive('read')];
    (await alice.syncConnector(id)).ok();
    expect(await toolset()).toMatchObject({ names: [] });
    const { items } = (await alice.listConnectorTools(id)).ok();
    expect(items[0]?.change?.differences).toMatchObject([
      { field: 'annotations', kind: 'added', before: null, after: '{"destructiveHint":true}' },
    ]);
  });
});
