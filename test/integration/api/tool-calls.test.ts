import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/contract/generated.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

let service: TestService;
let clock: ImpatientClock;
let server: ScriptedServer;
let alice: ApiClient;
let connector: Connector;

const call = { name: 'mine__echo', arguments: {} };

beforeAll(async () => {
  clock = new ImpatientClock();
  service = await startTestService({ clock });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start();
  const body = { name: 'Mine', server_url: server.url };
  connector = (await alice.createConnector(body)).ok(201);
});

afterEach(() => server.stop());

/** Answers `tools/call` with this member (`result` or `error`), as it is. */
function answerCalls(member: Record<string, unknown>): void {
  server.intercept = ({ rpcMethod, body }, response) => {
    if (rpcMethod !== 'tools/call') return false;
    const { id }: { id: unknown } = JSON.parse(body);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...member }));
    return true;
  };
}

/** Answers `tools/call` with this status and body. */
function refuseCalls(status: number, body: string, contentType = 'text/plain'): void {
  server.intercept = ({ rpcMethod }, response) => {
    if (rpcMethod !== 'tools/call') return false;
    response.writeHead(status, { 'content-type': contentType }).end(body);
    return true;
  };
}

describe('a call the server answers', () => {
  it('gives the result, and says where it came from', async () => {
    const answer = await alice.callTool({ name: 'mine__echo', arguments: { a: [1, { b: null }] } });

    expect(answer.ok()).toEqual({
      content: [{ type: 'text', text: '{"a":[1,{"b":null}]}' }],
      structured_content: null,
      is_error: false,
      protocol_error: null,
      meta: null,
      connector_id: connector.id,
      tool: 'echo',
      duration_ms: expect.any(Number),
    });
  });

  it('takes arguments that are left out as none', async () => {
    const { content } = (await alice.callTool({ name: 'mine__echo' })).ok();

    expect(content).toEqual([{ type: 'text', text: '{}' }]);
  });

  it('carries every kind of content, known or not, unchanged', async () => {
    const content = [
      { type: 'text', text: 'Grüße, 世界 👋 \u2028 \u0000 end', annotations: { priority: 0.5 } },
      { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' },
      { type: 'audio', data: 'UklGRg==', mimeType: 'audio/wav', _meta: { length: 1 } },
      { type: 'resource', resource: { uri: 'file:///a', text: 'x', mimeType: 'text/plain' } },
      { type: 'resource', resource: { uri: 'file:///b', blob: 'AAEC' } },
      { type: 'resource_link', uri: 'https://example.com/x', name: 'x', size: 12 },
      { type: 'of-the-future', deep: [[{ constructor: 1, __proto__: 2 }]], large: 9e15 },
    ];
    answerCalls({ result: { content, unknown: true, _meta: { x: 1 } } });

    const answer = await alice.callTool(call);

    expect(answer.ok().content).toEqual(content);
    expect(answer.text).toContain(JSON.stringify(content));
  });

  it('carries the keys of objects as they are, whatever they are called', async () => {
    const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{}},"b":1,"a":2}';
    server.intercept = ({ rpcMethod, body }, response) => {
      if (rpcMethod !== 'tools/call') return false;
      const { id }: { id: number } = JSON.parse(body);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":${text}}}`,
      );
      return true;
    };

    const answer = await alice.callTool(call);

    expect(answer.text).toContain(`"structured_content":${text}`);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('carries structured content', async () => {
    answerCalls({ result: { content: [], structuredContent: { sum: 3, items: [1.5, null] } } });

    const result = (await alice.callTool(call)).ok();

    expect(result.structured_content).toEqual({ sum: 3, items: [1.5, null] });
  });

  it('carries text of every language in arguments and result', async () => {
    const args = { text: 'ÄÖÜ ß 日本語 العربية 👩‍👩‍👧 \u0000\u001f"\\', key_ü: 'x' };

    const { content } = (await alice.callTool({ ...call, arguments: args })).ok();

    expect(content).toEqual([{ type: 'text', text: JSON.stringify(args) }]);
  });

  it('tells a failure that the tool reports', async () => {
    server.script = () => ({ content: [{ type: 'text', text: 'It broke.' }], isError: true });

    const result = (await alice.callTool(call)).ok();

    expect(result).toMatchObject({
      content: [{ type: 'text', text: 'It broke.' }],
      is_error: true,
      protocol_error: null,
    });
  });

  it.each([
    ['invalid arguments', -32602, 'message is required', 'message is required'],
    ['an unknown tool', -32601, 'Unknown tool', 'Unknown tool'],
    ['text that is not to be seen', -32603, 'Größe\u202e\u0007', 'Größe'],
  ])('tells %s that the server refuses with', async (_what, code, message, shown) => {
    answerCalls({ error: { code, message } });

    const result = (await alice.callTool(call)).ok();

    expect(result).toMatchObject({
      content: [{ type: 'text', text: shown }],
      is_error: true,
      protocol_error: { code, message: shown },
    });
  });
});

