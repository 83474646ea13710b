import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { type ModernServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer, tool } from '../api/support/scripted-server.ts';
import { CatalogClient, writeCatalogFile } from './support.ts';

// Servers of the operator, switched on and off for projects; and everything a member, a stranger or a user's own connector could try.

const TOKEN = 'ghp_of-the-project';

let service: TestService;
let github: ScriptedServer;
let chroma: ModernServer;
let file: ReturnType<typeof writeCatalogFile>;
let project: string;
let admin: CatalogClient;
let member: CatalogClient;
let adminClient: ApiClient;
let memberClient: ApiClient;

beforeAll(async () => {
  github = await ScriptedServer.start({ token: TOKEN });
  chroma = await startModernServer();
  const dead = await ScriptedServer.start();
  await dead.stop();
  file = writeCatalogFile(`
overrides:
  chroma: { url: '${chroma.url}' }
  atlassian: { url: '${dead.url}' }
  llmctl-mcp: { url: 'http://127.0.0.1:1/mcp' }
  google-cloud: { url: '${dead.origin}/cloud' }
entries:
  - key: tracker
    title: Tracker
    description: The issues of the company.
    url: '${github.url}'
    legacy_keys: [old-tracker]
    settings:
      - { name: token, title: Access token, type: string, required: true, secret: true, header: { name: Authorization, value: 'Bearer {value}' } }
      - { name: region, title: Region, type: string, enum: [eu, us], default: eu, header: { name: X-Region } }
      - { name: depth, title: Depth, type: integer, header: { name: X-Depth } }
      - { name: verbose, title: Verbose, type: boolean, header: { name: X-Verbose } }
  - key: mail
    title: Mail
    description: For users, not for projects.
    offered_to: user
    url: http://127.0.0.1:1/mail
`);
  service = await startTestService({ env: { CATALOG_FILE: file.file } });
});

afterAll(async () => {
  await service.close();
  await github.stop();
  await chroma.close();
  file.remove();
});

beforeEach(async () => {
  project = `project-${randomUUID()}`;
  github.tools = [tool('search')];
  github.token = TOKEN;
  adminClient = await clientOf('admin');
  memberClient = await clientOf('member');
  admin = new CatalogClient(adminClient, project);
  member = new CatalogClient(memberClient, project);
});

const clientOf = (role: 'admin' | 'member') =>
  service.clientFor(undefined, { claims: { projects: { other: 'admin', [project]: role } } });
const toolsOf = async (client: ApiClient) =>
  (
    await client.send<{ tools: { name: string }[] }>(
      'GET',
      `/api/users/me/tools?project_id=${encodeURIComponent(project)}`,
    )
  )
    .ok()
    .tools.map(({ name }) => name);
const idOf = async (key: string) => String((await admin.get(key)).ok().connector_id);

describe('the catalog of a project', () => {
  it('lists what is offered to projects, with what the project has of it', async () => {
    const { items } = (await member.list()).ok();
    expect(items.map(({ key, status, is_open }) => [key, status, is_open])).toEqual([
      ['atlassian', 'NOT_ENABLED', true],
      ['chroma', 'NOT_ENABLED', true],
      ['github', 'NOT_ENABLED', true],
      ['google-cloud', 'NOT_ENABLED', true],
      ['google-workspace', 'NOT_ENABLED', false],
      ['llmctl-mcp', 'NOT_ENABLED', true],
      ['tracker', 'NOT_ENABLED', true],
    ]);
    expect(items[4]).toMatchObject({ gate: 'google-workspace' });
    // Where servers are is the operator's business.
    expect(JSON.stringify(items)).not.toMatch(/127\.0\.0\.1|cluster\.local/);
  });

  it('says which servers answer, those that do first', async () => {
    (await admin.enable('chroma')).ok();
    const { items } = (await member.discover()).ok();
    expect(items.map(({ key, is_healthy }) => [key, is_healthy])).toEqual([
      ['chroma', true],
      ['tracker', true],
      ['atlassian', false],
      ['github', false],
      ['google-cloud', false],
      ['llmctl-mcp', false],
    ]);
    expect(items[0]).toMatchObject({ status: 'ENABLED', error_code: null, tool_count: 4 });
    expect(items[1]).toMatchObject({ status: 'NOT_ENABLED', error_code: 'AUTH_REQUIRED' });
    expect(items[2]?.error_code).toBe('CONNECTION_FAILED');
  });
});

