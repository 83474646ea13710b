import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../scripts/free-port.ts';
import { loadConfig } from '../../../src/config.ts';
import { type RunningService, settingChecks, startService } from '../../../src/service.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';
import {
  type AuthorizationServer,
  browse,
  REDIRECT_URL,
  startAuthorizationServer,
} from './support/authorization-server.ts';
import { legacyRequest, post } from './support/raw-endpoint.ts';

const USER = 'user-of-the-provider';

let first: TestService;
let service: RunningService;
let provider: AuthorizationServer;
let server: ScriptedServer;
let url: URL;

beforeAll(async () => {
  // Saves the connector, with the tokens of a test; the one beside it, on the same database, trusts the provider alone.
  first = await startTestService();
  server = await ScriptedServer.start();
  const user = await first.clientFor(USER);
  (await user.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
  provider = await startAuthorizationServer(USER);
  const port = await freePort(0);
  const env = {
    ...first.env,
    JWT_SECRET: '',
    JWT_JWKS_URL: provider.jwksUrl,
    JWT_ISSUER: provider.issuer,
    JWT_AUDIENCE: 'the-api',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    MCP_AUTHORIZATION_SERVERS: provider.issuer,
  };
  service = await startService(loadConfig(env, settingChecks), {
    logDestination: { write: () => {} },
  });
  url = new URL(`${service.url}/mcp`);
  provider.resource = url.href;
});

afterAll(async () => {
  await service.stop();
  await first.close();
  await provider.close();
  await server.stop();
});

/** What an application keeps for its user; the same for both generations of the SDK. */
class Store {
  readonly redirectUrl = REDIRECT_URL;
  readonly clientMetadata = {
    client_name: 'A test',
    redirect_uris: [REDIRECT_URL],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  };
  #client: { client_id: string } | undefined;
  #tokens: { access_token: string; token_type: string } | undefined;
  #verifier = '';
  /** Where the user has to go, once the client has said so. */
  authorizationUrl: URL | undefined;

  clientInformation() {
    return this.#client;
  }
  saveClientInformation(client: { client_id: string }): void {
    this.#client = client;
  }
  tokens() {
    return this.#tokens;
  }
  saveTokens(tokens: { access_token: string; token_type: string }): void {
    this.#tokens = tokens;
  }
  redirectToAuthorization(authorizationUrl: URL): void {
    this.authorizationUrl = authorizationUrl;
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  codeVerifier(): string {
    return this.#verifier;
  }
}

/** An official client of one generation. */
interface Generation {
  connect(store: Store): Promise<{
    tools(): Promise<string[]>;
    call(name: string, input: Record<string, unknown>): Promise<unknown>;
    close(): Promise<void>;
  }>;
  finish(store: Store, answer: URLSearchParams): Promise<void>;
}

const INFO = { name: 'a-test', version: '1.0.0' };

const modern: Generation = {
  connect: async (authProvider) => {
    const client = new ModernClient(INFO, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new ModernTransport(url, { authProvider }));
    return {
      tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, input) => (await client.callTool({ name, arguments: input })).content,
      close: () => client.close(),
    };
  },
  finish: (authProvider, answer) => new ModernTransport(url, { authProvider }).finishAuth(answer),
};

const legacy: Generation = {
  connect: async (authProvider) => {
    const client = new LegacyClient(INFO);
    // SDK 1 was not written for exactOptionalPropertyTypes: its own transports do not fit its own interface.
    await client.connect(new LegacyTransport(url, { authProvider }) as Transport);
    return {
      tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, input) => (await client.callTool({ name, arguments: input })).content,
      close: () => client.close(),
    };
  },
  finish: (authProvider, answer) =>
    new LegacyTransport(url, { authProvider }).finishAuth(answer.get('code') ?? ''),
};

describe.each([
  ['SDK 1', legacy],
  ['SDK 2', modern],
])('the official client %s, which knows nothing but the address', (_name, generation) => {
  it('finds the provider, registers, has its user sign in, and uses the tools', async () => {
    const store = new Store();

    await expect(generation.connect(store)).rejects.toThrow();
    const asked = store.authorizationUrl?.searchParams;
    expect(Object.fromEntries(asked ?? [])).toMatchObject({
      resource: url.href,
      code_challenge_method: 'S256',
      scope: expect.stringContaining('tools:read tools:call'),
    });
    await generation.finish(store, await browse(store.authorizationUrl ?? new URL('about:blank')));

    const token = store.tokens()?.access_token ?? '';
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256' });
    expect(decodeJwt(token)).toMatchObject({
      iss: provider.issuer,
      aud: url.href,
      sub: USER,
      scope: 'tools:read tools:call',
    });
    const client = await generation.connect(store);
    try {
      expect(await client.tools()).toEqual(['mine__echo']);
      expect(await client.call('mine__echo', { a: 1 })).toEqual([
        { type: 'text', text: '{"a":1}' },
      ]);
    } finally {
      await client.close();
    }

    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${service.url}/api/connectors`, { headers })).status).toBe(401);
  });
});

describe('a token of the same provider', () => {
  it('for another resource is refused', async () => {
    const store = new Store();
    provider.resource = 'https://other.example.com/mcp';
    try {
      await expect(modern.connect(store)).rejects.toThrow();
      const address = new URL(store.authorizationUrl ?? 'about:blank');
      address.searchParams.set('resource', provider.resource);
      const code = (await browse(address)).get('code') ?? '';
      const response = await fetch(`${provider.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          client_id: store.clientInformation()?.client_id ?? '',
          redirect_uri: REDIRECT_URL,
          code_verifier: store.codeVerifier(),
          resource: provider.resource,
        }),
      });
      const { access_token: token }: { access_token: string } = JSON.parse(await response.text());
      expect(decodeJwt(token)).toMatchObject({ aud: provider.resource, sub: USER });

      const answer = await post(url.href, { token, ...legacyRequest('tools/list') });

      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    } finally {
      provider.resource = url.href;
    }
  });
});
