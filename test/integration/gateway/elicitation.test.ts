import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { type AskingServer, startAskingServer } from '../../support/mcp-servers/asking-server.ts';
import { startLegacyServer } from '../../support/mcp-servers/legacy-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { connectLegacy, connectModern } from './support/mcp-clients.ts';
import { modernRequest, post, type RawAnswer } from './support/raw-endpoint.ts';

const MINUTE_MS = 60_000;

let service: TestService;
let server: AskingServer;
let alice: ApiClient;
let token: string;
let url: string;
/** Milliseconds that the service's clock is ahead. */
let ahead = 0;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + ahead) };
  service = await startTestService({ clock });
  server = await startAskingServer();
  alice = await service.clientFor('alice');
  token = await service.tokenFor('alice');
  url = `${service.url}/mcp`;
  for (const name of ['One', 'Two']) {
    (await alice.createConnector({ name, server_url: server.url })).ok(201);
  }
});

afterAll(async () => {
  await service.close();
  await server.close();
});

afterEach(async () => {
  ahead = 0;
  for (const close of closing.splice(0)) await close();
});

type Answer = { action: 'accept' | 'decline' | 'cancel'; content?: Record<string, string> };

/** The official client of the modern era, whose user answers what is asked. */
async function connectAsking(answer: (params: object) => Answer, query = ''): Promise<Client> {
  const client = new Client(
    { name: 'asking', version: '1' },
    {
      capabilities: { elicitation: { form: {}, url: {} } },
      versionNegotiation: { mode: { pin: '2026-07-28' } },
    },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => answer(params));
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url + query), { requestInit }));
  closing.push(() => client.close());
  return client;
}

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const ASKABLE = { _meta: { [CAPABILITIES]: { elicitation: { form: {}, url: {} } } } };

const ask = (params: { [name: string]: unknown }, sender = token): Promise<RawAnswer> =>
  post(url, { ...modernRequest('tools/call', { ...ASKABLE, ...params }), token: sender });

const callsSeen = () => server.requests.filter(({ rpcMethod }) => rpcMethod === 'tools/call');

describe('a tool that asks its user', () => {
  it('is answered by the official client, and goes on with its own state', async () => {
    const asked: object[] = [];
    const client = await connectAsking((params) => {
      asked.push(params);
      return { action: 'accept', content: { name: 'Ada' } };
    });

    const result = await client.callTool({ name: 'one__greet', arguments: { for: 'tea' } });

    expect(result.content).toEqual([{ type: 'text', text: 'Hello Ada, of the server.' }]);
    // Invisible characters of the server are gone.
    expect(asked).toEqual([
      {
        mode: 'form',
        message: 'For tea: who are you?',
        requestedSchema: {
          type: 'object',
          properties: { name: { type: 'string', title: 'Name' } },
          required: ['name'],
        },
      },
    ]);
  });

  it.each(['decline', 'cancel'] as const)('learns that its user said %s', async (action) => {
    const client = await connectAsking(() => ({ action }));
    expect(await client.callTool({ name: 'one__greet' })).toMatchObject({
      content: [{ text: `You said ${action}.` }],
    });
  });

  it('may lead its user to an address of HTTPS', async () => {
    const asked: object[] = [];
    const client = await connectAsking((params) => {
      asked.push(params);
      return { action: 'accept' };
    });
    expect(await client.callTool({ name: 'one__visit' })).toMatchObject({
      content: [{ text: 'visited' }],
    });
    expect(asked).toEqual([
      { mode: 'url', message: 'Please agree.', url: 'https://example.com/consent?for=you' },
    ]);
  });

  it('may have the call sent again without asking, more than once', async () => {
    const client = await connectAsking(() => ({ action: 'cancel' }));
    expect(await client.callTool({ name: 'one__later' })).toMatchObject({
      content: [{ text: 'at last' }],
    });
  });

  it('asks in the lazy mode, too', async () => {
    const client = await connectAsking(
      () => ({ action: 'accept', content: { name: 'Ada' } }),
      '?tools=lazy',
    );
    const run = { name: 'run', arguments: { name: 'one__greet', arguments: { for: 'tea' } } };
    expect(await client.callTool(run)).toMatchObject({
      content: [{ text: 'Hello Ada, of the server.' }],
    });
  });

  it('is told which ways of asking its caller offers, and nothing where there is none', async () => {
    const before = callsSeen().length;
    await ask({ name: 'one__nothing' });
    await ask({ name: 'one__nothing', _meta: { [CAPABILITIES]: { elicitation: {} } } });
    await ask({ name: 'one__nothing', _meta: { [CAPABILITIES]: { sampling: {}, roots: {} } } });
    await alice.callTool({ name: 'one__nothing' });
    const announced = callsSeen()
      .slice(before)
      .map(({ body }) => JSON.parse(body).params._meta[CAPABILITIES]);
    expect(announced).toEqual([
      { elicitation: { form: {}, url: {} } },
      { elicitation: { form: {} } },
      {},
      {},
    ]);
  });
});

