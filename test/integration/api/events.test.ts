import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { EventSource } from 'eventsource';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { type RunningService, settingChecks, startService } from '../../../src/service.ts';
import { followEvents } from '../../examples/follow-events.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { connectorRow, insertRow, type Row } from '../../support/database-rows.ts';
import { runJob } from '../../support/due-job.ts';
import { EventReader, type ReadOptions, request } from '../../support/event-reader.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

// Two services on one database. What is changed is read at either.

const HOUR = 3_600_000;
const HEARTBEAT = 15_000;
const LISTENER_PAUSE = 5_000;

/** Pauses of the database's listeners pass by themselves; the longer ones of streams when a test says so. */
class StreamClock extends ImpatientClock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return ms <= LISTENER_PAUSE ? systemClock.sleep(ms, signal) : super.sleep(ms, signal);
  }
}

let service: TestService;
let second: RunningService;
let clock: StreamClock;
let server: ScriptedServer;
let user: string;
let token: string;
let alice: ApiClient;
const readers: EventReader[] = [];

beforeAll(async () => {
  clock = new StreamClock();
  service = await startTestService({ clock, env: { LOG_LEVEL: 'trace' } });
  second = await startService(loadConfig(service.env, settingChecks), {
    logDestination: { write: (line) => void service.logLines.push(line) },
    hasSchedule: false,
    clock,
  });
  server = await ScriptedServer.start();
});

afterAll(async () => {
  await second.stop();
  await service.close();
  await server.stop();
});

beforeEach(async () => {
  server.tools = [tool('echo')];
  user = `user-${randomUUID()}`;
  token = await service.tokenFor(user);
  alice = await service.clientFor(user);
});

afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
});

async function follow(options: ReadOptions = {}, at = service.url): Promise<EventReader> {
  const reader = await EventReader.open(at, { token, ...options });
  readers.push(reader);
  return reader;
}

async function refusal(options: ReadOptions, at = service.url): Promise<string> {
  const { response } = await request(at, options);
  const problem = (await response.json()) as { code: string };
  return `${response.status} ${problem.code}`;
}

const seen = (reader: EventReader, changes: readonly string[]) =>
  expect.poll(() => reader.changes, { timeout: 20_000 }).toEqual(changes);

/** A row that hangs on no server, written past the service as another process does. */
const insertConnector = (row: Row = {}) =>
  insertRow(
    service.databaseTools.owner,
    'connectors',
    connectorRow({ tenant_id: 'default', owner_id: user, ...row }),
  );

const create = async () =>
  (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);

const ticketFor = async (client: ApiClient) =>
  (await client.send<{ ticket: string; expires_at: string }>('POST', '/api/events/tickets')).ok(
    201,
  );

