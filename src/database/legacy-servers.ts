import pg from 'pg';
import { connectionConfig } from './connection-config.ts';

/** Where an older installation keeps its servers. */
export interface LegacyTable {
  /** `table`, or `schema.table`. */
  table: string;
  keyColumn: string;
  /** Of type json, jsonb or text. */
  configColumn: string;
}

interface ServerRow {
  key: string;
  config: string;
}

/** The servers of an older installation, in their own table; with the rights of the login, since the table is not ours. */
export class LegacyServers {
  readonly #pool: pg.Pool;
  readonly #table: string;
  readonly #key: string;
  readonly #config: string;

  constructor(url: string, { table, keyColumn, configColumn }: LegacyTable) {
    this.#pool = new pg.Pool(connectionConfig(url, { application: 'rewrite', max: 1 }));
    this.#table = table.split('.').map(pg.escapeIdentifier).join('.');
    this.#key = pg.escapeIdentifier(keyColumn);
    this.#config = pg.escapeIdentifier(configColumn);
  }

  /** In the order of their keys. @throws pg.DatabaseError where there is no such table or column */
  async list(): Promise<ServerRow[]> {
    const { rows } = await this.#pool.query<ServerRow>(
      `SELECT ${this.#key}::text AS key, ${this.#config}::text AS config FROM ${this.#table}
       WHERE ${this.#key} IS NOT NULL AND ${this.#config} IS NOT NULL ORDER BY 1, 2`,
    );
    return rows;
  }

  /** Replaces a configuration where it is still the same text, which is how lists tell it. @returns whether it did */
  async replace(key: string, before: string, after: string): Promise<boolean> {
    const type = await this.#configType();
    const { rowCount } = await this.#pool.query(
      `UPDATE ${this.#table} SET ${this.#config} = $3::text::${type}
       WHERE ${this.#key}::text = $1 AND ${this.#config}::text = ($2::text::${type})::text`,
      [key, before, after],
    );
    return (rowCount ?? 0) > 0;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #configType(): Promise<string> {
    const { rows } = await this.#pool.query<{ type: string }>(
      'SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2',
      [this.#table, this.#config.replace(/^"|"$/g, '').replaceAll('""', '"')],
    );
    const [column] = rows;
    if (column === undefined) throw new Error('the column is gone');
    return column.type;
  }
}
