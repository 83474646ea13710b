import type {
  V1Deployment,
  V1NetworkPolicyEgressRule,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
  V1ObjectMeta,
  V1Secret,
  V1Service,
} from '@kubernetes/client-node';
import {
  GENERATION_LABEL,
  INSTANCE_LABEL,
  labelsOf,
  objectName,
  secretName,
} from './kubernetes-names.ts';
import {
  BEARER_KEY,
  FRONT_PORT_NAME,
  fileKey,
  frontPort,
  type PodSettings,
  podTemplate,
  variableKey,
} from './kubernetes-pod.ts';
import type { InstanceSpec } from './runtime.ts';

/** What an operator decides for all servers in the cluster. */
export interface ObjectSettings extends PodSettings {
  /** Where the objects are. */
  namespace: string;
  /** Where the service's own pods are, which alone may call. */
  serviceNamespace: string;
}

/** As it is on the wire: the library's own type calls `from` otherwise. */
export interface NetworkPolicy {
  apiVersion: 'networking.k8s.io/v1';
  kind: 'NetworkPolicy';
  metadata: V1ObjectMeta;
  spec: {
    podSelector: { matchLabels: Record<string, string> };
    policyTypes: string[];
    ingress: { from: V1NetworkPolicyPeer[]; ports: V1NetworkPolicyPort[] }[];
    egress: V1NetworkPolicyEgressRule[];
  };
}

/** All that is made for an instance. */
export interface InstanceObjects {
  secret: V1Secret;
  service: V1Service;
  networkPolicy: NetworkPolicy;
  deployment: V1Deployment;
}

/** Seconds after which a start that made no progress counts as failed: a little less than it gets at all. */
const PROGRESS_DEADLINE_SECONDS = 110;

/**
 * Where servers may not go, as users' connectors may not: addresses that are not public. The same as in
 * `kubernetes/service/network-policy.yaml`; a test compares them.
 */
export const PRIVATE_NETWORKS = {
  '0.0.0.0/0': [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ],
  '::/0': ['::1/128', '::ffff:0:0/96', '64:ff9b::/96', 'fc00::/7', 'fe80::/10', 'ff00::/8'],
} as const;

/** The objects of an instance. No secret is anywhere but in the Secret. @param image of its launch, which is allowed */
export function instanceObjects(
  spec: InstanceSpec,
  image: string,
  settings: ObjectSettings,
): InstanceObjects {
  const metadata = {
    name: objectName(spec.instanceId),
    namespace: settings.namespace,
    labels: labelsOf(spec),
  };
  return {
    secret: secretOf(spec, settings),
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: { [INSTANCE_LABEL]: spec.instanceId },
        ports: [
          {
            name: FRONT_PORT_NAME,
            port: frontPort(spec.launch),
            protocol: 'TCP',
            targetPort: FRONT_PORT_NAME,
          },
        ],
      },
    },
    networkPolicy: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: networkPolicySpec(spec.instanceId, settings),
    },
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        ...metadata,
        labels: { ...metadata.labels, [GENERATION_LABEL]: String(spec.generation) },
      },
      spec: {
        // No `replicas`: one at first, and then as SCALE_MANAGER says.
        selector: { matchLabels: { [INSTANCE_LABEL]: spec.instanceId } },
        // What runs is taken away when the next one answers, and not before: one that never does replaces nothing.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        revisionHistoryLimit: 1,
        progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS,
        template: podTemplate(spec, image, settings),
      },
    },
  };
}

/** The endpoint of an instance, inside of the cluster. */
export function endpointUrl(instanceId: string, port: number, namespace: string): string {
  return `http://${objectName(instanceId)}.${namespace}.svc.cluster.local:${port}/mcp`;
}

function secretOf(spec: InstanceSpec, { namespace }: ObjectSettings): V1Secret {
  const values: [string, string][] = [
    [BEARER_KEY, spec.bearer],
    ...Object.entries(spec.environment).map(([name, value]): [string, string] => [
      variableKey(name),
      value,
    ]),
    ...spec.files.map(({ name, content }): [string, string] => [fileKey(name), content]),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretName(spec.instanceId, spec.generation),
      namespace,
      labels: { ...labelsOf(spec), [GENERATION_LABEL]: String(spec.generation) },
    },
    type: 'Opaque',
    // What a pod started with is what it starts with again.
    immutable: true,
    data: Object.fromEntries(
      values.map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
    ),
  };
}

function networkPolicySpec(
  instanceId: string,
  { serviceNamespace }: ObjectSettings,
): NetworkPolicy['spec'] {
  const namespace = (name: string) => ({
    matchLabels: { 'kubernetes.io/metadata.name': name },
  });
  return {
    podSelector: { matchLabels: { [INSTANCE_LABEL]: instanceId } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          {
            namespaceSelector: namespace(serviceNamespace),
            podSelector: {
              matchLabels: {
                'app.kubernetes.io/name': 'mcp-connectors',
                'app.kubernetes.io/component': 'service',
              },
            },
          },
        ],
        ports: [{ port: FRONT_PORT_NAME, protocol: 'TCP' }],
      },
    ],
    egress: [
      {
        to: [{ namespaceSelector: namespace('kube-system') }],
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
      {
        to: Object.entries(PRIVATE_NETWORKS).map(([cidr, except]) => ({
          ipBlock: { cidr, except: [...except] },
        })),
      },
    ],
  };
}
