import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { startMisbehaving } from '../../support/workshop/index.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

const TOKEN = 'create-token-5f1f40c3';

let service: TestService;
let clock: ImpatientClock;
let server: ScriptedServer;
let alice: ApiClient;

beforeAll(async () => {
  clock = new ImpatientClock();
  service = await startTestService({ clock });
  server = await ScriptedServer.start();
});

afterAll(async () => {
  await service.close();
  await server.stop();
});

beforeEach(async () => {
  server.token = undefined;
  server.tools = [tool('echo')];
  alice = await service.clientFor();
});

async function expectNothingSaved(client: ApiClient): Promise<void> {
  expect((await client.listConnectors()).ok().items).toEqual([]);
  expect((await client.getTools()).ok()).toMatchObject({ tools: [], outcomes: [] });
}

describe('creating a connector', () => {
  it('answers with the whole connector, its address and its version', async () => {
    server.tools = [tool('echo'), tool('add')];

    const answer = await alice.createConnector({ name: 'My Server', server_url: server.url });

    const connector = answer.ok(201);
    expect(connector).toMatchObject({
      name: 'My Server',
      slug: 'my-server',
      server_url: server.url,
      transport: 'auto',
      auth_type: 'none',
      status: 'ENABLED',
      last_error: null,
      server_info: { name: 'scripted', version: '1.0.0', title: null },
      tool_count: 2,
      credentials: null,
      version: 1,
    });
    expect(answer.headers.get('location')).toBe(`/api/connectors/${connector.id}`);
    expect(answer.etag).toBe('"1"');
    expect((await alice.getConnector(connector.id)).ok()).toEqual(connector);
  });

  it('tests before it saves, and leaves no session of the test behind', async () => {
    const seenBefore = server.requests.length;

    (await alice.createConnector({ name: 'Tested', server_url: server.url })).ok(201);

    const methods = server.requests.slice(seenBefore).map(({ rpcMethod }) => rpcMethod);
    expect(methods).toContain('initialize');
    expect(methods).toContain('tools/list');
    expect(methods).not.toContain('tools/call');
    await expect.poll(() => server.openSessions).toBe(0);
  });

  it('saves a server that requires the token it is given, and says which kind it is', async () => {
    server.token = TOKEN;

    const answer = await alice.createConnector({
      name: 'Closed',
      server_url: server.url,
      credentials: { token: TOKEN },
    });

    expect(answer.ok(201)).toMatchObject({
      auth_type: 'bearer',
      credentials: { kind: 'bearer', header_names: [], state: 'active', expires_at: null },
    });
    expect(answer.text).not.toContain(TOKEN);
  });

  it.each<[string, string, number]>([
    ['refused', 'CONNECTION_FAILED', 2],
    ['reset', 'CONNECTION_FAILED', 2],
    ['500', 'CONNECTION_FAILED', 2],
    ['429', 'CONNECTION_FAILED', 2],
    ['401', 'AUTH_REQUIRED', 1],
    ['403', 'AUTH_FAILED', 1],
    ['404', 'INVALID_MCP_SERVER', 1],
    ['html', 'INVALID_MCP_SERVER', 1],
    ['invalid-json', 'INVALID_MCP_SERVER', 1],
    ['wrong-id', 'INVALID_MCP_SERVER', 1],
    ['307-to-metadata', 'INVALID_MCP_SERVER', 1],
    ['unknown-version', 'PROTOCOL_MISMATCH', 1],
    ['too-many-tools', 'RESPONSE_TOO_LARGE', 1],
    ['endless-pages', 'RESPONSE_TOO_LARGE', 1],
  ])('answers a server that is %s with %s and saves nothing', async (kind, code, attempts) => {
    const broken = await startMisbehaving(kind);
    try {
      const answer = await alice.createConnector({ name: 'Broken', server_url: broken.url });

      const problem = answer.problem(422, code);
      expect(problem).toMatchObject({ attempts });
      expect(problem.detail).toMatch(/\w+\.$/);
      expect(answer.text).not.toContain('upstream text');
      await expectNothingSaved(alice);
    } finally {
      await broken.close();
    }
  });

  it('answers TIMEOUT after two attempts of ten seconds, and saves nothing', async () => {
    const skippedBefore = clock.skipped.length;
    const gate = server.gate('tools/list');
    const answering = alice.createConnector({ name: 'Slow', server_url: server.url });

    await gate.arrived(1);
    expect(clock.expire(10_000)).toBe(1);
    await gate.arrived(2);
    expect(clock.expire(10_000)).toBe(1);

    expect((await answering).problem(422, 'TIMEOUT')).toMatchObject({ attempts: 2 });
    expect(clock.skipped.slice(skippedBefore)).toEqual([3_000]);
    gate.open();
    await expectNothingSaved(alice);
  });

  it('saves a server that fails once and then answers', async () => {
    const flaky = await startMisbehaving('502-then-fine');
    try {
      (await alice.createConnector({ name: 'Flaky', server_url: flaky.url })).ok(201);
    } finally {
      await flaky.close();
    }
  });

  it('answers AUTH_FAILED for a wrong token, without a second attempt, and saves nothing', async () => {
    server.token = TOKEN;

    const answer = await alice.createConnector({
      name: 'Wrong',
      server_url: server.url,
      credentials: { token: 'wrong-token' },
    });

    expect(answer.problem(422, 'AUTH_FAILED')).toMatchObject({ attempts: 1 });
    expect(answer.text).not.toContain('wrong-token');
    await expectNothingSaved(alice);
  });

  it.each([
    ['not a url', 'INVALID_URL'],
    ['ftp://127.0.0.1/mcp', 'INVALID_URL'],
    ['http://user:secret@127.0.0.1:4000/mcp', 'INVALID_URL'],
    ['http://169.254.169.254/latest/meta-data', 'BLOCKED_URL'],
    ['http://10.0.0.1/mcp', 'BLOCKED_URL'],
    ['http://127.0.0.2/mcp', 'BLOCKED_URL'],
    ['http://[::ffff:169.254.169.254]/mcp', 'BLOCKED_URL'],
    ['http://localhost:5432/mcp', 'BLOCKED_URL'],
  ])('answers %j with %s', async (url, code) => {
    const answer = await alice.createConnector({ name: 'Bad', server_url: url });

    answer.problem(422, code);
    await expectNothingSaved(alice);
  });

  it('refuses credentials that do not fit, with a pointer, and asks no server', async () => {
    const seenBefore = server.requests.length;
    const base = { name: 'Misfit', server_url: server.url };

    const answers = [
      await alice.createConnector({ ...base, auth_type: 'bearer' }),
      await alice.createConnector({ ...base, auth_type: 'none', credentials: { token: 'x' } }),
      await alice.createConnector({ ...base, auth_type: 'headers', credentials: { token: 'x' } }),
      await alice.createConnector({ ...base, credentials: { headers: { Host: 'x' } } }),
      await alice.createConnector({ ...base, credentials: { headers: { 'MCP-Session-Id': 'x' } } }),
      await alice.createConnector({ ...base, credentials: { headers: { a: 'x', A: 'y' } } }),
    ];

    for (const answer of answers) {
      const [problem] = answer.problem(422, 'CREDENTIALS_INVALID').errors ?? [];
      expect(problem?.pointer).toMatch(/^\/body\/credentials/);
    }
    expect(server.requests).toHaveLength(seenBefore);
    await expectNothingSaved(alice);
  });
});

