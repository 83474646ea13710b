import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { applyMigrations } from '../../src/database/migrations.ts';
import { startContractCoverage } from './contract-coverage.ts';

/** How test files reach the server; see {@link createTestDatabase}. */
export interface TestServer {
  /** Connection string of a superuser, to a database that no test uses. */
  url: string;
  /** A migrated database to clone. */
  template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer;
  }
}

/** Starts one server for the run, or uses that of `TEST_DATABASE_URL`, and migrates the template. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  const template = `mcp_test_template_${randomBytes(6).toString('hex')}`;
  try {
    await run(server.url, `CREATE DATABASE ${template}`);
    const url = new URL(server.url);
    url.pathname = `/${template}`;
    await applyMigrations({ url: url.href });
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('testServer', { url: server.url, template });
  const endCoverage = startContractCoverage();
  return async () => {
    const unseen = endCoverage();
    // A report of its own beside that of the coverage; a run of a few files sees little of either.
    if (project.vitest.config.coverage.enabled) report(unseen);
    await run(server.url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await server.stop();
  };
}

/** Tells which answers of the contract no test has seen. A list to look at: it fails nothing. */
function report(unseen: readonly string[]): void {
  const statuses = new Map<string, string[]>();
  for (const pair of unseen) {
    const [operation = '', status = ''] = pair.split(' ');
    statuses.set(operation, [...(statuses.get(operation) ?? []), status]);
  }
  const lines = [...statuses].map(([operation, list]) => `  ${operation} ${list.join(' ')}\n`);
  process.stdout.write(
    `\nAnswers of the contract that no test has seen: ${unseen.length}\n${lines.join('')}`,
  );
}

async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined) return { url: given, stop: async () => {} };
  const folder = mkdtempSync(path.join(tmpdir(), 'mcp-test-'));
  chmodSync(folder, 0o711); // under root the server runs as another account
  const postgres = await startEmbeddedPostgres({ dataDir: folder, fsync: false }).catch(
    (error: unknown) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    },
  );
  return {
    url: postgres.url,
    stop: async () => {
      await postgres.stop();
      rmSync(postgres.dataDir, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
