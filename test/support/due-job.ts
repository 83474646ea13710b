import { expect } from 'vitest';
import type { TestService } from './test-service.ts';

/** Makes a job of the service due, as often as it is said, and waits until that is done. Each time may fall to another replica. */
export async function runJob(
  { databaseTools: { owner } }: Pick<TestService, 'databaseTools'>,
  name: string,
  times = 1,
): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await owner.query('SELECT FROM mcp_connectors_jobs.add_job($1)', [name]);
  }
  const waiting = async () => {
    const { rows } = await owner.query<{ count: number }>(
      `SELECT count(*)::int FROM mcp_connectors_jobs._private_jobs j
       JOIN mcp_connectors_jobs._private_tasks t ON t.id = j.task_id WHERE t.identifier = $1`,
      [name],
    );
    return rows[0]?.count;
  };
  await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
}
