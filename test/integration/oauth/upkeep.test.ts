import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { dumpTables } from '../../support/database-dump.ts';
import { runJob } from '../../support/due-job.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { builtProgram } from '../system/support/program.ts';
import { SignInBench, startSignInBench } from './support/sign-in-bench.ts';

// Two replicas on one database. Nobody calls: what happens to credentials, jobs and operators do.

// One of them starts programs, which takes long on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let bench: SignInBench;
let replica: TestService;
let other: TestService;
let user: string;
let alice: ApiClient;
const clock = new OffsetClock();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

beforeAll(async () => {
  bench = await startSignInBench();
  replica = await startTestService({ env: SignInBench.env, clock });
  const shared = ['DATABASE_URL', 'JWT_SECRET', 'ENCRYPTION_KEYS'] as const;
  const env = Object.fromEntries(shared.map((name) => [name, replica.env[name] ?? '']));
  other = await startTestService({ env: { ...SignInBench.env, ...env }, clock });
});

afterAll(async () => {
  await other.close();
  await replica.close();
  await bench.close();
});

beforeEach(async () => {
  bench.reset();
  clock.offsetMs = 0;
  user = `user-${randomUUID()}`;
  alice = await replica.clientFor(user);
  // What tests before have left is not due.
  await replica.databaseTools.owner.query('DELETE FROM connectors');
});

const refreshes = () => bench.as.tokenRequests.filter((form) => form.has('refresh_token')).length;
const read = async ({ id }: Connector) => (await alice.getConnector(id)).ok();
const call = ({ slug }: Connector) => alice.callTool({ name: `${slug}__echo` });

describe('tokens that nobody uses', () => {
  const renewTokens = (times = 1) => runJob(replica, 'renew-tokens', times);

  it('are renewed before they end, once, whoever of the replicas looks how often', async () => {
    const connector = await bench.connect(replica, alice);
    const before = refreshes();
    await renewTokens();
    expect(refreshes()).toBe(before);

    clock.offsetMs = HOUR - 60_000;
    await renewTokens(6);

    expect(refreshes()).toBe(before + 1);
    expect(bench.as.reused).toEqual([]);
    const { credentials, version, status } = await read(connector);
    expect(Date.parse(credentials?.expires_at ?? '')).toBeGreaterThan(
      clock.now().getTime() + HOUR / 2,
    );
    expect([version, status]).toEqual([connector.version, 'ENABLED']);
    (await call(connector)).ok();
    expect(refreshes()).toBe(before + 1);
  });

  it('are left alone where their connector is disabled, and long after they ended', async () => {
    const disabled = await bench.connect(replica, alice);
    (await alice.setStatus(disabled.id, 'DISABLED')).ok();
    const before = refreshes();
    clock.offsetMs = HOUR - 60_000;
    await renewTokens();
    expect(refreshes()).toBe(before);

    (await alice.setStatus(disabled.id, 'ENABLED')).ok();
    clock.offsetMs = HOUR + DAY + 1000;
    await renewTokens();
    expect(refreshes()).toBe(before);
    (await call(disabled)).ok();
  });

  it('turn the connector into one that needs a sign-in where the grant is over', async () => {
    const connector = await bench.connect(replica, alice);
    bench.as.revokeGrants();
    clock.offsetMs = HOUR - 60_000;

    await renewTokens();

    expect(await read(connector)).toMatchObject({
      status: 'NEEDS_AUTH',
      last_error: { code: 'AUTH_FAILED' },
      credentials: { state: 'refused' },
    });
    const before = refreshes();
    await renewTokens();
    expect(refreshes()).toBe(before);
  });

  it('are asked for with pauses while the authorization server has trouble, one not delaying another', async () => {
    const connector = await bench.connect(replica, alice);
    bench.as.knobs.token = { status: 503, body: {} };
    const before = refreshes();
    clock.offsetMs = HOUR - 60_000;

    await renewTokens(6);

    // Each replica tries once, then pauses.
    expect(refreshes()).toBeGreaterThan(before);
    expect(refreshes()).toBeLessThanOrEqual(before + 2);
    expect((await read(connector)).status).toBe('ENABLED');
    (await call(connector)).ok();
    bench.as.knobs.token = undefined;
    clock.offsetMs += 10_000;
    await renewTokens();
    expect((await read(connector)).credentials?.state).toBe('active');
    expect(refreshes()).toBeLessThanOrEqual(before + 3);
  });
});

