import type { OutboundResponse } from '../outbound/outbound-response.ts';
import { OAuthFailure } from './oauth-failure.ts';
import type { OAuthHttp } from './oauth-http.ts';

/** What a server said when it refused a request without a token (RFC 6750, RFC 9728 section 5.1). */
export interface Challenge {
  /** Where its metadata is. */
  resourceMetadata: string | undefined;
  /** The scopes that the request needs. */
  scopes: string[];
  /** The token is good, and lacks them (`insufficient_scope`). */
  isScopeMissing: boolean;
}

const NONE: Challenge = { resourceMetadata: undefined, scopes: [], isScopeMissing: false };

/** The handshake of the legacy era, which servers of both eras refuse with 401 where they want a token. */
const HANDSHAKE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'mcp-connectors', version: '1' },
  },
});

/** Of the modern era, which has no handshake; some servers of the legacy era also let anybody shake hands, and ask for a token then. */
const MODERN = '2026-07-28';
const LIST = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/list',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': MODERN,
      'io.modelcontextprotocol/clientInfo': { name: 'mcp-connectors', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
});

/**
 * Asks the server without a token, as streamable HTTP, as SSE and as the modern era do, and reads the first refusal. Nothing is read of a
 * server that does not refuse.
 * @throws OAuthFailure; the reason of `signal`
 */
export async function askForChallenge(
  http: OAuthHttp,
  url: URL,
  signal?: AbortSignal,
): Promise<Challenge> {
  const post = {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    },
    body: HANDSHAKE,
  } as const;
  const get = { method: 'GET', headers: { accept: 'text/event-stream' } } as const;
  const list = {
    ...post,
    headers: { ...post.headers, 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list' },
    body: LIST,
  };
  for (const request of [post, get, list]) {
    const found = await refusalOf(() => http.send(url, request, readRefusal, signal));
    if (found !== undefined) return found;
  }
  return NONE;
}

/** An answer that is none says nothing of sign-in. */
async function refusalOf(
  ask: () => Promise<Challenge | undefined>,
): Promise<Challenge | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof OAuthFailure && error.code === 'ANSWER_INVALID') return undefined;
    throw error;
  }
}

async function readRefusal(response: OutboundResponse): Promise<Challenge | undefined> {
  response.discard();
  if (response.status !== 401) return undefined;
  return parseChallenge(response.headers['www-authenticate'] ?? '');
}

/** Longer headers are cut: the parameters that matter are short. */
const MAX_LENGTH = 4_096;
const PARAMETER = /([\w-]{1,64})\s{0,8}=\s{0,8}(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

/** Reads `WWW-Authenticate`, whatever the schemes in it: only Bearer has these parameters. */
export function parseChallenge(header: string): Challenge {
  const found = new Map<string, string>();
  for (const [, name = '', quoted, plain = ''] of header.slice(0, MAX_LENGTH).matchAll(PARAMETER)) {
    const value = quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1');
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), value);
  }
  return {
    resourceMetadata: found.get('resource_metadata'),
    scopes: readScopes((found.get('scope') ?? '').split(' ')),
    isScopeMissing: found.get('error') === 'insufficient_scope',
  };
}

/** Scopes that are asked for at most. */
export const MAX_SCOPES = 100;

/** Scopes as RFC 6749 section 3.3 spells them, each once; what is none is left out. */
export function readScopes(values: unknown): string[] {
  if (!Array.isArray(values)) return [];
  const scopes = values.filter(
    (value): value is string =>
      typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(value),
  );
  return [...new Set(scopes)].slice(0, MAX_SCOPES);
}
