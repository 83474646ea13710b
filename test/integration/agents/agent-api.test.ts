import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildAgentApp } from '../../../src/agent/agent-app.ts';
import { AgentMachine } from '../../../src/agent/agent-machine.ts';
import { operations, type ServerSpec } from '../../../src/contract/agent-generated.ts';
import { contractDocument } from '../../../src/contract/agent-generated-document.ts';
import type { ContractApp } from '../../../src/contract/type-provider.ts';
import { createLoggerOptions } from '../../../src/http/logger.ts';
import { readCatalog } from '../../../src/modules/catalog/catalog-file.ts';
import { ContractJudge } from '../../support/contract-judge.ts';
import { MemoryServerHost } from '../../support/memory-server-host.ts';

// The contract of deployment agents: who may ask, what is taken, and what its operator allows.

const SECRET = 'secret-of-the-service-that-is-now-used';
const NEXT = 'secret-of-the-service-that-comes-next.';
const BEARER = 'b'.repeat(43);
const judge = new ContractJudge(contractDocument);
let host: MemoryServerHost;
let app: ContractApp;
let logged: string[];

const spec = (given: Partial<ServerSpec> = {}): ServerSpec => ({
  ...{ deployment_id: randomUUID(), entry_key: 'tracker', generation: 1, bearer: BEARER },
  launch: launch(),
  environment: { TOKEN: 'tr-4711' },
  files: [],
  ...given,
});
const launch = (given: Partial<ServerSpec['launch']> = {}): ServerSpec['launch'] => ({
  ...{ command: ['tracker-mcp'], image: null, speaks: 'stdio', port: 8000, path: '/mcp' },
  ...{ environment: {}, memory_mb: 64, cpu_millis: 100, ...given },
});

async function open({ rateLimitMax = 100_000 } = {}): Promise<void> {
  host = new MemoryServerHost();
  logged = [];
  app = await buildAgentApp({
    name: 'edge-1',
    machine: new AgentMachine({ host, maxServers: 4, version: '0.1.0' }),
    ...{ host, rateLimitMax, serviceSecrets: [SECRET, NEXT] },
    allowed: { commands: [['tracker-mcp'], ['npx', '-y', '@example/server']] },
    logger: pino(createLoggerOptions({ level: 'trace' }), {
      write: (line: string) => void logged.push(line),
    }),
  });
}
beforeEach(async () => {
  await open();
  return () => app.close();
});