describe('a stream', () => {
  it('tells what the caller changes, at whichever replica, and in order', async () => {
    const here = await follow();
    const there = await follow({}, second.url);
    expect(here.response.headers.get('content-type')).toBe('text/event-stream');
    expect(here.response.headers.get('cache-control')).toBe('no-store');
    expect(here.events).toEqual([{ id: expect.stringMatching(/^\d+$/), event: 'ready', data: {} }]);

    const { id } = await create();
    (await alice.at(second.url).setStatus(id, 'DISABLED')).ok();
    (await alice.updateConnector(id, { name: 'Other' })).ok();
    (await alice.deleteConnector(id)).ok(204);

    await expect.poll(() => here.changes).toContain(`connector.deleted ${id}`);
    expect(new Set(here.changes)).toEqual(
      new Set([
        `connector.created ${id}`,
        `tools.changed ${id}`,
        `connector.status ${id}`,
        `connector.updated ${id}`,
        `connector.deleted ${id}`,
      ]),
    );
    await seen(there, here.changes);
    expect(there.events).toEqual([there.events[0], ...here.events.slice(1)]);
    expect(here.events[1]?.data).toEqual({
      kind: 'connector.created',
      object_type: 'connector',
      object_id: id,
      project_id: null,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(JSON.stringify(here.events)).not.toContain(server.origin);
  });

  it('goes on after the last id at another replica, and says where it cannot', async () => {
    const first = await follow();
    const one = await insertConnector();
    await seen(first, [`connector.created ${one['id']}`]);
    await first.close();
    const two = await insertConnector();
    const three = await insertConnector();

    const missed = [two, three].map(({ id }) => `connector.created ${id}`);
    const again = await follow({ lastEventId: first.lastId }, second.url);
    expect(again.events[0]).toEqual({ id: first.lastId, event: 'ready', data: {} });
    await seen(again, missed);
    const asParameter = await follow({ query: `last_event_id=${first.lastId}` });
    await seen(asParameter, missed);

    for (const unknown of ['999999999999999999', '9'.repeat(8000), '-1', 'x\u00e9', '1e3']) {
      const lost = await follow({ lastEventId: unknown });
      expect(lost.events).toEqual([{ id: again.lastId, event: 'reset', data: {} }]);
      await lost.close();
    }
    await service.databaseTools.owner.query(
      "UPDATE events SET created_at = now() - interval '25 hours' WHERE position <= $1",
      [BigInt(first.lastId) + 1n],
    );
    await runJob(service, 'delete-old-events');
    const tooLate = await follow({ lastEventId: first.lastId });
    expect(tooLate.events).toMatchObject([{ event: 'reset', id: again.lastId }]);
    const inTime = await follow({ lastEventId: String(BigInt(first.lastId) + 1n) });
    await seen(inTime, missed.slice(1));
  });
});

describe('a service that loses the connection on which it hears of changes', () => {
  it('tells what happened meanwhile as soon as it listens again', async () => {
    const reader = await follow();
    const there = await follow({}, second.url);
    const { owner } = service.databaseTools;
    const { rowCount } = await owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'mcp-connectors listen'`,
    );
    expect(rowCount).toBe(2);
    const rows = [await insertConnector(), await insertConnector()];
    const changes = rows.map(({ id }) => `connector.created ${id}`);
    await seen(reader, changes);
    await seen(there, changes);
  });
});

describe('the example of the README', () => {
  it('reads what there is once, and then what changes', async () => {
    const over = new AbortController();
    const changes: string[] = [];
    let reloads = 0;
    void followEvents({
      baseUrl: service.url,
      getToken: async () => token,
      reload: () => {
        reloads += 1;
      },
      onChange: ({ object_id: id }) => changes.push(id),
      signal: over.signal,
    });
    await expect.poll(() => reloads).toBe(1);
    const rows = [await insertConnector(), await insertConnector()];
    await expect.poll(() => changes).toEqual(rows.map(({ id }) => id));
    over.abort();
    expect(reloads).toBe(1);
  });
});

describe('fifty who follow a thousand changes', () => {
  it('each get all that is theirs, nothing of others, and in order, at two replicas', async () => {
    const tenant = `tenant-${randomUUID()}`;
    const projects = ['blue', 'red'].map((name) => `${name}-${randomUUID()}`);
    const users = Array.from({ length: 10 }, (_, n) => ({
      id: `user-${n}-${randomUUID()}`,
      projects: [projects[n % 3]].flatMap((id) => id ?? []),
    }));
    const listening = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const one = users[n % 10] ?? { id: '', projects: [] };
        const claims = { projects: Object.fromEntries(one.projects.map((id) => [id, 'member'])) };
        const options = { token: await service.tokenFor(one.id, { tenant, claims }) };
        return { one, reader: await follow(options, n < 25 ? service.url : second.url) };
      }),
    );
    const owners = [
      ...users.map(({ id }) => ({ owner_kind: 'user', owner_id: id })),
      ...projects.map((id) => ({ owner_kind: 'project', owner_id: id })),
      { owner_kind: 'user', owner_id: 'somebody else' },
    ];
    const rows = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => {
        const owner = owners[n % owners.length] ?? {};
        const slug = n % owners.length === 10 || n % owners.length === 11 ? `p--${n}` : `s${n}`;
        return insertConnector({ tenant_id: tenant, ...owner, slug });
      }),
    );

    for (const { one, reader } of listening) {
      const mine = rows.filter(({ owner_id: owner }) =>
        [one.id, ...one.projects].includes(String(owner)),
      );
      await expect.poll(() => reader.changes.length, { timeout: 30_000 }).toBe(mine.length);
      expect(reader.changes.toSorted()).toEqual(
        mine.map(({ id }) => `connector.created ${id}`).toSorted(),
      );
      const ids = reader.events.map(({ id }) => BigInt(id ?? -1));
      expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)));
      expect(new Set(ids.slice(1)).size).toBe(mine.length);
    }
    expect(listening.some(({ one }) => one.projects.length === 0)).toBe(true);
  });
});

describe('what is not for the caller', () => {
  it('is not told: others, other tenants, projects of others and those that the user has left', async () => {
    const project = `project-${randomUUID()}`;
    const stranger = await follow({ token: await service.tokenFor(user, { tenant: 'another' }) });
    const other = await follow({ token: await service.tokenFor(`user-${randomUUID()}`) });
    const claims = { projects: { [project]: 'member' } };
    const member = await follow({ token: await service.tokenFor(user, { claims }) });
    const own = await insertConnector();
    const shared = { owner_kind: 'project', owner_id: project, slug: 'p--shared' };
    const theirs = await insertConnector(shared);
    await seen(
      member,
      [own, theirs].map(({ id }) => `connector.created ${id}`),
    );
    expect(member.events.at(-1)?.data).toMatchObject({ project_id: project });
    await member.close();

    await insertConnector({ ...shared, slug: 'p--more' });
    const last = await insertConnector();
    const left = await follow({ lastEventId: member.events[0]?.id ?? '' });
    await seen(
      left,
      [own, last].map(({ id }) => `connector.created ${id}`),
    );
    for (const one of [stranger, other]) {
      expect(one.events.map(({ event }) => event)).toEqual(['ready']);
    }
  });

  it('is made up by nobody who can only announce', async () => {
    const reader = await follow();
    const notify = (payload: unknown) =>
      service.databaseTools.owner.query("SELECT pg_notify('mcp_connectors_events', $1)", [
        typeof payload === 'string' ? payload : JSON.stringify(payload),
      ]);
    await notify({ tenant_id: 'default', user_id: user, project_id: null, kind: 'connector.x' });
    for (const payload of ['{', '[]', '{"tenant_id": 1}', 'x'.repeat(7000)]) await notify(payload);
    const row = await insertConnector();
    await seen(reader, [`connector.created ${row['id']}`]);
  });

  it('is gone where a user is erased, and who follows is told to read anew', async () => {
    const reader = await follow({}, second.url);
    await create();
    await expect.poll(() => reader.changes.length).toBeGreaterThan(0);
    const operator = await service.clientFor('operator', { scopes: ['operator'] });
    (await operator.eraseUser(user)).ok();
    await expect.poll(() => reader.events.at(-1)?.event).toBe('reset');
    const row = await insertConnector();
    await expect.poll(() => reader.changes.at(-1)).toBe(`connector.created ${row['id']}`);
  });
});

describe('a ticket', () => {
  it('opens one stream at any replica, for a client that cannot send headers', async () => {
    const { ticket, expires_at: expiresAt } = await ticketFor(alice);
    const life = Date.parse(expiresAt) - Date.now();
    expect(life).toBeGreaterThan(20_000);
    expect(life).toBeLessThanOrEqual(30_000);
    const row = await insertConnector();
    const source = new EventSource(`${second.url}/api/events?ticket=${ticket}&last_event_id=0`);
    const events: { data: unknown }[] = [];
    for (const name of ['ready', 'reset', 'change']) {
      source.addEventListener(name, (event) => events.push(event));
    }
    const more = await new Promise<Row>((resolve) => {
      source.addEventListener('open', () => void insertConnector().then(resolve));
    });
    await expect.poll(() => events.at(-1)?.data).toContain(String(more['id']));
    expect(events.map(({ data }) => String(data)).join()).not.toContain('undefined');
    expect(String(row['id'])).not.toBe('');
    source.close();

    expect(await refusal({ query: `ticket=${ticket}` })).toBe('401 UNAUTHENTICATED');
    const log = service.logLines.join('');
    expect(log).not.toContain(ticket);
    expect(log).not.toContain(ticket.slice(-40));
    const { rows } = await service.databaseTools.owner.query('SELECT * FROM event_tickets');
    expect(JSON.stringify(rows)).not.toContain(ticket);
  });

  it('is taken by one of many who try at once', async () => {
    const { ticket } = await ticketFor(alice);
    const tries = Array.from({ length: 8 }, async (_, n) => {
      const { response, abort } = await request(n % 2 === 0 ? service.url : second.url, {
        query: `ticket=${ticket}`,
      });
      abort.abort();
      return response.status;
    });
    expect((await Promise.all(tries)).toSorted()).toEqual([200, ...Array(7).fill(401)]);
  });

  it('has the rights of the token it was issued for, and ends with it', async () => {
    const project = `project-${randomUUID()}`;
    const soon = Math.floor(Date.now() / 1000) + 25;
    const claims = { projects: { [project]: 'member' } };
    const member = await service.clientFor(user, { claims, expiresAt: soon });
    const { ticket, expires_at: expiresAt } = await ticketFor(member);
    expect(Date.parse(expiresAt)).toBe(soon * 1000);
    const reader = await EventReader.open(service.url, { query: `ticket=${ticket}` });
    readers.push(reader);
    const row = { owner_kind: 'project', owner_id: project, slug: 'p--shared' };
    const shared = await insertConnector(row);
    await seen(reader, [`connector.created ${shared['id']}`]);
    expect(clock.expireAround(25_000)).toBeGreaterThan(0);
    await reader.over;
    expect(reader.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'token_expired' } });
  });

  it('is none where it is made up, changed, too old, of another purpose, or a token', async () => {
    const { ticket } = await ticketFor(alice);
    const { rowCount } = await service.databaseTools.owner.query(
      "UPDATE event_tickets SET expires_at = now() - interval '1 second'",
    );
    expect(rowCount).toBeGreaterThan(0);
    const changed = `${ticket.slice(0, -2)}${ticket.endsWith('AA') ? 'BB' : 'AA'}`;
    const given = [ticket, changed, 'x', '', 'mc1.k1.AAAA', token, 'y'.repeat(7000)];
    for (const one of given) {
      expect(await refusal({ query: `ticket=${encodeURIComponent(one)}` })).toBe(
        '401 UNAUTHENTICATED',
      );
    }
    expect(await refusal({ query: 'ticket=a&ticket=b' })).toBe('401 UNAUTHENTICATED');
    await runJob(service, 'delete-old-events');
    const { rows } = await service.databaseTools.owner.query('SELECT * FROM event_tickets');
    expect(rows).toEqual([]);
  });

  it('opens nothing else, and a token opens nothing from a URL', async () => {
    const { ticket } = await ticketFor(alice);
    const list = await fetch(`${service.url}/api/connectors?ticket=${ticket}`);
    expect(list.status).toBe(401);
    for (const name of ['access_token', 'token', 'authorization']) {
      expect(await refusal({ query: `${name}=${token}` })).toBe('401 UNAUTHENTICATED');
      expect(await refusal({ token, query: `${name}=${token}` })).toBe('422 VALIDATION_FAILED');
    }
    const scopes = ['tools:read'];
    const narrow = await service.tokenFor(user, { scopes });
    expect(await refusal({ token: narrow })).toBe('403 FORBIDDEN');
    expect(await refusal({})).toBe('401 UNAUTHENTICATED');
    (await (await service.clientFor(user, { scopes })).send('POST', '/api/events/tickets')).problem(
      403,
      'FORBIDDEN',
    );
    expect(service.logLines.join('')).not.toContain(token.slice(-40));
  });
});

describe('the life of a stream', () => {
  const streams = async (at = service.url) => {
    const text = await (await fetch(`${at}/metrics`)).text();
    return Number(/^mcp_event_streams (\d+)$/m.exec(text)?.[1]);
  };

  it('has signs of life, ends after an hour, and leaves nothing behind', async () => {
    await expect.poll(() => streams()).toBe(0);
    const reader = await follow();
    const left = await follow();
    expect(await streams()).toBe(2);
    await left.close();
    await expect.poll(() => streams()).toBe(1);
    clock.expire(HEARTBEAT);
    await expect.poll(() => reader.remarks).toContain(': alive');
    expect(clock.expireAround(HOUR)).toBeGreaterThan(0);
    await reader.over;
    expect(reader.events.at(-1)).toMatchObject({ event: 'end' });
    await expect.poll(() => streams()).toBe(0);
  });

  it('is not begun by a request for the headers alone', async () => {
    const response = await fetch(`${service.url}/api/events`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await streams()).toBe(0);
  });

  it('is one of twenty of a user, of which others know nothing', async () => {
    const open = await Promise.all(
      Array.from({ length: 30 }, () => request(service.url, { token })),
    );
    const refused = open.filter(({ response }) => response.status === 429);
    expect(refused).toHaveLength(10);
    expect(refused[0]?.response.headers.get('retry-after')).toBe('10');
    expect(await refused[0]?.response.json()).toMatchObject({ code: 'RATE_LIMITED' });
    await follow({ token: await service.tokenFor('another') });
    for (const { abort } of open) abort.abort();
    await expect.poll(() => streams()).toBe(1);
    await follow();
  });

  it('is ended by a service that stops, which it does not hold up', async () => {
    const reader = await follow({}, second.url);
    const silent = await silentClient(second.url);
    await second.stop();
    await reader.over;
    expect(reader.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'stopping' } });
    expect(reader.remarks.join()).toMatch(/retry: [1-5]\d{3}/);
    silent.destroy();
    const after = await follow({ lastEventId: reader.lastId });
    expect(after.events[0]?.event).toBe('ready');
  });
});

/** A client that has a stream and does not read it. */
function silentClient(at: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    http
      .get(`${at}/api/events`, { headers }, (response) => {
        response.on('error', () => {});
        resolve(response);
      })
      .on('error', reject);
  });
}
