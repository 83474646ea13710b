import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { PUBLIC_URL, SignInBench, startSignInBench } from './support/sign-in-bench.ts';

// How to sign in, and who we are there, is found in the order of the MCP specification; what departs from it is refused. Each case has a
// tenant of its own, because the users of a tenant share registrations.

let service: TestService;
let bench: SignInBench;
/** Its issuer has a path. */
let tenantBench: SignInBench;
let alice: ApiClient;
let tenants = 0;

beforeAll(async () => {
  [bench, tenantBench] = await Promise.all([startSignInBench(), startSignInBench('/tenant')]);
  const operators = {
    issuer: tenantBench.as.issuer,
    client_id: 'client of the operator',
    client_secret: 'secret of the client: +/?',
  };
  const env = { ...SignInBench.env, OAUTH_CLIENTS: JSON.stringify([operators]) };
  service = await startTestService({ env });
});

afterAll(async () => {
  await service.close();
  await Promise.all([bench.close(), tenantBench.close()]);
});

beforeEach(async () => {
  bench.reset();
  tenantBench.reset();
  tenants += 1;
  alice = await service.clientFor('alice', { tenant: `tenant-${tenants}` });
});

const reasonOf = async (body?: Parameters<SignInBench['begin']>[1], at = bench) => {
  const refused = (await at.begin(alice, body)).problem(422, 'SIGN_IN_NOT_POSSIBLE');
  return (refused as { reason?: string }).reason;
};
/** The request that the browser takes to the authorization server. */
const authorizationRequest = async (at = bench, body?: Parameters<SignInBench['begin']>[1]) => {
  const { authorization_url } = (await at.begin(alice, body)).ok(201);
  const browser = at.browser(service);
  await browser.open(authorization_url);
  return new URL(browser.visited[1] ?? '').searchParams;
};
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

describe('the metadata of the server', () => {
  it('is read where the challenge says', async () => {
    delete bench.documents[`${WELL_KNOWN}/mcp`];
    bench.documents['/elsewhere?v=1'] = bench.resourceMetadata();
    const place = new URL('/elsewhere?v=1', bench.server.url).href;
    bench.challenge = `Basic realm="a, b=\\"c\\"", Bearer error="invalid_token", resource_metadata="${place}"`;
    expect((await bench.begin(alice)).status).toBe(201);
  });

  it.each([`${WELL_KNOWN}/mcp`, WELL_KNOWN])('else is read at %s', async (place) => {
    bench.challenge = 'Bearer';
    bench.documents[`${WELL_KNOWN}/mcp`] = undefined;
    bench.documents[place] = bench.resourceMetadata({ scopes_supported: ['a', 'b "', 7, 'c'] });
    const request = await authorizationRequest();
    expect(request.get('scope')).toBe('a c');
    expect(request.get('resource')).toBe(bench.server.url);
  });

  it('is not needed where the server is its own authorization server, as in 2025-03-26', async () => {
    const { origin } = new URL(bench.server.url);
    bench.challenge = 'Bearer';
    delete bench.documents[`${WELL_KNOWN}/mcp`];
    expect(await reasonOf()).toBe('NO_AUTHORIZATION');
    bench.documents['/.well-known/oauth-authorization-server'] = {
      issuer: origin,
      authorization_endpoint: `${bench.as.endpoint.origin}/authorize`,
      token_endpoint: `${bench.as.endpoint.origin}/token`,
      registration_endpoint: `${bench.as.endpoint.origin}/register`,
      code_challenge_methods_supported: ['plain', 'S256'],
    };
    expect((await bench.begin(alice)).ok(201).issuer).toBe(origin);
  });

  it.each([
    ['another resource', { resource: 'https://mcp.example.com/mcp' }, 'RESOURCE_MISMATCH'],
    ['another path', { path: '/mcp/below' }, 'RESOURCE_MISMATCH'],
    ['a path that only begins alike', { path: '/mc' }, 'RESOURCE_MISMATCH'],
    ['a query', { path: '/mcp?user=1' }, 'RESOURCE_MISMATCH'],
    ['no resource', { resource: undefined }, 'METADATA_INVALID'],
    ['no authorization server', { authorization_servers: [] }, 'METADATA_INVALID'],
    ['no list of them', { authorization_servers: 'https://as.example' }, 'METADATA_INVALID'],
    ['one in a private network', { authorization_servers: ['https://10.0.0.1'] }, 'BLOCKED'],
    ['one without https', { authorization_servers: ['http://as.example.com'] }, 'BLOCKED'],
    ['one that is no URL', { authorization_servers: ['as.example.com'] }, 'METADATA_INVALID'],
    ['one that is a script', { authorization_servers: ['javascript:alert(1)'] }, 'BLOCKED'],
  ])(
    'that names %s is refused',
    async (_what, { path, ...members }: Record<string, unknown>, reason) => {
      const moved =
        path === undefined ? {} : { resource: new URL(String(path), bench.server.url).href };
      bench.documents[`${WELL_KNOWN}/mcp`] = bench.resourceMetadata({ ...moved, ...members });
      expect(await reasonOf()).toBe(reason);
    },
  );

  it('may name a resource that stands above the server', async () => {
    const { origin } = new URL(bench.server.url);
    bench.documents[`${WELL_KNOWN}/mcp`] = bench.resourceMetadata({ resource: `${origin}/` });
    expect((await authorizationRequest()).get('resource')).toBe(`${origin}/`);
  });

  it.each([
    ['in a private network', 'https://169.254.169.254/metadata', 'BLOCKED'],
    ['that is no URL', 'metadata', 'METADATA_INVALID'],
    ['where nothing is', '/nothing', 'METADATA_INVALID'],
  ])('is not looked for at a place %s', async (_what, place, reason) => {
    const url = place.startsWith('/') ? new URL(place, bench.server.url).href : place;
    bench.challenge = `Bearer resource_metadata="${url}"`;
    expect(await reasonOf()).toBe(reason);
  });
});

