import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loggableCause } from '../../../src/runtimes/loggable-cause.ts';
import { type InstanceSpec, type Runtime, RuntimeFailure } from '../../../src/runtimes/runtime.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import type { Fault } from '../../support/kubernetes/api-server.ts';
import { instanceOf, openCluster, SERVERS } from '../../support/kubernetes/kubernetes-bench.ts';

const { signal } = new AbortController();
const clock = new FakeClock();
let opened: Awaited<ReturnType<typeof openCluster>>;

beforeAll(async () => {
  opened = await openCluster(clock);
});
afterAll(() => opened.close());
beforeEach(() => {
  opened.cluster.fault = () => false;
  opened.cluster.store.clear();
});

/** Tries every operation, and tells the codes that they fail with. */
async function codesOf(runtime: Runtime, spec: InstanceSpec) {
  const placement = { instanceId: spec.instanceId, target: SERVERS };
  const code = (action: Promise<unknown>) =>
    action.then(
      () => 'fine',
      (error: unknown) => {
        if (!(error instanceof RuntimeFailure)) throw error;
        const told = `${String(error.problem.cause)} ${error.message}`;
        for (const secret of [spec.bearer, 's3cret']) expect(told).not.toContain(secret);
        expect(error.problem.target).toBe(SERVERS);
        return error.problem.code;
      },
    );
  const { phase, problem } = await runtime.status(placement, signal);
  return {
    ensure: await code(runtime.ensure(spec, SERVERS, signal)),
    status: problem === undefined ? phase : [phase, problem.code],
    stop: await code(runtime.stop(placement, signal)),
    wake: await code(runtime.wake(placement, signal)),
    targets: await runtime.targets(signal),
  };
}

const UNREACHABLE = {
  ...{ ensure: 'RUNTIME_UNREACHABLE', stop: 'RUNTIME_UNREACHABLE', wake: 'RUNTIME_UNREACHABLE' },
  ...{ status: ['unreachable', 'RUNTIME_UNREACHABLE'], targets: [] },
};
const REFUSED = {
  ...{ ensure: 'RUNTIME_REFUSED', stop: 'RUNTIME_REFUSED', wake: 'RUNTIME_REFUSED' },
  ...{ status: ['unreachable', 'RUNTIME_REFUSED'], targets: [SERVERS] },
};

const status =
  (code: number, body: object = {}): Fault =>
  (_request, response) =>
    answer(response, code, 'application/json', JSON.stringify(body));

function answer(response: ServerResponse, code: number, type: string, body: string): true {
  response.writeHead(code, { 'content-type': type, location: 'https://evil.example.com/' });
  response.end(body);
  return true;
}

describe('an API server that', () => {
  it.each([
    ['knows nobody', status(401), REFUSED],
    ['forbids', status(403, { reason: 'Forbidden', message: 's3cret' }), REFUSED],
    [
      'quotes what it does not take',
      status(422, {
        reason: 'Invalid',
        message: 'Invalid value: "s3cret"',
        details: { causes: [{ field: 'data[env.API_TOKEN]', message: 's3cret' }] },
      }),
      REFUSED,
    ],
    ['has too much to do', status(429), UNREACHABLE],
    ['has moved on', status(410), UNREACHABLE],
    ['is broken', status(500, { message: 's3cret' }), UNREACHABLE],
    ['is away for a while', status(503), UNREACHABLE],
    ['sends elsewhere', status(302), UNREACHABLE],
    ['answers with something else', status(200, { kind: 'Status' }), undefined],
    [
      'is a web page',
      (_request, response) => answer(response, 200, 'text/html', '<html>s3cret</html>'),
      UNREACHABLE,
    ],
    [
      'answers what is no JSON',
      (_request, response) => answer(response, 200, 'application/json', '{"items": ['),
      UNREACHABLE,
    ],
    [
      'hangs up',
      (_request, response) => {
        response.destroy();
        return true;
      },
      UNREACHABLE,
    ],
    [
      'answers more than anybody reads',
      (_request, response) => answer(response, 200, 'application/json', ' '.repeat(5_000_000)),
      UNREACHABLE,
    ],
  ] satisfies [string, Fault, object | undefined][])('%s', async (_what, fault, expected) => {
    opened.cluster.fault = fault;
    const codes = await codesOf(opened.runtime, instanceOf());
    if (expected !== undefined) expect(codes).toEqual(expected);
    // What is not what was asked for is not believed.
    else expect(codes.status).toEqual(['unreachable', 'RUNTIME_UNREACHABLE']);
  });

  it('never ends its answer is not waited for', async () => {
    opened.cluster.fault = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{');
      // Nothing more comes: only the clock ends it.
      setImmediate(() => clock.advance(15_000));
      return true;
    };
    expect(await codesOf(opened.runtime, instanceOf())).toEqual(UNREACHABLE);
  });

  it('has not the namespace', async () => {
    const { cluster } = opened;
    cluster.namespaces.delete(SERVERS);
    const codes = await codesOf(opened.runtime, instanceOf());
    cluster.namespaces.add(SERVERS);
    expect(codes).toMatchObject({ ensure: 'RUNTIME_REFUSED', status: 'gone', stop: 'fine' });
  });

  it('conflicts again and again', async () => {
    opened.cluster.fault = (request, response) =>
      request.method === 'PATCH' && status(409, { reason: 'Conflict' })(request, response);
    const { ensure } = await codesOf(opened.runtime, instanceOf());
    expect(ensure).toBe('RUNTIME_REFUSED');
  });

  it('gives no more rights than the Role has', async () => {
    const { cluster } = opened;
    const all = cluster.rules;
    for (const rule of all) {
      for (const verb of rule.verbs) {
        cluster.refusals.length = 0;
        cluster.store.clear();
        const less = { ...rule, verbs: rule.verbs.filter((one) => one !== verb) };
        cluster.rules = all.map((one) => (one === rule ? less : one));
        const spec = instanceOf();
        await codesOf(opened.runtime, spec);
        await opened.runtime.ensure(spec, SERVERS, signal).catch(() => {});
        const placement = { instanceId: spec.instanceId, target: SERVERS };
        await opened.runtime.status(placement, signal);
        await opened.runtime.logs(placement, { lines: 1 }, signal).catch(() => {});
        // Each of them is used, so none is too many.
        expect(cluster.refusals.join(), `${verb} ${rule.resources}`).toContain(
          `403 Forbidden ${verb} ${rule.resources}`,
        );
      }
    }
    cluster.rules = all;
  });
});

