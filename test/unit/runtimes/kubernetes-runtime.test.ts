import { openKubernetesBench } from '../../support/kubernetes/kubernetes-bench.ts';
import { describeRuntime } from '../../support/runtime-contract.ts';

describeRuntime('kubernetes', openKubernetesBench);
