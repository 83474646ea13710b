import {
  CLIENT_CAPABILITIES_META_KEY,
  classifyInboundRequest,
  PROTOCOL_VERSION_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { isJsonObject } from '../client/json-rpc.ts';
import type { JsonObject, McpEra } from '../client/mcp-client.ts';
import type { ListKind, ToolCallControl, ToolCallRequest } from './mcp-backend.ts';

/** The headers of a request, with lower-case names. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A request that we answer: for one of the two methods that agents send all day, where it is plain; and to listen. */
export type DirectRequest = { era: McpEra; id: string | number } & (
  | { method: 'tools/list' }
  | {
      method: 'subscriptions/listen';
      /** The lists whose changes are wanted; undefined where the filter is not one. */
      lists: ListKind[] | undefined;
    }
  | {
      method: 'tools/call';
      call: ToolCallRequest;
      /** As {@link ToolCallControl} says. */
      asking: ToolCallControl['asking'];
      progressToken: string | number | undefined;
    }
);

/** The one modern revision that is answered directly; the SDK refuses all others. */
const MODERN_REVISION = '2026-07-28';

/**
 * Recognises a request that can be answered without the SDK. Everything unusual (a header that contradicts the body, a cursor,
 * a task, a parameter of the wrong type) is left to it: it knows the error each era has for it.
 */
export function readDirectRequest(
  headers: RequestHeaders,
  body: unknown,
): DirectRequest | undefined {
  if (!isJsonObject(body)) return undefined;
  const { id, method, params = {} } = body;
  if (!isRequestId(id) || !isJsonObject(params) || !acceptsBoth(headers)) return undefined;
  const era = isDirect(method) ? eraOf(headers, body, params) : undefined;
  if (era === undefined) return undefined;
  if (method === 'subscriptions/listen') {
    // The legacy era has no such method; the SDK knows how to say that.
    return era === 'modern' ? { era, id, method, lists: readFilter(params) } : undefined;
  }
  if (method === 'tools/list') return isPlainList(params) ? { era, id, method } : undefined;
  return readCall({ era, id, params, nameHeader: text(headers, 'mcp-name') });
}

function isDirect(method: unknown): boolean {
  return method === 'tools/list' || method === 'tools/call' || method === 'subscriptions/listen';
}

const LISTS: readonly ListKind[] = ['tools', 'prompts', 'resources'];

/** Updates of single resources are not offered, so who asks for them is told of lists only ("Acknowledgment"). */
function readFilter({ notifications: filter }: JsonObject): ListKind[] | undefined {
  if (!isJsonObject(filter)) return undefined;
  const { resourceSubscriptions: uris = [] } = filter;
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === 'string')) return undefined;
  const flags = LISTS.map((list) => filter[`${list}ListChanged`] ?? false);
  if (!flags.every((flag) => typeof flag === 'boolean')) return undefined;
  return LISTS.filter((_list, index) => flags[index]);
}

function readCall({
  era,
  id,
  params,
  nameHeader,
}: {
  era: McpEra;
  id: string | number;
  params: JsonObject;
  nameHeader: string | undefined;
}): DirectRequest | undefined {
  const { name, arguments: args = {}, _meta: meta = {}, ...rest } = params;
  if (typeof name !== 'string' || !isJsonObject(args) || !isJsonObject(meta)) return undefined;
  if (era === 'modern' && nameHeader !== name) return undefined;
  const input = readInput(era, rest);
  if (input === 'unusual') return undefined;
  const { progressToken } = meta;
  if (progressToken !== undefined && !isRequestId(progressToken)) return undefined;
  return {
    era,
    id,
    method: 'tools/call',
    call: { name, arguments: args, input },
    asking: era === 'modern' ? askingOf(meta[CLIENT_CAPABILITIES_META_KEY]) : undefined,
    progressToken,
  };
}

function readInput(era: McpEra, params: JsonObject): ToolCallRequest['input'] | 'unusual' {
  const { inputResponses: responses, requestState: state, ...rest } = params;
  if (Object.keys(rest).length > 0) return 'unusual';
  if (responses === undefined && state === undefined) return undefined;
  const isPlain =
    (responses === undefined || isJsonObject(responses)) &&
    (state === undefined || typeof state === 'string');
  return era === 'modern' && isPlain ? { responses, state } : 'unusual';
}

/** The ways of asking that a client of the modern era announces; by form, where it names none ("Capabilities"). */
export function askingOf(capabilities: unknown): { form: boolean; url: boolean } {
  const elicitation = isJsonObject(capabilities) ? capabilities['elicitation'] : undefined;
  if (!isJsonObject(elicitation)) return { form: false, url: false };
  const url = isJsonObject(elicitation['url']);
  return { form: isJsonObject(elicitation['form']) || !url, url };
}

/** The era, where headers and body agree on a revision that is served. */
function eraOf(headers: RequestHeaders, body: JsonObject, params: JsonObject): McpEra | undefined {
  const version = text(headers, 'mcp-protocol-version');
  const method = text(headers, 'mcp-method');
  const outcome = classifyInboundRequest({
    httpMethod: 'POST',
    body,
    ...(version === undefined ? {} : { protocolVersionHeader: version }),
    ...(method === undefined ? {} : { mcpMethodHeader: method }),
  });
  if (outcome.kind === 'legacy') {
    const isServed = version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(version);
    return isServed ? 'legacy' : undefined;
  }
  if (outcome.kind !== 'modern' || !isJsonObject(params['_meta'])) return undefined;
  const agrees =
    version === MODERN_REVISION &&
    params['_meta'][PROTOCOL_VERSION_META_KEY] === MODERN_REVISION &&
    method === body['method'];
  return agrees ? 'modern' : undefined;
}

function isPlainList(params: JsonObject): boolean {
  return Object.keys(params).every((name) => name === '_meta');
}

function isRequestId(value: unknown): value is string | number {
  return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));
}

/** MCP asks clients to accept JSON and event streams with every POST. */
function acceptsBoth(headers: RequestHeaders): boolean {
  const accept = text(headers, 'accept') ?? '';
  return accept.includes('application/json') && accept.includes('text/event-stream');
}

/** The value of a header that was sent once. */
export function text(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : undefined;
}
