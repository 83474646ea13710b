import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

let service: TestService;
let server: ScriptedServer;
let alice: ApiClient;

beforeAll(async () => {
  service = await startTestService();
  server = await ScriptedServer.start();
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

beforeEach(async () => {
  server.tools = [tool('echo')];
  alice = await service.clientFor();
});

async function create(name: string): Promise<Connector> {
  return (await alice.createConnector({ name, server_url: server.url })).ok(201);
}

function cursorOf(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

describe('listing connectors', () => {
  it('shows the newest first, each as it is read by its id', async () => {
    const created = [await create('a'), await create('b'), await create('c')];

    const page = (await alice.listConnectors()).ok();

    expect(page).toEqual({ items: created.reverse(), next_cursor: null });
  });

  it('pages through all of them once while others are added', async () => {
    const before: string[] = [];
    for (let n = 0; n < 5; n += 1) before.push((await create(`before ${n}`)).id);

    const seen: string[] = [];
    let cursor: string | null = '';
    let added = 0;
    while (cursor !== null) {
      const query: string = cursor === '' ? '?limit=2' : `?limit=2&cursor=${cursor}`;
      const page = (await alice.listConnectors(query)).ok();
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
      if (added < 3) await create(`meanwhile ${added++}`);
    }

    expect(seen).toEqual(before.reverse());
  });

  it('goes on where a connector of the page before was deleted', async () => {
    const ids = [];
    for (const name of ['a', 'b', 'c']) ids.push((await create(name)).id);
    const first = (await alice.listConnectors('?limit=2')).ok();
    (await alice.deleteConnector(String(ids[1]))).ok(204);

    const second = (await alice.listConnectors(`?limit=2&cursor=${first.next_cursor}`)).ok();

    expect(second).toMatchObject({ items: [{ id: ids[0] }], next_cursor: null });
  });

  it('has no next page where the last one is exactly full', async () => {
    await create('a');
    await create('b');

    expect((await alice.listConnectors('?limit=2')).ok().next_cursor).toBeNull();
  });

  it.each([
    ['no JSON', 'AAAA'],
    ['another shape', cursorOf({ id: 1 })],
    ['a cursor of the other list', cursorOf(['echo'])],
    ['an impossible date', cursorOf(['2026-99-99T99:99:99.999Z', crypto.randomUUID()])],
    ['a year no database knows', cursorOf(['0000-01-01T00:00:00.000Z', crypto.randomUUID()])],
    ['SQL', cursorOf(['2026-01-01T00:00:00.000Z', "' or 1=1 --"])],
  ])('refuses a cursor that is %s', async (_what, cursor) => {
    (await alice.listConnectors(`?cursor=${cursor}`)).problem(400, 'INVALID_CURSOR');
  });

  it('does not read the rows of others with their cursor', async () => {
    await create('a');
    await create('b');
    const { next_cursor: cursor } = (await alice.listConnectors('?limit=1')).ok();
    const bob = await service.clientFor();

    expect((await bob.listConnectors(`?cursor=${cursor}`)).ok().items).toEqual([]);
  });
});

describe('listing the tools of a connector', () => {
  it('pages through all of them in the order of their names', async () => {
    const names = ['b', 'a', 'B', 'weird name!', 'ä', 'a_1', 'a-1', 'z'.repeat(128)];
    server.tools = names.map((name) => tool(name));
    const { id } = await create('Tools');

    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '?limit=3' : `?limit=3&cursor=${cursor}`;
      const page = (await alice.listConnectorTools(id, query)).ok();
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.next_cursor;
    }

    expect([...seen].sort()).toEqual([...names].sort());
    const whole = (await alice.listConnectorTools(id)).ok().items.map(({ name }) => name);
    expect(seen).toEqual(whole);
  });

  it('shows each with the name agents call it by, valid for every model provider', async () => {
    server.tools = [tool('plain'), tool('weird name!'), tool('x'.repeat(128))];
    const { id } = await create('Tools');

    const { items } = (await alice.listConnectorTools(id)).ok();

    for (const { exposed_name: exposed } of items) {
      expect(exposed).toMatch(/^tools__[a-zA-Z0-9_-]{1,57}$/);
    }
    expect(new Set(items.map((item) => item.exposed_name)).size).toBe(3);
    expect(items.find(({ name }) => name === 'plain')?.exposed_name).toBe('tools__plain');
  });

  it.each([
    ['a lone surrogate', ['\ud800']],
    ['a NUL', ['a\u0000']],
    ['nothing', ['']],
  ])('answers a cursor that holds %s without failing', async (_what, place) => {
    const { id } = await create('Tools');

    const answer = await alice.listConnectorTools(id, `?cursor=${cursorOf(place)}`);

    expect(['ok', 'INVALID_CURSOR']).toContain(answer.outcome);
  });
});

describe('names', () => {
  it('are unique for a user, whatever the case, also outside of ASCII', async () => {
    await create('Überblick');
    const { id } = await create('Other');

    for (const name of ['Überblick', 'überblick', 'ÜBERBLICK']) {
      const answer = await alice.createConnector({ name, server_url: server.url });
      answer.problem(409, 'CONNECTOR_NAME_TAKEN');
      (await alice.updateConnector(id, { name })).problem(409, 'CONNECTOR_NAME_TAKEN');
    }
    expect((await alice.getConnector(id)).ok()).toMatchObject({ name: 'Other', version: 1 });
  });

  it('are refused before the server is asked, where they are taken', async () => {
    await create('Taken');
    const seenBefore = server.requests.length;

    const answer = await alice.createConnector({ name: 'taken', server_url: server.url });

    answer.problem(409, 'CONNECTOR_NAME_TAKEN');
    expect(server.requests).toHaveLength(seenBefore);
  });

  it('may be the same for different users', async () => {
    await create('Shared');
    const bob = await service.clientFor();

    (await bob.createConnector({ name: 'Shared', server_url: server.url })).ok(201);
  });

  it('are given to one of many who ask for it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        alice.createConnector({ name: n % 2 ? 'Race' : 'rACE', server_url: server.url }),
      ),
    );

    const outcomes = answers.map(({ outcome }) => outcome).sort();
    expect(outcomes).toEqual([...Array(7).fill('CONNECTOR_NAME_TAKEN'), 'ok']);
  });

  it.each([
    "Robert'); DROP TABLE connectors; --",
    '<script>alert(1)</script>',
    '%s {{7*7}} %00 \\',
    '../../etc/passwd',
    '__proto__',
    'constructor',
    'مرحبا',
    '👩‍👩‍👧 family',
    '名前',
    'x'.repeat(100),
  ])('may be %j, come back unchanged and give a usable tool name', async (name) => {
    const connector = await create(name);

    expect(connector.name).toBe(name);
    expect(connector.slug).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,22}[a-z0-9])?$/);
    const [mine] = (await alice.getTools()).ok().tools;
    expect(mine?.name).toBe(`${connector.slug}__echo`);
    (await alice.callTool({ name: String(mine?.name), arguments: {} })).ok();
  });

  it.each([
    ['empty', ''],
    ['blank', '   '],
    ['longer than 100 characters', 'x'.repeat(101)],
    ['with a space at its end', 'name '],
    ['with a NUL', 'a\u0000b'],
    ['with a line break', 'a\nb'],
    ['with an escape', 'a\u001bb'],
  ])('are refused where they are %s', async (_what, name) => {
    const answer = await alice.createConnector({ name, server_url: server.url });

    expect(answer.problem(422, 'VALIDATION_FAILED').errors?.[0]?.pointer).toBe('/body/name');
  });

  it('never fail the service where they are not Unicode', async () => {
    const answer = await alice.createConnector({ name: 'half \ud83d', server_url: server.url });

    answer.problem(400, 'MALFORMED_REQUEST');
    expect((await alice.listConnectors()).ok().items).toEqual([]);
  });

  it('give different slugs where they are alike', async () => {
    const slugs = [
      await create('My Server'),
      await create('my-server'),
      await create('My  Server'),
    ];

    expect(slugs.map(({ slug }) => slug)).toEqual(['my-server', 'my-server-2', 'my-server-3']);
    const names = (await alice.getTools()).ok().tools.map((one) => one.name);
    expect(names).toEqual(['my-server-2__echo', 'my-server-3__echo', 'my-server__echo']);
  });
});

