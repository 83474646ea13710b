import {
  type ConfigTable,
  type ConfigValue,
  findRepeated,
  memberOf,
  tableIn,
} from './config-value.ts';
import { EntryProblem } from './entry-problem.ts';
import { MAX_SECRETS, secretsOf } from './entry-secrets.ts';
import { readHeaderLine, readRemoteServer } from './remote-server.ts';
import type { EntryHeader, RemoteServer, ServerEntry } from './server-entry.ts';
import { expandTemplate, readTemplate, type Template } from './template.ts';

/** What an entry of a file is; never throws, since one that is wrong costs no other. */
export function readEntry(value: ConfigValue): ServerEntry {
  try {
    return bounded(read(value));
  } catch (error) {
    if (error instanceof EntryProblem) return { kind: 'refused', code: error.code };
    throw error;
  }
}

/** All secrets are listed in reports. */
function bounded(entry: ServerEntry): ServerEntry {
  const fits = (server: RemoteServer) => secretsOf(server).length <= MAX_SECRETS;
  if (entry.kind === 'remote' && !fits(entry.server)) throw new EntryProblem('TOO_MANY_SECRETS');
  if (entry.kind !== 'command' || entry.leadsTo === undefined || fits(entry.leadsTo)) return entry;
  return { ...entry, leadsTo: undefined };
}

function read(entry: ConfigValue): ServerEntry {
  if (entry.kind !== 'table') return { kind: 'refused', code: 'WRONG_TYPE' };
  // Parsers differ in which of the two they take, and a person sees the first.
  if (findRepeated(entry) !== undefined) return { kind: 'refused', code: 'GIVEN_TWICE' };
  // Before all else: an address beside it does not make a command harmless.
  if (namesCommand(entry)) {
    return { kind: 'command', code: 'NAMES_COMMAND', leadsTo: tryBridged(entry) };
  }
  if (memberOf(entry, 'headersHelper') !== undefined) {
    return { kind: 'command', code: 'HEADERS_FROM_COMMAND', leadsTo: undefined };
  }
  return { kind: 'remote', server: readRemoteServer(entry) };
}

function namesCommand(entry: ConfigTable): boolean {
  const kind = memberOf(entry, 'type') ?? memberOf(entry, 'transport');
  return (
    memberOf(entry, 'command') !== undefined ||
    (kind?.kind === 'text' && ['stdio', 'local'].includes(kind.text.toLowerCase()))
  );
}

const BRIDGE = /^mcp-remote(?:@[\w.^~-]+)?$/;
const STRATEGIES: ReadonlyMap<string, RemoteServer['transport']> = new Map([
  ['sse-only', 'sse'],
  ['http-only', 'streamable-http'],
]);
/** A header takes no more. */
const MAX_VALUE = 8192;

/** A command that cannot be made sense of is a command. */
function tryBridged(entry: ConfigTable): RemoteServer | undefined {
  try {
    return findBridged(entry);
  } catch (error) {
    if (error instanceof EntryProblem) return undefined;
    throw error;
  }
}

/**
 * The server behind `mcp-remote`, which clients without remote servers of their own start as
 * `npx mcp-remote https://… --header "Name:${VARIABLE}"`.
 * @throws EntryProblem
 */
function findBridged(entry: ConfigTable): RemoteServer | undefined {
  const words = [memberOf(entry, 'command'), memberOf(entry, 'args')].flatMap(textsOf);
  const bridge = words.findIndex((word) => BRIDGE.test(word));
  if (bridge === -1) return undefined;
  const rest = words.slice(bridge + 1);
  const url = rest.find((word) => /^https?:\/\/|^\$\{/.test(word));
  if (url === undefined) return undefined;
  const variables = environmentOf(entry);
  const expand = (template: Template) => refuseLong(expandTemplate(template, variables));
  const strategy = valuesAfter(rest, '--transport').at(-1) ?? '';
  return {
    url: expand(readTemplate(url)),
    headers: valuesAfter(rest, '--header')
      .map(readHeaderLine)
      .map(({ name, value }): EntryHeader => ({ name, value: expand(value) })),
    transport: STRATEGIES.get(strategy) ?? 'auto',
    callTimeoutSeconds: undefined,
    notes: [],
  };
}

/** A short text may name a long one many times. */
function refuseLong(template: Template): Template {
  const lengths = template.map((part) => (part.kind === 'text' ? part.text.length : 0));
  if (lengths.reduce((sum, length) => sum + length, 0) > MAX_VALUE) {
    throw new EntryProblem('WRONG_TYPE');
  }
  return template;
}

function valuesAfter(words: readonly string[], option: string): string[] {
  return words.flatMap((word, at) => {
    const next = words[at + 1];
    return word === option && next !== undefined ? [next] : [];
  });
}

/** Variables that the entry itself sets for its program. */
function environmentOf(entry: ConfigTable): Map<string, Template> {
  const found = new Map<string, Template>();
  for (const [name, value] of tableIn(entry, 'env')?.members ?? []) {
    if (value.kind === 'text') found.set(`env:${name}`, readTemplate(value.text));
  }
  return found;
}

function textsOf(value: ConfigValue | undefined): string[] {
  if (value?.kind === 'text') return [value.text];
  return value?.kind === 'list' ? value.items.flatMap(textsOf) : [];
}
