import type { CustomFetchOptions } from 'oauth4webapi';
import { canParseUrl } from '../lib/can-parse-url.ts';
import type { Clock } from '../lib/clock.ts';
import { startDeadline } from '../lib/deadline.ts';
import { tryParseJson } from '../lib/try-parse-json.ts';
import type { Outbound, OutboundRequest } from '../outbound/guarded-fetch.ts';
import { OutboundError, type OutboundErrorCode } from '../outbound/outbound-error.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';
import type { OutboundResponse } from '../outbound/outbound-response.ts';
import { OAuthFailure, type OAuthFailureCode } from './oauth-failure.ts';

/** What an {@link OAuthHttp} needs. */
export interface OAuthHttpDeps {
  /** The way out under the policy for users' servers: everything here was named by one. */
  outbound: Pick<Outbound, 'request'>;
  policy: Pick<OutboundPolicy, 'checkUrl'>;
  clock: Pick<Clock, 'sleep'>;
}

/** A JSON object as it came from a server. */
export type JsonObject = { [key: string]: unknown };

/** Bytes of any document or answer on the way. */
const MAX_BYTES = 256 * 1024;
const MAX_URL_LENGTH = 2_048;
/** Milliseconds for one request, its answer included. */
const REQUEST_MS = 10_000;

const OF_OUTBOUND: Partial<Record<OutboundErrorCode, OAuthFailureCode>> = {
  INVALID_URL: 'BLOCKED',
  BLOCKED_URL: 'BLOCKED',
  INVALID_REQUEST: 'REQUEST_REFUSED',
  INVALID_RESPONSE: 'ANSWER_INVALID',
  RESPONSE_TOO_LARGE: 'ANSWER_INVALID',
  REDIRECT_REFUSED: 'ANSWER_INVALID',
};

/** Requests to authorization servers: guarded, bounded in size and time, without redirects. */
export class OAuthHttp {
  readonly #deps: OAuthHttpDeps;

  constructor(deps: OAuthHttpDeps) {
    this.#deps = deps;
  }

  /**
   * Checks a URL that a server named, before anything is sent there, or anybody. It is https unless the operator allowed its host.
   * @throws OAuthFailure `METADATA_INVALID`, `BLOCKED`
   */
  checkUrl(url: unknown): URL {
    if (typeof url !== 'string' || url.length > MAX_URL_LENGTH || !canParseUrl(url)) {
      throw new OAuthFailure('METADATA_INVALID');
    }
    try {
      return this.#deps.policy.checkUrl(url);
    } catch (error) {
      throw toOAuthFailure(error);
    }
  }

  /**
   * Sends one request, and has `read` look at the answer within the same time.
   * @throws OAuthFailure; the reason of `signal`
   */
  async send<Result>(
    url: string | URL,
    request: Omit<OutboundRequest, 'signal' | 'maxBytes'>,
    read: (response: OutboundResponse) => Promise<Result>,
    signal?: AbortSignal | undefined,
  ): Promise<Result> {
    const deadline = startDeadline(this.#deps.clock, REQUEST_MS);
    const both = signal === undefined ? [deadline.signal] : [deadline.signal, signal];
    try {
      const bounds = { signal: AbortSignal.any(both), maxBytes: MAX_BYTES };
      return await read(await this.#deps.outbound.request(url, { ...request, ...bounds }));
    } catch (error) {
      signal?.throwIfAborted();
      throw toOAuthFailure(error);
    } finally {
      deadline.release();
    }
  }

  /**
   * The JSON object at a URL; undefined where there is none: another status than 200, a redirect, or something else than JSON.
   * @throws OAuthFailure `UNREACHABLE`, also on 5xx; `BLOCKED`
   */
  async findDocument(url: URL, signal?: AbortSignal): Promise<JsonObject | undefined> {
    const headers = { accept: 'application/json' };
    try {
      return await this.send(url, { method: 'GET', headers }, readDocument, signal);
    } catch (error) {
      if (error instanceof OAuthFailure && error.code === 'ANSWER_INVALID') return undefined;
      throw error;
    }
  }

  /**
   * The `fetch` that is handed to oauth4webapi.
   * @throws OAuthFailure `UNREACHABLE` where the server says that it cannot answer now
   */
  readonly fetch = (
    url: string,
    { method, headers, body }: CustomFetchOptions<string, unknown>,
  ): Promise<Response> => {
    if (method !== 'GET' && method !== 'POST') throw new OAuthFailure('REQUEST_REFUSED');
    const text = body === undefined || body === null ? null : String(body);
    return this.send(url, { method, headers, body: text }, toResponse);
  };
}

/** Turns what went wrong on the way out into a failure; the causes keep no text. */
export function toOAuthFailure(error: unknown): OAuthFailure {
  if (error instanceof OAuthFailure) return error;
  const code = error instanceof OutboundError ? OF_OUTBOUND[error.code] : undefined;
  return new OAuthFailure(code ?? 'UNREACHABLE', { cause: error });
}

async function readDocument(response: OutboundResponse): Promise<JsonObject | undefined> {
  if (response.status !== 200) {
    response.discard();
    if (isUnavailable(response.status)) throw new OAuthFailure('UNREACHABLE');
    return undefined;
  }
  return parseObject(await response.text());
}

function isUnavailable(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

async function toResponse(response: OutboundResponse): Promise<Response> {
  const { status, headers } = response;
  const text = await response.text();
  if (isUnavailable(status)) throw new OAuthFailure('UNREACHABLE');
  const { 'content-encoding': _coding, 'content-length': _length, ...rest } = headers;
  // 204 may carry no body, and there is nothing in it.
  if (status === 204) return new Response(null, { status, headers: rest });
  // GitHub and others tell of errors with 200, where oauth4webapi would only miss the token.
  const isError = status === 200 && typeof parseObject(text)?.['error'] === 'string';
  return new Response(text, { status: isError ? 400 : status, headers: rest });
}

/** The JSON object in a text; undefined where it is none. */
export function parseObject(text: string): JsonObject | undefined {
  const value = tryParseJson(text);
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
