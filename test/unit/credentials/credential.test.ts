import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import {
  assertCredentialsFit,
  type Credentials,
  headerNamesOf,
  toSecretHeaders,
} from '../../../src/modules/credentials/credential.ts';
import { thrownBy } from './thrown.ts';

const bearer: Credentials = { kind: 'bearer', token: 'topsecret' };
const withHeaders = (headers: Record<string, string>): Credentials => ({
  kind: 'headers',
  headers,
});
const pointerOf = (name: string) => `/body/credentials/headers/${name}`;

function problemsOf(credentials: Credentials): readonly { pointer: string; detail: string }[] {
  const error = thrownBy(() => assertCredentialsFit('headers', credentials));
  expect(error).toBeInstanceOf(AppError);
  if (!(error instanceof AppError)) return [];
  expect(error.code).toBe('CREDENTIALS_INVALID');
  expect(error.status).toBe(422);
  return error.options.errors ?? [];
}

describe('assertCredentialsFit: kind', () => {
  it('accepts what belongs together', () => {
    assertCredentialsFit('none', undefined);
    assertCredentialsFit('bearer', bearer);
    assertCredentialsFit('headers', withHeaders({ 'X-Api-Key': 'k' }));
  });

  it.each([
    ['none', bearer, 'auth_type none takes no credentials'],
    ['none', withHeaders({ 'x-a': 'b' }), 'auth_type none takes no credentials'],
    ['bearer', undefined, 'auth_type bearer needs credentials of the form {"token"}'],
    [
      'bearer',
      withHeaders({ 'x-a': 'b' }),
      'auth_type bearer needs credentials of the form {"token"}',
    ],
    ['headers', undefined, 'auth_type headers needs credentials of the form {"headers"}'],
    ['headers', bearer, 'auth_type headers needs credentials of the form {"headers"}'],
  ] as const)('refuses %s with %j', (authType, credentials, detail) => {
    expect(thrownBy(() => assertCredentialsFit(authType, credentials))).toMatchObject({
      code: 'CREDENTIALS_INVALID',
      options: { detail, errors: [{ pointer: '/body/credentials', detail }] },
    });
  });
});

describe('assertCredentialsFit: header rules', () => {
  it.each([
    'Authorization',
    'X-Api-Key',
    'Api-Key',
    'Cookie',
    'X-Goog-Api-Key',
    'X-Forward',
    'Proxied-By',
    'X-Mcp-Token',
    'X-Proxy-Token',
    'Secret',
    'Hostname',
    'User-Agent',
    'X-Host-Key',
  ])('accepts %s', (name) => {
    assertCredentialsFit('headers', withHeaders({ [name]: 'value' }));
  });

  it.each([
    'Host',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Content-Length',
    'Content-Type',
    'Content-Encoding',
    'Accept',
    'Accept-Encoding',
    'Expect',
    'Forwarded',
    'Last-Event-ID',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'Proxy-Authorization',
    'Proxy-Authenticate',
    'Proxy-Connection',
    'Mcp-Session-Id',
    'MCP-Protocol-Version',
    'Mcp-Method',
    'Mcp-Name',
    'Metadata',
    'Metadata-Flavor',
    'X-aws-ec2-metadata-token',
    'Sec-Fetch-Site',
  ])('refuses %s, whatever the case', (name) => {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(problemsOf(withHeaders({ [spelling]: 'value' }))).toEqual([
        { pointer: pointerOf(spelling), detail: 'this header may not be set' },
      ]);
    }
  });

  it('refuses a name given twice in different case', () => {
    expect(problemsOf(withHeaders({ 'X-Key': 'a', 'x-key': 'b', 'X-KEY': 'c' }))).toEqual([
      { pointer: pointerOf('x-key'), detail: 'this header is given twice' },
      { pointer: pointerOf('X-KEY'), detail: 'this header is given twice' },
    ]);
  });

  it('reports everything at once', () => {
    const problems = problemsOf(
      withHeaders({
        Host: 'a',
        HOST: 'b',
        'X-Good': 'c',
        'Mcp-Name': 'd',
        'X-Long': 'e'.repeat(8192),
      }),
    );
    expect(problems.map(({ pointer }) => pointer)).toEqual([
      pointerOf('Host'),
      pointerOf('HOST'),
      pointerOf('HOST'),
      pointerOf('Mcp-Name'),
      '/body/credentials/headers',
    ]);
  });

  it('counts names and values up to 8 KB', () => {
    assertCredentialsFit('headers', withHeaders({ 'X-Key': 'v'.repeat(8192 - 5) }));
    expect(problemsOf(withHeaders({ 'X-Key': 'v'.repeat(8192 - 4) }))).toEqual([
      { pointer: '/body/credentials/headers', detail: 'more than 8 KB of headers' },
    ]);
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`X-${String(i).padStart(2, '0')}`, 'v'.repeat(406)]),
    );
    expect(problemsOf(withHeaders(many))).toHaveLength(1);
  });

  it('escapes names in pointers (RFC 6901)', () => {
    expect(problemsOf(withHeaders({ 'Mcp-~a/b~1': 'v' }))).toEqual([
      { pointer: pointerOf('Mcp-~0a~1b~01'), detail: 'this header may not be set' },
    ]);
  });

  it('shows no value', () => {
    const secret = 'topsecret';
    for (const work of [
      () => assertCredentialsFit('headers', withHeaders({ Host: secret, host: secret })),
      () => assertCredentialsFit('none', bearer),
      () => assertCredentialsFit('headers', bearer),
      () => assertCredentialsFit('headers', withHeaders({ 'X-Key': secret.repeat(1000) })),
    ]) {
      const error = thrownBy(work);
      const shown = [
        JSON.stringify(error),
        inspect(error, { depth: 10, showHidden: true }),
        error instanceof Error ? error.stack : '',
      ].join('\n');
      expect(shown).toContain('CREDENTIALS_INVALID');
      expect(shown).not.toContain(secret);
    }
  });
});

describe('toSecretHeaders', () => {
  it('gives no header without credentials', () => {
    expect(toSecretHeaders(undefined)).toEqual({});
  });

  it('sends a token as bearer', () => {
    expect(toSecretHeaders(bearer)).toEqual({ authorization: 'Bearer topsecret' });
  });

  it('copies headers as they are', () => {
    const credentials = withHeaders({ 'X-Api-Key': 'k', Authorization: 'Basic dXNlcjpwYXNz' });
    const headers = toSecretHeaders(credentials);
    expect(headers).toEqual({ 'X-Api-Key': 'k', Authorization: 'Basic dXNlcjpwYXNz' });
    headers['X-Api-Key'] = 'changed';
    expect(credentials).toEqual(
      withHeaders({ 'X-Api-Key': 'k', Authorization: 'Basic dXNlcjpwYXNz' }),
    );
  });

  it('takes __proto__ for a name like any other', () => {
    const headers: Record<string, string> = JSON.parse('{"__proto__":"value"}');
    const result = toSecretHeaders(withHeaders(headers));
    expect(Object.entries(result)).toEqual([['__proto__', 'value']]);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });
});

describe('headerNamesOf', () => {
  it('names headers in the order given, and nothing of a token', () => {
    expect(headerNamesOf(withHeaders({ 'X-B': '1', 'X-A': '2' }))).toEqual(['X-B', 'X-A']);
    expect(headerNamesOf(bearer)).toEqual([]);
  });
});
