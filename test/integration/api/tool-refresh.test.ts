import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

let service: TestService;
let clock: ImpatientClock;
let server: ScriptedServer;
let alice: ApiClient;
let connector: Connector;

beforeAll(async () => {
  clock = new ImpatientClock();
  service = await startTestService({ clock, env: { TOOL_POLICY_CHANGED: 'accept' } });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start({ announces: true });
  connector = (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
  (await alice.callTool({ name: 'mine__echo' })).ok();
  await expect.poll(() => server.streams).toBe(1);
});

afterEach(() => server.stop());

const names = async () => (await alice.getTools()).ok().tools.map(({ name }) => name);
const lists = () => server.requests.filter(({ rpcMethod }) => rpcMethod === 'tools/list').length;

describe('a server that announces other tools', () => {
  it('has them listed, callable and counted, over the session there is', async () => {
    const { handshakes } = server;
    server.tools = [tool('echo', 'Described anew.'), tool('added')];
    await server.announceTools();

    await expect.poll(names).toEqual(['mine__added', 'mine__echo']);

    (await alice.callTool({ name: 'mine__added' })).ok();
    expect(server.handshakes).toBe(handshakes);
    const after = (await alice.getConnector(connector.id)).ok();
    expect(after).toMatchObject({ tool_count: 2, version: connector.version + 1 });
    expect(service.operations()).toContainEqual(
      expect.objectContaining({
        operation: 'connector.refresh_tools',
        connector_id: connector.id,
        outcome: 'ok',
      }),
    );
  });

  it('and takes one away, has it taken away', async () => {
    server.tools = [tool('other')];
    await server.announceTools();
    await expect.poll(names).toEqual(['mine__other']);
    (await alice.callTool({ name: 'mine__echo' })).problem(404, 'TOOL_NOT_FOUND');
  });

  it('changes nothing where they are the same: no ETag is spoilt', async () => {
    const before = lists();
    await server.announceTools();
    await expect.poll(lists).toBe(before + 1);
    await new Promise(setImmediate);
    expect((await alice.getConnector(connector.id)).ok().version).toBe(connector.version);
  });

  it('without end costs one look, and one more after half a minute', async () => {
    const before = lists();
    for (let n = 0; n < 50; n += 1) await server.announceTools();
    await expect.poll(lists).toBe(before + 1);
    server.tools = [tool('late')];
    // The look has a deadline of the same length, which is not what shall pass.
    await expect.poll(() => clock.running(30_000)).toBe(0);
    await expect.poll(() => clock.expireAround(30_000)).toBe(1);
    await expect.poll(names).toEqual(['mine__late']);
    expect(lists()).toBe(before + 2);
  });

  it('that are broken keeps the tools there are', async () => {
    server.intercept = ({ rpcMethod }, response) => {
      if (rpcMethod !== 'tools/list') return false;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"no":"list"}');
      return true;
    };
    const before = lists();
    await server.announceTools();
    await expect.poll(lists).toBe(before + 1);
    server.intercept = () => false;
    expect(await names()).toEqual(['mine__echo']);
    (await alice.callTool({ name: 'mine__echo' })).ok();
  });

  it('is not heard any more once its connector is disabled', async () => {
    (await alice.setStatus(connector.id, 'DISABLED')).ok();
    const before = lists();
    server.tools = [tool('other')];
    await server.announceTools();
    (await alice.setStatus(connector.id, 'ENABLED')).ok();
    expect(await names()).toEqual(['mine__echo']);
    expect(lists()).toBe(before);
  });
});

describe('a server that was restarted with other tools', () => {
  it('has them listed after the next call, which runs once', async () => {
    server.forget();
    server.tools = [tool('echo'), tool('new')];

    (await alice.callTool({ name: 'mine__echo' })).ok();

    expect(server.calls).toEqual(['echo', 'echo']);
    await expect.poll(names).toEqual(['mine__echo', 'mine__new']);
  });
});
