import { beforeEach, describe, expect, it } from 'vitest';
import { clientConfig } from '../../support/client-config.ts';
import { ALICE, choose, ImportBench } from './import-bench.ts';

let bench: ImportBench;

beforeEach(() => {
  bench = new ImportBench();
});

/** What stands in each sample and must not come back. */
const SECRETS: Record<string, string[]> = {
  'claude-desktop.json': ['sample-desktop-env-5b1d', 'sample-desktop-bridge-77ac'],
  'claude-code.json': ['sample-code-dsn-20fe'],
  'claude-code-user.json': ['sk_test_samplecodeuser0194'],
  'cursor.json': [
    'sample-cursor-literal-91be',
    'sample-cursor-client-secret-4d',
    'c0ffee00-1234-4abc-9def-0123456789ab',
  ],
  'vscode.jsonc': [],
  'vscode-settings.jsonc': [],
  'codex.toml': ['sample-codex-env-13aa', 'tok_sample0codex0mistaken0e7'],
};

/** Name, verdict and code, then names of secrets. */
const VERDICTS: [file: string, format: string, entries: string[]][] = [
  [
    'claude-desktop.json',
    'mcp-servers',
    [
      'filesystem: needs_runtime NAMES_COMMAND',
      'github: needs_runtime NAMES_COMMAND',
      'linear: needs_runtime NAMES_COMMAND leads to https://mcp.linear.example',
      'tracker: needs_runtime NAMES_COMMAND leads to https://tracker.example.com header:Authorization=file',
    ],
  ],
  [
    'claude-code.json',
    'mcp-servers',
    [
      'sentry: ready https://mcp.sentry.example auto',
      'api-server: needs_secret https://api.example.com auto env:API_BASE_URL=env? env:API_KEY=env',
      'asana: ready https://mcp.asana.example sse',
      'internal-api: needs_runtime HEADERS_FROM_COMMAND',
      'live: refused UNSUPPORTED_TRANSPORT',
      'database: needs_runtime NAMES_COMMAND',
    ],
  ],
  [
    'claude-code-user.json',
    'mcp-servers',
    [
      'notion: ready https://mcp.notion.example auto',
      'stripe: needs_secret https://mcp.stripe.example auto header:Authorization=file',
    ],
  ],
  [
    'cursor.json',
    'mcp-servers',
    [
      'my-remote-mcp-server: needs_secret https://api.example.com auto env:MY_SERVICE_TOKEN=env env:CUSTOM_HEADER_VALUE=env',
      'literal: needs_secret https://search.example.com auto header:API_KEY=file [HEADER_LEFT_OUT]',
      'oauth-server: ready https://oauth.example.com auto [SIGN_IN_SETTINGS_LEFT_OUT]',
      'in-the-address: needs_secret https://hooks.example.com auto url=file',
      'from-the-manual: needs_secret https://manual.example.com auto header:Authorization=blank',
      'local: needs_runtime NAMES_COMMAND',
    ],
  ],
  [
    'vscode.jsonc',
    'vscode',
    [
      'github: needs_secret https://api.githubcopilot.example auto input:github-token=input',
      'docs: needs_secret auto input:region=input',
      'socket: refused INVALID_URL auto',
      'playwright: needs_runtime NAMES_COMMAND',
      'own-network: refused BLOCKED_URL https://192.168.1.20 auto',
    ],
  ],
  ['vscode-settings.jsonc', 'vscode', ['wiki: ready https://wiki.example.com sse']],
  [
    'codex.toml',
    'codex',
    [
      'context7: needs_runtime NAMES_COMMAND',
      'figma: needs_secret https://mcp.figma.example auto env:FIGMA_OAUTH_TOKEN=env',
      'issue tracker: needs_secret https://tracker.example.com auto env:TRACKER_KEY=env [DISABLED_IN_FILE TOOL_CHOICE_LEFT_OUT]',
      'mistaken: needs_secret https://mistaken.example.com auto header:Authorization=file',
    ],
  ],
];

type Entry = Awaited<ReturnType<ImportBench['service']['preview']>>['entries'][number];

