import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Composer, Toolset } from '../../../src/contract/generated.ts';
import { composerOf } from '../../examples/chatkit-composer.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

const PATH = '/api/users/me/composer';

let service: TestService;
let alice: ApiClient;
let server: ScriptedServer;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
  alice = await service.clientFor('alice');
  server = await ScriptedServer.start({
    tools: [{ ...tool('create_issue'), title: 'Create an issue' }, tool('list_issues')],
  });
  (await alice.createConnector({ name: 'Issue tracker', server_url: server.url })).ok(201);
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

it('offers what the user can choose, and each choice leads to a forced tool in every shape', async () => {
  const token = await service.tokenFor('alice');
  const seenBefore = server.requests.length;

  const { tools = [] } = await composerOf({ baseUrl: service.url, token });

  expect(tools.map(({ label }) => label)).toEqual([
    'Issue tracker: Create an issue',
    'Issue tracker: List issues',
  ]);
  for (const { id } of tools) {
    for (const format of ['openai', 'openai-chat', 'anthropic', 'gemini']) {
      const path = `/api/users/me/tools?format=${format}&selected_tool=${encodeURIComponent(id)}`;
      const { tool_choice, instructions } = (await alice.send<Toolset>('GET', path)).ok();
      expect(JSON.stringify(tool_choice)).toContain(id);
      expect(instructions).toContain(id);
    }
  }
  expect(server.requests).toHaveLength(seenBefore);
});

it('answers 304 until something changes, and waits for no server', async () => {
  const first = await alice.send<Composer>('GET', PATH);
  expect(first.headers.get('cache-control')).toBe('private, no-cache');
  const again = { headers: { 'if-none-match': first.etag } };
  expect((await alice.send('GET', PATH, again)).status).toBe(304);

  // A server that accepts connections and never answers.
  server.intercept = () => true;
  try {
    expect((await alice.send('GET', PATH, again)).status).toBe(304);
    const { id } = first.ok().outcomes.map((one) => ({ id: one.connector_id }))[0] ?? {};
    (await alice.setStatus(String(id), 'DISABLED')).ok();
    const empty = (await alice.send<Composer>('GET', PATH, again)).ok();
    expect(empty).toEqual({ tools: [], omitted: 0, outcomes: [] });
    (await alice.setStatus(String(id), 'ENABLED')).ok();
  } finally {
    server.intercept = () => false;
  }
});

it('is cut to a limit, and says how much is left', async () => {
  const cut = (await alice.send<Composer>('GET', `${PATH}?limit=1`)).ok();
  expect(cut).toMatchObject({ tools: [{ id: 'issue-tracker__create_issue' }], omitted: 1 });
  for (const limit of ['0', '501', 'many']) {
    const problem = (await alice.send('GET', `${PATH}?limit=${limit}`)).problem(
      422,
      'VALIDATION_FAILED',
    );
    expect(problem.errors).toMatchObject([{ pointer: '/query/limit' }]);
  }
});

it('is of the user alone', async () => {
  const bob = await service.clientFor('bob');
  expect((await bob.send<Composer>('GET', PATH)).ok().tools).toEqual([]);
  (await bob.send('GET', '/api/users/alice/composer')).problem(404, 'NOT_FOUND');
  const elsewhere = await service.clientFor('alice', { tenant: 'another' });
  expect((await elsewhere.send<Composer>('GET', PATH)).ok().tools).toEqual([]);
  const unable = await service.clientFor('alice', { scopes: ['tools:call', 'connectors:read'] });
  (await unable.send('GET', PATH)).problem(403, 'FORBIDDEN');
  (await bob.withToken(undefined).send('GET', PATH)).problem(401, 'UNAUTHENTICATED');
});
