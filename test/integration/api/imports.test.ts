import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  ConnectorExport,
  ImportChoice,
  ImportEntry,
  ImportReport,
} from '../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { clientConfig } from '../../support/client-config.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

const TOKEN = 'import-token-41c7d0';
const WRONG = 'import-wrong-token-9e22';

let service: TestService;
let open: ScriptedServer;
let closed: ScriptedServer;
let alice: ApiClient;

beforeAll(async () => {
  service = await startTestService({
    clock: new ImpatientClock(),
    env: { PUBLIC_URL: 'https://connectors.example.com', LOG_LEVEL: 'trace' },
  });
  open = await ScriptedServer.start({ tools: [tool('echo')] });
  closed = await ScriptedServer.start({ token: TOKEN });
});

afterAll(async () => {
  await service.close();
  await open.stop();
  await closed.stop();
});

beforeEach(async () => {
  alice = await service.clientFor();
});

const preview = (client: ApiClient, content: unknown): Promise<ApiAnswer<ImportReport>> =>
  client.send('POST', '/api/imports/preview', { body: { content } });

const bringIn = (
  client: ApiClient,
  content: unknown,
  entries: ImportChoice[],
): Promise<ApiAnswer<ImportReport>> =>
  client.send('POST', '/api/imports', { body: { content, entries } });

const exportFor = (client: ApiClient, format: string): Promise<ApiAnswer<ConnectorExport>> =>
  client.send('GET', `/api/exports?format=${format}`);

const verdictsOf = (entries: readonly ImportEntry[]) =>
  entries.map(({ name, verdict, code }) => `${name}: ${verdict}${code === null ? '' : ` ${code}`}`);

/** As VS Code has it. */
const file = () => `{
  // mine
  "servers": {
    "Open": { "url": "${open.url}" },
    "Closed": { "type": "http", "url": "${closed.url}", "headers": { "Authorization": "Bearer \${input:token}" } },
    "Program": { "command": "sh", "args": ["-c", "touch /tmp/import-has-run"] },
    "Written": { "url": "${closed.url}", "headers": { "Authorization": "Bearer ${WRONG}" } },
  },
}`;

describe('a preview', () => {
  it('says what each entry would become, saves nothing and asks no server', async () => {
    const asked = open.requests.length + closed.requests.length;
    const { format, room, entries } = (await preview(alice, file())).ok();

    expect({ format, room }).toEqual({ format: 'vscode', room: 10 });
    expect(verdictsOf(entries)).toEqual([
      'Open: ready',
      'Closed: needs_secret',
      'Program: needs_runtime NAMES_COMMAND',
      'Written: needs_secret',
    ]);
    expect(entries[1]).toMatchObject({
      pointer: '/servers/Closed',
      line: 5,
      column: 5,
      server_origin: new URL(closed.url).origin,
      secrets: [{ name: 'input:token', header: 'Authorization', source: 'input', required: true }],
    });
    expect(open.requests.length + closed.requests.length).toBe(asked);
    expect((await alice.listConnectors()).ok().items).toEqual([]);
  });

  it.each([
    'claude-desktop.json',
    'claude-code.json',
    'claude-code-user.json',
    'cursor.json',
    'vscode.jsonc',
    'vscode-settings.jsonc',
    'codex.toml',
  ])('of %s is one that the contract allows', async (name) => {
    const report = (await preview(alice, await clientConfig(name))).ok();
    expect(report.entries.length).toBeGreaterThan(0);
  });

  it('takes what a file says as JSON as well', async () => {
    const content = { mcpServers: { Open: { url: open.url } } };
    expect((await preview(alice, content)).ok().entries).toMatchObject([
      { verdict: 'ready', line: null, column: null },
    ]);
  });

  it('tells where a file has a mistake, and does not quote it', async () => {
    const answer = await preview(alice, `{\n  "a": "${TOKEN}"\n  "b": 1 }`);
    expect(answer.problem(422, 'IMPORT_UNREADABLE')).toMatchObject({
      detail: 'A comma is missing, in line 3, column 3.',
      reason: 'COMMA_EXPECTED',
      line: 3,
      column: 3,
    });
    expect(answer.text).not.toContain(TOKEN);
  });

  it('is refused for a body that is too large, and for content that is neither text nor object', async () => {
    (await preview(alice, 'x'.repeat(262_145))).problem(422, 'VALIDATION_FAILED');
    (await preview(alice, 'x'.repeat(1_100_000))).problem(413, 'PAYLOAD_TOO_LARGE');
    (await preview(alice, 7)).problem(422, 'VALIDATION_FAILED');
    (await preview(alice, null)).problem(422, 'VALIDATION_FAILED');
    const text = '{"content": {"__proto__": {"mcpServers": {}}}}';
    (await alice.send('POST', '/api/imports/preview', { text })).problem(400, 'MALFORMED_REQUEST');
  });
});

