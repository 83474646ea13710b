import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const TOKEN = 'idempotent-token-41aa';

let service: TestService;
let server: ScriptedServer;
let alice: ApiClient;
let key: { 'idempotency-key': string };

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start();
  key = { 'idempotency-key': randomUUID() };
});

afterEach(() => server.stop());

const body = () => ({ name: 'Mine', server_url: server.url });

async function countConnectors(client: ApiClient): Promise<number> {
  return (await client.listConnectors()).ok().items.length;
}

describe('creating with an Idempotency-Key', () => {
  it('creates once, and answers a repeat with what was answered first', async () => {
    const first = await alice.createConnector(body(), key);
    const seenAfter = server.requests.length;

    const second = await alice.createConnector(body(), key);

    expect(second.ok(201)).toEqual(first.ok(201));
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(second.etag).toBe(first.etag);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(server.requests).toHaveLength(seenAfter);
    expect(await countConnectors(alice)).toBe(1);
  });

  it('refuses another body under the same key, and creates nothing', async () => {
    (await alice.createConnector(body(), key)).ok(201);

    const other = await alice.createConnector({ ...body(), name: 'Other' }, key);

    other.problem(422, 'IDEMPOTENCY_KEY_REUSED');
    expect(await countConnectors(alice)).toBe(1);
  });

  it('creates one of twenty at once; the others are replays or told to come back', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => alice.createConnector(body(), key)),
    );

    const created = answers.filter(({ status }) => status === 201);
    const waiting = answers.filter(({ status }) => status !== 201);
    const originals = created.filter(({ headers }) => !headers.has('idempotency-replayed'));
    expect(originals).toHaveLength(1);
    expect(new Set(created.map((answer) => answer.text)).size).toBe(1);
    for (const answer of waiting) {
      answer.problem(409, 'IDEMPOTENCY_IN_PROGRESS');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await countConnectors(alice)).toBe(1);
    expect(server.handshakes).toBe(1);
  });

  it('tells who comes while the first one runs to come back, and then replays', async () => {
    const gate = server.gate('tools/list');
    const first = alice.createConnector(body(), key);
    await gate.arrived();

    (await alice.createConnector(body(), key)).problem(409, 'IDEMPOTENCY_IN_PROGRESS');
    const other = { ...body(), name: 'Other' };
    (await alice.createConnector(other, key)).problem(422, 'IDEMPOTENCY_KEY_REUSED');
    gate.open();

    const { id } = (await first).ok(201);
    expect((await alice.createConnector(body(), key)).ok(201).id).toBe(id);
  });

  it('keeps the keys of users and tenants apart', async () => {
    const user = `user-${randomUUID()}`;
    const clients = [
      await service.clientFor(user),
      await service.clientFor(user, { tenant: 'other' }),
      await service.clientFor(),
    ];

    const ids = new Set<string>();
    for (const client of clients) {
      const answer = await client.createConnector(body(), key);
      ids.add(answer.ok(201).id);
      expect(answer.headers.get('idempotency-replayed')).toBeNull();
    }

    expect(ids.size).toBe(3);
  });

  it('lets a create that failed be repeated under its key', async () => {
    await server.stop();
    (await alice.createConnector(body(), key)).problem(422, 'CONNECTION_FAILED');
    await server.listen();

    const answer = await alice.createConnector(body(), key);

    answer.ok(201);
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
  });

  it('does not take the key for a request the contract refuses', async () => {
    const invalid = await alice.send('POST', '/api/connectors', { body: {}, headers: key });
    invalid.problem(422, 'VALIDATION_FAILED');

    (await alice.createConnector(body(), key)).ok(201);
  });

  it.each([
    ['empty', ''],
    ['with a space inside', 'a b'],
    ['longer than 255 characters', 'x'.repeat(256)],
  ])('refuses a key that is %s', async (_what, value) => {
    const answer = await alice.createConnector(body(), { 'idempotency-key': value });

    const { errors = [] } = answer.problem(422, 'VALIDATION_FAILED');
    expect(new Set(errors.map(({ pointer }) => pointer))).toEqual(
      new Set(['/headers/idempotency-key']),
    );
  });

  it('forgets the answer after an hour', async () => {
    const { id } = (await alice.createConnector(body(), key)).ok(201);
    (await alice.deleteConnector(id)).ok(204);
    const { owner } = service.databaseTools;
    const found = await owner.query<{ minutes: number }>(
      `select extract(epoch from expires_at - now())::float / 60 as minutes
       from idempotency_records where key = $1`,
      [key['idempotency-key']],
    );
    expect(found.rows[0]?.minutes).toBeGreaterThan(50);
    expect(found.rows[0]?.minutes).toBeLessThanOrEqual(60);

    await owner.query(`update idempotency_records set expires_at = now() - interval '1 second'`);

    expect((await alice.createConnector(body(), key)).ok(201).id).not.toBe(id);
  });
});

describe('stored answers', () => {
  const secrets = () => [TOKEN, server.url, 'private-result', 'query-key'];

  async function dump(): Promise<string> {
    const { rows } = await service.databaseTools.owner.query<{ row: string }>(
      'select r::text as row from idempotency_records r',
    );
    return rows.map(({ row }) => row).join('\n');
  }

  it('are sealed in the database, those of creates and those of calls', async () => {
    server.token = TOKEN;
    server.script = () => ({ content: [{ type: 'text', text: 'private-result' }] });
    const url = `${server.url}?key=query-key`;
    const draft = { name: 'Mine', server_url: url, credentials: { token: TOKEN } };
    (await alice.createConnector(draft, key)).ok(201);
    const call = { name: 'mine__echo', arguments: { secret: 'query-key' } };
    (await alice.callTool(call, { headers: key })).ok();

    const text = await dump();

    expect(text).toContain(key['idempotency-key']);
    expect(text.match(/mc1\.k1\./g)?.length).toBeGreaterThanOrEqual(2);
    for (const secret of secrets()) expect(text).not.toContain(secret);
  });

  it('do not open in the row of another user', async () => {
    const bobId = `user-${randomUUID()}`;
    const bob = await service.clientFor(bobId);
    const first = await alice.createConnector(body(), key);
    await service.databaseTools.owner.query(
      `insert into idempotency_records (tenant_id, user_id, operation, key, request_hash, sealed, expires_at)
       select tenant_id, $1, operation, key, request_hash, sealed, expires_at
       from idempotency_records where key = $2`,
      [bobId, key['idempotency-key']],
    );

    const stolen = await bob.createConnector(body(), key);

    stolen.problem(500, 'INTERNAL');
    expect(stolen.text).not.toContain(first.ok(201).id);
  });
});
