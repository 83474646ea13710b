/**
 * The database did not do the work: it cannot be reached, is overloaded, took too long, or gave way to another
 * transaction. Trying again may help. Nothing was saved, unless the connection broke during the commit.
 */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';

  constructor({ cause }: { cause: unknown }) {
    super('The database is unavailable.', { cause });
  }
}
