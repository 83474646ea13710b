import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOutbound, type Outbound } from '../../../src/outbound/guarded-fetch.ts';
import { SystemResolver } from '../../../src/outbound/host-resolver.ts';
import { ManagedPolicy } from '../../../src/outbound/outbound-policy.ts';
import { AgentRuntime } from '../../../src/runtimes/agent-runtime.ts';
import { type InstanceSpec, RuntimeFailure } from '../../../src/runtimes/runtime.ts';
import { FakeClock } from '../../support/fake-clock.ts';

// An agent is another machine: what it answers may be anything. It harms nobody but its own instances.

const SECRET = 'the-secret-that-the-service-shows-to-this-agent';
const BEARER = 'b'.repeat(43);
const SETTING = 'a-setting-of-the-owner';
const instanceId = randomUUID();
const placement = { instanceId, target: 'edge-1' };
const { signal } = new AbortController();
const spec: InstanceSpec = {
  ...{ instanceId, deploymentId: randomUUID(), entryKey: 'tracker', generation: 3, bearer: BEARER },
  launch: {
    ...{ command: ['tracker-mcp', '--stdio'], image: undefined, speaks: 'stdio', port: 8000 },
    ...{ path: '/mcp', environment: { MODE: 'x' }, memoryMb: 64, cpuMillis: 100 },
  },
  environment: { TOKEN: SETTING },
  files: [{ name: 'key.json', content: '{}', variable: 'KEY_FILE' }],
};
const honest = (given: object = {}) => ({
  ...{ instance_id: instanceId, generation: 3, phase: 'running', step: null, percent: null },
  ...{ problem_code: null, sessions: 2, restarts: 0, ...given },
});

let server: Server;
let origin: string;
let elsewhere: Server;
let outbound: Outbound;
let clock: FakeClock;
let runtime: AgentRuntime;
let alive: boolean;
let full: boolean;
let asked: { method: string; url: string; authorization: string; body: string }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let strayRequests = 0;

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const one = createServer(handler).listen(0, '127.0.0.1');
  await once(one, 'listening');
  const address = one.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server: one, origin: `http://127.0.0.1:${address.port}` };
}

beforeAll(async () => {
  ({ server, origin } = await listen((request, response) => {
    const { method = '', url = '', headers } = request;
    void text(request).then((body) => {
      asked.push({ method, url, authorization: headers.authorization ?? '', body });
      answer(request, response);
    });
  }));
  ({ server: elsewhere } = await listen((_request, response) => {
    strayRequests += 1;
    response.end('{}');
  }));
});
afterAll(() => {
  for (const one of [server, elsewhere]) {
    one.close();
    one.closeAllConnections();
  }
});

beforeEach(() => {
  asked = [];
  alive = true;
  full = false;
  clock = new FakeClock();
  outbound = createOutbound({
    policy: new ManagedPolicy({ origins: [origin] }),
    resolver: new SystemResolver(),
  });
  runtime = new AgentRuntime({
    agents: {
      find: (name) => (name === 'edge-1' ? { name, origin, secret: SECRET } : undefined),
      leastLoaded: async () => (alive && !full ? ['edge-1'] : []),
      names: () => ['edge-1'],
      alive: async () => (alive ? ['edge-1'] : []),
    },
    outbound: () => outbound,
    clock,
  });
  return () => outbound.close();
});

function say(status: number, value: unknown, type = 'application/json') {
  answer = (_request, response) =>
    response
      .writeHead(status, { 'content-type': type })
      .end(typeof value === 'string' ? value : JSON.stringify(value));
}
async function problemOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RuntimeFailure)) throw new Error('no failure', { cause: error });
  expect(error.problem.target).toBe('edge-1');
  // Neither the message nor what is logged with it has a secret.
  const told = `${error.message} ${error.stack} ${JSON.stringify(error.problem)} ${String(error.problem.cause)}`;
  for (const secret of [SECRET, BEARER, SETTING]) expect(told).not.toContain(secret);
  return error.problem.code;
}

