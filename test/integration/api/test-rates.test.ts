import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ScriptedServer } from './support/scripted-server.ts';
import { StandingClock } from './support/standing-clock.ts';
import { underHost } from './support/under-host.ts';

let service: TestService;
let clock: StandingClock;
let server: ScriptedServer;
let alice: ApiClient;
let host: string;

beforeAll(async () => {
  clock = new StandingClock();
  service = await startTestService({
    clock,
    env: {
      TESTS_PER_MINUTE_PER_USER: '3',
      TESTS_PER_MINUTE_PER_DESTINATION: '5',
      OUTBOUND_ALLOWED_HOSTS: '*.localhost',
    },
  });
});

afterAll(() => service.close());

beforeEach(async () => {
  server = await ScriptedServer.start();
  alice = await service.clientFor();
  host = `h-${randomUUID()}.localhost`;
});

afterEach(() => server.stop());

const url = (): string => underHost(server.url, host);
const test = (client: ApiClient) => client.testConnection({ server_url: url() });

async function expectTests(client: ApiClient, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) expect((await test(client)).ok().success).toBe(true);
}

function expectLimit(answer: ApiAnswer<unknown>, limit: string, retryAfter: string): void {
  expect(answer.problem(429, 'TEST_LIMIT_REACHED')).toMatchObject({
    limit,
    detail: expect.stringContaining('in the last minute'),
  });
  expect(answer.headers.get('retry-after')).toBe(retryAfter);
  expect(answer.text).not.toMatch(/localhost|127\.0/);
}

it('a user tests so often in a minute, and is told when the next test may come', async () => {
  await expectTests(alice, 3);
  const seen = server.requests.length;

  expectLimit(await test(alice), 'user', '20');
  clock.advance(19_000);
  expectLimit(await test(alice), 'user', '1');
  expect(server.requests).toHaveLength(seen);
  clock.advance(1_000);

  await expectTests(alice, 1);
  expectLimit(await test(alice), 'user', '20');
  clock.advance(60_000);
  await expectTests(alice, 3);
});

it('a server is tested so often in a minute, whoever asks', async () => {
  const [bob, carol] = [await service.clientFor(), await service.clientFor()];
  await expectTests(alice, 3);
  await expectTests(bob, 2);

  expectLimit(await test(carol), 'destination', '12');
  const elsewhere = underHost(server.url, `other-${host}`);
  expect((await carol.testConnection({ server_url: elsewhere })).ok().success).toBe(true);

  clock.advance(12_000);
  await expectTests(carol, 1);
});

it('every way to test counts, and nothing else does', async () => {
  const key = { 'idempotency-key': randomUUID() };
  const body = { name: 'Mine', server_url: url(), credentials: { token: 'first' } };
  const { id } = (await alice.createConnector(body, key)).ok(201);
  (await alice.putCredentials(id, { token: 'second' })).ok();
  // Neither a repeat, nor a change that needs no test, nor what is refused before a test.
  for (let n = 0; n < 5; n += 1) {
    (await alice.createConnector(body, key)).ok(201);
    (await alice.updateConnector(id, { name: `Renamed ${n}` })).ok();
    const blocked = { ...body, name: 'Blocked', server_url: 'http://10.0.0.1' };
    (await alice.createConnector(blocked)).problem(422, 'BLOCKED_URL');
    (await alice.createConnector({ ...body, name: `renamed ${n}` })).problem(
      409,
      'CONNECTOR_NAME_TAKEN',
    );
    (await alice.testConnection({ server_url: url(), auth_type: 'bearer' })).problem(
      422,
      'CREDENTIALS_INVALID',
    );
    (await alice.callTool({ name: 'mine__echo' })).ok();
  }
  (await alice.syncConnector(id)).ok();
  const before = (await alice.getConnector(id)).ok();

  for (const answer of [
    await alice.testConnector(id),
    await alice.syncConnector(id),
    await alice.putCredentials(id, { token: 'third' }),
    await alice.updateConnector(id, { transport: 'streamable-http' }),
    await alice.createConnector({ ...body, name: 'Other' }),
  ]) {
    expectLimit(answer, 'user', '20');
  }
  expect((await alice.getConnector(id)).ok()).toEqual(before);
});

it('a test that failed counts as well', async () => {
  server.token = 'needed';
  for (let n = 0; n < 3; n += 1) {
    expect((await test(alice)).ok().error_code).toBe('AUTH_REQUIRED');
  }
  expectLimit(await test(alice), 'user', '20');
});

it('verdicts on URLs that are refused are free, before and after', async () => {
  const refused = ['http://192.168.0.1/mcp', 'http://[::1]:9/mcp', 'https://db.internal/', 'none'];
  const expectVerdicts = async () => {
    for (let n = 0; n < 20; n += 1) {
      const [server_url = ''] = refused.slice(n % refused.length);
      const report = (await alice.testConnection({ server_url })).ok();
      expect(report).toMatchObject({ success: false });
      expect(['BLOCKED_URL', 'INVALID_URL']).toContain(report.error_code);
    }
  };
  await expectVerdicts();
  await expectTests(alice, 3);
  expectLimit(await test(alice), 'user', '20');
  await expectVerdicts();
});

it('tenants have their own', async () => {
  const user = `user-${randomUUID()}`;
  await expectTests(await service.clientFor(user, { tenant: 'here' }), 3);
  await expectTests(await service.clientFor(user, { tenant: 'there' }), 2);
});

it('an Idempotency-Key is free again after a refusal', async () => {
  const key = { 'idempotency-key': randomUUID() };
  const body = { name: 'Mine', server_url: url() };
  await expectTests(alice, 3);
  expectLimit(await alice.createConnector(body, key), 'user', '20');
  clock.advance(20_000);

  const answer = await alice.createConnector(body, key);

  answer.ok(201);
  expect(answer.headers.has('idempotency-replayed')).toBe(false);
});