describe('the limit of ten', () => {
  it('holds under fifty creates at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        alice.createConnector({ name: `Connector ${n}`, server_url: server.url }),
      ),
    );

    const outcomes = answers.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === 'CONNECTOR_LIMIT_REACHED')).toHaveLength(40);
    const { items } = (await alice.listConnectors()).ok();
    expect(items).toHaveLength(10);
    expect(new Set(items.map(({ slug }) => slug)).size).toBe(10);
    const left = await service.databaseTools.owner.query(
      'select 1 from connector_tools t left join connectors c on c.id = t.connector_id where c.id is null',
    );
    expect(left.rowCount).toBe(0);
  }, 120_000);

  it('is told before the server is asked, and ends where one is deleted', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 10; n += 1) ids.push((await create(`Connector ${n}`)).id);
    const seenBefore = server.requests.length;

    const refused = await alice.createConnector({ name: 'Eleventh', server_url: server.url });
    refused.problem(409, 'CONNECTOR_LIMIT_REACHED');
    expect(server.requests).toHaveLength(seenBefore);

    (await alice.deleteConnector(String(ids[0]))).ok(204);
    await create('Eleventh');
  });

  it('is counted for each user, and for each tenant', async () => {
    const user = `user-${crypto.randomUUID()}`;
    const here = await service.clientFor(user);
    const there = await service.clientFor(user, { tenant: 'other' });
    for (let n = 0; n < 10; n += 1) {
      (await here.createConnector({ name: `Connector ${n}`, server_url: server.url })).ok(201);
    }

    (await there.createConnector({ name: 'Connector 0', server_url: server.url })).ok(201);
  });
});
