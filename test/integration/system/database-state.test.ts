import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { applyMigrations, loadMigrations } from '../../../src/database/migrations.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';
import { until } from './support/program.ts';
import { readiness } from './support/service-on.ts';

vi.setConfig({ testTimeout: 300_000 });

let service: TestService;
let alice: ApiClient;

async function start(options: { migrated?: boolean } = {}): Promise<void> {
  service = await startTestService(options);
  alice = await service.clientFor();
}

afterEach(() => service.close());

async function untilReady(): Promise<void> {
  await until('the service is ready', async () => (await readiness(service.url)).status === 200);
  // The API may believe in the old state a moment longer than /readyz.
  await until('the API answers', async () => (await alice.listConnectors()).status === 200);
}

/** Waits until `/readyz` answers 503, and the API as well. @returns what `/readyz` says. */
async function untilNotReady(): Promise<string> {
  await until(
    'the service is not ready',
    async () => (await readiness(service.url)).status === 503,
  );
  await until('the API refuses', async () => (await alice.listConnectors()).status === 503);
  return (await readiness(service.url)).text;
}

function logOf(level: string): string {
  return service.logLines.filter((line) => line.includes(`"level":"${level}"`)).join('');
}

describe('a database without migrations', () => {
  it('is told on /readyz and in the log, and served as soon as it is migrated', async () => {
    await start({ migrated: false });
    const [first] = await loadMigrations();

    const answer = await readiness(service.url);
    expect(answer.status).toBe(503);
    expect(answer.text).toContain(`missing migrations ${first?.name}`);
    expect(logOf('error')).toContain(`missing migrations ${first?.name}`);
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    for (const refused of [
      await alice.listConnectors(),
      await alice.createConnector({ name: 'A', server_url: 'https://10.0.0.1/' }),
      await alice.getTools(),
      await alice.callTool({ name: 'a__b', arguments: {} }),
    ]) {
      const problem = refused.problem(503, 'NOT_READY');
      expect(problem.detail).toContain('database');
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    // To a stranger it says nothing of the kind.
    (await alice.withToken(undefined).listConnectors()).problem(401, 'UNAUTHENTICATED');

    await applyMigrations({ url: service.databaseTools.url });
    await untilReady();
    expect(logOf('info')).toContain('the database is ready');
    // Each state is told once, not every second.
    expect(logOf('error').split('missing migrations')).toHaveLength(2);
    expect(service.logLines.join('')).not.toContain('request failed');
  });
});

describe('a database of another version', () => {
  beforeEach(() => start());

  it.each([
    [
      'an unknown migration',
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ('x', 'x', '20991231000000_from_the_future', now(), now(), 1)`,
      `DELETE FROM _prisma_migrations WHERE id = 'x'`,
      'unknown migrations 20991231000000_from_the_future',
    ],
    [
      'an unfinished migration',
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count)
       VALUES ('x', 'x', '20991231000000_half_done', now(), 0)`,
      `DELETE FROM _prisma_migrations WHERE id = 'x'`,
      'unfinished migrations 20991231000000_half_done',
    ],
    [
      'another text of a migration',
      `UPDATE _prisma_migrations SET checksum = 'other'`,
      `UPDATE _prisma_migrations SET checksum = known.checksum
       FROM unnest($1::text[], $2::text[]) AS known (id, checksum) WHERE known.id = _prisma_migrations.id`,
      'migrations that were applied with another text',
    ],
  ])('is not served while it has %s', async (_what, spoil, mend, reason) => {
    const { owner } = service.databaseTools;
    await untilReady();
    const { rows } = await owner.query<{ id: string; checksum: string }>(
      'SELECT id, checksum FROM _prisma_migrations',
    );
    await owner.query(spoil);

    expect(await untilNotReady()).toContain(reason);
    expect(logOf('error')).toContain(reason);

    const known = [rows.map(({ id }) => id), rows.map(({ checksum }) => checksum)];
    await owner.query(mend, mend.includes('$1') ? known : []);
    await untilReady();
  });
});

describe('a database that goes away', () => {
  let server: ScriptedServer;
  let admin: pg.Client;

  beforeEach(async () => {
    await start();
    server = await ScriptedServer.start();
    admin = new pg.Client({ connectionString: inject('testServer').url });
    await admin.connect();
  });

  afterEach(async () => {
    await admin.end();
    await server.stop();
  });

  function databaseName(): string {
    return new URL(service.databaseTools.url).pathname.slice(1);
  }

  async function cutConnections(): Promise<void> {
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = $1 AND application_name LIKE 'mcp-connectors%'`,
      [databaseName()],
    );
  }

  async function acceptConnections(accepts: boolean): Promise<void> {
    await admin.query(`ALTER DATABASE ${databaseName()} ALLOW_CONNECTIONS ${accepts}`);
    if (!accepts) await cutConnections();
  }

  it('makes requests wait for its return with 503, never with 500', async () => {
    (await alice.createConnector({ name: 'Kept', server_url: server.url })).ok(201);
    const call = { name: 'kept__echo', arguments: {} };
    (await alice.callTool(call)).ok();

    await acceptConnections(false);
    const refused = [
      await alice.listConnectors(),
      await alice.getTools(),
      await alice.callTool(call),
      await alice.createConnector({ name: 'New', server_url: server.url }),
    ];
    for (const answer of refused) answer.problem(503, 'NOT_READY');
    const told = await untilNotReady();
    expect(told).toContain('The database cannot be reached.');
    // Addresses and messages of the database are for the log alone.
    expect(told).not.toMatch(/postgres|socket|\/tmp|accepting/);
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);

    await acceptConnections(true);
    await untilReady();
    (await alice.callTool(call)).ok();
    expect((await alice.listConnectors()).ok().items).toHaveLength(1);
  });

  it('that drops connections under load costs a 503 here and there, and nothing else', async () => {
    (await alice.createConnector({ name: 'Kept', server_url: server.url })).ok(201);
    const statuses = new Set<number>();
    let isOver = false;
    const load = Array.from({ length: 8 }, async (_, n) => {
      while (!isOver) {
        const answers = [
          await alice.listConnectors(),
          await alice.callTool(
            { name: 'kept__echo', arguments: {} },
            { headers: { 'idempotency-key': `${n}-${performance.now()}` } },
          ),
          await alice.setStatus(await idOf('Kept'), 'ENABLED'),
        ];
        for (const { status } of answers) statuses.add(status);
      }
    });
    for (let cut = 0; cut < 40; cut += 1) {
      await cutConnections();
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    isOver = true;
    await Promise.all(load);

    expect(service.logLines.filter((line) => line.includes('request failed'))).toEqual([]);
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await untilReady();
  });

  let connectorId: string | undefined;
  async function idOf(name: string): Promise<string> {
    connectorId ??= (
      await service.databaseTools.owner.query<{ id: string }>(
        'SELECT id FROM connectors WHERE name = $1',
        [name],
      )
    ).rows[0]?.id;
    return connectorId ?? '';
  }
});
