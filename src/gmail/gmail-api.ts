import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { tryParseJson } from '../lib/try-parse-json.ts';
import type { Outbound, OutboundRequest } from '../outbound/guarded-fetch.ts';
import { OutboundError } from '../outbound/outbound-error.ts';
import type { OutboundResponse } from '../outbound/outbound-response.ts';
import { GmailError, type GmailFailure } from './gmail-error.ts';

const Id = Type.String({ minLength: 1, maxLength: 256 });

const Header = Type.Object({ name: Type.String(), value: Type.String() });

/** A part of a message; of messages that were not asked for in full there is nothing but headers. */
const Part = Type.Recursive(
  (Self) =>
    Type.Object({
      mimeType: Type.Optional(Type.String()),
      filename: Type.Optional(Type.String()),
      headers: Type.Optional(Type.Array(Header)),
      body: Type.Optional(
        Type.Object({
          size: Type.Optional(Type.Integer()),
          data: Type.Optional(Type.String()),
          attachmentId: Type.Optional(Type.String()),
        }),
      ),
      parts: Type.Optional(Type.Array(Self)),
    }),
  { $id: 'MessagePart' },
);
/** A part of a message, as Gmail tells it (`users.messages`, `MessagePart`). */
export type GmailPart = Static<typeof Part>;

const Message = Type.Object({
  id: Id,
  threadId: Type.Optional(Id),
  labelIds: Type.Optional(Type.Array(Type.String())),
  snippet: Type.Optional(Type.String()),
  /** Milliseconds since 1970, as text. */
  internalDate: Type.Optional(Type.String()),
  payload: Type.Optional(Part),
});
/** A message, as Gmail tells it. */
export type GmailMessage = Static<typeof Message>;

const Found = Type.Object({
  messages: Type.Optional(Type.Array(Type.Object({ id: Id }))),
  nextPageToken: Type.Optional(Type.String()),
});
const Labels = Type.Object({
  labels: Type.Optional(
    Type.Array(Type.Object({ id: Id, name: Type.String(), type: Type.Optional(Type.String()) })),
  ),
});
/** A label of a mailbox. */
export type GmailLabel = NonNullable<Static<typeof Labels>['labels']>[number];
const Sent = Type.Object({ id: Id, threadId: Type.Optional(Id) });
const Draft = Type.Object({ id: Id, message: Type.Optional(Sent) });
const Failure = Type.Object({
  error: Type.Object({
    errors: Type.Optional(Type.Array(Type.Object({ reason: Type.Optional(Type.String()) }))),
    details: Type.Optional(Type.Array(Type.Object({ reason: Type.Optional(Type.String()) }))),
  }),
});

/** What a {@link GmailApi} needs. */
export interface GmailApiOptions {
  /** The way out, pinned to the address of the API. */
  outbound: Pick<Outbound, 'request'>;
  /** Without a slash at its end. */
  baseUrl: string;
  /** Access token of the user whose mailbox it is. */
  token: string;
  /** Ends all requests. */
  signal: AbortSignal;
}

/** Bytes of an answer. Attachments are not in it, so a message with more is one that nobody reads. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What lists show of a message. */
const SHOWN_HEADERS = ['From', 'To', 'Cc', 'Subject', 'Date'];

/** Gmail's REST API (https://developers.google.com/workspace/gmail/api/reference/rest), as far as the tools need it, for one user. */
export class GmailApi {
  readonly #options: GmailApiOptions;

  constructor(options: GmailApiOptions) {
    this.#options = options;
  }

  /** Asks for the least there is, to see whether Gmail takes the token. @throws GmailError */
  async checkToken(): Promise<void> {
    await this.#ask('profile?fields=historyId', Type.Object({}));
  }

