import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApiAnswer, ApiClient, ApiRequest } from '../../support/api-client.ts';
import { dumpTables, type TableDump } from '../../support/database-dump.ts';
import type { HttpEndpoint } from '../../support/mcp-servers/http-endpoint.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from '../api/support/impatient-clock.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';
import { ALL_ECHOES, startEchoingServer, startRepeatingServer } from './support/echoing-server.ts';
import { SecretSearch } from './support/secret-forms.ts';

vi.setConfig({ hookTimeout: 300_000 });

/** Characters that change when they are encoded are among them. */
function makeSecret(): string {
  return `+/=${randomBytes(24).toString('base64')}`;
}

/** Secrets in the URL, which its owner may see again. */
const URL_SECRETS = {
  urlPath: makeSecret(),
  urlQuery: makeSecret(),
  changedUrlPath: makeSecret(),
};
/** Secrets in what a tool takes and gives, which its caller may see. */
const TOOL_SECRETS = { toolArgument: makeSecret(), toolResult: makeSecret() };
/** Secrets that nobody ever sees again. */
const HIDDEN_SECRETS = {
  bearer: makeSecret(),
  changedBearer: makeSecret(),
  putBearer: makeSecret(),
  unsavedBearer: makeSecret(),
  refusedBearer: makeSecret(),
  echoedBearer: makeSecret(),
  header: makeSecret(),
  changedHeader: makeSecret(),
  echoedHeader: makeSecret(),
  repeatedBearer: makeSecret(),
  repeatedHeader: makeSecret(),
  echoedUrl: makeSecret(),
  invalidBearer: makeSecret(),
  invalidHeader: makeSecret(),
  invalidUrl: makeSecret(),
  malformedBody: makeSecret(),
  unknownField: makeSecret(),
  unknownPath: makeSecret(),
  badCursor: randomBytes(30).toString('base64url'),
  badToken: randomBytes(30).toString('base64url'),
  failedSave: makeSecret(),
};

interface Exchange {
  caller: 'owner' | 'another';
  request: string;
  status: number;
  /** The whole answer, headers included. */
  answer: string;
}

let service: TestService;
let server: ScriptedServer;
let echoing: HttpEndpoint;
let owner: ApiClient;
let search: SecretSearch;
const exchanges: Exchange[] = [];
const dumps: TableDump[] = [];

async function ask<Body>(
  caller: Exchange['caller'],
  client: ApiClient,
  method: string,
  path: string,
  request: ApiRequest = {},
): Promise<ApiAnswer<Body>> {
  const answer = await client.send<Body>(method, path, request);
  const headers = JSON.stringify([...answer.headers]);
  exchanges.push({
    caller,
    request: `${method} ${path}`,
    status: answer.status,
    answer: `${headers}${answer.text}`,
  });
  return answer;
}

function asOwner<Body = unknown>(method: string, path: string, request?: ApiRequest) {
  return ask<Body>('owner', owner, method, path, request);
}

async function dumpDatabase(): Promise<void> {
  dumps.push(...(await dumpTables(service.databaseTools.owner)));
}

beforeAll(async () => {
  service = await startTestService({ env: { LOG_LEVEL: 'trace' }, clock: new ImpatientClock() });
  server = await ScriptedServer.start();
  echoing = await startEchoingServer();
  const ownerToken = await service.tokenFor('owner');
  const anotherToken = await service.tokenFor('another');
  const key = service.env['ENCRYPTION_KEYS']?.slice('k1:'.length) ?? '';
  search = new SecretSearch({
    ...URL_SECRETS,
    ...TOOL_SECRETS,
    ...HIDDEN_SECRETS,
    ownerToken,
    anotherToken,
    jwtSecret: service.env['JWT_SECRET'] ?? '',
    encryptionKey: key,
    encryptionKeyBytes: Buffer.from(key, 'base64').toString('hex'),
  });
  owner = (await service.clientFor('owner')).withToken(ownerToken);

  const ids = await saveAndChange();
  await saveWhatRepeats();
  await callTools();
  await dumpDatabase();
  await failAtEchoingServers();
  await sendBadRequests(ids);
  await failInTheDatabase();
  await lookAsAnother(ids, owner.withToken(anotherToken));
  await lookAsAnother(ids, await service.clientFor('owner', { tenant: 'elsewhere' }));
  await lookAsAnother(ids, owner.withToken(undefined));
  await lookAsAnother(ids, owner.withToken(`${HIDDEN_SECRETS.badToken}.x.y`));
  await removeCredentials(ids);
  await dumpDatabase();
});

