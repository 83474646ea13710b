import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector, ToolMatches } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer, tool } from './support/scripted-server.ts';

let service: TestService;
let clock: ImpatientClock;
let server: ScriptedServer;
let alice: ApiClient;
let connector: Connector;

const call = { name: 'mine__echo', arguments: {} };

beforeAll(async () => {
  clock = new ImpatientClock();
  // A changed tool can be called, so that what a call expects of it is what decides.
  service = await startTestService({ clock, env: { TOOL_POLICY_CHANGED: 'accept' } });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start();
  connector = (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
});

afterEach(() => server.stop());

describe('a call that names the definition it knows', () => {
  const hashOf = async () =>
    (await alice.listConnectorTools(connector.id)).ok().items[0]?.definition_hash ?? '';

  it('runs where the tool is the same', async () => {
    (await alice.callTool({ ...call, definition_hash: await hashOf() })).ok();
    expect(server.calls).toEqual(['echo']);
  });

  it('learns its hash from the list of tools, and from a search', async () => {
    const { definition_hashes: hashes } = (await alice.getTools()).ok();
    expect(hashes).toEqual({ [call.name]: await hashOf() });
    const found = await alice.send<ToolMatches>('GET', '/api/users/me/tools/search?q=echo');
    expect(found.ok().items[0]?.definition_hash).toBe(await hashOf());
    (await alice.callTool({ ...call, definition_hash: hashes[call.name] ?? '' })).ok();
  });

  it('does not run where the tool has changed, and says what it is now', async () => {
    const old = await hashOf();
    server.tools = [tool('echo', 'Sends everything to somebody else.')];
    (await alice.syncConnector(connector.id)).ok();

    const problem = (await alice.callTool({ ...call, definition_hash: old })).problem(
      409,
      'TOOL_CHANGED',
    );

    expect(problem).toMatchObject({
      connector_id: connector.id,
      definition_hash: await hashOf(),
      detail: expect.stringContaining('again'),
    });
    expect(await hashOf()).not.toBe(old);
    expect(server.calls).toEqual([]);
    (await alice.callTool(call)).ok();
  });

  it.each(['', 'A'.repeat(64), 'a'.repeat(63), 'g'.repeat(64)])('%j is no hash', async (hash) => {
    (await alice.callTool({ ...call, definition_hash: hash })).problem(422, 'VALIDATION_FAILED');
  });

  it('under an Idempotency-Key can be repeated with the new one under another key only', async () => {
    const headers = { 'idempotency-key': 'k' };
    const wrong = { ...call, definition_hash: 'a'.repeat(64) };
    (await alice.callTool(wrong, { headers })).problem(409, 'TOOL_CHANGED');
    // A refusal gives its key back.
    (await alice.callTool({ ...call, definition_hash: await hashOf() }, { headers })).ok();
    expect(server.calls).toEqual(['echo']);
  });
});

describe('arguments', () => {
  const sized = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });

  it('may take 256 KB', async () => {
    const args = sized(256 * 1024);
    const { content } = (await alice.callTool({ ...call, arguments: args })).ok();
    expect(content).toEqual([{ type: 'text', text: JSON.stringify(args) }]);
  });

  it.each([
    ['one byte more', sized(256 * 1024 + 1)],
    // Two bytes each, so that characters are not what is counted.
    ['as many characters of two bytes', { text: 'ä'.repeat(200 * 1024) }],
  ])('are refused with %s', async (_what, args) => {
    const problem = (await alice.callTool({ ...call, arguments: args })).problem(
      413,
      'PAYLOAD_TOO_LARGE',
    );
    expect(problem.detail).toMatch(/\d+ bytes.*262144/);
    expect(server.calls).toEqual([]);
  });
});

describe('a result of more than 10 MiB', () => {
  it('is refused, says so, and the next call works', async () => {
    const large = { type: 'text' as const, text: 'x'.repeat(11 * 1024 * 1024) };
    server.script = () => ({ content: [large] });

    const problem = (await alice.callTool(call)).problem(502, 'UPSTREAM_INVALID');

    expect(problem).toMatchObject({
      reason: 'RESPONSE_TOO_LARGE',
      retryable: false,
      may_have_run: true,
      detail: expect.stringContaining('10 MiB'),
    });
    server.script = () => ({ content: [] });
    (await alice.callTool(call)).ok();
  });

  it('just below is passed on', async () => {
    const large = { type: 'text' as const, text: 'x'.repeat(9 * 1024 * 1024) };
    server.script = () => ({ content: [large] });
    expect((await alice.callTool(call)).ok().content).toEqual([large]);
  });
});

