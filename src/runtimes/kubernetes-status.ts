import type {
  V1ContainerStatus,
  V1Deployment,
  V1DeploymentCondition,
  V1Pod,
} from '@kubernetes/client-node';
import { GENERATION_LABEL, objectName } from './kubernetes-names.ts';
import { endpointUrl } from './kubernetes-objects.ts';
import { FRONT_CONTAINER, SERVER_CONTAINER } from './kubernetes-pod.ts';
import { LoggableCause } from './loggable-cause.ts';
import {
  type InstanceStatus,
  MAX_GENERATION,
  type Placement,
  type RuntimeProblem,
  type RuntimeProblemCode,
} from './runtime.ts';

/** What an instance is found to be doing, short of where it is. */
type Finding = Pick<InstanceStatus, 'phase' | 'step' | 'problem' | 'generation'>;

/** Reasons of waiting containers. https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go */
const WAITING: Readonly<Record<string, RuntimeProblemCode>> = {
  ImagePullBackOff: 'LAUNCH_NOT_FOUND',
  ErrImageNeverPull: 'LAUNCH_NOT_FOUND',
  InvalidImageName: 'LAUNCH_NOT_FOUND',
  // The program is not in the image, or cannot be started.
  RunContainerError: 'LAUNCH_NOT_FOUND',
  CreateContainerError: 'LAUNCH_NOT_FOUND',
  // The image wants another account than it gets, or a Secret is missing.
  CreateContainerConfigError: 'RUNTIME_REFUSED',
};

/** Exit codes of what could not be started: no such program, no right to it, and what containerd says in its place. */
const NOT_STARTED: ReadonlySet<number> = new Set([126, 127, 128]);

/** What nobody has to be told of: there is no such instance. */
export const GONE: InstanceStatus = {
  phase: 'gone',
  generation: undefined,
  url: undefined,
  step: undefined,
  problem: undefined,
  sessions: 0,
};

/** Tells from what the cluster says of an instance's Deployment and pods what the instance is doing. */
export function statusOf(
  deployment: V1Deployment,
  pods: readonly V1Pod[],
  { instanceId, target }: Placement,
): InstanceStatus {
  const port = frontPortOf(deployment);
  return {
    ...finding(deployment, pods.filter(isLive), target),
    url: port === undefined ? undefined : endpointUrl(instanceId, port, target),
    sessions: 0,
  };
}

function finding(deployment: V1Deployment, pods: readonly V1Pod[], target: string): Finding {
  const wanted = generationOf(deployment);
  if (deployment.spec?.replicas === 0) {
    return { phase: 'idle', generation: wanted, step: undefined, problem: undefined };
  }
  const problem = problemOf(deployment, pods, target);
  const serving = pods.filter(isReady).map(generationOf);
  // The one that was there before serves on while the next one does not come up.
  const generation = serving.includes(wanted) ? wanted : serving[0];
  if (generation !== undefined) {
    const isNew = generation === wanted;
    return { phase: 'running', generation, step: undefined, problem: isNew ? undefined : problem };
  }
  const phase = problem === undefined || isUnscheduled(pods) ? 'starting' : 'failed';
  return { phase, generation: wanted, step: stepOf(pods), problem };
}

function problemOf(
  deployment: V1Deployment,
  pods: readonly V1Pod[],
  target: string,
): RuntimeProblem | undefined {
  const wanted = generationOf(deployment);
  const newest = pods.filter((pod) => generationOf(pod) === wanted);
  const [code, reason] =
    newest.map(podProblem).find((found) => found !== undefined) ??
    conditionProblem(deployment.status?.conditions ?? []) ??
    [];
  if (code === undefined) return undefined;
  return {
    code,
    target,
    cause: new LoggableCause(`${objectName(instanceOf(deployment))}: ${reason}`),
  };
}

type Found = readonly [code: RuntimeProblemCode, reason: string];

