import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { OfferingServer } from '../../support/mcp-servers/offering-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';

let service: TestService;
let alice: ApiClient;
let legacy: OfferingServer;
let modern: OfferingServer;

beforeAll(async () => {
  service = await startTestService();
  alice = await service.clientFor();
  legacy = await OfferingServer.start(1);
  modern = await OfferingServer.start(2);
});

afterAll(async () => {
  await service.close();
  await legacy.close();
  await modern.close();
});

/** What is stored of a connector, as `kind exposed-key`. */
async function stored(connectorId: string): Promise<string[]> {
  const { rows } = await service.databaseTools.owner.query(
    'SELECT kind, exposed_key FROM connector_offerings WHERE connector_id = $1 ORDER BY 1, 2',
    [connectorId],
  );
  return rows.map(({ kind, exposed_key }) => `${kind} ${exposed_key}`);
}

const ALL = [
  'prompt mine__review',
  'resource mine+file:///etc/passwd',
  'resource mine+test://static/a',
  'template mine+test://items/{id}{?q}',
];
const lists = (server: OfferingServer) =>
  server.requests.filter(({ rpcMethod }) => /^(prompts|resources)\//.test(rpcMethod)).length;

describe('prompts, resources and templates', () => {
  it.each([
    ['legacy', () => legacy],
    ['modern', () => modern],
  ])('of a %s server are stored with its connector, page by page', async (_era, get) => {
    const server = get();
    const user = await service.clientFor();
    server.pageSize = 1;
    const { id } = (await user.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
    server.pageSize = Number.POSITIVE_INFINITY;

    expect(await stored(id)).toEqual(ALL);
    expect(server.asked('resources/list')).toEqual([{}, { cursor: '1' }]);
  });

  it('are replaced by a sync; a name stays, and a list that fails leaves what was there', async () => {
    const { id } = (await alice.createConnector({ name: 'Mine', server_url: legacy.url })).ok(201);
    const { prompts, resources } = legacy;
    legacy.prompts = [{ name: 're view' }, { name: 're_view' }, { name: 'review' }];
    legacy.intercept = ({ rpcMethod }, response) => {
      if (rpcMethod !== 'resources/list') return false;
      response.writeHead(500).end();
      return true;
    };
    (await alice.syncConnector(id)).ok();
    legacy.intercept = () => false;
    const [clean, first] = await stored(id);
    expect(first).toMatch(/^prompt mine__re_view_[0-9a-f]{8}$/);
    expect(await stored(id)).toEqual([clean, first, ...ALL]);
    expect(clean).toBe('prompt mine__re_view');

    legacy.prompts = [{ name: 're view' }];
    legacy.resources = [];
    (await alice.syncConnector(id)).ok();
    expect(await stored(id)).toEqual([first, ALL[3]]);
    Object.assign(legacy, { prompts, resources });
  });

  it('that fail, or never come, fail no test; and a test that stores nothing does not ask', async () => {
    const user = await service.clientFor();
    legacy.intercept = ({ rpcMethod }, response) => {
      if (!/^(prompts|resources)\//.test(rpcMethod)) return false;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"garbage":');
      return true;
    };
    const before = lists(legacy);
    const tested = (await user.testConnection({ server_url: legacy.url })).ok();
    expect([tested.success, lists(legacy)]).toEqual([true, before]);
    const { id } = (await user.createConnector({ name: 'Mine', server_url: legacy.url })).ok(201);
    legacy.intercept = () => false;
    expect(lists(legacy)).toBe(before + 3);
    expect(await stored(id)).toEqual([]);
    (await user.syncConnector(id)).ok();
    expect(await stored(id)).toEqual(ALL);

    // At another address nothing of the old one stays, whatever can be read there.
    modern.intercept = ({ rpcMethod }, response) => {
      if (!rpcMethod.startsWith('prompts')) return false;
      response.destroy();
      return true;
    };
    const changed = await user.updateConnector(id, { server_url: modern.url });
    modern.intercept = () => false;
    changed.ok();
    expect(await stored(id)).toEqual(ALL.slice(1));
  });

  it('that repeat a credential are stored without it', async () => {
    const user = await service.clientFor();
    const token = 'topsecret-0123456789';
    const { prompts, resources } = legacy;
    legacy.prompts = [{ name: 'echo', description: `You sent ${token}.` }, { name: token }];
    legacy.resources = [{ uri: `test://${token}/x`, name: 'x' }];
    const created = await user.createConnector({
      name: 'Mine',
      server_url: legacy.url,
      auth_type: 'bearer',
      credentials: { token },
    });
    Object.assign(legacy, { prompts, resources });
    expect(await stored(created.ok(201).id)).toEqual(['prompt mine__echo', ALL[3]]);
    const { rows } = await service.databaseTools.owner.query('SELECT * FROM connector_offerings');
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});
