import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idempotencyRow, insertRow } from '../../support/database-rows.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from '../api/support/impatient-clock.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock(), hasSchedule: true });
});

afterAll(() => service.close());

const read = async (path: string) => (await fetch(`${service.url}${path}`)).text();

async function jobsCheck() {
  const { checks } = JSON.parse(await read('/readyz')) as { checks: { name: string }[] };
  return checks.find(({ name }) => name === 'jobs');
}

describe('the jobs of a service', () => {
  it('are on the schedule, each of them', async () => {
    const { owner } = service.databaseTools;
    const planned = async () => {
      const { rows } = await owner.query<{ identifier: string }>(
        'SELECT identifier FROM mcp_connectors_jobs._private_known_crontabs ORDER BY 1',
      );
      return rows.map(({ identifier }) => identifier);
    };
    await expect
      .poll(planned, { timeout: 5_000 })
      .toEqual([
        'advance-deployments',
        'delete-deactivated-credentials',
        'delete-expired-answers',
        'delete-expired-sign-ins',
        'delete-old-audit-records',
        'delete-old-events',
        'renew-tokens',
      ]);
  });

  it('delete what expired, all of it, and say so', async () => {
    const { owner } = service.databaseTools;
    const live = await insertRow(owner, 'idempotency_records', idempotencyRow());
    const { tenant_id, user_id, operation, request_hash } = idempotencyRow();
    await owner.query(
      `INSERT INTO idempotency_records (tenant_id, user_id, operation, key, request_hash, expires_at)
       SELECT $1, $2, $3, 'old-' || n, $4, now() - interval '1 second' FROM generate_series(1, 1100) n`,
      [tenant_id, user_id, operation, request_hash],
    );

    await owner.query(`SELECT FROM mcp_connectors_jobs.add_job('delete-expired-answers')`);

    const keys = async () => (await owner.query('SELECT key FROM idempotency_records')).rows;
    await expect.poll(keys, { timeout: 5_000 }).toEqual([{ key: live['key'] }]);
    await expect
      .poll(() => service.logLines.map((line): unknown => JSON.parse(line)))
      .toContainEqual(
        expect.objectContaining({
          msg: 'a job is done',
          job: 'delete-expired-answers',
          deleted: 1_100,
        }),
      );
    const metrics = await read('/metrics');
    expect(metrics).toContain('mcp_jobs_connected 1');
    expect(metrics).toMatch(
      /mcp_job_duration_seconds_count\{.*job="delete-expired-answers".*outcome="ok".*\} 1/,
    );
  });

  it('make the service ready only where their tables can be used', async () => {
    const { owner } = service.databaseTools;
    expect(await jobsCheck()).toEqual({ name: 'jobs', ok: true });

    await owner.query('REVOKE USAGE ON SCHEMA mcp_connectors_jobs FROM mcp_connectors_worker');

    await expect.poll(jobsCheck, { timeout: 3_000 }).toEqual({
      name: 'jobs',
      ok: false,
      reason: expect.stringContaining('npm run db:migrate'),
    });
    await owner.query('GRANT USAGE ON SCHEMA mcp_connectors_jobs TO mcp_connectors_worker');
  });
});
