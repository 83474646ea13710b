import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector, Toolset } from '../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { startEverything } from '../../support/mcp-servers/everything-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { readTools, refusals } from '../tools/support/fake-providers.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

/** Where each provider would get the tools. */
const PROVIDERS = {
  openai: '/responses',
  'openai-chat': '/chat/completions',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models/test:generateContent',
} as const;
type Provider = keyof typeof PROVIDERS;
const FORMATS = Object.keys(PROVIDERS) as Provider[];

let service: TestService;
let alice: ApiClient;
let server: ScriptedServer;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start();
});

afterEach(() => server.stop());

async function create(name: string, url = server.url): Promise<Connector> {
  return (await alice.createConnector({ name, server_url: url })).ok(201);
}

function get(query: string, headers: Record<string, string> = {}): Promise<ApiAnswer<Toolset>> {
  return alice.send('GET', `/api/users/me/tools?${query}`, { headers });
}

/** What the provider would read, after it refused nothing. */
async function accepted(format: Provider, query = '') {
  const toolset = (await get(`format=${format}${query}`)).ok();
  const sent = readTools(PROVIDERS[format], toolset.tools);
  expect(refusals(sent)).toEqual([]);
  return { ...toolset, sent: sent.tools };
}

function schemaOf(tools: readonly { name: string; schema: unknown }[], name: string): unknown {
  return tools.find((each) => each.name === name)?.schema;
}

