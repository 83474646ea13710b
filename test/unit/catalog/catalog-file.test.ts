import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Catalog, serverOf } from '../../../src/modules/catalog/catalog.ts';
import {
  CatalogFileError,
  checkCatalogFile,
  readCatalog,
} from '../../../src/modules/catalog/catalog-file.ts';

// What the service ships with is document 003's table; what an operator adds is judged line by line, however hostile it is.

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'catalog-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string, namespace = 'studio') => {
  const file = path.join(folder, 'own.yaml');
  writeFileSync(file, text);
  return readCatalog({ file, namespace });
};
const refusal = (text: string): string[] => {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof CatalogFileError)) throw error;
    return error.problems.map(
      ({ line, column, pointer, message }) => `${line}:${column} ${pointer} ${message}`,
    );
  }
  return [];
};
const own = (lines: string) =>
  `entries:\n  - key: own\n    title: Own\n    description: Ours.\n    url: http://own:1/mcp\n${lines}`;

describe('the entries the service ships with', () => {
  const entries = readCatalog({ file: undefined, namespace: 'llmctl' });
  const catalog = new Catalog({ entries, gates: [] });

  it('are those of the mapping table, at the addresses of the cluster', () => {
    const at = (service: string, port = 8000) =>
      `http://${service}.llmctl.svc.cluster.local:${port}/mcp`;
    expect(catalog.list('project').map(({ key, url, image }) => [key, url, image])).toEqual([
      ['atlassian', at('llmctl-mcp-atlassian'), 'mcp/atlassian:latest'],
      ['chroma', at('llmctl-mcp-chroma'), 'mcp/chroma:latest'],
      ['github', at('llmctl-mcp-github'), 'mcp/github:latest'],
      ['google-cloud', at('llmctl-mcp-google-cloud'), undefined],
      ['google-workspace', at('llmctl-mcp-google-workspace'), undefined],
      ['llmctl-mcp', at('llmctl-mcp', 9020), 'llmctl/llmctl-mcp'],
    ]);
    expect(entries.every(({ transport }) => transport === 'streamable-http')).toBe(true);
  });

  it('are found by former keys, and closed while their feature is', () => {
    expect(catalog.find('jira')?.key).toBe('atlassian');
    expect(catalog.get('jira', 'project').key).toBe('atlassian');
    expect(() => catalog.get('github', 'user')).toThrow('There is no such entry');
    expect(catalog.usableKeys()).not.toContain('google-workspace');
    const open = new Catalog({ entries, gates: ['google-workspace'] });
    expect(open.usableKeys()).toContain('google-workspace');
    const entry = open.get('google-workspace', 'project');
    expect(serverOf(entry)).toMatchObject({ isPinned: true });
  });
});

