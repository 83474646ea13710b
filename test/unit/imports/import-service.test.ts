// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of the clients
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import type { ErrorCode } from '../../../src/errors/error-codes.ts';
import { ALICE, choose, ImportBench } from './import-bench.ts';

let bench: ImportBench;

beforeEach(() => {
  bench = new ImportBench();
});

const file = (servers: Record<string, unknown>) => ({ mcpServers: servers });
const server = (url: string, headers?: Record<string, string>) => ({
  url,
  ...(headers && { headers }),
});

async function verdicts(content: object | string, ...pointers: string[]) {
  const report = await bench.service.import(
    ALICE,
    content,
    pointers.map((pointer) => choose(pointer, { usesFileSecrets: true })),
  );
  return report.entries.map(({ verdict, name, code }) => [verdict, name, code].join(' ').trim());
}

describe('repeating an import', () => {
  const URL_ = 'https://mcp.example.com/mcp';

  it('connects nothing twice, whatever the connector is called by now', async () => {
    const content = file({ docs: server(URL_) });
    expect(await verdicts(content, '/mcpServers/docs')).toEqual(['imported docs']);
    const [connector] = bench.connectors;
    if (connector !== undefined) connector.name = 'Renamed';

    expect(await verdicts(content, '/mcpServers/docs')).toEqual(['already_connected Renamed']);
    const { entries } = await bench.service.preview(ALICE, content);
    expect(entries).toMatchObject([
      { verdict: 'already_connected', connectorId: connector?.id, name: 'Renamed' },
    ]);
    expect(bench.drafts).toHaveLength(1);
  });

  it('keeps two accounts of one server apart', async () => {
    const content = file({
      work: server(URL_, { 'X-Key': 'work-key' }),
      home: server(URL_, { 'X-Key': 'home-key' }),
    });
    expect(await verdicts(content, '/mcpServers/home')).toEqual(['imported home']);
    const { entries } = await bench.service.preview(ALICE, content);
    expect(entries.map(({ verdict }) => verdict)).toEqual(['needs_secret', 'already_connected']);
    expect(await verdicts(content, '/mcpServers/work')).toEqual(['imported work']);
    expect(await verdicts(content, '/mcpServers/work', '/mcpServers/home')).toEqual([
      'already_connected work',
      'already_connected home',
    ]);
  });

  it('does not tell that a server of the catalog has the address of an entry', async () => {
    const content = file({ docs: server(URL_) });
    const managed = bench.add('docs', URL_);
    managed.source = 'catalog';
    const { entries } = await bench.service.preview(ALICE, content);
    expect(entries).toMatchObject([{ verdict: 'ready' }]);
    expect(entries[0]?.name).not.toBe('docs');
    expect(entries[0]).not.toHaveProperty('connectorId');
    bench.refuse = () => new AppError('CONNECTOR_NAME_TAKEN');
    const [verdict] = await verdicts(content, '/mcpServers/docs');
    expect(verdict).toMatch(/^refused .*CONNECTOR_NAME_TAKEN$/);
  });

  it('says the same of an entry, whether it is looked at or chosen alone', async () => {
    const content = file({ work: server(URL_), home: server(URL_) });
    bench.add('Renamed', URL_);
    const { entries } = await bench.service.preview(ALICE, content);
    expect(entries.map(({ verdict }) => verdict)).toEqual(['already_connected', 'ready']);
    expect(await verdicts(content, '/mcpServers/home')).toEqual(['imported home']);
  });

  it.each([
    ['another key in the query', 'https://a.example.com/mcp?api_key=one', '?api_key=two', true],
    [
      'another project in the query',
      'https://a.example.com/mcp?project=one',
      '?project=two',
      false,
    ],
    ['the order of parameters', 'https://a.example.com/mcp?a=1&b=2', '?b=2&a=1', true],
    ['capitals in the host', 'https://A.example.com/mcp', '', true],
    ['another path', 'https://a.example.com/mcp/', '', false],
    ['another port', 'https://a.example.com:8443/mcp', '', false],
  ])('tells one server from another: %s', async (_what, connected, query, isSame) => {
    bench.add('Mine', connected);
    const content = file({ entry: server(`https://a.example.com/mcp${query}`) });
    const { entries } = await bench.service.preview(ALICE, content);
    expect(entries[0]?.verdict === 'already_connected').toBe(isSame);
  });

  it('finds that the same import, sent at the same time, was faster', async () => {
    bench.refuse = (draft) => {
      bench.add(draft.name, draft.serverUrl);
      return new AppError('CONNECTOR_NAME_TAKEN');
    };
    const content = file({ docs: server(URL_) });
    expect(await verdicts(content, '/mcpServers/docs')).toEqual(['already_connected docs']);
  });

  it('does not take another server of that name for the one of the file', async () => {
    bench.refuse = (draft) => {
      bench.add(draft.name, 'https://other.example.com/mcp');
      return new AppError('CONNECTOR_NAME_TAKEN');
    };
    const content = file({ docs: server(URL_) });
    expect(await verdicts(content, '/mcpServers/docs')).toEqual([
      'refused docs CONNECTOR_NAME_TAKEN',
    ]);
  });
});

