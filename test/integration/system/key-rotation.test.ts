import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import {
  CredentialVault,
  parseKeyring,
  SealedBox,
} from '../../../src/modules/credentials/index.ts';
import { connectorRow, credentialRow, insertRow } from '../../support/database-rows.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';
import { Program, type ProgramEnd } from './support/program.ts';
import { readiness, type ServiceAgain, startServiceOn } from './support/service-on.ts';

vi.setConfig({ testTimeout: 300_000 });

const K2 = `k2:${randomBytes(32).toString('base64')}`;

let first: TestService;
let server: ScriptedServer;
let k1: string;
const running = new Set<ServiceAgain>();

beforeAll(async () => {
  first = await startTestService();
  k1 = first.env['ENCRYPTION_KEYS'] ?? '';
  server = await ScriptedServer.start({ token: 'token-of-alice' });
});

afterEach(async () => {
  for (const service of running) await service.stop();
  running.clear();
});

afterAll(async () => {
  await first.close();
  await server.stop();
});

async function startWith(keys: string): Promise<ServiceAgain> {
  const service = await startServiceOn(first, { ENCRYPTION_KEYS: keys });
  running.add(service);
  return service;
}

function reseal(env: Record<string, string>): Program {
  return Program.built('reseal', [], { env });
}

function resealWith(keys: string): Program {
  return reseal({ DATABASE_URL: first.databaseTools.url, ENCRYPTION_KEYS: keys });
}

