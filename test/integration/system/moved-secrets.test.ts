import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../../src/errors/error-catalogue.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';

// Somebody who can write to the database, but has no key, moves sealed texts to where they do not belong. The service
// must rather fail than use them: they are somebody else's secrets, or belong to another address.

let service: TestService;
let home: ScriptedServer;
let trap: ScriptedServer;
let alice: ApiClient;
let count = 0;

beforeAll(async () => {
  // Nothing but the secrets is to keep a call from going to another address.
  service = await startTestService({ env: { TOOL_POLICY_CHANGED: 'accept' } });
  home = await ScriptedServer.start();
  trap = await ScriptedServer.start();
});

afterAll(async () => {
  await service.close();
  await home.stop();
  await trap.stop();
});

beforeEach(async () => {
  alice = await service.clientFor(`alice-${count}`);
});

const UNREADABLE =
  'The stored address of this server cannot be read any more. Enter it again, or delete the connector.';

interface Saved {
  id: string;
  token: string;
  tool: string;
}

async function save(client: ApiClient, server: ScriptedServer): Promise<Saved> {
  count += 1;
  const token = `token-${count}-of-its-owner`;
  const connector = (
    await client.createConnector({
      name: `Server ${count}`,
      server_url: server.url,
      auth_type: 'bearer',
      credentials: { token },
    })
  ).ok(201);
  return { id: connector.id, token, tool: `${connector.slug}__echo` };
}

function query(sql: string, values: unknown[] = []) {
  return service.databaseTools.owner.query(sql, values);
}

/** Uses a connector in every way that needs its secret, and expects that nothing is sent anywhere. */
async function expectUnusable(
  client: ApiClient,
  { id, tool }: Saved,
  { isUrlReadable = true } = {},
): Promise<void> {
  const before = [home.requests.length, trap.requests.length];
  for (const answer of [
    await client.testConnector(id),
    await client.syncConnector(id),
    await client.callTool({ name: tool, arguments: {} }),
    ...(isUrlReadable ? [await client.updateConnector(id, { transport: 'streamable-http' })] : []),
  ]) {
    const problem = answer.problem(500, 'INTERNAL');
    // A sentence that is always the same: nothing of the reason leaves.
    expect(problem.detail).toBe(ERROR_CATALOGUE.INTERNAL.shown);
  }
  if (!isUrlReadable) await expectUnreadableUrl(client, id);
  expect([home.requests.length, trap.requests.length]).toEqual(before);
}

/** Expects that the owner sees the connector without its address, and what to do about it. */
async function expectUnreadableUrl(client: ApiClient, id: string): Promise<void> {
  const shown = { id, server_url: '', status: 'ERROR', last_error: { code: 'INVALID_URL' } };
  const connector = (await client.getConnector(id)).ok();
  expect(connector).toMatchObject(shown);
  expect(connector.last_error?.message).toBe(UNREADABLE);
  expect((await client.listConnectors()).ok().items).toContainEqual(connector);
  for (const answer of [
    await client.updateConnector(id, { transport: 'streamable-http' }),
    await client.putCredentials(id, { token: 'another-token' }),
  ]) {
    expect(answer.problem(422, 'INVALID_URL')).toMatchObject({
      detail: UNREADABLE,
      errors: [{ pointer: '/body/server_url' }],
    });
  }
}

/** @returns what the servers were sent since, as one text. */
function sentSince(marks: readonly number[]): string {
  const [homeMark, trapMark] = marks;
  return JSON.stringify([home.requests.slice(homeMark), trap.requests.slice(trapMark)]);
}