describe('an import', () => {
  it('tests and saves what was chosen, and gives the tools to agents', async () => {
    const { room, entries } = (
      await bringIn(alice, file(), [
        { pointer: '/servers/Closed', name: 'Tracker', values: { 'input:token': TOKEN } },
        { pointer: '/servers/Open' },
      ])
    ).ok();

    expect(room).toBe(8);
    expect(verdictsOf(entries)).toEqual(['Tracker: imported', 'Open: imported']);
    const { items } = (await alice.listConnectors()).ok();
    expect(items.map(({ id }) => id).sort()).toEqual(
      entries.map(({ connector_id }) => connector_id).sort(),
    );
    expect(items.find(({ name }) => name === 'Tracker')).toMatchObject({
      server_url: closed.url,
      auth_type: 'bearer',
      status: 'ENABLED',
      credentials: { kind: 'bearer' },
    });
    const { tools } = (await alice.getTools()).ok();
    expect(tools.map(({ name }) => name)).toEqual(['open__echo', 'tracker__echo']);
  });

  it('can be repeated', async () => {
    const chosen = [{ pointer: '/servers/Open' }];
    const first = (await bringIn(alice, file(), chosen)).ok();
    const again = (await bringIn(alice, file(), chosen)).ok();

    expect(verdictsOf(again.entries)).toEqual(['Open: already_connected']);
    expect(again.entries[0]?.connector_id).toBe(first.entries[0]?.connector_id);
    expect(again.room).toBe(9);
    const looked = (await preview(alice, file())).ok();
    expect(verdictsOf(looked.entries)[0]).toBe('Open: already_connected');
  });

  it('connects nothing twice, sent five times at once', async () => {
    const chosen = [{ pointer: '/servers/Open' }];
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => bringIn(alice, file(), chosen)),
    );
    const verdicts = answers.map((answer) => answer.ok().entries[0]?.verdict).sort();
    expect(verdicts).toEqual([...Array(4).fill('already_connected'), 'imported']);
    expect((await alice.listConnectors()).ok().items).toHaveLength(1);
  });

  it('saves nothing that fails its test, and what is wrong with one costs no other', async () => {
    const { entries } = (
      await bringIn(alice, file(), [
        { pointer: '/servers/Written', use_file_secrets: true },
        { pointer: '/servers/Program', as_remote: true, use_file_secrets: true },
        { pointer: '/servers/Closed' },
        { pointer: '/servers/Open' },
      ])
    ).ok();

    expect(verdictsOf(entries)).toEqual([
      'Written: failed AUTH_FAILED',
      'Program: needs_runtime NAMES_COMMAND',
      'Closed: needs_secret',
      'Open: imported',
    ]);
    expect((await alice.listConnectors()).ok().items.map(({ name }) => name)).toEqual(['Open']);
  });

  it('says where the user has to sign in', async () => {
    const content = { mcpServers: { Closed: { url: closed.url } } };
    const { entries } = (await bringIn(alice, content, [{ pointer: '/mcpServers/Closed' }])).ok();
    expect(verdictsOf(entries)).toEqual(['Closed: needs_sign_in AUTH_REQUIRED']);
    const sign_in = { name: 'Closed', server_url: closed.url, transport: 'auto' };
    expect(entries).toMatchObject([{ sign_in }]);
  });

  it('reaches no address that a connector may not have', async () => {
    const content = {
      mcpServers: {
        metadata: { url: 'http://169.254.169.254/latest/meta-data/' },
        network: { url: 'https://10.0.0.1/mcp' },
        socket: { url: 'unix:///var/run/docker.sock' },
      },
    };
    const chosen = Object.keys(content.mcpServers).map((name) => ({
      pointer: `/mcpServers/${name}`,
    }));
    const { entries } = (await bringIn(alice, content, chosen)).ok();
    expect(verdictsOf(entries)).toEqual([
      'metadata: refused BLOCKED_URL',
      'network: refused BLOCKED_URL',
      'socket: refused INVALID_URL',
    ]);
  });

  it('holds the limit of connectors', async () => {
    const servers = Array.from({ length: 12 }, (_, n) => [`S${n}`, { url: `${open.url}?n=${n}` }]);
    const content = { mcpServers: Object.fromEntries(servers) as object };
    const pointers = servers.map(([name]) => ({ pointer: `/mcpServers/${String(name)}` }));

    const first = (await bringIn(alice, content, pointers.slice(0, 8))).ok();
    expect(first.entries.every(({ verdict }) => verdict === 'imported')).toBe(true);
    const rest = (await bringIn(alice, content, pointers.slice(8))).ok();

    expect(rest.room).toBe(0);
    expect(rest.entries.map(({ verdict, code }) => `${verdict} ${code}`).sort()).toEqual([
      'imported null',
      'imported null',
      'refused CONNECTOR_LIMIT_REACHED',
      'refused CONNECTOR_LIMIT_REACHED',
    ]);
    (await bringIn(alice, content, pointers)).problem(422, 'VALIDATION_FAILED');
  });

  it('tells of an entry that is not in the file any more', async () => {
    const { entries } = (
      await bringIn(alice, file(), [{ pointer: '/servers/None' }, { pointer: '/servers/Open' }])
    ).ok();
    expect(verdictsOf(entries)).toEqual(['MCP server: refused NOT_IN_FILE', 'Open: imported']);
  });

  it('leaves no secret in answers or in the log', async () => {
    const answer = await bringIn(alice, file(), [
      { pointer: '/servers/Written', use_file_secrets: true },
      { pointer: '/servers/Closed', values: { 'input:token': TOKEN } },
    ]);
    expect(verdictsOf(answer.ok().entries)[1]).toBe('Closed: imported');
    for (const secret of [TOKEN, WRONG, 'import-has-run']) {
      expect(answer.text).not.toContain(secret);
      expect(service.logLines.join('')).not.toContain(secret);
    }
    const line = service.operations().findLast(({ operation }) => operation === 'connector.import');
    expect(line).toMatchObject({ outcome: 'ok', entries: 2, imported: 1 });
  });

  it('is of the user who sends it', async () => {
    await bringIn(alice, file(), [{ pointer: '/servers/Open' }]);
    const bob = await service.clientFor();
    expect(verdictsOf((await preview(bob, file())).ok().entries)[0]).toBe('Open: ready');
    expect((await exportFor(bob, 'codex')).ok().servers.variables).toEqual([]);
    expect((await exportFor(bob, 'mcp-json')).ok().servers.content).not.toContain(open.url);
  });
});

