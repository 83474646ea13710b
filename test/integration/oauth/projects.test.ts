import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorizationCreate, Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { runJob } from '../../support/due-job.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { SignInBench, startSignInBench } from './support/sign-in-bench.ts';

// Connectors of a project that want a sign-in: of an admin for all, or of each member for themselves.

const HOUR = 3_600_000;

let bench: SignInBench;
let service: TestService;
let project: string;
let admin: ApiClient;
let alice: ApiClient;
let bob: ApiClient;
let aliceId: string;
const clock = new OffsetClock();

beforeAll(async () => {
  bench = await startSignInBench();
  service = await startTestService({ env: SignInBench.env, clock });
});

afterAll(async () => {
  await service.close();
  await bench.close();
});

beforeEach(async () => {
  bench.reset();
  clock.offsetMs = 0;
  project = `project-${randomUUID()}`;
  aliceId = `alice-${randomUUID()}`;
  admin = await inProject('admin');
  alice = await inProject('member', aliceId);
  bob = await inProject('member');
});

const inProject = (role: 'admin' | 'member', user?: string) =>
  service.clientFor(user, { claims: { projects: { [project]: role } } });

const draftOf = (mode: 'shared' | 'personal'): AuthorizationCreate => ({
  draft: { ...bench.draft(), project_id: project, credential_mode: mode },
});
const call = (client: ApiClient, { slug }: Connector) =>
  client.callTool({
    name: `${slug}__echo`,
    arguments: { message: 'hello' },
    project_id: project,
  });
const statusOf = async (client: ApiClient, { id }: Connector) =>
  (await client.getConnector(id)).ok().status;

/** The token of the last tool call that arrived. */
function lastToken(): string | undefined {
  const calls = bench.server.requests.filter(({ rpcMethod }) => rpcMethod === 'tools/call');
  return calls.at(-1)?.headers.authorization;
}

/** The token that the server gets when this member calls. */
async function tokenOf(client: ApiClient, connector: Connector): Promise<string | undefined> {
  expect((await call(client, connector)).ok().is_error).toBe(false);
  return lastToken();
}