describe('an admin', () => {
  it('switches a server on for all members, off, on again and takes it away', async () => {
    const item = (await admin.enable('chroma')).ok();
    expect(item).toMatchObject({ key: 'chroma', status: 'ENABLED', tool_count: 4 });
    const tools = await toolsOf(memberClient);
    expect(tools).toContain('p--chroma__echo');
    const called = await memberClient.callTool({
      ...{ name: 'p--chroma__echo', arguments: { message: 'hello' }, project_id: project },
    });
    expect(JSON.stringify(called.ok().content)).toContain('hello');
    const connector = (await memberClient.getConnector(String(item.connector_id))).ok();
    expect(connector).toMatchObject({
      ...{ source: 'catalog', entry_key: 'chroma', name: 'Chroma', slug: 'p--chroma' },
      ...{ project_id: project, server_url: new URL(chroma.url).origin, auth_type: 'none' },
    });

    expect((await admin.disable('chroma')).ok().status).toBe('DISABLED');
    expect(await toolsOf(memberClient)).toEqual([]);
    (await admin.sync('chroma')).problem(409, 'CONNECTOR_DISABLED');
    const again = (await admin.enable('chroma')).ok();
    expect(again).toMatchObject({ status: 'ENABLED', connector_id: item.connector_id });
    expect(await toolsOf(memberClient)).toEqual(tools);

    expect((await admin.remove('chroma')).status).toBe(204);
    expect((await admin.remove('chroma')).status).toBe(204);
    expect((await admin.get('chroma')).ok()).toMatchObject({
      ...{ status: 'NOT_ENABLED', connector_id: null },
    });
    (await admin.disable('chroma')).problem(409, 'CATALOG_ENTRY_NOT_ENABLED');
    (await admin.sync('chroma')).problem(409, 'CATALOG_ENTRY_NOT_ENABLED');
    expect(await toolsOf(memberClient)).toEqual([]);
  });

  it('makes one connector, however many enable it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => admin.enable('chroma')));
    const ids = new Set(answers.map((answer) => answer.ok().connector_id));
    expect(ids.size).toBe(1);
    const { items } = (
      await adminClient.listConnectors(`?project_id=${encodeURIComponent(project)}`)
    ).ok();
    expect(items).toHaveLength(1);
  });

  it('sets typed settings, whose secrets never come back out', async () => {
    const missing = (await admin.enable('tracker')).problem(422, 'SETTINGS_INVALID');
    expect(missing.errors).toEqual([{ pointer: '/body/settings/token', detail: 'is required' }]);
    const wrong = { token: TOKEN, region: 'mars', depth: 'deep', verbose: 1, other: true };
    const refused = (await admin.enable('tracker', wrong)).problem(422, 'SETTINGS_INVALID');
    expect(refused.errors?.map(({ pointer }) => pointer).sort()).toEqual(
      ['depth', 'other', 'region', 'verbose'].map((name) => `/body/settings/${name}`),
    );
    for (const hostile of ['a\r\nX-Evil: 1', ' padded', 'ünïcode', 'x'.repeat(2001)]) {
      const answer = await admin.enable('tracker', { token: hostile });
      expect(answer.status).toBe(422);
      expect(answer.text).not.toContain('evil');
    }
    // A wrong token saves nothing.
    (await admin.enable('tracker', { token: 'ghp_wrong' })).problem(422, 'AUTH_FAILED');
    expect((await admin.get('tracker')).ok().status).toBe('NOT_ENABLED');

    const settings = { token: TOKEN, region: 'us', depth: 3, verbose: false };
    const item = (await admin.enable('old-tracker', settings)).ok();
    expect(item).toMatchObject({ key: 'tracker', status: 'ENABLED' });
    const seen = github.requests.at(-1);
    expect(seen?.headers).toMatchObject({ 'x-region': 'us', 'x-depth': '3', 'x-verbose': 'false' });
    expect(
      Object.fromEntries(item.settings.map(({ name, value, is_set }) => [name, [value, is_set]])),
    ).toEqual({
      token: [null, true],
      region: ['us', true],
      depth: [3, true],
      verbose: [false, true],
    });

    // What is not named stays, null takes away, and a default counts again.
    const changed = (await admin.enable('tracker', { region: null, depth: 4 })).ok();
    expect(changed.settings.map(({ is_set }) => is_set)).toEqual([true, false, true, true]);
    expect(github.requests.at(-1)?.headers).toMatchObject({ 'x-region': 'eu', 'x-depth': '4' });
    (await admin.enable('tracker', { token: null })).problem(422, 'SETTINGS_INVALID');
    expect(await toolsOf(memberClient)).toEqual(['p--tracker__search']);

    const shown = [
      (await admin.get('tracker')).text,
      (await admin.list()).text,
      (await adminClient.getConnector(String(item.connector_id))).text,
      (await adminClient.getCredentials(String(item.connector_id))).text,
    ].join('');
    expect(shown).not.toContain(TOKEN);
    expect(service.logLines.join('')).not.toContain(TOKEN);
    const { rows } = await service.databaseTools.owner.query<{ text: string }>(
      `SELECT (c.*)::text || (s.*)::text AS text FROM connectors c JOIN credentials s ON s.connector_id = c.id`,
    );
    expect(rows.map(({ text }) => text).join('')).not.toContain(TOKEN);
  });

  it('gets a clear answer for what is closed, unknown or not for projects', async () => {
    (await admin.enable('google-workspace')).problem(409, 'CATALOG_ENTRY_CLOSED');
    for (const key of ['nothing-like-it', 'mail', 'discover']) {
      (await admin.get(key)).problem(404, 'CATALOG_ENTRY_NOT_FOUND');
      (await admin.enable(key)).problem(404, 'CATALOG_ENTRY_NOT_FOUND');
      (await admin.disable(key)).problem(404, 'CATALOG_ENTRY_NOT_FOUND');
      (await admin.sync(key)).problem(404, 'CATALOG_ENTRY_NOT_FOUND');
      (await admin.remove(key)).problem(404, 'CATALOG_ENTRY_NOT_FOUND');
    }
    expect((await admin.get('jira')).ok().key).toBe('atlassian');
    (await admin.enable('atlassian')).problem(422, 'CONNECTION_FAILED');
  });

  it.each([
    ['GET', '/api/catalog', undefined],
    ['GET', '/api/catalog?project_id=', undefined],
    ['GET', '/api/catalog/UPPER?project_id=p', undefined],
    ['GET', '/api/catalog/github', undefined],
    ['DELETE', '/api/catalog/github', undefined],
    ['POST', '/api/catalog/discover', {}],
    ['POST', '/api/catalog/github/enable', { settings: {} }],
    ['POST', '/api/catalog/github/enable', { project_id: 'p', settings: { a: { b: 1 } } }],
    ['POST', '/api/catalog/github/enable', { project_id: 'p', command: 'rm' }],
    ['POST', '/api/catalog/github/disable', { project_id: 1 }],
    ['POST', '/api/catalog/github/sync', []],
  ])('is told what is wrong with %s %s %j', async (method, path, body) => {
    (await adminClient.send(method, path, body === undefined ? {} : { body })).problem(
      422,
      'VALIDATION_FAILED',
    );
  });
});

