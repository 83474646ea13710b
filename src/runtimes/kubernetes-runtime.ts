import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { KubernetesClient } from './kubernetes-client.ts';
import type { FrontReader } from './kubernetes-fronts.ts';
import type { ImageList } from './kubernetes-images.ts';
import { GENERATION_LABEL, isOwn, objectName, selectorOf } from './kubernetes-names.ts';
import { instanceObjects, type ObjectSettings } from './kubernetes-objects.ts';
import { SERVER_CONTAINER } from './kubernetes-pod.ts';
import { KubernetesRefusal } from './kubernetes-refusal.ts';
import { GONE, generationOf, statusOf } from './kubernetes-status.ts';
import { isAllowedVariable, isFileName } from './launch.ts';
import { LoggableCause } from './loggable-cause.ts';
import {
  type InstanceSpec,
  type InstanceStatus,
  type Placement,
  type Runtime,
  RuntimeFailure,
  type RuntimeProblem,
  type RuntimeProblemCode,
} from './runtime.ts';

/** What a {@link KubernetesRuntime} is made of. */
export interface KubernetesRuntimeOptions {
  settings: ObjectSettings & {
    images: ImageList;
    /** Minutes without a session after which a server is put to sleep; 0: never. */
    idleMinutes: number;
  };
  /** The way into the cluster. @throws RuntimeFailure where there is none */
  client: () => Promise<KubernetesClient>;
  fronts: FrontReader;
}

/** How often a change of somebody else, at the same moment, is looked at anew. */
const MAX_TRIES = 4;
const MAX_LOG_BYTES = 1024 * 1024;
const MAX_LINE = 2_000;
const MINUTE_SECONDS = 60;

/**
 * Servers in a cluster: a Deployment of one pod for each instance, with a Service, a NetworkPolicy and a Secret. The cluster is the only memory:
 * whatever this process forgets, labels tell. The target of an instance is its namespace.
 */
export class KubernetesRuntime implements Runtime {
  readonly kind = 'kubernetes';
  readonly #options: KubernetesRuntimeOptions;

  constructor(options: KubernetesRuntimeOptions) {
    this.#options = options;
  }

  async targets(signal: AbortSignal): Promise<readonly string[]> {
    const { namespace } = this.#options.settings;
    const problem = await this.#problem(signal);
    // One that refuses us is there: what is wrong shows when something is to run.
    return problem === undefined || problem.code === 'RUNTIME_REFUSED' ? [namespace] : [];
  }

  async obstacle(signal: AbortSignal): Promise<RuntimeProblem> {
    const { namespace: target } = this.#options.settings;
    return (await this.#problem(signal)) ?? { code: 'RUNTIME_UNREACHABLE', target };
  }

  async #problem(signal: AbortSignal): Promise<RuntimeProblem | undefined> {
    try {
      const client = await this.#options.client();
      await client.probe(this.#options.settings.namespace, signal);
      return undefined;
    } catch (error) {
      if (!(error instanceof RuntimeFailure)) throw error;
      return error.problem;
    }
  }

  async ensure(spec: InstanceSpec, target: string, signal: AbortSignal): Promise<void> {
    const { settings } = this.#options;
    if (target !== settings.namespace) {
      throw failure('RUNTIME_NOT_CONFIGURED', target, 'it is another namespace now');
    }
    const objects = instanceObjects(spec, this.#allowedImage(spec), settings);
    const client = await this.#options.client();
    const name = objectName(spec.instanceId);
    await this.#refuseStrangers(client, spec.instanceId, signal);
    await uncontested(async () => {
      const found = await client.findDeployment(name, target, signal);
      if (found !== undefined && !isOwn(found, spec.instanceId)) throw stranger(target, name);
      if (found !== undefined && (generationOf(found) ?? 0) > spec.generation) return;
      // What the pods need comes first, and who may reach them.
      await client.apply('secret', objects.secret, signal);
      await client.apply('service', objects.service, signal);
      await client.apply('networkPolicy', objects.networkPolicy, signal);
      await client.apply('deployment', unchangedSince(found, objects.deployment), signal);
      if (found !== undefined) await this.#forgetSecrets(client, found, spec, signal);
    });
  }

  async status(placement: Placement, signal: AbortSignal): Promise<InstanceStatus> {
    const { instanceId, target } = placement;
    try {
      const client = await this.#options.client();
      const found = await client.findDeployment(objectName(instanceId), target, signal);
      if (found === undefined || !isOwn(found, instanceId)) return GONE;
      if (found.metadata?.deletionTimestamp !== undefined) return GONE;
      const pods = await client.listPods(target, selectorOf(instanceId), signal);
      const status = statusOf(found, pods, placement);
      if (status.phase !== 'running' || status.url === undefined) return status;
      return await this.#withSessions(status, status.url, { client, found, signal });
    } catch (error) {
      if (!(error instanceof RuntimeFailure)) throw error;
      return { ...GONE, phase: 'unreachable', problem: error.problem };
    }
  }

  async stop({ instanceId, target }: Placement, signal: AbortSignal): Promise<void> {
    const client = await this.#options.client();
    const selector = selectorOf(instanceId);
    // The pods first: nothing of theirs is taken from them while they run.
    for (const kind of ['deployment', 'service', 'networkPolicy', 'secret'] as const) {
      await client.deleteAll(kind, target, selector, signal);
    }
  }

  async logs(
    { instanceId, target }: Placement,
    { lines }: { lines: number },
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const client = await this.#options.client();
    const pods = await client.listPods(target, selectorOf(instanceId), signal);
    const [newest] = [...pods].sort((a, b) => createdAt(b) - createdAt(a));
    const name = newest?.metadata?.name;
    if (name === undefined) return [];
    const text = await client.readLog(
      { name, namespace: target, container: SERVER_CONTAINER },
      { lines, bytes: MAX_LOG_BYTES },
      signal,
    );
    const all = (text ?? '').split('\n');
    // What was cut off there may end in the middle of something that nobody is to see.
    if (Buffer.byteLength(text ?? '') >= MAX_LOG_BYTES) all.pop();
    const told = all.filter((line) => line !== '');
    return told.slice(-lines).map((line) => line.slice(0, MAX_LINE));
  }

  async wake({ instanceId, target }: Placement, signal: AbortSignal): Promise<void> {
    const client = await this.#options.client();
    await uncontested(async () => {
      const found = await client.findDeployment(objectName(instanceId), target, signal);
      if (found === undefined || !isOwn(found, instanceId) || found.spec?.replicas !== 0) return;
      await client.scale(found, 1, signal);
    });
  }

  /** @throws RuntimeFailure LAUNCH_NOT_ALLOWED for what the operator's list does not have, or the cluster cannot run */
  #allowedImage({ launch, environment, files }: InstanceSpec): string {
    const { images, namespace } = this.#options.settings;
    const refuse = (cause: string) => failure('LAUNCH_NOT_ALLOWED', namespace, cause);
    const { image, command = [], speaks } = launch;
    if (image === undefined) throw refuse('there is no image');
    if (!images.allows(image)) throw refuse('the image is not on the list');
    // What an image starts by itself is known when it is pulled, and has to be wrapped before.
    if (speaks === 'stdio' && command.length === 0) throw refuse('there is no command');
    const variables = [
      ...Object.keys({ ...launch.environment, ...environment }),
      ...files.map(({ variable }) => variable),
    ];
    if (!variables.every(isAllowedVariable)) throw refuse('a variable is not allowed');
    if (!files.every(({ name }) => isFileName(name)))
      throw refuse('a file has a name that is none');
    return image;
  }

  /** What has our names, and is not ours, is left alone. @throws RuntimeFailure RUNTIME_REFUSED */
  async #refuseStrangers(
    client: KubernetesClient,
    instanceId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { namespace } = this.#options.settings;
    const name = objectName(instanceId);
    for (const kind of ['service', 'networkPolicy'] as const) {
      const labels = await client.findLabels(kind, name, namespace, signal);
      if (labels !== undefined && !isOwn({ metadata: { labels } }, instanceId))
        throw stranger(namespace, name);
    }
  }

