import { request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

let service: TestService;
let alice: ApiClient;
let server: ScriptedServer;
let second: ScriptedServer;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start();
  second = await ScriptedServer.start();
});

afterEach(async () => {
  await server.stop();
  await second.stop();
});

async function create(name: string, url = server.url): Promise<Connector> {
  return (await alice.createConnector({ name, server_url: url })).ok(201);
}

async function names(): Promise<string[]> {
  return (await alice.getTools()).ok().tools.map(({ name }) => name);
}

describe('the toolset of a user', () => {
  it('is empty, with a hash and a tag, for a user without connectors', async () => {
    const answer = await alice.getTools();

    expect(answer.ok()).toEqual({
      tools: [],
      tool_choice: null,
      instructions: null,
      definition_hashes: {},
      warnings: [],
      outcomes: [],
      content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(answer.etag).toMatch(/^"[0-9a-f]{64}"$/);
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
  });

  it('shows the tools in the shape of the protocol, all but the name as the server told', async () => {
    const full = {
      name: 'full',
      title: 'Full',
      description: 'Größe – 名前 🧰',
      inputSchema: {
        type: 'object' as const,
        properties: { z: { type: 'string' }, a: { type: 'number', enum: [1, 2] } },
        required: ['z'],
        additionalProperties: false,
      },
      outputSchema: { type: 'object' as const, properties: { sum: { type: 'number' } } },
      annotations: { readOnlyHint: true, title: 'Hint' },
    };
    server.tools = [full, tool('bare')];
    await create('Mine');

    const answer = await alice.getTools();

    expect(answer.ok().tools).toEqual([
      { ...tool('bare'), name: 'mine__bare' },
      { ...full, name: 'mine__full' },
    ]);
    // Models read the properties in the order they are written in.
    const schema = JSON.stringify(full.inputSchema.properties);
    expect(answer.text).toContain(schema);
  });

  it('is in the same order, whatever the order of servers and connectors', async () => {
    // The last one gets a name that sorts before those of the others.
    server.tools = [tool('b'), tool('a'), tool('C'), tool('_'), tool('é')];
    second.tools = [tool('z'), tool('a')];
    await create('Beta', server.url);
    await create('Alpha', second.url);
    const before = (await alice.getTools()).ok();
    expect(before.tools.map(({ name }) => name)).toEqual([
      'alpha__a',
      'alpha__z',
      'beta__C',
      'beta___',
      expect.stringMatching(/^beta____[0-9a-f]{8}$/),
      'beta__a',
      'beta__b',
    ]);
    expect(before.outcomes.map(({ slug }) => slug)).toEqual(['alpha', 'beta']);

    server.tools = [...server.tools].reverse();
    const [, beta] = (await alice.listConnectors()).ok().items;
    (await alice.syncConnector(String(beta?.id))).ok();

    const after = (await alice.getTools()).ok();
    expect(after.tools).toEqual(before.tools);
    expect(after.content_hash).toBe(before.content_hash);
  });

  it('has only names that every model provider takes, each once, and each can be called', async () => {
    server.tools = [
      'plain',
      'Plain',
      'with space',
      'with.dot',
      'with_dot',
      'ünïcode',
      '名前',
      'slash/ed',
      '__proto__',
      'x'.repeat(128),
      `${'x'.repeat(127)}y`,
    ].map((name) => tool(name));
    await create('A name of a connector that is quite long');

    const exposed = await names();

    expect(exposed).toHaveLength(11);
    for (const name of exposed) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(new Set(exposed.map((name) => name.toLowerCase())).size).toBe(11);
    for (const name of exposed) (await alice.callTool({ name })).ok();
    expect([...server.calls].sort()).toEqual(server.tools.map(({ name }) => name).sort());
  });

  it('asks no server', async () => {
    await create('Mine');
    const seenBefore = server.requests.length;

    await names();

    expect(server.requests).toHaveLength(seenBefore);
  });
});

describe('the tag of the toolset', () => {
  it('answers 304 while nothing changed, also in a list and as a weak one', async () => {
    await create('Mine');
    const { etag } = await alice.getTools();

    for (const given of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await alice.getTools('me', { 'if-none-match': given });
      expect([answer.status, answer.text, answer.etag]).toEqual([304, '', etag]);
    }
    (await alice.getTools('me', { 'if-none-match': '"other"' })).ok();
  });

  it('answers 304 as a strict client expects it: with no length of a body that does not come', async () => {
    const authorization = `Bearer ${await service.tokenFor('strict')}`;
    const { etag = '' } = await (await service.clientFor('strict')).getTools();

    const answer = await request(`${service.url}/api/users/me/tools`, {
      headers: { authorization, 'if-none-match': etag },
    });

    expect([answer.statusCode, answer.headers['content-length']]).toEqual([304, undefined]);
    expect(await answer.body.text()).toBe('');
  });

  it('changes with the tools, and so does the hash', async () => {
    const { id } = await create('Mine');
    const before = await alice.getTools();
    server.tools = [tool('echo', 'Now different.')];
    (await alice.syncConnector(id)).ok();

    const after = await alice.getTools('me', { 'if-none-match': before.etag });

    expect(after.ok().content_hash).not.toBe(before.ok().content_hash);
    expect(after.etag).not.toBe(before.etag);
  });

  it('changes with the health of a connector, while the hash of the tools stays', async () => {
    const { id } = await create('Mine');
    const before = await alice.getTools();
    await server.stop();
    (await alice.testConnector(id)).ok();

    const after = await alice.getTools('me', { 'if-none-match': before.etag });

    expect(after.ok().content_hash).toBe(before.ok().content_hash);
    expect(after.etag).not.toBe(before.etag);
  });

  it('is that of the user: the same tools of another user are no 304', async () => {
    await create('Mine');
    const { etag } = await alice.getTools();
    const bob = await service.clientFor();
    (await bob.createConnector({ name: 'Mine', server_url: server.url })).ok(201);

    (await bob.getTools('me', { 'if-none-match': etag })).ok();
  });
});

describe('outcomes', () => {
  it('tell which connectors are fresh, stale or need a sign-in, and keep all tools', async () => {
    const healthy = await create('Healthy', server.url);
    const third = await ScriptedServer.start();
    const closing = await create('Closing', third.url);
    const dying = await create('Dying', second.url);
    await second.stop();
    third.token = 'needed';
    for (const { id } of [closing, dying]) (await alice.testConnector(id)).ok();
    try {
      const { tools, outcomes } = (await alice.getTools()).ok();

      expect(tools.map(({ name }) => name)).toEqual([
        'closing__echo',
        'dying__echo',
        'healthy__echo',
      ]);
      expect(outcomes).toMatchObject([
        {
          connector_id: closing.id,
          outcome: 'needs_auth',
          code: 'AUTH_REQUIRED',
          message: expect.stringMatching(/credentials/),
          tool_count: 1,
        },
        {
          connector_id: dying.id,
          name: 'Dying',
          slug: 'dying',
          outcome: 'stale',
          code: 'CONNECTION_FAILED',
          discovered_at: dying.last_tested_at,
          last_failed_at: (await alice.getConnector(dying.id)).ok().last_error?.occurred_at,
        },
        {
          connector_id: healthy.id,
          outcome: 'ok',
          code: null,
          message: null,
          last_failed_at: null,
        },
      ]);
      (await alice.callTool({ name: 'healthy__echo' })).ok();
    } finally {
      await third.stop();
    }
  });

  it('tell since when a server fails: from its first failure on, until it works again', async () => {
    const { id } = await create('Mine');
    const outcome = async () => (await alice.getTools()).ok().outcomes[0];
    const fail = async () => {
      (await alice.testConnector(id)).ok();
      return await outcome();
    };

    await server.stop();
    const first = await fail();
    expect(first?.failing_since).toBe(first?.last_failed_at);
    // Another kind of failure is still a failure.
    await server.listen();
    server.token = 'needed';
    const second = await fail();
    expect(second).toMatchObject({ outcome: 'needs_auth', failing_since: first?.failing_since });
    expect(Date.parse(String(second?.last_failed_at))).toBeGreaterThan(
      Date.parse(String(first?.last_failed_at)),
    );

    server.token = undefined;
    (await alice.syncConnector(id)).ok();
    expect(await outcome()).toMatchObject({ last_failed_at: null, failing_since: null });
    await server.stop();
    const again = await fail();
    expect(again?.failing_since).toBe(again?.last_failed_at);
  });

  it('leave out what is disabled', async () => {
    const { id } = await create('Mine');
    (await alice.setStatus(id, 'DISABLED')).ok();

    expect((await alice.getTools()).ok()).toMatchObject({ tools: [], outcomes: [] });
  });
});

describe('the format', () => {
  it('is that of MCP where none is asked for, and one of a closed list', async () => {
    const query = (format: string) => alice.send('GET', `/api/users/me/tools?format=${format}`);

    expect((await query('mcp')).ok()).toEqual((await alice.getTools()).ok());
    const problem = (await query('yaml')).problem(422, 'VALIDATION_FAILED');
    expect(problem.errors).toMatchObject([{ pointer: '/query/format' }]);
  });
});
