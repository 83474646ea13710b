import type * as Library from '@kubernetes/client-node';
import type {
  ConfigurationOptions,
  HttpLibrary,
  RequestContext,
  V1Deployment,
  V1Pod,
} from '@kubernetes/client-node';
import type { Clock } from '../lib/clock.ts';
import { startDeadline } from '../lib/deadline.ts';
import type { Outbound, OutboundRequest } from '../outbound/guarded-fetch.ts';
import type { ClusterAccess } from './kubernetes-access.ts';
import { FIELD_MANAGER, SCALE_MANAGER } from './kubernetes-names.ts';
import type { InstanceObjects } from './kubernetes-objects.ts';
import { failureOf, KubernetesRefusal, KubernetesSilence } from './kubernetes-refusal.ts';

/** What {@link KubernetesClient} needs. */
export interface KubernetesClientOptions {
  /** Is loaded where a cluster is used only: it takes half a second, and 80 MB. */
  library: typeof Library;
  access: Pick<ClusterAccess, 'server' | 'headers'>;
  /** Leads to the API server, and nowhere else. */
  outbound: Pick<Outbound, 'request'>;
  clock: Pick<Clock, 'sleep'>;
}

/** What is said, and expected, of one request. */
interface Exchange {
  /** Of a patch: the library does not know how to choose. Undefined: as the library says. */
  contentType?: string;
  /** How the type of the answer begins. */
  answers: string;
}

/** The kinds that are made for an instance. */
export type ObjectKind = keyof InstanceObjects;

const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';
/** Milliseconds that one request to the API server may take. */
const TIMEOUT_MS = 15_000;
/** More than a pod's description has, with all that others may have added to it. */
const MAX_BYTES = 4 * 1024 * 1024;
/** An instance has one pod, and two while it is replaced; what was evicted stays for a while. */
const MAX_PODS = 50;

/**
 * The few requests that a server in the cluster needs, by the library's typed operations over a way out of our own: no redirect is followed,
 * answers are bounded, and nothing else than the cluster is reached.
 * @throws RuntimeFailure from every operation; 404 is an answer where the operation says so
 */
export class KubernetesClient {
  readonly #apps;
  readonly #core;
  readonly #networking;
  readonly #options: KubernetesClientOptions;

  constructor(options: KubernetesClientOptions) {
    this.#options = options;
    const { library, access } = options;
    const configuration = library.createConfiguration({
      baseServer: new library.ServerConfiguration(access.server, {}),
    });
    this.#apps = new library.AppsV1Api(configuration);
    this.#core = new library.CoreV1Api(configuration);
    this.#networking = new library.NetworkingV1Api(configuration);
  }