describe('testing a server that is not saved', () => {
  it('reports what it found, and saves nothing', async () => {
    server.tools = [tool('echo', 'Says it back.')];

    const report = (await alice.testConnection({ server_url: server.url })).ok();

    expect(report).toMatchObject({
      success: true,
      error_code: null,
      error_message: null,
      tools: [{ name: 'echo', description: 'Says it back.', input_schema: { type: 'object' } }],
      warnings: [],
      server_info: { name: 'scripted' },
      attempts: 1,
    });
    await expectNothingSaved(alice);
  });

  it.each<[string, string, number]>([
    ['refused', 'CONNECTION_FAILED', 2],
    ['401', 'AUTH_REQUIRED', 1],
    ['html', 'INVALID_MCP_SERVER', 1],
  ])('answers 200 for a server that is %s, with %s', async (kind, code, attempts) => {
    const broken = await startMisbehaving(kind);
    try {
      const report = (await alice.testConnection({ server_url: broken.url })).ok();

      expect(report).toMatchObject({ success: false, error_code: code, tools: [], attempts });
      expect(report.error_message).toMatch(/\w+\.$/);
    } finally {
      await broken.close();
    }
  });

  it('answers 200 with no attempt for what is not a URL', async () => {
    const report = (await alice.testConnection({ server_url: 'no url' })).ok();

    expect(report).toMatchObject({ success: false, error_code: 'INVALID_URL', attempts: 0 });
  });

  it('names the tools it left out', async () => {
    const broken = await startMisbehaving('broken-tools');
    try {
      const report = (await alice.testConnection({ server_url: broken.url })).ok();

      expect(report.success).toBe(true);
      expect(report.tools.map(({ name }) => name)).toContain('good');
      expect(report.warnings.map((warning) => warning.tool)).toContain('no-schema');
    } finally {
      await broken.close();
    }
  });
});
