import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConstraintViolation } from '../../../src/database/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  connectorRow,
  credentialRow,
  idempotencyRow,
  insertRow,
  offeringRow,
  type Row,
  toolRow,
} from '../../support/database-rows.ts';

let test: TestDatabase;
let connector: Row;

beforeAll(async () => {
  test = await createTestDatabase();
});

afterAll(() => test.drop());

beforeEach(async () => {
  await test.owner.query('TRUNCATE connectors, idempotency_records CASCADE');
  connector = await insertRow(test.owner, 'connectors', connectorRow());
});

/** Name of the constraint that refuses the statement; undefined when none does. */
async function refusedBy(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.constraint ?? error.code;
    throw error;
  }
}

describe('connectors', () => {
  it.each<[string, Row]>([
    ['tenant_id', { tenant_id: '' }],
    ['tenant_id', { tenant_id: 'x'.repeat(256) }],
    ['owner_kind', { owner_kind: 'team' }],
    ['owner_id', { owner_id: '' }],
    ['owner_id', { owner_id: 'x'.repeat(256) }],
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: ' leading' }],
    ['name', { name: 'trailing\n' }],
    ['slug', { slug: '' }],
    ['slug', { slug: '-a' }],
    ['slug', { slug: 'Upper' }],
    ['slug', { slug: 'under_score' }],
    ['slug', { slug: 'line\n' }],
    ['slug', { slug: 'x'.repeat(33) }],
    ['server_url_sealed', { server_url_sealed: 'https://mcp.example.com/?key=1' }],
    ['server_url_sealed', { server_url_sealed: 'xmc1.k1' }],
    ['transport', { transport: 'stdio' }],
    ['auth_type', { auth_type: 'basic' }],
    ['intent', { intent: 'ERROR' }],
    ['health', { health: 'DISABLED' }],
    ['last_error', { last_error_code: 'TIMEOUT' }],
    ['last_error', { last_error_at: new Date() }],
    ['failing_since', { failing_since: new Date() }],
    ['era', { era: 'future' }],
    ['resolved_transport', { resolved_transport: 'auto' }],
    ['version', { version: 0 }],
    ['credential_generation', { credential_generation: 0 }],
  ])('refuses a bad %s: %o', async (column, overrides) => {
    expect(await refusedBy(insertRow(test.owner, 'connectors', connectorRow(overrides)))).toBe(
      `connectors_${column}_check`,
    );
  });

  it.each<Row>([
    { name: 'x'.repeat(100), slug: 'x'.repeat(32) },
    { name: '日本語 🎉', slug: '0-a' },
    { owner_kind: 'project', transport: 'sse', auth_type: 'oauth2', intent: 'DISABLED' },
    { health: 'ERROR', last_error_code: 'TIMEOUT', last_error_at: new Date() },
    { era: 'modern', resolved_transport: 'streamable-http' },
    { era: 'legacy', resolved_transport: 'sse', transport: 'streamable-http' },
  ])('accepts %o', async (overrides) => {
    expect(
      await refusedBy(insertRow(test.owner, 'connectors', connectorRow(overrides))),
    ).toBeUndefined();
  });

  it('keeps names unique per owner, whatever their case', async () => {
    await insertRow(test.owner, 'connectors', connectorRow({ name: 'Weather' }));
    const insert = (overrides: Row) =>
      refusedBy(insertRow(test.owner, 'connectors', connectorRow(overrides)));
    expect(await insert({ name: 'wEATHER' })).toBe('connectors_owner_name_key');
    expect(await insert({ name: 'Weather', owner_id: 'bob' })).toBeUndefined();
    expect(await insert({ name: 'Weather', owner_kind: 'project' })).toBeUndefined();
    expect(await insert({ name: 'Weather', tenant_id: 'tenant-b' })).toBeUndefined();
  });

  it('keeps slugs unique per owner', async () => {
    const insert = (overrides: Row) =>
      refusedBy(insertRow(test.owner, 'connectors', connectorRow(overrides)));
    expect(await insert({ slug: connector['slug'] })).toBe(
      'connectors_tenant_id_owner_kind_owner_id_slug_key',
    );
    expect(await insert({ slug: connector['slug'], owner_id: 'bob' })).toBeUndefined();
  });

  it.each<[string, Row]>([
    ['slug_owner', { slug: 'p--weather' }],
    ['slug_owner', { slug: 'a--b' }],
    ['slug_owner', { owner_kind: 'project', slug: 'weather' }],
    ['slug_owner', { owner_kind: 'project', slug: 'p-weather' }],
    ['credential_mode', { credential_mode: 'personal' }],
    ['credential_mode', { owner_kind: 'project', credential_mode: 'mine' }],
  ])('keeps users and projects apart: %s, %o', async (constraint, overrides) => {
    expect(await refusedBy(insertRow(test.owner, 'connectors', connectorRow(overrides)))).toBe(
      `connectors_${constraint}_check`,
    );
  });
});

