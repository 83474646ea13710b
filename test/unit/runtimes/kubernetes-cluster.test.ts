import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type InstanceSpec, RuntimeFailure } from '../../../src/runtimes/runtime.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import type { PodFate } from '../../support/kubernetes/cluster-pods.ts';
import {
  IMAGE,
  instanceOf,
  launchOf,
  openCluster,
  SERVERS,
} from '../../support/kubernetes/kubernetes-bench.ts';
import { at, type KubernetesJson, listAt } from '../../support/kubernetes/object-json.ts';
import { restrictedProblems } from '../../support/kubernetes/object-rules.ts';

const { signal } = new AbortController();
const FILE = { name: 'key.json', content: '{"private_key":"s3cret-file"}', variable: 'KEY_FILE' };

let opened: Awaited<ReturnType<typeof openCluster>>;
const clock = new FakeClock();

beforeAll(async () => {
  opened = await openCluster(clock);
});
afterAll(() => opened.close());
beforeEach(() => {
  const { cluster, fronts } = opened;
  cluster.fault = () => false;
  cluster.store.clear();
  cluster.seen.length = 0;
  cluster.pods.isFull = false;
  cluster.pods.isLate = false;
  cluster.pods.decide(IMAGE, 'ready');
  fronts.use = undefined;
});

const placed = ({ instanceId }: Pick<InstanceSpec, 'instanceId'>) => ({
  instanceId,
  target: SERVERS,
});
const ensure = (spec: InstanceSpec) => opened.runtime.ensure(spec, SERVERS, signal);
const statusOf = (spec: InstanceSpec) => opened.runtime.status(placed(spec), signal);
const nameOf = ({ instanceId }: InstanceSpec) => `mcp-${instanceId}`;
const find = (kind: string, spec: InstanceSpec, name = nameOf(spec)) =>
  opened.cluster.store.find(kind, SERVERS, name);
const left = (spec: InstanceSpec) => opened.cluster.left(SERVERS, spec.instanceId);

function settle(image: string, fate: PodFate): void {
  opened.cluster.pods.decide(image, fate);
  opened.cluster.pods.reconcile(SERVERS);
}

async function failureOf(action: Promise<unknown>): Promise<RuntimeFailure> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RuntimeFailure) return error;
  throw new Error('it did not fail', { cause: error });
}

/** Everything that can be read of it without rights to Secrets. */
function readable(spec: InstanceSpec): string {
  const { store, seen } = opened.cluster;
  const kinds = ['Deployment', 'Service', 'NetworkPolicy', 'Pod'];
  const objects = kinds.flatMap((kind) => store.list(kind, SERVERS));
  const own = objects.filter((one) => JSON.stringify(one).includes(spec.instanceId));
  return JSON.stringify([own, seen.map(({ url }) => url.href)]);
}

