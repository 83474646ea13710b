import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../../src/errors/error-catalogue.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { lastEvent, readEvents } from './support/event-text.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { ScriptedServer } from './support/scripted-server.ts';

let service: TestService;
let clock: ImpatientClock;
let server: ScriptedServer;
let alice: ApiClient;

const call = { name: 'mine__echo', arguments: {} };
const STREAM = { accept: 'text/event-stream' };

beforeAll(async () => {
  clock = new ImpatientClock();
  service = await startTestService({ clock });
});

afterAll(() => service.close());

beforeEach(async () => {
  alice = await service.clientFor();
  server = await ScriptedServer.start({ json: false });
  (await alice.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
});

afterEach(() => server.stop());

const stream = (headers = {}) => alice.callTool(call, { headers: { ...STREAM, ...headers } });

describe('a call answered with events', () => {
  it('tells the progress, and then the result', async () => {
    server.script = async (_input, tell) => {
      await tell({ progress: 1, total: 3, message: 'one' });
      await tell({ progress: 2.5 });
      return { content: [{ type: 'text', text: 'done' }] };
    };

    const answer = await stream();

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
    expect(readEvents(answer.text)).toEqual([
      { type: 'progress', data: { progress: 1, total: 3, message: 'one' } },
      { type: 'progress', data: { progress: 2.5, total: null, message: null } },
      {
        type: 'result',
        data: {
          content: [{ type: 'text', text: 'done' }],
          structured_content: null,
          is_error: false,
          protocol_error: null,
          meta: null,
          connector_id: expect.any(String),
          tool: 'echo',
          duration_ms: expect.any(Number),
        },
      },
    ]);
  });

  it('works where the server tells nothing', async () => {
    const event = lastEvent((await stream()).text);
    expect(event).toMatchObject({ type: 'result', data: { is_error: false } });
  });

  it('holds a text of many lines and all languages in one event', async () => {
    const text = 'one\ntwo\r\nthree\r\u2028 ünï 世界 \u0000';
    server.script = () => ({ content: [{ type: 'text', text }] });
    expect(lastEvent((await stream()).text)).toMatchObject({ data: { content: [{ text }] } });
  });

  it('is kept alive by comments', async () => {
    const gate = server.gate('tools/call');
    const answering = stream();
    await gate.arrived();
    for (let n = 0; n < 3; n += 1) {
      expect(clock.expire(15_000)).toBe(1);
      await new Promise(setImmediate);
    }
    gate.open();

    const { text } = await answering;

    expect(text.match(/^: alive$/gm)).toHaveLength(3);
    expect(readEvents(text)).toHaveLength(1);
    // Nothing beats on after the end.
    expect(clock.expire(15_000)).toBe(0);
  });

  it('comes at once, before the tool is done', async () => {
    const gate = server.gate('tools/call');
    const token = await service.tokenFor('early');
    const early = alice.withToken(token);
    (await early.createConnector({ name: 'Mine', server_url: server.url })).ok(201);
    const response = await fetch(`${service.url}/api/users/me/tools/call`, {
      method: 'POST',
      headers: { ...STREAM, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(call),
    });
    await gate.arrived();
    expect(response.status).toBe(200);
    gate.open();
    expect(lastEvent(await response.text()).type).toBe('result');
  });
});

describe('what a server sends as progress', () => {
  it('is passed on at a rate that can be followed, and the result comes all the same', async () => {
    server.script = async (_input, tell) => {
      for (let n = 0; n < 2_000; n += 1) await tell({ progress: n });
      return { content: [] };
    };

    const { text } = await stream();

    const told = readEvents(text).length - 1;
    expect(lastEvent(text).type).toBe('result');
    expect(told).toBeGreaterThanOrEqual(20);
    // A burst of 20, and ten for each second the server needed for all of them.
    expect(told).toBeLessThan(1_000);
  });

  it('is cleaned and cut', async () => {
    server.script = async (_input, tell) => {
      await tell({ progress: 1, message: `a\u202eb\u0007${'x'.repeat(5_000)}` });
      return { content: [] };
    };
    const [progress] = readEvents((await stream()).text);
    expect(progress?.data).toMatchObject({ message: `ab${'x'.repeat(998)}` });
  });

  it.each([
    ['another token', '{"progressToken":1,"progress":1}'],
    ['no token', '{"progress":1}'],
    ['no number', '{"progressToken":TOKEN,"progress":"half"}'],
    ['a number that is not finite', '{"progressToken":TOKEN,"progress":1e999}'],
    ['a list', '[]'],
  ])('is left out with %s', async (_what, params) => {
    server.intercept = ({ rpcMethod, body }, response) => {
      if (rpcMethod !== 'tools/call') return false;
      const { id } = JSON.parse(body) as { id: number };
      const own = params.replace('TOKEN', String(id));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        `data: {"jsonrpc":"2.0","method":"notifications/progress","params":${own}}\n\n`,
      );
      response.end(`data: {"jsonrpc":"2.0","id":${id},"result":{"content":[]}}\n\n`);
      return true;
    };
    const events = readEvents((await stream()).text);
    expect(events.map(({ type }) => type)).toEqual(['result']);
  });

  it('without end is cut off', async () => {
    server.intercept = ({ rpcMethod, body }, response) => {
      if (rpcMethod !== 'tools/call') return false;
      const { id } = JSON.parse(body) as { id: number };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const message = {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: id, progress: 1 },
      };
      const burst = `data: ${JSON.stringify(message)}\n\n`.repeat(1_000);
      const pour = () => {
        while (!response.destroyed && response.write(burst));
      };
      response.on('drain', pour);
      pour();
      return true;
    };

    expect(lastEvent((await stream()).text)).toMatchObject({
      type: 'error',
      data: { code: 'UPSTREAM_INVALID', reason: 'RESPONSE_TOO_LARGE' },
    });
  });

  it('is not asked for by calls that do not want it', async () => {
    server.script = async (_input, tell) => {
      await tell({ progress: 1 });
      return { content: [] };
    };
    (await alice.callTool(call)).ok();
    const sent = server.requests.find(({ rpcMethod }) => rpcMethod === 'tools/call');
    expect(sent?.body).not.toContain('progressToken');
  });
});

