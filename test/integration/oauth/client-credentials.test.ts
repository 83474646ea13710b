import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportPKCS8, generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector, ServiceConnection } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { dumpTables } from '../../support/database-dump.ts';
import { runJob } from '../../support/due-job.ts';
import { SECRET } from '../../support/oauth/authorization-server.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { SignInBench, startSignInBench } from './support/sign-in-bench.ts';

// Connectors of a project that act without a person: the client of the project, or that of the operator, gets their tokens.

const HOUR = 3_600_000;

let bench: SignInBench;
let service: TestService;
let project: string;
let admin: ApiClient;
let alice: ApiClient;
const clock = new OffsetClock();
const keys: { pem: string; publicKey: CryptoKey }[] = [];

beforeAll(async () => {
  bench = await startSignInBench();
  const clients = [
    {
      ...{
        issuer: bench.as.issuer,
        client_id: 'client-operators',
        client_secret: SECRET,
      },
      client_credentials_for: [new URL(bench.server.url).origin],
    },
  ];
  const env = { ...SignInBench.env, OAUTH_CLIENTS: JSON.stringify(clients) };
  service = await startTestService({ env, clock });
  for (const algorithm of ['ES256', 'RS256', 'EdDSA']) {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    keys.push({ pem: await exportPKCS8(privateKey), publicKey });
  }
});

afterAll(async () => {
  await service.close();
  await bench.close();
});

beforeEach(async () => {
  bench.reset();
  bench.as.knobs.authMethod = 'client_secret_basic';
  clock.offsetMs = 0;
  // What tests before have left is not renewed.
  await service.databaseTools.owner.query('DELETE FROM connectors');
  project = `project-${randomUUID()}`;
  admin = await inProject('admin');
  alice = await inProject('member');
});

const inProject = (role: 'admin' | 'member', tenant?: string) =>
  service.clientFor(undefined, {
    ...(tenant !== undefined && { tenant }),
    claims: { projects: { [project]: role } },
  });
const connect = (client: ApiClient, body: ServiceConnection) =>
  client.send<Connector>('POST', '/api/oauth/client-credentials', { body });
const ours = () => ({ issuer: bench.as.issuer, client_id: 'client-ours', client_secret: SECRET });
const draft = () => ({ ...bench.draft(), project_id: project });
const call = (client: ApiClient, { slug }: Connector) =>
  client.callTool({ name: `${slug}__echo`, arguments: { message: 'hello' }, project_id: project });
const reasonOf = (problem: object) => (problem as { reason?: string }).reason;
const serviceRequests = () =>
  bench.as.tokenRequests.filter((form) => form.get('grant_type') === 'client_credentials');