describe('what is made for an instance', () => {
  it('holds its secrets in a Secret and nowhere else', async () => {
    const spec = instanceOf({ files: [FILE] });
    await ensure(spec);
    const text = readable(spec);
    for (const secret of [spec.bearer, spec.environment['API_TOKEN'] ?? '', 's3cret-file']) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString('base64'));
    }
    const secret = find('Secret', spec, `${nameOf(spec)}-1`);
    const decoded = Object.entries(secret?.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]);
    expect(Object.fromEntries(decoded)).toEqual({
      bearer: spec.bearer,
      'env.API_TOKEN': spec.environment['API_TOKEN'],
      'file.key.json': FILE.content,
    });
    expect(secret?.immutable).toBe(true);
  });

  it('keeps to the restricted standard, without an account at the cluster', async () => {
    const http = launchOf(IMAGE, { speaks: 'http', port: 8000, command: undefined });
    for (const launch of [launchOf(), http]) {
      const spec = instanceOf({ launch, files: [FILE] });
      await ensure(spec);
      const pod = at(find('Deployment', spec)?.spec, 'template', 'spec');
      expect(restrictedProblems(pod)).toEqual([]);
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        imagePullSecrets: [{ name: 'mcp-connectors-registry' }],
      });
      for (const container of listAt(pod, 'containers')) {
        expect(container).toMatchObject({
          securityContext: { readOnlyRootFilesystem: true },
          resources: { limits: { memory: expect.any(String), cpu: expect.any(String) } },
        });
      }
      const [front, server] = listAt(pod, 'containers');
      // The front's secret is not in the server's container, nor the server's in the front's.
      expect(JSON.stringify(server)).not.toContain('mcp-front');
      expect(JSON.stringify(front)).not.toContain('env.API_TOKEN');
      expect(at(front, 'ports', 0, 'containerPort')).not.toBe(launch.port);
      expect((await statusOf(spec)).url).toBe(
        `http://${nameOf(spec)}.${SERVERS}.svc.cluster.local:${at(front, 'ports', 0, 'containerPort')}/mcp`,
      );
    }
  });

  it('lets the service in, at the front, and nobody else', async () => {
    const spec = instanceOf();
    await ensure(spec);
    const policy = find('NetworkPolicy', spec)?.spec;
    expect(at(policy, 'podSelector', 'matchLabels')).toEqual({
      'mcp-connectors/instance': spec.instanceId,
    });
    expect(at(policy, 'ingress')).toEqual([
      {
        from: [
          {
            namespaceSelector: {
              matchLabels: { 'kubernetes.io/metadata.name': 'mcp-connectors' },
            },
            podSelector: {
              matchLabels: {
                'app.kubernetes.io/name': 'mcp-connectors',
                'app.kubernetes.io/component': 'service',
              },
            },
          },
        ],
        ports: [{ port: 'front', protocol: 'TCP' }],
      },
    ]);
  });

  it('hands texts with $(…) on as they are, which would be filled in with secrets', async () => {
    const launch = launchOf(IMAGE, {
      command: ['server', '--key=$(API_TOKEN)', '$$x'],
      environment: { COPY: '$(API_TOKEN)' },
    });
    const spec = instanceOf({ launch });
    await ensure(spec);
    const [, server] = listAt(find('Deployment', spec)?.spec, 'template', 'spec', 'containers');
    expect(server?.['command']).toEqual(
      expect.arrayContaining(['server', '--key=$$(API_TOKEN)', '$$$$x']),
    );
    expect(listAt(server, 'env')).toContainEqual({ name: 'COPY', value: '$$(API_TOKEN)' });
  });

  it('gives each variable once, whoever names it', async () => {
    const environment = { HOST: '0.0.0.0', API_TOKEN: 'open', KEY_FILE: 'open', PORT: '1' };
    const launch = launchOf(IMAGE, { speaks: 'http', environment });
    const spec = instanceOf({ launch, files: [FILE] });
    await ensure(spec);
    const [, server] = listAt(find('Deployment', spec)?.spec, 'template', 'spec', 'containers');
    const env = listAt(server, 'env');
    const names = env.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(env).toContainEqual({ name: 'PORT', value: '9000' });
    expect(env).toContainEqual({ name: 'HOST', value: '0.0.0.0' });
    expect(JSON.stringify(env)).not.toContain('"open"');
  });

  it('has labels that the cluster takes, whatever the entry is called', async () => {
    for (const entryKey of ['x'.repeat(200), 'a b', '../../etc', '-', 'ü', 'a,b=c']) {
      const spec = instanceOf({ entryKey });
      await ensure(spec);
      expect(await statusOf(spec)).toMatchObject({ phase: 'running' });
    }
    await expect(
      opened.runtime.status({ instanceId: '../secrets', target: SERVERS }, signal),
    ).rejects.toThrow(TypeError);
  });
});

describe('what is not started', () => {
  it.each([
    ['an image that is not listed', { launch: launchOf('evil.example.com/mcp/server:1') }],
    ['an image above the listed place', { launch: launchOf('registry.example.com/mcp/../x:1') }],
    ['an image that is two', { launch: launchOf('registry.example.com/mcp/a b') }],
    ['no image', { launch: { ...launchOf(), image: undefined } }],
    ['stdio without a command', { launch: launchOf(IMAGE, { command: undefined }) }],
    ['a loader', { environment: { LD_PRELOAD: '/tmp/x.so' } }],
    ['a path', { files: [{ ...FILE, name: '../token' }] }],
  ] satisfies [string, Partial<InstanceSpec>][])('%s', async (_what, changes) => {
    const spec = instanceOf(changes);
    const { problem } = await failureOf(ensure(spec));
    expect(problem).toMatchObject({ code: 'LAUNCH_NOT_ALLOWED', target: SERVERS });
    expect(opened.cluster.seen).toEqual([]);
  });
});

