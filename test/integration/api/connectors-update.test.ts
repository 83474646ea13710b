import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector, ConnectorUpdate } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startLegacyServer } from '../../support/mcp-servers/legacy-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

const OLD_TOKEN = 'old-token-7c1d';
const NEW_TOKEN = 'new-token-9e2f';

let service: TestService;
let alice: ApiClient;
let server: ScriptedServer;
/** Another server, which must never see what belongs to the first. */
let other: ScriptedServer;

beforeAll(async () => {
  service = await startTestService({
    clock: new ImpatientClock(),
    // What is stored is the subject here, not what its owner has to approve.
    env: { TOOL_POLICY_CHANGED: 'accept' },
  });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start();
  other = await ScriptedServer.start();
});

afterEach(async () => {
  await server.stop();
  await other.stop();
});

async function create(): Promise<Connector> {
  return (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
}

async function createClosed(): Promise<Connector> {
  server.token = OLD_TOKEN;
  const body = { name: 'Closed', server_url: server.url, credentials: { token: OLD_TOKEN } };
  return (await alice.createConnector(body)).ok(201);
}

function secretsSeenBy({ requests }: ScriptedServer): string {
  return JSON.stringify(requests);
}

describe('renaming', () => {
  it('asks no server, and keeps slug, tools and sessions', async () => {
    const before = await create();
    (await alice.callTool({ name: 'mine__echo' })).ok();
    const seenBefore = server.requests.length;

    const answer = await alice.updateConnector(before.id, { name: 'Renamed' });

    const after = answer.ok();
    expect(after).toEqual({
      ...before,
      name: 'Renamed',
      version: 2,
      updated_at: after.updated_at,
    });
    expect(answer.etag).toBe('"2"');
    expect(server.requests).toHaveLength(seenBefore);
    expect((await alice.getTools()).ok().tools.map(({ name }) => name)).toEqual(['mine__echo']);
    (await alice.callTool({ name: 'mine__echo' })).ok();
    expect(server.openSessions).toBe(1);
  });

  it('may change only the case of the own name', async () => {
    const { id } = await create();

    expect((await alice.updateConnector(id, { name: 'MINE' })).ok().name).toBe('MINE');
  });

  it('works while the server is away', async () => {
    const { id } = await create();
    await server.stop();

    (await alice.updateConnector(id, { name: 'Renamed' })).ok();
  });

  it('needs no test where the settings that are sent are the stored ones', async () => {
    const { id } = await createClosed();
    await server.stop();

    const update = { server_url: server.url, transport: 'auto', auth_type: 'bearer' } as const;
    (await alice.updateConnector(id, update)).ok();
  });
});

describe('moving to another URL', () => {
  it('tests the new server first and takes over its tools', async () => {
    const { id } = await create();
    other.tools = [tool('other'), tool('echo', 'Another echo.')];

    const moved = (await alice.updateConnector(id, { server_url: other.url })).ok();

    expect(moved).toMatchObject({ server_url: other.url, slug: 'mine', tool_count: 2 });
    const { tools } = (await alice.getTools()).ok();
    expect(tools.map(({ name, description }) => [name, description])).toEqual([
      ['mine__echo', 'Another echo.'],
      ['mine__other', 'The tool other.'],
    ]);
    (await alice.callTool({ name: 'mine__echo' })).ok();
    expect([server.calls, other.calls]).toEqual([[], ['echo']]);
  });

  it('closes the sessions with the old server', async () => {
    const { id } = await create();
    (await alice.callTool({ name: 'mine__echo' })).ok();
    expect(server.openSessions).toBe(1);

    (await alice.updateConnector(id, { server_url: other.url })).ok();

    expect(server.openSessions).toBe(0);
  });

  it('saves nothing where the new server fails its test', async () => {
    const before = await create();
    await other.stop();

    const answer = await alice.updateConnector(before.id, { name: 'New', server_url: other.url });

    answer.problem(422, 'CONNECTION_FAILED');
    expect((await alice.getConnector(before.id)).ok()).toEqual(before);
  });

  it.each([
    ['host and port', () => other.url],
    ['path', () => `${server.origin}/other`],
    ['path, by a slash only', () => `${server.url}/`],
    ['scheme', () => server.url.replace('http:', 'https:')],
    ['everything, to what is no URL', () => 'elsewhere'],
  ])('needs new credentials for another %s, and never sends the stored ones', async (_w, url) => {
    const before = await createClosed();
    const seenBefore = server.requests.length;

    const answer = await alice.updateConnector(before.id, { server_url: url() });

    const problem = answer.problem(422, 'CREDENTIALS_REQUIRED');
    expect(problem.errors).toMatchObject([{ pointer: '/body/credentials' }]);
    expect(server.requests).toHaveLength(seenBefore);
    expect(other.requests).toEqual([]);
    expect((await alice.getConnector(before.id)).ok()).toEqual(before);
  });

  it('cannot be talked out of that by the authentication type or the transport', async () => {
    const { id } = await createClosed();
    const updates: ConnectorUpdate[] = [
      { server_url: other.url, auth_type: 'bearer' },
      { server_url: other.url, transport: 'streamable-http' },
      { server_url: other.url, name: 'Other' },
    ];

    for (const update of updates) {
      (await alice.updateConnector(id, update)).problem(422, 'CREDENTIALS_REQUIRED');
    }
    (await alice.updateConnector(id, { server_url: other.url, auth_type: 'headers' })).problem(
      422,
      'CREDENTIALS_REQUIRED',
    );
    expect(other.requests).toEqual([]);
  });

  it('sends the new credentials, and only them, to the new server, also where that refuses them', async () => {
    const { id } = await createClosed();
    other.token = NEW_TOKEN;
    const update = { server_url: other.url, credentials: { token: 'a-wrong-one' } };
    (await alice.updateConnector(id, update)).problem(422, 'AUTH_FAILED');

    const answer = await alice.updateConnector(id, {
      server_url: other.url,
      credentials: { token: NEW_TOKEN },
    });

    expect(answer.ok()).toMatchObject({ server_url: other.url, auth_type: 'bearer' });
    (await alice.callTool({ name: 'closed__echo' })).ok();
    expect(other.calls).toEqual(['echo']);
    expect(secretsSeenBy(other)).not.toContain(OLD_TOKEN);
    expect(secretsSeenBy(server)).not.toContain(NEW_TOKEN);
  });

  it('drops the credentials where the new server needs none', async () => {
    const { id } = await createClosed();

    const update = { server_url: other.url, auth_type: 'none' } as const;
    expect((await alice.updateConnector(id, update)).ok().credentials).toBeNull();

    (await alice.callTool({ name: 'closed__echo' })).ok();
    expect(secretsSeenBy(other)).not.toContain(OLD_TOKEN);
    const rows = await service.databaseTools.owner.query(
      'select 1 from credentials where connector_id = $1',
      [id],
    );
    expect(rows.rowCount).toBe(0);
  });

  it('keeps the credentials where only the query changes, and tests with them', async () => {
    const { id } = await createClosed();
    const seenBefore = server.requests.length;

    const url = `${server.url}?project=2`;
    const moved = (await alice.updateConnector(id, { server_url: url })).ok();

    expect(moved).toMatchObject({ server_url: url, auth_type: 'bearer', status: 'ENABLED' });
    expect(server.requests.length).toBeGreaterThan(seenBefore);
    (await alice.callTool({ name: 'closed__echo' })).ok();
    expect(server.requests.at(-1)).toMatchObject({ path: '/mcp?project=2' });
  });

  it('keeps the credentials where the URL is only written differently', async () => {
    const { id } = await createClosed();

    const url = server.url.replace('http://', 'HTTP://').replace('/mcp', '/x/../mcp');
    (await alice.updateConnector(id, { server_url: url })).ok();

    (await alice.callTool({ name: 'closed__echo' })).ok();
  });
});

describe('changing how a server is reached', () => {
  it('changes from none to bearer and to headers, each after a test', async () => {
    const { id } = await create();
    server.token = NEW_TOKEN;

    (await alice.updateConnector(id, { credentials: { token: 'wrong' } })).problem(
      422,
      'AUTH_FAILED',
    );
    const bearer = (await alice.updateConnector(id, { credentials: { token: NEW_TOKEN } })).ok();
    expect(bearer).toMatchObject({ auth_type: 'bearer', credentials: { kind: 'bearer' } });

    const headers = { Authorization: `Bearer ${NEW_TOKEN}`, 'X-Team': 'blue' };
    const custom = (await alice.updateConnector(id, { credentials: { headers } })).ok();
    expect(custom).toMatchObject({
      auth_type: 'headers',
      credentials: { kind: 'headers', header_names: ['Authorization', 'X-Team'] },
    });
    (await alice.callTool({ name: 'mine__echo' })).ok();
    expect(server.requests.at(-1)?.headers['x-team']).toBe('blue');
  });

  it('refuses none for a server that needs a token, and keeps the token', async () => {
    const before = await createClosed();

    (await alice.updateConnector(before.id, { auth_type: 'none' })).problem(422, 'AUTH_REQUIRED');

    expect((await alice.getConnector(before.id)).ok()).toEqual(before);
    (await alice.callTool({ name: 'closed__echo' })).ok();
  });

  it('refuses a type that the stored credentials do not fit', async () => {
    const { id } = await createClosed();

    const answer = await alice.updateConnector(id, { auth_type: 'headers' });
    answer.problem(422, 'CREDENTIALS_INVALID');
  });

  it('changes the transport after a test with the stored credentials', async () => {
    const { id } = await createClosed();

    (await alice.updateConnector(id, { transport: 'sse' })).problem(422, 'INVALID_MCP_SERVER');
    const changed = (await alice.updateConnector(id, { transport: 'streamable-http' })).ok();

    expect(changed).toMatchObject({ transport: 'streamable-http', version: 2 });
    (await alice.callTool({ name: 'closed__echo' })).ok();
  });

  it('finds an SSE server by itself, and keeps to the transport that is asked for', async () => {
    const sse = await startLegacyServer({ transport: 'sse' });
    try {
      const { id } = await create();
      const update = { server_url: sse.url, transport: 'streamable-http' } as const;
      (await alice.updateConnector(id, update)).problem(422, 'INVALID_MCP_SERVER');

      (await alice.updateConnector(id, { server_url: sse.url })).ok();
      const forced = (await alice.updateConnector(id, { transport: 'sse' })).ok();

      expect(forced.transport).toBe('sse');
    } finally {
      await sse.close();
    }
  });
});