  /** Undefined where there is none of this name. */
  async findDeployment(
    name: string,
    namespace: string,
    signal: AbortSignal,
  ): Promise<V1Deployment | undefined> {
    return this.#ask(namespace, signal, async (options) => {
      const found = await this.#apps
        .readNamespacedDeployment({ name, namespace }, options)
        .catch(orNothing);
      if (found !== undefined && found.metadata?.name !== name) throw notKubernetes();
      return found;
    });
  }

  /** Labels of the object of this name; undefined where there is none. */
  async findLabels(
    kind: 'service' | 'networkPolicy',
    name: string,
    namespace: string,
    signal: AbortSignal,
  ): Promise<Record<string, string> | undefined> {
    const one = { name, namespace };
    return this.#ask(namespace, signal, async (options) => {
      const found = await (kind === 'service'
        ? this.#core.readNamespacedService(one, options)
        : this.#networking.readNamespacedNetworkPolicy(one, options)
      ).catch(orNothing);
      return found === undefined ? undefined : (found.metadata?.labels ?? {});
    });
  }

  /** Are there rights to what the service does, and somebody who answers? */
  async probe(namespace: string, signal: AbortSignal): Promise<void> {
    await this.#ask(namespace, signal, (options) =>
      this.#apps.listNamespacedDeployment({ namespace, limit: 1 }, options),
    );
  }

  async listPods(namespace: string, selector: string, signal: AbortSignal): Promise<V1Pod[]> {
    const param = { namespace, labelSelector: selector, limit: MAX_PODS };
    return this.#ask(namespace, signal, async (options) => {
      const { items } = await this.#core.listNamespacedPod(param, options);
      if (!Array.isArray(items)) throw notKubernetes();
      return items;
    });
  }

  /**
   * Creates or changes the object, as far as it is ours. Fields that somebody else changed are taken back, but those of a Secret: one that
   * others made is not taken over.
   */
  async apply<Kind extends ObjectKind>(
    kind: Kind,
    body: InstanceObjects[Kind],
    signal: AbortSignal,
  ): Promise<void> {
    const { name = '', namespace = '' } = body.metadata ?? {};
    const param = {
      ...{ name, namespace, body, fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' },
      force: kind !== 'secret',
    };
    const send: Record<ObjectKind, (options: ConfigurationOptions) => Promise<unknown>> = {
      secret: (options) => this.#core.patchNamespacedSecret(param, options),
      service: (options) => this.#core.patchNamespacedService(param, options),
      networkPolicy: (options) => this.#networking.patchNamespacedNetworkPolicy(param, options),
      deployment: (options) => this.#apps.patchNamespacedDeployment(param, options),
    };
    await this.#ask(namespace, signal, send[kind], { contentType: APPLY });
  }

  /** How many pods there are to be. @param seen refused where it has changed since */
  async scale(seen: V1Deployment, replicas: number, signal: AbortSignal): Promise<void> {
    const { name = '', namespace = '', resourceVersion } = seen.metadata ?? {};
    const body = { metadata: { resourceVersion }, spec: { replicas } };
    const param = { name, namespace, body, fieldManager: SCALE_MANAGER };
    await this.#ask(
      namespace,
      signal,
      (options) => this.#apps.patchNamespacedDeployment(param, options),
      { contentType: MERGE },
    );
  }

  /** Deletes all objects of a kind that the selector finds, and what they own. */
  async deleteAll(
    kind: ObjectKind,
    namespace: string,
    selector: string,
    signal: AbortSignal,
  ): Promise<void> {
    const param = { namespace, labelSelector: selector, propagationPolicy: 'Background' };
    const send: Record<ObjectKind, (options: ConfigurationOptions) => Promise<unknown>> = {
      secret: (options) => this.#core.deleteCollectionNamespacedSecret(param, options),
      service: (options) => this.#core.deleteCollectionNamespacedService(param, options),
      networkPolicy: (options) =>
        this.#networking.deleteCollectionNamespacedNetworkPolicy(param, options),
      deployment: (options) => this.#apps.deleteCollectionNamespacedDeployment(param, options),
    };
    // A namespace that is gone has nothing in it.
    await this.#ask(namespace, signal, (options) => send[kind](options).catch(orNothing));
  }

  /** The end of what a container wrote; undefined where it has not begun. */
  async readLog(
    pod: { name: string; namespace: string; container: string },
    bounds: { lines: number; bytes: number },
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const param = { ...pod, tailLines: bounds.lines, limitBytes: bounds.bytes };
    const read = async (options: ConfigurationOptions) => {
      try {
        return await this.#core.readNamespacedPodLog(param, options);
      } catch (error) {
        // 400: it waits to start, or it is not there any more.
        if (error instanceof KubernetesRefusal && [400, 404].includes(error.status)) return;
        throw error;
      }
    };
    return this.#ask(pod.namespace, signal, read, { answers: 'text/' });
  }

  async #ask<Answer>(
    namespace: string,
    signal: AbortSignal,
    send: (options: ConfigurationOptions) => Promise<Answer>,
    exchange: Partial<Exchange> = {},
  ): Promise<Answer> {
    const deadline = startDeadline(this.#options.clock, TIMEOUT_MS);
    const both = AbortSignal.any([signal, deadline.signal]);
    try {
      const httpApi = this.#transport(both, { answers: 'application/json', ...exchange });
      return await send({ httpApi });
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, namespace);
    } finally {
      deadline.release();
    }
  }

  /** What the library sends by. */
  #transport(signal: AbortSignal, { contentType, answers }: Exchange): HttpLibrary {
    const { library, access, outbound } = this.#options;
    return library.wrapHttpLibrary({
      send: async (context: RequestContext) => {
        const answer = await outbound.request(context.getUrl(), {
          method: methodOf(context),
          headers: {
            ...context.getHeaders(),
            ...(contentType !== undefined && { 'Content-Type': contentType }),
            ...(await access.headers()),
          },
          body: bodyOf(context),
          signal,
          maxBytes: MAX_BYTES,
        });
        const text = await answer.text();
        if (answer.status >= 400) throw new KubernetesRefusal(answer.status, text);
        if (answer.headers['content-type']?.startsWith(answers) !== true) throw notKubernetes();
        return new library.ResponseContext(answer.status, answer.headers, {
          text: async () => text,
          binary: async () => Buffer.from(text),
        });
      },
    });
  }
}

function orNothing(error: unknown): undefined {
  if (error instanceof KubernetesRefusal && error.status === 404) return undefined;
  throw error;
}

function notKubernetes(): KubernetesSilence {
  return new KubernetesSilence('What answers is no API server.');
}

function methodOf(context: RequestContext): OutboundRequest['method'] {
  const method = context.getHttpMethod().toString();
  if (method === 'GET' || method === 'PATCH' || method === 'DELETE') return method;
  throw new TypeError(`No operation of ours sends ${method}.`);
}

function bodyOf(context: RequestContext): string | null {
  const body = context.getBody();
  if (body === undefined) return null;
  if (typeof body === 'string') return body;
  throw new TypeError('Only text is sent.');
}
