import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import type { FrontReader, FrontUse } from '../../../src/runtimes/kubernetes-fronts.ts';
import { type KubernetesSettings, openKubernetes } from '../../../src/runtimes/kubernetes-setup.ts';
import type { Launch } from '../../../src/runtimes/launch.ts';
import type { InstanceSpec } from '../../../src/runtimes/runtime.ts';
import type { RuntimeBench } from '../runtime-contract.ts';
import { KubernetesApiServer, type PolicyRule } from './api-server.ts';

/** The namespace of the servers. */
export const SERVERS = 'mcp-connectors-servers';
/** What may run; see {@link settingsFor}. */
export const IMAGE = 'registry.example.com/mcp/server:1';
const BROKEN_IMAGE = 'registry.example.com/mcp/broken:1';
const ROLE = path.resolve(import.meta.dirname, '../../../kubernetes/runtime/role.yaml');

/** A server that speaks over stdio. */
export function launchOf(image = IMAGE, changes: Partial<Launch> = {}): Launch {
  return {
    ...{ command: ['node', 'server.js'], image, speaks: 'stdio', port: 9000, path: '/mcp' },
    ...{ environment: {}, memoryMb: 256, cpuMillis: 500 },
    ...changes,
  };
}

/** An instance nobody has seen yet. */
export function instanceOf(changes: Partial<InstanceSpec> = {}): InstanceSpec {
  return {
    ...{ instanceId: randomUUID(), deploymentId: randomUUID(), entryKey: 'github' },
    launch: launchOf(),
    ...{ environment: { API_TOKEN: `s3cret-${randomUUID()}` }, files: [] },
    bearer: randomBytes(32).toString('base64url'),
    generation: 1,
    ...changes,
  };
}

/** Settings for a cluster, all that is needed. */
function settingsFor(
  configFile: string,
  changes: Partial<KubernetesSettings> = {},
): KubernetesSettings {
  return {
    ...{ configFile, namespace: SERVERS, serviceNamespace: 'mcp-connectors' },
    images: ['registry.example.com/mcp/*'],
    pullSecret: 'mcp-connectors-registry',
    frontImage: 'registry.example.com/mcp-connectors:0.1.0',
    idleMinutes: 30,
    ...changes,
  };
}

/** Tells what a test wants to be told of every server. */
class FakeFronts implements FrontReader {
  use: FrontUse | undefined;

  async read(): Promise<FrontUse | undefined> {
    return this.use;
  }
}

/** The runtime with an API server of ours, which gives it the rights that the manifests give the service. */
export async function openCluster(clock: Clock = systemClock) {
  const cluster = await KubernetesApiServer.start([SERVERS]);
  cluster.rules = roleRules();
  const fronts = new FakeFronts();
  const open = (changes: Partial<KubernetesSettings> = {}) =>
    openKubernetes(settingsFor(cluster.writeKubeconfig(), changes), { clock, reader: fronts });
  const { runtime, close } = open();
  return {
    ...{ cluster, runtime, fronts, open },
    close: async () => {
      await close();
      await cluster.close();
    },
  };
}

/** The same, for the tests that all runtimes share. */
export async function openKubernetesBench(): Promise<RuntimeBench> {
  const { cluster, runtime, close } = await openCluster();
  cluster.pods.decide(BROKEN_IMAGE, 'no-image');
  return {
    ...{ runtime, close, launch: launchOf(), unknownTarget: 'elsewhere' },
    broken: { launch: launchOf(BROKEN_IMAGE), codes: ['LAUNCH_NOT_FOUND'] },
    count: async (instanceId) =>
      cluster.left(SERVERS, instanceId).filter((one) => one.startsWith('Pod ')).length,
  };
}

/**
 * The same with a cluster that somebody has, and whose rights the kubeconfig gives.
 * @param image of the service, which is both the front and, with one of its programs, the server
 */
export async function openRealClusterBench(
  configFile: string,
  image: string,
): Promise<RuntimeBench> {
  const config = new KubeConfig();
  config.loadFromFile(configFile);
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
  const { runtime, close } = openKubernetes(
    settingsFor(configFile, {
      ...{ namespace, frontImage: image, images: [image, BROKEN_IMAGE], idleMinutes: 0 },
      pullSecret: undefined,
    }),
    { clock: systemClock, reader: new FakeFronts() },
  );
  const pods = config.makeApiClient(CoreV1Api);
  const launch = launchOf(image, {
    ...{ command: ['node', 'dist/gmail-server.js'], speaks: 'http', port: 8090 },
    environment: { GMAIL_HOST: '127.0.0.1' },
  });
  return {
    ...{ runtime, close, launch, unknownTarget: 'nowhere-at-all' },
    broken: { launch: launchOf(BROKEN_IMAGE), codes: ['LAUNCH_NOT_FOUND'] },
    count: async (instanceId) => {
      const labelSelector = `mcp-connectors/instance=${instanceId}`;
      const { items } = await pods.listNamespacedPod({ namespace, labelSelector });
      return items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined).length;
    },
    tick: () => systemClock.sleep(1_000),
  };
}

function roleRules(): PolicyRule[] {
  return parse(readFileSync(ROLE, 'utf8')).rules;
}
