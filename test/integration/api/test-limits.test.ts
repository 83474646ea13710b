import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionTestReport, Connector } from '../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { connectorRow, insertRow } from '../../support/database-rows.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { type Gate, ScriptedServer, tool } from './support/scripted-server.ts';
import { underHost } from './support/under-host.ts';

/** How long a test waits in line. */
const WAIT_MS = 3_500;

let service: TestService;
let clock: ImpatientClock;
/** Answers at once. */
let server: ScriptedServer;
/** Answers tests when its gate opens. */
let slow: ScriptedServer;
let gate: Gate;
let alice: ApiClient;
let bob: ApiClient;
let begun: Promise<ApiAnswer<ConnectionTestReport>>[];

beforeAll(async () => {
  clock = new ImpatientClock();
  service = await startTestService({
    clock,
    env: {
      TESTS_AT_ONCE: '4',
      TESTS_AT_ONCE_PER_USER: '2',
      TESTS_AT_ONCE_PER_DESTINATION: '3',
      OUTBOUND_ALLOWED_HOSTS: '*.localhost',
    },
  });
});

afterAll(() => service.close());

beforeEach(async () => {
  server = await ScriptedServer.start();
  slow = await ScriptedServer.start();
  gate = slow.gate('tools/list');
  begun = [];
  alice = await service.clientFor();
  bob = await service.clientFor();
});

afterEach(async () => {
  gate.open();
  for (const answer of await Promise.all(begun)) expect(answer.ok().success).toBe(true);
  await server.stop();
  await slow.stop();
});

/** Begins a test that runs until the gate opens. */
async function begin(client: ApiClient, host = '127.0.0.1'): Promise<void> {
  begun.push(client.testConnection({ server_url: underHost(slow.url, host) }));
  await gate.arrived(begun.length);
}

/** The answer to a request whose test waits in line until it has waited long enough. */
async function afterTheWait<Answer>(request: Promise<Answer>): Promise<Answer> {
  await expect.poll(() => clock.expire(WAIT_MS)).toBe(1);
  return await request;
}

function expectLimit(answer: ApiAnswer<unknown>, limit: string): void {
  const problem = answer.problem(429, 'TEST_LIMIT_REACHED');
  expect(problem).toMatchObject({ limit, detail: expect.stringMatching(/^[A-Z].*[a-z]\.$/) });
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(answer.text).not.toMatch(/localhost|127\.0/);
}

async function create(client: ApiClient, url = server.url): Promise<Connector> {
  const body = { name: 'Mine', server_url: url, credentials: { token: 'first' } };
  return (await client.createConnector(body)).ok(201);
}

const operations: [string, (id: string) => Promise<ApiAnswer<unknown>>][] = [
  ['testConnection', () => alice.testConnection({ server_url: server.url })],
  ['createConnector', () => alice.createConnector({ name: 'Other', server_url: server.url })],
  ['updateConnector', (id) => alice.updateConnector(id, { transport: 'streamable-http' })],
  ['testConnector', (id) => alice.testConnector(id)],
  ['syncConnector', (id) => alice.syncConnector(id)],
  ['putCredentials', (id) => alice.putCredentials(id, { token: 'second' })],
];

