import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDevelopmentToken } from '../../../scripts/development-token.ts';
import type { Authorization } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../../support/oauth/authorization-server.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { modernRequest, post } from '../gateway/support/raw-endpoint.ts';
import { FRONTEND, PUBLIC_URL, SignInBench, startSignInBench } from './support/sign-in-bench.ts';

// Signing in from the first request to the saved connector, with a real authorization server and a real MCP server, and everything
// that somebody in the middle, or beside it, could try.

let service: TestService;
let bench: SignInBench;
let alice: ApiClient;
const clock = new OffsetClock();

beforeAll(async () => {
  bench = await startSignInBench();
  service = await startTestService({ env: SignInBench.env, clock });
});

afterAll(async () => {
  await service.close();
  await bench.close();
});

beforeEach(async () => {
  clock.offsetMs = 0;
  bench.reset();
  alice = await service.clientFor();
});

const look = async (client: ApiClient, id: string) =>
  (await client.send<Authorization>('GET', `/api/oauth/authorizations/${id}`)).ok();
const echo = (slug: string) => ({ name: `${slug}__echo`, arguments: { message: 'hello' } });

describe('a server that wants a sign-in', () => {
  it('says so when it is tested, with all that was discovered', async () => {
    const report = (await alice.testConnection({ server_url: bench.server.url })).ok();
    expect(report).toMatchObject({
      error_code: 'AUTH_REQUIRED',
      sign_in: { issuer: bench.as.issuer, scopes: ['tools'], registration: ['dynamic', 'manual'] },
    });
    const again = { server_url: bench.server.url, auth_type: 'oauth2' } as const;
    expect((await alice.testConnection(again)).ok()).toMatchObject({ error_code: 'AUTH_REQUIRED' });
    (await alice.createConnector({ name: 'By hand', ...again })).problem(
      422,
      'CREDENTIALS_INVALID',
    );
  });

  it('is connected from a draft, end to end', async () => {
    const draft = { ...bench.draft(), call_timeout_seconds: 30 };
    const { id, handle, back } = await bench.signIn(service, alice, { draft });
    expect(Object.fromEntries(back)).toEqual({ from: 'sign-in', authorization_id: id, handle });
    expect(await look(alice, id)).toMatchObject({ status: 'returned', connector_id: null });
    expect((await alice.listConnectors()).ok().items).toEqual([]);

    const connector = (await bench.complete(alice, id, handle)).ok();
    expect(connector).toMatchObject({
      ...{ name: draft.name, auth_type: 'oauth2', status: 'ENABLED', call_timeout_seconds: 30 },
      credentials: { kind: 'oauth2', state: 'active', header_names: [] },
      tool_count: 4,
    });
    expect(connector.credentials?.expires_at).not.toBeNull();
    expect(await look(alice, id)).toMatchObject({
      status: 'completed',
      connector_id: connector.id,
    });
    expect((await alice.callTool(echo(connector.slug))).ok().is_error).toBe(false);
    expect((await alice.syncConnector(connector.id)).ok().status).toBe('ENABLED');
  });

  it('is signed in to again, and the connector stays', async () => {
    const connector = await bench.connect(service, alice);
    (await alice.deleteCredentials(connector.id)).ok(204);
    expect((await alice.getConnector(connector.id)).ok().status).toBe('NEEDS_AUTH');
    const again = await bench.connect(service, alice, { connector_id: connector.id });
    expect(again).toMatchObject({ id: connector.id, slug: connector.slug, status: 'ENABLED' });
    expect((await alice.callTool(echo(again.slug))).ok().is_error).toBe(false);
  });

  it('is signed in to while it is disabled, and stays so', async () => {
    const connector = await bench.connect(service, alice);
    (await alice.setStatus(connector.id, 'DISABLED')).ok();
    const again = await bench.connect(service, alice, { connector_id: connector.id });
    expect(again.status).toBe('DISABLED');
  });

  it('keeps its tokens when only the way to it changes', async () => {
    const connector = await bench.connect(service, alice);
    const requests = bench.as.tokenRequests.length;
    const changed = await alice.updateConnector(connector.id, { transport: 'streamable-http' });
    expect(changed.ok()).toMatchObject({ auth_type: 'oauth2', status: 'ENABLED' });
    expect(bench.as.tokenRequests).toHaveLength(requests);
    expect((await alice.callTool(echo(connector.slug))).ok().is_error).toBe(false);
    const elsewhere = { server_url: `${bench.server.url}/elsewhere` };
    (await alice.updateConnector(connector.id, elsewhere)).problem(422, 'CREDENTIALS_REQUIRED');
    const byHand = { auth_type: 'bearer', credentials: { token: 'wrong' } } as const;
    (await alice.updateConnector(connector.id, byHand)).problem(422, 'AUTH_FAILED');
  });

  it('is revoked upstream when it is disconnected or deleted', async () => {
    const [first, second] = [
      await bench.connect(service, alice),
      await bench.connect(service, alice),
    ];
    const before = bench.as.revoked.length;
    (await alice.deleteCredentials(first.id)).ok(204);
    (await alice.deleteConnector(second.id)).ok(204);
    const revoked = bench.as.revoked.slice(before);
    expect(revoked).toEqual([expect.stringMatching(/^rt-/), expect.stringMatching(/^rt-/)]);
  });

  it('asks for what a person has to decide at once', async () => {
    const { name } = await bench.connect(service, alice);
    const draft = { ...bench.draft(), name };
    (await bench.begin(alice, { draft })).problem(409, 'CONNECTOR_NAME_TAKEN');
    const unknown = '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11';
    (await bench.begin(alice, { connector_id: unknown })).problem(404, 'CONNECTOR_NOT_FOUND');
    for (const body of [{}, { connector_id: unknown, draft }]) {
      (await bench.begin(alice, body)).problem(422, 'VALIDATION_FAILED');
    }
  });
});

