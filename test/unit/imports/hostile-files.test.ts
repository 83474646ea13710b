// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of the clients
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import { clientConfig } from '../../support/client-config.ts';
import { ALICE, ImportBench } from './import-bench.ts';

let bench: ImportBench;

beforeEach(() => {
  bench = new ImportBench();
});

async function refusalOf(content: string | object): Promise<AppError> {
  try {
    await bench.service.preview(ALICE, content);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the file was read');
}

const SECRET = 'hostile-file-secret-7c21';
const nested = (depth: number, inner = '1') =>
  `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`;

describe('a file that cannot be read', () => {
  it.each<[string, string, string, { line: number; column: number } | undefined]>([
    ['nothing', ' \n ', 'EMPTY', undefined],
    ['a comma that is missing', '{\n "a": 1\n "b": 2 }', 'COMMA_EXPECTED', { line: 3, column: 2 }],
    ['a colon that is missing', '{\n\t"a" 1 }', 'COLON_EXPECTED', { line: 2, column: 6 }],
    [
      'a file that was cut off',
      '{"mcpServers": {"a": {',
      'CLOSING_EXPECTED',
      { line: 1, column: 23 },
    ],
    ['a text that does not end', `{"a": "${SECRET}`, 'TEXT_UNENDED', { line: 1, column: 7 }],
    ['a comment that does not end', '{ /* "a": 1 }', 'COMMENT_UNENDED', { line: 1, column: 3 }],
    ['a bare word', `{"a": ${SECRET}}`, 'SYMBOL_INVALID', { line: 1, column: 7 }],
    ['brackets that do not match', '{"a": [1, 2}', 'CLOSING_EXPECTED', { line: 1, column: 12 }],
    ['a second document', '{} {}', 'END_EXPECTED', { line: 1, column: 4 }],
    ['TOML with a mistake', `a = 1\nkey = "${SECRET}\n`, 'TOML_INVALID', { line: 2, column: 32 }],
    [
      'TOML that says something twice',
      `a = "${SECRET}"\na = 2`,
      'TOML_INVALID',
      { line: 2, column: 1 },
    ],
    ['YAML', 'mcpServers:\n  a:\n    url: x\n', 'TOML_INVALID', { line: 1, column: 11 }],
    ['a web page', '<!doctype html><title>Sign in</title>', 'TOML_INVALID', { line: 1, column: 1 }],
    ['a list', '[{"url": "https://a.example.com"}]', 'TOML_INVALID', { line: 1, column: 2 }],
    ['UTF-16', '\ufffd\ufffd{\0"\0a\0', 'NOT_TEXT', undefined],
    ['bytes', '\x7fELF\0\0\0', 'NOT_TEXT', undefined],
    ['the wrong file', '{"name": "package", "version": "1.0.0"}', 'NO_SERVERS', undefined],
    [
      'a file with addresses of other things',
      '{"bugs": {"url": "https://a.example.com"}, "scripts": {}}',
      'NO_SERVERS',
      undefined,
    ],
    ['the wrong TOML', 'model = "gpt-5.1"\n', 'NO_SERVERS', undefined],
    ['servers that are none', '{"mcpServers": []}', 'NO_SERVERS', undefined],
    [
      'two tables of servers',
      '{"mcpServers": {},\n"mcpServers": {}}',
      'GIVEN_TWICE',
      { line: 2, column: 1 },
    ],
  ])('is named with its place, and never quoted: %s', async (_what, text, reason, place) => {
    const error = await refusalOf(text);
    expect(error).toMatchObject({ code: 'IMPORT_UNREADABLE', options: { extensions: { reason } } });
    const { line, column } = error.options.extensions ?? {};
    expect({ line, column }).toEqual(place ?? { line: undefined, column: undefined });
    expect(error.options.detail).toMatch(
      place === undefined
        ? /\w\.$/
        : new RegExp(`, in line ${place.line}, column ${place.column}\\.$`),
    );
    expect(JSON.stringify([error.options, error.message, error.cause])).not.toContain(SECRET);
    expect(error.cause).toBeUndefined();
  });

  it.each([
    ['JSON', nested(200_000)],
    ['JSON that never ends', `{"a": ${'['.repeat(250_000)}`],
    ['JSON between comments with quotes', `// "\n${nested(1000)}`],
    [
      'JSON whose brackets are undone',
      `{"a": [${`${'['.repeat(31)}${'}'.repeat(31)},`.repeat(4000)}`,
    ],
    ['TOML', `a = ${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['names of TOML', `a${'.a'.repeat(60_000)} = 1`],
    ['a header of TOML', `[a${'.a'.repeat(60_000)}]`],
  ])('is found too deep without running out of stack: %s', async (_what, text) => {
    expect(await refusalOf(text)).toMatchObject({ code: 'IMPORT_UNREADABLE' });
  });

  it('may be 32 levels deep', async () => {
    const servers = (inner: string) =>
      `{"mcpServers": {"a": {"url": "https://a.example.com/mcp", "x": ${inner}}}}`;
    expect((await bench.service.preview(ALICE, servers(nested(29)))).entries).toHaveLength(1);
    const error = await refusalOf(servers(nested(30)));
    expect(error.options.extensions).toMatchObject({ reason: 'TOO_DEEP', line: 1 });
    const value: unknown = JSON.parse(servers(nested(30)));
    expect(await refusalOf(value as object)).toMatchObject({
      options: { extensions: { reason: 'TOO_DEEP' } },
    });
  });

  it('has at most 50,000 values and 100 servers', async () => {
    const list = (length: number) => `{"mcpServers": {}, "x": [${'1,'.repeat(length)}]}`;
    expect((await bench.service.preview(ALICE, list(49_000))).entries).toEqual([]);
    const many = await refusalOf(list(210_000));
    expect(many.options.extensions).toEqual({ reason: 'TOO_MANY_VALUES' });
    const plain: unknown = JSON.parse(`{"x": [${'1,'.repeat(50_000)}1]}`);
    expect((await refusalOf(plain as object)).options.extensions).toEqual({
      reason: 'TOO_MANY_VALUES',
    });

    const servers = (count: number) => ({
      mcpServers: Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${n}`, {}])),
    });
    expect((await bench.service.preview(ALICE, servers(100))).entries).toHaveLength(100);
    expect((await refusalOf(servers(101))).options.extensions).toEqual({
      reason: 'TOO_MANY_SERVERS',
    });
  });
});

