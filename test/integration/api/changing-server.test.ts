import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

let service: TestService;
let server: ScriptedServer;
let alice: ApiClient;

beforeAll(async () => {
  service = await startTestService({
    clock: new ImpatientClock(),
    // What is stored is the subject here, not what its owner has to approve.
    env: { TOOL_POLICY_CHANGED: 'accept' },
  });
});

afterAll(() => service.close());

beforeEach(async () => {
  server = await ScriptedServer.start({ tools: [tool('first'), tool('both', 'As tested.')] });
  alice = await service.clientFor();
});

afterEach(() => server.stop());

const draft = () => ({ name: 'Mine', server_url: server.url, credentials: { token: 'first' } });

async function testFirst(): Promise<void> {
  const report = (await alice.testConnection(draft())).ok();
  expect(report.success).toBe(true);
  expect(report.tools.map(({ name }) => name)).toEqual(['first', 'both']);
}

/** Tools as stored: by the connector and in the list for agents. */
async function expectStored(id: string, names: string[]): Promise<void> {
  const { items } = (await alice.listConnectorTools(id)).ok();
  expect(items.map(({ name }) => name)).toEqual(names);
  const { tools } = (await alice.getTools()).ok();
  expect(tools.map(({ name }) => name)).toEqual(names.map((name) => `mine__${name}`));
  expect((await alice.getConnector(id)).ok().tool_count).toBe(names.length);
}

describe('a server that changes between the test and the save', () => {
  it('is stored as the test of the save saw it', async () => {
    await testFirst();
    server.tools = [tool('second'), tool('both', 'As saved.')];

    const { id } = (await alice.createConnector(draft())).ok(201);

    await expectStored(id, ['both', 'second']);
    const [both] = (await alice.listConnectorTools(id)).ok().items;
    expect(both?.description).toBe('As saved.');
  });

  const endings: [string, () => unknown, number, string][] = [
    ['wants a token', () => Object.assign(server, { token: 'other' }), 1, 'AUTH_FAILED'],
    ['is gone', () => server.stop(), 2, 'CONNECTION_FAILED'],
    [
      'has become a web page',
      () => {
        server.intercept = (_seen, response) => {
          response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
          return true;
        };
      },
      1,
      'INVALID_MCP_SERVER',
    ],
    [
      'sends everybody elsewhere',
      () => {
        server.intercept = (_seen, response) => {
          response.writeHead(307, { location: 'http://169.254.169.254/' }).end();
          return true;
        };
      },
      1,
      'INVALID_MCP_SERVER',
    ],
    [
      'offers too many tools',
      () => {
        server.tools = Array.from({ length: 501 }, (_, n) => tool(`tool-${n}`));
      },
      1,
      'RESPONSE_TOO_LARGE',
    ],
  ];

  it.each(endings)('and %s is not saved', async (_what, change, attempts, code) => {
    await testFirst();
    await change();

    const answer = await alice.createConnector(draft());

    expect(answer.problem(422, code)).toMatchObject({ attempts });
    expect((await alice.listConnectors()).ok().items).toEqual([]);
    expect((await alice.getTools()).ok()).toMatchObject({ tools: [], outcomes: [] });
  });

  it.each(endings)(
    'and %s leaves the saved connector as it was',
    async (_what, change, _n, code) => {
      const { id } = (await alice.createConnector(draft())).ok(201);
      const before = (await alice.getConnector(id)).ok();
      await testFirst();
      await change();

      const moved = { server_url: `${server.url}?moved` };
      (await alice.updateConnector(id, moved)).problem(422, code);
      (await alice.putCredentials(id, { token: 'second' })).problem(422, code);

      expect((await alice.getConnector(id)).ok()).toEqual(before);
      await expectStored(id, ['both', 'first']);
    },
  );
});

describe('a server that changes after the save', () => {
  it('is stored anew by a sync, and only by that', async () => {
    const { id } = (await alice.createConnector(draft())).ok(201);
    server.tools = [tool('both', 'Changed.'), tool('third')];

    const report = (await alice.testConnector(id)).ok();
    expect(report.tools.map(({ name }) => name)).toEqual(['both', 'third']);
    await expectStored(id, ['both', 'first']);

    (await alice.syncConnector(id)).ok();
    await expectStored(id, ['both', 'third']);
    const [both] = (await alice.listConnectorTools(id)).ok().items;
    expect(both?.description).toBe('Changed.');
    (await alice.callTool({ name: 'mine__first' })).problem(404, 'TOOL_NOT_FOUND');
    (await alice.callTool({ name: 'mine__third' })).ok();
  });

  it('keeps its last good tools where a sync finds it broken', async () => {
    const { id } = (await alice.createConnector(draft())).ok(201);
    server.tools = Array.from({ length: 501 }, (_, n) => tool(`tool-${n}`));

    const connector = (await alice.syncConnector(id)).ok();

    expect(connector).toMatchObject({
      status: 'ERROR',
      last_error: { code: 'RESPONSE_TOO_LARGE' },
      tool_count: 2,
    });
    await expectStored(id, ['both', 'first']);
  });
});

it('a server that changes while it is tested is stored as one answer of it', async () => {
  const gate = server.gate('tools/list');
  const creating = alice.createConnector(draft());
  await gate.arrived();
  server.tools = [tool('during')];
  gate.open();

  const { id } = (await creating).ok(201);

  await expectStored(id, ['during']);
});
