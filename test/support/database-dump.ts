import type pg from 'pg';

/** Everything a table holds, as text. */
export interface TableDump {
  table: string;
  text: string;
}

/** Every row of every table, and what the server shows of statements, past the service and row level security. */
export async function dumpTables(owner: Pick<pg.Pool, 'query'>): Promise<TableDump[]> {
  const tables = await owner.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const dumps: TableDump[] = [];
  for (const table of [...tables.rows.map(({ name }) => name), 'pg_stat_activity']) {
    const { rows } = await owner.query<{ text: string }>(`SELECT t::text AS text FROM ${table} t`);
    dumps.push({ table, text: rows.map(({ text }) => text).join('\n') });
  }
  return dumps;
}