describe('a report', () => {
  it.each([
    ['many variables', () => server({ A: '${AA}'.repeat(40_000) })],
    ['long names', () => `{"mcpServers": {${entriesNamed(100, 2_400)}}}`],
    ['long names of folders', () => `{"projects": {"${'/'.repeat(200_000)}": ${servers(100)}}}`],
    [
      'many headers',
      () =>
        server(Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`X-${n}`, 'secret!']))),
    ],
  ])('is not much larger than what was sent: %s', async (_what, text) => {
    const told = await bench.service.preview(ALICE, text()).then(JSON.stringify, JSON.stringify);
    expect(told.length).toBeLessThan(100_000);
  });

  const server = (headers: object) =>
    JSON.stringify({ mcpServers: { a: { url: 'https://a.example.com/mcp', headers } } });
  const entriesNamed = (count: number, length: number) =>
    Array.from({ length: count }, (_, n) => `"${n}${'x'.repeat(length)}": {}`).join();
  const servers = (count: number) => `{"mcpServers": {${entriesNamed(count, 1)}}}`;
});

describe('names that mean something to JavaScript', () => {
  it.each([
    [
      'JSON',
      '{"__proto__": {"mcpServers": {"a": {"url": "https://a.example.com"}}}, "mcpServers": {}}',
    ],
    ['TOML', '[__proto__.mcp_servers.a]\nurl = "https://a.example.com"\n[mcp_servers]\n'],
  ])('are names: %s', async (_what, text) => {
    expect((await bench.service.preview(ALICE, text)).entries).toEqual([]);
    expect(Reflect.get({}, 'mcpServers')).toBeUndefined();
    expect(Reflect.get({}, 'mcp_servers')).toBeUndefined();
  });

  it('make an entry of their own', async () => {
    const text = `{"mcpServers": {
      "__proto__": {"url": "https://a.example.com/mcp", "headers": {"__proto__": "plain"}},
      "constructor": {"__proto__": {"url": "https://b.example.com/mcp"}},
      "toString": {"command": "sh"}
    }}`;
    const { entries } = await bench.service.preview(ALICE, text);
    expect(entries.map(({ name, verdict, code }) => [name, verdict, code])).toEqual([
      ['__proto__', 'ready', undefined],
      ['constructor', 'refused', 'NO_ADDRESS'],
      ['toString', 'needs_runtime', 'NAMES_COMMAND'],
    ]);
  });
});

describe('any file', () => {
  it('has a byte order mark and Windows line ends, or not', async () => {
    for (const name of ['vscode.jsonc', 'codex.toml']) {
      const text = await clientConfig(name);
      const expected = await bench.service.preview(ALICE, text);
      const windows = `\ufeff${text.replaceAll('\n', '\r\n')}`;
      expect(await bench.service.preview(ALICE, windows)).toEqual(expected);
    }
  });

  it('is read or refused; it never fails, and shows no value of a damaged sample', async () => {
    const samples = await Promise.all(
      ['cursor.json', 'vscode.jsonc', 'codex.toml', 'claude-desktop.json'].map(clientConfig),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.nat({ max: 40 }),
        fc.constantFrom('', '"', '{', '}', ']', ',', '\n', '/*', '\\', '${', '\ud800', '= ='),
        async (sample, at, length, insert) => {
          const start = at % sample.length;
          const text = sample.slice(0, start) + insert + sample.slice(start + length);
          const told = await bench.service.preview(ALICE, text).then(JSON.stringify, (error) => {
            if (!(error instanceof AppError)) throw error;
            expect(error.code).toBe('IMPORT_UNREADABLE');
            return JSON.stringify(error.options);
          });
          expect(told).not.toMatch(/sample-(?:cursor-literal|desktop-env|codex-env)/);
          expect(told.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