describe('the challenge', () => {
  it('is found also where the server lets anybody shake hands', async () => {
    const place = bench.challenge;
    const seen: unknown[] = [];
    bench.challenges = (headers) => {
      seen.push(headers['mcp-method']);
      return headers['mcp-method'] === 'tools/list' ? place : undefined;
    };
    bench.documents[`${WELL_KNOWN}/mcp`] = bench.resourceMetadata({ scopes_supported: ['all'] });
    expect((await authorizationRequest()).get('scope')).toBe('tools');
    expect(seen).toContain('tools/list');
  });
});

describe('the metadata of the authorization server', () => {
  it.each([
    '/.well-known/oauth-authorization-server/tenant',
    '/.well-known/openid-configuration/tenant',
    '/tenant/.well-known/openid-configuration',
  ])('is read at %s', async (place) => {
    tenantBench.as.knobs.places = [place];
    const seen = tenantBench.as.endpoint.requests.length;
    expect((await tenantBench.begin(alice)).ok(201).issuer).toBe(tenantBench.as.issuer);
    const asked = tenantBench.as.endpoint.requests.slice(seen).map(({ path }) => path);
    expect(asked.indexOf(place)).toBeLessThan(3);
  });

  it.each([
    ['another issuer', { issuer: 'https://evil.example' }, 'ISSUER_MISMATCH'],
    ['no issuer', { issuer: undefined }, 'METADATA_INVALID'],
    ['no PKCE', { code_challenge_methods_supported: undefined }, 'PKCE_UNSUPPORTED'],
    ['only plain PKCE', { code_challenge_methods_supported: ['plain'] }, 'PKCE_UNSUPPORTED'],
    ['no token endpoint', { token_endpoint: undefined }, 'METADATA_INVALID'],
    ['a script to sign in', { authorization_endpoint: 'javascript:alert(1)' }, 'BLOCKED'],
    ['data to sign in', { authorization_endpoint: 'data:text/html,x' }, 'BLOCKED'],
    ['a file to sign in', { authorization_endpoint: 'file:///etc/passwd' }, 'BLOCKED'],
    ['http to sign in', { authorization_endpoint: 'http://as.example.com/a' }, 'BLOCKED'],
    ['a password', { authorization_endpoint: 'https://a:b@as.example.com/a' }, 'BLOCKED'],
    ['a fragment', { authorization_endpoint: 'https://as.example.com/a#b' }, 'METADATA_INVALID'],
    ['a private token endpoint', { token_endpoint: 'https://192.168.0.1/t' }, 'BLOCKED'],
    ['a private registration', { registration_endpoint: 'https://10.1.1.1/r' }, 'BLOCKED'],
    ['a private revocation', { revocation_endpoint: 'https://[fd00::1]/r' }, 'BLOCKED'],
    ['internal names', { token_endpoint: 'https://vault.internal/t' }, 'BLOCKED'],
    [
      'too long a URL',
      { token_endpoint: `https://a.example/${'x'.repeat(2048)}` },
      'METADATA_INVALID',
    ],
  ])('with %s is refused', async (_what, metadata, reason) => {
    bench.as.knobs.metadata = metadata;
    expect(await reasonOf()).toBe(reason);
    const report = (await alice.testConnection({ server_url: bench.server.url })).ok();
    expect(report).toMatchObject({ error_code: 'AUTH_REQUIRED', sign_in: null });
  });

  it('may be anywhere, but not endless', async () => {
    bench.as.knobs.metadata = { padding: 'x'.repeat(300_000) };
    expect(await reasonOf()).toBe('NO_AUTHORIZATION');
  });
});

