import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionPage } from '../../../src/contract/generated.ts';
import { encodeCursor } from '../../../src/http/cursor.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

let service: TestService;
let server: ScriptedServer;
let tenant: string;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
  server = await ScriptedServer.start({ token: 'upstream-secret' });
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

const operatorOf = (of: string): Promise<ApiClient> =>
  service.clientFor('the-operator', { tenant: of, scopes: ['operator'] });

/** A user with a session; each test has a tenant of its own. @returns the connector */
async function session(user: string, of = tenant): Promise<string> {
  const client = await service.clientFor(user, { tenant: of });
  const name = `C${(await client.listConnectors()).ok().items.length}`;
  const body = {
    name,
    server_url: `${server.url}?key=secret-in-url`,
    credentials: { token: 'upstream-secret' },
  };
  const { id, slug } = (await client.createConnector(body)).ok(201);
  (await client.callTool({ name: `${slug}__echo` })).ok();
  return id;
}

const newTenant = () => {
  tenant = `tenant-${randomUUID()}`;
  return tenant;
};

describe('the sessions of a replica', () => {
  it('are shown to an operator, without a secret', async () => {
    const operator = await operatorOf(newTenant());
    expect((await operator.listSessions()).ok()).toEqual({
      items: [],
      next_cursor: null,
      replica_id: expect.any(String),
      totals: { sessions: 0, in_use: 0, breakers_open: 0 },
      breakers: [],
    });
    const connector = await session('alice');
    const gate = server.gate('tools/call');
    const alice = await service.clientFor('alice', { tenant });
    const calling = alice.callTool({ name: 'c0__echo' });
    await gate.arrived();

    const answer = await operator.listSessions();

    expect(answer.ok()).toMatchObject({
      items: [
        {
          user_id: 'alice',
          connector_id: connector,
          state: 'open',
          server_origin: server.origin,
          era: 'legacy',
          transport: 'streamable-http',
          age_seconds: expect.any(Number),
          idle_seconds: 0,
          in_use: 1,
          uses: 2,
        },
      ],
      totals: { sessions: 1, in_use: 1, breakers_open: 0 },
    });
    expect(answer.text).not.toMatch(/secret|\/mcp/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    gate.open();
    (await calling).ok();
  });

  it('are those of the own tenant alone', async () => {
    const first = newTenant();
    await session('alice', first);
    const second = newTenant();
    const connector = await session('alice', second);
    await session('bob', second);

    const page = (await (await operatorOf(second)).listSessions('?user_id=alice')).ok();

    expect(page.items.map(({ connector_id }) => connector_id)).toEqual([connector]);
    expect(page.totals.sessions).toBe(2);
    const mine = (await (await operatorOf(first)).listSessions()).ok();
    expect(mine.items).toHaveLength(1);
    expect(mine.items[0]?.connector_id).not.toBe(connector);
    const other = await (await operatorOf(first)).listSessions(`?connector_id=${connector}`);
    expect(other.ok().items).toEqual([]);
  });

  it('come in pages, the oldest first', async () => {
    const operator = await operatorOf(newTenant());
    const users = ['a', 'b', 'c', 'd', 'e'];
    for (const user of users) await session(user);

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query = `?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`;
      const page: SessionPage = (await operator.listSessions(query)).ok();
      seen.push(...page.items.map(({ user_id }) => user_id));
      cursor = page.next_cursor;
    } while (cursor !== null);

    expect(seen).toEqual(users);
  });

  it.each([
    ['another replica', [randomUUID(), 1]],
    ['another shape', ['x']],
  ])('are not told for a cursor of %s', async (_what, place) => {
    const operator = await operatorOf(newTenant());
    const answer = await operator.listSessions(`?cursor=${encodeCursor(place)}`);
    answer.problem(400, 'INVALID_CURSOR');
  });

  it.each([
    ['GET', ''],
    ['DELETE', '?user_id=alice'],
  ])('are nobody else’s business: %s', async (method, query) => {
    const admin = await service.clientFor('alice', {
      scopes: ['connectors:read', 'connectors:write', 'tools:read', 'tools:call'],
      claims: { projects: { p: 'admin' } },
    });
    (await admin.send(method, `/api/sessions${query}`)).problem(403, 'FORBIDDEN');
  });
});

describe('closing sessions', () => {
  it('closes those of one user at their servers, and their next call connects anew', async () => {
    const operator = await operatorOf(newTenant());
    await session('alice');
    await session('alice');
    await session('bob');
    const open = server.openSessions;

    const { replica_id } = (await operator.listSessions()).ok();
    const closed = (await operator.closeSessions('?user_id=alice')).ok();

    expect(closed).toEqual({ closed: 2, draining: 0, replica_id });
    expect(server.openSessions).toBe(open - 2);
    const left = (await operator.listSessions()).ok().items;
    expect(left.map(({ user_id }) => user_id)).toEqual(['bob']);
    const alice = await service.clientFor('alice', { tenant });
    (await alice.callTool({ name: 'c0__echo' })).ok();
    expect(service.operations().at(-2)).toMatchObject({
      operation: 'session.close',
      user_id: 'the-operator',
      for_user: 'alice',
      outcome: 'ok',
    });
  });

  it('closes that with one connector', async () => {
    const operator = await operatorOf(newTenant());
    const first = await session('alice');
    const second = await session('alice');

    const query = `?user_id=alice&connector_id=${first}`;
    expect((await operator.closeSessions(query)).ok()).toMatchObject({ closed: 1 });

    const [left] = (await operator.listSessions()).ok().items;
    expect(left?.connector_id).toBe(second);
  });

  it('lets a call under way end', async () => {
    const operator = await operatorOf(newTenant());
    await session('alice');
    const gate = server.gate('tools/call');
    const alice = await service.clientFor('alice', { tenant });
    const calling = alice.callTool({ name: 'c0__echo' });
    await gate.arrived();

    const closed = (await operator.closeSessions('?user_id=alice')).ok();

    expect(closed).toMatchObject({ closed: 0, draining: 1 });
    expect((await operator.listSessions()).ok().items[0]?.state).toBe('draining');
    gate.open();
    (await calling).ok();
    await expect.poll(async () => (await operator.listSessions()).ok().items).toEqual([]);
  });

  it('reaches nobody of another tenant', async () => {
    await session('alice', newTenant());
    const victim = tenant;
    const stranger = await operatorOf(newTenant());

    expect((await stranger.closeSessions('?user_id=alice')).ok()).toMatchObject({
      closed: 0,
      draining: 0,
    });

    expect((await (await operatorOf(victim)).listSessions()).ok().items).toHaveLength(1);
  });

  it('names a user', async () => {
    const operator = await operatorOf(newTenant());
    const answer = await operator.closeSessions('');
    answer.problem(422, 'VALIDATION_FAILED');
  });
});