describe('an honest agent', () => {
  it('is told everything once, in the body, with the secret of the two', async () => {
    say(202, honest({ phase: 'starting', step: 'preparing' }));
    await runtime.ensure(spec, 'edge-1', signal);
    const [request] = asked;
    expect(request).toMatchObject({
      method: 'PUT',
      url: `/servers/${instanceId}`,
      authorization: `Bearer ${SECRET}`,
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      ...{ deployment_id: spec.deploymentId, entry_key: 'tracker', generation: 3, bearer: BEARER },
      launch: {
        ...{ command: ['tracker-mcp', '--stdio'], image: null, speaks: 'stdio', port: 8000 },
        ...{ path: '/mcp', environment: { MODE: 'x' }, memory_mb: 64, cpu_millis: 100 },
      },
      environment: { TOKEN: SETTING },
      files: [{ name: 'key.json', content: '{}', variable: 'KEY_FILE' }],
    });
  });

  it('is believed of its own instances', async () => {
    say(200, honest());
    expect(await runtime.status(placement, signal)).toEqual({
      phase: 'running',
      generation: 3,
      url: `${origin}/servers/${instanceId}/mcp`,
      step: undefined,
      problem: undefined,
      sessions: 2,
    });
    say(200, honest({ phase: 'failed', problem_code: 'SERVER_EXITED', sessions: 0 }));
    expect(await runtime.status(placement, signal)).toMatchObject({
      phase: 'failed',
      url: undefined,
      problem: { code: 'SERVER_EXITED', target: 'edge-1' },
    });
    say(404, { code: 'NOT_FOUND' }, 'application/problem+json');
    expect(await runtime.status(placement, signal)).toMatchObject({ phase: 'gone' });
    expect(await runtime.logs(placement, { lines: 5 }, signal)).toEqual([]);
  });

  it('ends what it is asked to end', async () => {
    answer = (_request, response) => response.writeHead(204).end();
    await runtime.stop(placement, signal);
    expect(asked).toMatchObject([{ method: 'DELETE', url: `/servers/${instanceId}`, body: '' }]);
  });
});

it('an agent that is there and full has refused, by its name', async () => {
  full = true;
  expect(await runtime.targets(signal)).toEqual([]);
  expect(await runtime.obstacle()).toMatchObject({
    ...{ code: 'RUNTIME_REFUSED', target: 'edge-1' },
  });
  expect(asked).toEqual([]);
});

it('an agent whose heartbeats do not come is asked nothing, and named', async () => {
  alive = false;
  say(200, honest());
  expect(await runtime.targets(signal)).toEqual([]);
  expect(await runtime.obstacle()).toMatchObject({
    ...{ code: 'RUNTIME_UNREACHABLE', target: 'edge-1' },
  });
  expect(await runtime.status(placement, signal)).toMatchObject({
    phase: 'unreachable',
    problem: { code: 'RUNTIME_UNREACHABLE', target: 'edge-1' },
  });
  expect(await problemOf(runtime.ensure(spec, 'edge-1', signal))).toBe('RUNTIME_UNREACHABLE');
  expect(await problemOf(runtime.stop(placement, signal))).toBe('RUNTIME_UNREACHABLE');
  expect(asked).toEqual([]);
});

it('an agent that is in no file is one that nobody reaches, and nothing is started elsewhere', async () => {
  const gone = { instanceId, target: 'edge-9' };
  // Another replica, with another file, may know it: what was started there may run.
  const problem = { code: 'RUNTIME_NOT_CONFIGURED', target: 'edge-9', isUnknownPlace: true };
  expect(await runtime.status(gone, signal)).toMatchObject({ phase: 'unreachable', problem });
  await expect(runtime.stop(gone, signal)).rejects.toMatchObject({ problem });
  await expect(runtime.ensure(spec, 'edge-9', signal)).rejects.toMatchObject({
    problem: { code: 'RUNTIME_NOT_CONFIGURED', target: 'edge-9' },
  });
  expect(asked).toEqual([]);
});

describe('what an agent refuses', () => {
  it.each([
    [401, { code: 'UNAUTHENTICATED' }, 'RUNTIME_REFUSED'],
    [409, { code: 'RUNTIME_REFUSED' }, 'RUNTIME_REFUSED'],
    [422, { code: 'LAUNCH_NOT_ALLOWED' }, 'LAUNCH_NOT_ALLOWED'],
    [422, { code: 'VALIDATION_FAILED' }, 'RUNTIME_REFUSED'],
    [422, { code: 'ANYTHING', detail: '<script>' }, 'RUNTIME_REFUSED'],
    [403, { code: 'LAUNCH_NOT_ALLOWED' }, 'RUNTIME_REFUSED'],
    [500, 'oops', 'RUNTIME_UNREACHABLE'],
  ] as const)('with %s and %j is %s', async (status, value, code) => {
    say(status, value);
    expect(await problemOf(runtime.ensure(spec, 'edge-1', signal))).toBe(code);
  });
});