describe('credentials of a disabled connector', () => {
  const deleteDue = () => runJob(replica, 'delete-deactivated-credentials');
  const command = async (...args: string[]) => {
    const argv = [builtProgram('deactivated'), ...args];
    const env = { ...process.env, DATABASE_URL: replica.env['DATABASE_URL'] };
    return (await promisify(execFile)(process.execPath, argv, { env })).stdout;
  };

  it('are deleted after thirty days, and revoked, while those in use stay', async () => {
    const used = await bench.connect(replica, alice);
    const disabled = await bench.connect(replica, alice);
    (await alice.setStatus(disabled.id, 'DISABLED')).ok();
    const revoked = bench.as.revoked.length;
    clock.offsetMs = 30 * DAY - 60_000;
    await deleteDue();
    const due = (await read(disabled)).credentials?.deletion_due_at ?? '';
    expect((await read(used)).credentials?.deletion_due_at).toBeNull();

    // The moment that it names is the one.
    clock.offsetMs += Date.parse(due) - clock.now().getTime() - 1000;
    await deleteDue();
    expect((await read(disabled)).credentials?.deletion_due_at).toBe(due);
    clock.offsetMs += 2000;
    await deleteDue();

    const { credentials, status, last_error } = await read(disabled);
    expect([credentials, status]).toEqual([null, 'DISABLED']);
    expect(last_error?.code).toBe('AUTH_REQUIRED');
    expect(bench.as.revoked.slice(revoked)).toEqual([expect.stringMatching(/^rt-/)]);
    expect((await read(used)).credentials).not.toBeNull();
    // What is deleted is no secret any more: signing in again brings it back.
    (await alice.setStatus(disabled.id, 'ENABLED')).ok();
    expect((await read(disabled)).status).toBe('NEEDS_AUTH');
  });

  it('begin anew when they are replaced, tested or reactivated', async () => {
    const connectors: Connector[] = [];
    for (let n = 0; n < 3; n += 1) connectors.push(await bench.connect(replica, alice));
    for (const { id } of connectors) (await alice.setStatus(id, 'DISABLED')).ok();
    const [tested, reactivated, forgotten] = connectors.map(({ id }) => id);
    clock.offsetMs = 20 * DAY;
    (await alice.testConnector(String(tested))).ok();
    (await alice.setStatus(String(reactivated), 'ENABLED')).ok();
    (await alice.setStatus(String(reactivated), 'DISABLED')).ok();
    // Said again, it is not news.
    (await alice.setStatus(String(forgotten), 'DISABLED')).ok();

    clock.offsetMs = 40 * DAY;
    await deleteDue();

    const left = await Promise.all(connectors.map(async (one) => (await read(one)).credentials));
    expect(left.map((credentials) => credentials !== null)).toEqual([true, true, false]);
  });

  it('are named by a dry run, which changes nothing', async () => {
    const connector = await bench.connect(replica, alice);
    (await alice.setStatus(connector.id, 'DISABLED')).ok();
    const { owner } = replica.databaseTools;
    const ago = (days: number) =>
      owner.query(
        `WITH c AS (UPDATE connectors SET disabled_at = now() - make_interval(days => $1), last_tested_at = now() - make_interval(days => $1))
         UPDATE credentials SET updated_at = now() - make_interval(days => $1)`,
        [days],
      );
    await ago(10);
    expect(await command()).toMatch(/^0 credentials of connectors/);

    const [line = '', sum] = (await command('--days', '7')).split('\n');

    expect(JSON.parse(line)).toMatchObject({ user_id: user, connector_id: connector.id });
    expect(sum).toMatch(/^1 credentials of connectors/);
    expect((await read(connector)).credentials).not.toBeNull();
    expect(await command('--days', '0')).toContain('kept for good');
    await expect(command('--days=-1')).rejects.toMatchObject({ code: 2 });
  });
});

describe('erasing a user who signed in', () => {
  it('ends their sessions on the other replicas too', async () => {
    const connector = await bench.connect(replica, alice);
    const elsewhere = alice.at(other.url);
    (await elsewhere.callTool({ name: `${connector.slug}__echo` })).ok();
    const operator = await replica.clientFor('operator', { scopes: ['operator'] });
    const there = async () =>
      (await operator.at(other.url).listSessions(`?user_id=${user}`)).ok().items.length;
    expect(await there()).toBe(1);

    (await operator.eraseUser(user)).ok();

    await expect.poll(there, { timeout: 5_000 }).toBe(0);
    (await elsewhere.callTool({ name: `${connector.slug}__echo` })).problem(404, 'TOOL_NOT_FOUND');
  });

  it('revokes their grants and leaves nothing of their sign-ins', async () => {
    await bench.connect(replica, alice);
    await bench.connect(replica, alice);
    (await bench.begin(alice)).ok(201);
    const revoked = bench.as.revoked.length;
    const operator = await replica.clientFor('operator', { scopes: ['operator'] });

    const erased = (await operator.eraseUser(user)).ok();

    expect(erased).toMatchObject({ connectors: 2, credentials: 2, sign_ins: 3, grants_revoked: 2 });
    expect(bench.as.revoked.slice(revoked)).toHaveLength(2);
    const dumps = await dumpTables(replica.databaseTools.owner);
    expect(dumps.filter(({ text }) => text.includes(user)).map(({ table }) => table)).toEqual([]);
  });
});
