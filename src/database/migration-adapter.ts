import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
} from '@prisma/driver-adapter-utils';
import type pg from 'pg';

/** PostgreSQL's one-byte type `"char"`, found in its catalogs. */
const CHAR_TYPE = 18;
const TEXT_TYPE = 25;

/** A migration script that PostgreSQL refused, and its own error; the engine passes on only a part of that. */
export interface FailedScript {
  error: unknown;
  script: string;
}

/** What {@link migrationAdapter} reports. */
export interface MigrationAdapterOptions {
  onScriptError?: (failure: FailedScript) => void;
}

/**
 * The schema engine's way to a database. Prisma's adapter cuts scripts at every semicolon, which breaks function
 * bodies, and runs the pieces one by one; here a script is one message, so PostgreSQL runs it in one transaction.
 * Prisma's adapter also refuses catalog columns of type `"char"`, which the engine asks for when it reads a schema.
 */
export function migrationAdapter(
  pool: pg.Pool,
  { onScriptError }: MigrationAdapterOptions = {},
): SqlMigrationAwareDriverAdapterFactory {
  const chars = rememberCharColumns(pool);
  const inner = new PrismaPg(pool);
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connectToShadowDb: () => Promise.reject(new Error('Shadow databases are not used.')),
    connect: async () => {
      const adapter: SqlDriverAdapter = await inner.connect();
      const queryRaw = adapter.queryRaw.bind(adapter);
      return Object.assign(adapter, {
        executeScript: async (script: string) => {
          try {
            await pool.query(script);
          } catch (error) {
            onScriptError?.({ error, script });
            throw error;
          }
        },
        queryRaw: async (query: SqlQuery) => {
          const result = await queryRaw(query);
          const columnTypes = result.columnTypes.map((type, index) =>
            chars.has(index) ? ColumnTypeEnum.Character : type,
          );
          return { ...result, columnTypes };
        },
      });
    },
  };
}

/** Lets `"char"` columns pass as text, and says which columns of the last answer they were. */
function rememberCharColumns(pool: pg.Pool): ReadonlySet<number> {
  const chars = new Set<number>();
  const query = pool.query.bind(pool);
  Object.assign(pool, {
    query: async (text: string, values?: unknown[]) => {
      chars.clear();
      const result = await query(text, values);
      // A script of several statements has several results, which nobody reads.
      if (!Array.isArray(result)) {
        result.fields.forEach((field, index) => {
          if (field.dataTypeID !== CHAR_TYPE) return;
          field.dataTypeID = TEXT_TYPE;
          chars.add(index);
        });
      }
      return result;
    },
  });
  return chars;
}
