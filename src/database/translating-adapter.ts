import {
  type DriverAdapterError,
  isDriverAdapterError,
  type SqlDriverAdapterFactory,
  type SqlQuery,
} from '@prisma/driver-adapter-utils';
import { type ConstraintKind, ConstraintViolation } from './constraint-violation.ts';

/**
 * What {@link DatabaseUnavailable} is made of. It has no `code`: Prisma takes every error with one for its own, and
 * wraps it.
 */
export class WorkNotDone extends Error {
  override readonly name = 'WorkNotDone';
}

const CONSTRAINT_KINDS: Readonly<Record<string, ConstraintKind>> = {
  '23502': 'not-null',
  '23503': 'foreign-key',
  '23505': 'unique',
  '23514': 'check',
  '23P01': 'exclusion',
};

/**
 * SQLSTATE classes and codes that say "not now": connection (08), resources (53), operator intervention, of which the
 * statement timeout is one (57), idle in a transaction for too long (25P03), a server that became a replica (25006),
 * deadlock and serialization (40), a lock not to be had (55P03).
 */
const UNAVAILABLE = /^(08|40|53|57)|^(25006|25P03|55P03)$/;

/** Mapped kinds of Prisma's adapter for errors below SQL, which have no SQLSTATE. */
const UNAVAILABLE_KINDS: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
]);

/**
 * A driver adapter whose transactions throw {@link ConstraintViolation} and {@link WorkNotDone}. Here PostgreSQL's
 * own codes are still at hand; Prisma passes errors without a `code` on untouched.
 */
export function translatingAdapter(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => {
      const adapter = await factory.connect();
      const startTransaction = adapter.startTransaction.bind(adapter);
      return Object.assign(adapter, {
        startTransaction: async (...args: Parameters<typeof startTransaction>) => {
          const tx = await startTransaction(...args).catch((cause: unknown) => {
            throw new WorkNotDone('no connection', { cause }); // no connection, whatever the reason
          });
          const queryRaw = tx.queryRaw.bind(tx);
          const executeRaw = tx.executeRaw.bind(tx);
          return Object.assign(tx, {
            queryRaw: (query: SqlQuery) => queryRaw(query).catch(throwTranslated),
            executeRaw: (query: SqlQuery) => executeRaw(query).catch(throwTranslated),
          });
        },
      });
    },
  };
}

function throwTranslated(error: unknown): never {
  // What Prisma's adapter does not know is the driver's own: the connection broke.
  if (!isDriverAdapterError(error)) throw new WorkNotDone('the driver failed', { cause: error });
  const { kind, originalCode = '' } = error.cause;
  if (UNAVAILABLE_KINDS.has(kind) || UNAVAILABLE.test(originalCode)) {
    throw new WorkNotDone(kind, { cause: error });
  }
  const constraintKind = CONSTRAINT_KINDS[originalCode];
  if (constraintKind === undefined) throw error;
  throw new ConstraintViolation({
    kind: constraintKind,
    constraint: constraintOf(error),
    message: error.cause.originalMessage ?? kind,
  });
}

function constraintOf({ cause }: DriverAdapterError): string | undefined {
  if (!('constraint' in cause) || cause.constraint === undefined) return undefined;
  return 'index' in cause.constraint ? cause.constraint.index : undefined;
}