describe('what an instance is found to be doing', () => {
  it.each([
    ['pulling', 'starting', undefined],
    ['first-crash', 'starting', undefined],
    ['not-ready', 'starting', undefined],
    ['no-room', 'starting', 'RUNTIME_REFUSED'],
    ['no-image', 'failed', 'LAUNCH_NOT_FOUND'],
    ['no-program', 'failed', 'LAUNCH_NOT_FOUND'],
    ['crash', 'failed', 'SERVER_EXITED'],
    ['out-of-memory', 'failed', 'SERVER_OUT_OF_MEMORY'],
  ] as const)('%s: %s', async (fate, phase, code) => {
    const spec = instanceOf();
    opened.cluster.pods.decide(IMAGE, fate);
    await ensure(spec);
    const status = await statusOf(spec);
    expect(status).toMatchObject({ phase, step: expect.any(String) });
    expect(status.problem?.code).toBe(code);
    // Whatever it was: when it passes, the instance is up.
    settle(IMAGE, 'ready');
    expect(await statusOf(spec)).toMatchObject({ phase: 'running', problem: undefined });
  });

  it('failed, where the cluster lets no pod be made, or none came up in time', async () => {
    const spec = instanceOf();
    opened.cluster.pods.isFull = true;
    await ensure(spec);
    expect(await statusOf(spec)).toMatchObject({
      phase: 'failed',
      problem: { code: 'RUNTIME_REFUSED' },
    });
    opened.cluster.pods.isFull = false;
    opened.cluster.pods.isLate = true;
    settle(IMAGE, 'not-ready');
    expect(await statusOf(spec)).toMatchObject({
      phase: 'failed',
      problem: { code: 'SERVER_NOT_READY' },
    });
  });

  it('goes on with what ran before, while the next generation does not come up', async () => {
    const broken = launchOf('registry.example.com/mcp/other:2');
    opened.cluster.pods.decide('registry.example.com/mcp/other:2', 'crash');
    const first = instanceOf();
    await ensure(first);
    await ensure({ ...first, generation: 2, launch: broken });
    expect(await statusOf(first)).toMatchObject({
      ...{ phase: 'running', generation: 1 },
      problem: { code: 'SERVER_EXITED' },
    });
    // Should its pod have to be made anew, its Secret is there.
    const secrets = () => left(first).filter((one) => one.startsWith('Secret'));
    expect(secrets()).toHaveLength(2);
    await ensure({ ...first, generation: 3 });
    expect(await statusOf(first)).toMatchObject({
      ...{ phase: 'running', generation: 3, problem: undefined },
    });
    await ensure({ ...first, generation: 4 });
    expect(secrets()).toEqual([3, 4].map((one) => `Secret ${nameOf(first)}-${one}`));
    await opened.runtime.stop(placed(first), signal);
    expect(left(first)).toEqual([]);
  });
});

describe('a server that nobody uses', () => {
  it('sleeps after its minutes, and comes back on call, with what it was changed to meanwhile', async () => {
    const { fronts, runtime } = opened;
    const spec = instanceOf();
    await ensure(spec);
    fronts.use = { sessions: 3, idleSeconds: 7_200 };
    expect(await statusOf(spec)).toMatchObject({ phase: 'running', sessions: 3 });
    fronts.use = { sessions: 0, idleSeconds: 30 * 60 - 1 };
    expect(await statusOf(spec)).toMatchObject({ phase: 'running', sessions: 0 });
    fronts.use = { sessions: 0, idleSeconds: 30 * 60 };
    expect(await statusOf(spec)).toMatchObject({ phase: 'idle' });
    expect(left(spec).filter((one) => one.startsWith('Pod'))).toEqual([]);
    await ensure(spec);
    await ensure({ ...spec, generation: 2 });
    expect(await statusOf(spec)).toMatchObject({ phase: 'idle', generation: 2 });
    await Promise.all([runtime.wake(placed(spec), signal), runtime.wake(placed(spec), signal)]);
    fronts.use = undefined;
    expect(await statusOf(spec)).toMatchObject({ phase: 'running', generation: 2 });
  });

  it('stays where the operator wants no sleep', async () => {
    const { fronts, open } = opened;
    const { runtime, close } = open({ idleMinutes: 0 });
    const spec = instanceOf();
    await runtime.ensure(spec, SERVERS, signal);
    fronts.use = { sessions: 0, idleSeconds: 1_000_000 };
    expect(await runtime.status(placed(spec), signal)).toMatchObject({ phase: 'running' });
    await close();
  });
});