describe('what hangs on a connector', () => {
  it.each<[string, Row]>([
    ['kind', { kind: 'basic' }],
    ['sealed', { sealed: 'a plain token' }],
    ['header_names', { kind: 'headers', header_names: [] }],
    ['member_id', { member_id: 'bob' }],
  ])('refuses a credential with a bad %s', async (column, overrides) => {
    const row = credentialRow(connector, overrides);
    expect(await refusedBy(insertRow(test.owner, 'credentials', row))).toBe(
      `credentials_${column}_check`,
    );
  });

  it.each<[string, Row]>([
    ['name', { name: '' }],
    ['exposed_name', { exposed_name: '' }],
    ['exposed_name', { exposed_name: 'with space' }],
    ['exposed_name', { exposed_name: 'x'.repeat(65) }],
    ['definition', { definition: '[]' }],
    ['definition_hash', { definition_hash: 'abc' }],
    ['definition_hash', { definition_hash: 'A'.repeat(64) }],
    ['state', { state: 'held' }],
    ['version', { version: 0 }],
    ['reference', { reference: '[]' }],
    ['approved_hash', { approved_hash: 'abc', approved_at: new Date() }],
    ['approval', { approved_hash: 'a'.repeat(64) }],
    ['approved', { state: 'approved' }],
    ['approved', { state: 'approved', approved_hash: 'a'.repeat(64), approved_at: new Date() }],
  ])('refuses a tool with a bad %s: %o', async (column, overrides) => {
    const row = toolRow(connector, overrides);
    expect(await refusedBy(insertRow(test.owner, 'connector_tools', row))).toBe(
      `connector_tools_${column}_check`,
    );
  });

  it.each<[string, Row]>([
    ['kind', { kind: 'tool' }],
    ['key', { key: '', exposed_key: 'slug+' }],
    ['key', { key: `a:${'b'.repeat(1_999)}`, exposed_key: `s+a:${'b'.repeat(1_999)}` }],
    ['exposed_key', { exposed_key: 'test://a' }],
    ['exposed_key', { exposed_key: 'slug+test://b' }],
    ['exposed_key', { kind: 'prompt', key: 'a', exposed_key: 'slug+a' }],
    ['definition', { definition: '[]' }],
  ])('refuses an offering with a bad %s: %o', async (column, overrides) => {
    const row = offeringRow(connector, overrides);
    expect(await refusedBy(insertRow(test.owner, 'connector_offerings', row))).toBe(
      `connector_offerings_${column}_check`,
    );
  });

  it('keeps exposed names of prompts unique per owner, and takes URIs longer than an index does', async () => {
    const other = await insertRow(test.owner, 'connectors', connectorRow());
    const insert = (row: Row) => refusedBy(insertRow(test.owner, 'connector_offerings', row));
    const prompt = { kind: 'prompt', key: 'a', exposed_key: 's__a' };
    expect(await insert(offeringRow(connector, prompt))).toBeUndefined();
    expect(await insert(offeringRow(other, prompt))).toBe('connector_offerings_prompt_key');
    const key = `a:${'\u4e16'.repeat(1_998)}`;
    expect(await insert(offeringRow(connector, { key, exposed_key: `s+${key}` }))).toBeUndefined();
  });

  it('allows one credential', async () => {
    await insertRow(test.owner, 'credentials', credentialRow(connector));
    expect(await refusedBy(insertRow(test.owner, 'credentials', credentialRow(connector)))).toMatch(
      /^credentials_connector_id/,
    );
  });

  it('keeps tool names unique per connector, and exposed names per owner', async () => {
    const first = await insertRow(test.owner, 'connector_tools', toolRow(connector));
    const other = await insertRow(test.owner, 'connectors', connectorRow());
    const insert = (row: Row) => refusedBy(insertRow(test.owner, 'connector_tools', row));
    expect(await insert(toolRow(connector, { name: first['name'] }))).toBe(
      'connector_tools_connector_id_name_key',
    );
    expect(await insert(toolRow(other, { exposed_name: first['exposed_name'] }))).toBe(
      'connector_tools_tenant_id_owner_kind_owner_id_exposed_name_key',
    );
    expect(await insert(toolRow(other, { name: first['name'] }))).toBeUndefined();
  });

  it('belongs to the owner of the connector', async () => {
    for (const [table, row] of [
      ['credentials', credentialRow(connector, { owner_id: 'bob' })],
      ['connector_tools', toolRow(connector, { tenant_id: 'tenant-b' })],
      ['connector_tools', toolRow(connector, { connector_id: randomUUID() })],
    ] as const) {
      expect(await refusedBy(insertRow(test.owner, table, row))).toBe(
        `${table}_connector_id_tenant_id_owner_kind_owner_id_fkey`,
      );
    }
  });

  it('goes when the connector goes, also for a user', async () => {
    await insertRow(test.owner, 'credentials', credentialRow(connector));
    await insertRow(test.owner, 'connector_tools', toolRow(connector));
    await test.database.asUser({ tenantId: 'tenant-a', userId: 'alice' }, (tx) =>
      tx.connector.deleteMany(),
    );
    const { rows } = await test.owner.query(
      'SELECT (SELECT count(*)::int FROM credentials) AS credentials, (SELECT count(*)::int FROM connector_tools) AS tools',
    );
    expect(rows).toEqual([{ credentials: 0, tools: 0 }]);
  });

  it('keeps a definition as it was received', async () => {
    const definition = { zeta: 1, alpha: { y: 1, x: [1.5, 'ü'] }, inputSchema: {} };
    await insertRow(test.owner, 'connector_tools', toolRow(connector, { definition }));
    const tool = await test.database.asUser({ tenantId: 'tenant-a', userId: 'alice' }, (tx) =>
      tx.connectorTool.findFirstOrThrow(),
    );
    expect(JSON.stringify(tool.definition)).toBe(JSON.stringify(definition));
  });
});