describe('names', () => {
  it('get a number where another connector has them', async () => {
    bench.add('DOCS', 'https://old.example.com/mcp');
    bench.add('unreadable', undefined);
    const content = file({
      docs: server('https://a.example.com/mcp'),
      ' Docs ': server('https://b.example.com/mcp'),
    });
    const { entries } = await bench.service.preview(ALICE, content);
    expect(entries.map(({ name }) => name)).toEqual(['docs 2', 'Docs 3']);
  });

  it.each([
    ['a\u202eb\u0000c', 'abc'],
    ['\u200b', 'MCP server'],
    ['', 'MCP server'],
    ['x'.repeat(150), 'x'.repeat(100)],
    [`${'x'.repeat(99)}😀`, 'x'.repeat(99)],
    ['__proto__', '__proto__'],
    ['a \n b', 'a b'],
  ])('are cleaned: %j', async (key, name) => {
    const content = JSON.stringify({ mcpServers: { [key]: server('https://a.example.com/mcp') } });
    const { entries } = await bench.service.preview(ALICE, content);
    expect(entries).toMatchObject([{ name, verdict: 'ready' }]);
  });

  it('is the one that the user gives', async () => {
    const content = file({ docs: server('https://a.example.com/mcp') });
    const chosen = [choose('/mcpServers/docs', { name: 'Handbook' })];
    const { entries } = await bench.service.import(ALICE, content, chosen);
    expect(entries).toMatchObject([{ verdict: 'imported', name: 'Handbook' }]);
  });
});