function summary(entry: Entry): string {
  const { verdict, code, serverOrigin, transport, secrets, notes, hasRemote } = entry;
  return [
    `${entry.name}:`,
    verdict,
    code,
    hasRemote ? `leads to ${serverOrigin}` : serverOrigin,
    hasRemote ? undefined : transport,
    ...secrets.map(({ name, source, isRequired }) => `${name}=${source}${isRequired ? '' : '?'}`),
    notes.length > 0 ? `[${notes.join(' ')}]` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

describe('files of clients', () => {
  it.each(VERDICTS)('%s: each entry has its verdict', async (file, format, entries) => {
    const report = await bench.service.preview(ALICE, await clientConfig(file));

    expect(report.format).toBe(format);
    expect(report.room).toBe(10);
    expect(report.entries.map(summary)).toEqual(entries);
    expect(bench.drafts).toEqual([]);
  });

  it.each(Object.entries(SECRETS))('%s: no secret of it comes back', async (file, secrets) => {
    const content = await clientConfig(file);
    const report = await bench.service.preview(ALICE, content);
    const pointers = report.entries.map(({ pointer }) => choose(pointer, { asRemote: true }));
    const imported = await bench.service.import(ALICE, content, pointers);

    const told = JSON.stringify([report, imported, bench.lines]);
    for (const secret of secrets) {
      expect(content).toContain(secret);
      expect(told).not.toContain(secret);
    }
  });

  it('tells where each entry stands, as an editor counts', async () => {
    const content = await clientConfig('vscode.jsonc');
    const { entries } = await bench.service.preview(ALICE, content);

    const lines = content.split('\n');
    for (const { place, name } of entries) {
      expect(lines[(place?.line ?? 0) - 1]?.slice((place?.column ?? 0) - 1)).toMatch(
        new RegExp(`^"${name}"`),
      );
    }
  });

  it('names entries of projects by where they are', async () => {
    const content = await clientConfig('claude-code-user.json');
    const { entries } = await bench.service.preview(ALICE, content);
    expect(entries.map(({ pointer }) => pointer)).toEqual([
      '/mcpServers/notion',
      '/projects/~1home~1alice~1shop/mcpServers/stripe',
    ]);
  });

  it('reads what a JSON file says as it reads its text, but for the places', async () => {
    const text = await clientConfig('cursor.json');
    const ofText = await bench.service.preview(ALICE, text);
    const ofValue = await bench.service.preview(ALICE, JSON.parse(text) as object);
    const withoutPlaces = ({ entries }: typeof ofText) =>
      entries.map((entry) => ({ ...entry, place: undefined }));
    expect(withoutPlaces(ofValue)).toEqual(withoutPlaces(ofText));
    expect(ofValue.entries.every(({ place }) => place === undefined)).toBe(true);
  });

  it('takes what a manual prints, without the names around it', async () => {
    const report = await bench.service.preview(
      ALICE,
      '// add this\n{ "docs": { "url": "https://docs.example.com/mcp" }, "version": 1 }',
    );
    expect(report.format).toBe('snippet');
    expect(report.entries).toMatchObject([{ pointer: '/docs', name: 'docs', verdict: 'ready' }]);
  });
});

describe('what is saved of a file', () => {
  const importOne = async (file: string, pointer: string, more: Parameters<typeof choose>[1]) => {
    const content = await clientConfig(file);
    const { entries } = await bench.service.import(ALICE, content, [choose(pointer, more)]);
    expect(entries).toMatchObject([{ verdict: 'imported', pointer }]);
    return bench.drafts[0];
  };

  it('is what the client would have sent: a token', async () => {
    const values = { 'env:FIGMA_OAUTH_TOKEN': 'figma-token' };
    // Two headers, so they stay headers.
    expect(await importOne('codex.toml', '/mcp_servers/figma', { values })).toEqual({
      name: 'figma',
      serverUrl: 'https://mcp.figma.example/mcp',
      transport: 'auto',
      authType: 'headers',
      credentials: {
        kind: 'headers',
        headers: { 'X-Figma-Region': 'us-east-1', Authorization: 'Bearer figma-token' },
      },
      callTimeoutSeconds: 46,
      credentialMode: 'shared',
    });
  });

  it('is a bearer token where that is all', async () => {
    const values = { 'input:github-token': 'gh-token' };
    expect(await importOne('vscode.jsonc', '/servers/github', { values })).toMatchObject({
      authType: 'bearer',
      credentials: { kind: 'bearer', token: 'gh-token' },
      callTimeoutSeconds: 60,
    });
  });

  it('has the secrets of the file only where the user agrees', async () => {
    const pointer = '/mcpServers/literal';
    const content = await clientConfig('cursor.json');
    const before = await bench.service.import(ALICE, content, [choose(pointer)]);
    expect(before.entries).toMatchObject([{ verdict: 'needs_secret' }]);
    expect(before.entries[0]).not.toHaveProperty('code');
    expect(bench.drafts).toEqual([]);

    const more = { usesFileSecrets: true };
    expect(await importOne('cursor.json', pointer, more)).toMatchObject({
      credentials: { kind: 'headers', headers: { API_KEY: 'sample-cursor-literal-91be' } },
    });
  });

  it('has what the user enters in the place of what the file has', async () => {
    const values = { 'header:API_KEY': 'another' };
    expect(await importOne('cursor.json', '/mcpServers/literal', { values })).toMatchObject({
      credentials: { headers: { API_KEY: 'another' } },
    });
  });

  it('has the address that the user enters', async () => {
    const values = { url: 'https://hooks.example.com/api/mcp/s/mine/mcp' };
    const draft = await importOne('cursor.json', '/mcpServers/in-the-address', { values });
    expect(draft?.serverUrl).toBe(values.url);
  });

  it('has the default of a variable, and the value where there is one', async () => {
    const values = { 'env:API_KEY': 'k' };
    const draft = await importOne('claude-code.json', '/mcpServers/api-server', { values });
    expect(draft?.serverUrl).toBe('https://api.example.com/mcp');

    bench = new ImportBench();
    const more = { values: { ...values, 'env:API_BASE_URL': 'https://eu.example.com' } };
    const other = await importOne('claude-code.json', '/mcpServers/api-server', more);
    expect(other?.serverUrl).toBe('https://eu.example.com/mcp');
  });

  it('is the server that a command only leads to, where the user wants that', async () => {
    const more = { asRemote: true, usesFileSecrets: true };
    expect(await importOne('claude-desktop.json', '/mcpServers/tracker', more)).toMatchObject({
      serverUrl: 'https://tracker.example.com/mcp',
      transport: 'streamable-http',
      credentials: { kind: 'bearer', token: 'sample-desktop-bridge-77ac' },
    });
  });

  it.each(['/mcpServers/filesystem', '/mcpServers/github'])(
    'is never a command, whatever the user says: %s',
    async (pointer) => {
      const content = await clientConfig('claude-desktop.json');
      const { entries } = await bench.service.import(ALICE, content, [
        choose(pointer, { asRemote: true, usesFileSecrets: true }),
      ]);
      expect(entries).toMatchObject([{ verdict: 'needs_runtime', hasRemote: false }]);
      expect(bench.drafts).toEqual([]);
    },
  );
});