afterAll(async () => {
  await service.close();
  await server.stop();
  await echoing.close();
});

interface Ids {
  bearer: string;
  headers: string;
}

async function saveAndChange(): Promise<Ids> {
  const { bearer, changedBearer, putBearer, header, changedHeader } = HIDDEN_SECRETS;
  const query = `?key=${encodeURIComponent(URL_SECRETS.urlQuery)}`;
  const url = `${server.origin}/${encodeURIComponent(URL_SECRETS.urlPath)}/mcp${query}`;
  const changedUrl = `${server.origin}/${encodeURIComponent(URL_SECRETS.changedUrlPath)}${query}`;
  const create = {
    body: {
      name: 'With a token',
      server_url: url,
      auth_type: 'bearer',
      credentials: { token: bearer },
    },
    headers: { 'idempotency-key': 'create-once' },
  };
  const saved = (await asOwner<{ id: string }>('POST', '/api/connectors', create)).ok(201);
  const replayed = await asOwner('POST', '/api/connectors', create);
  expect(replayed.headers.get('idempotency-replayed')).toBe('true');
  const path = `/api/connectors/${saved.id}`;
  (await asOwner('POST', `${path}/test`)).ok();
  (await asOwner('POST', `${path}/sync`)).ok();
  (await asOwner('PATCH', path, { body: { server_url: changedUrl } })).problem(
    422,
    'CREDENTIALS_REQUIRED',
  );
  const patch = { server_url: changedUrl, credentials: { token: changedBearer } };
  (await asOwner('PATCH', path, { body: patch })).ok();
  (await asOwner('PUT', `${path}/credentials`, { body: { token: putBearer } })).ok();
  const other = {
    name: 'With headers',
    server_url: url,
    auth_type: 'headers',
    credentials: { headers: { 'X-Api-Key': header } },
  };
  const second = (await asOwner<{ id: string }>('POST', '/api/connectors', { body: other })).ok(
    201,
  );
  const put = { body: { headers: { 'X-Api-Key': changedHeader, 'X-Other': header } } };
  (await asOwner('PUT', `/api/connectors/${second.id}/credentials`, put)).ok();
  const unsaved = {
    server_url: url,
    auth_type: 'bearer',
    credentials: { token: HIDDEN_SECRETS.unsavedBearer },
  };
  (await asOwner('POST', '/api/connectors/test', { body: unsaved })).ok();
  for (const each of [saved.id, second.id]) {
    (await asOwner('GET', `/api/connectors/${each}`)).ok();
    (await asOwner('GET', `/api/connectors/${each}/credentials`)).ok();
    (await asOwner('GET', `/api/connectors/${each}/tools`)).ok();
  }
  (await asOwner('GET', '/api/connectors')).ok();
  return { bearer: saved.id, headers: second.id };
}

/** A server that passes the test may say what it likes of itself: that is stored, shown and handed to agents. */
async function saveWhatRepeats(): Promise<void> {
  const repeating = await startRepeatingServer();
  const { repeatedBearer, repeatedHeader } = HIDDEN_SECRETS;
  const kinds = [
    { auth_type: 'bearer', credentials: { token: repeatedBearer } },
    { auth_type: 'headers', credentials: { headers: { 'X-Api-Key': repeatedHeader } } },
  ];
  for (const auth of kinds) {
    const body = { server_url: `${repeating.origin}/mcp`, ...auth };
    const report = await asOwner<{ tools: unknown[]; warnings: unknown[] }>(
      'POST',
      '/api/connectors/test',
      { body },
    );
    expect(report.ok()).toMatchObject({
      success: true,
      tools: [{ name: 'repeat', description: expect.stringContaining('[redacted]') }],
      warnings: [{}, {}],
    });
    const create = { body: { name: `Repeats ${auth.auth_type}`, ...body } };
    const { id } = (await asOwner<{ id: string }>('POST', '/api/connectors', create)).ok(201);
    const path = `/api/connectors/${id}`;
    (await asOwner('GET', path)).ok();
    (await asOwner('GET', `${path}/tools`)).ok();
    (await asOwner('GET', '/api/users/me/tools')).ok();
    await dumpDatabase();
    (await asOwner('DELETE', path)).ok(204);
  }
  await repeating.close();
}

