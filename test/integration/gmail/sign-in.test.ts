import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDevelopmentToken } from '../../../scripts/development-token.ts';
import type {
  SystemTool,
  SystemToolConnection,
  SystemTools,
} from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { type TestCatalogFile, writeCatalogFile } from '../../support/catalog-file.ts';
import { dumpTables } from '../../support/database-dump.ts';
import { startTestGmailServer } from '../../support/google/gmail-server.ts';
import {
  GOOGLE_CLIENT,
  type GoogleDouble,
  startGoogleDouble,
} from '../../support/google/google.ts';
import { TestBrowser } from '../../support/oauth/test-browser.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { connectModern } from '../gateway/support/mcp-clients.ts';

// Gmail from the first click to the last: the entry as it is shipped, the service, the Gmail server, and a Google that behaves as the
// real one.

const PUBLIC_URL = 'https://connectors.test';
const FRONTEND = 'https://app.test';
const HOUR = 3_600_000;
const READ = 'https://www.googleapis.com/auth/gmail.readonly';
const COMPOSE = 'https://www.googleapis.com/auth/gmail.compose';
const TOKENS = /[ar]t-[0-9a-f]{24}/;

let google: GoogleDouble;
let gmail: Awaited<ReturnType<typeof startTestGmailServer>>;
let catalog: TestCatalogFile;
let service: TestService;
let alice: ApiClient;
const clock = new OffsetClock();

beforeAll(async () => {
  google = await startGoogleDouble();
  gmail = await startTestGmailServer(google);
  catalog = await writeCatalogFile({ overrides: { gmail: { url: gmail.url } } });
  // Of Google itself the parameters are known; this one has another address.
  const offline = { authorization_parameters: { access_type: 'offline', prompt: 'consent' } };
  const client = { issuer: google.as.issuer, ...GOOGLE_CLIENT, ...offline };
  service = await startTestService({
    clock,
    env: {
      PUBLIC_URL,
      OAUTH_RETURN_URLS: `${FRONTEND}/connect,${FRONTEND}/other`,
      OAUTH_CLIENTS: JSON.stringify([client]),
      CATALOG_FILE: catalog.file,
      CATALOG_GATES: 'gmail',
    },
  });
  alice = await service.clientFor('alice');
});

afterAll(async () => {
  await service.close();
  await catalog.remove();
  await gmail.stop();
  await google.close();
});

const connect = (client: ApiClient, body?: object) =>
  client.send<SystemToolConnection>('POST', '/api/tools/gmail/connect', {
    ...(body !== undefined && { body }),
  });
const disconnect = (client: ApiClient) =>
  client.send<SystemTool>('POST', '/api/tools/gmail/disconnect');
const find = async (client: ApiClient) => {
  const { items } = (await client.send<SystemTools>('GET', '/api/tools')).ok();
  return items.find(({ key }) => key === 'gmail') ?? expect.fail();
};
const names = async (client: ApiClient) =>
  (await client.getTools()).ok().tools.map(({ name }) => name);
const search = { name: 'gmail__search_messages', arguments: { query: 'is:unread' } };
const send = {
  name: 'gmail__send_message',
  arguments: { to: ['bob@example.com'], subject: 'Hello', body: 'Hi Bob' },
};

/** Goes with the browser of the user as far as the frontend. */
async function arrive({ authorization }: SystemToolConnection) {
  const { id, authorization_url } = authorization ?? expect.fail();
  const browser = new TestBrowser({ stops: FRONTEND, hosts: { [PUBLIC_URL]: service.url } });
  const { url } = await browser.open(authorization_url);
  return { id, url, handle: url.searchParams.get('handle') ?? '', visited: browser.visited };
}
const complete = (client: ApiClient, { id, handle }: { id: string; handle: string }) =>
  client.send<{ id: string }>('POST', `/api/oauth/authorizations/${id}/complete`, {
    body: { handle },
  });

