import { createHash, randomUUID } from 'node:crypto';
import { at, type Json, type KubernetesJson, listAt } from './object-json.ts';
import { containersOf, restrictedProblems } from './object-rules.ts';
import type { ObjectStore } from './object-store.ts';

/** What becomes of a pod with an image. */
export type PodFate =
  | 'ready'
  | 'pulling'
  | 'no-image'
  | 'no-program'
  | 'crash'
  | 'first-crash'
  | 'out-of-memory'
  | 'not-ready'
  | 'no-room';

/**
 * The controllers of a cluster, as far as a Deployment's pods need them, done at once: rolls out as the strategy says, keeps to the restricted
 * standard and to a quota, and shows in pods what the kubelet shows.
 */
export class ClusterPods {
  readonly #store: ObjectStore;
  readonly #fates = new Map<string, PodFate>();
  /** No further pod may be made, as by a quota. */
  isFull = false;
  /** Deployments have had all their time to come up. */
  isLate = false;
  /** Events that no pod shows: which pods there were, ever, in order. */
  readonly made: string[] = [];

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** @param image of the container `server`; of others, that they are pulled */
  decide(image: string, fate: PodFate): void {
    this.#fates.set(image, fate);
  }

  /** Brings the pods of a namespace up to what its Deployments want. */
  reconcile(namespace: string): void {
    const deployments = this.#store.list('Deployment', namespace);
    for (const pod of this.#store.list('Pod', namespace)) {
      const owner = deployments.find(({ metadata }) => metadata.uid === ownerOf(pod));
      if (owner === undefined) this.#store.delete(pod);
    }
    for (const deployment of deployments) this.#rollOut(deployment);
  }

  #rollOut(deployment: KubernetesJson): void {
    const { namespace, uid } = deployment.metadata;
    const pods = () => this.#store.list('Pod', namespace).filter((pod) => ownerOf(pod) === uid);
    const wanted = Number(at(deployment.spec, 'replicas'));
    const template = at(deployment.spec, 'template');
    const hash = hashOf(template);
    const isNew = (pod: KubernetesJson) => pod.metadata.labels?.['pod-template-hash'] === hash;
    const remove = (all: readonly KubernetesJson[]) => {
      for (const pod of all) this.#store.delete(pod);
    };
    if (wanted === 0) remove(pods());
    const isRefused = this.isFull || restrictedProblems(at(template, 'spec')).length > 0;
    const isMissing = wanted > 0 && !pods().some(isNew);
    if (isMissing && !isRefused) this.#make(deployment, hash);
    for (const pod of pods()) this.#store.put({ ...pod, status: this.#statusOf(pod) });
    const isUp = pods().some((pod) => isNew(pod) && isReady(pod));
    if (isUp) remove(pods().filter((pod) => !isNew(pod)));
    this.#store.put({
      ...deployment,
      status: {
        observedGeneration: deployment.metadata.generation,
        replicas: pods().length,
        conditions: this.#conditions(isMissing && isRefused, isUp || wanted === 0),
      },
    });
  }

  #conditions(isRefused: boolean, isUp: boolean): Json[] {
    const late = this.isLate && !isUp;
    return [
      {
        type: 'Progressing',
        status: late ? 'False' : 'True',
        reason: late ? 'ProgressDeadlineExceeded' : 'ReplicaSetUpdated',
      },
      ...(isRefused ? [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }] : []),
    ];
  }

  #make(deployment: KubernetesJson, hash: string): void {
    const { name, namespace, uid } = deployment.metadata;
    const template = at(deployment.spec, 'template');
    const labels = Object.entries(at(template, 'metadata', 'labels') ?? {});
    const pod = `${name}-${hash}-${randomUUID().slice(0, 5)}`;
    this.made.push(pod);
    this.#store.put({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        ...{ name: pod, namespace },
        labels: { ...Object.fromEntries(labels), 'pod-template-hash': hash },
        annotations: { owner: uid ?? '' },
      },
      spec: { ...Object.fromEntries(Object.entries(at(template, 'spec') ?? {})) },
    });
  }

  #statusOf(pod: KubernetesJson): Json {
    const server = listAt(pod.spec, 'containers').find(({ name }) => name === 'server');
    const fate = this.#fates.get(String(server?.['image'])) ?? 'ready';
    if (fate === 'no-room') {
      const reason = { status: 'False', reason: 'Unschedulable' };
      return { phase: 'Pending', conditions: [{ type: 'PodScheduled', ...reason }] };
    }
    const misses = this.#missesSecret(pod);
    const containers = listAt(pod.spec, 'containers').map((container) => {
      const isServer = container['name'] === 'server';
      const waits = { state: { waiting: { reason: 'CreateContainerConfigError' } } };
      const shown = misses ? waits : isServer ? SHOWN[fate] : RUNNING;
      return { name: container['name'], image: container['image'], ...shown };
    });
    const isUp = fate === 'ready' && !misses;
    return {
      phase: isUp ? 'Running' : 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: isUp ? 'True' : 'False' },
      ],
      containerStatuses: containers.map((one) => ({
        imageID: '',
        ready: isUp,
        restartCount: 0,
        ...one,
      })),
    };
  }

  /** A pod does not start without the Secret that it is to read. */
  #missesSecret({ metadata, spec }: KubernetesJson): boolean {
    const names = [
      ...listAt(spec, 'volumes').map((volume) => at(volume, 'secret', 'secretName')),
      ...containersOf(spec)
        .flatMap((container) => listAt(container, 'env'))
        .map((variable) => at(variable, 'valueFrom', 'secretKeyRef', 'name')),
    ];
    return names.some(
      (name) =>
        typeof name === 'string' &&
        this.#store.find('Secret', metadata.namespace, name) === undefined,
    );
  }
}

const RUNNING = { state: { running: { startedAt: '2026-01-01T00:00:00Z' } } };
const ended = (exitCode: number, reason: string) => ({ terminated: { exitCode, reason } });
const crashing = (exitCode: number, reason: string) => ({
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: ended(exitCode, reason),
  restartCount: 4,
});

/** What the kubelet shows of a container. */
const SHOWN: Readonly<Record<PodFate, Json>> = {
  ready: RUNNING,
  'not-ready': RUNNING,
  'no-room': {},
  pulling: { state: { waiting: { reason: 'ContainerCreating' } } },
  'no-image': { state: { waiting: { reason: 'ImagePullBackOff' } } },
  'no-program': crashing(127, 'Error'),
  crash: crashing(1, 'Error'),
  'first-crash': { state: ended(1, 'Error'), restartCount: 0 },
  'out-of-memory': crashing(137, 'OOMKilled'),
};

function hashOf(template: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(template ?? null))
    .digest('hex')
    .slice(0, 10);
}

function ownerOf({ metadata }: KubernetesJson): string | undefined {
  return metadata.annotations?.['owner'];
}

function isReady({ status }: KubernetesJson): boolean {
  return listAt(status, 'conditions').some(
    (one) => one['type'] === 'Ready' && one['status'] === 'True',
  );
}
