import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const FIRST = 'first-token-1b52d7';
const SECOND = 'second-token-c09e11';

let service: TestService;
let alice: ApiClient;
let server: ScriptedServer;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start({ token: FIRST });
});

afterEach(() => server.stop());

async function createClosed(): Promise<Connector> {
  const body = { name: 'Closed', server_url: server.url, credentials: { token: FIRST } };
  return (await alice.createConnector(body)).ok(201);
}

describe('reading credentials', () => {
  it('shows what is stored, and never the secret', async () => {
    const { id, credentials } = await createClosed();

    const answer = await alice.getCredentials(id);

    expect(answer.ok()).toEqual(credentials);
    expect(answer.text).not.toContain(FIRST);
  });

  it('shows the names of headers, and never their values', async () => {
    server.token = undefined;
    const headers = { 'X-Api-Key': FIRST, 'X-Team': 'blue-team' };
    const body = { name: 'Headers', server_url: server.url, credentials: { headers } };
    const created = await alice.createConnector(body);
    const { id } = created.ok(201);

    const read = await alice.getCredentials(id);

    expect(read.ok()).toMatchObject({ kind: 'headers', header_names: ['X-Api-Key', 'X-Team'] });
    for (const { text } of [created, read, await alice.getConnector(id)]) {
      expect(text).not.toContain(FIRST);
      expect(text).not.toContain('blue-team');
    }
    expect(server.requests.at(-1)?.headers).toMatchObject({ 'x-api-key': FIRST });
  });

  it('answers 404 where there are none', async () => {
    server.token = undefined;
    const body = { name: 'Open', server_url: server.url };
    const { id } = (await alice.createConnector(body)).ok(201);

    (await alice.getCredentials(id)).problem(404, 'CREDENTIALS_NOT_FOUND');
    (await alice.deleteCredentials(id)).problem(404, 'CREDENTIALS_NOT_FOUND');
  });
});

describe('replacing credentials', () => {
  it('tests with the new ones, and the next call uses them', async () => {
    const { id } = await createClosed();
    (await alice.callTool({ name: 'closed__echo' })).ok();
    server.token = SECOND;

    const answer = await alice.putCredentials(id, { token: SECOND });

    expect(answer.ok()).toMatchObject({ kind: 'bearer' });
    expect(answer.etag).toBe('"2"');
    expect(answer.text).not.toContain(SECOND);
    expect((await alice.getConnector(id)).ok()).toMatchObject({ version: 2, status: 'ENABLED' });
    const seenBefore = server.requests.length;
    (await alice.callTool({ name: 'closed__echo' })).ok();
    const used = server.requests.slice(seenBefore).map(({ headers }) => headers.authorization);
    expect(new Set(used)).toEqual(new Set([`Bearer ${SECOND}`]));
  });

  it('keeps the old ones where the server refuses the new ones', async () => {
    const before = await createClosed();

    const answer = await alice.putCredentials(before.id, { token: SECOND });

    answer.problem(422, 'AUTH_FAILED');
    expect((await alice.getConnector(before.id)).ok()).toEqual(before);
    (await alice.callTool({ name: 'closed__echo' })).ok();
  });

  it('changes the kind, and gives them to a connector that had none', async () => {
    server.token = undefined;
    const body = { name: 'Open', server_url: server.url };
    const { id } = (await alice.createConnector(body)).ok(201);

    (await alice.putCredentials(id, { token: FIRST })).ok();
    expect((await alice.getConnector(id)).ok().auth_type).toBe('bearer');
    (await alice.putCredentials(id, { headers: { 'X-Key': 'k' } })).ok();
    expect((await alice.getConnector(id)).ok().auth_type).toBe('headers');
  });

  it('brings back a connector that needed a sign-in', async () => {
    const { id } = await createClosed();
    server.token = SECOND;
    (await alice.testConnector(id)).ok();
    expect((await alice.getConnector(id)).ok()).toMatchObject({
      status: 'NEEDS_AUTH',
      last_error: { code: 'AUTH_FAILED' },
    });

    (await alice.putCredentials(id, { token: SECOND })).ok();

    const after = (await alice.getConnector(id)).ok();
    expect(after).toMatchObject({ status: 'ENABLED', last_error: null });
  });

  it('leaves one row, sealed anew, and no trace of the old secret', async () => {
    const { id } = await createClosed();
    const rows = () =>
      service.databaseTools.owner.query<{ sealed: string }>(
        'select sealed from credentials where connector_id = $1',
        [id],
      );
    const [old] = (await rows()).rows;

    server.token = undefined;
    (await alice.putCredentials(id, { token: FIRST })).ok();

    const after = (await rows()).rows;
    expect(after).toHaveLength(1);
    expect(after[0]?.sealed).not.toBe(old?.sealed);
    expect(after[0]?.sealed).toMatch(/^mc1\.k1\.[\w-]+$/);
  });

  it('points at the header that is refused', async () => {
    const { id } = await createClosed();

    const answer = await alice.putCredentials(id, { headers: { 'X-Forwarded-For': '1.2.3.4' } });

    expect(answer.problem(422, 'CREDENTIALS_INVALID').errors).toMatchObject([
      { pointer: '/body/headers/X-Forwarded-For' },
    ]);
  });
});

describe('deleting credentials', () => {
  it('removes the secret, closes the sessions and asks for a sign-in', async () => {
    const { id } = await createClosed();
    (await alice.callTool({ name: 'closed__echo' })).ok();
    expect(server.openSessions).toBe(1);

    (await alice.deleteCredentials(id)).ok(204);

    expect(server.openSessions).toBe(0);
    expect((await alice.getConnector(id)).ok()).toMatchObject({
      auth_type: 'bearer',
      credentials: null,
      status: 'NEEDS_AUTH',
      last_error: { code: 'AUTH_REQUIRED' },
    });
    (await alice.getCredentials(id)).problem(404, 'CREDENTIALS_NOT_FOUND');
    const { outcomes } = (await alice.getTools()).ok();
    expect(outcomes).toMatchObject([{ outcome: 'needs_auth', code: 'AUTH_REQUIRED' }]);
  });

  it('lets nothing go to the server without them, even where that would be let in', async () => {
    const { id } = await createClosed();
    (await alice.deleteCredentials(id)).ok(204);
    server.token = undefined;
    const seenBefore = server.requests.length;

    (await alice.callTool({ name: 'closed__echo' })).problem(409, 'NEEDS_AUTH');
    const report = (await alice.testConnector(id)).ok();
    const synced = (await alice.syncConnector(id)).ok();

    expect(report).toMatchObject({ success: false, error_code: 'AUTH_REQUIRED', attempts: 0 });
    expect(synced).toMatchObject({ status: 'NEEDS_AUTH', tool_count: 1 });
    expect(server.requests).toHaveLength(seenBefore);
  });

  it('is undone by new ones', async () => {
    const { id } = await createClosed();
    (await alice.deleteCredentials(id)).ok(204);

    (await alice.putCredentials(id, { token: FIRST })).ok();

    expect((await alice.getConnector(id)).ok().status).toBe('ENABLED');
    (await alice.callTool({ name: 'closed__echo' })).ok();
  });

  it('lets the connector move without asking for credentials again, if the new server needs none', async () => {
    const { id } = await createClosed();
    (await alice.deleteCredentials(id)).ok(204);
    server.token = undefined;

    const update = { server_url: `${server.url}?x=1`, auth_type: 'none' } as const;
    expect((await alice.updateConnector(id, update)).ok().status).toBe('ENABLED');
  });
});