describe('what is saved only after a test', () => {
  it('can be completed again where the test failed', async () => {
    const { id, handle } = await bench.signIn(service, alice);
    bench.refuses = () => true;
    (await bench.complete(alice, id, handle)).problem(422, 'AUTH_FAILED');
    expect((await alice.listConnectors()).ok().items).toEqual([]);
    bench.refuses = () => false;
    const exchanges = bench.as.tokenRequests.length;
    expect((await bench.complete(alice, id, handle)).ok().status).toBe('ENABLED');
    // A code is good for one use.
    expect(bench.as.tokenRequests).toHaveLength(exchanges);
  });

  it('is not saved for another address than the one that was signed in to', async () => {
    const connector = await bench.connect(service, alice);
    const { id, handle } = await bench.signIn(service, alice, { connector_id: connector.id });
    const moved = { server_url: `${bench.server.url}?v=2` };
    (await alice.updateConnector(connector.id, moved)).ok();
    (await bench.complete(alice, id, handle)).problem(409, 'CONNECTOR_CHANGED');
  });

  it('says why the authorization server gave no tokens', async () => {
    const { id, handle } = await bench.signIn(service, alice);
    bench.as.knobs.token = { status: 503, body: {} };
    const busy = (await bench.complete(alice, id, handle)).problem(422, 'SIGN_IN_FAILED');
    expect(busy).toMatchObject({ reason: 'UNREACHABLE' });
    const description = '<script>alert(1)</script>';
    const body = { error: 'invalid_grant', error_description: description };
    bench.as.knobs.token = { status: 400, body };
    const answer = await bench.complete(alice, id, handle);
    const refused = answer.problem(422, 'SIGN_IN_FAILED');
    expect(refused).toMatchObject({ reason: 'GRANT_REFUSED' });
    expect(answer.text).not.toContain('script');
    expect(await look(alice, id)).toMatchObject({ status: 'failed', error_code: 'GRANT_REFUSED' });
    (await bench.complete(alice, id, handle)).problem(409, 'AUTHORIZATION_UNUSABLE');
  });
});