describe('the file of the operator', () => {
  it('adds entries and says where others are', () => {
    const entries = read(
      `
overrides:
  github: { url: 'http://127.0.0.1:9100/mcp' }
  chroma: { port: 8100 }
entries:
  - key: tracker
    title: Tracker
    description: Our tracker.
    icon: https://example.com/icon.svg
    offered_to: user
    service: tracker
    port: 9000
    path: /v1/mcp
    transport: sse
    legacy_keys: [old-tracker]
    settings:
      - name: api_key
        title: Key
        type: string
        required: true
        secret: true
        header: { name: Authorization, value: Bearer {value} }
      - { name: region, title: Region, type: string, enum: [eu, us], default: eu, header: { name: X-Region } }
  - key: mail
    title: Mail
    description: Mail.
    offered_to: user
    reach: public
    url: https://mail.example.com/mcp
    auth: { kind: oauth2, scopes: [mail.read], issuer: 'https://accounts.example.com' }
`.replace('Bearer {value} }', "'Bearer {value}' }"),
    );
    const catalog = new Catalog({ entries, gates: [] });
    expect(catalog.find('github')).toMatchObject({ url: 'http://127.0.0.1:9100/mcp' });
    expect(catalog.find('chroma')?.url).toBe(
      'http://llmctl-mcp-chroma.studio.svc.cluster.local:8100/mcp',
    );
    expect(catalog.find('old-tracker')).toMatchObject({
      url: 'http://tracker.studio.svc.cluster.local:9000/v1/mcp',
      ...{ transport: 'sse', reach: 'pinned', auth: { kind: 'settings' } },
      settings: [
        { name: 'api_key', isRequired: true, isSecret: true },
        { name: 'region', isRequired: false, default: 'eu', allowed: ['eu', 'us'] },
      ],
    });
    expect(catalog.find('mail')).toMatchObject({
      reach: 'public',
      auth: { kind: 'oauth2', scopes: ['mail.read'], issuer: 'https://accounts.example.com' },
    });
  });

  it('may be empty', () => {
    expect(read('')).toHaveLength(7);
    expect(read('# nothing yet\n')).toHaveLength(7);
  });

  it.each<[string, string, string]>([
    ['a field nobody knows', own('    colour: red'), '6:5 /entries/0/colour is not known here'],
    [
      'a command',
      own('    command: rm -rf /'),
      '6:5 /entries/0/command is refused: nothing in this file is ever run',
    ],
    [
      'a missing field',
      'entries:\n  - key: own\n    title: Own\n',
      '2:5 /entries/0/description is required',
    ],
    ['another type', own('    port: eighty'), '6:5 /entries/0/port is not valid'],
    ['a key of another form', 'entries: [{ key: Own Key }]', '1:13 /entries/0/key must match'],
    [
      'a key that ships',
      own('').replace('key: own', 'key: github'),
      '2:5 /entries/0/key is the key of an entry that the service ships with',
    ],
    [
      'a former key that ships',
      own('    legacy_keys: [jira]'),
      '6:19 /entries/0/legacy_keys/0 is the key of an entry that the service ships with',
    ],
    [
      'a key twice',
      `${own('')}${own('').slice(9)}`,
      '6:5 /entries/1/key is the key of an entry that stands in this file already',
    ],
    [
      'a place of nothing',
      'overrides: { own: { port: 1 } }',
      '1:14 /overrides/own is the key of no entry that the service ships with',
    ],
    [
      'a place that is none',
      'overrides: { github: { url: "ftp://x" } }',
      '1:24 /overrides/github/url must be an http or https URL',
    ],
    [
      'a user in a URL',
      own('').replace('own:1', 'me:secret@own:1'),
      '5:5 /entries/0/url must be an http or https URL without user name and password',
    ],
    [
      'a placeholder nobody knows',
      own('').replace('own:1', '{host}:1'),
      '5:5 /entries/0/url knows the placeholders',
    ],
    [
      'plain http to the public',
      own('    reach: public'),
      '5:5 /entries/0/url must be https where reach is public',
    ],
    [
      'sign-ins of projects',
      own('    auth: { kind: oauth2 }'),
      '6:13 /entries/0/auth/kind oauth2 is for entries offered to users',
    ],
    [
      'settings that are none',
      own('    auth: { kind: settings }'),
      '/entries/0/settings is required with auth settings',
    ],
    [
      'a secret in the file',
      own(
        '    settings: [{ name: a, title: A, type: string, secret: true, default: s3cret, header: { name: X-A } }]',
      ),
      '6:65 /entries/0/settings/0/default has no place in a file',
    ],
    [
      'a header that steers',
      own('    settings: [{ name: a, title: A, type: string, header: { name: Host } }]'),
      '/entries/0/settings/0/header/name is a header that may not be set',
    ],
    [
      'two settings in one header',
      own(
        '    settings:\n      - { name: a, title: A, type: string, header: { name: X-A } }\n      - { name: b, title: B, type: integer, header: { name: x-a } }',
      ),
      '8:55 /entries/0/settings/1/header/name is the header of another setting',
    ],
    [
      'a default of another type',
      own(
        '    settings: [{ name: a, title: A, type: integer, default: x, header: { name: X-A } }]',
      ),
      '/entries/0/settings/0/default must be an integer',
    ],
    ['a key given twice', 'entries: []\nentries: []\n', '2:1  is not valid YAML (DUPLICATE_KEY)'],
    ['an alias bomb', 'a: &a [x,x]\nb: &b [*a,*a]\nentries: [*b,*b]\n', '1:7  has an anchor'],
    ['a tag', 'entries: !!js/function "x"\n', '1:24  has a tag'],
    ['a tag of its own', 'entries: !own [x]\n', '1:15  has a tag'],
    ['depth', `entries: ${'['.repeat(100_000)}`, '1:1  is nested too deeply'],
    [
      'depth by lines',
      Array.from({ length: 60 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      'is nested too deeply',
    ],
    ['size', `# ${'x'.repeat(262_200)}`, '1:1  is larger than 256 KiB'],
    ['another document', '---\na: 1\n---\nb: 2\n', 'is not valid YAML (MULTIPLE_DOCS)'],
    ['no mapping', '- entries\n', '1:1  is not valid'],
    ['a prototype', '__proto__: { entries: [] }\n', '1:1 /__proto__'],
  ])('is refused for %s, with its place', (_what, text, problem) => {
    const problems = refusal(text);
    expect(problems.join('\n')).toContain(problem);
    expect(problems.join('\n')).not.toContain('s3cret');
    expect(problems.length).toBeLessThanOrEqual(20);
  });

  it('is told as a problem of its setting, and never costs more than a refusal', () => {
    const file = path.join(folder, 'broken.yaml');
    writeFileSync(file, own('    command: x'));
    expect(checkCatalogFile(file)).toContain(`${file}:6:5 /entries/0/command`);
    expect(checkCatalogFile(path.join(folder, 'missing.yaml'))).toBe('cannot be read');
    writeFileSync(file, `entries:\n${'  - {}\n'.repeat(20_000)}`);
    expect(checkCatalogFile(file)?.split('\n').length).toBeLessThanOrEqual(21);
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const before = Date.now();
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(CatalogFileError);
        }
        return Date.now() - before < 5_000;
      }),
      { numRuns: 100 },
    );
  });
});
