// What a server says when it fails, and where its name leads, is for nobody: a test would show a stranger what answers inside of
// a network. Only our own sentences leave, and neither the text nor an address is in any log.
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import type { SeenRequest } from '../../support/mcp-servers/http-endpoint.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { RawServer } from './support/raw-server.ts';
import { underHost } from './support/under-host.ts';

/** The one text that no answer and no line of the log may hold. */
const MARKER = 'upstream-marker-5b1d';
/** Names below `localhost` lead to these. */
const ADDRESS = /127\.0\.0\.1|::1|0x7f|2130706433/;
const HOST = 'named.localhost';

let service: TestService;
let server: RawServer;
let alice: ApiClient;

beforeAll(async () => {
  service = await startTestService({
    clock: new ImpatientClock(),
    env: { LOG_LEVEL: 'trace', OUTBOUND_ALLOWED_HOSTS: '*.localhost' },
  });
});

afterAll(() => service.close());

beforeEach(async () => {
  server = await RawServer.start();
  alice = await service.clientFor();
});

afterEach(() => server.stop());

type Misbehaviour = (response: ServerResponse, seen: SeenRequest) => void;

const TEXT = { 'content-type': 'text/plain', 'x-marker': MARKER, server: MARKER };
const JSON_TYPE = { 'content-type': 'application/json', 'x-marker': MARKER };

function status(code: number, headers: Record<string, string> = TEXT): Misbehaviour {
  return (response) => {
    response.writeHead(code, `Reason ${MARKER}`, headers).end(`<h1>${MARKER}</h1>`);
  };
}

function json(body: (id: unknown) => unknown, code = 200): Misbehaviour {
  return (response, seen) => {
    const { id = null }: { id?: unknown } = seen.body === '' ? {} : JSON.parse(seen.body);
    response.writeHead(code, MARKER, JSON_TYPE).end(JSON.stringify(body(id)));
  };
}

const rpcError = (code: number, status_ = 200) =>
  json((id) => ({ jsonrpc: '2.0', id, error: { code, message: MARKER, data: [MARKER] } }), status_);

const challenge = `Bearer realm="${MARKER}", error="${MARKER}", resource_metadata="https://x.example/${MARKER}"`;

const misbehaviours: Readonly<Record<string, Misbehaviour>> = {
  'asks for credentials': status(401, { ...TEXT, 'www-authenticate': challenge }),
  forbids: status(403),
  'is not there': status(404),
  'knows no POST': status(405, { ...TEXT, allow: MARKER }),
  'is busy': status(429, { ...TEXT, 'retry-after': MARKER }),
  fails: status(500),
  'is a bad gateway': status(502),
  redirects: status(302, { ...TEXT, location: `http://127.0.0.1:1/${MARKER}` }),
  'is a web page': status(200, { ...TEXT, 'content-type': 'text/html' }),
  'has a strange media type': status(200, { 'content-type': `application/${MARKER}` }),
  'claims a strange encoding': status(200, { ...JSON_TYPE, 'content-encoding': MARKER }),
  'sends what is not JSON': status(200, JSON_TYPE),
  'sends what is not JSON-RPC': json(() => ({ [MARKER]: MARKER })),
  'answers another request': json(() => ({ jsonrpc: '2.0', id: MARKER, result: {} })),
  'answers with an error': rpcError(-32603),
  'answers with an error and a status': rpcError(-32000, 400),
  'speaks an unknown version': json((id) => ({
    jsonrpc: '2.0',
    id,
    result: { protocolVersion: MARKER, capabilities: {}, serverInfo: { name: 'x', version: '1' } },
  })),
  'sends a strange event': (response) => {
    const headers = { 'content-type': 'text/event-stream' };
    response.writeHead(200, headers).end(`event: ${MARKER}\ndata: ${MARKER}\n\n`);
  },
  'ends in the middle': (response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' }).write(MARKER);
    setImmediate(() => response.destroy());
  },
  'is no HTTP server': (response) => {
    response.socket?.end(`${MARKER} ready\r\n\r\n`);
  },
};

/** Everything the log says from a line on. */
function logSince(line: number): string {
  return service.logLines.slice(line).join('');
}

function expectSilence(answers: readonly ApiAnswer<unknown>[], logged: number): void {
  for (const answer of answers) {
    const said = answer.text + JSON.stringify([...answer.headers]);
    expect(said).not.toContain(MARKER);
    expect(said).not.toMatch(ADDRESS);
  }
  expect(logSince(logged)).not.toContain(MARKER);
  expect(logSince(logged)).not.toMatch(ADDRESS);
}