describe('a server that wants more rights later', () => {
  const lacks = (scope: string) => (name: string) =>
    name === 'echo' ? `Bearer error="insufficient_scope", scope="${scope}"` : undefined;
  const call = ({ slug }: { slug: string }) =>
    alice.callTool({ name: `${slug}__echo`, arguments: { message: 'hello' } });
  const askedFor = async (body?: Parameters<SignInBench['begin']>[1]) => {
    const { authorization_url } = (await bench.begin(alice, body)).ok(201);
    const browser = bench.browser(service);
    await browser.open(authorization_url);
    return new URL(browser.visited[1] ?? '').searchParams.get('scope')?.split(' ').sort();
  };

  it('gets them by a new sign-in, which asks for all of them together', async () => {
    const connector = await bench.connect(service, alice);
    const again = { connector_id: connector.id };
    bench.lacks = lacks('admin reports');
    const refused = (await call(connector)).problem(409, 'NEEDS_AUTH');
    const link = `${FRONTEND}/connect?from=sign-in&connector_id=${connector.id}`;
    expect(refused).toMatchObject({
      ...{ reason: 'AUTH_FAILED', missing_scopes: ['admin', 'reports'], sign_in_url: link },
      detail: expect.stringMatching(/more rights than its owner has granted.* at https:/),
    });
    // All else still works: nothing is wrong with the tokens.
    const before = (await alice.getConnector(connector.id)).ok();
    expect(before).toMatchObject({
      ...{ status: 'ENABLED', version: connector.version },
      credentials: { state: 'active', missing_scopes: ['admin', 'reports'] },
    });
    expect(bench.as.tokenRequests.at(-1)?.has('refresh_token')).toBe(false);

    bench.lacks = lacks('billing');
    (await call(connector)).problem(409, 'NEEDS_AUTH');
    expect(await askedFor(again)).toEqual(['admin', 'billing', 'reports', 'tools']);
    bench.lacks = () => undefined;
    const granted = await bench.connect(service, alice, again);
    expect(granted.credentials?.missing_scopes).toEqual([]);
    (await call(connector)).ok();
    // Of a usual sign-in nobody asks for more than the server does first.
    expect(await askedFor(again)).toEqual(['tools']);
  });

  it('says so to agents on the MCP endpoint, with the link in the text that they read', async () => {
    alice = await service.clientFor('agents-user');
    const connector = await bench.connect(service, alice);
    bench.lacks = lacks('admin');
    const token = await createDevelopmentToken({
      secret: service.env['JWT_SECRET'] ?? '',
      user: 'agents-user',
      audience: `${PUBLIC_URL}/mcp`,
    });
    const called = modernRequest('tools/call', echo(connector.slug));
    const { message } = await post(`${service.url}/mcp`, { ...called, token });
    const link = `${FRONTEND}/connect?from=sign-in&connector_id=${connector.id}`;
    const told = { code: 'NEEDS_AUTH', sign_in_url: link, missing_scopes: ['admin'] };
    expect(message.result).toMatchObject({ isError: true });
    expect(message.result?.['content']).toEqual([
      { type: 'text', text: expect.stringContaining(link) },
    ]);
    expect(Object.values(message.result?.['_meta'] ?? {})).toContainEqual(
      expect.objectContaining(told),
    );
  });

  it('sends nobody in circles for rights that the sign-in asked for and did not bring', async () => {
    const connector = await bench.connect(service, alice);
    const again = { connector_id: connector.id };
    bench.lacks = lacks('admin');
    expect((await call(connector)).problem(409, 'NEEDS_AUTH')).toHaveProperty('sign_in_url');
    await bench.connect(service, alice, again);
    const refused = (await call(connector)).problem(409, 'NEEDS_AUTH');
    expect(refused).not.toHaveProperty('sign_in_url');
    expect(refused).toMatchObject({
      missing_scopes: ['admin'],
      detail:
        'The server wants rights that its owner does not get there, although the sign-in asked for them.',
    });
    // Not even where it wants something else each time.
    const many = (from: number) => Array.from({ length: 60 }, (_, at) => `s${from + at}`).join(' ');
    bench.lacks = lacks(many(0));
    expect((await call(connector)).problem(409, 'NEEDS_AUTH')).toHaveProperty('sign_in_url');
    await bench.connect(service, alice, again);
    bench.lacks = lacks(many(60));
    expect((await call(connector)).problem(409, 'NEEDS_AUTH')).not.toHaveProperty('sign_in_url');
  });

  it('has them noted by a test as well, and keeps its tokens', async () => {
    const connector = await bench.connect(service, alice);
    bench.lacks = (name) =>
      name === '' ? 'Bearer error="insufficient_scope", scope="list"' : undefined;
    const report = (await alice.testConnector(connector.id)).ok();
    expect(report).toMatchObject({ success: false, error_code: 'AUTH_FAILED' });
    expect((await alice.getConnector(connector.id)).ok()).toMatchObject({
      status: 'NEEDS_AUTH',
      credentials: { state: 'active', missing_scopes: ['list'] },
    });
    bench.lacks = () => undefined;
    expect(await askedFor({ connector_id: connector.id })).toEqual(['list', 'tools']);
  });

  it('says nothing that we repeat, or ask for, beyond what scopes can be', async () => {
    const connector = await bench.connect(service, alice);
    bench.lacks = lacks('<b>sign in at https://evil.example</b> \\" \u00e9 ok');
    const refused = (await call(connector)).problem(409, 'NEEDS_AUTH');
    expect(refused.detail).not.toContain('evil');
    const wanted = (await alice.getConnector(connector.id)).ok().credentials?.missing_scopes ?? [];
    for (const scope of wanted) expect(scope).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/);
  });
});