describe.each(FORMATS)('the tools for %s', (format) => {
  it('of a published server are all there, and can be called', async () => {
    const everything = await startEverything();
    try {
      await create('Every', everything.url);
      const known = (await alice.getTools()).ok().tools.map(({ name }) => name);

      const { sent, warnings } = await accepted(format);

      expect(sent.map(({ name }) => name)).toEqual(known);
      expect(warnings).toEqual([]);
      expect(schemaOf(sent, 'every__get-sum')).toMatchObject({
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
      });
      const sum = await alice.callTool({ name: 'every__get-sum', arguments: { a: 1, b: 2 } });
      expect(sum.ok().is_error).toBe(false);
    } finally {
      await everything.close();
    }
  });

  it('are accepted whatever the schemas, and what is not is left out alone', async () => {
    server.tools = [
      tool('plain'),
      { name: 'list', inputSchema: { type: 'object', properties: { ids: { type: 'array' } } } },
      {
        name: 'union',
        inputSchema: {
          type: 'object',
          anyOf: [{ required: ['a'] }, { required: ['b'] }],
          properties: { a: { type: ['string', 'number', 'null'] }, b: { enum: [1, 'x', null] } },
        },
      },
      {
        name: 'tree',
        inputSchema: {
          type: 'object',
          properties: { root: { $ref: '#/$defs/Node' } },
          $defs: {
            Node: {
              type: 'object',
              properties: { children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
            },
          },
        },
      },
      {
        name: 'odata',
        description: 'd'.repeat(2_000),
        inputSchema: {
          type: 'object',
          properties: {
            $filter: { type: 'string' },
            query: { type: 'string', pattern: '^(?!x)\\p{L}', format: 'uri' },
          },
          required: ['query', 'undescribed'],
        },
      },
      {
        name: 'bracket',
        inputSchema: {
          type: 'object',
          properties: { 'filter[id]': { type: 'string' } },
          required: ['filter[id]'],
        },
      },
    ];
    await create('Odd');

    const { sent, warnings } = await accepted(format);

    const codes = Object.fromEntries(
      warnings.map((warning) => [`${warning.tool}: ${warning.code}`, warning.message]),
    );
    const cut = format.startsWith('openai') ? ['odd__odata: DESCRIPTION_CUT'] : [];
    const refused =
      format === 'anthropic'
        ? ['odd__bracket: PARAMETER_REFUSED', 'odd__odata: PARAMETERS_DROPPED']
        : [];
    expect(Object.keys(codes).sort()).toEqual([...cut, ...refused].sort());
    expect(sent).toHaveLength(format === 'anthropic' ? 5 : 6);
    expect(schemaOf(sent, 'odd__tree')).toEqual({
      type: 'object',
      properties: {
        root: {
          type: 'object',
          properties: { children: { type: 'array', items: {} } },
        },
      },
    });
    expect(schemaOf(sent, 'odd__odata')).toMatchObject({
      properties: { query: { type: 'string' }, undescribed: {} },
      required: ['query', 'undescribed'],
    });
  });

  it('keep every part of a schema on the way, in the order it is written', async () => {
    const properties = {
      zeta: { type: 'string', description: 'Größe – 名前 🧰' },
      alpha: { type: 'object', properties: { inner: { type: 'integer', minimum: 1 } } },
      __proto__x: { type: 'array', items: { type: 'boolean' }, minItems: 1 },
    };
    const inputSchema = { type: 'object' as const, properties, required: ['zeta'] };
    server.tools = [{ name: 'full', title: 'Full', description: 'Words', inputSchema }];
    await create('Mine');

    const answer = await get(`format=${format}`);

    const [only] = readTools(PROVIDERS[format], answer.ok().tools).tools;
    expect(only).toEqual({ name: 'mine__full', description: 'Words', schema: inputSchema });
    expect(answer.text).toMatch(/"zeta".*"alpha".*"inner".*"__proto__x"/);
  });

  it('have a hash and a tag of their own, and answer 304 while nothing changed', async () => {
    const { id } = await create('Mine');
    const before = await get(`format=${format}`);
    const inOtherShape = await alice.getTools();

    expect(before.ok().content_hash).not.toBe(inOtherShape.ok().content_hash);
    expect(before.etag).not.toBe(inOtherShape.etag);
    const same = await get(`format=${format}`, { 'if-none-match': before.etag });
    expect([same.status, same.text]).toEqual([304, '']);
    (await get(`format=${format}`, { 'if-none-match': inOtherShape.etag })).ok();

    server.tools = [tool('echo', 'Now different.')];
    (await alice.syncConnector(id)).ok();
    const after = await get(`format=${format}`, { 'if-none-match': before.etag });
    expect(after.ok().content_hash).not.toBe(before.ok().content_hash);
  });

  it('are cut to the limit, with the selected one among them', async () => {
    server.tools = Array.from({ length: 40 }, (_, i) => tool(`t${i + 10}`));
    await create('Mine');

    const { sent, warnings, tool_choice, instructions } = await accepted(
      format,
      '&limit=3&selected_tool=mine__t49',
    );

    expect(sent.map(({ name }) => name)).toEqual(['mine__t10', 'mine__t11', 'mine__t49']);
    expect(warnings).toEqual([
      {
        code: 'TOOL_LIMIT',
        message: expect.stringMatching(/3 tools, 37 are not/),
        connector_id: null,
        tool: null,
      },
    ]);
    expect(JSON.stringify(tool_choice)).toContain('mine__t49');
    expect(instructions).toContain('mine__t49');
  });
});

describe('a list that is too long for a provider', () => {
  it('is cut, never refused, and fair to every connector', async () => {
    const second = await ScriptedServer.start();
    try {
      server.tools = Array.from({ length: 150 }, (_, i) => tool(`t${i + 100}`));
      second.tools = [tool('one'), tool('two')];
      await create('Many', server.url);
      await create('Zwei', second.url);

      const { sent, warnings } = await accepted('openai');

      expect(sent).toHaveLength(128);
      expect(sent.slice(-2).map(({ name }) => name)).toEqual(['zwei__one', 'zwei__two']);
      expect(warnings.map(({ code }) => code)).toEqual(['TOOL_LIMIT']);
      expect((await accepted('anthropic')).sent).toHaveLength(152);
    } finally {
      await second.stop();
    }
  });

  it.each(['0', '-1', '5001', 'x', '1.5'])('takes no limit of %s', async (limit) => {
    const problem = (await get(`limit=${limit}`)).problem(422, 'VALIDATION_FAILED');
    expect(problem.errors).toMatchObject([{ pointer: '/query/limit' }]);
  });
});

describe('a selected tool that cannot be used', () => {
  it.each(['mcp', ...FORMATS])('is told with the nearest names (%s)', async (format) => {
    server.tools = [tool('send_mail'), tool('read_mail'), tool('something_quite_unlike')];
    await create('Mine');

    for (const wanted of ['mine__send_mial', 'send_mail', 'Mine__Send_Mail']) {
      const answer = await get(`format=${format}&selected_tool=${wanted}`);
      const problem = answer.problem(404, 'TOOL_NOT_FOUND');
      expect(problem).toMatchObject({ nearest: expect.arrayContaining(['mine__send_mail']) });
      expect(problem).not.toMatchObject({
        nearest: expect.arrayContaining(['mine__something_quite_unlike']),
      });
      expect(problem.detail).toMatch(/nearest/);
    }
  });

  it('is told where its connector is disabled, or needs a sign-in', async () => {
    const { id } = await create('Mine');
    server.token = 'needed';
    (await alice.testConnector(id)).ok();
    const locked = (await get('selected_tool=mine__echo')).problem(409, 'NEEDS_AUTH');
    expect(locked).toMatchObject({ connector_id: id, nearest: [] });

    (await alice.setStatus(id, 'DISABLED')).ok();
    const disabled = (await get('selected_tool=mine__echo')).problem(409, 'CONNECTOR_DISABLED');
    expect(disabled).toMatchObject({ connector_id: id, nearest: [] });
    expect(disabled.detail).toMatch(/Enable/);
  });

  it('is told where this provider would refuse it', async () => {
    const properties = { 'to whom': { type: 'string' } };
    server.tools = [
      { name: 'mail', inputSchema: { type: 'object', properties, required: ['to whom'] } },
    ];
    await create('Mine');

    const problem = (await get('format=anthropic&selected_tool=mine__mail')).problem(
      404,
      'TOOL_NOT_FOUND',
    );

    expect(problem).toMatchObject({ reason: 'PARAMETER_REFUSED', nearest: [] });
    (await get('format=mcp&selected_tool=mine__mail')).ok();
  });

  it('begins with a letter, whatever its connector is called', async () => {
    await create('1Password');
    for (const format of FORMATS) {
      expect((await accepted(format)).sent.map(({ name }) => name)).toEqual([
        'mcp-1password__echo',
      ]);
    }
  });

  it('of another user is not there', async () => {
    await create('Mine');
    const bob = await service.clientFor();

    const answer = await bob.send('GET', '/api/users/me/tools?selected_tool=mine__echo');

    expect(answer.problem(404, 'TOOL_NOT_FOUND')).toMatchObject({ nearest: [] });
  });

  it.each(['%00', 'a%0Ab', 'x'.repeat(129), ''])('is malformed: %s', async (name) => {
    const problem = (await get(`selected_tool=${name}`)).problem(422, 'VALIDATION_FAILED');
    expect(problem.errors?.map(({ pointer }) => pointer)).toContain('/query/selected_tool');
  });
});