describe('who is no admin', () => {
  it('looks and calls, and switches nothing', async () => {
    (await admin.enable('chroma')).ok();
    for (const refused of [
      await member.enable('tracker', { token: TOKEN }),
      await member.disable('chroma'),
      await member.sync('chroma'),
      await member.remove('chroma'),
    ]) {
      refused.problem(403, 'PROJECT_ADMIN_REQUIRED');
    }
    expect((await member.get('chroma')).ok().status).toBe('ENABLED');
    const stranger = new CatalogClient(await service.clientFor(), project);
    for (const refused of [
      await stranger.list(),
      await stranger.get('chroma'),
      await stranger.discover(),
      await stranger.enable('chroma'),
      await stranger.disable('chroma'),
      await stranger.sync('chroma'),
      await stranger.remove('chroma'),
    ]) {
      refused.problem(404, 'PROJECT_NOT_FOUND');
    }
    // The same project of another tenant is another one.
    const elsewhere = await service.clientFor(undefined, {
      tenant: 'elsewhere',
      claims: { projects: { [project]: 'admin' } },
    });
    expect((await new CatalogClient(elsewhere, project).get('chroma')).ok().status).toBe(
      'NOT_ENABLED',
    );
  });
});

describe('what the catalog decides', () => {
  it('cannot be changed as if it were the owner’s', async () => {
    (await admin.enable('tracker', { token: TOKEN })).ok();
    const id = await idOf('tracker');
    for (const refused of [
      await adminClient.updateConnector(id, { server_url: 'https://evil.example.com/mcp' }),
      await adminClient.updateConnector(id, { transport: 'sse' }),
      await adminClient.updateConnector(id, { auth_type: 'none' }),
      await adminClient.updateConnector(id, { credentials: { token: 'mine' } }),
      await adminClient.putCredentials(id, { headers: { 'X-Mine': '1' } }),
      await adminClient.deleteConnector(id),
    ]) {
      refused.problem(409, 'CONNECTOR_MANAGED');
    }
    const renamed = await adminClient.updateConnector(id, { name: 'Issues' });
    expect(renamed.ok()).toMatchObject({ name: 'Issues', slug: 'p--tracker' });
    expect((await adminClient.testConnector(id)).ok().success).toBe(true);
    expect((await adminClient.setStatus(id, 'DISABLED')).ok().status).toBe('DISABLED');
    expect((await admin.get('tracker')).ok().status).toBe('DISABLED');
  });

  it('counts against no limit, and keeps its slug and its name apart from others', async () => {
    const draft = { server_url: await ownServer(), project_id: project };
    const own = (await adminClient.createConnector({ ...draft, name: 'Chroma' })).ok(201);
    expect(own).toMatchObject({ slug: 'p--chroma-2', source: 'own', entry_key: null });
    await service.databaseTools.owner.query(
      `INSERT INTO connectors (id, tenant_id, owner_kind, owner_id, name, slug, server_url_sealed, server_origin, transport, auth_type,
         intent, health, last_tested_at, tools_discovered_at, created_at, updated_at)
       SELECT gen_random_uuid(), tenant_id, owner_kind, owner_id, 'Filler ' || n, 'p--filler-' || n, server_url_sealed, server_origin,
         transport, auth_type, intent, health, last_tested_at, tools_discovered_at, created_at, updated_at
       FROM connectors, generate_series(1, 19) n WHERE id = $1`,
      [own.id],
    );
    (await adminClient.createConnector({ ...draft, name: 'One more' })).problem(
      409,
      'CONNECTOR_LIMIT_REACHED',
    );
    const item = (await admin.enable('chroma')).ok();
    const managed = (await adminClient.getConnector(String(item.connector_id))).ok();
    expect(managed).toMatchObject({ slug: 'p--chroma', name: 'Chroma (2)' });
  });

  it('is out of reach for connectors of users, by whatever name', async () => {
    const { port } = new URL(chroma.url);
    const open = await startTestService({
      env: {
        CATALOG_FILE: file.file,
        OUTBOUND_ALLOWED_HOSTS: 'localhost',
        OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.0/8,::1/128',
      },
    });
    try {
      const user = await open.clientFor();
      for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433']) {
        const report = await user.testConnection({ server_url: `http://${host}:${port}/mcp` });
        expect(report.ok().error_code, host).toBe('BLOCKED_URL');
      }
      const named = await user.testConnection({ server_url: chroma.url });
      expect(named.ok().error_code).toBe('BLOCKED_URL');
      // Other ports of the machine are as open as ever.
      const other = await user.testConnection({ server_url: await ownServer() });
      expect(other.ok().success).toBe(true);
    } finally {
      await open.close();
    }
  });
});

