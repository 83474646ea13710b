import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  SystemTool,
  SystemToolConnection,
  SystemTools,
} from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { type TestCatalogFile, writeCatalogFile } from '../../support/catalog-file.ts';
import { dumpTables } from '../../support/database-dump.ts';
import { type ModernServer, startDualServer } from '../../support/mcp-servers/modern-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

// System tools that need no sign-in: connected, used, changed by their operator, taken away. Gmail, which needs one, has a test of its own.

const KEY = 'super-secret-api-key';
const env = { TOOL_POLICY_FIRST: 'hold', CATALOG_GATES: 'soon' };

let weather: ModernServer;
let clock: ScriptedServer;
let catalog: TestCatalogFile;
let service: TestService;
let alice: ApiClient;

const describeTool = (key: string, title: string, url: string) => ({
  ...{ key, title, description: `The ${title}.`, offered_to: 'user', url },
});
const weatherEntry = () => ({
  ...describeTool('weather', 'Weather', weather.url),
  legacy_keys: ['forecast'],
  auth: { kind: 'settings' },
  settings: [
    ...[
      {
        name: 'api_key',
        title: 'Key',
        type: 'string',
        required: true,
        secret: true,
        header: { name: 'X-Api-Key' },
      },
    ],
    ...[
      {
        name: 'region',
        title: 'Region',
        type: 'string',
        enum: ['eu', 'us'],
        default: 'eu',
        header: { name: 'X-Region' },
      },
    ],
  ],
});
const entries = () => [
  weatherEntry(),
  { ...describeTool('clock', 'Clock', clock.url), icon: 'https://icons.example/clock.svg' },
  { ...describeTool('later', 'Later', clock.url), gate: 'soon' },
  { ...describeTool('closed', 'Closed', clock.url), gate: 'not-yet' },
  { ...describeTool('broken', 'Broken', 'http://127.0.0.1:9/mcp') },
  { ...describeTool('shared', 'Shared', clock.url), offered_to: 'project' },
];

beforeAll(async () => {
  weather = await startDualServer({ requireHeaders: { 'X-Api-Key': KEY } });
  clock = await ScriptedServer.start();
  clock.tools = [tool('now'), { ...tool('set'), annotations: { destructiveHint: true } }];
  catalog = await writeCatalogFile({ entries: entries() });
  service = await startTestService({ env: { ...env, CATALOG_FILE: catalog.file } });
  alice = await service.clientFor('alice');
});

afterAll(async () => {
  await service.close();
  await catalog.remove();
  await clock.stop();
  await weather.close();
});

const list = async (client: ApiClient) =>
  (await client.send<SystemTools>('GET', '/api/tools')).ok().items;
const find = async (client: ApiClient, key: string) =>
  (await list(client)).find((one) => one.key === key) ?? expect.fail();
const connect = (client: ApiClient, key: string, body?: unknown) =>
  client.send<SystemToolConnection>('POST', `/api/tools/${key}/connect`, {
    ...(body !== undefined && { body }),
  });
const disconnect = (client: ApiClient, key: string) =>
  client.send<SystemTool>('POST', `/api/tools/${key}/disconnect`);
const names = async (client: ApiClient) =>
  (await client.getTools()).ok().tools.map(({ name }) => name);
const settingsOf = ({ settings }: SystemTool) =>
  settings.map(({ name, is_set, value }) => [name, is_set, value]);

