import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { FRONTEND, SignInBench, startSignInBench } from './support/sign-in-bench.ts';

// Two replicas on one database. Their tokens end, are refused and are taken back.

let bench: SignInBench;
let replica: TestService;
let other: TestService;
let alice: ApiClient;
let elsewhere: ApiClient;
let users = 0;
const clock = new OffsetClock();
const HOUR = 3_600_000;

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
  users += 1;
  alice = await replica.clientFor(`alice-${users}`);
  // The tokens of users are good on every replica.
  elsewhere = alice.at(other.url);
});

const call = (client: ApiClient, { slug }: Connector) =>
  client.callTool({ name: `${slug}__echo`, arguments: { message: 'hello' } });
const refreshes = () => bench.as.tokenRequests.filter((form) => form.has('refresh_token')).length;
const read = async ({ id }: Connector) => (await alice.getConnector(id)).ok();

describe('a token that has ended', () => {
  it('is renewed once for fifty calls on two replicas, and none of them fails', async () => {
    const connector = await bench.connect(replica, alice);
    // Both have a session with the old token, which the server takes no more.
    for (const client of [alice, elsewhere]) (await call(client, connector)).ok();
    const before = refreshes();
    bench.as.expireTokens();
    clock.offsetMs = HOUR + 1000;
    const clients = Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? alice : elsewhere));
    const answers = await Promise.all(clients.map((client) => call(client, connector)));
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array(50).fill('ok'));
    expect(refreshes()).toBe(before + 1);
    expect(bench.as.reused).toEqual([]);
    const { credentials, version } = await read(connector);
    expect(Date.parse(credentials?.expires_at ?? '')).toBeGreaterThan(clock.now().getTime());
    // Nothing of the connector itself has changed.
    expect(version).toBe(connector.version);
  });

  it('is renewed before it ends, without a refusal', async () => {
    const connector = await bench.connect(replica, alice);
    const [before, requests] = [refreshes(), bench.server.requests.length];
    clock.offsetMs = HOUR - 60_000;
    (await call(elsewhere, connector)).ok();
    expect(refreshes()).toBe(before + 1);
    const bodies = bench.server.requests
      .slice(requests)
      .map(({ headers }) => headers.authorization);
    expect(new Set(bodies).size).toBe(1);
    expect(bench.as.tokenRequests.at(-1)?.get('resource')).toBe(bench.server.url);
  });

  it('is renewed where nobody said when it ends, once it is refused', async () => {
    bench.as.knobs.tokens = { expires_in: undefined };
    const connector = await bench.connect(replica, alice);
    expect(connector.credentials?.expires_at).toBeNull();
    (await call(alice, connector)).ok();
    bench.as.expireTokens();
    clock.offsetMs = 61_000;
    (await call(alice, connector)).ok();
    (await call(elsewhere, connector)).ok();
    bench.as.expireTokens();
    clock.offsetMs += 61_000;
    expect((await alice.testConnector(connector.id)).ok().success).toBe(true);
  });

  it('keeps its refresh token where the server sends no new one', async () => {
    const connector = await bench.connect(replica, alice);
    bench.as.knobs.tokens = { refresh_token: undefined };
    clock.offsetMs = HOUR;
    (await call(alice, connector)).ok();
    const [first, second] = bench.as.tokenRequests.slice(-2);
    expect(second?.get('refresh_token')).not.toBe(first?.get('refresh_token'));
  });

  it('needs a sign-in where there is no refresh token', async () => {
    bench.as.knobs.tokens = { refresh_token: undefined };
    const connector = await bench.connect(replica, alice);
    (await call(alice, connector)).ok();
    bench.as.expireTokens();
    clock.offsetMs = HOUR + 1;
    (await call(alice, connector)).problem(409, 'NEEDS_AUTH');
    expect((await read(connector)).status).toBe('NEEDS_AUTH');
  });
});

