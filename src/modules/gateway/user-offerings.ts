import { AppError } from '../../errors/app-error.ts';
import { ERROR_CATALOGUE } from '../../errors/error-catalogue.ts';
import { ERROR_CODES } from '../../errors/error-codes.ts';
import type { JsonObject } from '../../mcp/client/json-object.ts';
import type { OfferingKind, OfferingRequest } from '../../mcp/client/server-offerings.ts';
import { RpcError } from '../../mcp/server/mcp-backend.ts';
import type { OfferingListPage, OfferingsBackend } from '../../mcp/server/offerings-backend.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { OfferingRequestService, OfferingService } from '../offerings/index.ts';
import { withOwnLinksInMessage, withOwnUri } from './own-addresses.ts';

/** Collaborators of {@link UserOfferings}. */
export interface UserOfferingsDeps {
  offerings: Pick<OfferingService, 'list' | 'fingerprints'>;
  offeringRequests: Pick<OfferingRequestService, 'ask'>;
}

/** Codes of JSON-RPC 2.0 and of MCP. */
const INVALID_PARAMS = -32602;
const INTERNAL = -32603;
const METHOD_NOT_FOUND = -32601;
/** How servers say that there is no such resource: until 2025-11-25 with a code of its own, then as invalid parameters. */
const MISSING: ReadonlySet<number> = new Set([-32002, INVALID_PARAMS]);
/** The first of those a server may choose the meaning of. */
const SERVER = -32000;

/** What the protocol calls the key of each kind. */
const KEY = { prompt: 'name', resource: 'uri', template: 'uriTemplate' } as const;

/** The prompts and resources of one user, as the endpoint shows them. */
export class UserOfferings implements OfferingsBackend {
  readonly #identity: Identity;
  readonly #deps: UserOfferingsDeps;

  constructor(identity: Identity, deps: UserOfferingsDeps) {
    this.#identity = identity;
    this.#deps = deps;
  }

  async list(kind: OfferingKind, cursor: string | undefined): Promise<OfferingListPage> {
    const page = await this.#deps.offerings.list(this.#identity, kind, cursor);
    if (page === undefined) throw new RpcError(INVALID_PARAMS, 'Unknown cursor.');
    const entries = page.offerings.map(({ exposedKey, definition }) => ({
      [KEY[kind]]: exposedKey,
      ...definition,
    }));
    return { entries, nextCursor: page.nextCursor };
  }

  async request(
    request: OfferingRequest,
    { signal }: { signal: AbortSignal },
  ): Promise<JsonObject> {
    const answer = await this.#ask(request, signal);
    if (answer === undefined) throw notFound(request);
    const { outcome, slug } = answer;
    if (outcome.kind === 'result') return withOwnAddresses(outcome.result, slug);
    const { code, message } = outcome;
    if (code === METHOD_NOT_FOUND) {
      // A server without completions has none to offer; whatever else it does not know is not there.
      if (request.method === 'completion/complete') return { completion: { values: [] } };
      throw notFound(request);
    }
    // The URI is the only parameter that can be wrong.
    if (request.method === 'resources/read' && MISSING.has(code)) throw notFound(request);
    const data = { code: 'PROTOCOL_ERROR', rpc_code: code };
    throw new RpcError(code === INVALID_PARAMS ? INVALID_PARAMS : INTERNAL, message, data);
  }

  async #ask(request: OfferingRequest, signal: AbortSignal) {
    try {
      return await this.#deps.offeringRequests.ask(this.#identity, request, { signal });
    } catch (error) {
      throw error instanceof AppError ? toRpcError(error) : error;
    }
  }
}

function withOwnAddresses(result: JsonObject, slug: string): JsonObject {
  const { messages, contents } = result;
  if (Array.isArray(messages)) {
    return { ...result, messages: messages.map((one) => withOwnLinksInMessage(one, slug)) };
  }
  if (Array.isArray(contents)) {
    return { ...result, contents: contents.map((one) => withOwnUri(one, slug)) };
  }
  return result;
}

/** What a client is told that asks for what its user does not have. */
function notFound({ method, params }: OfferingRequest): RpcError {
  if (method === 'resources/read') {
    // Clients tell it from other wrong parameters by the URI alone in the data.
    const { uri } = params;
    return new RpcError(INVALID_PARAMS, `Resource not found: ${uri.slice(0, 256)}`, { uri });
  }
  const name = method === 'prompts/get' ? params.name : undefined;
  const message =
    name === undefined ? 'Unknown reference.' : `Unknown prompt: ${name.slice(0, 128)}`;
  return new RpcError(INVALID_PARAMS, message, { code: 'PROMPT_NOT_FOUND' });
}

/** Why its server did not answer, and what its user can do. */
function toRpcError({ code, options }: AppError): RpcError {
  const { detail, extensions } = options;
  const message =
    detail === undefined ? ERROR_CATALOGUE[code].shown : `${ERROR_CODES[code].title} ${detail}`;
  const rpcCode = code.startsWith('UPSTREAM_') ? INTERNAL : SERVER;
  return new RpcError(rpcCode, message, { code, ...extensions });
}