describe('a client of the project', () => {
  it('connects without a browser, for all members, and its secret shows nowhere', async () => {
    const connector = (await connect(admin, { draft: draft(), client: ours() })).ok();
    expect(connector).toMatchObject({
      ...{ project_id: project, status: 'ENABLED', auth_type: 'oauth2', credential_mode: 'shared' },
      credentials: { kind: 'oauth2', grant_type: 'client_credentials', state: 'active' },
    });
    const [asked] = serviceRequests().slice(-1);
    expect(Object.fromEntries(asked ?? [])).toEqual({
      ...{ grant_type: 'client_credentials', resource: bench.server.url, scope: 'tools' },
    });
    expect((await call(alice, connector)).ok().is_error).toBe(false);
    const { owner } = service.databaseTools;
    const told = JSON.stringify([await dumpTables(owner), service.logLines]);
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain(Buffer.from(SECRET).toString('base64'));
  });

  it('gets new tokens ahead of their end, by the same right, once', async () => {
    // Servers may give a refresh token although they should not: it is not used.
    const connector = (await connect(admin, { draft: draft(), client: ours() })).ok();
    const before = serviceRequests().length;
    clock.offsetMs = HOUR - 60_000;
    await runJob(service, 'renew-tokens', 3);
    expect(serviceRequests()).toHaveLength(before + 1);
    expect(bench.as.tokenRequests.some((form) => form.has('refresh_token'))).toBe(false);
    const { version, credentials } = (await admin.getConnector(connector.id)).ok();
    expect(version).toBe(connector.version);
    expect(credentials?.grant_type).toBe('client_credentials');

    bench.as.expireTokens();
    clock.offsetMs += 2 * 60_000;
    const calls = await Promise.all(
      [admin, alice, admin, alice].map((one) => call(one, connector)),
    );
    for (const one of calls) expect(one.ok().is_error).toBe(false);
    expect(serviceRequests()).toHaveLength(before + 2);
  });

  it('that is refused costs a new connection, which is an admin’s work', async () => {
    const connector = (await connect(admin, { draft: draft(), client: ours() })).ok();
    bench.as.knobs.token = { status: 401, body: { error: 'invalid_client' } };
    clock.offsetMs = HOUR + 1000;
    (await call(alice, connector)).problem(409, 'NEEDS_AUTH');
    expect((await alice.getConnector(connector.id)).ok()).toMatchObject({
      ...{ status: 'NEEDS_AUTH', credentials: { state: 'refused' } },
    });
    const again = { connector_id: connector.id, client: ours() };
    const failed = (await connect(admin, again)).problem(422, 'SIGN_IN_FAILED');
    expect(reasonOf(failed)).toBe('CLIENT_REFUSED');
    (await connect(alice, again)).problem(403, 'PROJECT_ADMIN_REQUIRED');

    bench.as.knobs.token = undefined;
    expect((await connect(admin, again)).ok()).toMatchObject({
      id: connector.id,
      status: 'ENABLED',
    });
    expect((await call(alice, connector)).ok().is_error).toBe(false);
  });

  it.each([0, 1, 2])('proves itself with a key, kind %i', async (kind) => {
    const { pem = '', publicKey } = keys[kind] ?? {};
    Object.assign(bench.as.knobs, { authMethod: 'private_key_jwt', publicKey });
    const client = { issuer: bench.as.issuer, client_id: 'client-key', private_key: pem };
    const connector = (await connect(admin, { draft: draft(), client })).ok();
    expect(connector.status).toBe('ENABLED');
    clock.offsetMs = HOUR + 1000;
    expect((await call(alice, connector)).ok().is_error).toBe(false);
    (await admin.deleteConnector(connector.id)).ok(204);
    expect(bench.as.revoked.at(-1)).toMatch(/^at-/);

    const other = keys[(kind + 1) % keys.length]?.pem ?? '';
    const body = { draft: draft(), client: { ...client, private_key: other } };
    expect(reasonOf((await connect(admin, body)).problem(422, 'SIGN_IN_FAILED'))).toBe(
      'CLIENT_REFUSED',
    );
    const { owner } = service.databaseTools;
    const told = JSON.stringify([await dumpTables(owner), service.logLines]);
    for (const line of pem.split('\n').slice(1, -2)) expect(told).not.toContain(line);
  });

  it('signs users in with a key as well', async () => {
    const [{ pem = '', publicKey } = {}] = keys;
    Object.assign(bench.as.knobs, { authMethod: 'private_key_jwt', publicKey });
    const client = { client_id: 'client-key', private_key: pem, key_id: 'first' };
    const body = { draft: { ...bench.draft(), project_id: project }, client };
    const connector = await bench.connect(service, admin, body);
    expect(connector.credentials?.grant_type).toBe('authorization_code');
    clock.offsetMs = HOUR + 1000;
    expect((await call(admin, connector)).ok().is_error).toBe(false);

    const both = { draft: bench.draft(), client: { ...client, client_secret: 'x' } };
    (await bench.begin(admin, both)).problem(422, 'CREDENTIALS_INVALID');
    const broken = { draft: bench.draft(), client: { ...client, private_key: 'no key' } };
    const problem = (await bench.begin(admin, broken)).problem(422, 'CREDENTIALS_INVALID');
    expect(problem.errors).toMatchObject([{ pointer: '/body/client/private_key' }]);
  });

  it('needs no PKCE and no page to sign in at, asks for what it is told to, and for what was missing', async () => {
    const metadata = {
      authorization_endpoint: undefined,
      code_challenge_methods_supported: undefined,
    };
    bench.as.knobs.metadata = metadata;
    const body = { draft: draft(), client: ours(), scopes: ['tools', 'admin'] };
    const { id } = (await connect(admin, body)).ok();
    expect(serviceRequests().at(-1)?.get('scope')).toBe('tools admin');
    const { owner } = service.databaseTools;
    await owner.query("UPDATE credentials SET missing_scopes = '{more}' WHERE connector_id = $1", [
      id,
    ]);
    (await connect(admin, { connector_id: id, client: ours() })).ok();
    expect(serviceRequests().at(-1)?.get('scope')?.split(' ').sort()).toEqual([
      'admin',
      'more',
      'tools',
    ]);
    (await bench.begin(admin)).problem(422, 'SIGN_IN_NOT_POSSIBLE');
  });
});