describe('a user who connects Gmail', () => {
  it('is sent to Google, comes back, and has the mailbox in all lists', async () => {
    const before = { status: 'NOT_CONNECTED', requires: 'SIGN_IN', is_open: true, tool_count: 0 };
    expect(await find(alice)).toMatchObject({ title: 'Gmail', connector_id: null, ...before });
    const started = await connect(alice, { return_url: `${FRONTEND}/other` });
    const connection = started.ok(202);
    expect(connection).toMatchObject({ tool: before, authorization: { connector_id: null } });
    const { id } = connection.authorization ?? expect.fail();
    expect(started.headers.get('location')).toBe(`/api/oauth/authorizations/${id}`);

    const arrival = await arrive(connection);
    const asked = new URL(arrival.visited[1] ?? '').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      ...{ client_id: GOOGLE_CLIENT.client_id, scope: READ, resource: gmail.url },
      ...{ access_type: 'offline', prompt: 'consent', code_challenge_method: 'S256' },
    });
    expect(arrival.url.pathname).toBe('/other');
    const connector = (await complete(alice, arrival)).ok();
    expect(connector).toMatchObject({
      ...{ source: 'system', entry_key: 'gmail', slug: 'gmail', status: 'ENABLED' },
      ...{ server_url: new URL(gmail.url).origin, tool_count: 5 },
    });
    expect(await find(alice)).toMatchObject({
      ...{ status: 'CONNECTED', connector_id: connector.id, slug: 'gmail', tool_count: 5 },
    });

    expect(await names(alice)).toEqual([
      ...['gmail__create_draft', 'gmail__list_labels', 'gmail__read_message'],
      ...['gmail__search_messages', 'gmail__send_message'],
    ]);
    const menu = (
      await alice.send<{ tools: { id: string; label: string }[] }>('GET', '/api/users/me/composer')
    ).ok();
    expect(menu.tools.map(({ label }) => label)).toContain('Gmail: Search messages');
    const result = (await alice.callTool(search)).ok();
    expect(result.structured_content).toMatchObject({
      messages: [{ subject: 'Your invoice' }, { subject: 'Grüße' }],
    });
    const token = await createDevelopmentToken({
      ...{ secret: service.env['JWT_SECRET'] ?? '', user: 'alice' },
      audience: `${PUBLIC_URL}/mcp`,
    });
    const agent = await connectModern({ url: `${service.url}/mcp`, token });
    expect((await agent.callTool(search)).structuredContent).toEqual(result.structured_content);
    await agent.close();
    // Connecting what is connected asks nobody.
    const requests = google.api.requests.length;
    expect((await connect(alice)).ok()).toMatchObject({ authorization: null });
    expect(google.api.requests).toHaveLength(requests);
  });

  it('is asked for more when an agent first writes', async () => {
    const lacking = (await alice.callTool(send)).problem(409, 'NEEDS_AUTH');
    expect(lacking).toMatchObject({ missing_scopes: [COMPOSE] });
    expect(await find(alice)).toMatchObject({ status: 'CONNECTED', missing_scopes: [COMPOSE] });
    // As the frontend's page of `sign_in_url` does it, or the list of system tools: both ask for everything together.
    const { connector_id } = await find(alice);
    const byConnector = { body: { connector_id } };
    (await alice.send('POST', '/api/oauth/authorizations', byConnector)).ok(201);
    const arrival = await arrive((await connect(alice)).ok(202));
    expect(new URL(arrival.visited[1] ?? '').searchParams.get('scope')).toBe(`${READ} ${COMPOSE}`);
    (await complete(alice, arrival)).ok();
    expect((await alice.callTool(send)).ok().is_error).toBe(false);
    expect(google.sent).toHaveLength(1);
    expect(await find(alice)).toMatchObject({ connector_id, missing_scopes: [] });
  });

  it('stays connected: Google renews without a new refresh token, again and again', async () => {
    const before = google.as.tokenRequests.length;
    for (const hours of [1, 2, 3]) {
      clock.offsetMs = hours * HOUR;
      google.as.expireTokens();
      expect((await alice.callTool(search)).ok().is_error).toBe(false);
    }
    const renewals = google.as.tokenRequests.slice(before);
    expect(renewals).toHaveLength(3);
    expect(new Set(renewals.map((form) => form.get('refresh_token'))).size).toBe(1);
    clock.offsetMs = 0;
  });

  it('signs in again where Google took the grant back', async () => {
    google.as.revokeGrants();
    (await alice.callTool(search)).problem(409, 'NEEDS_AUTH');
    expect(await find(alice)).toMatchObject({ status: 'NEEDS_AUTH' });
    (await complete(alice, await arrive((await connect(alice)).ok(202)))).ok();
    expect((await alice.callTool(search)).ok().is_error).toBe(false);
  });

  it('disconnects, and nothing of it is left, at Google neither', async () => {
    const revoked = google.as.revoked.length;
    const { connector_id } = await find(alice);
    expect((await disconnect(alice)).ok()).toMatchObject({
      ...{ status: 'NOT_CONNECTED', connector_id: null, tool_count: 0 },
    });
    expect(google.as.revoked.slice(revoked)).toEqual([expect.stringMatching(/^rt-/)]);
    expect(await names(alice)).toEqual([]);
    (await alice.callTool(search)).problem(404, 'TOOL_NOT_FOUND');
    (await alice.getConnector(String(connector_id))).problem(404, 'CONNECTOR_NOT_FOUND');
    expect((await disconnect(alice)).ok()).toMatchObject({ status: 'NOT_CONNECTED' });
  });
});