/** Uses a server that works and then misbehaves, in every way there is. */
async function useInEveryWay(url: string, misbehave: () => unknown) {
  const body = { name: 'Mine', server_url: url, credentials: { token: 'first' } };
  const { id } = (await alice.createConnector(body)).ok(201);
  (await alice.callTool({ name: 'mine__echo' })).ok();
  await misbehave();
  // On the session at hand, and on a new one.
  const calls = [
    await alice.callTool({ name: 'mine__echo' }),
    await alice.callTool({ name: 'mine__echo' }),
  ];
  const saves = [
    await alice.createConnector({ ...body, name: 'Other' }),
    await alice.updateConnector(id, { transport: 'streamable-http' }),
    await alice.updateConnector(id, { transport: 'sse' }),
    await alice.putCredentials(id, { token: 'second' }),
  ];
  const tests = [
    await alice.testConnection({ server_url: url }),
    await alice.testConnection(body),
    await alice.testConnector(id),
  ];
  const reads = [
    await alice.syncConnector(id),
    await alice.getConnector(id),
    await alice.listConnectors(),
    await alice.getTools(),
  ];
  for (const answer of saves) expect(answer.status).toBe(422);
  for (const answer of tests) expect(answer.ok().error_code).toMatch(/^[A-Z_]+$/);
  expect(reads[0]?.text).toMatch(/"last_error":\{"code":"[A-Z_]+"/);
  return { calls, others: [...saves, ...tests, ...reads] };
}

describe('a server that works, and then', () => {
  it.each(Object.entries(misbehaviours))('%s', async (what, misbehaviour) => {
    const logged = service.logLines.length;
    const { calls, others } = await useInEveryWay(underHost(server.url, HOST), () => {
      server.intercept = (seen, response) => {
        misbehaviour(response, seen);
        return true;
      };
    });
    // The one exception: what a server answers to a call is for the agent that called.
    const isForAgent = what === 'answers with an error';
    expectSilence(isForAgent ? others : [...calls, ...others], logged);
  });

  it('has an unusable list of tools', async () => {
    const logged = service.logLines.length;
    const misbehaviour = rpcError(-32603);
    const url = underHost(server.url, HOST);
    const misbehave = () => {
      server.intercept = (seen, response) => {
        if (seen.rpcMethod !== 'tools/list') return false;
        misbehaviour(response, seen);
        return true;
      };
    };
    const body = { name: 'Mine', server_url: url };
    const { id } = (await alice.createConnector(body)).ok(201);
    misbehave();
    const answers = [
      await alice.testConnection(body),
      await alice.createConnector({ ...body, name: 'Other' }),
      await alice.testConnector(id),
      await alice.syncConnector(id),
    ];
    expect(answers.map(({ outcome }) => outcome)).toEqual(['ok', 'INVALID_MCP_SERVER', 'ok', 'ok']);
    expectSilence(answers, logged);
  });

  it('is gone', async () => {
    const logged = service.logLines.length;
    const url = underHost(server.url, HOST);
    const { calls, others } = await useInEveryWay(url, () => server.stop());
    expectSilence([...calls, ...others], logged);
  });
});

describe('a name that leads to an address which is not allowed', () => {
  let closed: TestService;

  beforeAll(async () => {
    closed = await startTestService({
      clock: new ImpatientClock(),
      env: {
        LOG_LEVEL: 'trace',
        OUTBOUND_ALLOWED_HOSTS: '*.localhost',
        OUTBOUND_ALLOWED_ADDRESSES: '10.255.255.255/32',
      },
    });
  });

  afterAll(() => closed.close());

  it('is refused without the address', async () => {
    const client = await closed.clientFor();
    const logged = closed.logLines.length;
    const server_url = underHost(server.url, HOST);

    const answers = [
      await client.testConnection({ server_url }),
      await client.createConnector({ name: 'Mine', server_url }),
    ];

    expect(answers[0]?.text).toContain('"BLOCKED_URL"');
    expect(answers[1]?.outcome).toBe('BLOCKED_URL');
    for (const { text, headers } of answers) {
      expect(text + JSON.stringify([...headers])).not.toMatch(ADDRESS);
    }
    expect(closed.logLines.slice(logged).join('')).not.toMatch(ADDRESS);
  });
});
