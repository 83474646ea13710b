/** Where something stands in a text; both count from 1, columns in UTF-16 units, as editors do. */
export interface Place {
  line: number;
  column: number;
}

/** A table (an object of JSON) as it was written. */
export interface ConfigTable {
  kind: 'table';
  place: Place | undefined;
  /** A map, so that no name means anything to it, `__proto__` neither. Of a repeated name the last value. */
  members: ReadonlyMap<string, ConfigValue>;
  /** Names that stand there more than once, with the place of the second. */
  repeated: ReadonlyMap<string, Place>;
}

/** A value of a configuration file, whatever it was written in. The place of a member is that of its name. */
export type ConfigValue =
  | ConfigTable
  | { kind: 'list'; place: Place | undefined; items: readonly ConfigValue[] }
  | { kind: 'text'; place: Place | undefined; text: string }
  | { kind: 'number'; place: Place | undefined; number: number }
  | { kind: 'boolean'; place: Place | undefined; boolean: boolean }
  | { kind: 'null'; place: Place | undefined }
  /** A date, or a number that JavaScript cannot hold: nothing we read is one. */
  | { kind: 'other'; place: Place | undefined };

/** What a file may have at most. */
export const FILE_LIMITS = {
  /** Levels of tables and lists. */
  depth: 32,
  /** Tables, lists and scalars. */
  values: 50_000,
  /** Servers in one file. */
  servers: 100,
} as const;

/** The member of this name; undefined where there is none, or it is null. */
export function memberOf(table: ConfigTable, name: string): ConfigValue | undefined {
  const member = table.members.get(name);
  return member?.kind === 'null' ? undefined : member;
}

/** The member of this name if it is a table. */
export function tableIn(table: ConfigTable, name: string): ConfigTable | undefined {
  const member = table.members.get(name);
  return member?.kind === 'table' ? member : undefined;
}

/** The first name that stands twice in this value or below. */
export function findRepeated(value: ConfigValue): { name: string; place: Place } | undefined {
  if (value.kind === 'list') return firstRepeated(value.items);
  if (value.kind !== 'table') return undefined;
  const [own] = value.repeated;
  if (own !== undefined) return { name: own[0], place: own[1] };
  return firstRepeated(value.members.values());
}

function firstRepeated(values: Iterable<ConfigValue>) {
  for (const value of values) {
    const found = findRepeated(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
