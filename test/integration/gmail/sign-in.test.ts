import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StartedAuthorization } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestGmailServer } from '../../support/google/gmail-server.ts';
import {
  GOOGLE_CLIENT,
  type GoogleDouble,
  startGoogleDouble,
} from '../../support/google/google.ts';
import { TestBrowser } from '../../support/oauth/test-browser.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';

// Gmail from the first click to the last: the service, the Gmail server as it is shipped, and a Google that behaves as the real one.

const PUBLIC_URL = 'https://connectors.test';
const FRONTEND = 'https://app.test';
const HOUR = 3_600_000;

let google: GoogleDouble;
let gmail: Awaited<ReturnType<typeof startTestGmailServer>>;
let service: TestService;
let alice: ApiClient;
const clock = new OffsetClock();

beforeAll(async () => {
  google = await startGoogleDouble();
  gmail = await startTestGmailServer(google);
  // Of Google itself the parameters are known; this one has another address.
  const offline = { authorization_parameters: { access_type: 'offline', prompt: 'consent' } };
  const client = { issuer: google.as.issuer, ...GOOGLE_CLIENT, ...offline };
  service = await startTestService({
    clock,
    env: {
      PUBLIC_URL,
      OAUTH_RETURN_URLS: `${FRONTEND}/connect`,
      OAUTH_CLIENTS: JSON.stringify([client]),
    },
  });
  alice = await service.clientFor();
});

afterAll(async () => {
  await service.close();
  await gmail.stop();
  await google.close();
});

async function signIn(body: object): Promise<string> {
  const started = (
    await alice.send<StartedAuthorization>('POST', '/api/oauth/authorizations', { body })
  ).ok(201);
  const browser = new TestBrowser({ stops: FRONTEND, hosts: { [PUBLIC_URL]: service.url } });
  const { url } = await browser.open(started.authorization_url);
  const handle = url.searchParams.get('handle') ?? '';
  const path = `/api/oauth/authorizations/${started.id}/complete`;
  return (await alice.send<{ id: string }>('POST', path, { body: { handle } })).ok().id;
}

it('is connected by its address with a client of the operator, asked for more when it is needed, renewed and revoked', async () => {
  const draft = { name: 'My mail', server_url: gmail.url };
  const id = await signIn({ draft });
  const search = { name: 'my-mail__search_messages', arguments: { query: 'is:unread' } };
  expect((await alice.callTool(search)).ok().structured_content).toMatchObject({
    messages: [{ subject: 'Your invoice' }, { subject: 'Grüße' }],
  });

  const send = {
    name: 'my-mail__send_message',
    arguments: { to: ['bob@example.com'], subject: 'Hello', body: 'Hi Bob' },
  };
  const lacking = (await alice.callTool(send)).problem(409, 'NEEDS_AUTH');
  expect(lacking).toMatchObject({
    missing_scopes: ['https://www.googleapis.com/auth/gmail.compose'],
  });
  await signIn({ connector_id: id });
  expect((await alice.callTool(send)).ok().is_error).toBe(false);
  expect(google.sent).toHaveLength(1);

  // Google answers a renewal without a refresh token: the one there is stays good, again and again.
  for (const hours of [1, 2, 3]) {
    clock.offsetMs = hours * HOUR;
    google.as.expireTokens();
    expect((await alice.callTool(search)).ok().is_error).toBe(false);
  }
  const renewals = google.as.tokenRequests.filter((form) => form.has('refresh_token'));
  expect(renewals).toHaveLength(3);
  expect(new Set(renewals.map((form) => form.get('refresh_token'))).size).toBe(1);

  (await alice.deleteConnector(id)).ok(204);
  expect(google.as.revoked).toContain(renewals[0]?.get('refresh_token'));
  const log = service.logLines.join('');
  expect(log).not.toMatch(/[ar]t-[0-9a-f]{24}/);
  expect(gmail.logLines.join('')).not.toMatch(/[ar]t-[0-9a-f]{24}/);
});
