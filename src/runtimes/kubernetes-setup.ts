import type { Clock } from '../lib/clock.ts';
import { createOutbound, type Outbound } from '../outbound/guarded-fetch.ts';
import { SystemResolver } from '../outbound/host-resolver.ts';
import { ManagedPolicy } from '../outbound/outbound-policy.ts';
import { ClusterAccessError, openAccess } from './kubernetes-access.ts';
import { KubernetesClient } from './kubernetes-client.ts';
import { FrontPolicy, type FrontReader, HttpFrontReader } from './kubernetes-fronts.ts';
import { ImageList } from './kubernetes-images.ts';
import { KubernetesRuntime } from './kubernetes-runtime.ts';
import { RuntimeFailure } from './runtime.ts';

/** What the operator says of the cluster. */
export interface KubernetesSettings {
  /** A kubeconfig; undefined: the account of the service's own pod. */
  configFile: string | undefined;
  /** Where servers run. */
  namespace: string;
  /** Where the service's own pods run. */
  serviceNamespace: string;
  /** Patterns of {@link ImageList}. */
  images: readonly string[];
  pullSecret: string | undefined;
  /** The service's own image. */
  frontImage: string;
  /** 0: never. */
  idleMinutes: number;
}

/** The runtime, and the ways out that it keeps open. */
export interface OpenKubernetes {
  runtime: KubernetesRuntime;
  close(): Promise<void>;
}

/** Makes the runtime. Nothing is read or reached before its first use. @param reader default: by way of the cluster's names */
export function openKubernetes(
  settings: KubernetesSettings,
  { clock, reader }: { clock: Clock; reader?: FrontReader },
): OpenKubernetes {
  const fronts = createOutbound({
    policy: new FrontPolicy(settings.namespace),
    resolver: new SystemResolver(),
  });
  const connection = new Connection(settings, clock);
  const runtime = new KubernetesRuntime({
    settings: { ...settings, images: new ImageList(settings.images) },
    client: () => connection.client(),
    fronts: reader ?? new HttpFrontReader(fronts, clock),
  });
  return {
    runtime,
    close: async () => {
      await Promise.all([connection.close(), fronts.close()]);
    },
  };
}

/** The client, made once; where that failed, it is tried again by whoever asks next. */
class Connection {
  readonly #settings: KubernetesSettings;
  readonly #clock: Clock;
  #opening: Promise<{ client: KubernetesClient; outbound: Outbound }> | undefined;

  constructor(settings: KubernetesSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** @throws RuntimeFailure RUNTIME_NOT_CONFIGURED */
  async client(): Promise<KubernetesClient> {
    this.#opening ??= this.#open();
    try {
      const { client } = await this.#opening;
      return client;
    } catch (cause) {
      this.#opening = undefined;
      if (!(cause instanceof ClusterAccessError)) throw cause;
      const { namespace: target } = this.#settings;
      throw new RuntimeFailure({ code: 'RUNTIME_NOT_CONFIGURED', target, cause });
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.outbound.close();
  }

  async #open(): Promise<{ client: KubernetesClient; outbound: Outbound }> {
    const library = await import('@kubernetes/client-node');
    const access = await openAccess(new library.KubeConfig(), this.#settings.configFile);
    const outbound = createOutbound({
      policy: new ManagedPolicy({ origins: [access.server] }),
      resolver: new SystemResolver(),
      secureContext: access.secureContext,
    });
    const client = new KubernetesClient({ library, access, outbound, clock: this.#clock });
    return { client, outbound };
  }
}
