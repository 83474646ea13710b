import { readFileSync } from 'node:fs';
import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type FileProblem, pointerOf, readYaml } from '../../lib/yaml-document.ts';
import { CatalogDocument, type EntryDocument } from './catalog-document.ts';
import type { CatalogEntry } from './catalog-entry.ts';
import { type EntryPlacement, entryProblems, toEntry } from './catalog-entry-document.ts';

/** A catalog file that cannot be used, with everything that is wrong with it. */
export class CatalogFileError extends Error {
  override readonly name = 'CatalogFileError';
  readonly problems: readonly FileProblem[];

  constructor(file: string, problems: readonly FileProblem[]) {
    const lines = problems.map(
      ({ line, column, pointer, message }) =>
        `${file}:${line}:${column} ${pointer || '/'} ${message}`,
    );
    super(`The catalog is not valid:\n- ${lines.join('\n- ')}`);
    this.problems = problems;
  }
}

/** How the catalog is put together. */
export interface CatalogOptions extends EntryPlacement {
  /** The operator's file; undefined for none. */
  file: string | undefined;
}

const INTEGRATED = new URL('./entries/integrated-servers.yaml', import.meta.url);
/** Problems of one file that are told. */
const MAX_PROBLEMS = 20;

/**
 * The entries that the service ships with and those of the operator's file, which may say of the former where they are, and may use none of
 * their keys for another.
 * @throws CatalogFileError; what reading the file throws
 */
export function readCatalog({ file, namespace }: CatalogOptions): CatalogEntry[] {
  const shipped = readDocument('integrated-servers.yaml', readFileSync(INTEGRATED, 'utf8'));
  const own =
    file === undefined ? undefined : { file, ...readDocument(file, readFileSync(file, 'utf8')) };
  const overrides = own?.document.overrides ?? {};
  if (own !== undefined) {
    assertNoCollisions(own, shipped.document);
    assertPlaces(own, shipped.document);
  }
  return [
    ...(shipped.document.entries ?? []).map((entry) => ({ ...entry, ...overrides[entry.key] })),
    ...(own?.document.entries ?? []),
  ].map((entry) => toEntry(entry, { namespace }));
}

/** What is wrong with an operator's file; undefined where it can be used. Repeats none of its values. */
export function checkCatalogFile(file: string): string | undefined {
  try {
    readCatalog({ file, namespace: 'default' });
    return undefined;
  } catch (error) {
    return error instanceof CatalogFileError ? error.message : 'cannot be read';
  }
}

/** A parsed file, with the places of its parts for further problems. */
interface ReadDocument {
  document: CatalogDocument;
  problemAt: (path: readonly (string | number)[], message: string) => FileProblem;
}

/**
 * Reads the text of a catalog file and judges all that can be judged of it alone.
 * @param file its name, for messages.
 * @throws CatalogFileError
 */
function readDocument(file: string, text: string): ReadDocument {
  const yaml = readYaml(text);
  if (Array.isArray(yaml)) throw new CatalogFileError(file, yaml);
  const problemAt = (path: readonly (string | number)[], message: string): FileProblem => ({
    ...yaml.positionOf(path),
    pointer: pointerOf(path),
    message,
  });
  // An empty file has no entries.
  const value: unknown = yaml.value ?? {};
  if (!Value.Check(CatalogDocument, value)) {
    throw new CatalogFileError(file, formProblems(value, problemAt));
  }
  const problems = (value.entries ?? []).flatMap((entry, index) =>
    entryProblems(entry).map(({ path, message }) =>
      problemAt(['entries', index, ...path], message),
    ),
  );
  if (problems.length > 0) throw new CatalogFileError(file, problems.slice(0, MAX_PROBLEMS));
  return { document: value, problemAt };
}

/** Places of entries that ship make no sense alone: they are judged with what the entries say. */
function assertPlaces(
  { file, document: { overrides = {} }, problemAt }: ReadDocument & { file: string },
  shipped: CatalogDocument,
): void {
  const problems = (shipped.entries ?? []).flatMap((entry) => {
    const place = overrides[entry.key];
    return (place === undefined ? [] : entryProblems({ ...entry, ...place })).map(
      ({ path, message }) => problemAt(['overrides', entry.key, ...path], message),
    );
  });
  if (problems.length > 0) throw new CatalogFileError(file, problems.slice(0, MAX_PROBLEMS));
}

function formProblems(value: unknown, problemAt: ReadDocument['problemAt']): FileProblem[] {
  const problems: FileProblem[] = [];
  const seen = new Set<string>();
  for (const { path: pointer, schema, message, value: part } of Value.Errors(
    CatalogDocument,
    value,
  )) {
    if (problems.length === MAX_PROBLEMS) break;
    if (seen.has(pointer)) continue;
    seen.add(pointer);
    const path = pointer.split('/').slice(1).map(unescapePart);
    problems.push(
      problemAt(path, part === undefined ? 'is required' : explain(path.at(-1), schema, message)),
    );
  }
  return problems;
}

function unescapePart(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~');
}

const COMMANDS = new Set<string | number>(['command', 'args', 'cwd', 'env', 'stdio']);

function explain(name: string | number | undefined, schema: TSchema, message: string): string {
  if (message === 'Unexpected property') {
    return name !== undefined && COMMANDS.has(name)
      ? 'is refused: nothing in this file is ever run but what launch says, as a list'
      : 'is not known here';
  }
  const choices: unknown[] = (Array.isArray(schema['anyOf']) ? schema['anyOf'] : []).flatMap(
    (one: TSchema) => (one['const'] === undefined ? [] : [one['const']]),
  );
  if (choices.length > 0) return `must be one of ${choices.join(', ')}`;
  const pattern: unknown = schema['pattern'];
  return typeof pattern === 'string' ? `must match ${pattern}` : `is not valid: ${message}`;
}

function assertNoCollisions(
  { file, document, problemAt }: ReadDocument & { file: string },
  shipped: CatalogDocument,
): void {
  const problems: FileProblem[] = [];
  const taken = new Map(
    keysOf(shipped.entries ?? []).map(({ key }) => [key, 'the service ships with']),
  );
  for (const { key, path } of keysOf(document.entries ?? [])) {
    const owner = taken.get(key);
    if (owner !== undefined) {
      problems.push(problemAt(['entries', ...path], `is the key of an entry that ${owner}`));
    }
    taken.set(key, 'stands in this file already');
  }
  for (const key of Object.keys(document.overrides ?? {})) {
    if ((shipped.entries ?? []).some((entry) => entry.key === key)) continue;
    problems.push(
      problemAt(['overrides', key], 'is the key of no entry that the service ships with'),
    );
  }
  if (problems.length > 0) throw new CatalogFileError(file, problems.slice(0, MAX_PROBLEMS));
}

/** All keys that lead to an entry, with where they stand. */
function keysOf(entries: readonly EntryDocument[]) {
  return entries.flatMap(({ key, legacy_keys: legacy = [] }, index) => [
    { key, path: [index, 'key'] },
    ...legacy.map((former, place) => ({ key: former, path: [index, 'legacy_keys', place] })),
  ]);
}