describe('credentials in the row of another connector', () => {
  it.each([
    ['of the same user', () => ({ user: undefined, tenant: undefined })],
    ['of another user', () => ({ user: `mallory-${count}`, tenant: undefined })],
    ['of the same name in another tenant', () => ({ user: undefined, tenant: 'elsewhere' })],
  ])('are not used: %s', async (_whose, where) => {
    const { user, tenant } = where();
    const mine = await save(alice, home);
    const owner = user ?? `alice-${count - 1}`;
    const other = await service.clientFor(owner, tenant === undefined ? {} : { tenant });
    const theirs = await save(other, trap);

    // The text alone, and then the whole row with the id it is sealed for.
    await query(
      `UPDATE credentials c SET sealed = o.sealed FROM credentials o
       WHERE (c.connector_id, o.connector_id) IN (($1, $2), ($2, $1))`,
      [mine.id, theirs.id],
    );
    await expectUnusable(alice, mine);
    await expectUnusable(other, theirs);

    await query('DELETE FROM credentials WHERE connector_id = $1', [theirs.id]);
    await query(
      `UPDATE credentials c SET connector_id = t.id, tenant_id = t.tenant_id, owner_id = t.owner_id
       FROM connectors t WHERE c.connector_id = $1 AND t.id = $2`,
      [mine.id, theirs.id],
    );
    await expectUnusable(other, theirs);
  });

  it('are not used where the connector was given to another user with everything it has', async () => {
    const mine = await save(alice, home);
    const mallory = await service.clientFor(`mallory-${count}`);
    await query('UPDATE connectors SET owner_id = $2 WHERE id = $1', [mine.id, `mallory-${count}`]);

    await expectUnusable(mallory, mine, { isUrlReadable: false });
  });
});

describe('credentials at another address', () => {
  it('are not sent to the URL of another connector', async () => {
    const mine = await save(alice, home);
    const decoy = await save(alice, trap);

    await query(
      `UPDATE connectors c SET server_url_sealed = o.server_url_sealed, server_origin = o.server_origin
       FROM connectors o WHERE c.id = $1 AND o.id = $2`,
      [mine.id, decoy.id],
    );

    await expectUnusable(alice, mine, { isUrlReadable: false });
  });

  it('are not sent to the new URL when the old ones are put back', async () => {
    const mine = await save(alice, home);
    const { rows } = await query('SELECT id, sealed FROM credentials WHERE connector_id = $1', [
      mine.id,
    ]);
    const moved = { server_url: trap.url, credentials: { token: 'token-for-the-trap' } };
    (await alice.updateConnector(mine.id, moved)).ok();
    await query('UPDATE credentials SET id = $2, sealed = $3 WHERE connector_id = $1', [
      mine.id,
      rows[0]?.id,
      rows[0]?.sealed,
    ]);

    await expectUnusable(alice, mine);
    expect(JSON.stringify(trap.requests)).not.toContain(mine.token);
    // The address itself is in order, and new credentials mend the connector.
    (await alice.getConnector(mine.id)).ok();
    (await alice.putCredentials(mine.id, { token: 'fresh-token' })).ok();
    (await alice.callTool({ name: mine.tool, arguments: {} })).ok();
  });
});

describe('a sealed text that was tampered with', () => {
  it.each([
    ['cut off', (sealed: string) => sealed.slice(0, -4)],
    [
      'changed',
      (sealed: string) => `${sealed.slice(0, -3)}${flip(sealed.at(-3))}${sealed.slice(-2)}`,
    ],
    ['under the name of another key', (sealed: string) => sealed.replace('.k1.', '.k2.')],
    ['empty', () => 'mc1.'],
  ])('is not used: %s', async (_how, damage) => {
    const mine = await save(alice, home);
    const { rows } = await query('SELECT sealed FROM credentials WHERE connector_id = $1', [
      mine.id,
    ]);
    await query('UPDATE credentials SET sealed = $2 WHERE connector_id = $1', [
      mine.id,
      damage(String(rows[0]?.sealed)),
    ]);

    await expectUnusable(alice, mine);
    const lines = service.logLines.filter((line) => line.includes('SealError'));
    expect(lines.length).toBeGreaterThan(0);
    await query('DELETE FROM connectors WHERE id = $1', [mine.id]);
  });

  function flip(character: string | undefined): string {
    return character === 'A' ? 'B' : 'A';
  }
});

