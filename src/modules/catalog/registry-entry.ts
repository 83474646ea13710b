import { Value } from '@sinclair/typebox/value';
import { cleanText } from '../../mcp/client/untrusted-text.ts';
import { CatalogDocument, type EntryDocument } from './catalog-document.ts';
import { entryProblems } from './catalog-entry-document.ts';
import type { RegistryHeader, RegistryServer } from './registry-document.ts';

/** What becomes of a server of the registry. */
export type RegistryFinding =
  | { name: string; outcome: 'usable'; entry: EntryDocument }
  /** Its publisher took it back. */
  | { name: string; outcome: 'deleted' }
  /** It is a package that somebody has to run. */
  | { name: string; outcome: 'needs-runtime' }
  /** It has an address that the catalog cannot say: with variables, not https, or with headers that may not be set. */
  | { name: string; outcome: 'unusable' };

const MAX_KEY = 24;

/**
 * The catalog entry of a server of the registry. Only its remotes count; a command of it is never looked at. It is reached as a server that a
 * user typed, since anybody can put a server into a registry.
 * @param options.isTaken tells keys that another entry has
 * @param options.status what the registry says of it; undefined where it says nothing
 */
export function toEntryDocument(
  server: RegistryServer,
  { isTaken, status }: { isTaken: (key: string) => boolean; status: string | undefined },
): RegistryFinding {
  const name = oneLine(server.name, 200);
  if (status === 'deleted') return { name, outcome: 'deleted' };
  const { remotes = [], packages = [] } = server;
  for (const remote of remotes) {
    const entry = checkEntry(describe(server, remote, keyOf(name, isTaken)));
    if (entry !== undefined) return { name, outcome: 'usable', entry };
  }
  const isPackage = remotes.length === 0 && packages.length > 0;
  return { name, outcome: isPackage ? 'needs-runtime' : 'unusable' };
}

type Remote = NonNullable<RegistryServer['remotes']>[number];

function describe(server: RegistryServer, { url, type, headers = [] }: Remote, key: string) {
  const name = oneLine(server.name, 200);
  const title = oneLine(server.title ?? name.split('/').at(-1) ?? name, 80) || 'Server';
  const icon = server.icons?.find(({ src }) => src.startsWith('https://'))?.src;
  const settings = headers.map(toSetting);
  return {
    ...{ key, title },
    description: oneLine(server.description ?? '', 500) || title,
    ...(icon !== undefined && { icon }),
    ...{ reach: 'public', url, transport: type },
    ...(settings.length > 0 && { settings }),
  };
}

/** The same rules as for what an operator writes; a URL with variables breaks them, and so does a transport that is none. */
function checkEntry(entry: unknown): EntryDocument | undefined {
  const file = { entries: [entry] };
  if (!Value.Check(CatalogDocument, file)) return undefined;
  const [checked] = file.entries ?? [];
  return checked === undefined || entryProblems(checked).length > 0 ? undefined : checked;
}

function toSetting({ name, description, value, isRequired, isSecret }: RegistryHeader) {
  const [placeholder, ...more] = value?.match(/\{[^}]*\}/g) ?? [];
  // One value for a header; what needs several, or is fixed, has no place here.
  const isPlain = value === undefined || (placeholder !== undefined && more.length === 0);
  const template = placeholder === undefined ? undefined : value?.replace(placeholder, '{value}');
  const words = oneLine(placeholder?.slice(1, -1) ?? name, 40).toLowerCase();
  const text = oneLine(description ?? '', 500);
  return {
    name: isPlain ? words.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '') : '',
    title: oneLine(name, 100),
    ...(text !== '' && { description: text }),
    type: 'string',
    required: isRequired ?? false,
    secret: isSecret ?? false,
    header: { name, ...(template !== undefined && { value: template }) },
  };
}

function keyOf(name: string, isTaken: (key: string) => boolean): string {
  const words = (name.split('/').at(-1) ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const base =
    words
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, MAX_KEY)
      .replace(/-+$/, '') || 'server';
  for (let n = 1; ; n += 1) {
    const suffix = n === 1 ? '' : `-${n}`;
    const key = `${base.slice(0, MAX_KEY - suffix.length).replace(/-+$/, '')}${suffix}`;
    if (!isTaken(key)) return key;
  }
}

/** Text of strangers as one line. */
function oneLine(text: string, maxLength: number): string {
  return cleanText(text, maxLength).replace(/\s+/g, ' ').trim();
}
