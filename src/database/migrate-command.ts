import { DatabaseUnavailable } from './database-unavailable.ts';
import { applyMigrations, MigrationFailed } from './migrations.ts';

/** What the command works on. */
export interface MigrateCommandOptions {
  databaseUrl: string | undefined;
  /** Told each line of the report. */
  write: (line: string) => void;
}

/** Migrates the database and says what was applied. Returns the exit code of the process. */
export async function runMigrateCommand({
  databaseUrl,
  write,
}: MigrateCommandOptions): Promise<number> {
  if (!databaseUrl) {
    write('DATABASE_URL is not set. (The embedded database is migrated when the service starts.)');
    return 2;
  }
  try {
    const applied = await applyMigrations({ url: databaseUrl });
    for (const name of applied) write(`Applied ${name}`);
    if (applied.length === 0) write('Nothing to apply: the database schema is current.');
    return 0;
  } catch (error) {
    write(explain(error));
    return 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof MigrationFailed) return error.message;
  if (error instanceof DatabaseUnavailable && error.cause instanceof Error) {
    return `The database cannot be reached: ${error.cause.message}`;
  }
  // An invalid connection string, for one; its text may hold the password.
  return 'The migrations could not be applied. Is DATABASE_URL a PostgreSQL connection string?';
}