describe('the list', () => {
  it('has what is offered to users and open, as it is for the caller', async () => {
    const items = await list(alice);
    expect(items.map(({ key }) => key)).toEqual(['broken', 'clock', 'later', 'weather']);
    expect(items[1]).toEqual({
      ...{ key: 'clock', title: 'Clock', description: 'The Clock.' },
      ...{ icon: 'https://icons.example/clock.svg', requires: 'NOTHING', is_open: true },
      ...{ status: 'NOT_CONNECTED', last_error: null, missing_scopes: [], connector_id: null },
      ...{ slug: null, tool_count: 0, connected_at: null, settings: [] },
    });
    expect(items[3]).toMatchObject({ requires: 'SETTINGS' });
    expect(items[3]?.settings[1]).toMatchObject({
      default: 'eu',
      allowed: ['eu', 'us'],
      secret: false,
    });
  });

  it('is for those who may read connectors, and changing it for those who may write them', async () => {
    const reader = await service.clientFor('alice', { scopes: ['connectors:read'] });
    expect(await list(reader)).toHaveLength(4);
    (await connect(reader, 'clock')).problem(403, 'FORBIDDEN');
    (await disconnect(reader, 'clock')).problem(403, 'FORBIDDEN');
    const agent = await service.clientFor('alice', { scopes: ['tools:read', 'tools:call'] });
    (await agent.send('GET', '/api/tools')).problem(403, 'FORBIDDEN');
    const nobody = alice.withToken(undefined);
    expect((await nobody.send('GET', '/api/tools')).status).toBe(401);
  });
});

describe('a tool that needs nothing', () => {
  it('is connected by one request without a body, trusted from the first, once however often it is said', async () => {
    const answers = await Promise.all([
      connect(alice, 'clock'),
      connect(alice, 'clock', {}),
      connect(alice, 'clock'),
    ]);
    const ids = answers.map((answer) => answer.ok().tool.connector_id);
    expect(new Set(ids).size).toBe(1);
    expect(answers[0]?.ok()).toMatchObject({
      ...{ authorization: null, tool: { status: 'CONNECTED', slug: 'clock', tool_count: 2 } },
    });
    // TOOL_POLICY_FIRST is `hold`: what the operator vouches for is not held.
    expect(await names(alice)).toEqual(['clock__now', 'clock__set']);
    expect((await alice.callTool({ name: 'clock__now' })).ok().is_error).toBe(false);
  });

  it('counts against no limit, and nobody else may have its name', async () => {
    const bob = await service.clientFor('bob');
    // The server of a system tool is reached by no address that a user types.
    const body = { name: 'Clock', server_url: clock.url };
    (await bob.createConnector(body)).problem(422, 'BLOCKED_URL');
    const open = await startDualServer();
    const first = (await bob.createConnector({ name: 'Clock', server_url: open.url })).ok(201);
    expect(first.slug).not.toBe('clock');
    for (let n = 2; n <= 10; n += 1) {
      (await bob.createConnector({ name: `Own ${n}`, server_url: open.url })).ok(201);
    }
    expect((await connect(bob, 'clock')).ok().tool).toMatchObject({
      status: 'CONNECTED',
      slug: 'clock',
    });
    const connectors = (await bob.listConnectors()).ok().items;
    expect(connectors.filter(({ source }) => source === 'system')).toMatchObject([
      { name: 'Clock (2)' },
    ]);
    (await bob.createConnector({ name: 'One more', server_url: open.url })).problem(
      409,
      'CONNECTOR_LIMIT_REACHED',
    );
    await open.close();
  });

  it('is offered on when its operator changes it, with a warning that shows what is different', async () => {
    clock.tools = [tool('now', 'Tells the time of day.'), tool('set'), tool('zone')];
    const { connector_id } = await find(alice, 'clock');
    (await alice.syncConnector(String(connector_id))).ok();
    const toolset = (await alice.getTools()).ok();
    expect(toolset.tools.map(({ name }) => name)).toEqual([
      'clock__now',
      'clock__set',
      'clock__zone',
    ]);
    expect(toolset.warnings).toContainEqual(
      expect.objectContaining({ code: 'UNAPPROVED', tool: 'clock__now' }),
    );
    const rows = (await alice.listConnectorTools(String(connector_id))).ok().items;
    expect(rows.map(({ name, state, held_back }) => [name, state, held_back])).toEqual([
      ['now', 'changed', false],
      ['set', 'changed', false],
      ['zone', 'approved', false],
    ]);
    expect((await alice.callTool({ name: 'clock__now' })).ok().is_error).toBe(false);
  });

  it('is switched off and on as any connector, and works again when it is connected again', async () => {
    const { connector_id } = await find(alice, 'clock');
    (await alice.setStatus(String(connector_id), 'DISABLED')).ok();
    expect(await find(alice, 'clock')).toMatchObject({ status: 'DISABLED' });
    expect(await names(alice)).toEqual([]);
    expect((await connect(alice, 'clock')).ok().tool).toMatchObject({
      status: 'CONNECTED',
      connector_id,
    });
    expect(
      (await alice.updateConnector(String(connector_id), { name: 'My clock' })).ok().name,
    ).toBe('My clock');
    const moved = { server_url: 'https://evil.example/mcp' };
    (await alice.updateConnector(String(connector_id), moved)).problem(409, 'CONNECTOR_MANAGED');
  });

  it('says why it does not work, and saves nothing then', async () => {
    (await connect(alice, 'broken')).problem(422, 'CONNECTION_FAILED');
    expect(await find(alice, 'broken')).toMatchObject({ status: 'NOT_CONNECTED' });
  });
});