describe('an error', () => {
  it('is an event with a problem, once the stream began', async () => {
    const answer = await alice.callTool({ name: 'mine__none' }, { headers: STREAM });
    expect(answer.status).toBe(200);
    expect(lastEvent(answer.text)).toEqual({
      type: 'error',
      data: {
        type: '/errors/tool-not-found',
        title: expect.any(String),
        status: 404,
        code: 'TOOL_NOT_FOUND',
        detail: ERROR_CATALOGUE.TOOL_NOT_FOUND.shown,
        instance: `urn:request:${answer.headers.get('x-request-id')}`,
      },
    });
  });

  it('of the server holds none of its text', async () => {
    server.intercept = ({ rpcMethod }, response) => {
      if (rpcMethod !== 'tools/call') return false;
      response.writeHead(500).end('upstream text');
      return true;
    };
    const { text } = await stream();
    expect(lastEvent(text)).toMatchObject({
      type: 'error',
      data: { status: 502, code: 'UPSTREAM_UNREACHABLE', retryable: false, may_have_run: true },
    });
    expect(text).not.toContain('upstream text');
  });

  it('of the request is answered as ever', async () => {
    const answer = await alice.send('POST', '/api/users/me/tools/call', {
      body: { name: '' },
      headers: STREAM,
    });
    answer.problem(422, 'VALIDATION_FAILED');
    (await alice.withToken(undefined).callTool(call, { headers: STREAM })).problem(
      401,
      'UNAUTHENTICATED',
    );
  });
});

describe('which answer is asked for', () => {
  it.each([
    ['text/event-stream', true],
    ['TEXT/Event-Stream; charset=utf-8', true],
    ['text/event-stream, application/json', true],
    ['application/json, text/event-stream', false],
    ['application/json;q=0.5, text/event-stream', true],
    ['text/event-stream;q=0', false],
    ['text/event-stream, */*', true],
    ['*/*', false],
    ['text/*', false],
    ['', false],
  ])('%j: events %j', async (accept, isStream) => {
    const type = (await stream({ accept })).headers.get('content-type');
    expect(type?.startsWith(isStream ? 'text/event-stream' : 'application/json')).toBe(true);
  });
});

describe('with an Idempotency-Key', () => {
  it('a repeat gives the same result, as events or not, and nothing runs again', async () => {
    let runs = 0;
    server.script = () => {
      runs += 1;
      return { content: [{ type: 'text', text: `run ${runs}` }] };
    };
    const key = { 'idempotency-key': 'streamed' };

    const first = lastEvent((await stream(key)).text);
    const again = lastEvent((await stream(key)).text);
    const plain = (await alice.callTool(call, { headers: key })).ok();

    expect(again).toEqual(first);
    expect({ type: 'result', data: plain }).toEqual(first);
    expect(runs).toBe(1);
  });

  it('that belongs to another request is an error event', async () => {
    const key = { 'idempotency-key': 'taken' };
    (await alice.callTool(call, { headers: key })).ok();
    const body = { ...call, arguments: { other: true } };
    const answer = await alice.callTool(body, { headers: { ...STREAM, ...key } });
    expect(lastEvent(answer.text)).toMatchObject({
      type: 'error',
      data: { status: 422, code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });
});