describe('an export', () => {
  it('has the connectors without a secret, and the endpoint of the service', async () => {
    const chosen = [
      { pointer: '/servers/Closed', values: { 'input:token': TOKEN } },
      { pointer: '/servers/Open' },
    ];
    (await bringIn(alice, file(), chosen)).ok();
    for (const format of [
      'mcp-json',
      'claude-desktop',
      'claude-code',
      'cursor',
      'vscode',
      'codex',
    ]) {
      const answer = await exportFor(alice, format);
      const { endpoint, servers } = answer.ok();
      expect(answer.text).not.toContain(TOKEN);
      expect(endpoint?.content).toContain('https://connectors.example.com/mcp');
      expect(servers.content).toContain(closed.url);
      expect(servers.variables).toMatchObject([{ place: 'header', header: 'Authorization' }]);
      const back = (await preview(alice, servers.content)).ok();
      expect(back.entries.map(({ verdict }) => verdict)).toEqual(
        Array(2).fill('already_connected'),
      );
    }
  });

  it('is refused for a client that is not known', async () => {
    (await exportFor(alice, 'netscape')).problem(422, 'VALIDATION_FAILED');
    (await alice.send('GET', '/api/exports')).problem(422, 'VALIDATION_FAILED');
  });
});

describe('an import into a project', () => {
  const project = 'atlas';
  const inProject = (role: string, id = project) =>
    service.clientFor(undefined, { claims: { projects: { [id]: role } } });
  const body = (more: object = {}) => ({ content: file(), project_id: project, ...more });
  const chosen = { entries: [{ pointer: '/servers/Open' }, { pointer: '/servers/Closed' }] };

  it('makes connectors of the project, once, and leaves those of the admin alone', async () => {
    const admin = await inProject('admin');
    (await bringIn(admin, file(), [{ pointer: '/servers/Open' }])).ok();
    const looked = (
      await admin.send<ImportReport>('POST', '/api/imports/preview', { body: body() })
    ).ok();
    expect(looked.room).toBe(20);
    expect(verdictsOf(looked.entries)[0]).toBe('Open: ready');

    const content = { mcpServers: { Open: { url: open.url }, Closed: { url: closed.url } } };
    const entries = Object.keys(content.mcpServers).map((name) => ({
      pointer: `/mcpServers/${name}`,
    }));
    const request = { body: body({ content, entries }) };
    const first = (await admin.send<ImportReport>('POST', '/api/imports', request)).ok();
    const again = (await admin.send<ImportReport>('POST', '/api/imports', request)).ok();

    expect(verdictsOf(first.entries)).toEqual([
      'Open: imported',
      'Closed: needs_sign_in AUTH_REQUIRED',
    ]);
    expect(first.entries[1]?.sign_in).toEqual({
      name: 'Closed',
      server_url: closed.url,
      transport: 'auto',
      project_id: project,
    });
    expect(verdictsOf(again.entries)[0]).toBe('Open: already_connected');
    const { items } = (await admin.listConnectors(`?project_id=${project}`)).ok();
    expect(items).toMatchObject([
      { id: first.entries[0]?.connector_id, project_id: project, credential_mode: 'shared' },
    ]);
    expect((await admin.listConnectors()).ok().items).toHaveLength(1);
    const exported = (
      await admin.send<ConnectorExport>('GET', `/api/exports?format=cursor&project_id=${project}`)
    ).ok();
    expect(exported.servers.content).toContain(open.url);
  });

  it('is for admins alone, with its preview and the export', async () => {
    const requests: [string, string, object?][] = [
      ['POST', '/api/imports/preview', { body: body() }],
      ['POST', '/api/imports', { body: body(chosen) }],
      ['GET', `/api/exports?format=codex&project_id=${project}`],
    ];
    const member = await inProject('member');
    const stranger = await inProject('admin', 'another');
    const asked = open.requests.length;
    for (const [method, path, request] of requests) {
      (await member.send(method, path, request)).problem(403, 'PROJECT_ADMIN_REQUIRED');
      (await stranger.send(method, path, request)).problem(404, 'PROJECT_NOT_FOUND');
    }
    expect(open.requests.length).toBe(asked);
  });
});