describe('a server with a past', () => {
  it('that is healthy again is enabled by a sync, with its error cleared', async () => {
    (await admin.enable('tracker', { token: TOKEN })).ok();
    const id = await idOf('tracker');
    await service.databaseTools.owner.query(
      `UPDATE connectors SET health = 'ERROR', last_error_code = 'CONNECTION_FAILED', last_error_at = now(), failing_since = now() WHERE id = $1`,
      [id],
    );
    const before = (await admin.get('tracker')).ok();
    expect(before).toMatchObject({ status: 'ERROR', last_error: { code: 'CONNECTION_FAILED' } });
    github.tools = [tool('search'), tool('create')];
    const after = (await admin.sync('tracker')).ok();
    expect(after).toMatchObject({ status: 'ENABLED', last_error: null, tool_count: 2 });

    github.token = 'another';
    expect((await admin.sync('tracker')).ok()).toMatchObject({
      ...{ status: 'NEEDS_AUTH', last_error: { code: 'AUTH_FAILED' } },
    });
    github.token = TOKEN;
    expect((await admin.sync('tracker')).ok()).toMatchObject({
      status: 'ENABLED',
      last_error: null,
    });
  });

  it('that moved is reached where the catalog says now, and not where it was', async () => {
    const moved = await ScriptedServer.start({ token: TOKEN, tools: [tool('moved')] });
    (await admin.enable('tracker', { token: TOKEN })).ok();
    const other = writeCatalogFile(
      `entries:
  - key: tracker
    title: Tracker
    description: Elsewhere.
    url: '${moved.url}'
    settings: [{ name: token, title: Token, type: string, required: true, secret: true, header: { name: Authorization, value: 'Bearer {value}' } }]
`,
    );
    const { env, databaseTools } = service;
    const replica = await import('../../../src/service.ts').then(
      async ({ startService, settingChecks }) => {
        const { loadConfig } = await import('../../../src/config.ts');
        const settings = { ...env, CATALOG_FILE: other.file, DATABASE_URL: databaseTools.url };
        return await startService(loadConfig(settings, settingChecks), {
          logDestination: { write: () => undefined },
          hasSchedule: false,
        });
      },
    );
    try {
      const seenBefore = github.requests.length;
      const there = new CatalogClient(adminClient.at(replica.url), project);
      const synced = (await there.sync('tracker')).ok();
      expect(synced).toMatchObject({ status: 'ENABLED', tool_count: 1 });
      const called = await memberClient.at(replica.url).callTool({
        ...{ name: 'p--tracker__moved', arguments: {}, project_id: project },
      });
      called.ok();
      expect(moved.calls).toEqual(['moved']);
      expect(github.requests.length).toBe(seenBefore);
      const connector = await adminClient.at(replica.url).getConnector(await idOf('tracker'));
      expect(connector.ok().server_url).toBe(moved.origin);
      // One whose entry is gone, or closed, leads nowhere.
      (await admin.enable('chroma')).ok();
    } finally {
      await replica.stop();
      await moved.stop();
      other.remove();
    }
  });
});

let own: ScriptedServer | undefined;
async function ownServer(): Promise<string> {
  own ??= await ScriptedServer.start();
  return own.url;
}
afterAll(() => own?.stop());
