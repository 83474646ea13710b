import {
  type ConfigTable,
  type ConfigValue,
  FILE_LIMITS,
  type Place,
  tableIn,
} from './config-value.ts';
import { readEntry } from './read-entry.ts';
import type { ServerEntry } from './server-entry.ts';
import { unreadableFile } from './unreadable-file.ts';

/** Whose way of writing servers a file has. */
export type FileFormat = 'vscode' | 'mcp-servers' | 'codex' | 'snippet';

/** An entry of a file. */
export interface FoundServer {
  /** JSON pointer (RFC 6901) to it; what users choose it by. */
  pointer: string;
  place: Place | undefined;
  /** As the file calls it. */
  key: string;
  entry: ServerEntry;
}

/** What a file has of servers. */
export interface FoundServers {
  format: FileFormat;
  servers: FoundServer[];
}

/** Where servers are: the path to the table that has them. `*` stands for each member. */
const PLACES: readonly { path: readonly string[]; format: FileFormat }[] = [
  // Claude Desktop, Claude Code, Cursor, and most others.
  { path: ['mcpServers'], format: 'mcp-servers' },
  // Claude Code keeps those of each project in ~/.claude.json.
  { path: ['projects', '*', 'mcpServers'], format: 'mcp-servers' },
  // VS Code: mcp.json, settings.json, devcontainer.json.
  { path: ['servers'], format: 'vscode' },
  { path: ['mcp', 'servers'], format: 'vscode' },
  { path: ['customizations', 'vscode', 'mcp', 'servers'], format: 'vscode' },
  { path: ['mcp_servers'], format: 'codex' },
];

const MAX_KEY = 200;
/** Folders whose name is longer are passed over: each of their servers is named with it. */
const MAX_FOLDER = 300;

/**
 * Finds the servers of a file and reads each.
 * @throws AppError `IMPORT_UNREADABLE` where there is no place for servers, or there are too many
 */
export function findServers(root: ConfigTable): FoundServers {
  const tables = PLACES.flatMap(({ path, format }) =>
    tablesAt(root, path).map((found) => ({ ...found, format })),
  );
  const [first] = tables;
  const servers =
    first === undefined
      ? snippetServers(root)
      : tables.flatMap(({ pointer, table }) => serversIn(table, pointer));
  if (first === undefined && servers.length === 0) throw unreadableFile('NO_SERVERS');
  if (servers.length > FILE_LIMITS.servers) throw unreadableFile('TOO_MANY_SERVERS');
  return { format: first?.format ?? 'snippet', servers };
}

/** Tables at a path. @throws AppError where a name on the way stands there twice: nobody knows which is meant */
function tablesAt(
  root: ConfigTable,
  path: readonly string[],
): { pointer: string; table: ConfigTable }[] {
  let found = [{ pointer: '', table: root }];
  for (const step of path) {
    found = found.flatMap(({ pointer, table }) => {
      const names = step === '*' ? foldersIn(table) : [step];
      return names.flatMap((name) => {
        const next = tableIn(table, name);
        if (next === undefined) return [];
        const repeated = table.repeated.get(name);
        if (repeated !== undefined) throw unreadableFile('GIVEN_TWICE', repeated);
        return [{ pointer: `${pointer}/${escapeStep(name)}`, table: next }];
      });
    });
  }
  return found;
}

function foldersIn(table: ConfigTable): string[] {
  return [...table.members.keys()].filter((name) => name.length <= MAX_FOLDER);
}

/** What manuals print: servers right at the top, and no other tables. Many files have some table with a `url`. */
function snippetServers(root: ConfigTable): FoundServer[] {
  const tables = [...root.members.values()].filter((value) => value.kind === 'table');
  const isServer = ({ members }: ConfigTable) =>
    ['url', 'serverUrl', 'httpUrl', 'command'].some((name) => members.has(name));
  if (tables.length === 0 || !tables.every(isServer)) return [];
  return serversIn(root, '').filter(({ key }) => tableIn(root, key) !== undefined);
}

function serversIn(table: ConfigTable, pointer: string): FoundServer[] {
  return [...table.members].map(([key, value], at) => {
    const isLong = key.length > MAX_KEY;
    return {
      // One that is cut may be that of another entry: the number tells them apart.
      pointer: `${pointer}/${escapeStep(isLong ? `${key.slice(0, MAX_KEY)}… (${at + 1})` : key)}`,
      place: table.repeated.get(key) ?? value.place,
      key,
      entry: entryOf(value, { isLong, isRepeated: table.repeated.has(key) }),
    };
  });
}

function entryOf(
  value: ConfigValue,
  { isLong, isRepeated }: { isLong: boolean; isRepeated: boolean },
): ServerEntry {
  if (isLong) return { kind: 'refused', code: 'NAME_TOO_LONG' };
  return isRepeated ? { kind: 'refused', code: 'GIVEN_TWICE' } : readEntry(value);
}

function escapeStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1').toWellFormed();
}
