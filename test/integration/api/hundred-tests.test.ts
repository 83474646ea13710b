import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConnectionTestReport } from '../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { startMisbehaving, type WorkshopServer } from '../../support/workshop/index.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';
import { underHost } from './support/under-host.ts';

/** Ways of a server to never let a test come to its end by itself. */
const HANGS = [
  'hang',
  'hang-on-handshake',
  'hang-on-initialized',
  'hang-on-tools',
  'silent-stream-on-tools',
];

let service: TestService;
let clock: ImpatientClock;
let good: ScriptedServer;
/** Each under a name of its own: so many destinations. */
let hanging: { url: string; server: WorkshopServer }[];
let bob: ApiClient;

beforeAll(async () => {
  clock = new ImpatientClock();
  // The limits are the defaults.
  service = await startTestService({ clock, env: { OUTBOUND_ALLOWED_HOSTS: '*.localhost' } });
  good = await ScriptedServer.start();
  hanging = await Promise.all(
    HANGS.map(async (hang) => {
      const server = await startMisbehaving(hang);
      return { url: underHost(server.url, `${hang}.localhost`), server };
    }),
  );
  bob = await service.clientFor();
  (await bob.createConnector({ name: 'Mine', server_url: good.url })).ok(201);
});

afterAll(async () => {
  await service.close();
  await good.stop();
  for (const { server } of hanging) await server.close();
});

type Report = Promise<ApiAnswer<ConnectionTestReport>>;

/** Ten users test all five servers twice: as many tests as may run, of every user, to every server and in total. */
async function startHundred(): Promise<Report[]> {
  const users = await Promise.all(Array.from({ length: 10 }, () => service.clientFor()));
  return users.flatMap((user) =>
    [...hanging, ...hanging].map(({ url }) => user.testConnection({ server_url: url })),
  );
}

/** Lets attempts run out of time until all tests are over. */
async function runOutOfTime(tests: Report[]): Promise<ApiAnswer<ConnectionTestReport>[]> {
  let isOver = false;
  const answers = Promise.all(tests).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    clock.expire(10_000);
    await delay(10);
  }
  return await answers;
}

/** What somebody does who has nothing to do with the tests. */
async function expectService(client: ApiClient): Promise<void> {
  const { items } = (await client.listConnectors()).ok();
  const id = String(items[0]?.id);
  (await client.getConnector(id)).ok();
  (await client.listConnectorTools(id)).ok();
  expect((await client.getTools()).ok().tools).toHaveLength(1);
  const call = { name: 'mine__echo', arguments: { message: 'hello' } };
  expect((await client.callTool(call)).ok().is_error).toBe(false);
  (await client.updateConnector(id, { name: 'Mine' })).ok();
  (await client.setStatus(id, 'ENABLED')).ok();
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
}

it.each([1, 2])(
  'a hundred tests at once leave the service to everybody else (%i)',
  async () => {
    const seen = hanging.map(({ server }) => server.requests.length);
    const tests = await startHundred();
    await expect.poll(() => clock.running(10_000), { timeout: 60_000 }).toBe(100);
    for (const [n, { server }] of hanging.entries()) {
      await expect
        .poll(() => server.requests.length - (seen[n] ?? 0), { timeout: 60_000 })
        .toBeGreaterThanOrEqual(20);
    }

    for (let n = 0; n < 5; n += 1) await expectService(bob);
    const refused = bob.testConnection({ server_url: good.url });
    await expect.poll(() => clock.expire(3_500)).toBe(1);
    expect((await refused).problem(429, 'TEST_LIMIT_REACHED')).toMatchObject({ limit: 'service' });

    for (const answer of await runOutOfTime(tests)) {
      const report = answer.ok();
      expect(report).toMatchObject({
        success: false,
        error_code: 'TIMEOUT',
        attempts: 2,
        tools: [],
      });
    }
    for (const { server } of hanging) await expect.poll(() => server.openSockets()).toBe(0);
    expect(clock.running(10_000)).toBe(0);
    expect(clock.running(3_500)).toBe(0);
    expect((await bob.testConnection({ server_url: good.url })).ok().success).toBe(true);
  },
  180_000,
);

it('of three hundred tests at once everybody gets an answer, and nobody more than a share', async () => {
  const [first] = hanging;
  const users = await Promise.all(Array.from({ length: 3 }, () => service.clientFor()));
  const server_url = String(first?.url);
  const tests = users.flatMap((user) =>
    Array.from({ length: 100 }, () => user.testConnection({ server_url })),
  );
  await expect.poll(() => clock.running(10_000)).toBe(20);
  await expect.poll(() => clock.running(3_500), { timeout: 60_000 }).toBe(280);

  await expectService(bob);
  expect((await bob.testConnection({ server_url: good.url })).ok().success).toBe(true);
  expect(clock.expire(3_500)).toBe(280);

  const answers = await runOutOfTime(tests);
  const outcomes = answers.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(20);
  expect(outcomes.filter((outcome) => outcome === 'TEST_LIMIT_REACHED')).toHaveLength(280);
  for (const user of users.keys()) {
    const ofUser = outcomes.slice(user * 100, (user + 1) * 100);
    expect(ofUser.filter((outcome) => outcome === 'ok').length).toBeLessThanOrEqual(10);
  }
  await expect.poll(() => first?.server.openSockets()).toBe(0);
}, 180_000);