describe('a tool with settings', () => {
  it('is connected with them, and never tells a secret one', async () => {
    const missing = (await connect(alice, 'weather')).problem(422, 'SETTINGS_INVALID');
    expect(missing.errors).toEqual([{ pointer: '/body/settings/api_key', detail: 'is required' }]);
    for (const settings of [
      { api_key: 7 },
      { api_key: KEY, region: 'moon' },
      { api_key: KEY, other: 1 },
    ]) {
      const refused = await connect(alice, 'weather', { settings });
      refused.problem(422, 'SETTINGS_INVALID');
      expect(refused.text).not.toContain(KEY);
    }
    (await connect(alice, 'weather', { settings: { api_key: 'wrong' } })).problem(
      422,
      'AUTH_FAILED',
    );
    const connected = await connect(alice, 'weather', { settings: { api_key: KEY, region: 'us' } });
    const { tool: connectedTool } = connected.ok();
    expect(settingsOf(connectedTool)).toEqual([
      ['api_key', true, null],
      ['region', true, 'us'],
    ]);
    const header = weather.requests.at(-1)?.headers['x-region'];
    expect(header).toBe('us');
    const read = await alice.send('GET', '/api/tools');
    const connector = await alice.getConnector(String(connectedTool.connector_id));
    const credentials = await alice.send(
      'GET',
      `/api/connectors/${connectedTool.connector_id}/credentials`,
    );
    for (const answer of [connected, read, connector, credentials])
      expect(answer.text).not.toContain(KEY);
    expect(service.logLines.join('')).not.toContain(KEY);
    const rows = await dumpTables(service.databaseTools.owner);
    expect(rows.map(({ text }) => text).join('')).not.toContain(KEY);
    const theirs = { credentials: { headers: { 'X-Api-Key': 'stolen' } } };
    (await alice.updateConnector(String(connectedTool.connector_id), theirs)).problem(
      409,
      'CONNECTOR_MANAGED',
    );
  });

  it('takes other settings, keeps those that are not named, and is found by a former key', async () => {
    const { tool: changed } = (
      await connect(alice, 'forecast', { settings: { region: null } })
    ).ok();
    expect(settingsOf(changed)).toEqual([
      ['api_key', true, null],
      ['region', false, null],
    ]);
    expect(weather.requests.at(-1)?.headers['x-region']).toBe('eu');
    expect(
      (await alice.callTool({ name: 'weather__echo', arguments: { message: 'hi' } })).ok().is_error,
    ).toBe(false);
  });
});

