import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVELOPMENT_AUDIENCE } from '../../../src/config.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';
import { legacyRequest, post, type RawAnswer, type RawRequest } from './support/raw-endpoint.ts';

const PUBLIC_URL = 'https://connectors.example.com';
const RESOURCE = `${PUBLIC_URL}/mcp`;
const METADATA = `${PUBLIC_URL}/.well-known/oauth-protected-resource/mcp`;
const ISSUER = 'https://login.example.com';

let service: TestService;
let server: ScriptedServer;

beforeAll(async () => {
  service = await startTestService({
    env: {
      PUBLIC_URL,
      AGENT_CLIENTS: 'trusted-agent',
      MCP_AUTHORIZATION_SERVERS: ISSUER,
      MCP_ALLOWED_HOSTS: 'connectors.internal',
    },
  });
  server = await ScriptedServer.start();
  for (const user of ['alice', 'agent-backend']) {
    const client = await service.clientFor(user);
    (await client.createConnector({ name: `Of ${user}`, server_url: server.url })).ok(201);
  }
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

interface Token {
  user?: string;
  tenant?: string;
  scopes?: readonly string[];
  claims?: Readonly<Record<string, unknown>>;
  audience?: string | readonly string[] | undefined;
  expires?: string;
}

/** A token whose audience is the endpoint, where nothing else is said. */
async function tokenOf({ user = 'alice', audience = RESOURCE, ...rest }: Token = {}) {
  const { tenant, scopes = ['tools:read', 'tools:call'], claims = {}, expires = '1h' } = rest;
  return await new SignJWT({
    sub: user,
    scope: scopes.join(' '),
    ...(tenant === undefined ? {} : { tenant }),
    ...claims,
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(DEVELOPMENT_AUDIENCE)
    .setAudience(typeof audience === 'string' ? audience : [...audience])
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(String(service.env['JWT_SECRET'])));
}

const ask = (token: string | undefined, request: RawRequest = legacyRequest('tools/list')) =>
  post(`${service.url}/mcp`, { ...request, token });

const namesIn = ({ message }: RawAnswer): unknown =>
  (message.result?.['tools'] as { name: string }[] | undefined)?.map(({ name }) => name);

describe('a token for the endpoint', () => {
  it('gives the tools of its user, and of nobody else', async () => {
    expect(namesIn(await ask(await tokenOf()))).toEqual(['of-alice__echo']);
    expect(namesIn(await ask(await tokenOf({ user: 'bob' })))).toEqual([]);
  });

  it('gives nothing of the same user id of another tenant', async () => {
    const token = await tokenOf({ tenant: 'another' });
    const call = legacyRequest('tools/call', { name: 'of-alice__echo' });

    expect(namesIn(await ask(token))).toEqual([]);
    expect((await ask(token, call)).message.error).toMatchObject({ code: -32602 });
    expect(server.calls).toEqual([]);
  });

  it.each([
    [[RESOURCE, 'https://other.example.com']],
    [`${RESOURCE}/`],
    ['https://CONNECTORS.example.com:443/mcp'],
  ])('may have the audience %s', async (audience) => {
    expect((await ask(await tokenOf({ audience }))).status).toBe(200);
  });

  it('that is delegated acts for the user, and the log names both', async () => {
    const token = await tokenOf({ claims: { act: { sub: 'agent-7' }, client_id: 'some-client' } });

    expect(namesIn(await ask(token))).toEqual(['of-alice__echo']);
    const isNamed = (line: string) =>
      line.includes('"user_id":"alice"') && line.includes('"actor":"agent-7"');
    await expect.poll(() => service.logLines.some(isNamed)).toBe(true);
  });

  it.each([
    [RESOURCE],
    [[RESOURCE, DEVELOPMENT_AUDIENCE]],
    [[DEVELOPMENT_AUDIENCE, `${RESOURCE}/`]],
  ])('opens no operation of the API: %s', async (audience) => {
    const scopes = ['connectors:read', 'connectors:write', 'tools:read', 'tools:call', 'operator'];
    const token = await tokenOf({ audience, scopes });
    const api = (await service.clientFor('alice')).withToken(token);

    (await api.listConnectors()).problem(401, 'UNAUTHENTICATED');
    (await api.getTools()).problem(401, 'UNAUTHENTICATED');
    (await api.callTool({ name: 'of-alice__echo' })).problem(401, 'UNAUTHENTICATED');
    expect(server.calls).toEqual([]);
  });
});

describe('the endpoint refuses', () => {
  const expectRefused = (answer: RawAnswer, error?: string) => {
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer ${error === undefined ? '' : `error="${error}", `}resource_metadata="${METADATA}", scope="tools:read tools:call"`,
    );
    expect(answer.message).toMatchObject({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32000, data: { code: 'UNAUTHENTICATED' } },
    });
  };

  it('whoever has no token, and says where to get one', async () => {
    expectRefused(await ask(undefined));
  });

  it.each([
    ['of the API', DEVELOPMENT_AUDIENCE],
    ['of another endpoint', 'https://connectors.example.com/mcp2'],
    ['of the service without the path', PUBLIC_URL],
    ['of the endpoint over http', 'http://connectors.example.com/mcp'],
    ['of a name that begins alike', 'https://connectors.example.com.evil.example.com/mcp'],
    ['of nobody', []],
  ])('a token %s', async (_what, audience) => {
    expectRefused(await ask(await tokenOf({ audience })), 'invalid_token');
  });

  it('a token that has expired, is signed by somebody else, or is none', async () => {
    const expired = await tokenOf({ expires: '1h ago' });
    const [header, payload] = (await tokenOf()).split('.');
    for (const token of [expired, `${header}.${payload}.AAAA`, 'opaque', 'a.b.c']) {
      expectRefused(await ask(token), 'invalid_token');
    }
  });

  it('a token in the address', async () => {
    const answer = await post(`${service.url}/mcp?access_token=${await tokenOf()}`, {
      ...legacyRequest('tools/list'),
    });

    expectRefused(answer);
  });

  it.each([
    ['tools/call', ['tools:read']],
    ['prompts/get', ['tools:read']],
    ['resources/read', ['tools:read']],
    ['tools/list', ['tools:call']],
    ['resources/templates/list', ['tools:call']],
    ['initialize', ['connectors:read', 'connectors:write']],
    ['tools/list', []],
  ])('%s with the scopes %j, and says which to ask for', async (method, scopes) => {
    const answer = await ask(await tokenOf({ scopes }), legacyRequest(method, { name: 'x' }));

    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer error="insufficient_scope", resource_metadata="${METADATA}", scope="tools:read tools:call"`,
    );
    expect(answer.message).toMatchObject({ id: 1, error: { data: { code: 'FORBIDDEN' } } });
  });

  it('an agent of the compatibility mode, which has no user', async () => {
    const scopes = ['agent', 'tools:read', 'tools:call'];
    const claims = { client_id: 'trusted-agent' };
    const token = await tokenOf({ user: 'agent-backend', scopes, claims });
    const answer = await ask(token);

    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(answer.message.error?.message).toMatch(/delegated token/);
  });

  it('to take the scope agent of any other client for more than nothing', async () => {
    const scopes = ['agent', 'tools:read'];
    for (const claims of [
      {},
      { client_id: 'other' },
      { client_id: 'other', azp: 'trusted-agent' },
    ]) {
      expect(namesIn(await ask(await tokenOf({ scopes, claims })))).toEqual(['of-alice__echo']);
    }
  });

  it('to name another user than that of the token', async () => {
    const request = legacyRequest('tools/list', { user_id: 'agent-backend' });
    const headers = { 'x-user-id': 'agent-backend' };
    const token = await tokenOf({ claims: { act: { sub: 'agent-backend' } } });

    const answer = await ask(token, { ...request, headers });

    expect(answer.message.error ?? namesIn(answer)).toEqual(['of-alice__echo']);
    const query = await post(`${service.url}/mcp?user_id=agent-backend`, { ...request, token });
    expect(query.status).toBe(422);
  });
});

describe('the metadata', () => {
  const expected = {
    resource: RESOURCE,
    authorization_servers: [ISSUER],
    scopes_supported: ['tools:read', 'tools:call'],
    bearer_methods_supported: ['header'],
  };

  it.each(['/mcp', ''])('is at the well-known path%s, for everybody', async (path) => {
    const response = await fetch(`${service.url}/.well-known/oauth-protected-resource${path}`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toMatchObject(expected);
  });

  it('does not depend on what a client says of our name', async () => {
    const answer = await post(`${service.url}/.well-known/oauth-protected-resource/mcp`, {
      method: 'GET',
      headers: { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com' },
    });

    expect(JSON.parse(answer.text)).toMatchObject(expected);
  });
});

describe('the names of the service', () => {
  it.each(['connectors.example.com', 'connectors.internal:8080'])('%s is one', async (host) => {
    const token = await tokenOf();
    const answer = await ask(token, { ...legacyRequest('tools/list'), headers: { host } });

    expect(answer.status).toBe(200);
  });
});

describe('where other addresses are configured', () => {
  it('a path of the service is part of them', async () => {
    const other = await startTestService({
      env: { PUBLIC_URL: 'https://example.com/connectors/' },
    });
    try {
      const paths = ['/mcp', '', '/connectors/mcp'];
      for (const path of paths) {
        const url = `${other.url}/.well-known/oauth-protected-resource${path}`;
        const metadata: unknown = await (await fetch(url)).json();
        expect(metadata).toMatchObject({ resource: 'https://example.com/connectors/mcp' });
        // No issuer is an address to sign in at, so none is named.
        expect(metadata).not.toHaveProperty('authorization_servers');
      }
      const refused = await post(`${other.url}/mcp`, legacyRequest('tools/list'));
      expect(refused.headers['www-authenticate']).toContain(
        'resource_metadata="https://example.com/connectors/.well-known/oauth-protected-resource/mcp"',
      );
    } finally {
      await other.close();
    }
  });

  it('without any, in development, tokens are good for the API and the endpoint', async () => {
    const other = await startTestService({ env: { JWT_ISSUER: 'https://login.example.com' } });
    try {
      const token = await new SignJWT({ sub: 'alice', scope: 'tools:read connectors:read' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('https://login.example.com')
        .setAudience(DEVELOPMENT_AUDIENCE)
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(String(other.env['JWT_SECRET'])));
      const answer = await post(`${other.url}/mcp`, { token, ...legacyRequest('tools/list') });
      expect(answer.status).toBe(200);
      const api = (await other.clientFor('alice')).withToken(token);
      (await api.listConnectors()).ok();
      const url = `${other.url}/.well-known/oauth-protected-resource/mcp`;
      expect(await (await fetch(url)).json()).toMatchObject({
        resource: `${other.url}/mcp`,
        authorization_servers: ['https://login.example.com'],
      });
    } finally {
      await other.close();
    }
  });

  it('in production there is no endpoint whose tokens could not be told apart', async () => {
    const other = await startTestService({
      env: { NODE_ENV: 'production', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' },
    });
    try {
      const answer = await post(`${other.url}/mcp`, legacyRequest('tools/list'));
      expect(answer.status).toBe(404);
    } finally {
      await other.close();
    }
  });
});

describe('too many refused tokens', () => {
  it('are limited by address, and good ones are not', async () => {
    const other = await startTestService({ env: { RATE_LIMIT_MAX: '3' } });
    try {
      const list = { ...legacyRequest('tools/list'), token: 'a.b.c' };
      const statuses: number[] = [];
      for (let i = 0; i < 5; i += 1) statuses.push((await post(`${other.url}/mcp`, list)).status);
      expect(statuses).toEqual([401, 401, 401, 429, 429]);
      const token = await other.tokenFor('alice');
      const good: RawAnswer[] = [];
      for (let i = 0; i < 4; i += 1) good.push(await post(`${other.url}/mcp`, { ...list, token }));
      expect(good.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
      expect(good[3]?.headers['retry-after']).toMatch(/^\d+$/);
      expect(good[3]?.message.error).toMatchObject({ data: { code: 'RATE_LIMITED' } });
    } finally {
      await other.close();
    }
  });
});

describe('a service without its schema', () => {
  it('answers 503', async () => {
    const other = await startTestService({ migrated: false });
    try {
      const token = await other.tokenFor('alice');
      const answer = await post(`${other.url}/mcp`, { token, ...legacyRequest('tools/list') });
      expect(answer.status).toBe(503);
      expect(answer.message.error).toMatchObject({ data: { code: 'NOT_READY' } });
    } finally {
      await other.close();
    }
  });
});
