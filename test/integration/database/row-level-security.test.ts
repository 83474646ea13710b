import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, openPool, type TestDatabase } from '../../support/database.ts';
import {
  connectorRow,
  credentialRow,
  idempotencyRow,
  insertRow,
  offeringRow,
  type Row,
  removedToolRow,
  signInRow,
  toolRow,
} from '../../support/database-rows.ts';

const TABLES = [
  'connectors',
  'credentials',
  'connector_tools',
  'connector_offerings',
  'removed_tools',
  'oauth_authorizations',
  'idempotency_records',
] as const;
const ALICE = { tenantId: 'tenant-a', userId: 'alice' };
const BOB = { tenantId: 'tenant-a', userId: 'bob' };
const ALICE_ELSEWHERE = { tenantId: 'tenant-b', userId: 'alice' };

let test: TestDatabase;
/** A connection as the service makes one, for statements that no service would make. */
let app: pg.Pool;
let worker: pg.Pool;
let connector: Row;

beforeAll(async () => {
  test = await createTestDatabase();
  const as = (role: string) =>
    openPool({ connectionString: test.url, options: `-c role=${role}`, max: 1 });
  app = as('mcp_connectors_app');
  worker = as('mcp_connectors_worker');
});

afterAll(async () => {
  await app.end();
  await worker.end();
  await test.drop();
});

beforeEach(async () => {
  await test.owner.query('TRUNCATE connectors, oauth_authorizations, idempotency_records CASCADE');
  connector = await insertRow(test.owner, 'connectors', connectorRow());
  await insertRow(test.owner, 'credentials', credentialRow(connector));
  await insertRow(test.owner, 'connector_tools', toolRow(connector));
  await insertRow(test.owner, 'connector_offerings', offeringRow(connector));
  await insertRow(test.owner, 'removed_tools', removedToolRow(connector));
  await insertRow(test.owner, 'oauth_authorizations', signInRow());
  await insertRow(test.owner, 'idempotency_records', idempotencyRow());
});