describe('the request of the browser', () => {
  it('has what the specification asks for, and keeps what the endpoint has', async () => {
    const endpoint = `${bench.as.endpoint.origin}/authorize?audience=api`;
    const metadata = { authorization_endpoint: endpoint, scopes_supported: ['offline_access'] };
    bench.as.knobs.metadata = metadata;
    const request = Object.fromEntries(await authorizationRequest());
    expect(request).toEqual({
      ...{ audience: 'api', response_type: 'code', client_id: expect.stringMatching(/^client-/) },
      redirect_uri: `${PUBLIC_URL}/oauth/callback`,
      scope: 'tools offline_access',
      ...{ code_challenge: expect.stringMatching(/^[\w-]{43}$/), code_challenge_method: 'S256' },
      state: expect.stringMatching(/^mc1\.k1\.[\w-]{100,}$/),
      ...{ resource: bench.server.url, prompt: 'consent' },
    });
  });

  it('never has the same state or challenge twice', async () => {
    const [one, other] = [await authorizationRequest(), await authorizationRequest()];
    expect(one.get('state')).not.toBe(other.get('state'));
    expect(one.get('code_challenge')).not.toBe(other.get('code_challenge'));
  });
});

describe('who we are', () => {
  it('is what the user typed in, before all else', async () => {
    bench.as.knobs.authMethod = 'client_secret_basic';
    bench.as.knobs.metadata = { client_id_metadata_document_supported: true };
    const registrations = bench.as.registrations.length;
    const client = { client_id: 'client of mine', client_secret: 'secret of the client: +/?' };
    const connector = await bench.connect(service, alice, { draft: bench.draft(), client });
    expect(connector.status).toBe('ENABLED');
    expect(bench.as.registrations).toHaveLength(registrations);
    const wrong = { ...client, client_secret: 'wrong' };
    const { id, handle } = await bench.signIn(service, alice, {
      draft: bench.draft(),
      client: wrong,
    });
    const refused = (await bench.complete(alice, id, handle)).problem(422, 'SIGN_IN_FAILED');
    expect(refused).toMatchObject({ reason: 'CLIENT_REFUSED' });
  });

  it('is what the operator registered, before our metadata document', async () => {
    tenantBench.as.knobs.authMethod = 'client_secret_basic';
    tenantBench.as.knobs.metadata = { client_id_metadata_document_supported: true };
    const registrations = tenantBench.as.registrations.length;
    const request = await authorizationRequest(tenantBench);
    expect(request.get('client_id')).toBe('client of the operator');
    expect((await tenantBench.connect(service, alice)).status).toBe('ENABLED');
    expect(tenantBench.as.registrations).toHaveLength(registrations);
    const tested = await alice.testConnection({ server_url: tenantBench.server.url });
    const ways = ['operator', 'metadata_document', 'dynamic', 'manual'];
    expect(tested.ok().sign_in?.registration).toEqual(ways);
    // Whoever has a client of their own uses that.
    const client = { client_id: 'client of mine' };
    const own = await authorizationRequest(tenantBench, { draft: tenantBench.draft(), client });
    expect(own.get('client_id')).toBe('client of mine');
    // It is nobody's at another server.
    expect((await authorizationRequest()).get('client_id')).toMatch(/^client-/);
  });

  it('is our metadata document, where the server reads it', async () => {
    bench.as.knobs.metadata = { client_id_metadata_document_supported: true };
    const request = await authorizationRequest();
    const clientId = request.get('client_id') ?? '';
    expect(clientId).toBe(`${PUBLIC_URL}/oauth/client.json`);
    const document = await (await fetch(`${service.url}/oauth/client.json`)).json();
    expect(document).toEqual({
      ...{ client_id: clientId, client_name: 'MCP Connectors' },
      redirect_uris: [request.get('redirect_uri')],
      ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
      ...{ token_endpoint_auth_method: 'none', application_type: 'web' },
    });
    const report = (await alice.testConnection({ server_url: bench.server.url })).ok();
    expect(report.sign_in?.registration).toEqual(['metadata_document', 'dynamic', 'manual']);
  });

  it.each(['none', 'client_secret_basic', 'client_secret_post'] as const)(
    'is registered by the server, once for all users of a tenant (%s)',
    async (authMethod) => {
      bench.as.knobs.authMethod = authMethod;
      const before = bench.as.registrations.length;
      const connector = await bench.connect(service, alice);
      const bob = await service.clientFor('bob', { tenant: `tenant-${tenants}` });
      await bench.connect(service, bob);
      expect(bench.as.registrations.slice(before)).toEqual([
        {
          client_name: 'MCP Connectors',
          redirect_uris: [`${PUBLIC_URL}/oauth/callback`],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: authMethod,
          application_type: 'web',
        },
      ]);
      const there = await service.clientFor('alice', { tenant: `other-${tenants}` });
      await bench.connect(service, there);
      expect(bench.as.registrations).toHaveLength(before + 2);
      expect(connector.status).toBe('ENABLED');
    },
  );

  it('is registered also by servers that do not say when a secret ends, or send one that nobody needs', async () => {
    bench.as.knobs.authMethod = 'client_secret_basic';
    bench.as.knobs.registration = { client_secret_expires_at: undefined };
    await bench.connect(service, alice);
    const sent = bench.as.endpoint.requests.findLast(({ path }) => path === '/token');
    const [, basic = ''] = /^Basic (.+)$/.exec(sent?.headers.authorization ?? '') ?? [];
    // Nothing is encoded that need not be: many servers do not decode.
    expect(Buffer.from(basic, 'base64').toString()).toMatch(/^client-\d+:secret\+of\+the\+client/);

    alice = await service.clientFor('alice', { tenant: `needless-${tenants}` });
    bench.as.knobs.authMethod = 'none';
    bench.as.knobs.registration = { client_secret: 'needless' };
    await bench.connect(service, alice);
  });

  it('is registered anew where the server forgot us', async () => {
    await bench.connect(service, alice);
    const before = bench.as.registrations.length;
    // It refuses at its token endpoint,
    bench.as.knobs.token = { status: 401, body: {}, headers: { 'www-authenticate': 'Basic' } };
    const { id, handle } = await bench.signIn(service, alice);
    const refused = (await bench.complete(alice, id, handle)).problem(422, 'SIGN_IN_FAILED');
    expect(refused).toMatchObject({ reason: 'CLIENT_REFUSED' });
    bench.as.knobs.token = undefined;
    await bench.connect(service, alice);
    expect(bench.as.registrations).toHaveLength(before + 1);
    // or shows an error of its own, from which nobody comes back.
    bench.as.knobs.answer = { state: 'lost' };
    await bench.signIn(service, alice);
    bench.as.knobs.answer = {};
    await bench.connect(service, alice);
    expect(bench.as.registrations).toHaveLength(before + 2);
  });

  it('is asked of the user, where there is no other way', async () => {
    bench.as.knobs.metadata = { registration_endpoint: undefined };
    expect(await reasonOf()).toBe('CLIENT_REQUIRED');
    const report = (await alice.testConnection({ server_url: bench.server.url })).ok();
    expect(report.sign_in?.registration).toEqual(['manual']);
    bench.as.knobs.metadata = {};
    bench.as.knobs.registration = { error: 'access_denied' };
    expect(await reasonOf()).toBe('REGISTRATION_REFUSED');
  });
});