describe('a grant that is over', () => {
  it('needs a sign-in at once, and the call says where', async () => {
    const connector = await bench.connect(replica, alice);
    bench.as.revokeGrants();
    clock.offsetMs = HOUR;
    const refused = (await call(elsewhere, connector)).problem(409, 'NEEDS_AUTH');
    expect(refused).toMatchObject({
      ...{ reason: 'AUTH_FAILED', retryable: false, may_have_run: false },
      sign_in_url: `${FRONTEND}/connect?from=sign-in&connector_id=${connector.id}`,
    });
    // Agents on the MCP endpoint read the text only.
    expect(refused.detail).toContain(`${FRONTEND}/connect?from=sign-in&connector_id=`);
    expect(await read(connector)).toMatchObject({
      status: 'NEEDS_AUTH',
      last_error: { code: 'AUTH_FAILED' },
      credentials: { state: 'refused' },
    });

    // Nothing is sent any more, to either server.
    const sent = [bench.server.requests.length, refreshes()];
    (await call(alice, connector)).problem(409, 'NEEDS_AUTH');
    expect((await alice.syncConnector(connector.id)).ok().status).toBe('NEEDS_AUTH');
    expect((await alice.testConnector(connector.id)).ok().error_code).toBe('AUTH_FAILED');
    expect([bench.server.requests.length, refreshes()]).toEqual(sent);

    const again = await bench.connect(replica, alice, { connector_id: connector.id });
    expect(again).toMatchObject({ status: 'ENABLED', credentials: { state: 'active' } });
    (await call(elsewhere, again)).ok();
  });

  it('is found by a sync as well', async () => {
    const connector = await bench.connect(replica, alice);
    bench.as.revokeGrants();
    clock.offsetMs = HOUR;
    const synced = (await alice.syncConnector(connector.id)).ok();
    expect(synced).toMatchObject({ status: 'NEEDS_AUTH', last_error: { code: 'AUTH_FAILED' } });
  });

  it('is over where a token is refused right after it was issued: there is no loop', async () => {
    const connector = await bench.connect(replica, alice);
    const before = refreshes();
    bench.refuses = () => true;
    clock.offsetMs = 120_000;
    for (let calls = 0; calls < 3; calls += 1) {
      (await call(alice, connector)).problem(409, 'NEEDS_AUTH');
    }
    expect(refreshes()).toBe(before + 1);
    expect((await read(connector)).status).toBe('NEEDS_AUTH');
  });
});

describe('an authorization server that has trouble', () => {
  it('costs nothing while the token lasts, and is asked again with growing pauses', async () => {
    const connector = await bench.connect(replica, alice);
    bench.as.knobs.token = { status: 503, body: {} };
    const before = refreshes();
    const operator = await replica.clientFor('operator', { scopes: ['operator'] });
    /** With a new session each time, which needs the token. */
    const attempt = async () => {
      (await operator.closeSessions(`?user_id=alice-${users}`)).ok();
      return await call(alice, connector);
    };
    clock.offsetMs = HOUR - 60_000;
    for (let calls = 0; calls < 3; calls += 1) (await attempt()).ok();
    expect(refreshes()).toBe(before + 1);
    clock.offsetMs += 6_000;
    (await attempt()).ok();
    clock.offsetMs += 6_000;
    (await attempt()).ok();
    expect(refreshes()).toBe(before + 2);

    // Once the token has ended, it is an outage and no reason to sign in.
    clock.offsetMs = HOUR + 1;
    bench.as.expireTokens();
    const refused = (await attempt()).problem(502, 'UPSTREAM_UNREACHABLE');
    expect(refused).toMatchObject({ reason: 'CONNECTION_FAILED', may_have_run: false });
    expect((await read(connector)).status).toBe('ENABLED');
    bench.as.knobs.token = undefined;
    clock.offsetMs += 60_000;
    (await attempt()).ok();
  });

  it('is not asked by a second replica while the first one waits', async () => {
    const connector = await bench.connect(replica, alice);
    const before = refreshes();
    let answer = () => {};
    bench.as.knobs.beforeToken = () => new Promise<void>((resolve) => (answer = resolve));
    clock.offsetMs = HOUR;
    bench.as.expireTokens();
    const calls = [call(alice, connector), call(elsewhere, connector)];
    await expect.poll(refreshes).toBe(before + 1);
    // The other one has looked at the lease by then.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(refreshes()).toBe(before + 1);
    answer();
    for (const { outcome } of await Promise.all(calls)) expect(outcome).toBe('ok');
    expect(refreshes()).toBe(before + 1);
  });

  it('loses to a new sign-in that came meanwhile', async () => {
    const connector = await bench.connect(replica, alice);
    const before = refreshes();
    let answer = () => {};
    const waits = () => new Promise<void>((resolve) => (answer = resolve));
    bench.as.knobs.beforeToken = waits;
    clock.offsetMs = HOUR;
    const calling = call(alice, connector);
    await expect.poll(refreshes).toBe(before + 1);
    bench.as.knobs.beforeToken = () => {};
    await bench.connect(other, elsewhere, { connector_id: connector.id });
    answer();
    expect((await calling).outcome).toBe('ok');
    const { credentials, status } = await read(connector);
    expect([credentials?.state, status]).toEqual(['active', 'ENABLED']);
    (await call(elsewhere, connector)).ok();
  });
});
