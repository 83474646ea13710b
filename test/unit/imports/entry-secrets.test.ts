// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of the clients
import { describe, expect, it } from 'vitest';
import { secretsOf } from '../../../src/modules/imports/entry-secrets.ts';
import { fillTemplate, readTemplate } from '../../../src/modules/imports/template.ts';

function secrets({
  url = 'https://a.example.com/mcp',
  headers = {},
}: {
  url?: string;
  headers?: Record<string, string>;
}): string[] {
  const server = {
    url: readTemplate(url),
    headers: Object.entries(headers).map(([name, value]) => ({ name, value: readTemplate(value) })),
    transport: 'auto',
    callTimeoutSeconds: undefined,
    notes: [],
  } as const;
  return secretsOf(server).map(
    ({ name, source, isRequired }) => `${name}=${source}${isRequired ? '' : '?'}`,
  );
}

describe('variables', () => {
  it.each([
    ['${env:API_KEY}', 'env:API_KEY=env'],
    ['Bearer ${API_KEY}', 'env:API_KEY=env'],
    ['${API_KEY:-}', 'env:API_KEY=env?'],
    ['${API_KEY:-a b/c:d}', 'env:API_KEY=env?'],
    ['${env:API_KEY:-x}', 'env:API_KEY=env?'],
    ['${input:my key.1}', 'input:my key.1=input'],
    ['${workspaceFolder}', 'variable:workspaceFolder=variable'],
    ['${command:extension.getToken}', 'variable:command:extension.getToken=variable'],
    ['${config:my.setting}', 'variable:config:my.setting=variable'],
    ['$API_KEY', 'env:API_KEY=env'],
    ['Bearer $API_KEY', 'env:API_KEY=env'],
  ])('of a header are named: %s', (value, name) => {
    expect(secrets({ headers: { 'X-Mode': value } })).toEqual([name]);
  });

  it.each([
    ['a dollar in a password', 'pa$WORD'],
    ['an amount', 'US$ 5 of $5'],
    ['no name', '${}'],
    ['a name that is a token', '${ghp_0a1b2c3d4e5f6a7b8c9d}'],
    ['something nested', '${a${b}'],
    ['a text that is not a name', '${not a name!}'],
  ])('are none: %s', (_what, value) => {
    const [only, ...more] = secrets({ headers: { Authorization: value } });
    expect(more).toEqual([]);
    expect(only).toMatch(/^header:Authorization=file$|^env:b=env$/);
  });

  it('count as secrets of the file where their default looks like one', () => {
    expect(
      secrets({
        url: 'https://a.example.com/${env:PART:-0123456789abcdef01}/mcp',
        headers: { Authorization: 'Bearer ${TOKEN:-abc}', 'X-Mode': '${MODE:-fast}' },
      }),
    ).toEqual(['env:PART=file', 'env:TOKEN=file', 'env:MODE=env?']);
  });

  it('are found wherever they stand, each once', () => {
    expect(
      secrets({
        url: 'https://${env:HOST}/${env:PATH_}/mcp?key=${input:key}&again=${env:HOST}',
        headers: { A: '${env:ONE}-${env:TWO}-${env:ONE}', B: '${env:ONE}' },
      }),
    ).toEqual([
      'env:HOST=env',
      'env:PATH_=env',
      'input:key=input',
      'env:ONE=env',
      'env:TWO=env',
      'env:ONE=env',
    ]);
  });

  it('are replaced by their values, which are not looked at again', () => {
    const values = new Map([
      ['env:A', '${env:BB}'],
      ['env:BB', 'secret'],
    ]);
    expect(fillTemplate(readTemplate('x ${env:A} $BB'), values)).toBe('x ${env:BB} secret');
    expect(fillTemplate(readTemplate('${env:C}'), values)).toBeUndefined();
  });
});

describe('values of headers', () => {
  it.each([
    ['Authorization', 'Bearer abc'],
    ['authorization', 'true'],
    ['X-Api-Key', '1'],
    ['X-Auth-Token', 'abc'],
    ['Cookie', 'a=b'],
    ['X-Custom', 'hunter2!'],
    ['X-Custom', 'a0b1c2d3e4f5a6b7c8'],
    ['X-Custom', 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln'],
  ])('are secrets: %s: %s', (name, value) => {
    expect(secrets({ headers: { [name]: value } })).toEqual([`header:${name}=file`]);
  });

  it.each([
    ['X-MCP-Readonly', 'true'],
    ['X-MCP-Toolsets', 'repos,issues,pull_requests'],
    ['X-Figma-Region', 'us-east-1'],
    ['Notion-Version', '2022-06-28'],
    ['X-Limit', '100'],
    ['User-Agent', 'my-agent/2.1'],
  ])('are none: %s: %s', (name, value) => {
    expect(secrets({ headers: { [name]: value } })).toEqual([]);
  });

  it.each([
    'YOUR_API_KEY',
    'Bearer YOUR-TOKEN',
    'Bearer <token>',
    '<your key>',
    'token {{TOKEN}}',
    'xxxxxxxx',
    '...',
    'Bearer PASTE_TOKEN_HERE',
    'your_key_here',
    '[your key]',
  ])('are blanks of a manual: %s', (value) => {
    expect(secrets({ headers: { Authorization: value } })).toEqual(['header:Authorization=blank']);
  });

  it('are both, where a key stands beside a variable', () => {
    const value = 'a0b1c2d3e4f5a6b7c8:${env:USER_ID}';
    expect(secrets({ headers: { 'X-Key': value } })).toEqual([
      'header:X-Key=file',
      'env:USER_ID=env',
    ]);
  });
});

describe('addresses', () => {
  it.each([
    'https://a.example.com/mcp?api_key=abc',
    'https://a.example.com/mcp?exaApiKey=abc',
    'https://a.example.com/mcp?x=0123456789abcdef01',
    'https://a.example.com/s/c0ffee00-1234-4abc-9def-0123456789ab/mcp',
    'https://a.example.com/v1/sk-abcdefgh12345/mcp',
    'https://me:pass@a.example.com/mcp',
    'https://a.example.com/${env:X}/mcp?token=abc',
  ])('hold a secret: %s', (url) => {
    expect(secrets({ url })).toContain('url=file');
  });

  it.each([
    'https://a.example.com/mcp',
    'https://mcp.production-eu-west-1.example.com/api/mcp/v2025-06-18/',
    'https://a.example.com/mcp?project_ref=shop&features=docs,database&read_only=true',
    'https://a.example.com/mcp?api_key=',
    'https://a.example.com/${env:TENANT}/mcp?api_key=${env:KEY}',
  ])('hold none: %s', (url) => {
    expect(secrets({ url })).not.toContain('url=file');
  });

  it.each(['https://a.example.com/<YOUR_KEY>/mcp', 'https://{tenant}.example.com/mcp'])(
    'have a blank: %s',
    (url) => {
      expect(secrets({ url })).toEqual(['url=blank']);
    },
  );
});
