import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../../../src/modules/catalog/index.ts';
import { readCatalog } from '../../../src/modules/catalog/index.ts';
import { ImageList } from '../../../src/runtimes/kubernetes-images.ts';
import { podTemplate } from '../../../src/runtimes/kubernetes-pod.ts';
import { writeCatalogFile } from '../../integration/catalog/support.ts';
import { instanceOf } from '../../support/kubernetes/kubernetes-bench.ts';
import { expectValid, objectsIn, readManifests } from '../../support/kubernetes/manifests.ts';
import { containersOf, restrictedProblems } from '../../support/kubernetes/object-rules.ts';

const { folder, kustomization, objects, find, read } = readManifests('servers');
const { namespace = '' } = kustomization;
const entries = readCatalog({ file: undefined, namespace });
/** Nothing runs behind it before its feature is there; the address is kept for it. */
const RESERVED = ['google-workspace'];
const offered = entries.filter(({ key }) => !RESERVED.includes(key));
/** Images of entries that name none: the service's own, and one that is built here. */
const BUILT: Readonly<Record<string, string>> = {
  gmail: 'mcp-connectors',
  'google-cloud': 'mcp-connectors-google-cloud',
};

const addressOf = ({ url }: CatalogEntry) => new URL(url ?? 'none:');
const serviceOf = (entry: CatalogEntry) => addressOf(entry).hostname.split('.')[0] ?? '';
const podOf = (name: string) => find('Deployment', name).spec?.template.spec;