async function callTools(): Promise<void> {
  server.script = () => ({ content: [{ type: 'text', text: TOOL_SECRETS.toolResult }] });
  const tools = (await asOwner<{ tools: { name: string }[] }>('GET', '/api/users/me/tools')).ok();
  for (const { name } of tools.tools) {
    const call = {
      body: { name, arguments: { secret: TOOL_SECRETS.toolArgument } },
      headers: { 'idempotency-key': `call-${name}` },
    };
    (await asOwner('POST', '/api/users/me/tools/call', call)).ok();
    const replayed = await asOwner('POST', '/api/users/me/tools/call', call);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
  }
  // A tool that fails, and a server that forgets its session and then refuses.
  server.script = () => Promise.reject(new Error(TOOL_SECRETS.toolResult));
  const [first] = tools.tools;
  const call = { body: { name: first?.name, arguments: { secret: TOOL_SECRETS.toolArgument } } };
  await asOwner('POST', '/api/users/me/tools/call', call);
  server.forget();
  server.token = 'somebody-else';
  (await asOwner('POST', '/api/users/me/tools/call', call)).problem(409, 'NEEDS_AUTH');
  server.token = undefined;
}

async function failAtEchoingServers(): Promise<void> {
  for (const kind of ALL_ECHOES) {
    const server_url = `${echoing.origin}/${kind}/${encodeURIComponent(HIDDEN_SECRETS.echoedUrl)}?a=b`;
    const bearer = { auth_type: 'bearer', credentials: { token: HIDDEN_SECRETS.echoedBearer } };
    const headers = {
      auth_type: 'headers',
      credentials: { headers: { 'X-Api-Key': HIDDEN_SECRETS.echoedHeader } },
    };
    for (const transport of ['auto', 'sse'] as const) {
      for (const auth of [bearer, headers]) {
        const body = { server_url, transport, ...auth };
        const report = await asOwner<{ success: boolean }>('POST', '/api/connectors/test', {
          body,
        });
        expect(report.ok().success, `${kind} over ${transport}`).toBe(false);
        const name = `Echo ${kind}`;
        const create = await asOwner('POST', '/api/connectors', { body: { name, ...body } });
        expect(create.status, create.text).toBe(422);
      }
    }
  }
}