describe('the way into the cluster', () => {
  const codeWith = async (configFile: string) => {
    const { runtime, close } = opened.open({ configFile });
    const { ensure, targets } = await codesOf(runtime, instanceOf());
    await close();
    expect(targets).toEqual(['fine', 'RUNTIME_REFUSED'].includes(ensure) ? [SERVERS] : []);
    return ensure;
  };

  it('is a kubeconfig that is as safe as it has to be', async () => {
    const { cluster } = opened;
    expect(await codeWith(cluster.writeKubeconfig())).toBe('fine');
    const unsafe = [
      { server: 'http://127.0.0.1:8080' },
      { 'insecure-skip-tls-verify': true },
      { 'proxy-url': 'http://127.0.0.1:3128' },
      { server: 'https://' },
    ];
    for (const change of unsafe) {
      const file = cluster.writeKubeconfig({ cluster: change });
      expect(await codeWith(file)).toBe('RUNTIME_NOT_CONFIGURED');
    }
    const damaged = { 'client-certificate-data': Buffer.from('none').toString('base64') };
    expect(await codeWith(cluster.writeKubeconfig({ user: damaged }))).toBe(
      'RUNTIME_NOT_CONFIGURED',
    );
    expect(await codeWith('/nowhere/config')).toBe('RUNTIME_NOT_CONFIGURED');
    expect(await codeWith(cluster.writeKubeconfig({ user: {} }))).toBe('RUNTIME_REFUSED');
    const user = {
      'auth-provider': { name: 'tokenFile', config: { tokenFile: '/nowhere/token' } },
    };
    expect(await codeWith(cluster.writeKubeconfig({ user }))).toBe('RUNTIME_NOT_CONFIGURED');
  });

  it('does not lead to a server that nobody vouches for', async () => {
    const { cluster } = opened;
    const other = { 'certificate-authority-data': undefined };
    expect(await codeWith(cluster.writeKubeconfig({ cluster: other }))).toBe('RUNTIME_UNREACHABLE');
  });

  it('is the account of the pod where there is no file, which there has to be', async () => {
    const { runtime, close } = opened.open({ configFile: undefined });
    expect(await runtime.targets(signal)).toEqual([]);
    const obstacle = await runtime.obstacle(signal);
    expect(obstacle).toMatchObject({ code: 'RUNTIME_NOT_CONFIGURED', target: SERVERS });
    expect(loggableCause(obstacle.cause)).not.toBeUndefined();
    await close();
  });

  it('takes a token from a file, as it is now', async () => {
    const { cluster } = opened;
    const file = cluster.writeKubeconfig();
    const tokenFile = `${file}.token`;
    writeFileSync(tokenFile, `${cluster.token}\n`, { mode: 0o600 });
    const user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } };
    expect(await codeWith(cluster.writeKubeconfig({ user }))).toBe('fine');
  });
});
