import type { ToolDefinition, ToolReference } from './connector.ts';

/** A part of a definition that may differ. */
export type ToolField = 'name' | keyof ToolDefinition;

/** One place where two definitions differ; `before` and `after` hold what servers wrote, as data. */
export interface ToolDifference {
  field: ToolField;
  /** A JSON pointer (RFC 6901) into the field; empty for all of it. */
  pointer: string;
  kind: 'added' | 'removed' | 'changed';
  /** The text; of schemas and annotations the value as JSON. Undefined where it was not there. */
  before: string | undefined;
  after: string | undefined;
  /** One of them is not shown in full. */
  isCut: boolean;
}

/** How two definitions of a tool differ. */
export interface ToolChange {
  differences: ToolDifference[];
  /** How many more there are, as far as they were counted. */
  omitted: number;
}

/** What a difference may take. */
const CHANGE_LIMITS = {
  differences: 100,
  /** UTF-16 units of one `before` or `after`. */
  textLength: 2_000,
  /** UTF-16 units of all of them. */
  length: 20_000,
  /** Where counting ends. */
  counted: 10_000,
} as const;

/** Units of what two long texts have in common that are shown before and after what differs. */
const MARGIN = 100;
const FIELDS = [
  'name',
  'title',
  'description',
  'annotations',
  'inputSchema',
  'outputSchema',
] as const;

/** What is different in `after`. Bounded, however large the definitions are. */
export function changeBetween(before: ToolReference, after: ToolReference): ToolChange {
  const differences: ToolDifference[] = [];
  let omitted = 0;
  let length = 0;
  for (const difference of shownDifferences(before, after)) {
    const added = (difference.before?.length ?? 0) + (difference.after?.length ?? 0);
    const isFull = differences.length >= CHANGE_LIMITS.differences;
    if (isFull || omitted > 0 || length + added > CHANGE_LIMITS.length) {
      omitted += 1;
      if (omitted >= CHANGE_LIMITS.counted) break;
    } else {
      differences.push(difference);
      length += added;
    }
  }
  return { differences, omitted };
}

interface Found {
  field: ToolField;
  pointer: string;
  before: unknown;
  after: unknown;
}

function* shownDifferences(before: ToolReference, after: ToolReference): Generator<ToolDifference> {
  for (const found of allDifferences(before, after)) yield* inParts(found);
}

function* allDifferences(before: ToolReference, after: ToolReference): Generator<Found> {
  for (const field of FIELDS) {
    yield* compare({ field, pointer: '', before: before[field], after: after[field] });
  }
}

/** Steps into objects and into lists of them; lists of plain values are compared as a whole, since one more at the front moves all. */
function* compare({ field, pointer, before, after }: Found): Generator<Found> {
  if (Object.is(before, after)) return;
  const members = membersOf(before, after);
  if (members === undefined) {
    if (JSON.stringify(before) !== JSON.stringify(after)) yield { field, pointer, before, after };
    return;
  }
  for (const [key, old, now] of members) {
    const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
    yield* compare({ field, pointer: `${pointer}/${escaped}`, before: old, after: now });
  }
}

/** The members of both; undefined where the two are to be compared as a whole. */
function membersOf(before: unknown, after: unknown): [string, unknown, unknown][] | undefined {
  if (!isContainer(before) || !isContainer(after)) return undefined;
  if (Array.isArray(before) !== Array.isArray(after)) return undefined;
  if (Array.isArray(before) && ![...before, ...Object.values(after)].every(isContainer)) {
    return undefined;
  }
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...old.keys(), ...now.keys()])].map((key) => [
    key,
    old.get(key),
    now.get(key),
  ]);
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Of long texts all that differs, in parts: a harmless change at the beginning must not hide another one further down. */
function* inParts({ field, pointer, before, after }: Found): Generator<ToolDifference> {
  const [old, now] = [textOf(field, before), textOf(field, after)];
  const place = { field, pointer, kind: kindOf(before, after) };
  if (Math.max(lengthOf(old), lengthOf(now)) <= CHANGE_LIMITS.textLength) {
    yield { ...place, before: old, after: now, isCut: false };
    return;
  }
  const { start, common } = rangeOf(old ?? '', now ?? '');
  const [oldEnd, nowEnd] = [lengthOf(old) - common, lengthOf(now) - common];
  for (let at = start; at < Math.max(oldEnd, nowEnd); at += CHANGE_LIMITS.textLength) {
    yield {
      ...place,
      before: partOf(old, at, oldEnd),
      after: partOf(now, at, nowEnd),
      isCut: true,
    };
  }
}

function lengthOf(text = ''): number {
  return text.length;
}

function kindOf(before: unknown, after: unknown): ToolDifference['kind'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

/** Plain texts as they are; the text "5" in a schema is not the number 5. */
const TEXT_FIELDS: ReadonlySet<ToolField> = new Set(['name', 'title', 'description']);

function textOf(field: ToolField, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' && TEXT_FIELDS.has(field) ? value : JSON.stringify(value);
}

/** Where two texts begin to differ, and how much is the same at their ends, both less the margin. */
function rangeOf(before: string, after: string): { start: number; common: number } {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before[same] === after[same]) same += 1;
  let common = 0;
  while (common < shorter - same && before.at(-1 - common) === after.at(-1 - common)) common += 1;
  return { start: Math.max(0, same - MARGIN), common: Math.max(0, common - MARGIN) };
}

function partOf(text: string | undefined, start: number, end: number): string | undefined {
  const part = text?.slice(start, Math.max(start, Math.min(start + CHANGE_LIMITS.textLength, end)));
  // Half of a pair at either end would not be text any more.
  return part?.replace(/^\p{Cs}|\p{Cs}$/gu, '');
}
