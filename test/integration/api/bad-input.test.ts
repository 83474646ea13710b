import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from './support/scripted-server.ts';

let service: TestService;
let server: ScriptedServer;
let alice: ApiClient;
let id: string;

beforeAll(async () => {
  service = await startTestService();
  server = await ScriptedServer.start();
  alice = await service.clientFor();
  id = (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201).id;
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

const CREATE = '/api/connectors';
const CALL = '/api/users/me/tools/call';
const URL_ = 'http://127.0.0.1:1/mcp';

/** Requests of the contract with a body, and a body it accepts. */
const withBody: [string, () => string, Record<string, unknown>][] = [
  ['POST', () => CREATE, { name: 'N', server_url: URL_ }],
  ['POST', () => '/api/connectors/test', { server_url: URL_ }],
  ['PATCH', () => `/api/connectors/${id}`, { name: 'N' }],
  ['POST', () => `/api/connectors/${id}/status`, { status: 'ENABLED' }],
  ['PUT', () => `/api/connectors/${id}/credentials`, { token: 'x' }],
  ['POST', () => CALL, { name: 'mine__echo' }],
  ['POST', () => '/api/imports/preview', { content: '{"mcpServers": {}}' }],
];

async function pointersOf(method: string, path: string, body: unknown): Promise<string[]> {
  const answer = await alice.send(method, path, { body });
  const { errors = [] } = answer.problem(422, 'VALIDATION_FAILED');
  return [...new Set(errors.map(({ pointer }) => pointer))].sort();
}

describe('a body that does not match the contract', () => {
  it.each<[string, unknown, string[]]>([
    ['nothing that is required', {}, ['/body/name', '/body/server_url']],
    ['null', null, ['/body']],
    ['a list', [], ['/body']],
    ['a text', 'name', ['/body']],
    ['a number for a text', { name: 1, server_url: URL_ }, ['/body/name']],
    ['null for a text', { name: null, server_url: URL_ }, ['/body/name']],
    ['a list for a text', { name: 'N', server_url: [URL_] }, ['/body/server_url']],
    ['a field we do not know', { name: 'N', server_url: URL_, x: 1 }, ['/body/x']],
    ['a field we set', { name: 'N', server_url: URL_, tenant_id: 'x' }, ['/body/tenant_id']],
    ['a field to escape', { name: 'N', server_url: URL_, 'a/b~c': 1 }, ['/body/a~1b~0c']],
    ['an unknown transport', { name: 'N', server_url: URL_, transport: 'ws' }, ['/body/transport']],
    ['a URL that is too long', { name: 'N', server_url: 'x'.repeat(2049) }, ['/body/server_url']],
    ['an empty URL', { name: 'N', server_url: '' }, ['/body/server_url']],
  ])('has pointers: %s', async (_what, body, pointers) => {
    expect(await pointersOf('POST', CREATE, body)).toEqual(pointers);
  });

  it.each<[string, unknown]>([
    ['a number as token', { token: 1 }],
    ['an empty token', { token: '' }],
    ['a token with a line break', { token: 'a\r\nX-Evil: 1' }],
    ['a token and headers', { token: 'a', headers: { a: 'b' } }],
    ['a header value with a line break', { headers: { a: 'b\r\nX-Evil: 1' } }],
    ['a header name with a colon', { headers: { 'a: b': 'c' } }],
    ['a header name that is empty', { headers: { '': 'c' } }],
    ['a header value that is no text', { headers: { a: 1 } }],
    ['no header', { headers: {} }],
    ['more than twenty headers', { headers: Object.fromEntries(header(21)) }],
    ['null', null],
    ['a text', 'token'],
  ])('points at credentials that are %s, and repeats no value', async (_what, credentials) => {
    const body = { name: 'N', server_url: server.url, credentials };
    const answer = await alice.send('POST', CREATE, { body });

    const { errors = [] } = answer.problem(422, 'VALIDATION_FAILED');
    expect(errors.length).toBeGreaterThan(0);
    for (const { pointer } of errors) expect(pointer).toMatch(/^\/body\/credentials/);
    expect(answer.text).not.toContain('X-Evil');
  });

  it.each<[string, unknown, string]>([
    ['no name', {}, '/body/name'],
    ['a name with a dot', { name: 'mine.echo' }, '/body/name'],
    ['a name that is too long', { name: 'x'.repeat(65) }, '/body/name'],
    ['arguments that are a list', { name: 'mine__echo', arguments: [] }, '/body/arguments'],
    ['arguments that are null', { name: 'mine__echo', arguments: null }, '/body/arguments'],
    ['arguments that are a text', { name: 'mine__echo', arguments: '{}' }, '/body/arguments'],
    ['a field we do not know', { name: 'mine__echo', user_id: 'bob' }, '/body/user_id'],
  ])('is refused for a call with %s', async (_what, body, pointer) => {
    expect(await pointersOf('POST', CALL, body)).toEqual([pointer]);
    expect(server.calls).toEqual([]);
  });

  it('is refused for a change of nothing, and for a status only the service sets', async () => {
    expect(await pointersOf('PATCH', `/api/connectors/${id}`, {})).toEqual(['/body']);
    for (const status of ['ERROR', 'NEEDS_AUTH', 'enabled', null]) {
      const path = `/api/connectors/${id}/status`;
      expect(await pointersOf('POST', path, { status })).toEqual(['/body/status']);
    }
  });
});

describe.each(withBody)('a body of %s %s', (method, path, valid) => {
  it('must be there', async () => {
    const answer = await alice.send(method, path());
    answer.problem(422, 'VALIDATION_FAILED');
  });

  it.each([
    ['cut off', '{"name": "x'],
    ['no JSON', 'name=x'],
    ['two values', '{}{}'],
    ['JSON with a comma too many', '{"name":"x",}'],
    ['binary', '\u0000\u0001'],
  ])('must be JSON, not %s', async (_what, text) => {
    (await alice.send(method, path(), { text })).problem(400, 'MALFORMED_REQUEST');
  });

  it.each([
    ['__proto__', '"__proto__": {"polluted": true}'],
    ['an escaped __proto__', '"\\u005f_proto__": {"polluted": true}'],
    ['constructor.prototype', '"constructor": {"prototype": {"polluted": true}}'],
  ])('must not reach a prototype by %s, on top or deep inside', async (_what, member) => {
    const base = JSON.stringify(valid).slice(0, -1);
    for (const text of [`${base}, ${member}}`, `${base}, "arguments": {"a": [{${member}}]}}`]) {
      (await alice.send(method, path(), { text })).problem(400, 'MALFORMED_REQUEST');
    }
    expect('polluted' in {}).toBe(false);
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])(
    'must not be announced as %s',
    async (type) => {
      const headers = { 'content-type': type };
      const answer = await alice.send(method, path(), { text: JSON.stringify(valid), headers });
      answer.problem(415, 'UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it('must not be larger than 1 MiB', async () => {
    const text = JSON.stringify({ ...valid, name: 'x'.repeat(1024 * 1024) });
    (await alice.send(method, path(), { text })).problem(413, 'PAYLOAD_TOO_LARGE');
  });
});

describe('parameters', () => {
  it.each([
    ['limit=0', '/query/limit'],
    ['limit=101', '/query/limit'],
    ['limit=ten', '/query/limit'],
    ['limit=1.5', '/query/limit'],
    ['limit=1&limit=2', '/query/limit'],
    ['cursor=', '/query/cursor'],
    ['cursor=a%20b', '/query/cursor'],
    [`cursor=${'a'.repeat(1001)}`, '/query/cursor'],
    ['order=name', '/query/order'],
    ['tenant=other', '/query/tenant'],
  ])('of a list are checked: %s', async (query, pointer) => {
    for (const path of [CREATE, `/api/connectors/${id}/tools`]) {
      expect(await pointersOf('GET', `${path}?${query}`, undefined)).toEqual([pointer]);
    }
  });

  it.each(['1', 'me', 'ABC', "'; drop table connectors; --", '..%2f..', '%00', 'a'.repeat(256)])(
    'that are no id point at the path: %s',
    async (value) => {
      const path = `/api/connectors/${value.includes('%') ? value : encodeURIComponent(value)}`;
      expect(await pointersOf('GET', path, undefined)).toEqual(['/params/connector_id']);
    },
  );

  it('that are too long are told as such', async () => {
    const long = 'a'.repeat(300);
    (await alice.send('GET', `/api/connectors/${long}`)).problem(414, 'URI_TOO_LONG');
    (await alice.getTools(long)).problem(414, 'URI_TOO_LONG');
  });

  it('that cannot be decoded are told as such', async () => {
    (await alice.send('GET', '/api/connectors/%ff')).problem(400, 'MALFORMED_REQUEST');
  });

  it('of a header are checked', async () => {
    const headers = { 'if-match': '"1"ü' };
    const answer = await alice.send('DELETE', `/api/connectors/${id}`, { headers });
    const { errors } = answer.problem(422, 'VALIDATION_FAILED');
    expect(errors).toMatchObject([{ pointer: '/headers/if-match' }]);
  });
});

describe('after all of that', () => {
  it('the service is healthy, the connector untouched and no error was internal', async () => {
    expect((await alice.getConnector(id)).ok()).toMatchObject({ name: 'Mine', version: 1 });
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    const errors = service.logLines.filter((line) => /"level":(50|60)/.test(line));
    expect(errors).toEqual([]);
  });
});

function header(count: number): [string, string][] {
  return Array.from({ length: count }, (_, n) => [`X-Header-${n}`, 'value']);
}