describe('an address that cannot be read any more', () => {
  async function damaged(): Promise<Saved> {
    const saved = await save(alice, home);
    await query(`UPDATE connectors SET server_url_sealed = 'mc1.k1.AAAA' WHERE id = $1`, [
      saved.id,
    ]);
    return saved;
  }

  it('costs the list none of the others, and the operator is told', async () => {
    const first = await save(alice, home);
    const broken = await damaged();
    const last = await save(alice, home);

    const { items } = (await alice.listConnectors()).ok();

    expect(items.map(({ id }) => id)).toEqual([last.id, broken.id, first.id]);
    expect(items.map(({ status }) => status)).toEqual(['ENABLED', 'ERROR', 'ENABLED']);
    expect(items[0]?.server_url).toBe(home.url);
    await expectUnreadableUrl(alice, broken.id);
    const lines = service.logLines.filter((line) => line.includes(broken.id));
    expect(lines.some((line) => line.includes('SealError'))).toBe(true);
  });

  it('can be renamed, switched off and on, and deleted', async () => {
    const { id } = await damaged();

    expect((await alice.updateConnector(id, { name: 'Broken' })).ok()).toMatchObject({
      name: 'Broken',
      server_url: '',
    });
    expect((await alice.setStatus(id, 'DISABLED')).ok().status).toBe('DISABLED');
    expect((await alice.setStatus(id, 'ENABLED')).ok().status).toBe('ERROR');
    (await alice.deleteConnector(id)).ok(204);
    (await alice.getConnector(id)).problem(404, 'CONNECTOR_NOT_FOUND');
  });

  it('is replaced by a new one, for which the credentials are needed again', async () => {
    const saved = await damaged();
    const moved = { server_url: trap.url };
    const marks = [home.requests.length, trap.requests.length];

    (await alice.updateConnector(saved.id, moved)).problem(422, 'CREDENTIALS_REQUIRED');
    (await alice.updateConnector(saved.id, { server_url: home.url })).problem(
      422,
      'CREDENTIALS_REQUIRED',
    );
    const credentials = { token: 'token-for-the-new-address' };
    const mended = (await alice.updateConnector(saved.id, { ...moved, credentials })).ok();

    expect(mended).toMatchObject({ server_url: trap.url, status: 'ENABLED', last_error: null });
    (await alice.callTool({ name: saved.tool, arguments: {} })).ok();
    expect(sentSince(marks)).not.toContain(saved.token);
  });
});

describe('kept answers', () => {
  it('are not given to another user, nor for another key', async () => {
    const mine = await save(alice, home);
    const user = `mallory-${count}`;
    const mallory = await service.clientFor(user);
    const theirs = await save(mallory, trap);
    const marks = [home.requests.length, trap.requests.length];
    const call = (client: ApiClient, { tool }: Saved, key: string) =>
      client.callTool({ name: tool, arguments: {} }, { headers: { 'idempotency-key': key } });
    (await call(alice, mine, 'mine')).ok();
    (await call(alice, mine, 'other')).ok();
    (await call(mallory, theirs, 'mine')).ok();
    expect(sentSince(marks)).toContain('tools/call');

    await query(
      `UPDATE idempotency_records r SET sealed = o.sealed FROM idempotency_records o
       WHERE r.key = 'mine' AND o.key = 'mine' AND r.user_id <> o.user_id`,
    );
    (await call(mallory, theirs, 'mine')).problem(500, 'INTERNAL');
    (await call(alice, mine, 'mine')).problem(500, 'INTERNAL');
    await query(
      `UPDATE idempotency_records SET key = CASE key WHEN 'other' THEN 'third' ELSE key END`,
    );
    (await call(alice, mine, 'third')).problem(500, 'INTERNAL');
  });
});
