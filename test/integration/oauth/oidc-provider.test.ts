import { createRemoteJWKSet, exportJWK, exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connector, StartedAuthorization } from '../../../src/contract/generated.ts';
import { type ModernServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { TestBrowser } from '../../support/oauth/test-browser.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import {
  type AuthorizationServer,
  startAuthorizationServer,
} from '../gateway/support/authorization-server.ts';
import { FRONTEND, PUBLIC_URL, SignInBench } from './support/sign-in-bench.ts';

// With a certified OpenID provider, and a server that accepts nothing but its tokens for itself.

let provider: AuthorizationServer;
let server: ModernServer;
let service: TestService;
let serviceKey: string;
const clock = new OffsetClock();
/** Tokens that the server has accepted. */
const accepted = new Set<string>();

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  serviceKey = await exportPKCS8(privateKey);
  provider = await startAuthorizationServer('somebody', [
    {
      client_id: 'service',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'first', alg: 'ES256' }] },
    },
  ]);
  const keys = createRemoteJWKSet(new URL(provider.jwksUrl));
  const documents: Record<string, unknown> = {};
  server = await startModernServer({
    documents,
    authorize: async (token = '') => {
      const expected = { issuer: provider.issuer, audience: server.url };
      const isGood = await jwtVerify(token, keys, expected).then(
        ({ payload }) => payload['scope'] === 'tools:read tools:call',
        () => false,
      );
      if (isGood) accepted.add(token);
      return isGood ? undefined : 'Bearer scope="tools:read tools:call"';
    },
  });
  provider.resource = server.url;
  documents['/.well-known/oauth-protected-resource'] = {
    resource: server.url,
    authorization_servers: [provider.issuer],
  };
  service = await startTestService({ env: SignInBench.env, clock });
});

afterAll(async () => {
  await service.close();
  await server.close();
  await provider.close();
});

it('connects, calls, renews with rotation and calls again', async () => {
  const alice = await service.clientFor();
  const draft = { name: 'Certified', server_url: server.url };
  const started = await alice.send<StartedAuthorization>('POST', '/api/oauth/authorizations', {
    body: { draft },
  });
  const { id, authorization_url } = started.ok(201);
  const browser = new TestBrowser({ stops: FRONTEND, hosts: { [PUBLIC_URL]: service.url } });
  const { url } = await browser.open(authorization_url);
  const body = { handle: url.searchParams.get('handle') };
  const path = `/api/oauth/authorizations/${id}/complete`;
  const connector = (await alice.send<Connector>('POST', path, { body })).ok();
  expect(connector).toMatchObject({ status: 'ENABLED', auth_type: 'oauth2' });

  const call = { name: `${connector.slug}__echo`, arguments: { message: 'hello' } };
  for (const offsetMs of [0, 590_000, 1_180_000]) {
    clock.offsetMs = offsetMs;
    // A new session each time, which needs a token that does not end yet.
    (await alice.setStatus(connector.id, 'DISABLED')).ok();
    (await alice.setStatus(connector.id, 'ENABLED')).ok();
    expect((await alice.callTool(call)).ok().is_error).toBe(false);
  }
  expect(accepted.size).toBe(3);
});

it('connects a project by the right of a client with a key, and renews', async () => {
  clock.offsetMs = 0;
  accepted.clear();
  const admin = await service.clientFor(undefined, { claims: { projects: { atlas: 'admin' } } });
  const draft = { name: 'By itself', server_url: server.url, project_id: 'atlas' };
  const client = { client_id: 'service', private_key: serviceKey, key_id: 'first' };
  const body = { draft, client: { issuer: provider.issuer, ...client } };
  const answer = await admin.send<Connector>('POST', '/api/oauth/client-credentials', { body });
  const { slug, credentials } = answer.ok();
  expect(credentials?.grant_type).toBe('client_credentials');
  for (const offsetMs of [0, 599_000]) {
    clock.offsetMs = offsetMs;
    const echo = { name: `${slug}__echo`, arguments: { message: 'hello' }, project_id: 'atlas' };
    expect((await admin.callTool(echo)).ok().is_error).toBe(false);
  }
  (await admin.setStatus(answer.ok().id, 'DISABLED')).ok();
  (await admin.setStatus(answer.ok().id, 'ENABLED')).ok();
  (await admin.testConnector(answer.ok().id)).ok();
  expect(accepted.size).toBe(2);
});