/** Reasons are words of the cluster's own; messages are not read. */
function podProblem(pod: V1Pod): Found | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  for (const container of [...initContainerStatuses, ...containerStatuses]) {
    const found = containerProblem(container);
    if (found !== undefined) return found;
  }
  return isUnscheduled([pod]) ? ['RUNTIME_REFUSED', 'Unschedulable'] : undefined;
}

function containerProblem({
  name,
  state,
  lastState,
  restartCount,
}: V1ContainerStatus): Found | undefined {
  const waiting = state?.waiting?.reason;
  const ended = state?.terminated ?? lastState?.terminated;
  const code = WAITING[waiting ?? ''];
  if (code !== undefined) return [code, `${name} ${waiting}`];
  // Once may happen; the cluster starts it anew, in growing pauses.
  const isEnding = waiting === 'CrashLoopBackOff' || (state?.terminated && restartCount > 0);
  if (!isEnding || ended === undefined) return undefined;
  if (ended.reason === 'OOMKilled') return ['SERVER_OUT_OF_MEMORY', `${name} OOMKilled`];
  const why = `${name} ended with ${ended.exitCode}`;
  // What is in front of a server ends when the server does not answer it.
  if (name !== SERVER_CONTAINER) return ['SERVER_NOT_READY', why];
  return [NOT_STARTED.has(ended.exitCode) ? 'LAUNCH_NOT_FOUND' : 'SERVER_EXITED', why];
}

function conditionProblem(conditions: readonly V1DeploymentCondition[]): Found | undefined {
  const is = (type: string, status: string) =>
    conditions.find((one) => one.type === type && one.status === status);
  // A quota, or a policy of the cluster, lets no pod be made.
  const refused = is('ReplicaFailure', 'True');
  if (refused !== undefined) return ['RUNTIME_REFUSED', refused.reason ?? 'ReplicaFailure'];
  const late = is('Progressing', 'False');
  return late === undefined ? undefined : ['SERVER_NOT_READY', late.reason ?? 'Progressing'];
}

function stepOf(pods: readonly V1Pod[]): string {
  const [pod] = pods;
  if (pod === undefined) return 'creating-pod';
  if (isUnscheduled(pods)) return 'waiting-for-room';
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const all = [...initContainerStatuses, ...containerStatuses];
  if (all.some(({ state }) => state?.waiting?.reason === 'ErrImagePull')) return 'pulling-image';
  const isPulling = containerStatuses.some(({ state }) => state?.waiting !== undefined);
  if (all.length === 0 || isPulling) return 'pulling-image';
  return 'starting-server';
}

function isLive({ metadata, status }: V1Pod): boolean {
  return metadata?.deletionTimestamp === undefined && status?.phase !== 'Failed';
}

function isReady({ status }: V1Pod): boolean {
  return (status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');
}

function isUnscheduled(pods: readonly V1Pod[]): boolean {
  return pods.some(({ status }) =>
    (status?.conditions ?? []).some(
      (one) =>
        one.type === 'PodScheduled' && one.status === 'False' && one.reason === 'Unschedulable',
    ),
  );
}

/** The generation that a Deployment wants, or a pod was made for; undefined where somebody took the label away, or wrote another one. */
export function generationOf(object: V1Deployment | V1Pod): number | undefined {
  const text = object.metadata?.labels?.[GENERATION_LABEL] ?? '';
  const generation = /^\d{1,15}$/.test(text) ? Number(text) : MAX_GENERATION + 1;
  return generation <= MAX_GENERATION ? generation : undefined;
}

function instanceOf(deployment: V1Deployment): string {
  return (deployment.metadata?.name ?? '').slice('mcp-'.length);
}

function frontPortOf({ spec }: V1Deployment): number | undefined {
  const front = spec?.template.spec?.containers.find(({ name }) => name === FRONT_CONTAINER);
  return front?.ports?.[0]?.containerPort;
}