describe('a call the server does not answer', () => {
  it.each([
    ['401', 409, 'NEEDS_AUTH', 'AUTH_REQUIRED'],
    ['403', 409, 'NEEDS_AUTH', 'AUTH_FAILED'],
    ['429', 502, 'UPSTREAM_UNREACHABLE', 'CONNECTION_FAILED'],
    ['500', 502, 'UPSTREAM_UNREACHABLE', 'CONNECTION_FAILED'],
    ['503', 502, 'UPSTREAM_UNREACHABLE', 'CONNECTION_FAILED'],
    ['405', 502, 'UPSTREAM_INVALID', 'INVALID_MCP_SERVER'],
  ])('maps status %s to %d %s', async (status, expected, code, reason) => {
    refuseCalls(Number(status), 'upstream text');

    const answer = await alice.callTool(call);

    expect(answer.problem(expected, code)).toMatchObject({ connector_id: connector.id, reason });
    expect(answer.text).not.toContain('upstream text');
    server.intercept = () => false;
    (await alice.callTool(call)).ok();
  });

  it.each([
    ['HTML', '<p>upstream text</p>', 'text/html'],
    ['broken JSON', '{"jsonrpc', 'application/json'],
    ['no JSON-RPC', '{"upstream text":1}', 'application/json'],
    ['another id', '{"jsonrpc":"2.0","id":9,"result":{"content":[]}}', 'application/json'],
    [
      'content that is no list',
      '{"jsonrpc":"2.0","id":null,"result":{"content":1}}',
      'application/json',
    ],
  ])('maps %s to 502 UPSTREAM_INVALID', async (_what, body, contentType) => {
    refuseCalls(200, body, contentType);

    const answer = await alice.callTool(call);

    answer.problem(502, 'UPSTREAM_INVALID');
    expect(answer.text).not.toContain('upstream text');
  });

  it('answers 502 where nobody listens, and works again once somebody does', async () => {
    await server.stop();
    (await alice.callTool(call)).problem(502, 'UPSTREAM_UNREACHABLE');

    await server.listen();

    (await alice.callTool(call)).ok();
  });

  it('answers 504 after sixty seconds, and the next call has a session of its own', async () => {
    server.script = () => new Promise(() => {});
    const calling = alice.callTool(call);
    await expect.poll(() => server.calls.length).toBe(1);

    expect(clock.expire(60_000)).toBe(1);

    const problem = (await calling).problem(504, 'UPSTREAM_TIMEOUT');
    expect(problem).toMatchObject({ connector_id: connector.id, reason: 'TIMEOUT' });
    const handshakes = server.handshakes;
    server.script = () => ({ content: [] });
    (await alice.callTool(call)).ok();
    expect(server.handshakes).toBe(handshakes + 1);
  });

  it('answers 504 where already the connect takes sixty seconds', async () => {
    const gate = server.gate('initialize');
    const calling = alice.callTool(call);
    await gate.arrived();

    expect(clock.expire(60_000)).toBe(1);

    (await calling).problem(504, 'UPSTREAM_TIMEOUT');
    gate.open();
    expect(server.calls).toEqual([]);
  });

  it('answers 409 where the token has run out, and says what to do', async () => {
    server.token = 'only-this';
    (await alice.putCredentials(connector.id, { token: 'only-this' })).ok();
    server.token = 'another';

    const problem = (await alice.callTool(call)).problem(409, 'NEEDS_AUTH');

    expect(problem).toMatchObject({ connector_id: connector.id, reason: 'AUTH_FAILED' });
    expect(problem.detail).toMatch(/credentials/);
  });

  it('answers 404 for a tool the user does not have', async () => {
    for (const name of ['mine__other', 'echo', 'other__echo', 'MINE__ECHO', '__proto__']) {
      (await alice.callTool({ name })).problem(404, 'TOOL_NOT_FOUND');
    }
    expect(server.calls).toEqual([]);
  });
});
