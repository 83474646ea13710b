import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  DISABLED_ERROR,
  INVOICE_MESSAGE,
  RATE_LIMIT_ERROR,
} from '../../support/google/gmail-answers.ts';
import { startTestGmailServer } from '../../support/google/gmail-server.ts';
import { type GoogleDouble, startGoogleDouble } from '../../support/google/google.ts';
import { connectLegacy, connectModern } from '../gateway/support/mcp-clients.ts';

// The Gmail server that is shipped, alone: official clients of both eras in front of it, Gmail's REST API behind it.

let google: GoogleDouble;
let gmail: Awaited<ReturnType<typeof startTestGmailServer>>;
const READ = 'https://www.googleapis.com/auth/gmail.readonly';
const COMPOSE = 'https://www.googleapis.com/auth/gmail.compose';

beforeAll(async () => {
  google = await startGoogleDouble();
  gmail = await startTestGmailServer(google);
});

afterAll(async () => {
  await gmail.stop();
  await google.close();
});

beforeEach(() => {
  google.fault = undefined;
});

/** A token as a sign-in brings it. */
async function tokenFor(...scopes: string[]): Promise<string> {
  const { createHash } = await import('node:crypto');
  const verifier = 'v'.repeat(43);
  const asked = new URL(`${google.as.issuer}/authorize`);
  const parameters = {
    redirect_uri: 'https://connectors.test/oauth/callback',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    scope: scopes.join(' '),
  };
  asked.search = new URLSearchParams(parameters).toString();
  const { headers } = await fetch(asked, { redirect: 'manual' });
  const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
  const basic = Buffer.from(`client:${encodeURIComponent('secret of the client: +/?')}`);
  const answer = await fetch(`${google.as.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic.toString('base64')}` },
    body: new URLSearchParams({ ...parameters, code, code_verifier: verifier }),
  });
  const { access_token }: { access_token: string } = JSON.parse(await answer.text());
  return access_token;
}

const call = async (token: string, name: string, args: Record<string, unknown> = {}) => {
  const client = await connectModern({ url: gmail.url, token });
  try {
    return await client.callTool({ name, arguments: args });
  } finally {
    await client.close();
  }
};
const textOf = (result: unknown) => {
  const { content } = result as { content: { text: string }[] };
  return content[0]?.text ?? '';
};
const post = (token: string | undefined, method: string, params: object = {}) =>
  fetch(gmail.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });

describe('the mailbox of whoever calls', () => {
  it('is searched and read, in both eras', async () => {
    const token = await tokenFor(READ);
    for (const connect of [connectLegacy, connectModern]) {
      const client = await connect({ url: gmail.url, token });
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual([
        ...['search_messages', 'read_message', 'list_labels', 'create_draft', 'send_message'],
      ]);
      expect(tools.map(({ annotations }) => annotations?.readOnlyHint)).toEqual([
        ...[true, true, true, false, false],
      ]);
      expect(tools.map(({ annotations }) => annotations?.destructiveHint ?? false)).toEqual([
        ...[false, false, false, false, true],
      ]);
      const result = await client.callTool({ name: 'search_messages', arguments: { limit: 3 } });
      expect(result.structuredContent).toMatchObject({
        messages: [
          {
            id: INVOICE_MESSAGE.id,
            from: 'Shop Billing <billing@shop.example>',
            subject: 'Your invoice',
            date: '2026-11-20T08:15:02.000Z',
            snippet: expect.stringContaining(`It's due on "30 November".`),
          },
          // Nothing invisible is left of what a sender wrote.
          { from: '"News" <news@list.example>', subject: 'Grüße' },
        ],
        next_page_token: '09876543210',
      });
      expect(JSON.parse(textOf(result))).toEqual(result.structuredContent);
      await client.close();
    }
    expect(
      (await call(token, 'search_messages', { query: 'from:nobody' })).structuredContent,
    ).toEqual({ messages: [], next_page_token: null });
    expect((await call(token, 'list_labels')).structuredContent).toEqual({
      labels: [
        { id: 'CHAT', name: 'CHAT', is_system: true },
        { id: 'INBOX', name: 'INBOX', is_system: true },
        { id: 'Label_4821936551', name: 'Invoices/Shops', is_system: false },
      ],
    });
  });

  it('shows a message as text, with its files named', async () => {
    const token = await tokenFor(READ);
    const invoice = await call(token, 'read_message', { message_id: INVOICE_MESSAGE.id });
    expect(invoice.structuredContent).toMatchObject({
      text: 'Hello Alice,\n\nyour invoice for November is attached.\nTotal: 49.00 €',
      truncated: false,
      attachments: [
        { file_name: 'invoice-2026-11.pdf', mime_type: 'application/pdf', size_bytes: 48213 },
      ],
      labels: ['UNREAD', 'CATEGORY_UPDATES', 'INBOX', 'Label_4821936551'],
    });
    const news = await call(token, 'read_message', { message_id: '19a1f0e2d3c4b5a6' });
    expect(news.structuredContent).toMatchObject({ text: 'Grüße aus Köln\n\n2 < 3 & 5 < 7' });
  });

  it('writes drafts and mails that nobody can add a header to', async () => {
    const token = await tokenFor(READ, COMPOSE);
    const mail = {
      to: ['bob@example.com', 'eve@example.com'],
      bcc: ['archive@example.com'],
      subject: 'Größe',
      body: 'Hällo\nBcc: no@example.com',
    };
    const sent = await call(token, 'send_message', mail);
    expect(sent.structuredContent).toEqual({
      message_id: '19a2b7c4d5e6f799',
      thread_id: '19a2b7c4d5e6f799',
    });
    const [head = '', body = ''] = (google.sent[0] ?? '').split('\r\n\r\n');
    expect(head.split('\r\n')).toEqual([
      ...['To: bob@example.com,', ' eve@example.com', 'Bcc: archive@example.com'],
      `Subject: =?utf-8?B?${Buffer.from('Größe').toString('base64')}?=`,
      ...['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8'],
      'Content-Transfer-Encoding: base64',
    ]);
    expect(Buffer.from(body, 'base64').toString()).toBe(mail.body);
    const draft = await call(token, 'create_draft', { subject: 'Later', body: '' });
    expect(draft.structuredContent).toMatchObject({ draft_id: 'r-4821' });
    const before = google.api.requests.length;
    for (const bad of [
      { ...mail, subject: 'a\r\nBcc: eve@example.com' },
      { ...mail, to: ['bob@example.com\r\nBcc: eve@example.com'] },
      { ...mail, to: ['Bob <bob@example.com>'] },
      { ...mail, to: [] },
      { ...mail, to: Array.from({ length: 21 }, () => 'bob@example.com') },
      { ...mail, from: 'eve@example.com' },
    ]) {
      const result = await call(token, 'send_message', bad);
      expect(result).toMatchObject({ isError: true });
      expect(textOf(result)).toMatch(/^Arguments are missing or not valid: \//);
    }
    const ids = ['../labels', 'a?format=raw', ''];
    for (const message_id of ids) {
      expect(await call(token, 'read_message', { message_id })).toMatchObject({ isError: true });
    }
    expect(google.api.requests).toHaveLength(before);
  });
});

describe('who may not', () => {
  it('is told where to sign in, and whether a token was the reason', async () => {
    const origin = new URL(gmail.url).origin;
    const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
    const without = await post(undefined, 'initialize');
    expect(without.status).toBe(401);
    expect(without.headers.get('www-authenticate')).toBe(
      `Bearer scope="${READ}", resource_metadata="${metadata}"`,
    );
    const document = { resource: gmail.url, authorization_servers: [google.as.issuer] };
    expect(await (await fetch(metadata)).json()).toMatchObject(document);
    const bad = await post('ya29.void', 'tools/list');
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await fetch(gmail.url)).status).toBe(405);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    const huge = await fetch(gmail.url, { method: 'POST', body: 'x'.repeat(2 ** 20 + 1) });
    expect([413, 415]).toContain(huge.status);
  });

  it('is asked for the right that a tool needs, and that alone', async () => {
    const token = await tokenFor(READ);
    const params = {
      name: 'send_message',
      arguments: { to: ['bob@example.com'], subject: 's', body: 'b' },
    };
    const lacking = await post(token, 'tools/call', params);
    expect(lacking.status).toBe(403);
    expect(lacking.headers.get('www-authenticate')).toContain(
      `Bearer error="insufficient_scope", scope="${COMPOSE}"`,
    );
    const other = await post(await tokenFor('openid'), 'tools/list');
    expect(other.status).toBe(403);
    expect(other.headers.get('www-authenticate')).toContain(`scope="${READ}"`);
  });

  it('hears of a token that ends while it is in use, at the call that finds out', async () => {
    const token = await tokenFor(READ);
    expect((await post(token, 'tools/list')).status).toBe(200);
    google.as.expireTokens();
    expect((await post(token, 'tools/list')).status).toBe(200);
    const ended = await post(token, 'tools/call', { name: 'list_labels' });
    expect(ended.status).toBe(401);
    expect((await post(token, 'tools/list')).status).toBe(401);
  });
});

describe('what Gmail refuses or cannot do', () => {
  it.each([
    ['a limit', 403, RATE_LIMIT_ERROR, 'takes no more requests'],
    ['the newer limit', 429, {}, 'takes no more requests'],
    ['an API that is switched off', 403, DISABLED_ERROR, 'not available for this account'],
    ['a bad request', 400, {}, 'does not accept'],
    ['an outage', 503, 'busy', 'cannot be reached'],
    ['no JSON', 200, 'no JSON', 'something unknown'],
    ['another form', 200, { labels: [{ id: 7 }] }, 'something unknown'],
    ['too much', 200, { labels: [], padding: 'x'.repeat(9 * 1024 * 1024) }, 'too large'],
  ])('is told in our own words: %s', async (_what, status, body, told) => {
    const token = await tokenFor(READ);
    await call(token, 'list_labels');
    google.fault = { status, body };
    const result = await call(token, 'list_labels');
    expect(result).toMatchObject({ isError: true });
    expect(textOf(result)).toContain(told);
  });

  it('is no reason to log a token or a mail', async () => {
    const token = await tokenFor(READ);
    await call(token, 'search_messages');
    await call(token, 'read_message', { message_id: 'gone' });
    const log = gmail.logLines.join('');
    expect(log).toContain('"outcome":"NOT_FOUND"');
    expect(log).not.toContain(token);
    expect(log).not.toContain('invoice');
  });
});
