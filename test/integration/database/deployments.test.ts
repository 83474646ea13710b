import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PrismaResealStore, ResealService } from '../../../src/modules/connectors/index.ts';
import {
  CredentialVault,
  parseKeyring,
  SealedBox,
} from '../../../src/modules/credentials/index.ts';
import { createTestDatabase, openPool, type TestDatabase } from '../../support/database.ts';
import { deploymentInstanceRow, deploymentRow, insertRow } from '../../support/database-rows.ts';
import { FakeClock } from '../../support/fake-clock.ts';

// What the database itself holds deployments to, whoever writes them.

let test: TestDatabase;
let app: pg.Pool;

beforeAll(async () => {
  test = await createTestDatabase();
  const options = '-c role=mcp_connectors_app';
  app = openPool({ connectionString: test.url, options, max: 1 });
});
afterAll(async () => {
  await app.end();
  await test.drop();
});
beforeEach(() => test.owner.query('TRUNCATE deployments CASCADE'));

/** As a request of a member of these projects. */
async function asMember(projects: string[], work: (client: pg.PoolClient) => Promise<void>) {
  const client = await app.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      "SELECT set_config('app.tenant', 'tenant-a', true), set_config('app.user', 'alice', true), set_config('app.projects', $1::text[]::text, true)",
      [projects],
    );
    await work(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

describe('rows of deployments', () => {
  it('are seen and changed by requests for their project alone, and deleted by none', async () => {
    const row = await insertRow(test.owner, 'deployments', deploymentRow());
    await insertRow(test.owner, 'deployment_instances', deploymentInstanceRow(row));
    await insertRow(test.owner, 'deployments', deploymentRow({ tenant_id: 'tenant-b' }));
    const seen = async (projects: string[]) => {
      const counts: number[] = [];
      await asMember(projects, async (client) => {
        for (const table of ['deployments', 'deployment_instances']) {
          const { rows } = await client.query(`SELECT * FROM ${table}`);
          counts.push(rows.length);
        }
        const changed = await client.query("UPDATE deployments SET wanted = 'deleted'");
        counts.push(changed.rowCount ?? -1);
      });
      return counts;
    };
    expect(await seen(['atlas'])).toEqual([1, 1, 1]);
    expect(await seen(['borea'])).toEqual([0, 0, 0]);
    expect(await seen([])).toEqual([0, 0, 0]);
    const refused = async (statement: string) => {
      await asMember(['atlas'], async (client) => {
        await expect(client.query(statement)).rejects.toThrow('permission denied');
      });
    };
    await refused('DELETE FROM deployments');
    await refused("UPDATE deployment_instances SET url = 'http://127.0.0.1:1'");
    await refused('DELETE FROM deployment_instances');
    // Not even by the function that begins the work.
    await refused('SELECT deployment_work()');
    await asMember(['atlas'], async (client) => {
      const moved = client.query("UPDATE deployments SET owner_id = 'borea'");
      await expect(moved).rejects.toThrow('row-level security');
    });
  });

  it('are one of each entry and owner, and nothing that there is not', async () => {
    await insertRow(test.owner, 'deployments', deploymentRow());
    const insert = (overrides: object) =>
      insertRow(test.owner, 'deployments', deploymentRow({ entry_key: 'other', ...overrides }));
    await expect(insert({ entry_key: 'lab' })).rejects.toThrow('deployments_owner_entry_key');
    await expect(insert({ owner_kind: 'user' })).rejects.toThrow('deployments_owner_check');
    await expect(insert({ state: 'lost' })).rejects.toThrow('deployments_state_check');
    await expect(insert({ wanted: 'paused' })).rejects.toThrow('deployments_wanted_check');
    await expect(insert({ runtime: 'localhost' })).rejects.toThrow('deployments_runtime_check');
    await expect(insert({ sealed: '{"token":"open"}' })).rejects.toThrow(
      'deployments_sealed_check',
    );
    await expect(insert({ error_code: 'no code' })).rejects.toThrow('deployments_error_check');
    const foreign = { ...deploymentRow(), id: randomUUID(), owner_id: 'borea' };
    await expect(
      insertRow(test.owner, 'deployment_instances', deploymentInstanceRow(foreign)),
    ).rejects.toThrow('fkey');
  });

  it('begin work once, however often that is asked for, and are told to their project', async () => {
    await test.owner.query('DELETE FROM mcp_connectors_jobs._private_jobs');
    const row = await insertRow(test.owner, 'deployments', deploymentRow());
    const change = (sets: string) =>
      test.owner.query(`UPDATE deployments SET ${sets} WHERE id = $1`, [row['id']]);
    await change("wanted = 'stopped', version = version + 1");
    await change("step = 'stopping'");
    const jobs = await test.owner.query<{ key: string }>(
      'SELECT key FROM mcp_connectors_jobs._private_jobs',
    );
    expect(jobs.rows).toEqual([{ key: 'advance-deployments' }]);
    await test.owner.query('DELETE FROM deployments');
    const events = await test.owner.query<{ kind: string; project_id: string }>(
      "SELECT kind, project_id FROM events WHERE object_type = 'deployment' ORDER BY id",
    );
    expect(events.rows.slice(-3)).toEqual(
      ['created', 'updated', 'deleted'].map((what) => ({
        kind: `deployment.${what}`,
        project_id: 'atlas',
      })),
    );
  });

  it('are sealed anew with the first key, and keep it needed until then', async () => {
    const [k1, k2] = ['k1', 'k2'].map((id) => `${id}:${randomBytes(32).toString('base64')}`);
    const boxOf = (keys: string) => new SealedBox(parseKeyring(keys));
    const vaultOf = (keys: string) => new CredentialVault({ box: boxOf(keys) });
    const id = randomUUID();
    const place = { identity: { tenantId: 'tenant-a', userId: '', projectId: 'atlas' }, rowId: id };
    const sealed = vaultOf(String(k1)).sealDeployment('{"bearer":"b"}', place);
    await insertRow(test.owner, 'deployments', deploymentRow({ id, sealed }));
    const damaged = await insertRow(test.owner, 'deployments', deploymentRow({ entry_key: 'bad' }));
    const serviceOf = (keys: string) =>
      new ResealService({
        ...{ store: new PrismaResealStore({ database: test.database }), clock: new FakeClock() },
        ...{ vault: vaultOf(keys), box: boxOf(keys) },
      });
    expect(await serviceOf(String(k2)).findMissingKeyIds()).toEqual(['k1']);
    const progress = await serviceOf(`${k2},${k1}`).reseal(() => {});
    expect(progress).toMatchObject({ deployments: 1, failed: [damaged['id']] });
    const { rows } = await test.owner.query('SELECT sealed FROM deployments WHERE id = $1', [id]);
    expect(vaultOf(String(k2)).openDeployment(rows[0].sealed, place)).toBe('{"bearer":"b"}');
    // A text of another row does not open.
    const other = { ...place, rowId: randomUUID() };
    expect(() => vaultOf(String(k2)).openDeployment(rows[0].sealed, other)).toThrow();
  });
});