describe('a state', () => {
  const first = { name: 'one__greet', arguments: { for: 'tea', of: 'kind' } };
  const inputResponses = { who: { action: 'accept', content: { name: 'Ada' } } };

  async function stateOf(): Promise<string> {
    const { result } = (await ask(first)).message;
    expect(result).toMatchObject({ resultType: 'input_required' });
    return String(result?.['requestState']);
  }

  /** Not a word of it reaches the server. */
  async function expectRefused(answering: () => Promise<RawAnswer>): Promise<void> {
    const before = callsSeen().length;
    const answer = await answering();
    expect(answer.message.error).toMatchObject({
      code: -32602,
      message: 'Invalid or expired requestState',
      data: { code: 'REQUEST_STATE_INVALID', reason: 'invalid_request_state' },
    });
    expect(callsSeen()).toHaveLength(before);
  }

  it('is not that of the server, and goes with the same call, whatever the order of its arguments', async () => {
    const requestState = await stateOf();
    expect(requestState).toMatch(/^mc1\./);
    const again = { name: 'one__greet', arguments: { of: 'kind', for: 'tea' } };
    const { result } = (await ask({ ...again, inputResponses, requestState })).message;
    expect(result).toMatchObject({ content: [{ text: 'Hello Ada, of the server.' }] });
    // What nobody asked for is the server's to ignore.
    const more = { ...inputResponses, other: { action: 'accept', content: {} } };
    const another = (await ask({ ...first, inputResponses: more, requestState })).message.result;
    expect(another).toMatchObject({ content: [{ text: 'Hello Ada, of the server.' }] });
  });

  it.each([
    ['changed', (state: string) => ({ ...first, requestState: `${state.slice(0, -2)}AA` })],
    ['longer', (state: string) => ({ ...first, requestState: `${state}-TAMPERED` })],
    ['made up', () => ({ ...first, requestState: 'x' })],
    ['empty', () => ({ ...first, requestState: '' })],
    ['larger than any', () => ({ ...first, requestState: 'x'.repeat(200_000) })],
    [
      'sent with other arguments',
      (requestState: string) => ({
        ...first,
        arguments: { for: 'tea', of: 'money' },
        requestState,
      }),
    ],
    [
      'sent to another tool',
      (requestState: string) => ({ ...first, name: 'one__later', requestState }),
    ],
    [
      'sent to another connector',
      (requestState: string) => ({
        ...first,
        name: 'two__greet',
        requestState,
      }),
    ],
  ])('that is %s is refused', async (_what, change) => {
    const state = await stateOf();
    await expectRefused(() => ask({ inputResponses, ...change(state) }));
  });

  it('of one user is refused from another, also of the same name in another tenant', async () => {
    const requestState = await stateOf();
    for (const [user, options] of [
      ['bob', {}],
      ['alice', { tenant: 'other' }],
    ] as const) {
      const api = await service.clientFor(user, options);
      (await api.createConnector({ name: 'One', server_url: server.url })).ok(201);
      const other = await service.tokenFor(user, options);
      await expectRefused(() => ask({ ...first, inputResponses, requestState }, other));
    }
  });

  it('is good for ten minutes', async () => {
    const requestState = await stateOf();
    ahead = 9.9 * MINUTE_MS;
    const inTime = (await ask({ ...first, inputResponses, requestState })).message.result;
    expect(inTime).toMatchObject({ content: [{ text: 'Hello Ada, of the server.' }] });
    ahead = 10.1 * MINUTE_MS;
    await expectRefused(() => ask({ ...first, inputResponses, requestState }));
  });

  it('does not survive other credentials: another server must not see it', async () => {
    const created = await alice.createConnector({ name: 'Moving', server_url: server.url });
    const { id } = created.ok(201);
    const moving = { ...first, name: 'moving__greet' };
    const requestState = String((await ask(moving)).message.result?.['requestState']);
    (await alice.putCredentials(id, { headers: { 'x-key': 'another' } })).ok();
    await expectRefused(() => ask({ ...moving, inputResponses, requestState }));
    (await alice.deleteConnector(id)).ok(204);
  });

  it('is not needed to answer: the server decides what answers without its state mean', async () => {
    const { result } = (await ask({ ...first, inputResponses })).message;
    expect(result).toMatchObject({ content: [{ text: 'Hello Ada, undefined.' }] });
  });

  it('does not let larger arguments pass', async () => {
    const requestState = await stateOf();
    const responses = { who: { action: 'accept', content: { name: 'x'.repeat(300_000) } } };
    const { result } = (await ask({ ...first, inputResponses: responses, requestState })).message;
    expect(result).toMatchObject({
      isError: true,
      _meta: { 'mcp-connectors/error': { code: 'PAYLOAD_TOO_LARGE' } },
    });
  });

  it('is in no line of the log', async () => {
    const requestState = await stateOf();
    await ask({ ...first, inputResponses, requestState });
    const log = service.logLines.join('\n');
    expect(log).toContain('"outcome":"input_required"');
    for (const secret of [requestState, 'of the server', 'Ada']) expect(log).not.toContain(secret);
  });
});

