import type { IncomingHttpHeaders } from 'node:http';
import type {
  AuthorizationCreate,
  Connector,
  StartedAuthorization,
} from '../../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../../support/api-client.ts';
import { type ModernServer, startDualServer } from '../../../support/mcp-servers/modern-server.ts';
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../../../support/oauth/authorization-server.ts';
import { TestBrowser } from '../../../support/oauth/test-browser.ts';
import type { TestService } from '../../../support/test-service.ts';

/** Where the service says that it is. */
export const PUBLIC_URL = 'https://connectors.test';
/** The frontend. */
export const FRONTEND = 'https://app.test';
const RESOURCE_METADATA = '/.well-known/oauth-protected-resource';

/** An MCP server that wants a sign-in, and its authorization server. */
export class SignInBench {
  readonly server: ModernServer;
  readonly as: TestAuthorizationServer;
  /** Of the MCP server, by path; changed by tests. */
  readonly documents: Record<string, unknown>;
  /** The challenge of the MCP server; changed by tests. */
  challenge = '';
  /** That of a request, or none where it may go on without a token. */
  challenges: (headers: IncomingHttpHeaders) => string | undefined = () => this.challenge;
  /** Tokens the MCP server refuses although they are good. */
  refuses: (token: string | undefined) => boolean = () => false;
  /** Tokens of another authorization server that the MCP server takes. */
  isAlsoValid: (token: string | undefined) => boolean = () => false;
  /** The challenge by which the MCP server says that a good token has too few rights for a tool. */
  lacks: (tool: string) => string | undefined = () => undefined;
  #count = 0;

  constructor(parts: Pick<SignInBench, 'server' | 'as' | 'documents'>) {
    this.server = parts.server;
    this.as = parts.as;
    this.documents = parts.documents;
    this.reset();
  }

  /** Settings of a service that may reach the bench. */
  static readonly env = {
    PUBLIC_URL,
    OAUTH_RETURN_URLS: `${FRONTEND}/connect?from=sign-in,${FRONTEND}/other`,
  };

  /** Everything is as it should be again. */
  reset(): void {
    const { knobs } = this.as;
    Object.assign(knobs, { metadata: {}, places: undefined, answer: {}, token: undefined });
    Object.assign(knobs, {
      tokens: {},
      beforeToken: () => {},
      registration: {},
      rotates: true,
      authMethod: 'none',
      publicKey: undefined,
      serves: () => true,
    });
    for (const path of Object.keys(this.documents)) delete this.documents[path];
    const { origin } = new URL(this.server.url);
    this.documents[`${RESOURCE_METADATA}/mcp`] = this.resourceMetadata();
    this.challenge = `Bearer resource_metadata="${origin}${RESOURCE_METADATA}/mcp", scope="tools"`;
    this.challenges = () => this.challenge;
    this.refuses = () => false;
    this.isAlsoValid = () => false;
    this.lacks = () => undefined;
  }

  /** Metadata of the MCP server, with members that are others. */
  resourceMetadata(members: Record<string, unknown> = {}): Record<string, unknown> {
    return { resource: this.server.url, authorization_servers: [this.as.issuer], ...members };
  }

  /** A browser that knows where the service really is, and stops at the frontend. */
  browser(service: Pick<TestService, 'url'>): TestBrowser {
    return new TestBrowser({ stops: FRONTEND, hosts: { [PUBLIC_URL]: service.url } });
  }

  draft(): { name: string; server_url: string } {
    this.#count += 1;
    return { name: `Server ${this.#count}`, server_url: this.server.url };
  }

  begin(
    client: ApiClient,
    body: AuthorizationCreate = { draft: this.draft() },
  ): Promise<ApiAnswer<StartedAuthorization>> {
    return client.send('POST', '/api/oauth/authorizations', { body });
  }

  complete(client: ApiClient, id: string, handle: string): Promise<ApiAnswer<Connector>> {
    const path = `/api/oauth/authorizations/${id}/complete`;
    return client.send('POST', path, { body: { handle } });
  }

  /** Starts, and goes with a browser as far as the frontend. */
  async signIn(
    service: Pick<TestService, 'url'>,
    client: ApiClient,
    body?: AuthorizationCreate,
  ): Promise<{ id: string; handle: string; back: URLSearchParams }> {
    const { id, authorization_url } = (await this.begin(client, body)).ok(201);
    const { url } = await this.browser(service).open(authorization_url);
    return { id, handle: url.searchParams.get('handle') ?? '', back: url.searchParams };
  }

  /** The whole of it. */
  async connect(
    service: Pick<TestService, 'url'>,
    client: ApiClient,
    body?: AuthorizationCreate,
  ): Promise<Connector> {
    const { id, handle } = await this.signIn(service, client, body);
    return (await this.complete(client, id, handle)).ok();
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.as.close();
  }
}

/** Starts both servers. @param path of the issuer, as `/tenant` */
export async function startSignInBench(path = ''): Promise<SignInBench> {
  const as = await startTestAuthorizationServer(path);
  const documents: Record<string, unknown> = {};
  const server = await startDualServer({
    documents,
    authorize: (token, headers) => {
      const isValid = as.isValid(token) || bench.isAlsoValid(token);
      const isGood = isValid && !bench.refuses(token);
      return isGood ? bench.lacks(String(headers['mcp-name'] ?? '')) : bench.challenges(headers);
    },
  });
  const bench: SignInBench = new SignInBench({ as, server, documents });
  return bench;
}
