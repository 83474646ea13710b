import { type Migration, matchesChecksum } from './migrations.ts';

/** How the schema of the database compares with what this version of the service needs. */
export type SchemaState =
  | { kind: 'current' }
  | SchemaMismatch
  /** A role of the service could go round row level security, or cannot be used. */
  | { kind: 'unsafe-role'; role: string; reason: string }
  | { kind: 'unreachable'; cause: unknown };

/** Names of migrations; at least one list is not empty. */
export interface SchemaMismatch {
  kind: 'mismatch';
  /** Not applied: run `npm run db:migrate`. */
  missing: readonly string[];
  /** Applied, but unknown to this version: the database belongs to a newer one. */
  unknown: readonly string[];
  /** Begun and not finished: failed, or running at this moment. */
  failed: readonly string[];
  /** Applied with another text than this version has. */
  edited: readonly string[];
}

/** A row of `_prisma_migrations`, which the schema engine keeps. */
export interface MigrationRow {
  name: string;
  checksum: string;
  finished: boolean;
  rolledBack: boolean;
}

/** Compares the migrations of this version with those the database remembers. */
export function compareMigrations(
  migrations: readonly Migration[],
  rows: readonly MigrationRow[],
): SchemaState {
  const valid = rows.filter((row) => !row.rolledBack);
  const applied = new Map(valid.filter((row) => row.finished).map((row) => [row.name, row]));
  const begun = new Set(valid.map((row) => row.name));
  const known = new Set(migrations.map((migration) => migration.name));
  const mismatch: SchemaMismatch = {
    kind: 'mismatch',
    missing: migrations.map(({ name }) => name).filter((name) => !begun.has(name)),
    unknown: [...applied.keys()].filter((name) => !known.has(name)),
    failed: [...begun].filter((name) => !applied.has(name)),
    edited: migrations
      .filter(({ name, sql }) => {
        const row = applied.get(name);
        return row !== undefined && !matchesChecksum(sql, row.checksum);
      })
      .map(({ name }) => name),
  };
  const { missing, unknown, failed, edited } = mismatch;
  return missing.length + unknown.length + failed.length + edited.length === 0
    ? { kind: 'current' }
    : mismatch;
}

/** The state in one sentence, for the log and for `/readyz`. Holds names only, no addresses and no upstream text. */
export function describeSchemaState(state: SchemaState): string {
  switch (state.kind) {
    case 'current':
      return 'The database schema is current.';
    case 'unreachable':
      return 'The database cannot be reached.';
    case 'unsafe-role':
      return `The database role ${state.role} cannot be used: ${state.reason}.`;
    case 'mismatch':
      return `The database schema does not fit this version: ${describeMismatch(state)}.`;
  }
}

function describeMismatch({ missing, unknown, failed, edited }: SchemaMismatch): string {
  const parts: [string, readonly string[]][] = [
    ['missing migrations', missing],
    ['unknown migrations', unknown],
    ['unfinished migrations', failed],
    ['migrations that were applied with another text', edited],
  ];
  return parts
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what} ${names.join(', ')}`)
    .join('; ');
}