describe('who should not', () => {
  it('reaches nothing by another key, another user or another tenant', async () => {
    for (const key of ['nothing', 'shared', 'github']) {
      (await connect(alice, key)).problem(404, 'CATALOG_ENTRY_NOT_FOUND');
      (await disconnect(alice, key)).problem(404, 'CATALOG_ENTRY_NOT_FOUND');
    }
    for (const key of ['UPPER', 'a_b', '-', '..%2fgmail', 'a'.repeat(25), '%00', "x'--"]) {
      (await connect(alice, key)).problem(422, 'VALIDATION_FAILED');
      (await disconnect(alice, key)).problem(422, 'VALIDATION_FAILED');
    }
    (await connect(alice, 'a'.repeat(300))).problem(414, 'URI_TOO_LONG');
    (await disconnect(alice, 'a'.repeat(300))).problem(414, 'URI_TOO_LONG');
    (await connect(alice, 'closed')).problem(409, 'CATALOG_ENTRY_CLOSED');
    for (const body of [{ user_id: 'bob' }, { settings: { api_key: {} } }, [], 'text']) {
      (await connect(alice, 'clock', body)).problem(422, 'VALIDATION_FAILED');
    }
    const mine = await find(alice, 'weather');
    for (const other of [
      await service.clientFor('carol'),
      await service.clientFor('alice', { tenant: 'other' }),
    ]) {
      expect(await find(other, 'weather')).toMatchObject({ status: 'NOT_CONNECTED' });
      expect(settingsOf(await find(other, 'weather')).flat()).not.toContain('us');
      expect((await disconnect(other, 'weather')).ok()).toMatchObject({ status: 'NOT_CONNECTED' });
    }
    expect(await find(alice, 'weather')).toEqual(mine);
  });
});

describe('what its operator takes away', () => {
  it('vanishes from all lists, is said to be gone, fails no request, and comes back as it was', async () => {
    (await connect(alice, 'later')).ok();
    const before = await names(alice);
    expect(before).toEqual(expect.arrayContaining(['later__now', 'weather__echo', 'clock__now']));
    const fewer = await writeCatalogFile({
      entries: entries().filter(({ key }) => key !== 'weather'),
    });
    const shared = ['DATABASE_URL', 'JWT_SECRET', 'ENCRYPTION_KEYS'] as const;
    const same = Object.fromEntries(shared.map((name) => [name, service.env[name] ?? '']));
    // The next start: one entry is gone, the feature of another one closed.
    const next = await startTestService({
      env: { ...same, TOOL_POLICY_FIRST: 'hold', CATALOG_FILE: fewer.file },
    });
    const client = alice.at(next.url);

    const left = (await names(client)).filter((name) => !name.startsWith('clock__'));
    expect(left).toEqual([]);
    const gone = await find(client, 'weather');
    expect(gone).toMatchObject({
      status: 'UNAVAILABLE',
      is_open: false,
      title: 'Weather',
      tool_count: 0,
      settings: [],
    });
    expect(await find(client, 'later')).toMatchObject({ status: 'UNAVAILABLE', is_open: false });
    (await connect(client, 'weather')).problem(404, 'CATALOG_ENTRY_NOT_FOUND');
    (await connect(client, 'later')).problem(409, 'CATALOG_ENTRY_CLOSED');
    const call = { name: 'weather__echo', arguments: { message: 'hi' } };
    (await client.callTool(call)).problem(404, 'TOOL_NOT_FOUND');
    expect((await client.testConnector(String(gone.connector_id))).ok()).toMatchObject({
      error_code: 'BLOCKED_URL',
    });
    for (const path of [
      '/api/connectors',
      `/api/connectors/${gone.connector_id}`,
      '/api/users/me/composer',
    ]) {
      expect((await client.send('GET', path)).status).toBe(200);
    }
    expect((await disconnect(client, 'later')).ok()).toMatchObject({ status: 'NOT_CONNECTED' });
    await next.close();
    await fewer.remove();

    expect(await find(alice, 'later')).toMatchObject({ status: 'NOT_CONNECTED' });
    (await connect(alice, 'weather')).ok();
    expect(await names(alice)).toContain('weather__echo');
    expect((await alice.callTool(call)).ok().is_error).toBe(false);
  });

  it('goes with its user', async () => {
    expect((await disconnect(alice, 'weather')).ok()).toMatchObject({ status: 'NOT_CONNECTED' });
    expect((await disconnect(alice, 'weather')).ok()).toMatchObject({ status: 'NOT_CONNECTED' });
    const operator = await service.clientFor('operator', { scopes: ['operator'] });
    (await operator.send('DELETE', '/api/admin/users/alice')).ok();
    expect((await list(alice)).every(({ status }) => status === 'NOT_CONNECTED')).toBe(true);
    expect(await names(alice)).toEqual([]);
  });
});