describe('an agent that lies', () => {
  it.each<[string, number, unknown]>([
    ['answers for another instance', 200, honest({ instance_id: randomUUID() })],
    ['names its instance by a path', 200, honest({ instance_id: '../../x' })],
    ['answers with no object', 200, []],
    ['answers with no JSON', 200, '<html>'],
    ['answers nothing', 200, ''],
    ['has an unknown phase', 200, honest({ phase: 'idle' })],
    ['has a problem of its own', 200, honest({ phase: 'failed', problem_code: 'BUY_NOW' })],
    ['has a step that is a text', 200, honest({ phase: 'starting', step: 'click <a href=x>' })],
    ['has sessions without end', 200, honest({ sessions: 1e308 })],
    ['has a generation that nobody can write down', 200, honest({ generation: 3_000_000_000 })],
    ['accepts what it was not asked', 202, honest()],
    ['answers with a huge answer', 200, honest({ padding: 'x'.repeat(100_000) })],
    ['is nested deeply', 200, `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
  ])('and %s leaves its instance unreachable', async (_name, status, value) => {
    say(status, value);
    expect(await runtime.status(placement, signal)).toMatchObject({
      phase: 'unreachable',
      url: undefined,
      problem: { target: 'edge-1' },
    });
  });

  it('cannot say where its server is, or what else it is', async () => {
    say(200, honest({ url: 'http://10.0.0.1/mcp', target: 'edge-2', bearer: 'x' }));
    const status = await runtime.status(placement, signal);
    expect(status.url).toBe(`${origin}/servers/${instanceId}/mcp`);
    expect(JSON.stringify(status)).not.toMatch(/edge-2|10\.0\.0\.1|bearer/);
  });

  it('sends nobody elsewhere', async () => {
    const address = elsewhere.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    answer = (_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${port}/x` }).end();
    expect(await problemOf(runtime.ensure(spec, 'edge-1', signal))).toBe('RUNTIME_UNREACHABLE');
    expect(await runtime.status(placement, signal)).toMatchObject({ phase: 'unreachable' });
    expect(strayRequests).toBe(0);
  });

  it('writes no logs without end', async () => {
    say(200, { lines: Array.from({ length: 900 }, (_, index) => `${index} ${'x'.repeat(3_000)}`) });
    const lines = await runtime.logs(placement, { lines: 3 }, signal);
    expect(lines.map((line) => line.slice(0, 4))).toEqual(['897 ', '898 ', '899 ']);
    expect(lines.every(({ length }) => length === 2_000)).toBe(true);
    expect(asked[0]?.url).toBe(`/servers/${instanceId}/logs?lines=3`);
    say(200, { lines: Array.from({ length: 1_000 }, () => 'x'.repeat(10_000)) });
    const tooMuch = runtime.logs(placement, { lines: 5_000 }, signal);
    expect(await problemOf(tooMuch)).toBe('RUNTIME_UNREACHABLE');
    expect(asked[1]?.url).toBe(`/servers/${instanceId}/logs?lines=1000`);
  });
});

describe('an agent that does not come to an end', () => {
  it('is left when its time is over', async () => {
    const received = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"instance_id":');
        resolve();
      };
    });
    const status = runtime.status(placement, signal);
    await received;
    clock.advance(5_000);
    expect(await status).toMatchObject({
      phase: 'unreachable',
      problem: { code: 'RUNTIME_UNREACHABLE' },
    });
    expect(clock.sleeping).toBe(0);
  });

  it('is left alone for a while, so that nobody waits for it again and again', async () => {
    const received = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const first = runtime.status(placement, signal);
    await received;
    clock.advance(5_000);
    await first;
    say(200, honest());
    clock.advance(19_000);
    expect(await runtime.status(placement, signal)).toMatchObject({
      ...{ phase: 'unreachable', problem: { code: 'RUNTIME_UNREACHABLE', target: 'edge-1' } },
    });
    expect(await problemOf(runtime.stop(placement, signal))).toBe('RUNTIME_UNREACHABLE');
    expect(asked).toHaveLength(1);
    clock.advance(1_000);
    // One asks; the others wait for what comes of it.
    const both = [runtime.status(placement, signal), runtime.status(placement, signal)];
    const phases = (await Promise.all(both)).map(({ phase }) => phase);
    expect(phases.sort()).toEqual(['running', 'unreachable']);
    expect(await runtime.status(placement, signal)).toMatchObject({ phase: 'running' });
  });

  it('is left when it has said too much', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
        response.once('drain', more);
      };
      more();
    };
    expect(await runtime.status(placement, signal)).toMatchObject({ phase: 'unreachable' });
  });

  it('is left by whoever does not want to know any more', async () => {
    const leaving = new AbortController();
    const received = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const status = runtime.status(placement, leaving.signal);
    await received;
    leaving.abort(new Error('no more'));
    await expect(status).rejects.toThrow('no more');
  });
});