  /** Secrets of generations that nothing runs with any more, nor would after a failed start. */
  async #forgetSecrets(
    client: KubernetesClient,
    before: V1Deployment,
    { instanceId, generation }: InstanceSpec,
    signal: AbortSignal,
  ): Promise<void> {
    if (generationOf(before) === generation) return;
    const { namespace } = this.#options.settings;
    const selector = selectorOf(instanceId);
    const pods = await client.listPods(namespace, selector, signal);
    const kept = new Set([generation, generationOf(before), ...pods.map(generationOf)]);
    const others = `${GENERATION_LABEL} notin (${[...kept].filter((one) => one !== undefined).join(',')})`;
    await client.deleteAll('secret', namespace, `${selector},${others}`, signal);
  }

  /** Asks the front for its sessions, and puts a server to sleep that nobody has used for long. */
  async #withSessions(
    status: InstanceStatus,
    url: string,
    {
      client,
      found,
      signal,
    }: { client: KubernetesClient; found: V1Deployment; signal: AbortSignal },
  ): Promise<InstanceStatus> {
    const { settings, fronts } = this.#options;
    const use = await fronts.read(url, signal);
    if (use === undefined) return status;
    const idleSeconds = settings.idleMinutes * MINUTE_SECONDS;
    const isAsleep = idleSeconds > 0 && use.sessions === 0 && use.idleSeconds >= idleSeconds;
    // One that is being replaced is not at rest.
    if (!isAsleep || status.generation !== generationOf(found) || status.problem !== undefined) {
      return { ...status, sessions: use.sessions };
    }
    try {
      await client.scale(found, 0, signal);
    } catch (error) {
      // Somebody changed it just now; the next look decides.
      if (!isConflict(error)) throw error;
      return { ...status, sessions: use.sessions };
    }
    return { ...status, phase: 'idle' };
  }
}

/** The Deployment, to be applied only as long as nobody else has changed the one that was looked at. */
function unchangedSince(found: V1Deployment | undefined, wanted: V1Deployment): V1Deployment {
  const resourceVersion = found?.metadata?.resourceVersion;
  if (resourceVersion === undefined) return wanted;
  return { ...wanted, metadata: { ...wanted.metadata, resourceVersion } };
}

/** Looks and changes anew, where somebody else changed it in between. */
async function uncontested(change: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await change();
    } catch (error) {
      if (!isConflict(error) || tries === MAX_TRIES) throw error;
    }
  }
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof RuntimeFailure)) return false;
  const { cause } = error.problem;
  return cause instanceof KubernetesRefusal && cause.status === 409;
}

function createdAt({ metadata }: V1Pod): number {
  return metadata?.creationTimestamp?.getTime() ?? 0;
}

function failure(code: RuntimeProblemCode, target: string, words: string): RuntimeFailure {
  return new RuntimeFailure({ code, target, cause: new LoggableCause(words) });
}

function stranger(target: string, name: string): RuntimeFailure {
  return failure('RUNTIME_REFUSED', target, `there is a ${name} that is not ours`);
}
