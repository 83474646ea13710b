// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of the clients
import { beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/modules/connectors/index.ts';
import { ExportService, type PublicEndpoint } from '../../../src/modules/imports/index.ts';
import { ALICE, choose, ImportBench } from './import-bench.ts';

const FORMATS = ['mcp-json', 'claude-desktop', 'claude-code', 'cursor', 'vscode', 'codex'] as const;
const ENDPOINT = { url: 'https://connectors.example.com/mcp', needsToken: false };

let bench: ImportBench;

beforeEach(() => {
  bench = new ImportBench();
});

function exporter(endpoint: PublicEndpoint | undefined = ENDPOINT): ExportService {
  const list = () => Promise.resolve({ items: [...bench.connectors].reverse(), next: undefined });
  return new ExportService({ connectors: { list }, endpoint });
}

function add(name: string, url: string | undefined, more: Partial<Connector> = {}): Connector {
  const slug = name.toLowerCase().replaceAll(' ', '-');
  return Object.assign(bench.add(name, url), { slug }, more);
}

function headers(...headerNames: string[]): Partial<Connector> {
  const credential = {
    kind: 'headers' as const,
    grantType: undefined,
    headerNames,
    state: 'active' as const,
    expiresAt: undefined,
    scopes: [],
    missingScopes: [],
    deletionDueAt: undefined,
    updatedAt: new Date(),
  };
  return { authType: 'headers', credential };
}

function addSome(): void {
  add('Docs', 'https://docs.example.com/mcp');
  add('Issue tracker', 'https://tracker.example.com/mcp', { authType: 'bearer' });
  add('Search', 'https://search.example.com/mcp', headers('X-Api-Key', 'X-Org'));
  add('Mail', 'https://mail.example.com/mcp', { authType: 'oauth2' });
}

describe('the file with all servers', () => {
  it('of Claude Code', async () => {
    addSome();
    const { servers, fileName, mediaType } = await exporter().export(ALICE, 'claude-code');
    expect({ fileName, mediaType }).toEqual({
      fileName: '.mcp.json',
      mediaType: 'application/json',
    });
    expect(JSON.parse(servers.content)).toEqual({
      mcpServers: {
        docs: { type: 'http', url: 'https://docs.example.com/mcp' },
        'issue-tracker': {
          type: 'http',
          url: 'https://tracker.example.com/mcp',
          headers: { Authorization: 'Bearer ${ISSUE_TRACKER_TOKEN}' },
        },
        search: {
          type: 'http',
          url: 'https://search.example.com/mcp',
          headers: { 'X-Api-Key': '${SEARCH_X_API_KEY}', 'X-Org': '${SEARCH_X_ORG}' },
        },
        mail: { type: 'http', url: 'https://mail.example.com/mcp' },
      },
    });
    expect(servers.variables.map(({ name, header }) => `${name} ${header}`)).toEqual([
      'ISSUE_TRACKER_TOKEN Authorization',
      'SEARCH_X_API_KEY X-Api-Key',
      'SEARCH_X_ORG X-Org',
    ]);
  });

  it('of Cursor', async () => {
    addSome();
    const { servers } = await exporter().export(ALICE, 'cursor');
    expect(JSON.parse(servers.content)).toMatchObject({
      mcpServers: {
        'issue-tracker': { headers: { Authorization: 'Bearer ${env:ISSUE_TRACKER_TOKEN}' } },
      },
    });
  });

  it('of VS Code, which asks for what is missing', async () => {
    addSome();
    const { servers } = await exporter().export(ALICE, 'vscode');
    expect(JSON.parse(servers.content)).toMatchObject({
      inputs: [
        { type: 'promptString', id: 'issue-tracker-token', password: true },
        { type: 'promptString', id: 'search-x-api-key', password: true },
        { type: 'promptString', id: 'search-x-org', password: true },
      ],
      servers: {
        docs: { type: 'http', url: 'https://docs.example.com/mcp' },
        'issue-tracker': { headers: { Authorization: 'Bearer ${input:issue-tracker-token}' } },
      },
    });
    expect(servers.variables[0]?.name).toBe('issue-tracker-token');
  });

  it('of Codex', async () => {
    addSome();
    const { servers, mediaType } = await exporter().export(ALICE, 'codex');
    expect(mediaType).toBe('application/toml');
    expect(servers.content).toContain(
      '[mcp_servers.issue-tracker]\nurl = "https://tracker.example.com/mcp"\nbearer_token_env_var = "ISSUE_TRACKER_TOKEN"\n',
    );
    expect(servers.content).toContain('X-Api-Key = "SEARCH_X_API_KEY"');
  });

  it('of Claude Desktop, which starts a program', async () => {
    addSome();
    const { servers } = await exporter().export(ALICE, 'claude-desktop');
    expect(JSON.parse(servers.content)).toMatchObject({
      mcpServers: {
        docs: { command: 'npx', args: ['-y', 'mcp-remote', 'https://docs.example.com/mcp'] },
        'issue-tracker': {
          args: [
            '-y',
            'mcp-remote',
            'https://tracker.example.com/mcp',
            '--header',
            'Authorization:${ISSUE_TRACKER_TOKEN}',
          ],
          env: { ISSUE_TRACKER_TOKEN: 'Bearer <ISSUE_TRACKER_TOKEN>' },
        },
      },
    });
  });

  it.each(FORMATS)('%s: has no part of an address that looks like a key', async (format) => {
    add('In the path', 'https://a.example.com/s/c0ffee00-1234-4abc-9def-0123456789ab/mcp');
    add('In the query', 'https://b.example.com/mcp?project=shop&api_key=path-secret#x');
    const exported = await exporter().export(ALICE, format);
    expect(JSON.stringify(exported)).not.toMatch(/c0ffee00|path-secret/);
    expect(exported.servers.content).toContain('https://b.example.com/mcp?project=shop&api_key=');
    expect(exported.servers.variables).toMatchObject([{ place: 'url' }, { place: 'url' }]);
  });

  it.each(FORMATS)('%s: comes back as the same servers, which are connected', async (format) => {
    addSome();
    add('Old', 'https://old.example.com/sse', { transport: 'sse' });
    const { servers, leftOut } = await exporter().export(ALICE, format);
    const { entries } = await bench.service.preview(ALICE, servers.content);
    const known = bench.connectors.map(({ id }) => id);
    expect(entries.map(({ connectorId }) => connectorId)).toEqual(
      known.filter((id) => leftOut.every(({ connectorId }) => connectorId !== id)),
    );
    expect(leftOut.map(({ reason }) => reason)).toEqual(format === 'codex' ? ['unsupported'] : []);
  });

  it.each(FORMATS)('%s: is imported elsewhere when its variables are entered', async (format) => {
    addSome();
    const { servers } = await exporter().export(ALICE, format);
    const elsewhere = new ImportBench();
    const { entries } = await elsewhere.service.preview(ALICE, servers.content);
    const chosen = entries.map(({ pointer, secrets }) =>
      choose(pointer, {
        asRemote: true,
        values: Object.fromEntries(
          secrets.map(({ name }) => [name, name === 'header:Authorization' ? 'Bearer v' : 'v']),
        ),
      }),
    );
    const report = await elsewhere.service.import(ALICE, servers.content, chosen);
    expect(report.entries.map(({ verdict }) => verdict)).toEqual(Array(4).fill('imported'));
    expect(elsewhere.drafts.map(({ credentials }) => credentials)).toEqual([
      undefined,
      { kind: 'bearer', token: 'v' },
      { kind: 'headers', headers: { 'X-Api-Key': 'v', 'X-Org': 'v' } },
      undefined,
    ]);
  });

  it('leaves out what cannot be used, and says so', async () => {
    const off = add('Off', 'https://a.example.com/mcp', { intent: 'DISABLED' });
    const lost = add('Lost', undefined);
    const { servers, leftOut } = await exporter().export(ALICE, 'cursor');
    expect(JSON.parse(servers.content)).toEqual({ mcpServers: {} });
    expect(leftOut).toEqual([
      { connectorId: off.id, name: 'Off', reason: 'disabled' },
      { connectorId: lost.id, name: 'Lost', reason: 'unreadable' },
    ]);
  });
});

describe('the file with the endpoint', () => {
  it.each(FORMATS)('%s: has the endpoint alone', async (format) => {
    addSome();
    const { endpoint } = await exporter().export(ALICE, format);
    expect(endpoint?.content).toContain('https://connectors.example.com/mcp');
    expect(endpoint?.content).not.toContain('tracker');
    expect(endpoint?.variables).toEqual([]);
  });

  it('has a token to enter where clients are not told where to sign in', async () => {
    const { endpoint } = await exporter({ ...ENDPOINT, needsToken: true }).export(ALICE, 'codex');
    expect(endpoint?.content).toContain('bearer_token_env_var = "MCP_CONNECTORS_TOKEN"');
    expect(endpoint?.variables).toMatchObject([
      { name: 'MCP_CONNECTORS_TOKEN', connectorId: undefined },
    ]);
  });

  it('is not there without a public address', async () => {
    const list = () => Promise.resolve({ items: [], next: undefined });
    const service = new ExportService({ connectors: { list }, endpoint: undefined });
    expect((await service.export(ALICE, 'cursor')).endpoint).toBeUndefined();
  });
});