describe('a secret', () => {
  it('goes to the issuer it was given for only', async () => {
    const asked = bench.as.tokenRequests.length;
    const client = { ...ours(), issuer: 'https://auth.example.com' };
    const problem = (await connect(admin, { draft: draft(), client })).problem(
      422,
      'SIGN_IN_NOT_POSSIBLE',
    );
    expect(reasonOf(problem)).toBe('ISSUER_MISMATCH');
    // A server that names somebody else's issuer has to be the resource that it says.
    bench.documents['/.well-known/oauth-protected-resource/mcp'] = bench.resourceMetadata({
      resource: 'https://mcp.example.com/mcp',
    });
    const lying = await connect(admin, { draft: draft(), client: ours() });
    expect(reasonOf(lying.problem(422, 'SIGN_IN_NOT_POSSIBLE'))).toBe('RESOURCE_MISMATCH');
    expect(bench.as.tokenRequests).toHaveLength(asked);
  });

  it('of the operator gets tokens for what the operator named, and for nobody else’s server', async () => {
    const asked = bench.as.tokenRequests.length;
    const problem = (await connect(admin, { draft: draft() })).problem(422, 'SIGN_IN_NOT_POSSIBLE');
    expect(reasonOf(problem)).toBe('CLIENT_REQUIRED');
    expect(bench.as.tokenRequests).toHaveLength(asked);

    const { origin } = new URL(bench.server.url);
    const metadata = bench.resourceMetadata({ resource: origin });
    bench.documents['/.well-known/oauth-protected-resource/mcp'] = metadata;
    const connector = (await connect(admin, { draft: draft() })).ok();
    expect(serviceRequests().at(-1)?.get('resource')).toBe(origin);
    clock.offsetMs = HOUR + 1000;
    expect((await call(alice, connector)).ok().is_error).toBe(false);
    expect(bench.as.tokenRequests).toHaveLength(asked + 2);
  });

  it('is never taken for sign-ins of users', async () => {
    bench.as.knobs.metadata = { registration_endpoint: undefined };
    const problem = (await bench.begin(admin)).problem(422, 'SIGN_IN_NOT_POSSIBLE');
    expect(reasonOf(problem)).toBe('CLIENT_REQUIRED');
  });
});

describe('nobody but admins, and nothing but shared connectors of a project', () => {
  it('is refused before anything is asked', async () => {
    const asked = bench.as.tokenRequests.length;
    const client = ours();
    const mine = (await connect(admin, { draft: draft(), client })).ok();
    const sent = bench.as.tokenRequests.length;
    expect(sent).toBe(asked + 1);
    const again = { ...draft(), name: mine.name };
    (await connect(admin, { draft: again, client })).problem(409, 'CONNECTOR_NAME_TAKEN');
    (await connect(alice, { draft: draft(), client })).problem(403, 'PROJECT_ADMIN_REQUIRED');
    const stranger = await service.clientFor();
    (await connect(stranger, { draft: draft(), client })).problem(404, 'PROJECT_NOT_FOUND');
    (await connect(stranger, { connector_id: mine.id, client })).problem(
      404,
      'CONNECTOR_NOT_FOUND',
    );
    // The same project, in name, of another tenant.
    const elsewhere = await inProject('admin', `tenant-${randomUUID()}`);
    (await connect(elsewhere, { connector_id: mine.id, client })).problem(
      404,
      'CONNECTOR_NOT_FOUND',
    );

    const personal = {
      ...bench.draft(),
      project_id: project,
      credential_mode: 'personal',
    } as const;
    bench.as.knobs.authMethod = 'none';
    const members = await bench.connect(service, admin, { draft: personal });
    const own = await bench.connect(service, admin);
    bench.as.knobs.authMethod = 'client_secret_basic';
    const now = serviceRequests().length;
    for (const { id } of [members, own]) {
      (await connect(admin, { connector_id: id, client })).problem(422, 'CREDENTIALS_INVALID');
    }
    expect(serviceRequests()).toHaveLength(now);
  });
});
