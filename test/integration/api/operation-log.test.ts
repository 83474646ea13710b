import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const SECRETS = {
  token: 'log-token-2f9c1',
  second: 'log-second-token-77d2',
  header: 'log-header-value-4b1e',
  query: 'log-query-key-a0c3',
  path: 'log-path-key-88f0',
  argument: 'log-argument-e55a',
  result: 'log-result-19bd',
  refused: 'log-refused-token-b2aa',
};

let service: TestService;
let server: ScriptedServer;
let alice: ApiClient;
let user: string;

beforeAll(async () => {
  service = await startTestService({
    clock: new ImpatientClock(),
    env: { LOG_LEVEL: 'trace', AGENT_CLIENTS: 'trusted-agent' },
  });
});

afterAll(() => service.close());

beforeEach(async () => {
  user = `user-${crypto.randomUUID()}`;
  alice = await service.clientFor(user, { tenant: 'acme' });
  server = await ScriptedServer.start();
});

afterEach(() => server.stop());

/** The lines of connector operations that belong to one answer. */
function linesOf(answer: ApiAnswer<unknown>): Readonly<Record<string, unknown>>[] {
  const id = answer.headers.get('x-request-id');
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  return service.operations().filter((line) => line['request_id'] === id);
}

function expectLine(answer: ApiAnswer<unknown>, fields: Record<string, unknown>): void {
  expect(linesOf(answer)).toEqual([
    expect.objectContaining({
      tenant_id: 'acme',
      user_id: user,
      outcome: 'ok',
      duration_ms: expect.any(Number),
      ...fields,
    }),
  ]);
}

async function create(): Promise<string> {
  return (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201).id;
}

describe('every operation on a connector', () => {
  it('writes one line: who, which connector, outcome, duration and request', async () => {
    const created = await alice.createConnector({ name: 'Mine', server_url: server.url });
    const { id } = created.ok(201);
    const connector_id = id;
    expectLine(created, { operation: 'connector.create', connector_id, origin: server.origin });

    const steps: [string, ApiAnswer<unknown>][] = [
      ['connector.update', await alice.updateConnector(id, { name: 'New' })],
      ['connector.test', await alice.testConnector(id)],
      ['connector.sync', await alice.syncConnector(id)],
      ['tool.call', await alice.callTool({ name: 'mine__echo' })],
      ['connector.put_credentials', await alice.putCredentials(id, { token: 'x' })],
      ['connector.delete_credentials', await alice.deleteCredentials(id)],
      ['connector.set_status', await alice.setStatus(id, 'DISABLED')],
      ['connector.delete', await alice.deleteConnector(id)],
    ];
    for (const [operation, answer] of steps) {
      expect(answer.outcome).toBe('ok');
      expectLine(answer, { operation, connector_id });
    }
    const tested = await alice.testConnection({ server_url: server.url });
    expectLine(tested, { operation: 'connector.test_unsaved', attempts: 1 });
  });

  it('writes the code of what went wrong', async () => {
    const id = await create();
    server.token = 'needed';
    const steps: [string, ApiAnswer<unknown>][] = [
      ['AUTH_REQUIRED', await alice.testConnector(id)],
      ['AUTH_REQUIRED', await alice.syncConnector(id)],
      ['AUTH_REQUIRED', await alice.testConnection({ server_url: server.url })],
      ['AUTH_REQUIRED', await alice.createConnector({ name: 'N', server_url: server.url })],
      ['NEEDS_AUTH', await alice.callTool({ name: 'mine__echo' })],
      ['TOOL_NOT_FOUND', await alice.callTool({ name: 'mine__other' })],
      ['AUTH_FAILED', await alice.putCredentials(id, { token: 'wrong' })],
      ['CREDENTIALS_INVALID', await alice.putCredentials(id, { headers: { Host: 'x' } })],
      ['CREDENTIALS_NOT_FOUND', await alice.deleteCredentials(id)],
      ['CONNECTOR_NAME_TAKEN', await alice.createConnector({ name: 'MINE', server_url: 'x' })],
      ['PRECONDITION_FAILED', await alice.deleteConnector(id, { 'if-match': '"77"' })],
      ['CONNECTOR_NOT_FOUND', await alice.syncConnector(crypto.randomUUID())],
    ];
    for (const [outcome, answer] of steps) expectLine(answer, { outcome });
  });

  it('tells operators why, in codes', async () => {
    const id = await create();
    await server.stop();
    const refused = 'CONNECT_FAILED ECONNREFUSED';
    const why = { outcome: 'CONNECTION_FAILED', reason: refused };
    expectLine(await alice.testConnector(id), why);
    expectLine(await alice.syncConnector(id), why);
    const unsaved = { server_url: server.url };
    expectLine(await alice.testConnection(unsaved), why);
    expectLine(await alice.createConnector({ name: 'N', ...unsaved }), why);
    expectLine(await alice.callTool({ name: 'mine__echo' }), {
      outcome: 'UPSTREAM_UNREACHABLE',
      reason: `CONNECTION_FAILED ${refused}`,
    });
    const passed = await alice.deleteConnector(id);
    expect(linesOf(passed)[0]).not.toHaveProperty('reason');
  });

  it('tells the endings of a call apart', async () => {
    const id = await create();
    server.script = () => ({ content: [], isError: true });
    const failed = await alice.callTool({ name: 'mine__echo' });
    expectLine(failed, { operation: 'tool.call', outcome: 'tool_error', tool: 'mine__echo' });
    server.script = () => {
      throw Object.assign(new Error('no'), { code: -32602 });
    };
    expectLine(await alice.callTool({ name: 'mine__echo' }), {
      outcome: 'protocol_error',
      connector_id: id,
    });
  });

  it('names the user it was for, and with its request the agent that called', async () => {
    await create();
    const agent = await service.clientFor('agent-backend', {
      tenant: 'acme',
      scopes: ['agent', 'tools:call'],
      claims: { client_id: 'trusted-agent' },
    });

    const answer = await agent.callTool({ name: 'mine__echo' }, { user });

    expectLine(answer, { operation: 'tool.call' });
    const [request] = service.logLines
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter((line) => line['msg'] === 'request')
      .filter((line) => JSON.stringify(line).includes(String(answer.headers.get('x-request-id'))));
    expect(request).toMatchObject({ user_id: 'agent-backend', client_id: 'trusted-agent' });
  });

  it('writes nothing of a repeat that was answered from what is stored', async () => {
    await create();
    const headers = { 'idempotency-key': crypto.randomUUID() };
    (await alice.callTool({ name: 'mine__echo' }, { headers })).ok();

    const replay = await alice.callTool({ name: 'mine__echo' }, { headers });

    expect(linesOf(replay)).toEqual([]);
  });
});