type Method = 'GET' | 'PUT' | 'DELETE' | 'POST';
interface Sent {
  body?: unknown;
  secret?: string | undefined;
  headers?: Record<string, string>;
}
async function send(method: Method, url: string, { body, secret = SECRET, headers }: Sent = {}) {
  const response = await app.inject({
    ...{ method, url },
    headers: {
      authorization: `Bearer ${secret}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const { statusCode: status, body: text } = response;
  judge.judge({ method, url, status, headers: response.headers, body: text });
  return { status, text, json: () => JSON.parse(text), headers: response.headers };
}
const put = (body: unknown, id = randomUUID()) => send('PUT', `/servers/${id}`, { body });
/** Each operation, as it would be sent in earnest. */
const ALL = Object.values(operations).map(({ operationId, method, url, security }) => ({
  ...{ operationId, method, isOpen: security.length === 0 },
  url: url.replace(':instance_id', randomUUID()),
  body: method === 'PUT' ? spec() : undefined,
}));
const GUARDED = ALL.filter(({ isOpen }) => !isOpen);

describe('the service', () => {
  it('puts servers, sees how they are, reads what they wrote, and ends them', async () => {
    const id = randomUUID();
    const body = spec({ generation: 3, files: [{ name: 'a.json', content: '{}', variable: 'A' }] });
    const put = await send('PUT', `/servers/${id}`, { body });
    expect(put.status).toBe(202);
    expect(host.specs.get(id)).toEqual({
      ...{ instanceId: id, deploymentId: body.deployment_id, entryKey: 'tracker', generation: 3 },
      bearer: BEARER,
      launch: {
        ...{ command: ['tracker-mcp'], image: undefined, speaks: 'stdio', port: 8000 },
        ...{ path: '/mcp', environment: {}, memoryMb: 64, cpuMillis: 100 },
      },
      environment: { TOKEN: 'tr-4711' },
      files: body.files,
    });
    const server = {
      ...{ instance_id: id, generation: 3, phase: 'running', step: null, percent: null },
      ...{ problem_code: null, sessions: 0, restarts: 0 },
    };
    expect(put.json()).toEqual(server);
    expect((await send('GET', `/servers/${id.toUpperCase()}`)).json()).toEqual(server);
    expect((await send('GET', '/servers')).json()).toEqual({ items: [server] });
    const logs = await send('GET', `/servers/${id}/logs?lines=2`);
    expect(logs.json()).toEqual({ lines: ['two', 'three'] });
    expect((await send('GET', '/status')).json()).toMatchObject({
      name: 'edge-1',
      agent: { version: '0.1.0', has_docker: false, load: { servers: 1, max_servers: 4 } },
    });
    for (let times = 0; times < 2; times += 1) {
      expect((await send('DELETE', `/servers/${id}`)).status).toBe(204);
    }
    expect((await send('GET', `/servers/${id}`)).status).toBe(404);
    expect((await send('GET', `/servers/${id}/logs`)).status).toBe(404);
    expect(logged.join('')).not.toMatch(/tr-4711|bbbbbbb|secret-of-the-service/);
  });

  it('may show the next secret before the former one is taken away', async () => {
    expect((await send('GET', '/status', { secret: NEXT })).status).toBe(200);
  });

  it('is told when there is no room', async () => {
    host.refusal = 'RUNTIME_REFUSED';
    expect((await put(spec())).json()).toMatchObject({ status: 409, code: 'RUNTIME_REFUSED' });
    host.refusal = 'LAUNCH_NOT_ALLOWED';
    expect((await put(spec())).json()).toMatchObject({ status: 422, code: 'LAUNCH_NOT_ALLOWED' });
  });
});

describe('nobody else', () => {
  it.each(GUARDED)('may $operationId', async ({ method, url, body }) => {
    for (const secret of ['', 'x', `${SECRET}x`, SECRET.slice(1), BEARER, `${SECRET} ${NEXT}`]) {
      const { status, headers } = await send(method, url, { body, secret });
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe('Bearer');
    }
    expect(host.specs.size).toBe(0);
  });

  it('learns more than that there is an agent', async () => {
    const { status, text } = await send('GET', '/healthz', { secret: '' });
    expect([status, text]).toEqual([200, '{"status":"ok"}']);
  });
});

describe('what the operator of the machine does not allow', () => {
  it.each<[string, Partial<ServerSpec>]>([
    ['another command', { launch: launch({ command: ['sh', '-c', 'id'] }) }],
    ['a path to a command of this name', { launch: launch({ command: ['./tracker-mcp'] }) }],
    ['another package', { launch: launch({ command: ['npx', '-y', '@example/other'] }) }],
    ['a package with another option', { launch: launch({ command: ['npx', '@example/server'] }) }],
    ['a beginning of what is allowed', { launch: launch({ command: ['npx', '-y'] }) }],
    ['variables of the loader', { environment: { LD_PRELOAD: '/tmp/x.so' } }],
    ['variables of Node', { launch: launch({ environment: { NODE_OPTIONS: '-r /tmp/x' } }) }],
    ['another search path', { environment: { PATH: '/tmp' } }],
    ['another port', { environment: { PORT: '30000' } }],
    ['such a variable for a file', { files: [{ name: 'x', content: '', variable: 'BASH_ENV' }] }],
    ['a file above its folder', { files: [{ name: '..', content: '', variable: 'X' }] }],
  ])('is not started: %s', async (_name, given) => {
    const { status, json } = await put(spec(given));
    expect(status).toBe(422);
    expect(json()).toMatchObject({ code: 'LAUNCH_NOT_ALLOWED' });
    expect(host.specs.size).toBe(0);
  });

  it('is told apart by whole words', async () => {
    const command = ['npx', '-y', '@example/server', '--stdio'];
    expect((await put(spec({ launch: launch({ command }) }))).status).toBe(202);
  });
});

it('takes whatever a catalog file may say', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'catalog-'));
  const file = path.join(folder, 'own.yaml');
  const digest = 'a'.repeat(64);
  const entry = {
    ...{ key: 'own', title: 'Own', description: 'Own.', run_on: ['agent'] },
    launch: {
      command: ['tracker-mcp', '', 'x'.repeat(2_000), ...Array<string>(47).fill('ä $(id)')],
      image: `Registry.Example.com:5000/team/own_x.y-z:V1.2@sha256:${digest}`,
      ...{ speaks: 'http', port: 65_535, path: `/A._~-/${'x'.repeat(249)}` },
      ...{ environment: { MODE: '', LONG: 'x'.repeat(2_000) }, memory_mb: 65_536 },
      cpu_millis: 64_000,
    },
  };
  writeFileSync(file, JSON.stringify({ entries: [entry] }));
  const read = readCatalog({ file, namespace: 'studio' }).find(({ key }) => key === 'own');
  rmSync(folder, { recursive: true });
  const { memoryMb: memory_mb, cpuMillis: cpu_millis, ...said } = read?.launch ?? {};
  const body = { ...spec(), launch: { ...said, memory_mb, cpu_millis } };
  expect((await put(body)).status).toBe(202);
});

describe('what is no specification is refused', () => {
  it.each<[string, () => unknown, number]>([
    ['no JSON', () => '{', 400],
    ['nothing', () => '', 422],
    ['an unknown field', () => ({ ...spec(), url: 'http://x' }), 422],
    ['no bearer', () => ({ ...spec(), bearer: undefined }), 422],
    ['a short bearer', () => spec({ bearer: 'x' }), 422],
    ['a bearer with a line break', () => spec({ bearer: `${'x'.repeat(42)}\n` }), 422],
    [
      'a command that is a text',
      () => ({ ...spec(), launch: { ...launch(), command: 'sh' } }),
      422,
    ],
    ['a null byte', () => spec({ launch: launch({ command: ['tracker-mcp', 'a\0b'] }) }), 422],
    ['an image that is an option', () => spec({ launch: launch({ image: '--privileged' }) }), 422],
    ['no memory', () => spec({ launch: launch({ memory_mb: 0 }) }), 422],
    [
      'a path elsewhere',
      () => spec({ launch: launch({ path: '//evil.example.com/' + '\\' }) }),
      422,
    ],
    [
      'a file with a path',
      () => spec({ files: [{ name: '../x', content: '', variable: 'X' }] }),
      422,
    ],
    ['a prototype', () => `{"__proto__":{"x":1}}`, 400],
    ['more than a mebibyte', () => 'x'.repeat(1_100_000), 413],
  ])('%s', async (_name, body, status) => {
    expect((await put(body())).status).toBe(status);
    expect(host.specs.size).toBe(0);
  });

  it.each<[string, Method, string, number, Sent]>([
    [
      'another type of content',
      'PUT',
      `/servers/${randomUUID()}`,
      415,
      { headers: { 'content-type': 'text/plain' }, body: 'x' },
    ],
    [
      'another type of content',
      'DELETE',
      `/servers/${randomUUID()}`,
      415,
      { headers: { 'content-type': 'text/plain' }, body: 'x' },
    ],
    ['a body that is none', 'DELETE', `/servers/${randomUUID()}`, 400, { body: '{' }],
    [
      'a body that is too large',
      'DELETE',
      `/servers/${randomUUID()}`,
      413,
      { body: 'x'.repeat(1_100_000) },
    ],
    ['an unknown path', 'GET', '/deployments', 404, {}],
    ['another method', 'POST', '/servers', 405, {}],
    ['too many lines', 'GET', `/servers/${randomUUID()}/logs?lines=1001`, 422, {}],
    ['a path as an id', 'GET', '/servers/..%2f..%2fetc%2fpasswd', 422, {}],
    ['a path as an id', 'PUT', '/servers/..%2f..%2fetc%2fpasswd', 422, { body: spec() }],
    ['a path as an id', 'DELETE', '/servers/x', 422, {}],
    ['a long id', 'GET', `/servers/${'x'.repeat(300)}`, 414, {}],
    ['a long id', 'PUT', `/servers/${'x'.repeat(300)}`, 414, { body: spec() }],
    ['a long id', 'DELETE', `/servers/${'x'.repeat(300)}`, 414, {}],
    ['a long id', 'GET', `/servers/${'x'.repeat(300)}/logs`, 414, {}],
  ])('%s: %s %s', async (_name, method, url, status, sent) => {
    expect((await send(method, url, sent)).status).toBe(status);
  });
});

it.each(ALL)('$operationId knows no other parameters', async ({ method, url, body }) => {
  expect((await send(method, `${url}?x=1`, { body })).status).toBe(422);
});

it.each(ALL)('$operationId is limited', async ({ method, url, body }) => {
  await app.close();
  await open({ rateLimitMax: 1 });
  await send(method, url, { body });
  expect((await send(method, url, { body })).status).toBe(429);
});

it.each(ALL)(
  '$operationId tells nothing of what is broken',
  async ({ operationId, method, url, body }) => {
    host.isBroken = true;
    const { status, text } = await send(method, url, { body });
    // This one looks at nothing.
    expect(status).toBe(operationId === 'getHealth' ? 200 : 500);
    expect(text).not.toContain('broken');
  },
);
