import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Caller } from '../../../src/tenancy/caller.ts';
import { ContractJudge } from '../../support/contract-judge.ts';
import {
  ALL_SCOPES,
  AUDIENCE,
  bearer,
  buildHttpApp,
  type HttpApp,
  type HttpAppOptions,
  ISSUER,
  SECRET,
  signToken,
} from '../../support/http-app.ts';

const judge = new ContractJudge();
let http: HttpApp;
let seen: Caller | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await http.app.close();
});

async function start(options: HttpAppOptions = {}): Promise<void> {
  seen = undefined;
  http = await buildHttpApp({
    ...options,
    handlers: {
      listConnectors: async (request) => {
        seen = request.caller;
        return { items: [], next_cursor: null };
      },
      searchUserTools: async (request) => {
        seen = request.caller;
        return { items: [] };
      },
    },
  });
}

async function call(authorization: string | undefined, method: 'GET' | 'POST' = 'GET') {
  const url = '/api/connectors';
  const response = await http.app.inject({
    method,
    url,
    headers: authorization === undefined ? {} : { authorization },
  });
  const { statusCode: status, headers, body } = response;
  judge.judge({ method, url, status, headers, body });
  return response;
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A token made by hand, for what no library would sign. */
function forge(header: unknown, payload: unknown, secret = SECRET): string {
  const input = `${base64url(header)}.${typeof payload === 'string' ? payload : base64url(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
const exp = () => Math.floor(Date.now() / 1000) + 600;
const claims = () => ({ iss: ISSUER, aud: AUDIENCE, sub: 'alice', exp: exp(), scope: ALL_SCOPES });

describe('a token that is not accepted', () => {
  test.each<[string, () => Promise<string | undefined> | string | undefined]>([
    ['none', () => undefined],
    ['an empty header', () => ''],
    ['another scheme', async () => `Basic ${await signToken()}`],
    ['no token', () => 'Bearer '],
    ['two tokens', async () => `Bearer ${await signToken()} ${await signToken()}`],
    ['no JWT', () => 'Bearer abc'],
    ['algorithm none', () => `Bearer ${base64url({ alg: 'none' })}.${base64url(claims())}.`],
    [
      'algorithm none with a signature',
      () => `Bearer ${base64url({ alg: 'none' })}.${base64url(claims())}.AAAA`,
    ],
    ['algorithm None', () => `Bearer ${forge({ alg: 'nOnE' }, claims())}`],
    ['algorithm HS384', () => `Bearer ${forge({ alg: 'HS384' }, claims())}`],
    ['no algorithm', () => `Bearer ${forge({}, claims())}`],
    [
      'another secret',
      async () => `Bearer ${await signToken({}, 'another-secret-of-32-bytes-or-more')}`,
    ],
    [
      'a changed payload',
      async () =>
        (await signToken())
          .replace(/\.[^.]+\./, `.${base64url({ ...claims(), sub: 'bob' })}.`)
          .replace(/^/, 'Bearer '),
    ],
    [
      'an unknown critical extension',
      () => `Bearer ${forge({ alg: 'HS256', crit: ['x'], x: 1 }, claims())}`,
    ],
    [
      'a payload that is not an object',
      () => `Bearer ${forge({ alg: 'HS256' }, base64url('alice'))}`,
    ],
    ['a payload that is not JSON', () => `Bearer ${forge({ alg: 'HS256' }, 'AAAA')}`],
    ['another issuer', () => signToken({ iss: 'evil' }).then((token) => `Bearer ${token}`)],
    [
      'an issuer that begins alike',
      () => signToken({ iss: `${ISSUER}.evil` }).then((token) => `Bearer ${token}`),
    ],
    ['another audience', () => signToken({ aud: 'other' }).then((token) => `Bearer ${token}`)],
    [
      'the audience of the MCP endpoint',
      () =>
        signToken({ aud: 'https://connectors.example.com/mcp' }).then((token) => `Bearer ${token}`),
    ],
    ['expired', () => signToken({ exp: exp() - 601 }).then((token) => `Bearer ${token}`)],
    ['not yet valid', () => signToken({ nbf: exp() }).then((token) => `Bearer ${token}`)],
    ['an expiry out of range', () => signToken({ exp: -1e300 }).then((token) => `Bearer ${token}`)],
    [
      'an expiry in words',
      () => `Bearer ${forge({ alg: 'HS256' }, { ...claims(), exp: '2999-01-01' })}`,
    ],
    ...['exp', 'iss', 'aud', 'sub'].map((name): [string, () => Promise<string>] => [
      `no ${name}`,
      async () => `Bearer ${await signToken({ [name]: undefined })}`,
    ]),
    ...['exp', 'iat', 'nbf'].flatMap((name): [string, () => string][] =>
      ['1e400', '-1e400', '1e300', '"1"', 'null'].map((value) => [
        `${name} ${value}`,
        () => {
          const payload = JSON.stringify({ ...claims(), [name]: 0 });
          const text = payload.replace(`"${name}":0`, `"${name}":${value}`);
          return `Bearer ${forge({ alg: 'HS256' }, Buffer.from(text).toString('base64url'))}`;
        },
      ]),
    ),
    [
      'a token that is too long',
      () => signToken({ extra: 'x'.repeat(9000) }).then((token) => `Bearer ${token}`),
    ],
  ])('%s', async (_name, authorization) => {
    await start();
    const response = await call(await authorization());
    expect([response.statusCode, response.json().code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(seen).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>]>([
    ['a subject that is a number', { sub: 7 }],
    ['an empty subject', { sub: '' }],
    ['a subject with a line break', { sub: 'alice\nadmin' }],
    ['a subject that is too long', { sub: 'x'.repeat(256) }],
    ['a tenant that is an object', { tenant: { id: 1 } }],
    ['an empty tenant', { tenant: '' }],
    ['a tenant that is null', { tenant: null }],
    ['scopes that are a number', { scope: 7 }],
    ['scopes that are objects', { scope: [{ name: 'operator' }] }],
    ['projects that are a list', { projects: ['p1'] }],
    ['a role that does not exist', { projects: { p1: 'owner' } }],
    ['an actor that is text', { act: 'agent' }],
    ['an actor without a subject', { act: {} }],
    ['a client that is a list', { client_id: ['a'] }],
  ])('%s', async (_name, wrong) => {
    await start();
    const response = await call(`Bearer ${forge({ alg: 'HS256' }, { ...claims(), ...wrong })}`);
    expect(response.statusCode).toBe(401);
    expect(response.json().detail).toContain('claim');
  });

  test.each([
    [['https://connectors.example.com/mcp', AUDIENCE]],
    [[AUDIENCE, 'HTTPS://connectors.example.com:443/mcp/']],
  ])('one that is for the MCP endpoint as well: %o', async (aud) => {
    await start({ publicUrl: 'https://connectors.example.com' });
    const response = await call(`Bearer ${await signToken({ aud })}`);
    expect(response.statusCode).toBe(401);
    expect(response.json().detail).toContain('not valid for this service');
    const other = await signToken({ aud: [AUDIENCE, 'https://other.example.com/mcp'] });
    expect((await call(`Bearer ${other}`)).statusCode).toBe(200);
  });

  test('an expired token is told apart, and nothing else is', async () => {
    await start();
    const expired = await call(`Bearer ${await signToken({ exp: exp() - 601 })}`);
    expect(expired.json().detail).toBe(
      'The access token has expired. Get a new one, then try again.',
    );
    const forged = await call(
      `Bearer ${await signToken({}, 'another-secret-of-32-bytes-or-more')}`,
    );
    const foreign = await call(`Bearer ${await signToken({ iss: 'evil' })}`);
    expect(forged.json().detail).toBe(foreign.json().detail);
  });
});

describe('the caller of an accepted token', () => {
  test.each<[string, Record<string, unknown>, Partial<Caller>]>([
    [
      'has the default tenant',
      {},
      { tenantId: 'default', userId: 'alice', actor: undefined, clientId: undefined },
    ],
    ['has the tenant of the claim', { tenant: 'acme' }, { tenantId: 'acme' }],
    [
      'has scopes from text',
      { scope: 'connectors:read openid tools:call' },
      { scopes: new Set(['connectors:read', 'tools:call']) },
    ],
    [
      'has scopes from a list',
      { scope: ['connectors:read', 'toString'] },
      { scopes: new Set(['connectors:read']) },
    ],
    [
      'has projects',
      { projects: { p1: 'admin', p2: 'member' } },
      {
        projects: new Map([
          ['p1', 'admin'],
          ['p2', 'member'],
        ]),
      },
    ],
    [
      'names the agent that acts for the user',
      { act: { sub: 'planner' }, client_id: 'c1' },
      { actor: 'planner', clientId: 'c1' },
    ],
    ['names the client by azp', { azp: 'c2' }, { clientId: 'c2' }],
    ['may be one of several audiences', { aud: ['other', AUDIENCE] }, { userId: 'alice' }],
  ])('%s', async (_name, extra, expected) => {
    await start();
    expect((await call(`Bearer ${await signToken(extra)}`)).statusCode).toBe(200);
    expect(seen).toMatchObject(expected);
  });

  test('has the tenant of another claim, where that is configured', async () => {
    await start({ tenantClaim: 'https://example.com/org' });
    await call(`Bearer ${await signToken({ tenant: 'wrong', 'https://example.com/org': 'acme' })}`);
    expect(seen?.tenantId).toBe('acme');
  });

  test('a claim that every object inherits is not a tenant', async () => {
    await start({ tenantClaim: 'constructor' });
    await call(`Bearer ${await signToken()}`);
    expect(seen?.tenantId).toBe('default');
  });

  test('is an agent only where its client is listed, and then without projects and other scopes', async () => {
    await start({ agentClients: ['planner'] });
    const scope = 'connectors:read agent tools:read operator';
    const projects = { p1: 'admin' };
    const trusted = `Bearer ${await signToken({ scope, projects, client_id: 'planner' })}`;
    expect((await call(trusted)).statusCode).toBe(403);
    expect(seen).toBeUndefined();
    await http.app.inject({
      url: '/api/users/bob/tools/search?q=x',
      headers: { authorization: trusted },
    });
    expect(seen?.scopes).toEqual(new Set(['tools:read', 'agent']));
    expect(seen?.projects).toEqual(new Map());
    for (const client_id of ['other', undefined]) {
      await call(`Bearer ${await signToken({ scope, projects, client_id })}`);
      expect(seen?.scopes).toEqual(new Set(['connectors:read', 'tools:read', 'operator']));
      expect(seen?.projects.size).toBe(1);
    }
  });
});

describe('scopes', () => {
  test('an operation asks for its scope', async () => {
    await start();
    const readOnly = `Bearer ${await signToken({ scope: 'connectors:read' })}`;
    expect((await call(readOnly)).statusCode).toBe(200);
    const response = await call(readOnly, 'POST');
    expect([response.statusCode, response.json().code]).toEqual([403, 'FORBIDDEN']);
    expect(response.json().detail).toContain('connectors:write');
  });

  test.each([[undefined], [''], ['connectors'], ['connectors:read2'], ['CONNECTORS:READ'], [[]]])(
    'scope %o allows nothing',
    async (scope) => {
      await start();
      expect((await call(`Bearer ${await signToken({ scope })}`)).statusCode).toBe(403);
    },
  );

  test('what is not in the contract asks for no token', async () => {
    await start();
    expect((await http.app.inject('/healthz')).statusCode).toBe(200);
    expect((await http.app.inject('/api/nothing')).statusCode).toBe(404);
  });

  test('a body is not read before the token is', async () => {
    await start();
    const response = await http.app.inject({
      method: 'POST',
      url: '/api/connectors',
      headers: { 'content-type': 'application/json' },
      payload: '{broken',
    });
    expect(response.statusCode).toBe(401);
  });
});

test('an accepted token is believed until it expires, and not a second longer', async () => {
  await start();
  const now = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now });
  const authorization = `Bearer ${await signToken({ exp: Math.floor(now / 1000) + 30 })}`;
  expect((await call(authorization)).statusCode).toBe(200);
  vi.setSystemTime(now + 28_000);
  expect((await call(authorization)).statusCode).toBe(200);
  vi.setSystemTime(now + 31_000);
  expect((await call(authorization)).statusCode).toBe(401);
});

test('tokens never appear in the log or in an answer', async () => {
  await start();
  const token = await signToken({ exp: exp() - 601 });
  const forged = await signToken({}, 'another-secret-of-32-bytes-or-more');
  for (const one of [token, forged]) expect((await call(`Bearer ${one}`)).body).not.toContain(one);
  const good = (await bearer()).authorization;
  await call(good);
  const log = http.logLines.join('');
  for (const one of [token, forged, good.slice(7), SECRET]) expect(log).not.toContain(one);
});
