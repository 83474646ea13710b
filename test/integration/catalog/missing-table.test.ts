import { afterEach, expect, it } from 'vitest';
import { applyMigrations } from '../../../src/database/migrations.ts';
import { startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { startTestService } from '../../support/test-service.ts';
import { until } from '../system/support/program.ts';
import { readiness } from '../system/support/service-on.ts';
import { CatalogClient, writeCatalogFile } from './support.ts';

// A cluster is made anew, and its database has the tables of no migration: listing, catalog and discovery once answered 500 then.

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('a database without the table is told by readiness, never as a 500, and all recovers by itself once it is migrated', async () => {
  const server = await startModernServer();
  closing.push(() => server.close());
  const file = writeCatalogFile(`overrides: { github: { url: '${server.url}' } }`);
  closing.push(file.remove);
  const service = await startTestService({ migrated: false, env: { CATALOG_FILE: file.file } });
  closing.push(() => service.close());
  const client = await service.clientFor(undefined, { claims: { projects: { atlas: 'admin' } } });
  const catalog = new CatalogClient(client, 'atlas');

  const told = await readiness(service.url);
  expect(told.status).toBe(503);
  expect(told.text).toContain('_catalog');
  for (const refused of [
    await client.listConnectors('?project_id=atlas'),
    await catalog.list(),
    await catalog.discover(),
    await catalog.get('github'),
    await catalog.enable('github'),
    await catalog.disable('github'),
    await catalog.sync('github'),
    await catalog.remove('github'),
  ]) {
    refused.problem(503, 'NOT_READY');
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  }

  await applyMigrations({ url: service.databaseTools.url });
  await until('the service is ready', async () => (await readiness(service.url)).status === 200);
  await until('the catalog answers', async () => (await catalog.list()).status === 200);
  expect((await catalog.discover()).ok().items[0]).toMatchObject({
    key: 'github',
    is_healthy: true,
  });
  expect((await catalog.enable('github')).ok().status).toBe('ENABLED');
  expect((await client.listConnectors('?project_id=atlas')).ok().items).toHaveLength(1);
  expect(service.logLines.join('')).not.toContain('request failed');
});