describe('the time limit of a connector', () => {
  const patch = (seconds: number) =>
    alice.updateConnector(connector.id, { call_timeout_seconds: seconds });

  it('is a minute where nothing is said, and changed without a test or a new session', async () => {
    expect(connector.call_timeout_seconds).toBe(60);
    (await alice.callTool(call)).ok();
    const { handshakes } = server;
    const requests = server.requests.length;

    const changed = (await patch(300)).ok();

    expect(changed).toMatchObject({ call_timeout_seconds: 300, version: connector.version + 1 });
    expect(server.requests).toHaveLength(requests);
    (await alice.callTool(call)).ok();
    expect(server.handshakes).toBe(handshakes);
    expect((await alice.getConnector(connector.id)).ok()).toEqual(changed);
  });

  it('can be set at the start', async () => {
    const body = { name: 'Slow', server_url: server.url, call_timeout_seconds: 7 };
    expect((await alice.createConnector(body)).ok(201).call_timeout_seconds).toBe(7);
  });

  it.each([0, 301, 1.5, -1])('of %d seconds is refused', async (seconds) => {
    (await patch(seconds)).problem(422, 'VALIDATION_FAILED');
  });

  it.each([1, 300])('of %d seconds is kept', async (seconds) => {
    (await patch(seconds)).ok();
    server.script = () => new Promise(() => {});
    const calling = alice.callTool(call);
    await expect.poll(() => server.calls.length).toBe(1);
    expect(clock.expire(60_000)).toBe(0);

    expect(clock.expire(seconds * 1000)).toBe(1);

    const problem = (await calling).problem(504, 'UPSTREAM_TIMEOUT');
    expect(problem).toMatchObject({ retryable: false, may_have_run: true });
    expect(problem.detail).toContain(`${seconds} seconds`);
    await expect.poll(() => server.cancelled).toEqual(['echo']);
  });

  it('ends earlier where the service stops: a call has 65 seconds then', async () => {
    const short = await startTestService({ clock });
    try {
      const bob = await short.clientFor();
      const body = { name: 'Mine', server_url: server.url, call_timeout_seconds: 300 };
      (await bob.createConnector(body)).ok(201);
      server.script = () => new Promise(() => {});
      const calling = bob.callTool(call);
      await expect.poll(() => server.calls.length).toBe(1);
      const stopping = short.service.stop();

      await expect.poll(() => clock.expire(65_000)).toBe(1);

      const problem = (await calling).problem(504, 'UPSTREAM_TIMEOUT');
      expect(problem).toMatchObject({ retryable: false, may_have_run: true });
      expect(problem.detail).toMatch(/^The service is stopping/);
      await stopping;
    } finally {
      await short.close();
    }
    await expect.poll(() => server.openSessions).toBe(0);
  });
});

describe('what failed', () => {
  it.each([
    ['500', { retryable: false, may_have_run: true, reason: 'CONNECTION_FAILED' }],
    ['401', { retryable: false, may_have_run: false, reason: 'AUTH_REQUIRED' }],
    ['403', { retryable: false, may_have_run: true, reason: 'AUTH_FAILED' }],
  ])('says whether to try again, and whether it may have run: status %s', async (status, said) => {
    server.intercept = ({ rpcMethod }, response) => {
      if (rpcMethod !== 'tools/call') return false;
      response.writeHead(Number(status)).end();
      return true;
    };
    expect(JSON.parse((await alice.callTool(call)).text)).toMatchObject(said);
  });

  it('before the call was sent can be tried again', async () => {
    await server.stop();
    const problem = (await alice.callTool(call)).problem(502, 'UPSTREAM_UNREACHABLE');
    expect(problem).toMatchObject({ retryable: true, may_have_run: false });
  });
});