/** How many sealed texts there are, by key id. */
async function keyIdsInUse(): Promise<Record<string, number>> {
  const { rows } = await first.databaseTools.owner.query<{ id: string; n: number }>(
    `SELECT split_part(text, '.', 2) AS id, count(*)::int AS n
     FROM (SELECT server_url_sealed AS text FROM connectors UNION ALL SELECT sealed FROM credentials) t
     GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ id, n }) => [id, n]));
}

it('a key is replaced without a break: new key in front, re-seal, old key gone', async () => {
  const alice = await first.clientFor('alice');
  const created = await alice.createConnector({
    name: 'Rotated',
    server_url: server.url,
    auth_type: 'bearer',
    credentials: { token: 'token-of-alice' },
  });
  const { id } = created.ok(201);
  const call = { name: 'rotated__echo', arguments: {} };

  const both = await startWith(`${K2},${k1}`);
  expect((await readiness(both.url)).status).toBe(200);
  const during = await both.clientFor('alice');
  expect((await during.getConnector(id)).ok().server_url).toBe(server.url);
  (await during.callTool(call)).ok();
  (await during.syncConnector(id)).ok();

  const early = await startWith(K2);
  const refusal = await readiness(early.url);
  expect(refusal.status).toBe(503);
  expect(refusal.text).toContain('ENCRYPTION_KEYS lacks k1');
  (await (await early.clientFor('alice')).callTool(call)).problem(500, 'INTERNAL');

  expect(await keyIdsInUse()).toEqual({ k1: 2 });
  await register('https://old.example.com', 'mc1.k1.c2VhbGVk');
  await register('https://new.example.com', 'mc1.k2.c2VhbGVk');
  const command = resealWith(`${K2},${k1}`);
  expect(await command.ended(), command.output).toEqual({ code: 0, signal: null });
  expect(command.output).toContain('1 of 1 connectors sealed with k2 so far');
  expect(command.output).toContain('Sealed 1 connectors with k2');
  // Every other text that is kept for longer than an hour goes, to be made anew.
  expect(command.output).toContain('Deleted 1 registrations');
  const kept = await first.databaseTools.owner.query('SELECT issuer FROM oauth_registrations');
  expect(kept.rows).toEqual([{ issuer: 'https://new.example.com' }]);
  expect(await keyIdsInUse()).toEqual({ k2: 2 });

  const after = await startWith(K2);
  expect((await readiness(after.url)).status).toBe(200);
  const client = await after.clientFor('alice');
  expect((await client.getConnector(id)).ok().server_url).toBe(server.url);
  (await client.callTool(call)).ok();
  (await client.testConnector(id)).ok();
  // The service that was not ready recovers by itself.
  await expect.poll(async () => (await readiness(early.url)).status, { timeout: 60_000 }).toBe(200);
  // Nothing is left to do.
  const again = resealWith(`${K2},${k1}`);
  expect((await again.ended()).code).toBe(0);
  expect(again.output).toContain('Sealed 0 connectors');
});

/** A client of ours at an authorization server. */
const register = (issuer: string, sealed: string) =>
  insertRow(first.databaseTools.owner, 'oauth_registrations', {
    ...{ tenant_id: 'default', issuer, redirect_uri: 'https://a.test/oauth/callback' },
    ...{ sealed, created_at: new Date() },
  });

it('a re-seal that is killed in the middle leaves every secret readable, and is finished by the next one', async () => {
  const rows = await insertSealedConnectors(250);
  const { owner } = first.databaseTools;
  // The command gets stuck at the last row: killed now, it is in the middle for sure.
  const lock = await owner.connect();
  await lock.query('BEGIN');
  await lock.query('SELECT FROM connectors WHERE id = $1 FOR UPDATE', [rows.at(-1)?.id]);
  const command = resealWith(`${K2},${k1}`);
  await command.written(/sealed with k2 so far/);
  command.kill('SIGKILL');
  const end: ProgramEnd = await command.ended();
  await lock.query('ROLLBACK');
  lock.release();
  expect(end).toEqual({ code: null, signal: 'SIGKILL' });
  const between = await keyIdsInUse();
  expect(between['k1']).toBeGreaterThan(0);
  expect(between['k2']).toBeGreaterThan(0);
  await expectAllReadable(`${K2},${k1}`, rows);

  const next = resealWith(`${K2},${k1}`);
  expect(await next.ended(), next.output).toEqual({ code: 0, signal: null });
  expect(Object.keys(await keyIdsInUse())).toEqual(['k2']);
  await expectAllReadable(K2, rows);
});

it('a re-seal leaves alone what it cannot open, and says so', async () => {
  const [row] = await insertSealedConnectors(1);
  await first.databaseTools.owner.query(
    `UPDATE connectors SET owner_id = 'somebody-else' WHERE id = $1`,
    [row?.id],
  );
  const command = resealWith(`${K2},${k1}`);
  expect((await command.ended()).code).toBe(1);
  expect(command.output).toContain(`Not opened, and left as they are: ${row?.id}`);
  expect((await keyIdsInUse())['k1']).toBe(2);
  await first.databaseTools.owner.query('DELETE FROM connectors WHERE id = $1', [row?.id]);
});

it.each([
  ['no database is set', { DATABASE_URL: '' }, 2, 'DATABASE_URL is not set'],
  ['no key is set', { ENCRYPTION_KEYS: '' }, 2, 'ENCRYPTION_KEYS is not set'],
  ['a key is too short', { ENCRYPTION_KEYS: 'k1:cGFzcy13b3Jk' }, 2, '32 bytes in base64'],
  [
    'the database is not named properly',
    { DATABASE_URL: 'postgresql://user:pass-word@127.0.0.1:x/db' },
    2,
    'DATABASE_URL does not have the expected form',
  ],
  [
    'the database cannot be reached',
    { DATABASE_URL: 'postgresql://user:pass-word@127.0.0.1:1/db' },
    1,
    'The database cannot be reached',
  ],
])('a re-seal says so where %s', async (_what, env, code, reason) => {
  const command = reseal({
    DATABASE_URL: first.databaseTools.url,
    ENCRYPTION_KEYS: K2,
    ...env,
  });
  expect((await command.ended()).code, command.output).toBe(code);
  expect(command.output).toContain(reason);
  expect(command.output).not.toMatch(/pass-word|cGFzcy13b3Jk/);
});

interface SealedRow {
  id: string;
  user: string;
  url: string;
  token: string;
  credentialId: string;
}

/** Connectors of as many users, sealed with the first key, in the order of their ids. */
async function insertSealedConnectors(count: number): Promise<SealedRow[]> {
  const vault = new CredentialVault({ box: new SealedBox(parseKeyring(k1)) });
  const ids = Array.from({ length: count }, () => randomUUID()).sort();
  const rows = ids.map((id, n) => ({
    id,
    user: `user-${n}`,
    url: `https://mcp.example.com/${n}`,
    token: `token-${n}`,
    credentialId: randomUUID(),
  }));
  for (const { id, user, url, token, credentialId } of rows) {
    const identity = { tenantId: 'default', userId: user };
    const connector = connectorRow({
      id,
      tenant_id: 'default',
      owner_id: user,
      auth_type: 'bearer',
      server_url_sealed: vault.sealUrl(url, { identity, rowId: id }),
    });
    const credential = credentialRow(connector, {
      id: credentialId,
      sealed: vault.sealCredentials(
        { kind: 'bearer', token },
        { identity, rowId: credentialId },
        url,
      ),
    });
    await insertRow(first.databaseTools.owner, 'connectors', connector);
    await insertRow(first.databaseTools.owner, 'credentials', credential);
  }
  return rows;
}

async function expectAllReadable(keys: string, rows: readonly SealedRow[]): Promise<void> {
  const vault = new CredentialVault({ box: new SealedBox(parseKeyring(keys)) });
  const stored = await first.databaseTools.owner.query<{ id: string; url: string; secret: string }>(
    `SELECT c.id, server_url_sealed AS url, sealed AS secret
     FROM connectors c JOIN credentials s ON s.connector_id = c.id`,
  );
  const byId = new Map(stored.rows.map((row) => [row.id, row]));
  for (const { id, user, url, token, credentialId } of rows) {
    const identity = { tenantId: 'default', userId: user };
    const row = byId.get(id);
    expect(vault.openUrl(row?.url ?? '', { identity, rowId: id })).toBe(url);
    expect(
      vault.openCredentials(row?.secret ?? '', { identity, rowId: credentialId }, url),
    ).toEqual({ kind: 'bearer', token });
  }
}