describe('somebody else', () => {
  it('can neither see nor complete it: a link that is passed on attaches nobody to anything', async () => {
    const mallory = await service.clientFor();
    const { id, authorization_url } = (await bench.begin(mallory)).ok(201);
    // Alice follows the link, and her browser brings the handle to her frontend.
    const { url } = await bench.browser(service).open(authorization_url);
    const handle = url.searchParams.get('handle') ?? '';
    (await bench.complete(alice, id, handle)).problem(404, 'AUTHORIZATION_NOT_FOUND');
    (await alice.send('GET', `/api/oauth/authorizations/${id}`)).problem(
      404,
      'AUTHORIZATION_NOT_FOUND',
    );
    // Mallory has no handle.
    (await bench.complete(mallory, id, 'x'.repeat(43))).problem(409, 'AUTHORIZATION_UNUSABLE');
    expect(bench.as.tokenRequests.map((form) => form.get('code'))).not.toContain(handle);
  });

  it('of the same name in another tenant is somebody else', async () => {
    const user = 'the-same-name';
    const here = await service.clientFor(user);
    const there = await service.clientFor(user, { tenant: 'other' });
    const { id, handle } = await bench.signIn(service, here);
    (await bench.complete(there, id, handle)).problem(404, 'AUTHORIZATION_NOT_FOUND');
    (await bench.complete(here, id, handle)).ok();
  });

  it('cannot go on with it in another browser', async () => {
    const { id, authorization_url } = (await bench.begin(alice)).ok(201);
    const hers = bench.browser(service);
    await hers.open(authorization_url);
    const callback =
      hers.visited.find((url) => url.startsWith(`${PUBLIC_URL}/oauth/callback`)) ?? '';
    const other = (await bench.begin(alice)).ok(201);
    const another = bench.browser(service);
    await another.open(other.authorization_url);
    for (const [browser, url] of [
      // The answer, once more, from the same and from two other browsers.
      [hers, callback],
      [another, callback],
      [bench.browser(service), callback],
      // The link, after another browser had it.
      [another, authorization_url],
    ] as const) {
      const arrival = await browser.open(url);
      expect(arrival.status).toBe(400);
      expect(arrival.text).toContain('This sign-in cannot go on');
      expect(arrival.text).not.toMatch(/<script|<a |<form/);
    }
    expect(await look(alice, id)).toMatchObject({ status: 'returned' });
  });

  it('does not use a link up by looking at it', async () => {
    const { authorization_url } = (await bench.begin(alice)).ok(201);
    const link = authorization_url.replace(PUBLIC_URL, service.url);
    expect((await fetch(link, { method: 'HEAD', redirect: 'manual' })).status).toBe(405);
    expect(await bench.browser(service).open(authorization_url)).toMatchObject({
      status: undefined,
    });
  });

  it('finds a cookie that is bound to this host, and a page that nobody can frame', async () => {
    const { authorization_url } = (await bench.begin(alice)).ok(201);
    const link = authorization_url.replace(PUBLIC_URL, service.url);
    const response = await fetch(link, { redirect: 'manual' });
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-[\w-]+=[\w-]{43}; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('cannot make up an answer', async () => {
    const { id, authorization_url } = (await bench.begin(alice)).ok(201);
    const browser = bench.browser(service);
    bench.as.knobs.answer = { state: 'made-up' };
    expect(await browser.open(authorization_url)).toMatchObject({ status: 400 });
    const ticket = new URL(authorization_url).searchParams.get('ticket') ?? '';
    for (const state of ['', 'mc1.k1.AAAA', ticket, `${ticket}A`, ticket.replace(/.$/, '!')]) {
      const query = new URLSearchParams({ code: 'stolen', state, iss: bench.as.issuer });
      const arrival = await browser.open(`${PUBLIC_URL}/oauth/callback?${query}`);
      expect(arrival).toMatchObject({ status: 400 });
    }
    expect(await look(alice, id)).toMatchObject({ status: 'pending' });
    // The right one still comes through.
    bench.as.knobs.answer = {};
    expect(await browser.open(authorization_url)).toMatchObject({ status: undefined });
  });
});

describe('the answer of the authorization server', () => {
  const comeBack = async (answer: Record<string, string | undefined>) => {
    bench.as.knobs.answer = answer;
    const { id, back } = await bench.signIn(service, alice);
    return {
      error: back.get('error'),
      handle: back.get('handle'),
      shown: await look(alice, id),
      back,
    };
  };

  it.each([
    ['from another issuer', { iss: 'https://evil.example' }],
    ['without the issuer that it announces', { iss: undefined }],
    [
      'an error of another issuer',
      { iss: 'https://evil.example', code: undefined, error: 'access_denied' },
    ],
  ])('%s is not believed', async (_what, answer) => {
    expect(await comeBack(answer)).toMatchObject({
      ...{ error: 'ISSUER_MISMATCH', handle: null },
      shown: { status: 'failed', error_code: 'ISSUER_MISMATCH' },
    });
  });

  it('needs no issuer where none is announced', async () => {
    bench.as.knobs.metadata = { authorization_response_iss_parameter_supported: undefined };
    expect(await comeBack({ iss: undefined })).toMatchObject({ error: null });
    expect(await comeBack({ iss: 'https://evil.example' })).toMatchObject({
      error: 'ISSUER_MISMATCH',
    });
  });

  it('tells that the user declined, in our words', async () => {
    const description = '<script>alert(1)</script>';
    const answer = { code: undefined, error: 'access_denied', error_description: description };
    const came = await comeBack(answer);
    expect(came).toMatchObject({ error: 'ACCESS_DENIED', shown: { status: 'failed' } });
    expect(came.back.toString()).not.toContain('script');
  });

  it('leads to pages that the operator allows, and nowhere else', async () => {
    const other = `${FRONTEND}/other`;
    const { back } = await bench.signIn(service, alice, {
      draft: bench.draft(),
      return_url: other,
    });
    expect(back.get('handle')).not.toBeNull();
    for (const return_url of [
      ...['https://evil.example', `${FRONTEND}/`, `${other}/`, `${other}?a=b`, `${other}#a`],
      ...[`${FRONTEND}.evil.example/other`, 'javascript:alert(1)', '//evil.example'],
    ]) {
      const refused = await bench.begin(alice, { draft: bench.draft(), return_url });
      expect(refused.problem(422, 'VALIDATION_FAILED').errors?.[0]?.pointer).toBe(
        '/body/return_url',
      );
    }
  });

  it('has ten minutes, and its user ten more', async () => {
    const { id, authorization_url } = (await bench.begin(alice)).ok(201);
    clock.offsetMs = 601_000;
    expect(await bench.browser(service).open(authorization_url)).toMatchObject({ status: 400 });
    expect(await look(alice, id)).toMatchObject({ status: 'expired' });
    const late = await bench.signIn(service, alice);
    clock.offsetMs += 601_000;
    (await bench.complete(alice, late.id, late.handle)).problem(409, 'AUTHORIZATION_UNUSABLE');
  });
});

it('completes once, however many ask at the same time', async () => {
  const { id, handle } = await bench.signIn(service, alice);
  const answers = await Promise.all([1, 2, 3, 4].map(() => bench.complete(alice, id, handle)));
  const outcomes = answers.map(({ outcome }) => outcome).sort();
  expect(outcomes).toEqual([...Array(3).fill('AUTHORIZATION_UNUSABLE'), 'ok']);
  expect((await alice.listConnectors()).ok().items).toHaveLength(1);
});

it('keeps every secret to itself', async () => {
  bench.as.knobs.authMethod = 'client_secret_post';
  // A tenant of its own: it has no registration yet.
  alice = await service.clientFor('alice', { tenant: 'secretive' });
  const connector = await bench.connect(service, alice);
  (await alice.callTool(echo(connector.slug))).ok();
  const secrets = bench.as.tokenRequests.flatMap((form) =>
    ['code', 'code_verifier', 'client_secret'].flatMap((name) => form.get(name) ?? []),
  );
  const tokens = bench.server.requests.flatMap(({ headers }) => headers.authorization ?? []);
  expect(new Set(tokens).size).toBeGreaterThan(0);
  const { rows } = await service.databaseTools.owner.query(
    `SELECT row_to_json(t)::text AS row FROM credentials t
     UNION ALL SELECT row_to_json(t)::text FROM oauth_authorizations t
     UNION ALL SELECT row_to_json(t)::text FROM oauth_registrations t`,
  );
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  const everything = [...service.logLines, ...rows.map(({ row }) => row), metrics].join('\n');
  expect(rows.length).toBeGreaterThan(3);
  for (const secret of [...secrets, ...tokens.map((token) => token.replace('Bearer ', ''))]) {
    expect(everything).not.toContain(secret);
  }
  // What a database dump shows of a link, a state or a handle opens nothing: they are sealed or hashed.
  expect(everything).not.toMatch(/\brt-|\bat-|\bcode-/);
});

it('sends the tokens to their own server only, and no token of our caller to anybody', async () => {
  const before = bench.as.endpoint.requests.length;
  await bench.connect(service, alice);
  for (const { headers, path } of bench.as.endpoint.requests.slice(before)) {
    expect(headers.authorization, path).toBeUndefined();
    expect(headers.cookie, path).toBeUndefined();
  }
  for (const { headers } of bench.server.requests) {
    expect(headers.authorization ?? '').not.toMatch(/^Bearer ey/);
  }
});

describe('two authorization servers', () => {
  let honest: TestAuthorizationServer;

  beforeAll(async () => {
    honest = await startTestAuthorizationServer();
  });

  afterAll(() => honest.close());

  it('are not mixed up: the code of the one never goes to the other', async () => {
    // The server of an attacker sends browsers to the honest one, and waits for its code at a token endpoint of its own.
    bench.as.knobs.metadata = {
      authorization_endpoint: `${honest.endpoint.origin}/authorize`,
      authorization_response_iss_parameter_supported: undefined,
    };
    const before = bench.as.tokenRequests.length;
    const { id, back } = await bench.signIn(service, alice);
    expect(back.get('error')).toBe('ISSUER_MISMATCH');
    (await bench.complete(alice, id, 'x'.repeat(43))).problem(409, 'AUTHORIZATION_UNUSABLE');
    expect(bench.as.tokenRequests).toHaveLength(before);
  });

  it('know nothing of each other when a server goes from one to the other', async () => {
    bench.as.knobs.authMethod = 'client_secret_post';
    alice = await service.clientFor('alice', { tenant: 'moving' });
    const connector = await bench.connect(service, alice);
    const here = bench.as.tokenRequests.at(-1) ?? expect.fail();
    const [registrations, seen] = [honest.registrations.length, bench.as.tokenRequests.length];

    const moved = bench.resourceMetadata({ authorization_servers: [honest.issuer] });
    bench.documents['/.well-known/oauth-protected-resource/mcp'] = moved;
    bench.isAlsoValid = (token) => honest.isValid(token);
    await bench.connect(service, alice, { connector_id: connector.id });
    (await alice.callTool(echo(connector.slug))).ok();
    expect(honest.registrations).toHaveLength(registrations + 1);
    const there = honest.tokenRequests.at(-1) ?? expect.fail();
    for (const name of ['client_secret', 'code', 'code_verifier', 'refresh_token']) {
      expect(there.get(name) ?? 'none', name).not.toBe(here.get(name) ?? '');
    }
    // What is renewed and revoked from now on is so at the new one.
    clock.offsetMs = 3_600_000;
    honest.expireTokens();
    (await alice.callTool(echo(connector.slug))).ok();
    await alice.deleteConnector(connector.id);
    expect(honest.tokenRequests.at(-1)?.get('grant_type')).toBe('refresh_token');
    expect(honest.revoked).toHaveLength(1);
    expect(bench.as.tokenRequests).toHaveLength(seen);
  });
});

it('needs to be configured', async () => {
  const unconfigured = await startTestService();
  try {
    const client = await unconfigured.clientFor();
    const refused = (await bench.begin(client)).problem(422, 'SIGN_IN_NOT_POSSIBLE');
    expect(refused).toMatchObject({ reason: 'NOT_CONFIGURED' });
    expect((await fetch(`${unconfigured.url}/oauth/client.json`)).status).toBe(404);
  } finally {
    await unconfigured.close();
  }
});
