import { AppError } from '../errors/app-error.ts';

/**
 * The database did not do the work: it cannot be reached, is overloaded, took too long, or gave way to another
 * transaction. Trying again may help. Nothing was saved, unless the connection broke during the commit.
 */
export class DatabaseUnavailable extends AppError {
  constructor({ cause }: { cause: unknown }) {
    super('NOT_READY', { cause, detail: 'The database is unavailable.', retryAfterSeconds: 1 });
  }
}