describe('who should not', () => {
  it('gets nothing of what others have connected', async () => {
    const arrival = await arrive((await connect(alice)).ok(202));
    const mallory = await service.clientFor('mallory');
    const twin = await service.clientFor('alice', { tenant: 'other' });
    for (const other of [mallory, twin]) {
      (await complete(other, arrival)).problem(404, 'AUTHORIZATION_NOT_FOUND');
      expect(await find(other)).toMatchObject({ status: 'NOT_CONNECTED' });
      expect((await disconnect(other)).ok()).toMatchObject({ status: 'NOT_CONNECTED' });
    }
    const { id } = (await complete(alice, arrival)).ok();
    for (const other of [mallory, twin]) {
      (await other.callTool(search)).problem(404, 'TOOL_NOT_FOUND');
      (await other.getConnector(id)).problem(404, 'CONNECTOR_NOT_FOUND');
      const body = { connector_id: id };
      (await other.send('POST', '/api/oauth/authorizations', { body })).problem(
        404,
        'CONNECTOR_NOT_FOUND',
      );
    }
    expect(await find(alice)).toMatchObject({ status: 'CONNECTED' });
  });

  it('moves it nowhere, gives it no other secrets, and reaches its server by no address', async () => {
    const { connector_id } = await find(alice);
    const id = String(connector_id);
    for (const change of [
      { server_url: 'https://evil.example/mcp' },
      { transport: 'sse' },
      { auth_type: 'none' },
      { auth_type: 'bearer', credentials: { token: 'mine' } },
    ] as const) {
      (await alice.updateConnector(id, change)).problem(409, 'CONNECTOR_MANAGED');
    }
    (await alice.deleteConnector(id)).problem(409, 'CONNECTOR_MANAGED');
    const draft = { name: 'By hand', server_url: gmail.url };
    expect((await alice.testConnection({ server_url: gmail.url })).ok()).toMatchObject({
      error_code: 'BLOCKED_URL',
    });
    (await alice.createConnector(draft)).problem(422, 'BLOCKED_URL');
    const begun = await alice.send('POST', '/api/oauth/authorizations', { body: { draft } });
    expect(begun.problem(422, 'SIGN_IN_NOT_POSSIBLE')).toMatchObject({ reason: 'BLOCKED' });
  });

  it('does not bring a disconnected tool back with an old sign-in', async () => {
    clock.offsetMs = 2 * HOUR;
    google.as.revokeGrants();
    (await alice.callTool(search)).problem(409, 'NEEDS_AUTH');
    clock.offsetMs = 0;
    const arrival = await arrive((await connect(alice)).ok(202));
    (await disconnect(alice)).ok();
    (await complete(alice, arrival)).problem(404, 'CONNECTOR_NOT_FOUND');
    expect(await find(alice)).toMatchObject({ status: 'NOT_CONNECTED' });
  });

  it('finds no token in logs, rows and answers', async () => {
    (await complete(alice, await arrive((await connect(alice)).ok(202)))).ok();
    const page = { return_url: 'https://evil.example/' };
    (await disconnect(alice)).ok();
    (await connect(alice, page)).problem(422, 'VALIDATION_FAILED');
    expect(service.logLines.join('')).not.toMatch(TOKENS);
    expect(gmail.logLines.join('')).not.toMatch(TOKENS);
    const rows = await dumpTables(service.databaseTools.owner);
    expect(rows.map(({ text }) => text).join('')).not.toMatch(TOKENS);
    const outcomes = service
      .operations()
      .filter(({ operation }) => String(operation).startsWith('system_tool.'));
    expect(outcomes).toContainEqual(
      expect.objectContaining({
        operation: 'system_tool.connect',
        entry: 'gmail',
        outcome: 'SIGN_IN',
      }),
    );
  });
});
