import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVELOPMENT_AUDIENCE, loadConfig } from '../../../src/config.ts';
import { settingChecks } from '../../../src/service.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { legacyRequest, post } from '../gateway/support/raw-endpoint.ts';
import { ScriptedServer } from './support/scripted-server.ts';

// Which tokens of agents open what: every combination in one place. How a token itself is judged in all detail, and which scope
// each operation asks for, is told by the tests of authentication and of access.

const PUBLIC_URL = 'https://connectors.example.com';
const MCP_AUDIENCE = `${PUBLIC_URL}/mcp`;
const TOOL = 'mine__echo';

let service: TestService;
let server: ScriptedServer;
let anonymous: ApiClient;
/** Requests that the server had seen before a test. */
let seenBefore: number;

beforeAll(async () => {
  service = await startTestService({ env: { PUBLIC_URL, AGENT_CLIENTS: 'trusted-agent' } });
  server = await ScriptedServer.start();
  const alice = await service.clientFor('alice');
  (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
  anonymous = alice.withToken(undefined);
  seenBefore = server.requests.length;
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

/** Claims besides those of {@link tokenOf}; undefined leaves one out. */
type Claims = Readonly<Record<string, unknown>>;

const now = () => Math.floor(Date.now() / 1000);

/** Alice's own token, with these claims changed. */
async function tokenOf(claims: Claims = {}, secret = String(service.env['JWT_SECRET'])) {
  const all = {
    sub: 'alice',
    iss: DEVELOPMENT_AUDIENCE,
    aud: DEVELOPMENT_AUDIENCE,
    exp: now() + 600,
    scope: 'tools:read tools:call',
    ...claims,
  };
  const key = new TextEncoder().encode(secret);
  return await new SignJWT(all).setProtectedHeader({ alg: 'HS256' }).sign(key);
}

/** Where a request goes. */
interface Target {
  user?: string;
  projectId?: string;
}

type Operation = (client: ApiClient, target: Target) => Promise<ApiAnswer<unknown>>;

const pathOf = ({ user = 'me', projectId }: Target, rest: string) => {
  const query = projectId === undefined ? '' : `project_id=${encodeURIComponent(projectId)}`;
  return `/api/users/${encodeURIComponent(user)}/${rest}${query}`;
};
const inBody = ({ projectId }: Target) =>
  projectId === undefined ? {} : { project_id: projectId };

/** Every operation on the tools of a user. */
const OPERATIONS: readonly [string, Operation][] = [
  ['list', (client, target) => client.send('GET', pathOf(target, 'tools?'))],
  ['search', (client, target) => client.send('GET', pathOf(target, 'tools/search?q=echo&'))],
  ['menu', (client, target) => client.send('GET', pathOf(target, 'composer?'))],
  [
    'preflight',
    (client, { user, ...target }) =>
      client.send('POST', pathOf({ ...(user && { user }) }, 'tools/preflight'), {
        body: { names: [TOOL], ...inBody(target) },
      }),
  ],
  [
    'call',
    (client, { user, ...target }) =>
      client.callTool({ name: TOOL, ...inBody(target) }, { ...(user && { user }) }),
  ],
];

/** The answers of all operations, by their codes. */
async function outcomes(claims: Claims, target: Target = {}): Promise<Set<string>> {
  const client = anonymous.withToken(await tokenOf(claims));
  const found = new Set<string>();
  for (const [, operation] of OPERATIONS) {
    const { status, outcome } = await operation(client, target);
    found.add(`${status} ${outcome}`);
  }
  return found;
}

async function mcp(claims: Claims, query = '', request = legacyRequest('tools/list')) {
  const token = await tokenOf({ aud: MCP_AUDIENCE, ...claims });
  const { status, message } = await post(`${service.url}/mcp${query}`, { ...request, token });
  const code = (message.error as { data?: { code?: string } } | undefined)?.data?.code;
  return `${status} ${code ?? 'ok'}`;
}

function expectNothingSent(): void {
  expect(server.calls).toEqual([]);
  expect(server.requests).toHaveLength(seenBefore);
}

const delegated = { act: { sub: 'planner' }, client_id: 'some-agent' };
const agent = {
  sub: 'agent-backend',
  client_id: 'trusted-agent',
  scope: 'agent tools:read tools:call',
};
const members = { projects: { 'project-a': 'member', 'project-b': 'admin' } };

describe('a token opens no tools of a user', () => {
  it.each<[string, Claims, Target, string]>([
    // Whose tools
    ['of somebody else', { sub: 'bob' }, { user: 'alice' }, '404 NOT_FOUND'],
    ['of a user in other letters', { sub: 'Alice' }, { user: 'alice' }, '404 NOT_FOUND'],
    [
      'of the same user of another tenant, for its bob',
      { tenant: 'b' },
      { user: 'bob' },
      '404 NOT_FOUND',
    ],
    [
      'delegated by somebody else',
      { ...delegated, sub: 'bob' },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    [
      'whose actor is the user',
      { sub: 'bob', act: { sub: 'alice' } },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    [
      'whose client is the user',
      { sub: 'bob', client_id: 'alice' },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    [
      'of an operator',
      { sub: 'op', scope: 'operator tools:read tools:call' },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    // The compatibility mode
    [
      'of an agent that is not listed',
      { ...agent, client_id: 'other' },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    [
      'of an agent listed by azp only',
      { ...agent, client_id: 'other', azp: 'trusted-agent' },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    [
      'of an agent without a client',
      { ...agent, client_id: undefined },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    [
      'of an agent listed in other letters',
      { ...agent, client_id: 'Trusted-Agent' },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    [
      'of a listed agent without the scope',
      { ...agent, scope: 'tools:read tools:call' },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    [
      'of a listed agent with a scope like it',
      { ...agent, scope: 'agents tools:read tools:call' },
      { user: 'alice' },
      '404 NOT_FOUND',
    ],
    [
      'delegated to a listed agent, for another user',
      { act: { sub: 'trusted-agent' }, scope: agent.scope },
      { user: 'bob' },
      '404 NOT_FOUND',
    ],
    [
      'of a listed agent without the scopes of tools',
      { ...agent, scope: 'agent' },
      { user: 'alice' },
      '403 FORBIDDEN',
    ],
    // Projects
    ['in a project it does not name', {}, { projectId: 'project-a' }, '404 PROJECT_NOT_FOUND'],
    [
      'in another project than its own',
      members,
      { projectId: 'project-c' },
      '404 PROJECT_NOT_FOUND',
    ],
    ['in a project in other letters', members, { projectId: 'Project-A' }, '404 PROJECT_NOT_FOUND'],
    [
      'in a project every object inherits',
      members,
      { projectId: 'constructor' },
      '404 PROJECT_NOT_FOUND',
    ],
    [
      'in a project of its actor',
      { ...delegated, act: { sub: 'x', ...members } },
      { projectId: 'project-a' },
      '404 PROJECT_NOT_FOUND',
    ],
    [
      'in its own project, for somebody else',
      { sub: 'bob', ...members },
      { user: 'alice', projectId: 'project-a' },
      '404 NOT_FOUND',
    ],
    [
      'of a listed agent in a project',
      { ...agent, ...members },
      { user: 'alice', projectId: 'project-a' },
      '404 PROJECT_NOT_FOUND',
    ],
    [
      'of a listed agent in a project, for itself',
      { ...agent, ...members },
      { projectId: 'project-a' },
      '404 PROJECT_NOT_FOUND',
    ],
    [
      'with a role that does not exist',
      { projects: { 'project-a': 'owner' } },
      { projectId: 'project-a' },
      '401 UNAUTHENTICATED',
    ],
    [
      'with projects in a list',
      { projects: ['project-a'] },
      { projectId: 'project-a' },
      '401 UNAUTHENTICATED',
    ],
    // What it is for
    ['made for the MCP endpoint', { aud: MCP_AUDIENCE }, {}, '401 UNAUTHENTICATED'],
    [
      'made for the MCP endpoint and the API',
      { aud: [MCP_AUDIENCE, DEVELOPMENT_AUDIENCE] },
      {},
      '401 UNAUTHENTICATED',
    ],
    [
      'made for the MCP endpoint, of a listed agent',
      { ...agent, aud: MCP_AUDIENCE },
      { user: 'alice' },
      '401 UNAUTHENTICATED',
    ],
    ['made for somebody else', { aud: 'https://other.example.com' }, {}, '401 UNAUTHENTICATED'],
    ['made for nobody', { aud: undefined }, {}, '401 UNAUTHENTICATED'],
    // Who made it, and when
    ['of another issuer', { iss: 'https://evil.example.com' }, {}, '401 UNAUTHENTICATED'],
    ['of no issuer', { iss: undefined }, {}, '401 UNAUTHENTICATED'],
    ['that has expired', { exp: now() - 60 }, {}, '401 UNAUTHENTICATED'],
    [
      'that is delegated and has expired',
      { ...delegated, exp: now() - 60 },
      {},
      '401 UNAUTHENTICATED',
    ],
    ['that never expires', { exp: undefined }, {}, '401 UNAUTHENTICATED'],
    ['that is not valid yet', { nbf: now() + 600 }, {}, '401 UNAUTHENTICATED'],
    [
      'of a listed agent, expired',
      { ...agent, exp: now() - 60 },
      { user: 'alice' },
      '401 UNAUTHENTICATED',
    ],
    // Who acts
    ['without a user', { sub: undefined }, {}, '401 UNAUTHENTICATED'],
    [
      'with an actor and no user',
      { ...delegated, sub: undefined },
      { user: 'alice' },
      '401 UNAUTHENTICATED',
    ],
    ['with an actor without a subject', { act: {} }, {}, '401 UNAUTHENTICATED'],
    [
      'with an actor that only names a client',
      { act: { client_id: 'planner' } },
      {},
      '401 UNAUTHENTICATED',
    ],
    ['with an actor whose subject is empty', { act: { sub: '' } }, {}, '401 UNAUTHENTICATED'],
    ['with an actor that is a text', { act: 'planner' }, {}, '401 UNAUTHENTICATED'],
    ['with an actor that is a list', { act: [{ sub: 'planner' }] }, {}, '401 UNAUTHENTICATED'],
    ['with an actor that is nothing', { act: null }, {}, '401 UNAUTHENTICATED'],
    // What it allows
    ['without a scope', { scope: undefined }, {}, '403 FORBIDDEN'],
    [
      'with the scopes of connectors',
      { scope: 'connectors:read connectors:write' },
      {},
      '403 FORBIDDEN',
    ],
    ['that is delegated without a scope', { ...delegated, scope: '' }, {}, '403 FORBIDDEN'],
  ])('%s', async (_what, claims, target, expected) => {
    expect(await outcomes(claims, target)).toEqual(new Set([expected]));
    expectNothingSent();
  });

  it('signed with another secret, whoever it names', async () => {
    for (const claims of [{}, delegated, agent]) {
      const token = await tokenOf(claims, randomBytes(32).toString('base64'));
      for (const [, operation] of OPERATIONS) {
        const answer = await operation(anonymous.withToken(token), { user: 'alice' });
        answer.problem(401, 'UNAUTHENTICATED');
      }
    }
    expectNothingSent();
  });

  it('of another tenant: there is nothing under the same name, for its user, its agents and in its projects', async () => {
    for (const claims of [{}, delegated, members, agent]) {
      const client = anonymous.withToken(await tokenOf({ ...claims, tenant: 'another' }));
      const target = { user: 'alice', ...(claims === members && { projectId: 'project-a' }) };
      const found = await Promise.all(OPERATIONS.map(([, operation]) => operation(client, target)));
      const [list, search, menu, preflight, call] = found;
      expect(list?.ok()).toMatchObject({ tools: [], outcomes: [] });
      expect(search?.ok()).toEqual({ items: [] });
      expect(menu?.ok()).toMatchObject({ tools: [], outcomes: [] });
      expect(preflight?.ok()).toMatchObject({ ready: false, items: [{ connector_id: null }] });
      call?.problem(404, 'TOOL_NOT_FOUND');
    }
    expectNothingSent();
  });
});

describe('a token opens no MCP endpoint', () => {
  it.each<[string, Claims, string, string]>([
    ['made for the API', { aud: DEVELOPMENT_AUDIENCE }, '', '401 UNAUTHENTICATED'],
    [
      'made for the API, delegated',
      { ...delegated, aud: DEVELOPMENT_AUDIENCE },
      '',
      '401 UNAUTHENTICATED',
    ],
    [
      'made for the API, of a listed agent',
      { ...agent, aud: DEVELOPMENT_AUDIENCE },
      '',
      '401 UNAUTHENTICATED',
    ],
    ['of a listed agent', agent, '', '403 FORBIDDEN'],
    [
      'of a listed agent, with an actor',
      { ...agent, ...delegated, client_id: 'trusted-agent' },
      '',
      '403 FORBIDDEN',
    ],
    ['that has expired', { exp: now() - 60 }, '', '401 UNAUTHENTICATED'],
    ['of another issuer', { iss: 'https://evil.example.com' }, '', '401 UNAUTHENTICATED'],
    ['with an actor without a subject', { act: {} }, '', '401 UNAUTHENTICATED'],
    ['without a user', { ...delegated, sub: undefined }, '', '401 UNAUTHENTICATED'],
    ['without a scope', { scope: '' }, '', '403 FORBIDDEN'],
    ['in a project it does not name', {}, '?project_id=project-a', '404 PROJECT_NOT_FOUND'],
    [
      'in a project it does not name, lazily',
      members,
      '?tools=lazy&project_id=p',
      '404 PROJECT_NOT_FOUND',
    ],
    [
      'in a project every object inherits',
      members,
      '?project_id=__proto__',
      '404 PROJECT_NOT_FOUND',
    ],
    ['in no project', members, '?project_id=', '404 PROJECT_NOT_FOUND'],
    [
      'in two projects',
      members,
      '?project_id=project-a&project_id=project-b',
      '422 VALIDATION_FAILED',
    ],
    ['with a parameter we do not know', {}, '?projectid=project-a', '422 VALIDATION_FAILED'],
  ])('%s', async (_what, claims, query, expected) => {
    expect(await mcp(claims, query)).toBe(expected);
    expect(await mcp(claims, query, legacyRequest('tools/call', { name: TOOL }))).toBe(expected);
    expectNothingSent();
  });
});

describe('an agent of the compatibility mode', () => {
  it('opens the toolset and nothing else, whatever other scopes its token has', async () => {
    const scope = 'agent tools:read tools:call connectors:read connectors:write operator';
    const client = anonymous.withToken(await tokenOf({ ...agent, scope }));
    const url = { server_url: server.url };
    for (const request of [
      client.listConnectors(),
      client.createConnector({ name: 'Its own', ...url }),
      client.testConnection(url),
      client.listSessions(),
      client.closeSessions('?user_id=alice'),
      client.eraseUser('alice'),
    ]) {
      expect((await request).problem(403, 'FORBIDDEN').detail).toMatch(/scope/);
    }
    expectNothingSent();
  });

  it('needs keys of which the service only knows the public half, in production', () => {
    const production: Record<string, string> = {
      ...service.env,
      NODE_ENV: 'production',
      JWT_ISSUER: 'https://login.example.com',
      JWT_AUDIENCE: 'connectors',
    };
    expect(() => loadConfig(production, settingChecks)).toThrow(/AGENT_CLIENTS needs JWT_JWKS_URL/);
    const { ['AGENT_CLIENTS']: _, ...without } = production;
    expect(() => loadConfig(without, settingChecks)).not.toThrow();
  });
});

describe('a token opens the tools of its user', () => {
  it.each<[string, Claims, Target]>([
    ['of the user', {}, {}],
    ['of the user, by name', {}, { user: 'alice' }],
    ['delegated to an agent', delegated, {}],
    ['delegated to an agent, by name', delegated, { user: 'alice' }],
    ['delegated twice', { act: { sub: 'planner', act: { sub: 'writer' } } }, {}],
    ['of a member of the project', members, { projectId: 'project-a' }],
    ['of an admin of the project', members, { projectId: 'project-b' }],
    ['delegated, in a project', { ...delegated, ...members }, { projectId: 'project-a' }],
    ['of a listed agent', agent, { user: 'alice' }],
  ])('%s', async (_what, claims, target) => {
    const client = anonymous.withToken(await tokenOf(claims));
    const before = server.calls.length;
    for (const [, operation] of OPERATIONS) {
      expect((await operation(client, target)).text).toContain('echo');
    }
    expect(server.calls).toHaveLength(before + 1);
  });

  it.each<[string, Claims, string]>([
    ['of the user', {}, ''],
    ['delegated to an agent', delegated, '?tools=lazy'],
    ['of a member of the project', members, '?project_id=project-a'],
    ['delegated, in a project', { ...delegated, ...members }, '?tools=all&project_id=project-b'],
  ])('at the MCP endpoint, %s', async (_what, claims, query) => {
    expect(await mcp(claims, query)).toBe('200 ok');
  });
});