/** Runs statements in a transaction of the app role, with the settings of a caller. */
async function inTransaction(
  caller: { tenantId: string; userId: string; projects?: string[] } | undefined,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const client = await app.connect();
  try {
    await client.query('BEGIN');
    if (caller !== undefined) {
      await client.query(
        "SELECT set_config('app.tenant', $1, true), set_config('app.user', $2, true), set_config('app.projects', $3::text[]::text, true)",
        [caller.tenantId, caller.userId, caller.projects ?? []],
      );
    }
    await work(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

async function countOf(client: Pick<pg.Pool, 'query'>, table: string): Promise<number> {
  const { rows } = await client.query(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0].n;
}

describe('every table', () => {
  it('has forced row level security and policies for both roles', async () => {
    const { rows } = await test.owner.query(`
      SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
        (SELECT array_agg(DISTINCT r.rolname::text ORDER BY r.rolname::text)
         FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles)
         WHERE p.polrelid = c.oid) AS roles
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> '_prisma_migrations'
      ORDER BY 1`);
    const roles = ['mcp_connectors_app', 'mcp_connectors_worker'];
    expect(rows).toEqual(
      rows.map(({ name }) => ({ name, forced: true, roles })), // names whatever tables there are
    );
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...TABLES]));
  });

  it.each(TABLES)('%s: a query that forgets its caller finds nothing', async (table) => {
    expect(await countOf(test.owner, table)).toBe(1);
    expect(await countOf(app, table)).toBe(0);
    await inTransaction(undefined, async (client) => {
      expect(await countOf(client, table)).toBe(0);
      expect((await client.query(`DELETE FROM ${table}`)).rowCount).toBe(0);
    });
  });

  it.each(TABLES)('%s: half a caller, or an empty one, finds nothing', async (table) => {
    await test.owner.query('ALTER TABLE connectors DROP CONSTRAINT connectors_owner_id_check');
    const empty = connectorRow({ owner_id: '' });
    await insertRow(test.owner, 'connectors', empty);
    for (const caller of [
      { tenantId: 'tenant-a', userId: '' },
      { tenantId: '', userId: 'alice' },
    ]) {
      await inTransaction(caller, async (client) => {
        expect(await countOf(client, table)).toBe(0);
      });
    }
    await test.owner.query('DELETE FROM connectors WHERE owner_id = $1', ['']);
    await test.owner.query(
      'ALTER TABLE connectors ADD CONSTRAINT connectors_owner_id_check CHECK (char_length(owner_id) BETWEEN 1 AND 255)',
    );
  });

  it.each(TABLES)('%s: only the owner sees, changes and deletes a row', async (table) => {
    for (const stranger of [BOB, ALICE_ELSEWHERE]) {
      await inTransaction(stranger, async (client) => {
        expect(await countOf(client, table)).toBe(0);
        expect((await client.query(`UPDATE ${table} SET tenant_id = tenant_id`)).rowCount).toBe(0);
        expect((await client.query(`DELETE FROM ${table}`)).rowCount).toBe(0);
      });
    }
    await inTransaction(ALICE, async (client) => {
      expect(await countOf(client, table)).toBe(1);
      expect((await client.query(`UPDATE ${table} SET tenant_id = tenant_id`)).rowCount).toBe(1);
      expect((await client.query(`DELETE FROM ${table}`)).rowCount).toBe(1);
    });
  });

  it.each(TABLES)('%s: a row cannot be given to somebody else', async (table) => {
    const isOfUser = table === 'idempotency_records' || table === 'oauth_authorizations';
    const column = isOfUser ? 'user_id' : 'owner_id';
    for (const change of [`tenant_id = 'tenant-b'`, `${column} = 'bob'`]) {
      await inTransaction(ALICE, async (client) => {
        await expect(client.query(`UPDATE ${table} SET ${change}`)).rejects.toMatchObject({
          code: '42501',
        });
      });
    }
  });

  it.each([
    ['connectors', () => connectorRow()],
    ['credentials', () => credentialRow(connector, { connector_id: randomUUID() })],
    ['connector_tools', () => toolRow(connector)],
    ['connector_offerings', () => offeringRow(connector)],
    ['removed_tools', () => removedToolRow(connector)],
    ['oauth_authorizations', () => signInRow()],
    ['idempotency_records', () => idempotencyRow()],
  ])('%s: a row cannot be made for somebody else', async (table, row) => {
    for (const stranger of [BOB, ALICE_ELSEWHERE, undefined]) {
      await inTransaction(stranger, async (client) => {
        await expect(insertRow(client, table, row())).rejects.toMatchObject({ code: '42501' });
      });
    }
  });

  it('our registrations at authorization servers are shared within a tenant, and never beyond', async () => {
    const row = {
      tenant_id: 'tenant-a',
      issuer: `https://${randomUUID()}.example`,
      redirect_uri: 'https://connectors.example/oauth/callback',
      sealed: 'mc1.k1.c2VhbGVk',
      created_at: new Date(),
    };
    for (const stranger of [ALICE_ELSEWHERE, undefined]) {
      await inTransaction(stranger, async (client) => {
        await expect(insertRow(client, 'oauth_registrations', row)).rejects.toMatchObject({
          code: '42501',
        });
      });
    }
    await insertRow(test.owner, 'oauth_registrations', row);
    for (const [caller, count] of [
      [ALICE, 1],
      [BOB, 1],
      [ALICE_ELSEWHERE, 0],
      [undefined, 0],
    ] as const) {
      await inTransaction(caller, async (client) =>
        expect(await countOf(client, 'oauth_registrations')).toBe(count),
      );
    }
    await test.owner.query('TRUNCATE oauth_registrations');
  });

  it("cannot hang a row of one's own on another user's connector", async () => {
    await inTransaction(BOB, async (client) => {
      const row = toolRow(connector, { owner_id: 'bob' });
      await expect(insertRow(client, 'connector_tools', row)).rejects.toMatchObject({
        code: '23503', // as for a connector that does not exist
      });
    });
  });

  it("does not give a user the rows of a project with the user's name", async () => {
    const row = connectorRow({ owner_kind: 'project' });
    await insertRow(test.owner, 'connectors', row);
    await inTransaction(ALICE, async (client) => {
      const { rows } = await client.query('SELECT id FROM connectors');
      expect(rows).toEqual([{ id: connector['id'] }]);
    });
    await inTransaction(ALICE, async (client) => {
      const project = connectorRow({ owner_kind: 'project' });
      await expect(insertRow(client, 'connectors', project)).rejects.toMatchObject({
        code: '42501',
      });
    });
  });

  it('lets other users have the same names', async () => {
    const row = connectorRow({
      owner_id: 'bob',
      name: connector['name'],
      slug: connector['slug'],
    });
    await inTransaction(BOB, async (client) => {
      await insertRow(client, 'connectors', row);
    });
  });
});

