import type { ServerResponse } from 'node:http';
import { type HttpEndpoint, startHttpEndpoint } from '../mcp-servers/http-endpoint.ts';
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../oauth/authorization-server.ts';
import { ERRORS, INVOICE_MESSAGE, LABELS, NEWSLETTER_MESSAGE } from './gmail-answers.ts';

const READ = 'https://www.googleapis.com/auth/gmail.readonly';
const COMPOSE = 'https://www.googleapis.com/auth/gmail.compose';

/** The client that an operator has registered with it, as `OAUTH_CLIENTS` names it but for its issuer. */
export const GOOGLE_CLIENT = {
  client_id: 'client-1234.apps.googleusercontent.com',
  client_secret: 'secret of the client: +/?',
};

/** As much of Google as a sign-in and Gmail's tools need, on real sockets. */
export interface GoogleDouble {
  as: TestAuthorizationServer;
  /** Address of the REST API. */
  apiUrl: string;
  api: HttpEndpoint;
  /** Mails that were sent, and drafts that were saved, as they were written. */
  sent: string[];
  drafts: string[];
  /** Answers with a status and a body instead, while it is set. */
  fault: { status: number; body: unknown } | undefined;
  close(): Promise<void>;
}

/** Starts both servers. */
export async function startGoogleDouble(): Promise<GoogleDouble> {
  const as = await startTestAuthorizationServer();
  Object.assign(as.knobs, {
    // Google sends `iss` without announcing it, registers nobody, takes plain challenges as well, and keeps refresh tokens.
    places: ['/.well-known/openid-configuration'],
    metadata: {
      registration_endpoint: undefined,
      authorization_response_iss_parameter_supported: undefined,
      code_challenge_methods_supported: ['plain', 'S256'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      scopes_supported: ['openid', 'email', 'profile'],
    },
    rotates: false,
    authMethod: 'client_secret_basic',
    isGoogles: true,
  });
  const api = await startHttpEndpoint((_request, response, { path, method, body, headers }) => {
    const url = new URL(path, 'http://localhost');
    const token = headers.authorization?.replace('Bearer ', '');
    const { fault } = google;
    if (fault !== undefined) return json(response, fault.status, fault.body);
    if (!as.isValid(token)) return json(response, 401, ERRORS[401]);
    const needed = method === 'POST' ? COMPOSE : READ;
    if (!as.scopesOf(token).includes(needed)) return json(response, 403, ERRORS[403]);
    const [status, answer] = answerOf(google, { method, url, body });
    json(response, status, answer);
  });
  const google: GoogleDouble = {
    as,
    apiUrl: api.origin,
    api,
    sent: [],
    drafts: [],
    fault: undefined,
    close: async () => {
      await api.close();
      await as.close();
    },
  };
  return google;
}

const MESSAGES = [INVOICE_MESSAGE, NEWSLETTER_MESSAGE];

function answerOf(
  google: GoogleDouble,
  { method, url, body }: { method: string; url: URL; body: string },
): [number, unknown] {
  const place = url.pathname.replace('/gmail/v1/users/me/', '');
  if (method === 'POST') {
    const { raw = '', message } = JSON.parse(body);
    const mail = Buffer.from(message?.raw ?? raw, 'base64url').toString();
    const saved = { id: '19a2b7c4d5e6f799', threadId: '19a2b7c4d5e6f799', labelIds: ['SENT'] };
    if (place === 'messages/send') google.sent.push(mail);
    else google.drafts.push(mail);
    return [200, place === 'drafts' ? { id: 'r-4821', message: saved } : saved];
  }
  if (place === 'profile') return [200, { historyId: '9853221' }];
  if (place === 'labels') return [200, LABELS];
  if (place === 'messages') return [200, listOf(url.searchParams)];
  const found = MESSAGES.find(({ id }) => place === `messages/${id}`);
  if (found === undefined) return [404, ERRORS[404]];
  return [200, url.searchParams.get('format') === 'full' ? found : withoutBody(found)];
}

/** `users.messages.list`: without any, the member is missing. One of those it names is gone already. */
function listOf(parameters: URLSearchParams): object {
  const isNothing = parameters.get('q') === 'from:nobody';
  if (isNothing) return { resultSizeEstimate: 0 };
  const ids = [
    ...MESSAGES.map(({ id, threadId }) => ({ id, threadId })),
    { id: 'gone', threadId: 'gone' },
  ];
  const limit = Number(parameters.get('maxResults'));
  return { messages: ids.slice(0, limit), nextPageToken: '09876543210', resultSizeEstimate: 201 };
}

function withoutBody({ payload, ...rest }: (typeof MESSAGES)[number]): object {
  const { mimeType, headers } = payload;
  return { ...rest, payload: { mimeType, headers } };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(body));
}