describe('where nobody can be asked', () => {
  const advice = expect.stringMatching(/cannot ask.*\/mcp.*elicitation/);

  it('a call over REST fails, and says what to do', async () => {
    const result = (await alice.callTool({ name: 'one__greet' })).ok();
    expect(result).toMatchObject({
      is_error: true,
      content: [{ type: 'text', text: advice }],
      protocol_error: { code: -32021, message: advice },
    });
  });

  it.each([
    ['of the legacy era', () => connectLegacy({ url, token }), advice],
    [
      'that announces no elicitation',
      () => connectModern({ url, token }),
      expect.stringContaining('not offered'),
    ],
  ])('a client %s reads why', async (_what, connect, text) => {
    const client = await connect();
    closing.push(() => client.close());
    expect(await client.callTool({ name: 'one__greet', arguments: {} })).toMatchObject({
      isError: true,
      content: [{ type: 'text', text }],
      _meta: { 'mcp-connectors/error': { code: 'PROTOCOL_ERROR', rpc_code: -32021 } },
    });
  });

  it('for samples of a model, the agent is told', async () => {
    const { result } = (await ask({ name: 'one__sample' })).message;
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('sampling') }],
    });
  });

  it.each(['visit-http', 'visit-script', 'visit-named', 'nested', 'huge'])(
    'what no user should be shown is not passed on: %s',
    async (tool) => {
      const { result } = (await ask({ name: `one__${tool}` })).message;
      expect(result).toMatchObject({
        isError: true,
        _meta: { 'mcp-connectors/error': { code: 'UPSTREAM_INVALID' } },
      });
      expect(JSON.stringify(result)).not.toMatch(/example\.com|javascript/);
    },
  );
});

it('a server of the legacy era is never told that it may ask: its requests could not find the way to the client', async () => {
  const legacy = await startLegacyServer();
  closing.push(() => legacy.close());
  (await alice.createConnector({ name: 'Old', server_url: legacy.url })).ok(201);
  const client = await connectAsking(() => ({ action: 'cancel' }));
  const call = { name: 'old__echo', arguments: { message: 'hi' } };
  expect(await client.callTool(call)).toMatchObject({ content: [{ text: 'hi' }] });
  const handshakes = legacy.requests.filter(({ rpcMethod }) => rpcMethod === 'initialize');
  expect(handshakes.map(({ body }) => JSON.parse(body).params.capabilities)).toEqual(
    handshakes.map(() => ({})),
  );
});