describe('the rows of a project', () => {
  const OF_PROJECT = ['connectors', 'connector_tools', 'connector_offerings', 'removed_tools'];
  const inAtlas = (userId: string, tenantId = 'tenant-a') => ({
    tenantId,
    userId,
    projects: ['borea', 'atlas'],
  });
  let shared: Row;
  let ofMember: (memberId: string) => Promise<Row>;

  beforeEach(async () => {
    await test.owner.query('TRUNCATE connectors CASCADE');
    shared = connectorRow({ owner_kind: 'project', owner_id: 'atlas' });
    await insertRow(test.owner, 'connectors', shared);
    await insertRow(test.owner, 'connector_tools', toolRow(shared));
    await insertRow(test.owner, 'connector_offerings', offeringRow(shared));
    await insertRow(test.owner, 'removed_tools', removedToolRow(shared));
    ofMember = (memberId) =>
      insertRow(test.owner, 'credentials', credentialRow(shared, { member_id: memberId }));
  });

  it.each(OF_PROJECT)(
    '%s: are those of whoever works for it, and of nobody else',
    async (table) => {
      for (const member of [inAtlas('alice'), inAtlas('bob')]) {
        await inTransaction(member, async (client) => {
          expect(await countOf(client, table)).toBe(1);
          expect((await client.query(`UPDATE ${table} SET tenant_id = tenant_id`)).rowCount).toBe(
            1,
          );
          await expect(
            client.query(`UPDATE ${table} SET owner_id = 'elsewhere'`),
          ).rejects.toMatchObject({ code: '42501' });
        });
      }
      for (const stranger of [
        ALICE,
        { ...ALICE, userId: 'atlas' },
        { ...ALICE, projects: ['borea', 'Atlas', '{atlas}', ''] },
        inAtlas('alice', 'tenant-b'),
        { ...inAtlas('alice'), tenantId: '' },
      ]) {
        await inTransaction(stranger, async (client) => {
          expect(await countOf(client, table)).toBe(0);
          expect((await client.query(`DELETE FROM ${table}`)).rowCount).toBe(0);
        });
      }
    },
  );

  it('show a member what all share, and of what members gave only their own', async () => {
    await ofMember('');
    const own = await ofMember('alice');
    await ofMember('bob');
    await inTransaction(inAtlas('alice'), async (client) => {
      const { rows } = await client.query('SELECT member_id FROM credentials ORDER BY 1');
      expect(rows).toEqual([{ member_id: '' }, { member_id: 'alice' }]);
      const changed = await client.query(`UPDATE credentials SET sealed = 'mc1.k1.c3RvbGVu'`);
      expect(changed.rowCount).toBe(2);
      await expect(
        client.query(`UPDATE credentials SET member_id = 'bob' WHERE id = $1`, [own['id']]),
      ).rejects.toMatchObject({ code: '42501' });
    });
    await inTransaction(inAtlas('carol'), async (client) => {
      const forged = credentialRow(shared, { member_id: 'bob' });
      await expect(insertRow(client, 'credentials', forged)).rejects.toMatchObject({
        code: '42501',
      });
    });
  });

  it('let who has left take their secrets away, and give none', async () => {
    await ofMember('');
    await ofMember('alice');
    await inTransaction(ALICE, async (client) => {
      expect(await countOf(client, 'credentials')).toBe(1);
      expect((await client.query('DELETE FROM credentials')).rowCount).toBe(1);
      const again = credentialRow(shared, { member_id: 'alice' });
      await expect(insertRow(client, 'credentials', again)).rejects.toMatchObject({
        code: '42501',
      });
    });
  });

  it('have the secrets of all members deleted by who says so, in that project only', async () => {
    for (const member of ['', 'alice', 'bob']) await ofMember(member);
    for (const [caller, count] of [
      [inAtlas('carol'), 3],
      [{ ...ALICE, userId: 'carol', projects: ['borea'] }, 0],
    ] as const) {
      await inTransaction({ ...caller, projects: [...caller.projects] }, async (client) => {
        await client.query("SELECT set_config('app.all_members', 'on', true)");
        expect((await client.query('DELETE FROM credentials')).rowCount).toBe(count);
      });
    }
  });
});