describe('an entry that fails', () => {
  it.each<[ErrorCode, string]>([
    ['AUTH_REQUIRED', 'needs_sign_in'],
    ['AUTH_FAILED', 'failed'],
    ['TIMEOUT', 'failed'],
    ['INVALID_MCP_SERVER', 'failed'],
    ['BLOCKED_URL', 'refused'],
    ['CONNECTOR_LIMIT_REACHED', 'refused'],
    ['TEST_LIMIT_REACHED', 'postponed'],
  ])('%s is %s, says what to do, and costs no other', async (code, verdict) => {
    bench.refuse = ({ name }) =>
      name === 'bad' ? new AppError(code, { retryAfterSeconds: 7 }) : undefined;
    const content = file({
      bad: server('https://bad.example.com/mcp'),
      good: server('https://good.example.com/mcp'),
    });
    const chosen = [choose('/mcpServers/bad'), choose('/mcpServers/good')];
    const { entries } = await bench.service.import(ALICE, content, chosen);
    expect(entries).toMatchObject([
      { verdict, code, retryAfterSeconds: 7 },
      { verdict: 'imported' },
    ]);
    expect(entries[0]?.message).toMatch(/^[A-Z].{20,}\.$/);
    expect(bench.lines).toMatchObject([{ operation: 'connector.import', entries: 2, imported: 1 }]);
  });

  it('shows where to sign in, but for an address with a secret', async () => {
    bench.refuse = () => new AppError('AUTH_REQUIRED');
    const content = file({
      plain: server('https://a.example.com/mcp'),
      keyed: server('https://a.example.com/mcp?api_key=in-the-address'),
    });
    const { entries } = await bench.service.import(
      ALICE,
      content,
      ['plain', 'keyed'].map((key) => choose(`/mcpServers/${key}`, { usesFileSecrets: true })),
    );
    expect(entries.map(({ signIn }) => signIn)).toEqual([
      { name: 'plain', serverUrl: 'https://a.example.com/mcp', transport: 'auto' },
      undefined,
    ]);
  });

  it('ends the request where the service itself fails, when all others are done', async () => {
    bench.refuse = ({ name }) => (name === 'bad' ? new AppError('NOT_READY') : undefined);
    const content = file({
      bad: server('https://bad.example.com/mcp'),
      good: server('https://good.example.com/mcp'),
    });
    const chosen = [choose('/mcpServers/bad'), choose('/mcpServers/good')];
    await expect(bench.service.import(ALICE, content, chosen)).rejects.toMatchObject({
      code: 'NOT_READY',
    });
    expect(bench.drafts).toHaveLength(1);
  });

  it('is one that is not in the file, or is chosen twice', async () => {
    const content = file({ docs: server('https://a.example.com/mcp') });
    expect(
      await verdicts(content, '/mcpServers/docs', '/mcpServers/none', '/mcpServers/docs'),
    ).toEqual([
      'imported docs',
      'refused MCP server NOT_IN_FILE',
      'refused MCP server 2 CHOSEN_TWICE',
    ]);
  });
});