describe("somebody else's objects of the same name", () => {
  const stranger = (kind: string, name: string): KubernetesJson => ({
    ...{ apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind, spec: { replicas: 0 } },
    metadata: { name, namespace: SERVERS, labels: { app: 'theirs' } },
  });

  it.each(['Deployment', 'Service', 'NetworkPolicy'])('are left alone: a %s', async (kind) => {
    const spec = instanceOf();
    const { store } = opened.cluster;
    store.put(stranger(kind, nameOf(spec)));
    opened.cluster.pods.reconcile(SERVERS);
    const before = find(kind, spec);
    const { problem } = await failureOf(ensure(spec));
    expect(problem.code).toBe('RUNTIME_REFUSED');
    expect(await statusOf(spec)).toMatchObject({ phase: 'gone' });
    await opened.runtime.wake(placed(spec), signal);
    await opened.runtime.stop(placed(spec), signal);
    expect(find(kind, spec)).toEqual(before);
  });

  it('are not read as our Secret', async () => {
    const spec = instanceOf();
    opened.cluster.store.put({
      ...{ apiVersion: 'v1', kind: 'Secret', immutable: true },
      data: { bearer: 'dGhlaXJz' },
      metadata: { name: `${nameOf(spec)}-1`, namespace: SERVERS },
    });
    expect((await failureOf(ensure(spec))).problem.code).toBe('RUNTIME_REFUSED');
    expect(find('Deployment', spec)).toBeUndefined();
  });

  it("do not go with ours, nor another instance's", async () => {
    const [one, other] = [instanceOf(), instanceOf()];
    await ensure(one);
    await ensure(other);
    const before = left(other);
    expect(before).toHaveLength(5);
    await opened.runtime.stop(placed(one), signal);
    expect([left(one), left(other)]).toEqual([[], before]);
  });
});

describe('what others do at the same moment', () => {
  it('is looked at anew, and a newer generation is not undone', async () => {
    const spec = instanceOf();
    await ensure(spec);
    const { cluster } = opened;
    let isMeddled = false;
    cluster.fault = ({ method, url }) => {
      if (method === 'PATCH' && url.pathname.includes('/secrets/') && !isMeddled) {
        isMeddled = true;
        const found = find('Deployment', spec);
        if (found !== undefined) {
          const labels = { ...found.metadata.labels, 'mcp-connectors/generation': '9' };
          cluster.store.put({ ...found, metadata: { ...found.metadata, labels } });
        }
      }
      return false;
    };
    await ensure({ ...spec, generation: 2 });
    expect(isMeddled).toBe(true);
    expect(find('Deployment', spec)?.metadata.labels).toMatchObject({
      'mcp-connectors/generation': '9',
    });
  });

  it('is not believed where nobody could write it down', async () => {
    const spec = instanceOf();
    await ensure(spec);
    const found = find('Deployment', spec);
    if (found === undefined) throw new Error('there is no Deployment');
    const labels = { ...found.metadata.labels, 'mcp-connectors/generation': '3000000000' };
    const changed = { ...found, metadata: { ...found.metadata, labels } };
    opened.cluster.store.put({ ...changed, spec: { ...found['spec'], replicas: 0 } });
    expect(await statusOf(spec)).toMatchObject({ phase: 'idle', generation: undefined });
  });

  it('is mended where they took something away', async () => {
    const spec = instanceOf();
    await ensure(spec);
    for (const kind of ['Service', 'NetworkPolicy']) {
      const found = find(kind, spec);
      if (found !== undefined) opened.cluster.store.delete(found);
    }
    await ensure(spec);
    expect(find('Service', spec)).toBeDefined();
    expect(find('NetworkPolicy', spec)).toBeDefined();
  });
});

describe('the log of an instance', () => {
  it('is its end, in lines of a bounded length', async () => {
    const spec = instanceOf();
    await ensure(spec);
    opened.cluster.log = ['one', 'x'.repeat(10_000), 'three'].join('\n');
    const lines = await opened.runtime.logs(placed(spec), { lines: 2 }, signal);
    expect(lines).toEqual(['x'.repeat(2_000), 'three']);
    // Where the cluster stopped, the last line is not whole.
    opened.cluster.log = `whole\n${'x'.repeat(1024 * 1024)}`;
    expect(await opened.runtime.logs(placed(spec), { lines: 2 }, signal)).toEqual(['whole']);
    settle(IMAGE, 'pulling');
    expect(await opened.runtime.logs(placed(spec), { lines: 2 }, signal)).toEqual([]);
    expect(await opened.runtime.logs(placed(instanceOf()), { lines: 2 }, signal)).toEqual([]);
  });
});