describe('the manifests of the catalog', () => {
  it('have a Deployment and a Service for each entry, and none besides', () => {
    const names = (kind: string) =>
      objects.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
    const wanted = offered.map(serviceOf).sort();
    expect(names('Service').sort()).toEqual(wanted);
    expect(names('Deployment').sort()).toEqual(wanted);
    const reserved = entries.filter(({ key }) => RESERVED.includes(key));
    expect(reserved.map(({ gate }) => gate)).toEqual(RESERVED);
  });

  it.each(offered.map((entry) => [entry.key, entry] as const))(
    'say the same of %s as its entry: where it is, and what runs',
    (key, entry) => {
      const url = addressOf(entry);
      const name = serviceOf(entry);
      expect(url.hostname).toBe(`${name}.${namespace}.svc.cluster.local`);
      const { ports = [], selector } = find('Service', name).spec ?? {};
      expect(ports.map(({ port }) => String(port))).toEqual([url.port]);
      expect(ports[0]?.targetPort).toBe('http');
      expect(selector).toEqual(find('Deployment', name).spec?.template.metadata?.labels);
      expect(find('Deployment', name).spec?.selector.matchLabels).toEqual(selector);

      const containers = podOf(name)?.containers ?? [];
      const listener = containers.find((one) => one.ports !== undefined);
      expect(listener?.ports).toEqual([{ name: 'http', containerPort: Number(url.port) }]);
      // It is told both: in its arguments, or by variables.
      const told = JSON.stringify([listener?.command, listener?.args, listener?.env]);
      if (key !== 'gmail') expect(told).toContain(url.pathname);
      expect(told).toContain(url.port);
      const server = containers.find((one) => one.name === 'server');
      expect(server?.image).toBe(entry.image ?? BUILT[key]);
    },
  );

  it('tell Gmail the address that the catalog has', () => {
    const gmail = entries.find(({ key }) => key === 'gmail');
    const [server] = podOf('gmail-server')?.containers ?? [];
    const address = server?.env?.find(({ name }) => name === 'GMAIL_PUBLIC_URL')?.value;
    expect(`${address}/mcp`).toBe(gmail?.url);
  });

  it('keep to the restricted pod security standard, with limits, without an account at the cluster', () => {
    for (const entry of offered) {
      const pod = podOf(serviceOf(entry));
      expect(restrictedProblems(pod), entry.key).toEqual([]);
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      for (const container of containersOf(pod)) {
        expect(container, entry.key).toMatchObject({
          securityContext: { readOnlyRootFilesystem: true },
          resources: { limits: { memory: expect.stringMatching(/^\d+Mi$/) } },
        });
      }
      const listener = pod?.containers.find((one) => one.ports !== undefined);
      expect(listener).toMatchObject({
        startupProbe: expect.any(Object),
        livenessProbe: expect.any(Object),
        readinessProbe: expect.any(Object),
      });
    }
  });

  it('let the service in and nobody else, and none of them to addresses that are not public', () => {
    const { spec } = find('NetworkPolicy', 'mcp-connectors-catalog');
    expect(spec?.podSelector?.matchLabels).toEqual({
      'app.kubernetes.io/part-of': 'mcp-connectors-catalog',
    });
    const service = readManifests().find('NetworkPolicy', 'mcp-connectors').spec;
    expect(spec?.ingress).toEqual([
      { from: [{ podSelector: service?.podSelector }], ports: [{ port: 'http' }] },
    ]);
    const blocks = (policy: typeof service) =>
      (policy?.egress ?? []).flatMap(({ to = [] }) =>
        to.flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock])),
      );
    expect(blocks(spec)).toEqual(blocks(service));
    for (const entry of offered) {
      expect(find('Deployment', serviceOf(entry)).spec?.template.metadata?.labels).toMatchObject(
        spec?.podSelector?.matchLabels ?? {},
      );
    }
  });

  it('hold no secret, and take what is one from Secrets that may be missing', () => {
    const text = objects.map((one) => JSON.stringify(one)).join('\n');
    expect(text).not.toMatch(/"kind":"Secret"|"stringData"/);
    const env = offered.flatMap((entry) =>
      (podOf(serviceOf(entry))?.containers ?? []).flatMap((one) => one.env ?? []),
    );
    const secret = env.filter(({ name }) => /TOKEN|PASSWORD|_KEY$/.test(name));
    expect(secret.length).toBeGreaterThan(2);
    for (const { valueFrom } of secret) {
      expect(valueFrom?.secretKeyRef).toMatchObject({ optional: true });
    }
    expect(podOf('llmctl-mcp')?.imagePullSecrets).toEqual([{ name: 'llmctl-registry' }]);
  });

  it('start programs over stdio as the runtime does', () => {
    const spec = instanceOf();
    const pod = podTemplate(spec, 'image', { frontImage: 'front', pullSecret: undefined }).spec;
    const script = pod?.containers[1]?.command?.[3] ?? 'none';
    const lines = (text: string) => text.split('\n').filter((line) => !/^#|^$/.test(line));
    expect(lines(read('connect.sh'))).toEqual(lines(script));
    const bridged = offered.filter(
      (entry) => podOf(serviceOf(entry))?.initContainers !== undefined,
    );
    expect(bridged.map(({ key }) => key)).toEqual(['github', 'chroma', 'google-cloud']);
  });

  it('are shown to operators as an entry that the service runs itself, which is one', () => {
    const page = readFileSync(path.join(folder, '../README.md'), 'utf8');
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const { file, remove } = writeCatalogFile(example);
    const shown = readCatalog({ file, namespace }).find(({ runOn }) => runOn[0] === 'kubernetes');
    remove();
    const server = podOf('llmctl-mcp-github')?.containers.find(({ name }) => name === 'server');
    expect(shown?.launch).toMatchObject({ command: server?.args, image: server?.image });
    expect(shown?.settings.map(({ isSecret }) => isSecret)).toEqual([true]);
    const literals = readManifests().read('kustomization.yaml');
    const [, images = ''] = /KUBERNETES_IMAGES=(.+)/.exec(literals) ?? [];
    expect(new ImageList(images.split(',')).allows(shown?.launch?.image ?? '')).toBe(true);
  });

  it('are objects as Kubernetes describes them', () => {
    expect(objects.length).toBe(2 * offered.length + 3);
    expectValid(objects);
  });

  // Only where kubectl is there, as in CI.
  it.skipIf(spawnSync('kubectl', ['version', '--client']).status !== 0)(
    'are what kubectl renders, in the namespace of the service',
    () => {
      const rendered = objectsIn(
        execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' }),
      );
      expectValid(rendered);
      expect(rendered).toHaveLength(objects.length + 2);
      for (const { metadata } of rendered) expect(metadata.namespace).toBe(namespace);
      expect(namespace).toBe(readManifests().kustomization.namespace);
      const text = JSON.stringify(rendered);
      expect(text).not.toMatch(/"image":"(mcp-connectors|llmctl)[^.]*"/);
      const [connect] = rendered.filter(({ metadata }) => metadata.name.startsWith('mcp-connect-'));
      expect(text).toContain(`"configMap":{"name":"${connect?.metadata.name}"}`);
      const own = readManifests().kustomization.images?.[0];
      expect(text).toContain(`"image":"${own?.newName}:${own?.newTag}"`);
    },
  );
});
