import { type ConfigTable, type ConfigValue, memberOf } from './config-value.ts';
import { EntryProblem } from './entry-problem.ts';
import type { EntryHeader, EntryNote, RemoteServer } from './server-entry.ts';
import { environmentTemplate, readTemplate, type Template } from './template.ts';

/** Names of the address: of most clients, of Windsurf, and of Gemini, which has two for two transports. */
const ADDRESSES = ['url', 'serverUrl', 'httpUrl'] as const;
/** Of all clients but Codex; those of Codex. */
const HEADERS = ['headers', 'http_headers'] as const;

const TRANSPORTS: ReadonlyMap<string, RemoteServer['transport']> = new Map([
  ['streamable-http', 'streamable-http'],
  ['streamablehttp', 'streamable-http'],
  ['streamable_http', 'streamable-http'],
  ['sse', 'sse'],
]);
const UNSUPPORTED = new Set(['ws', 'wss', 'websocket']);

/** RFC 9110, section 5.6.2. What is no name may be a value that slipped into its place, and names are shown. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

const SECONDS = { minimum: 1, maximum: 300 } as const;

/** The text of this name; undefined where there is none. @throws EntryProblem */
function textIn(table: ConfigTable, name: string): string | undefined {
  const value = memberOf(table, name);
  if (value === undefined) return undefined;
  if (value.kind !== 'text') throw new EntryProblem('WRONG_TYPE');
  return value.text;
}

/** Reads an entry that has an address. @throws EntryProblem */
export function readRemoteServer(entry: ConfigTable): RemoteServer {
  const address = ADDRESSES.find((name) => memberOf(entry, name) !== undefined);
  const url = address === undefined ? undefined : textIn(entry, address)?.trim();
  if (url === undefined || url === '') throw new EntryProblem('NO_ADDRESS');
  return {
    url: readTemplate(url),
    headers: readHeaders(entry),
    transport: address === 'httpUrl' ? 'streamable-http' : readTransport(entry),
    callTimeoutSeconds: readTimeout(entry),
    notes: readNotes(entry),
  };
}

function readTransport(entry: ConfigTable): RemoteServer['transport'] {
  const kind = (textIn(entry, 'type') ?? textIn(entry, 'transport') ?? 'http').toLowerCase();
  if (UNSUPPORTED.has(kind)) throw new EntryProblem('UNSUPPORTED_TRANSPORT');
  return TRANSPORTS.get(kind) ?? 'auto';
}

function readTimeout(entry: ConfigTable): number | undefined {
  // Of Codex, whose name has the unit; others have `timeout` in milliseconds or in seconds.
  const value = memberOf(entry, 'tool_timeout_sec');
  if (value?.kind !== 'number' || !Number.isFinite(value.number)) return undefined;
  return Math.min(SECONDS.maximum, Math.max(SECONDS.minimum, Math.ceil(value.number)));
}

function readHeaders(entry: ConfigTable): EntryHeader[] {
  const headers = HEADERS.flatMap((name) => headersIn(memberOf(entry, name)));
  const named = memberOf(entry, 'env_http_headers');
  for (const { name, value } of textsIn(named)) {
    headers.push(toHeader(name, environmentTemplate(value)));
  }
  const variable = textIn(entry, 'bearer_token_env_var');
  if (variable !== undefined) headers.push(bearer(environmentTemplate(variable)));
  const token = textIn(entry, 'bearer_token');
  if (token !== undefined) headers.push(bearer(readTemplate(token)));
  return headers;
}

function toHeader(name: string, value: Template): EntryHeader {
  if (!HEADER_NAME.test(name)) throw new EntryProblem('HEADER_NOT_ALLOWED');
  return { name, value };
}

function bearer(value: Template): EntryHeader {
  return { name: 'Authorization', value: [{ kind: 'text', text: 'Bearer ' }, ...value] };
}

/** A table of names and values, or, of some clients, a list of `Name: value`. */
function headersIn(value: ConfigValue | undefined): EntryHeader[] {
  if (value?.kind === 'list') {
    return value.items.map((item) => {
      if (item.kind !== 'text') throw new EntryProblem('WRONG_TYPE');
      return readHeaderLine(item.text);
    });
  }
  return textsIn(value).map(({ name, value: text }) => toHeader(name, readTemplate(text.trim())));
}

/** Reads `Name: value`. @throws EntryProblem */
export function readHeaderLine(line: string): EntryHeader {
  const colon = line.indexOf(':');
  return toHeader(
    line.slice(0, Math.max(0, colon)).trim(),
    readTemplate(line.slice(colon + 1).trim()),
  );
}

function textsIn(value: ConfigValue | undefined): { name: string; value: string }[] {
  if (value === undefined) return [];
  if (value.kind !== 'table') throw new EntryProblem('WRONG_TYPE');
  return [...value.members].flatMap(([name, member]) => {
    if (member.kind === 'null') return [];
    if (member.kind === 'number') return [{ name, value: String(member.number) }];
    if (member.kind === 'boolean') return [{ name, value: String(member.boolean) }];
    if (member.kind !== 'text') throw new EntryProblem('WRONG_TYPE');
    return [{ name, value: member.text }];
  });
}

const TOOL_CHOICES = ['enabled_tools', 'disabled_tools', 'includeTools', 'excludeTools', 'tools'];
const SIGN_IN_SETTINGS = ['oauth', 'auth', 'scopes', 'oauth_resource'];

function readNotes(entry: ConfigTable): EntryNote[] {
  const has = (names: readonly string[]) =>
    names.some((name) => memberOf(entry, name) !== undefined);
  const isOff = (name: string, off: boolean) => {
    const value = memberOf(entry, name);
    return value?.kind === 'boolean' && value.boolean === off;
  };
  const notes: EntryNote[] = [];
  if (isOff('enabled', false) || isOff('disabled', true)) notes.push('DISABLED_IN_FILE');
  if (has(TOOL_CHOICES)) notes.push('TOOL_CHOICE_LEFT_OUT');
  if (has(SIGN_IN_SETTINGS)) notes.push('SIGN_IN_SETTINGS_LEFT_OUT');
  return notes;
}
