import { canParseUrl } from '../../lib/can-parse-url.ts';
import { unusable } from './answer-reader.ts';
import { isJsonObject, MISSING_CLIENT_CAPABILITY } from './json-rpc.ts';
import type { Asking, CallOutcome, JsonObject, ToolOutcome } from './mcp-client.ts';
import { cleanSchema } from './tool-schema.ts';
import { cleanText } from './untrusted-text.ts';

/** Bounds of what a server may ask of its user at once (MCP 2026-07-28, Multi Round-Trip Requests). */
const INPUT_REQUEST_LIMITS = {
  requests: 10,
  /** UTF-16 units of the name a server gives to a request. */
  keyLength: 128,
  /** UTF-16 units of what the user is asked; the rest is cut off. */
  messageLength: 4_000,
  /** Questions of one form. */
  fields: 50,
  /** UTF-16 units of an address the user is asked to open. */
  urlLength: 2_048,
  /** Bytes of the state that comes back with the answers. */
  stateBytes: 32 * 1024,
} as const;

const FIELD_TYPES: ReadonlySet<unknown> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'array',
]);

/** What a server is told of the ways in which it may ask the user behind this call. */
export function askingCapabilities({ form, url }: Asking): JsonObject {
  if (!form && !url) return {};
  return { elicitation: { ...(form && { form: {} }), ...(url && { url: {} }) } };
}

/**
 * Reads a result that asks for input before the call can go on. What the user is asked is text of the server: it is cleaned, and only
 * the members the specification names are passed on.
 * @param asking undefined where the caller cannot go on with a call
 * @throws McpFailure INVALID_MCP_SERVER for what the specification does not allow, or what is beyond the limits
 */
export function readInputRequired(result: JsonObject, asking: Asking | undefined): CallOutcome {
  if (asking === undefined) return refusalToAsk(asking);
  const { inputRequests = {}, requestState: state } = result;
  if (state !== undefined && !isState(state)) throw unusable('The state cannot be sent back.');
  const requests = readRequests(inputRequests, asking);
  if (requests === undefined) return refusalToAsk(asking);
  if (requests.length === 0 && state === undefined) throw unusable('It asks for nothing.');
  return { kind: 'input-required', requests: Object.fromEntries(requests), state };
}

/** @returns undefined where one is of a kind that was not offered */
function readRequests(requests: unknown, asking: Asking): [string, JsonObject][] | undefined {
  if (!isJsonObject(requests)) throw unusable('The requests for input are no object.');
  const entries = Object.entries(requests);
  if (entries.length > INPUT_REQUEST_LIMITS.requests) throw unusable('It asks for too much.');
  const read: [string, JsonObject][] = [];
  for (const [key, request] of entries) {
    if (key.length > INPUT_REQUEST_LIMITS.keyLength) throw unusable('A name is too long.');
    const params = readElicitation(request);
    if (params === undefined || !asking[params.mode]) return undefined;
    read.push([key, { method: 'elicitation/create', params }]);
  }
  return read;
}

/** Why a tool that asks could not ask; for the agent, in our own words. */
export function refusalToAsk(asking: Asking | undefined): ToolOutcome {
  const message =
    asking === undefined
      ? 'The tool needs an answer of its user before it can go on, and this call cannot ask. Call it through the MCP endpoint (/mcp) with a client of revision 2026-07-28 that supports elicitation.'
      : 'The tool needs something of its client that is not offered: a way of asking its user that the client did not announce (elicitation by form or by URL), sampling, or roots.';
  return { kind: 'protocol-error', code: MISSING_CLIENT_CAPABILITY, message };
}

function isState(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.isWellFormed() &&
    Buffer.byteLength(value) <= INPUT_REQUEST_LIMITS.stateBytes
  );
}

type Elicitation = JsonObject & { mode: keyof Asking };

/** @returns undefined for a request of another kind */
function readElicitation(request: unknown): Elicitation | undefined {
  if (!isJsonObject(request)) throw unusable('A request for input is no object.');
  const { method, params } = request;
  if (method !== 'elicitation/create') return undefined;
  if (!isJsonObject(params)) throw unusable('A request for input has no parameters.');
  const { mode = 'form', message } = params;
  if (typeof message !== 'string') throw unusable('A request for input has no message.');
  const text = cleanText(message, INPUT_REQUEST_LIMITS.messageLength);
  if (mode === 'form') {
    return { mode, message: text, requestedSchema: readForm(params['requestedSchema']) };
  }
  return mode === 'url' ? { mode, message: text, url: readUrl(params['url']) } : undefined;
}

/** A flat object of simple values ("Requested Schema"). */
function readForm(schema: unknown): JsonObject {
  const cleaned = cleanSchema(schema);
  if (!cleaned.ok) throw unusable(`A form ${cleaned.reason}.`);
  const { type, properties, required } = cleaned.schema;
  const fields = isJsonObject(properties) ? Object.values(properties) : [];
  const isFlat = fields.every((field) => isJsonObject(field) && FIELD_TYPES.has(field['type']));
  if (type !== 'object' || !isJsonObject(properties) || !isFlat) {
    throw unusable('A form is no flat object.');
  }
  if (fields.length > INPUT_REQUEST_LIMITS.fields) throw unusable('A form has too many fields.');
  return { type, properties, ...(required !== undefined && { required }) };
}

/** An address that a user may be led to: HTTPS, and without credentials that would hide where it leads. */
function readUrl(url: unknown): string {
  const isShort = typeof url === 'string' && url.length <= INPUT_REQUEST_LIMITS.urlLength;
  const parsed = isShort && canParseUrl(url) ? new URL(url) : undefined;
  const isSafe = parsed?.protocol === 'https:' && parsed.username === '' && parsed.password === '';
  if (parsed === undefined || !isSafe) throw unusable('An address to open is not one of HTTPS.');
  return parsed.href;
}
