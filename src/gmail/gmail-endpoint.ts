import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import { startDeadline } from '../lib/deadline.ts';
import type { JsonObject, ServedToolResult, ToolServer } from '../mcp/server/tool-server.ts';
import type { Outbound } from '../outbound/guarded-fetch.ts';
import { GmailApi } from './gmail-api.ts';
import { GmailError, type GmailFailure } from './gmail-error.ts';
import { failed, GMAIL_TOOLS, READ_SCOPE } from './gmail-tools.ts';
import { TokenChecks } from './token-checks.ts';

/** What a {@link GmailEndpoint} needs. */
export interface GmailEndpointDeps {
  server: ToolServer;
  /** Pinned to the address of Gmail's API. */
  outbound: Pick<Outbound, 'request'>;
  /** Without a slash at its end. */
  apiUrl: string;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  logger: Pick<Logger, 'info' | 'error'>;
}

/** One POST. */
export interface GmailExchange {
  /** Where its sender finds out how to sign in. */
  resourceMetadata: string;
  /** As sent; only what MCP needs is looked at. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: unknown;
  /** Aborts when the caller has left. */
  signal: AbortSignal;
}

/** What is sent back. */
export interface GmailAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Milliseconds for a request, with all that is asked of Gmail for it. */
const REQUEST_MS = 25_000;
/** What can stand in a header as it is; Google's tokens are shorter. */
const TOKEN = /^Bearer ([\x21-\x7e]{1,4096})$/i;

/** Why a request ends with a challenge, whatever the protocol would answer. */
interface Refusal {
  status: 401 | 403;
  error: 'invalid_token' | 'insufficient_scope' | undefined;
  /** What the token has to be good for. */
  scope: string;
}

/** What users' agents are told of a failure; none of it was written by Gmail. */
const SENTENCES: Readonly<
  Record<Exclude<GmailFailure, 'TOKEN_REFUSED' | 'SCOPE_MISSING'>, string>
> = {
  NOT_AVAILABLE:
    'Gmail is not available for this account, or not for the client that users sign in with.',
  NOT_FOUND: 'There is no such message.',
  RATE_LIMITED: 'Gmail takes no more requests for now. Try again in a minute.',
  REFUSED: 'Gmail does not accept this request.',
  UNREACHABLE: 'Gmail cannot be reached now. Try again later.',
  TOO_LARGE: 'The message is too large to be read.',
  UNREADABLE: 'Gmail answered with something unknown.',
};

/**
 * The MCP endpoint for Gmail. It keeps nothing of its callers: each request brings the token of its user, which Gmail alone judges; a refusal of
 * Gmail is passed on as one of this server (401, and 403 with the scope that is missing), by which clients know when to renew and to ask.
 */
export class GmailEndpoint {
  readonly #deps: GmailEndpointDeps;
  readonly #checks: TokenChecks;

  constructor(deps: GmailEndpointDeps) {
    this.#deps = deps;
    this.#checks = new TokenChecks(deps);
  }

  /** Answers one POST. Never throws for what a client sent. */
  async handle(exchange: GmailExchange): Promise<GmailAnswer> {
    const { clock } = this.#deps;
    const authorization = String(exchange.headers['authorization'] ?? '');
    const [, token] = TOKEN.exec(authorization) ?? [];
    if (token === undefined) {
      const refusal = unauthorized(authorization !== '');
      return refusedAs(refusal, exchange);
    }
    const deadline = startDeadline(clock, REQUEST_MS);
    try {
      const signal = AbortSignal.any([exchange.signal, deadline.signal]);
      return await this.#answer(exchange, token, signal);
    } catch (error) {
      if (exchange.signal.aborted) return plain(499);
      if (deadline.signal.aborted) return plain(504);
      throw error;
    } finally {
      deadline.release();
    }
  }

  async #answer(exchange: GmailExchange, token: string, signal: AbortSignal): Promise<GmailAnswer> {
    const { headers, body } = exchange;
    const { server, outbound, apiUrl: baseUrl } = this.#deps;
    const api = new GmailApi({ outbound, baseUrl, token, signal });
    let refusal = await this.#check(api, token);
    if (refusal !== undefined) return refusedAs(refusal, exchange);
    const answer = await server.answer({
      ...{ headers: protocolHeaders(headers), body, signal },
      call: async (name, args) => {
        const result = await this.#call(api, { name, args });
        if (!('error' in result)) return result;
        refusal = result;
        this.#checks.forget(token);
        // Nobody reads it: the whole answer becomes the challenge.
        return failed('');
      },
    });
    if (refusal !== undefined) return refusedAs(refusal, exchange);
    const { status, contentType, body: text } = answer;
    return {
      status,
      headers: contentType === null ? {} : { 'content-type': contentType },
      body: text,
    };
  }

  /** So that a token that is void shows at the first request, and not only when a tool runs. */
  async #check(api: GmailApi, token: string): Promise<Refusal | undefined> {
    if (this.#checks.isKnown(token)) return undefined;
    try {
      await api.checkToken();
      this.#checks.remember(token);
      return undefined;
    } catch (error) {
      if (!(error instanceof GmailError)) throw error;
      if (error.failure === 'TOKEN_REFUSED') return unauthorized(true);
      if (error.failure === 'SCOPE_MISSING') return forbidden(READ_SCOPE);
      // Whether the token is good nobody knows; the tool will say what is wrong.
      return undefined;
    }
  }

  async #call(
    api: GmailApi,
    { name, args }: { name: string; args: JsonObject },
  ): Promise<ServedToolResult | Refusal> {
    const { clock, logger } = this.#deps;
    const tool = GMAIL_TOOLS.get(name);
    if (tool === undefined) return failed('There is no tool of this name.');
    const began = clock.monotonic();
    let outcome = 'ok';
    try {
      const result = await tool.run(api, args);
      if (result.isError === true) outcome = 'ARGUMENTS_INVALID';
      return result;
    } catch (error) {
      if (!(error instanceof GmailError)) {
        outcome = 'UNEXPECTED';
        logger.error({ err: error, tool: name }, 'a tool failed');
        throw error;
      }
      outcome = error.failure;
      if (error.failure === 'TOKEN_REFUSED') return unauthorized(true);
      if (error.failure === 'SCOPE_MISSING') return forbidden(tool.scope);
      return failed(SENTENCES[error.failure]);
    } finally {
      const duration_ms = Math.round(clock.monotonic() - began);
      logger.info({ tool: name, outcome, duration_ms }, 'tool call');
    }
  }
}

function unauthorized(hadToken: boolean): Refusal {
  return { status: 401, error: hadToken ? 'invalid_token' : undefined, scope: READ_SCOPE };
}

function forbidden(scope: string): Refusal {
  return { status: 403, error: 'insufficient_scope', scope };
}

/** RFC 6750 section 3, RFC 9728 section 5.1. */
function refusedAs(
  { status, error, scope }: Refusal,
  { resourceMetadata }: GmailExchange,
): GmailAnswer {
  const parameters = {
    ...(error !== undefined && { error }),
    ...{ scope, resource_metadata: resourceMetadata },
  };
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return { ...plain(status), headers: { 'www-authenticate': `Bearer ${pairs.join(', ')}` } };
}

function plain(status: number): GmailAnswer {
  return { status, headers: {}, body: '' };
}

/** What MCP reads; the token stays here. */
function protocolHeaders(headers: GmailExchange['headers']): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const isMeant = name === 'accept' || name === 'content-type' || name.startsWith('mcp-');
    if (isMeant && typeof value === 'string') found[name] = value;
  }
  return found;
}