  /** Ids of messages, the newest first. @throws GmailError */
  async search(options: {
    query: string;
    limit: number;
    pageToken: string | undefined;
  }): Promise<{ ids: string[]; nextPageToken: string | undefined }> {
    const { query, limit, pageToken } = options;
    const parameters = new URLSearchParams({
      q: query,
      maxResults: String(limit),
      ...(pageToken !== undefined && { pageToken }),
    });
    const { messages = [], nextPageToken } = await this.#ask(`messages?${parameters}`, Found);
    return { ids: messages.slice(0, limit).map(({ id }) => id), nextPageToken };
  }

  /** A message without its body. @throws GmailError */
  getHeaders(id: string): Promise<GmailMessage> {
    const parameters = new URLSearchParams({ format: 'metadata' });
    for (const name of SHOWN_HEADERS) parameters.append('metadataHeaders', name);
    return this.#ask(`messages/${encodeURIComponent(id)}?${parameters}`, Message);
  }

  /** A message with all but its attachments. @throws GmailError */
  getMessage(id: string): Promise<GmailMessage> {
    return this.#ask(`messages/${encodeURIComponent(id)}?format=full`, Message);
  }

  /** @throws GmailError */
  async listLabels(): Promise<GmailLabel[]> {
    return (await this.#ask('labels', Labels)).labels ?? [];
  }

  /** @param raw a mail (RFC 5322) in base64url @throws GmailError */
  createDraft(raw: string): Promise<Static<typeof Draft>> {
    return this.#ask('drafts', Draft, { message: { raw } });
  }

  /** @param raw a mail (RFC 5322) in base64url @throws GmailError */
  send(raw: string): Promise<Static<typeof Sent>> {
    return this.#ask('messages/send', Sent, { raw });
  }

  async #ask<Schema extends TSchema>(
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<Static<Schema>> {
    const { baseUrl, token, signal, outbound } = this.#options;
    const request: OutboundRequest = {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      ...{ signal, maxBytes: MAX_BYTES },
    };
    try {
      const response = await outbound.request(`${baseUrl}/gmail/v1/users/me/${path}`, request);
      const answer = await readJson(response);
      if (response.status !== 200) throw new GmailError(failureOf(response.status, answer));
      if (!Value.Check(schema, answer)) throw new GmailError('UNREADABLE');
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      throw toGmailError(error);
    }
  }
}

/** Undefined where it is no JSON. */
async function readJson(response: OutboundResponse): Promise<unknown> {
  return tryParseJson(await response.text());
}

function toGmailError(error: unknown): unknown {
  if (!(error instanceof OutboundError)) return error;
  const isTooLarge = error.code === 'RESPONSE_TOO_LARGE';
  return new GmailError(isTooLarge ? 'TOO_LARGE' : 'UNREACHABLE', { cause: error });
}

/** By the reasons of Google's error model (https://cloud.google.com/apis/design/errors, and those of Gmail's older one). */
const OF_REASON: Readonly<Record<string, GmailFailure>> = {
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: 'SCOPE_MISSING',
  insufficientPermissions: 'SCOPE_MISSING',
  rateLimitExceeded: 'RATE_LIMITED',
  userRateLimitExceeded: 'RATE_LIMITED',
  dailyLimitExceeded: 'RATE_LIMITED',
  RATE_LIMIT_EXCEEDED: 'RATE_LIMITED',
  SERVICE_DISABLED: 'NOT_AVAILABLE',
  accessNotConfigured: 'NOT_AVAILABLE',
  failedPrecondition: 'NOT_AVAILABLE',
};

function failureOf(status: number, answer: unknown): GmailFailure {
  if (status === 401) return 'TOKEN_REFUSED';
  if (status === 404) return 'NOT_FOUND';
  if (status === 429) return 'RATE_LIMITED';
  if (status >= 500 || status === 408) return 'UNREACHABLE';
  if (!Value.Check(Failure, answer)) return status >= 400 ? 'REFUSED' : 'UNREADABLE';
  const { errors = [], details = [] } = answer.error;
  const reasons = [...details, ...errors].map(({ reason = '' }) => reason);
  const known = reasons.find((reason) => Object.hasOwn(OF_REASON, reason));
  return (known === undefined ? undefined : OF_REASON[known]) ?? 'REFUSED';
}