describe('the tokens', () => {
  const complete = async () => {
    const { id, handle } = await bench.signIn(service, alice);
    return await bench.complete(alice, id, handle);
  };

  it.each([
    ['that cannot stand in a header', { access_token: 'a\r\nx: y' }],
    ['that are none', { access_token: undefined }],
    ['of another type', { token_type: 'mac' }],
    ['that only their key can use', { token_type: 'DPoP' }],
    ['of endless length', { access_token: 'x'.repeat(9000) }],
  ])('%s are not used', async (_what, tokens) => {
    bench.as.knobs.tokens = tokens;
    const refused = (await complete()).problem(422, 'SIGN_IN_FAILED');
    expect(refused).toMatchObject({ reason: 'ANSWER_INVALID' });
  });

  it.each([
    [
      'a redirect',
      { status: 302, body: {}, headers: { location: 'http://127.0.0.1:1/' } },
      'ANSWER_INVALID',
    ],
    [
      'an error with 200',
      { status: 200, body: { error: 'bad_verification_code' } },
      'REQUEST_REFUSED',
    ],
    ['text', { status: 200, body: 'ok' }, 'ANSWER_INVALID'],
    ['too much', { status: 200, body: 'x'.repeat(300_000) }, 'ANSWER_INVALID'],
  ])('are none where the answer is %s', async (_what, token, reason) => {
    bench.as.knobs.token = token;
    const refused = (await complete()).problem(422, 'SIGN_IN_FAILED');
    expect(refused).toMatchObject({ reason });
  });
});