async function sendBadRequests({ bearer: id }: Ids): Promise<void> {
  const secrets = HIDDEN_SECRETS;
  const base = { name: 'Bad', server_url: server.url };
  const token = { auth_type: 'bearer', credentials: { token: secrets.refusedBearer } };
  server.token = 'somebody-else';
  (await asOwner('POST', '/api/connectors', { body: { ...base, ...token } })).problem(
    422,
    'AUTH_FAILED',
  );
  server.token = undefined;
  const bodies: unknown[] = [
    { ...base, auth_type: 'bearer', credentials: { token: `${secrets.invalidBearer}\n` } },
    { ...base, auth_type: 'bearer', credentials: { token: [secrets.invalidBearer] } },
    { ...base, auth_type: 'bearer', credentials: secrets.invalidBearer },
    { ...base, auth_type: secrets.invalidBearer },
    { ...base, auth_type: 'headers', credentials: { headers: { Host: secrets.invalidHeader } } },
    {
      ...base,
      auth_type: 'headers',
      credentials: { headers: { 'X-A': `${secrets.invalidHeader}\r\n` } },
    },
    { ...base, server_url: `https://user:${encodeURIComponent(secrets.invalidUrl)}@10.0.0.1/` },
    { ...base, server_url: `ftp://10.0.0.1/${encodeURIComponent(secrets.invalidUrl)}` },
    { ...base, server_url: `https://10.0.0.1/${encodeURIComponent(secrets.invalidUrl)}` },
    { ...base, server_url: `http://[${secrets.invalidUrl}` },
    { ...base, secret: secrets.unknownField },
    { ...base, name: { secret: secrets.unknownField } },
  ];
  for (const body of bodies) {
    for (const path of ['/api/connectors', '/api/connectors/test']) {
      const answer = await asOwner<{ success?: boolean }>('POST', path, { body });
      expect(answer.status === 422 || answer.ok().success === false, answer.text).toBe(true);
    }
  }
  const malformed = `{"name":"x","credentials":{"token":"${secrets.malformedBody}"`;
  for (const text of [malformed, `${malformed}}}}`, secrets.malformedBody]) {
    (await asOwner('POST', '/api/connectors', { text })).problem(400, 'MALFORMED_REQUEST');
  }
  const cursor = encodeURIComponent(secrets.badCursor);
  expect((await asOwner('GET', `/api/connectors?cursor=${cursor}`)).status).toBe(400);
  const unknown = encodeURIComponent(secrets.unknownPath);
  expect((await asOwner('GET', `/api/${unknown}?a=${unknown}`)).status).toBe(404);
  expect((await asOwner('GET', `/api/connectors/${unknown}`)).status).toBe(422);
  const headers = { 'if-match': `"${secrets.badCursor}"`, 'idempotency-key': 'other body' };
  await asOwner('PATCH', `/api/connectors/${id}`, { body: { name: 'New' }, headers });
}

/** Errors of the database quote what they were given, where nobody prevents it. */
async function failInTheDatabase(): Promise<void> {
  const { owner: pool } = service.databaseTools;
  const body = {
    name: 'Not saved',
    server_url: `${server.origin}/${encodeURIComponent(HIDDEN_SECRETS.failedSave)}`,
    auth_type: 'bearer',
    credentials: { token: HIDDEN_SECRETS.failedSave },
  };
  const headers = { 'idempotency-key': 'broken' };
  const broken: [string, string][] = [
    [
      'ALTER TABLE connectors RENAME COLUMN server_origin TO moved',
      'ALTER TABLE connectors RENAME COLUMN moved TO server_origin',
    ],
    [
      'ALTER TABLE credentials ADD CONSTRAINT broken CHECK (false) NOT VALID',
      'ALTER TABLE credentials DROP CONSTRAINT broken',
    ],
  ];
  for (const [spoil, mend] of broken) {
    await pool.query(spoil);
    const answer = await asOwner('POST', '/api/connectors', { body, headers });
    expect(answer.status, answer.text).toBe(500);
    await pool.query(mend);
  }
}

async function lookAsAnother({ bearer, headers }: Ids, another: ApiClient): Promise<void> {
  for (const id of [bearer, headers]) {
    const paths: [string, string, unknown?][] = [
      ['GET', `/api/connectors/${id}`],
      ['PATCH', `/api/connectors/${id}`, { name: 'Mine' }],
      ['GET', `/api/connectors/${id}/credentials`],
      ['PUT', `/api/connectors/${id}/credentials`, { token: 'x' }],
      ['DELETE', `/api/connectors/${id}/credentials`],
      ['GET', `/api/connectors/${id}/tools`],
      ['POST', `/api/connectors/${id}/test`],
      ['POST', `/api/connectors/${id}/sync`],
      ['POST', `/api/connectors/${id}/status`, { status: 'DISABLED' }],
      ['DELETE', `/api/connectors/${id}`],
    ];
    for (const [method, path, body] of paths) {
      const answer = await ask(
        'another',
        another,
        method,
        path,
        body === undefined ? {} : { body },
      );
      expect([401, 404], answer.text).toContain(answer.status);
    }
  }
  for (const path of ['/api/connectors', '/api/users/me/tools', '/api/users/owner/tools']) {
    await ask('another', another, 'GET', path);
  }
}

async function removeCredentials({ bearer }: Ids): Promise<void> {
  (await asOwner('DELETE', `/api/connectors/${bearer}/credentials`)).ok(204);
  (await asOwner('GET', `/api/connectors/${bearer}`)).ok();
  (
    await asOwner('POST', `/api/connectors/${bearer}/status`, { body: { status: 'DISABLED' } })
  ).ok();
}

