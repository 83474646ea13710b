import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { OfferingServer } from '../../support/mcp-servers/offering-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { connectLegacy } from './support/mcp-clients.ts';
import {
  legacyRequest,
  modernRequest,
  post,
  type RawAnswer,
  type RawRequest,
} from './support/raw-endpoint.ts';

let service: TestService;
let server: OfferingServer;
let theirs: OfferingServer;
let alice: ApiClient;
let token: string;
let url: string;
let connector: Connector;
let normal: Partial<OfferingServer>;

beforeAll(async () => {
  service = await startTestService();
  server = await OfferingServer.start(1);
  const { readResource, getPrompt, resources } = server;
  normal = { readResource, getPrompt, resources };
  theirs = await OfferingServer.start(2);
  alice = await service.clientFor('alice');
  token = await service.tokenFor('alice');
  url = `${service.url}/mcp`;
  connector = (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
  const bob = await service.clientFor('bob');
  (await bob.createConnector({ name: 'Bobs', server_url: theirs.url })).ok(201);
});

afterAll(async () => {
  await service.close();
  await server.close();
  await theirs.close();
});

afterEach(() => {
  server.intercept = () => false;
  Object.assign(server, normal);
});

const eras = [
  ['legacy', legacyRequest],
  ['modern', modernRequest],
] as const;
const send = (request: RawRequest, as = token): Promise<RawAnswer> =>
  post(url, { token: as, ...request });
const read = (
  uri: string,
  request: (method: string, params: { uri: string }) => RawRequest = legacyRequest,
) => send(request('resources/read', { uri }));
const requestsOf = (one: OfferingServer) =>
  one.requests.filter(({ rpcMethod }) =>
    /^(prompts\/get|resources\/read|completion)/.test(rpcMethod),
  ).length;
/** Answers every request for what is offered with this. */
function answerWith(status: number, answer: object | string): void {
  server.intercept = ({ rpcMethod, body }, response) => {
    if (!/^(prompts\/get|resources\/read|completion)/.test(rpcMethod)) return false;
    const { id }: { id: number } = JSON.parse(body);
    response.writeHead(status, { 'content-type': 'application/json' });
    const text =
      typeof answer === 'string' ? answer : JSON.stringify({ jsonrpc: '2.0', id, ...answer });
    response.end(text);
    return true;
  };
}

describe('what belongs to somebody else', () => {
  it.each(eras)('is as if it were not there (%s)', async (_era, request) => {
    const before = [requestsOf(server), requestsOf(theirs)];
    const unknown = { code: -32602 };
    for (const uri of ['bobs+test://static/a', 'bobs+file:///etc/passwd']) {
      expect((await read(uri, request)).message.error).toMatchObject({ ...unknown, data: { uri } });
    }
    const got = await send(request('prompts/get', { name: 'bobs__review' }));
    expect(got.message.error).toMatchObject({ ...unknown, data: { code: 'PROMPT_NOT_FOUND' } });
    const argument = { name: 'a', value: 'b' };
    for (const ref of [
      { type: 'ref/prompt', name: 'bobs__review' },
      { type: 'ref/resource', uri: 'bobs+test://items/{id}' },
    ]) {
      const answer = await send(request('completion/complete', { ref, argument }));
      expect(answer.message.error).toMatchObject(unknown);
    }
    const listed = await send(request('resources/list'));
    expect(listed.text).not.toContain('bobs');
    const elsewhere = await service.tokenFor('bob', { tenant: 'other' });
    expect((await send(request('prompts/list'), elsewhere)).message.result?.['prompts']).toEqual(
      [],
    );
    expect([requestsOf(server), requestsOf(theirs)]).toEqual(before);
  });
});

describe('a URI', () => {
  it.each([
    ['without a slug', 'test://static/a'],
    ['of a file, for us', 'file:///etc/passwd'],
    ['of a web page, for us', 'http://169.254.169.254/latest/meta-data'],
    ['of nothing', 'mine+'],
    ['with an empty slug', '+test://a'],
    ['with another case', 'MINE+test://static/a'],
    ['with a control character', 'mine+test://a\u0000b'],
    ['with a line break', 'mine+test://a\r\nMcp-Name: b'],
    ['with a hidden character', 'mine+test://a\u202eb'],
    ['of 10,000 characters', `mine+test://${'a'.repeat(10_000)}`],
    ['that is SQL', "mine' OR 1=1--+test://a"],
  ])('%s goes to nobody', async (_what, uri) => {
    const before = requestsOf(server);
    expect((await read(uri)).message.error).toMatchObject({ code: -32602 });
    expect(requestsOf(server)).toBe(before);
  });

  it.each(['file:///etc/passwd', 'http://127.0.0.1:1/x', 'a+b+c://d', '../../x', 'mine+mine+x:y'])(
    '%s goes to its own server and nowhere else',
    async (uri) => {
      const { result } = (await read(`mine+${uri}`)).message;
      expect(result).toEqual({
        contents: [{ uri: `mine+${uri}`, mimeType: 'text/plain', text: `content of ${uri}` }],
      });
      expect(server.asked('resources/read').at(-1)).toEqual({ uri });
    },
  );
});

describe('a disabled connector', () => {
  it('lists nothing, and says so where it is asked', async () => {
    (await alice.setStatus(connector.id, 'DISABLED')).ok();
    try {
      const before = requestsOf(server);
      for (const list of ['prompts/list', 'resources/list', 'resources/templates/list']) {
        const [entries] = Object.values((await send(legacyRequest(list))).message.result ?? {});
        expect(entries).toEqual([]);
      }
      const error = {
        code: -32000,
        data: { code: 'CONNECTOR_DISABLED', connector_id: connector.id },
      };
      expect((await read('mine+test://static/a')).message.error).toMatchObject(error);
      const got = await send(legacyRequest('prompts/get', { name: 'mine__review' }));
      expect(got.message.error).toMatchObject(error);
      expect(requestsOf(server)).toBe(before);
    } finally {
      (await alice.setStatus(connector.id, 'ENABLED')).ok();
    }
  });
});

describe('a server that', () => {
  it.each([
    ['wants a sign-in', 401, {}, { code: -32000, data: { code: 'NEEDS_AUTH' } }],
    ['is overloaded', 503, {}, { code: -32603, data: { code: 'UPSTREAM_UNREACHABLE' } }],
    ['answers with garbage', 200, '{"x', { code: -32603, data: { code: 'UPSTREAM_INVALID' } }],
    [
      'answers with no contents',
      200,
      { result: { contents: 'x' } },
      { code: -32603, data: { code: 'UPSTREAM_INVALID' } },
    ],
    [
      'asks its user for input',
      200,
      { result: { resultType: 'input_required' } },
      { code: -32603, data: { code: 'PROTOCOL_ERROR', rpc_code: -32021 } },
    ],
    [
      'does not know the resource, in the modern way',
      200,
      { error: { code: -32602, message: 'gone' } },
      { code: -32602, data: { uri: 'mine+test://static/a' } },
    ],
    [
      'does not know the resource',
      200,
      { error: { code: -32002, message: 'gone' } },
      { code: -32602, data: { uri: 'mine+test://static/a' } },
    ],
    [
      'has a code of the transport',
      200,
      { error: { code: -32001, message: 'x' } },
      { code: -32603, data: { rpc_code: -32001 } },
    ],
  ])('%s is told apart', async (_what, status, answer, error) => {
    answerWith(status, answer);
    for (const [, request] of eras) {
      const got = await read('mine+test://static/a', request);
      expect(got.message.error).toMatchObject(error);
      expect(got.headers['www-authenticate']).toBeUndefined();
    }
    server.intercept = () => false;
    (await alice.testConnector(connector.id)).ok();
  });

  it('refuses the arguments of a prompt says why', async () => {
    answerWith(200, { error: { code: -32602, message: 'code\u202e is missing' } });
    const answer = await send(legacyRequest('prompts/get', { name: 'mine__review' }));
    expect(answer.message.error).toMatchObject({
      code: -32602,
      message: 'code is missing',
      data: { code: 'PROTOCOL_ERROR', rpc_code: -32602 },
    });
  });

  it('knows no completions has none', async () => {
    answerWith(200, { error: { code: -32601, message: 'Method not found' } });
    const ref = { type: 'ref/prompt', name: 'mine__review' };
    const answer = await send(
      legacyRequest('completion/complete', { ref, argument: { name: 'a', value: '' } }),
    );
    expect(answer.message.result).toMatchObject({ completion: { values: [] } });
  });

  it('sends a resource larger than is accepted costs nobody else', async () => {
    server.readResource = (uri) => ({ contents: [{ uri, text: 'x'.repeat(11 * 1024 * 1024) }] });
    const { error } = (await read('mine+test://static/a')).message;
    expect(error).toMatchObject({
      code: -32603,
      data: { code: 'UPSTREAM_INVALID', reason: 'RESPONSE_TOO_LARGE' },
    });
    expect((await read('mine+test://missing')).message.error).toMatchObject({ code: -32602 });
  });

  it('links to resources has the links lead back to it, and nowhere else', async () => {
    const link = { type: 'resource_link' as const, uri: 'https://example.com/x', name: 'x' };
    const embedded = {
      type: 'resource' as const,
      resource: { uri: 'test://static/a', text: 'whole' },
    };
    server.getPrompt = () => ({
      messages: [
        { role: 'user', content: link },
        { role: 'assistant', content: embedded },
      ],
    });
    server.readResource = (uri) => ({ contents: [{ uri: `${uri}/1`, text: '1' }] });
    const got = await send(legacyRequest('prompts/get', { name: 'mine__review', arguments: {} }));
    expect(got.message.result?.['messages']).toEqual([
      { role: 'user', content: { ...link, uri: `mine+${link.uri}` } },
      { role: 'assistant', content: embedded },
    ]);
    const { contents } = (await read('mine+test://dir')).message.result ?? {};
    expect(contents).toEqual([{ uri: 'mine+test://dir/1', text: '1' }]);
  });
});

describe('a long list', () => {
  it('comes in pages that miss nothing and repeat nothing', async () => {
    const user = await service.clientFor('lister');
    const as = await service.tokenFor('lister');
    server.resources = Array.from({ length: 400 }, (_, n) => ({ uri: `test://r/${n}`, name: 'r' }));
    for (const name of ['A', 'B']) {
      (await user.createConnector({ name, server_url: server.url })).ok(201);
    }
    const client = await connectLegacy({ url, token: as });
    const uris: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await client.listResources(cursor === undefined ? {} : { cursor });
      uris.push(...page.resources.map(({ uri }) => uri));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    await client.close();
    expect([pages, uris.length, new Set(uris).size]).toEqual([4, 800, 800]);
    expect(uris).toEqual([...uris].sort());
  });

  it.each([
    'x',
    '',
    Buffer.from('["prompt","a"]').toString('base64url'),
    '\u0000',
    'W10',
    'bnVsbA',
  ])('has no page for a cursor that was never given out: %j', async (cursor) => {
    for (const [, request] of eras) {
      const answer = await send(request('resources/list', { cursor }));
      expect(answer.message.error).toMatchObject({ code: -32602, message: 'Unknown cursor.' });
    }
  });
});

describe('the modern era', () => {
  it('is told how long lists may be kept, and by whom', async () => {
    for (const list of ['prompts/list', 'resources/list', 'resources/templates/list']) {
      const { result } = (await send(modernRequest(list))).message;
      expect(result).toMatchObject({
        ttlMs: 60_000,
        cacheScope: 'private',
        resultType: 'complete',
      });
    }
    const { result } = (await read('mine+test://static/a', modernRequest)).message;
    expect(result).toMatchObject({ ttlMs: 0, cacheScope: 'private', resultType: 'complete' });
  });
});

describe('scopes', () => {
  it('of lists do not make servers do anything', async () => {
    const reader = await service.tokenFor('alice', { scopes: ['tools:read'] });
    const caller = await service.tokenFor('alice', { scopes: ['tools:call'] });
    const before = requestsOf(server);
    const ref = { type: 'ref/prompt', name: 'mine__review' };
    for (const request of [
      legacyRequest('prompts/get', { name: 'mine__review' }),
      legacyRequest('resources/read', { uri: 'mine+test://static/a' }),
      legacyRequest('completion/complete', { ref, argument: { name: 'a', value: '' } }),
    ]) {
      expect((await send(request, reader)).status).toBe(403);
    }
    for (const list of ['prompts/list', 'resources/list', 'resources/templates/list']) {
      expect((await send(legacyRequest(list), caller)).status).toBe(403);
      expect((await send(legacyRequest(list), reader)).status).toBe(200);
    }
    expect(requestsOf(server)).toBe(before);
  });
});

it.each(eras)(
  'what a client no longer waits for is given up at its server (%s)',
  async (_era, request) => {
    const givenUp = () =>
      server.requests.filter(({ rpcMethod }) => rpcMethod === 'notifications/cancelled').length;
    for (const [method, params] of [
      ['resources/read', { uri: 'mine+test://static/a' }],
      ['prompts/get', { name: 'mine__review', arguments: { code: 'x' } }],
    ] as const) {
      const never = () => new Promise<never>(() => {});
      Object.assign(server, { readResource: never, getPrompt: never });
      const before = { asked: requestsOf(server), givenUp: givenUp() };
      const { body, headers } = request(method, params);
      const client = new AbortController();
      const reading = fetch(url, {
        method: 'POST',
        headers: {
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          ...headers,
        },
        body: JSON.stringify(body),
        signal: client.signal,
      }).then(
        () => 'answered',
        () => 'left',
      );
      await expect.poll(() => requestsOf(server)).toBe(before.asked + 1);
      client.abort();
      expect(await reading).toBe('left');
      await expect.poll(givenUp).toBe(before.givenUp + 1);
    }
  },
);

it('neither URIs nor what was read are in the log', async () => {
  server.readResource = (uri) => ({ contents: [{ uri, text: 'hush-2' }] });
  const before = service.operations().length;
  await read('mine+test://hush-1');
  expect(service.operations().slice(before)).toMatchObject([
    { operation: 'resource.read', user_id: 'alice', connector_id: connector.id, outcome: 'ok' },
  ]);
  expect(service.logLines.join('\n')).not.toMatch(/hush-[12]/);
});

it('nobody can subscribe to a resource, and nobody is told so', async () => {
  const answer = await send(legacyRequest('resources/subscribe', { uri: 'mine+test://static/a' }));
  expect(answer.message.error).toMatchObject({ code: -32601 });
});