describe('Database', () => {
  it('shows each user their own rows, on the same connections', async () => {
    const seen = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const identity = [ALICE, BOB, ALICE_ELSEWHERE][index % 3] ?? ALICE;
        const count = await test.database.asUser(identity, (tx) => tx.connector.count());
        return [identity === ALICE, count];
      }),
    );
    for (const [isAlice, count] of seen) expect(count).toBe(isAlice ? 1 : 0);
  });

  it('leaves no caller behind, neither after success nor after a failure', async () => {
    const one = await createTestDatabase({ maxConnections: 1 });
    try {
      const settings = () =>
        one.database.asWorker(
          (tx) =>
            tx.$queryRaw`SELECT coalesce(current_setting('app.user', true), '') AS user, current_user::text AS role`,
        );
      await one.database.asUser(ALICE, (tx) => tx.connector.count());
      await expect(
        one.database.asUser(ALICE, () => Promise.reject(new Error('no'))),
      ).rejects.toThrow('no');
      expect(await settings()).toEqual([{ user: '', role: 'mcp_connectors_worker' }]);
      await one.database.asUser(BOB, async (tx) => {
        expect(
          await tx.$queryRaw`SELECT current_setting('app.user') AS user, current_user::text AS role`,
        ).toEqual([{ user: 'bob', role: 'mcp_connectors_app' }]);
      });
    } finally {
      await one.drop();
    }
  });

  it('costs a begin, the settings, the query and a commit', async () => {
    const one = await createTestDatabase({ maxConnections: 1 });
    try {
      await one.database.asUser(ALICE, (tx) => tx.connector.count());
      const statements: string[] = [];
      const query = pg.Client.prototype.query;
      Object.assign(pg.Client.prototype, {
        query(this: pg.Client, ...args: unknown[]) {
          const [config] = args;
          if (typeof config === 'object' && config !== null && 'text' in config) {
            statements.push(String(config.text).split(' ')[0] ?? '');
          }
          return Reflect.apply(query, this, args);
        },
      });
      try {
        await one.database.asUser(ALICE, (tx) => tx.connector.count());
      } finally {
        Object.assign(pg.Client.prototype, { query });
      }
      expect(statements).toEqual(['BEGIN', 'SELECT', 'SELECT', 'COMMIT']);
    } finally {
      await one.drop();
    }
  });
});

describe('the app role', () => {
  it.each([
    'ALTER TABLE connectors DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE connectors NO FORCE ROW LEVEL SECURITY',
    'DROP POLICY connectors_app ON connectors',
    'CREATE POLICY everything ON connectors USING (true)',
    'TRUNCATE connectors CASCADE',
    'DROP TABLE connectors',
    'CREATE TABLE own (id int)',
    'CREATE SCHEMA own',
    'CREATE ROLE own',
    'DELETE FROM _prisma_migrations',
    'ALTER ROLE mcp_connectors_app BYPASSRLS',
    "COPY connectors TO PROGRAM 'cat'",
    "SELECT pg_read_file('PG_VERSION')",
  ])('may not: %s', async (statement) => {
    await inTransaction(ALICE, async (client) => {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    });
  });

  it('sees an error, and never more rows, with row security switched off', async () => {
    await inTransaction(ALICE, async (client) => {
      await client.query('SET LOCAL row_security = off');
      await expect(client.query('SELECT * FROM connectors')).rejects.toMatchObject({
        code: '42501',
      });
    });
  });

  it('gets no other role through its settings', async () => {
    await inTransaction(
      { tenantId: 'tenant-a', userId: "bob', true); SET ROLE postgres; --" },
      async (client) => {
        const { rows } = await client.query('SELECT current_user AS role');
        expect(rows).toEqual([{ role: 'mcp_connectors_app' }]);
        expect(await countOf(client, 'connectors')).toBe(0);
      },
    );
    const hostile = { tenantId: 'tenant-a', userId: "alice' OR true --" };
    expect(await test.database.asUser(hostile, (tx) => tx.connector.count())).toBe(0);
  });

  it('owns nothing and inherits nothing', async () => {
    const { rows } = await test.owner.query(`
      SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb,
        (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned,
        (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships
      FROM pg_roles r WHERE rolname LIKE 'mcp\\_connectors\\_%' ORDER BY 1`);
    const none = {
      rolsuper: false,
      rolbypassrls: false,
      rolcanlogin: false,
      rolcreaterole: false,
      rolcreatedb: false,
      owned: 0,
      memberships: 0,
    };
    expect(rows).toEqual([
      { rolname: 'mcp_connectors_app', ...none },
      { rolname: 'mcp_connectors_worker', ...none },
    ]);
  });
});

describe('the worker role', () => {
  it('sees and seals the rows of everybody', async () => {
    await insertRow(test.owner, 'connectors', connectorRow({ tenant_id: 'tenant-b' }));
    expect(await test.database.asWorker((tx) => tx.connector.count())).toBe(2);
    const { count } = await test.database.asWorker((tx) =>
      tx.credential.updateMany({ data: { sealed: 'mc1.k2.bmV3' } }),
    );
    expect(count).toBe(1);
    await test.database.asWorker((tx) => tx.idempotencyRecord.deleteMany());
    expect(await countOf(test.owner, 'idempotency_records')).toBe(0);
  });

  it.each(['DELETE FROM connectors', 'DELETE FROM credentials', 'DROP TABLE connectors'])(
    'may not: %s',
    async (statement) => {
      await expect(worker.query(statement)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('makes no connectors and no credentials', async () => {
    await expect(insertRow(worker, 'connectors', connectorRow())).rejects.toMatchObject({
      code: '42501',
    });
    await expect(insertRow(worker, 'credentials', credentialRow(connector))).rejects.toMatchObject({
      code: '42501',
    });
  });
});
