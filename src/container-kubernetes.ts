import type { Config } from './config.ts';
import type { Clock } from './lib/clock.ts';
import { openKubernetes } from './runtimes/kubernetes-setup.ts';
import type { Runtime } from './runtimes/runtime.ts';

/** What the runtime for a cluster is built from. */
export interface KubernetesBasis {
  config: Pick<Config, 'kubernetes'>;
  clock: Clock;
}

/** What runs managed servers in a cluster. */
export interface Kubernetes {
  /** One, where the configuration wants it. */
  runtimes: readonly Runtime[];
  close(): Promise<void>;
}

/** Builds the runtime for a cluster, where the configuration wants it. The cluster is reached on first use. */
export function createKubernetes({ config, clock }: KubernetesBasis): Kubernetes {
  if (config.kubernetes === undefined) return { runtimes: [], close: async () => {} };
  const { runtime, close } = openKubernetes(config.kubernetes, { clock });
  return { runtimes: [runtime], close };
}
