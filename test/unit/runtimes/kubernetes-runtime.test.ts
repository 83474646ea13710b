import { vi } from 'vitest';
import {
  openKubernetesBench,
  openRealClusterBench,
} from '../../support/kubernetes/kubernetes-bench.ts';
import { describeRuntime } from '../../support/runtime-contract.ts';

describeRuntime('kubernetes', openKubernetesBench);

// A cluster to be tested against: its kubeconfig, and the service's image, which it can pull. Everything is made in the namespace that the
// kubeconfig names, and taken away again.
const { KUBERNETES_TEST_KUBECONFIG: configFile, KUBERNETES_TEST_IMAGE: image } = process.env;
if (configFile !== undefined && image !== undefined) {
  vi.setConfig({ testTimeout: 600_000 });
  describeRuntime('kubernetes, in a cluster', () => openRealClusterBench(configFile, image));
}