describe('idempotency_records', () => {
  it.each<[string, Row]>([
    ['tenant_id', { tenant_id: '' }],
    ['user_id', { user_id: '' }],
    ['operation', { operation: '' }],
    ['key', { key: '' }],
    ['key', { key: 'x'.repeat(256) }],
    ['request_hash', { request_hash: 'abc' }],
    ['sealed', { sealed: '{"plain":true}' }],
  ])('refuses a bad %s: %o', async (column, overrides) => {
    const row = idempotencyRow(overrides);
    expect(await refusedBy(insertRow(test.owner, 'idempotency_records', row))).toBe(
      `idempotency_records_${column}_check`,
    );
  });

  it('accepts a request in progress, once per caller, operation and key', async () => {
    const row = await insertRow(
      test.owner,
      'idempotency_records',
      idempotencyRow({ sealed: null }),
    );
    const insert = (overrides: Row) =>
      refusedBy(insertRow(test.owner, 'idempotency_records', { ...row, ...overrides }));
    expect(await insert({})).toBe('idempotency_records_pkey');
    expect(await insert({ user_id: 'bob' })).toBeUndefined();
    expect(await insert({ operation: 'callTool' })).toBeUndefined();
  });
});

describe('a broken rule becomes a ConstraintViolation', () => {
  const alice = { tenantId: 'tenant-a', userId: 'alice' };
  const data = (overrides: Record<string, unknown> = {}) => ({
    id: randomUUID(),
    tenantId: 'tenant-a',
    ownerKind: 'user',
    ownerId: 'alice',
    name: 'A server',
    slug: 'a-server',
    serverUrlSealed: 'mc1.k1.c2VjcmV0',
    serverOrigin: 'https://mcp.example.com',
    transport: 'auto',
    authType: 'none',
    intent: 'ENABLED',
    health: 'HEALTHY',
    lastTestedAt: new Date(),
    toolsDiscoveredAt: new Date(),
    createdAt: new Date(),
    updatedAt: new Date(),
    ...overrides,
  });

  it('with its kind and name', async () => {
    const create = (overrides?: Record<string, unknown>) =>
      test.database.asUser(alice, (tx) => tx.connector.create({ data: data(overrides) }));
    await create();
    await expect(create({ name: 'A SERVER', slug: 'b' })).rejects.toMatchObject({
      name: 'ConstraintViolation',
      kind: 'unique',
      constraint: 'connectors_owner_name_key',
    });
    await expect(create({ name: 'B' })).rejects.toMatchObject({
      kind: 'unique',
      constraint: 'connectors_tenant_id_owner_kind_owner_id_slug_key',
    });
    await expect(create({ name: ' B', slug: 'b' })).rejects.toMatchObject({ kind: 'check' });
    await expect(
      test.database.asUser(alice, (tx) =>
        tx.connectorTool.create({
          data: {
            id: randomUUID(),
            connectorId: randomUUID(),
            tenantId: 'tenant-a',
            ownerKind: 'user',
            ownerId: 'alice',
            name: 'x',
            exposedName: 'x',
            definition: {},
            definitionHash: '0'.repeat(64),
            createdAt: new Date(),
            updatedAt: new Date(),
          },
        }),
      ),
    ).rejects.toMatchObject({
      kind: 'foreign-key',
      constraint: 'connector_tools_connector_id_tenant_id_owner_kind_owner_id_fkey',
    });
  });

  it('also for raw statements, and undoes the transaction', async () => {
    await expect(
      test.database.asUser(alice, async (tx) => {
        await tx.connector.create({ data: data() });
        await tx.$executeRaw`UPDATE connectors SET name = NULL`;
      }),
    ).rejects.toMatchObject({ kind: 'not-null' });
    expect(await test.database.asUser(alice, (tx) => tx.connector.count())).toBe(1);
  });

  it('holds no values of the row', async () => {
    const error: unknown = await test.database
      .asUser(alice, (tx) => tx.connector.create({ data: data({ slug: 'BAD' }) }))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConstraintViolation);
    if (!(error instanceof ConstraintViolation)) return;
    const everything = `${error.stack} ${error.message} ${JSON.stringify(error)} ${String(error.cause)}`;
    for (const value of ['mc1.k1', 'A server', 'alice']) expect(everything).not.toContain(value);
  });
});