describe('a user with as many tests as one may run at once', () => {
  it.each(operations)('%s waits, is told so, and nothing has changed', async (_name, send) => {
    const { id } = await create(alice);
    const before = (await alice.getConnector(id)).ok();
    await begin(alice);
    await begin(alice, 'a.localhost');
    const seen = server.requests.length;

    const answer = await afterTheWait(send(id));

    expectLimit(answer, 'user');
    expect(answer.text).toContain('your connection tests');
    expect(server.requests).toHaveLength(seen);
    expect((await alice.getConnector(id)).ok()).toEqual(before);
    expect((await alice.listConnectors()).ok().items).toHaveLength(1);
  });

  it.each(operations)('%s goes on when a test ends in time', async (_name, send) => {
    const { id } = await create(alice);
    await begin(alice);
    await begin(alice);
    const seen = server.requests.length;
    const answering = send(id);
    await expect.poll(() => clock.running(WAIT_MS)).toBe(1);
    expect(server.requests).toHaveLength(seen);

    gate.open();

    expect((await answering).outcome).toBe('ok');
    expect(server.requests.length).toBeGreaterThan(seen);
    expect(clock.running(WAIT_MS)).toBe(0);
  });

  it('keeps all other users, and the same user of another tenant, out of it', async () => {
    const user = `user-${randomUUID()}`;
    const here = await service.clientFor(user, { tenant: 'here' });
    const there = await service.clientFor(user, { tenant: 'there' });
    await begin(here);
    await begin(here);

    expect((await there.testConnection({ server_url: server.url })).ok().success).toBe(true);
    expect((await bob.testConnection({ server_url: server.url })).ok().success).toBe(true);
    const { id } = await create(bob);
    (await bob.syncConnector(id)).ok();
    expectLimit(await afterTheWait(here.testConnection({ server_url: server.url })), 'user');
  });

  it('does everything else that needs no test', async () => {
    const { id } = await create(alice);
    await begin(alice);
    await begin(alice);

    (await alice.updateConnector(id, { name: 'Renamed' })).ok();
    (await alice.callTool({ name: 'mine__echo' })).ok();
    (await alice.getTools()).ok();
    (await alice.setStatus(id, 'DISABLED')).ok();
    (await alice.deleteCredentials(id)).ok(204);
    (await alice.deleteConnector(id)).ok(204);
  });

  it('gets the verdict on a URL that is refused, however often', async () => {
    await begin(alice);
    await begin(alice);
    const urls = ['http://10.0.0.1/mcp', 'https://localhost/mcp', 'ftp://example.com', 'nothing'];

    for (let n = 0; n < 40; n += 1) {
      const [server_url = ''] = urls.slice(n % urls.length);
      const report = (await alice.testConnection({ server_url })).ok();
      expect(['BLOCKED_URL', 'INVALID_URL']).toContain(report.error_code);
    }
    const blocked = { name: 'Blocked', server_url: 'http://10.0.0.1/mcp' };
    (await alice.createConnector(blocked)).problem(422, 'BLOCKED_URL');
  });

  it('keeps the sessions of a connector whose sync was refused', async () => {
    const { id } = await create(alice);
    (await alice.callTool({ name: 'mine__echo' })).ok();
    const { handshakes } = server;
    await begin(alice);
    await begin(alice);

    expectLimit(await afterTheWait(alice.syncConnector(id)), 'user');

    expect(server.openSessions).toBe(1);
    (await alice.callTool({ name: 'mine__echo' })).ok();
    expect(server.handshakes).toBe(handshakes);
  });

  it('may use the Idempotency-Key of a create that was refused again', async () => {
    await begin(alice);
    await begin(alice);
    const body = { name: 'Mine', server_url: server.url };
    const key = { 'idempotency-key': randomUUID() };
    expectLimit(await afterTheWait(alice.createConnector(body, key)), 'user');
    gate.open();
    await Promise.all(begun);

    const answer = await alice.createConnector(body, key);

    answer.ok(201);
    expect(answer.headers.has('idempotency-replayed')).toBe(false);
  });

  it('is told of the limit of ten before the server is asked, also after a wait', async () => {
    const user = `user-${randomUUID()}`;
    const carol = await service.clientFor(user);
    for (let n = 0; n < 9; n += 1) {
      (await carol.createConnector({ name: `Connector ${n}`, server_url: server.url })).ok(201);
    }
    await begin(carol);
    await begin(carol);
    const creating = carol.createConnector({ name: 'Waiting', server_url: server.url });
    await expect.poll(() => clock.running(WAIT_MS)).toBe(1);
    const seen = server.requests.length;
    // As another replica saves it.
    const tenth = connectorRow({ tenant_id: 'default', owner_id: user });
    await insertRow(service.databaseTools.owner, 'connectors', tenth);

    gate.open();

    (await creating).problem(409, 'CONNECTOR_LIMIT_REACHED');
    expect(server.requests).toHaveLength(seen);
  });

  it('stands in the log with the code', async () => {
    const { id } = await create(alice);
    await begin(alice);
    await begin(alice);

    const answer = await afterTheWait(alice.testConnector(id));

    const request_id = answer.headers.get('x-request-id');
    expect(service.operations().filter((line) => line['request_id'] === request_id)).toEqual([
      expect.objectContaining({
        operation: 'connector.test',
        outcome: 'TEST_LIMIT_REACHED',
        connector_id: id,
      }),
    ]);
  });
});

describe('a destination with as many tests as may run to one', () => {
  it('refuses everybody, on every port and however it is written', async () => {
    const carol = await service.clientFor();
    await begin(alice, 'b.localhost');
    await begin(alice, 'B.LOCALHOST');
    await begin(bob, 'b.localhost.');

    for (const host of ['b.localhost', 'B.localhost.']) {
      const refused = carol.testConnection({ server_url: underHost(server.url, host) });
      expectLimit(await afterTheWait(refused), 'destination');
    }
    const free = { server_url: underHost(server.url, 'c.localhost') };
    expect((await carol.testConnection(free)).ok().success).toBe(true);
  });

  it('knows an address by any of its spellings', async () => {
    await begin(alice, '127.0.0.1');
    await begin(alice, '127.1');
    await begin(bob, '0x7f000001');

    const answer = await afterTheWait(bob.testConnection({ server_url: server.url }));

    expectLimit(answer, 'destination');
    expect(answer.text).toContain('this server');
  });
});

describe('the service with as many tests as it may run', () => {
  it('refuses everybody else, and serves them when tests end', async () => {
    const [carol, dan] = [await service.clientFor(), await service.clientFor()];
    await begin(alice, 'd.localhost');
    await begin(alice, 'd.localhost');
    await begin(bob, 'e.localhost');
    await begin(bob, 'e.localhost');

    expectLimit(await afterTheWait(carol.testConnection({ server_url: server.url })), 'service');
    const waiting = [carol, dan].map((one) => one.testConnection({ server_url: server.url }));
    await expect.poll(() => clock.running(WAIT_MS)).toBe(2);
    gate.open();

    for (const answer of await Promise.all(waiting)) expect(answer.ok().success).toBe(true);
  });
});

it('fifty creates at once get their ten connectors and forty answers, at these limits too', async () => {
  server.tools = [tool('one')];
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      alice.createConnector({ name: `Connector ${n}`, server_url: server.url }),
    ),
  );
  const outcomes = answers.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome === 'CONNECTOR_LIMIT_REACHED')).toHaveLength(40);
}, 120_000);
