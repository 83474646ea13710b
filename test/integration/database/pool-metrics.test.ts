import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registerPoolMetrics } from '../../../src/database/pool-metrics.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { Gate } from '../../unit/lib/gate.ts';

let databaseTools: TestDatabase;

beforeAll(async () => {
  databaseTools = await createTestDatabase({ maxConnections: 2 });
});

afterAll(() => databaseTools.drop());

it('tells operators how many connections are in use, and whether that is enough', async () => {
  const { database } = databaseTools;
  const registry = new Registry();
  registerPoolMetrics(registry, database);
  const figures = async () => {
    const text = await registry.metrics();
    return text.split('\n').filter((line) => line.includes('pool="app"'));
  };
  const gate = new Gate();
  const work = Array.from({ length: 3 }, () =>
    database.asUser({ tenantId: 't', userId: 'u' }, () => gate.promise),
  );
  await expect
    .poll(figures)
    .toEqual([
      'mcp_database_connections{pool="app",state="in_use"} 2',
      'mcp_database_connections{pool="app",state="idle"} 0',
      'mcp_database_waiting{pool="app"} 1',
    ]);
  gate.open();
  await Promise.all(work);
  await expect
    .poll(figures)
    .toEqual([
      'mcp_database_connections{pool="app",state="in_use"} 0',
      'mcp_database_connections{pool="app",state="idle"} 2',
      'mcp_database_waiting{pool="app"} 0',
    ]);
});