describe('the secrets of a full tour', () => {
  it('reach the server they are for', () => {
    const seen = new SecretSearch({ ...URL_SECRETS, ...HIDDEN_SECRETS }).find(
      JSON.stringify([...server.requests, ...echoing.requests]),
    );
    expect(seen).toEqual(
      expect.arrayContaining([
        ...Object.keys(URL_SECRETS),
        ...['bearer', 'changedBearer', 'putBearer', 'unsavedBearer', 'refusedBearer'],
        ...['header', 'changedHeader', 'echoedBearer', 'echoedHeader', 'echoedUrl', 'failedSave'],
      ]),
    );
  });

  it('are shown to the owner only as the URL of a connector and as what a tool answered', () => {
    const shown = exchanges
      .filter(({ caller, status }) => caller === 'owner' && status < 300)
      .flatMap(({ request, answer }) => search.find(answer).map((name) => `${request}: ${name}`));
    const ofConnector = /^(GET|POST|PATCH) \/api\/connectors(\/[0-9a-f-]{36}(\/sync|\/status)?)?: /;
    const unexpected = shown.filter((line) => {
      if (ofConnector.test(line))
        return !Object.keys(URL_SECRETS).some((one) => line.endsWith(one));
      return line !== 'POST /api/users/me/tools/call: toolResult';
    });
    expect(unexpected).toEqual([]);
    // The search does find: else all of this would prove nothing.
    expect(new Set(shown.map((line) => line.split(': ')[1]))).toEqual(
      new Set([...Object.keys(URL_SECRETS), 'toolResult']),
    );
  });

  it('are in no error answer', () => {
    const errors = exchanges.filter(({ status }) => status >= 400);
    const statuses = new Set(errors.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([400, 401, 404, 409, 412, 422, 500]);
    expect(errors.filter(({ answer }) => search.find(answer).length > 0)).toEqual([]);
  });

  it('are in no answer to anybody else', async () => {
    for (const path of ['/metrics', '/readyz', '/healthz', '/openapi.json', '/docs/']) {
      const response = await fetch(`${service.url}${path}`);
      expect(response.status, path).toBe(200);
      expect(search.find(await response.text()), path).toEqual([]);
    }
    const others = exchanges.filter(({ caller }) => caller === 'another');
    expect(others.length).toBeGreaterThan(80);
    expect(others.filter(({ answer }) => search.find(answer).length > 0)).toEqual([]);
  });

  it('are in no line of the log, at its most talkative', () => {
    const found = service.logLines.filter((line) => search.find(line).length > 0);
    expect(found).toEqual([]);
    expect(service.operations().length).toBeGreaterThan(50);
    expect(service.logLines.join('')).toContain('request failed');
  });

  it('are nowhere in the database', () => {
    const found = dumps.flatMap(({ table, text }) =>
      search.find(text).map((name) => `${table}: ${name}`),
    );
    expect(found).toEqual([]);
    const filled = dumps.filter(({ text }) => text !== '').map(({ table }) => table);
    for (const table of ['connectors', 'credentials', 'connector_tools', 'idempotency_records']) {
      expect(filled.filter((name) => name === `public.${table}`)).toHaveLength(4);
    }
  });
});

describe('the search itself', () => {
  it.each([
    ['as it is', (secret: string) => `x${secret}x`],
    ['in a URL', (secret: string) => `?key=${encodeURIComponent(secret)}&a=b`],
    ['in JSON', (secret: string) => JSON.stringify({ token: secret })],
    ['in hexadecimal', (secret: string) => Buffer.from(`a${secret}`).toString('hex')],
    ['in base64', (secret: string) => Buffer.from(`Bearer ${secret}!`).toString('base64')],
    ['in base64url', (secret: string) => Buffer.from(`ab${secret}`).toString('base64url')],
  ])('finds a secret %s', (_how, write) => {
    const name = { secret: makeSecret() };
    expect(new SecretSearch(name).find(write(name.secret))).toEqual(['secret']);
    expect(new SecretSearch(name).find(write(makeSecret()))).toEqual([]);
  });
});
