import { createRemoteJWKSet, jwtVerify } from 'jose';
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
const clock = new OffsetClock();
/** Tokens that the server has accepted. */
const accepted = new Set<string>();

beforeAll(async () => {
  provider = await startAuthorizationServer('somebody');
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