describe('secrets', () => {
  it('are in no line of the log, no error and no row, whatever happens to them', async () => {
    server.token = SECRETS.token;
    server.script = () => ({ content: [{ type: 'text', text: SECRETS.result }] });
    const answers: ApiAnswer<unknown>[] = [];
    const keep = <Answer extends ApiAnswer<unknown>>(answer: Answer): Answer => {
      answers.push(answer);
      return answer;
    };
    const url = `${server.origin}/${SECRETS.path}/mcp?key=${SECRETS.query}`;
    const draft = { name: 'Mine', server_url: url };
    const key = { 'idempotency-key': crypto.randomUUID() };
    const call = { name: 'mine__echo', arguments: { text: SECRETS.argument } };

    const refused = { ...draft, credentials: { token: SECRETS.refused } };
    keep(await alice.createConnector(refused)).problem(422, 'AUTH_FAILED');
    const created = await alice.createConnector(
      { ...draft, credentials: { token: SECRETS.token } },
      key,
    );
    const { id } = created.ok(201);
    (await alice.callTool(call, { headers: { 'idempotency-key': crypto.randomUUID() } })).ok();
    const headers = { Authorization: `Bearer ${SECRETS.token}`, 'X-Key': SECRETS.header };
    keep(await alice.putCredentials(id, { headers })).ok();
    keep(await alice.putCredentials(id, { token: SECRETS.second })).problem(422, 'AUTH_FAILED');
    keep(await alice.updateConnector(id, { server_url: `${url}/x` })).ok();
    keep(await alice.updateConnector(id, { server_url: 'http://10.1.1.1/' })).problem(
      422,
      'CREDENTIALS_REQUIRED',
    );
    await server.stop();
    keep(await alice.testConnector(id)).ok();
    keep(await alice.callTool(call)).problem(502, 'UPSTREAM_UNREACHABLE');
    keep(await alice.testConnection({ ...draft, credentials: { token: SECRETS.second } })).ok();
    const text = `{"name":"N","server_url":"${url}","credentials":{"token":"${SECRETS.second}"`;
    keep(await alice.send('POST', '/api/connectors', { text })).problem(400, 'MALFORMED_REQUEST');
    keep(await alice.send('GET', `/api/connectors?key=${SECRETS.query}`));

    const log = service.logLines.join('\n');
    const rows = await dump();
    for (const secret of Object.values(SECRETS)) {
      expect(log).not.toContain(secret);
      expect(rows).not.toContain(secret);
    }
    // The owner sees the URL whole, and nothing else.
    const shown = answers.map((answer) => (answer.status < 400 ? '' : answer.text)).join('\n');
    for (const secret of Object.values(SECRETS)) expect(shown).not.toContain(secret);
    const { token, second, header } = SECRETS;
    const all = answers.map((answer) => answer.text).join('\n');
    for (const secret of [token, second, header]) expect(all).not.toContain(secret);
  });

  /** Every row of every table, as text. */
  async function dump(): Promise<string> {
    const { owner } = service.databaseTools;
    const tables = await owner.query<{ tablename: string }>(
      `select tablename from pg_tables where schemaname = 'public'`,
    );
    const parts: string[] = [];
    for (const { tablename } of tables.rows) {
      const { rows } = await owner.query<{ row: string }>(
        `select t::text as row from "${tablename}" t`,
      );
      parts.push(...rows.map(({ row }) => row));
    }
    expect(parts.length).toBeGreaterThan(5);
    return parts.join('\n');
  }
});