describe('a sign-in of each member', () => {
  it('acts for that member alone', async () => {
    const connector = await bench.connect(service, admin, draftOf('personal'));
    expect(connector).toMatchObject({
      ...{ project_id: project, credential_mode: 'personal', auth_type: 'oauth2' },
      status: 'ENABLED',
    });
    expect(await statusOf(alice, connector)).toBe('NEEDS_AUTH');
    const refused = await call(alice, connector);
    refused.problem(409, 'NEEDS_AUTH');
    expect(refused.text).toContain(`connector_id=${connector.id}`);

    const mine = await bench.connect(service, alice, { connector_id: connector.id });
    expect(mine).toMatchObject({ id: connector.id, status: 'ENABLED', version: connector.version });
    expect(mine.server_url).toBe(new URL(bench.server.url).origin);

    const tokens = [await tokenOf(admin, connector), await tokenOf(alice, connector)];
    expect(new Set(tokens).size).toBe(2);
    expect(await tokenOf(admin, connector)).toBe(tokens[0]);
    expect(await statusOf(bob, connector)).toBe('NEEDS_AUTH');
    (await call(bob, connector)).problem(409, 'NEEDS_AUTH');
  });

  it('is completed by nobody else, and by nobody who has left meanwhile', async () => {
    const connector = await bench.connect(service, admin, draftOf('personal'));
    const body = { connector_id: connector.id };
    const { id, handle } = await bench.signIn(service, alice, body);
    for (const other of [bob, admin]) {
      (await bench.complete(other, id, handle)).problem(404, 'AUTHORIZATION_NOT_FOUND');
    }
    const gone = await service.clientFor(aliceId);
    const asked = bench.as.tokenRequests.length;
    (await bench.complete(gone, id, handle)).problem(404, 'CONNECTOR_NOT_FOUND');
    expect(bench.as.tokenRequests).toHaveLength(asked);
    expect(await statusOf(alice, connector)).toBe('NEEDS_AUTH');
    (await bench.complete(alice, id, handle)).ok();
    expect(await statusOf(alice, connector)).toBe('ENABLED');
  });

  it('is renewed on use for that member, and not by the job', async () => {
    const connector = await bench.connect(service, admin, draftOf('personal'));
    await bench.connect(service, alice, { connector_id: connector.id });
    const [before, ofAdmin] = [await tokenOf(alice, connector), await tokenOf(admin, connector)];
    clock.offsetMs = HOUR - 60_000;
    const asked = bench.as.tokenRequests.length;
    await runJob(service, 'renew-tokens', 1);
    expect(bench.as.tokenRequests).toHaveLength(asked);
    (await alice.testConnector(connector.id)).ok();
    expect(bench.as.tokenRequests).toHaveLength(asked + 1);
    expect(before).not.toBe(ofAdmin);
  });

  it('that is over for one member costs the others nothing', async () => {
    const connector = await bench.connect(service, admin, draftOf('personal'));
    await bench.connect(service, alice, { connector_id: connector.id });
    const ofAlice = (await tokenOf(alice, connector))?.replace('Bearer ', '');
    bench.refuses = (token) => token === ofAlice;
    bench.as.knobs.token = { status: 400, body: { error: 'invalid_grant' } };
    clock.offsetMs = HOUR / 10;
    (await call(alice, connector)).problem(409, 'NEEDS_AUTH');
    expect((await alice.getConnector(connector.id)).ok()).toMatchObject({
      status: 'NEEDS_AUTH',
      last_error: { code: 'AUTH_FAILED' },
      credentials: { state: 'refused' },
    });
    expect(await statusOf(admin, connector)).toBe('ENABLED');
    expect(await tokenOf(admin, connector)).toBeDefined();
  });

  it('is revoked upstream when the member takes it back or is erased', async () => {
    const connector = await bench.connect(service, admin, draftOf('personal'));
    await bench.connect(service, alice, { connector_id: connector.id });
    const revoked = bench.as.revoked.length;
    (await alice.deleteCredentials(connector.id)).ok(204);
    expect(bench.as.revoked).toHaveLength(revoked + 1);
    await bench.connect(service, alice, { connector_id: connector.id });
    const operator = await service.clientFor('operator', { scopes: ['operator'] });
    expect((await operator.eraseUser(aliceId)).ok()).toMatchObject({ grants_revoked: 1 });
    expect(bench.as.revoked).toHaveLength(revoked + 2);
    expect(await statusOf(admin, connector)).toBe('ENABLED');
  });

  it('is revoked upstream for every member when an admin deletes the connector', async () => {
    const connector = await bench.connect(service, admin, draftOf('personal'));
    for (const client of [alice, bob]) {
      await bench.connect(service, client, { connector_id: connector.id });
    }
    const revoked = bench.as.revoked.length;
    (await admin.deleteConnector(connector.id)).ok(204);
    expect(new Set(bench.as.revoked.slice(revoked)).size).toBe(3);
    (await call(alice, connector)).problem(404, 'TOOL_NOT_FOUND');
  });

  it('is not possible where members give credentials of another kind', async () => {
    bench.challenges = () => undefined;
    const body = {
      ...bench.draft(),
      ...({ project_id: project, credential_mode: 'personal', auth_type: 'bearer' } as const),
      credentials: { token: 'any' },
    };
    const { id } = (await admin.createConnector(body)).ok(201);
    bench.challenges = () => bench.challenge;
    const refused = await bench.begin(alice, { connector_id: id });
    refused.problem(422, 'CREDENTIALS_INVALID');
  });
});

describe('a sign-in of an admin for all', () => {
  it('acts for every member, and is renewed by the job for nobody in particular', async () => {
    const connector = await bench.connect(service, admin, draftOf('shared'));
    const token = await tokenOf(alice, connector);
    expect(await tokenOf(bob, connector)).toBe(token);
    (await bench.begin(alice, { connector_id: connector.id })).problem(
      403,
      'PROJECT_ADMIN_REQUIRED',
    );

    clock.offsetMs = HOUR - 60_000;
    const asked = bench.as.tokenRequests.length;
    await runJob(service, 'renew-tokens', 1);
    expect(bench.as.tokenRequests).toHaveLength(asked + 1);
    (await admin.syncConnector(connector.id)).ok();
    const renewed = await tokenOf(alice, connector);
    expect(renewed).not.toBe(token);
    expect(await tokenOf(bob, connector)).toBe(renewed);
    expect(bench.as.tokenRequests).toHaveLength(asked + 1);
    expect(bench.as.reused).toEqual([]);
  });

  it('needs an admin at its end too', async () => {
    const user = `user-${randomUUID()}`;
    const before = await inProject('admin', user);
    const { id, handle } = await bench.signIn(service, before, draftOf('shared'));
    const now = await inProject('member', user);
    (await bench.complete(now, id, handle)).problem(403, 'PROJECT_ADMIN_REQUIRED');
    const gone = await service.clientFor(user);
    (await bench.complete(gone, id, handle)).problem(404, 'PROJECT_NOT_FOUND');
    expect((await admin.listConnectors(`?project_id=${project}`)).ok().items).toEqual([]);
  });
});