describe('an entry that is wrong', () => {
  const PLAIN = 'https://a.example.com/mcp';

  it.each<[string, unknown, string]>([
    ['a text in the place of an entry', 'https://a.example.com/mcp', 'WRONG_TYPE'],
    ['null', null, 'WRONG_TYPE'],
    ['nothing in it', {}, 'NO_ADDRESS'],
    ['an empty address', { url: ' ' }, 'NO_ADDRESS'],
    ['a number for the address', { url: 1 }, 'WRONG_TYPE'],
    ['headers that are a text', { url: PLAIN, headers: 'a: b' }, 'WRONG_TYPE'],
    ['a header that is a table', { url: PLAIN, headers: { a: {} } }, 'WRONG_TYPE'],
    [
      'a header with a line break in its name',
      { url: PLAIN, headers: { 'a\nb': 'c' } },
      'HEADER_NOT_ALLOWED',
    ],
    ['a header line without a colon', { url: PLAIN, headers: ['secret'] }, 'HEADER_NOT_ALLOWED'],
    [
      'a header that steers proxies',
      { url: PLAIN, headers: { 'X-Forwarded-For': 'a' } },
      'HEADER_NOT_ALLOWED',
    ],
    [
      'a line break in a value',
      { url: PLAIN, headers: { 'X-Mode': 'a\r\nHost: b' } },
      'VALUE_UNUSABLE',
    ],
    [
      'more headers than allowed',
      {
        url: PLAIN,
        headers: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`X-${n}`, 'a'])),
      },
      'VALUE_UNUSABLE',
    ],
    ['an address that is too long', { url: `${PLAIN}/${'a/'.repeat(1100)}` }, 'VALUE_UNUSABLE'],
    ['a password in the address', { url: 'https://me:pass@a.example.com/mcp' }, 'INVALID_URL'],
    ['a file', { url: 'file:///etc/passwd' }, 'INVALID_URL'],
    ['plain http', { url: 'http://a.example.com/mcp' }, 'BLOCKED_URL'],
    ['this machine', { url: 'https://localhost/mcp' }, 'BLOCKED_URL'],
    ['a metadata service', { url: 'http://169.254.169.254/latest' }, 'BLOCKED_URL'],
    ['a private address, written oddly', { url: 'https://0x7f.1/mcp' }, 'BLOCKED_URL'],
    [
      'too many variables',
      { url: PLAIN, headers: { A: Array.from({ length: 41 }, (_, n) => `\${V${n}}`).join('') } },
      'TOO_MANY_SECRETS',
    ],
    [
      'a transport that JavaScript knows otherwise',
      { type: 'constructor', url: 'ftp://a' },
      'INVALID_URL',
    ],
    ['a websocket', { type: 'ws', url: PLAIN }, 'UNSUPPORTED_TRANSPORT'],
  ])('is refused with a reason: %s', async (_what, entry, code) => {
    const content = file({ bad: entry, good: server('https://good.example.com/mcp') });
    const chosen = ['/mcpServers/bad', '/mcpServers/good'].map((pointer) =>
      choose(pointer, { usesFileSecrets: true }),
    );
    const { entries } = await bench.service.import(ALICE, content, chosen);
    expect(entries).toMatchObject([{ verdict: 'refused', code }, { verdict: 'imported' }]);
    expect(entries[0]?.message).toMatch(/^[A-Z].{20,}\.$/);
  });

  it.each<[string, Record<string, unknown>]>([
    ['an address beside it', { command: 'curl', url: PLAIN }],
    ['no more than its type', { type: 'stdio', url: PLAIN }],
    ['a list', { command: ['sh', '-c', 'id'], url: PLAIN }],
    ['a type that says otherwise', { type: 'http', command: 'sh', url: PLAIN }],
    ['headers from a program', { url: PLAIN, headersHelper: 'sh -c id' }],
    [
      'a bridge whose headers grow without end',
      {
        command: 'npx',
        args: ['mcp-remote', PLAIN, '--header', `A:${'${A}'.repeat(20_000)}`],
        env: { A: '${B}'.repeat(20_000) },
      },
    ],
    [
      'a bridge whose variables are long',
      {
        command: 'npx',
        args: ['mcp-remote', PLAIN, '--header', 'A:${A}'],
        env: { A: 'a'.repeat(9_000) },
      },
    ],
    ['a bridge without an address', { command: 'npx', args: ['mcp-remote'] }],
    ['a bridge to a shell', { command: 'npx', args: ['mcp-remote', '$(id)'] }],
    ['another bridge of a similar name', { command: 'npx', args: ['mcp-remote-evil', PLAIN] }],
    [
      'a bridge with a header that is none',
      { command: 'npx', args: ['mcp-remote', PLAIN, '--header', 'secret'] },
    ],
  ])('is never more than a command: %s', async (_what, entry) => {
    const content = file({ bad: entry });
    const chosen = [choose('/mcpServers/bad', { asRemote: true, usesFileSecrets: true })];
    const { entries } = await bench.service.import(ALICE, content, chosen);
    expect(entries).toMatchObject([{ verdict: 'needs_runtime' }]);
    expect(bench.drafts).toEqual([]);
  });

  it.each<[string, string, string | null]>([
    [
      'the address twice',
      `{"url": "${PLAIN}", "url": "https://evil.example.com/mcp"}`,
      'GIVEN_TWICE',
    ],
    ['a header twice', `{"url": "${PLAIN}", "headers": {"a": "b", "a": "c"}}`, 'GIVEN_TWICE'],
    [
      'a header twice, in other capitals',
      `{"url": "${PLAIN}", "headers": {"X-A": "b", "x-a": "c"}}`,
      'VALUE_UNUSABLE',
    ],
    [
      'a command hidden behind null',
      `{"command": "sh", "command": null, "url": "${PLAIN}"}`,
      'GIVEN_TWICE',
    ],
  ])('is refused where it has something twice: %s', async (_what, entry, code) => {
    const { entries } = await bench.service.preview(ALICE, `{"mcpServers": {"e": ${entry}}}`);
    expect(entries).toMatchObject([{ verdict: 'refused', code }]);
  });

  it('is refused where the entry itself is there twice, with the place of the second', async () => {
    const text =
      '{"mcpServers": {\n "e": {"url": "https://a.example.com/"},\n "e": {"command": "sh"}}}';
    const { entries } = await bench.service.preview(ALICE, text);
    expect(entries).toMatchObject([
      { verdict: 'refused', code: 'GIVEN_TWICE', place: { line: 3, column: 2 } },
    ]);
  });
});
