import pg from 'pg';
import { migrationAdapter } from '../src/database/migration-adapter.ts';
import { openSchemaEngine } from '../src/database/schema-engine.ts';

/**
 * SQL that takes the database of `url`, with all migrations applied, to a Prisma schema. New tables come with row level
 * security. Empty when there is nothing to do.
 */
export async function draftMigration(url: string, schema: string): Promise<string> {
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 });
  const engine = await openSchemaEngine(migrationAdapter(pool));
  const files = [{ path: 'schema.prisma', content: schema }];
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    const sql = (stdout ?? '').trim();
    if (sql === '' || sql === '-- This is an empty migration.') return '';
    return [sql, ...newTables(sql).map(rowLevelSecurity)].join('\n\n').concat('\n');
  } finally {
    engine.free();
    await pool.end();
  }
}

interface NewTable {
  name: string;
  columns: string;
}

function newTables(sql: string): NewTable[] {
  return [...sql.matchAll(/CREATE TABLE "(\w+)" \(\n([\s\S]*?)\n\);/g)].map(
    ([, name = '', columns = '']) => ({ name, columns }),
  );
}

const OWNED_BY_CALLER =
  "tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), '')";

/** What every table needs; a test refuses one without it. */
function rowLevelSecurity({ name, columns }: NewTable): string {
  const owned = ['tenant_id', 'owner_kind', 'owner_id'].every((column) =>
    columns.includes(`"${column}"`),
  );
  const condition = owned ? OWNED_BY_CALLER : 'false';
  const todo = owned
    ? ''
    : '-- TODO: say which rows belong to the caller; as it stands, none do.\n';
  return `-- Row level security, and no more rights than each role needs.
ALTER TABLE "${name}" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "${name}" FORCE ROW LEVEL SECURITY;
${todo}CREATE POLICY "${name}_app" ON "${name}" TO mcp_connectors_app
  USING (${condition})
  WITH CHECK (${condition});
CREATE POLICY "${name}_worker" ON "${name}" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "${name}" TO mcp_connectors_app;
GRANT SELECT ON "${name}" TO mcp_connectors_worker;`;
}
