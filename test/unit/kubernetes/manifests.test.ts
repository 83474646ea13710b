import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { PRIVATE_NETWORKS } from '../../../src/runtimes/kubernetes-objects.ts';
import { settingChecks } from '../../../src/setting-checks.ts';
import { expectValid, objectsIn, readManifests } from '../../support/kubernetes/manifests.ts';

const { folder, kustomization, objects, find, read } = readManifests();
/** As in CI. */
const HAS_KUBECTL = spawnSync('kubectl', ['version', '--client']).status === 0;

function render(from: string) {
  return objectsIn(
    execFileSync('kubectl', ['kustomize', from], { encoding: 'utf8', stdio: 'pipe' }),
  );
}

function settings(): Record<string, string> {
  const literals = (kustomization.configMapGenerator ?? []).flatMap((one) => one.literals ?? []);
  return Object.fromEntries(
    literals.map((literal) => {
      const at = literal.indexOf('=');
      return [literal.slice(0, at), literal.slice(at + 1)];
    }),
  );
}

describe('the manifests', () => {
  it('are objects as Kubernetes describes them', () => {
    expect(objects.length).toBeGreaterThan(5);
    expectValid(objects);
    const broken = { ...find('Service', 'mcp-connectors'), spec: { ports: [{ port: 'eighty' }] } };
    expect(() => new Service(broken as never).validate()).toThrow('port');
  });

  it.skipIf(!HAS_KUBECTL)(
    'are what kubectl renders, in one namespace, with names that fit each other',
    () => {
      const rendered = render(folder);
      expectValid(rendered);
      expect(rendered).toHaveLength(objects.length + 1);
      for (const { metadata } of rendered) {
        expect(metadata.namespace).toBe(kustomization.namespace);
      }
      const text = JSON.stringify(rendered);
      const [map] = rendered.filter(({ kind }) => kind === 'ConfigMap');
      expect(text).toContain(`"configMapRef":{"name":"${map?.metadata.name}"}`);
      expect(text).not.toContain('"image":"mcp-connectors"');
    },
  );

  describe('with servers that the service runs', () => {
    const account = objectsIn(read('service/runtime-account.yaml'));
    const [patch] = objectsIn(read('service/runtime-patch.yaml'));
    const cluster = readManifests('runtime');
    const literals = [...read('kustomization.yaml').matchAll(/#runtime - (KUBERNETES_\w+)=(.+)/g)];
    const config = loadConfig(
      {
        ...settings(),
        ...Object.fromEntries(literals.map(([, name, value]) => [name, value])),
        DATABASE_URL: 'postgres://db/app',
        ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      },
      settingChecks,
    ).kubernetes;

    it('are objects as Kubernetes describes them, and off before somebody wants them', () => {
      expectValid([...account, ...cluster.objects]);
      expect(JSON.stringify(objects)).not.toMatch(/runtime|serviceAccountName/);
      expect(kustomization.resources.join()).not.toContain('runtime');
    });

    it('give the service its rights in the namespace of the servers, and in no other', () => {
      const own = kustomization.namespace;
      const servers = config?.namespace;
      expect(config).toMatchObject({ serviceNamespace: own, configFile: undefined });
      expect(own).not.toBe(servers);
      const [name] = account.map(({ metadata }) => metadata.name);
      for (const { kind, metadata } of cluster.objects) {
        expect(kind === 'Namespace' ? metadata.name : metadata.namespace).toBe(servers);
      }
      const binding = cluster.find('RoleBinding', 'mcp-connectors-runtime');
      expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name, namespace: own }]);
      expect(binding.roleRef).toMatchObject({ kind: 'Role', name: 'mcp-connectors-runtime' });
      const { rules } = cluster.find('Role', 'mcp-connectors-runtime');
      expect(JSON.stringify(rules)).not.toContain('*');
      const secrets = rules?.find(({ resources }) => resources?.includes('secrets'))?.verbs;
      for (const verb of ['get', 'list', 'watch']) expect(secrets).not.toContain(verb);
      expect(cluster.find('Namespace', servers ?? '').metadata?.labels).toEqual({
        'pod-security.kubernetes.io/enforce': 'restricted',
      });
      expect(patch).toMatchObject({
        metadata: { name: 'mcp-connectors' },
        spec: {
          template: { spec: { serviceAccountName: name, automountServiceAccountToken: true } },
        },
      });
    });

    it.skipIf(!HAS_KUBECTL)('are what kubectl renders, once they are wanted', () => {
      const copy = mkdtempSync(path.join(tmpdir(), 'manifests-'));
      cpSync(folder, copy, { recursive: true });
      const file = path.join(copy, 'kustomization.yaml');
      writeFileSync(file, read('kustomization.yaml').replaceAll('#runtime ', ''));
      const rendered = render(copy);
      rmSync(copy, { recursive: true });
      expectValid(rendered);
      expect(rendered).toHaveLength(objects.length + 1 + account.length);
      const pods = rendered.map((one) => JSON.stringify(one)).join('\n');
      expect(pods).toContain('"serviceAccountName":"mcp-connectors-runtime"');
      expect(pods).toContain('"KUBERNETES_RUNTIME":"on"');
      expect(render(cluster.folder)).toHaveLength(cluster.objects.length);
    });
  });

  it('set the service up for production, with secrets from elsewhere', () => {
    const literals = settings();
    const config = loadConfig(
      {
        ...literals,
        DATABASE_URL: 'postgres://db/app',
        ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      },
      settingChecks,
    );
    expect(config).toMatchObject({ environment: 'production', host: '0.0.0.0' });
    expect(config.signIn).toBeDefined();
    expect(literals['CATALOG_NAMESPACE']).toBe(kustomization.namespace);
    expect(Object.keys(literals).join(' ')).not.toMatch(/SECRET|KEYS|TOKEN|DATABASE/);
    const { containers = [] } = find('Deployment', 'mcp-connectors').spec?.template.spec ?? {};
    const ports = containers[0]?.ports?.map(({ name, containerPort }) => [name, containerPort]);
    expect(ports).toEqual([
      ['http', config.port],
      ['admin', config.adminPort],
    ]);
    expect(containers[0]?.envFrom).toEqual([
      { configMapRef: { name: 'mcp-connectors-settings' } },
      { secretRef: { name: 'mcp-connectors-secrets' } },
    ]);
  });

  it('keep to the restricted pod security standard, without an account at the cluster', () => {
    const service = find('Deployment', 'mcp-connectors').spec?.template.spec;
    const migration = find('Job', 'mcp-connectors-migration').spec?.template.spec;
    for (const pod of [service, migration]) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(pod?.containers).toHaveLength(1);
      expect(pod?.containers[0]).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { limits: { memory: expect.stringMatching(/^\d+[MG]i$/) } },
      });
      expect(JSON.stringify(pod)).not.toMatch(/hostPath|hostNetwork|hostPID|privileged"/);
    }
  });

  it('start, probe and stop the service as it says', () => {
    const pod = find('Deployment', 'mcp-connectors').spec?.template.spec;
    const container = pod?.containers[0];
    const at = (probe: { httpGet?: { path?: string; port: unknown } } | undefined) =>
      probe?.httpGet;
    expect(at(container?.startupProbe)).toEqual({ path: '/healthz', port: 'http' });
    expect(at(container?.livenessProbe)).toEqual({ path: '/healthz', port: 'http' });
    expect(at(container?.readinessProbe)).toEqual({ path: '/readyz', port: 'http' });
    // README: 80 s, after those of preStop.
    const [command, seconds] = container?.lifecycle?.preStop?.exec?.command ?? [];
    expect(command).toBe('sleep');
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(80 + Number(seconds));
    const scaled = find('HorizontalPodAutoscaler', 'mcp-connectors').spec;
    expect(scaled?.scaleTargetRef.name).toBe('mcp-connectors');
    expect(find('Deployment', 'mcp-connectors').spec?.replicas).toBeUndefined();
    expect(scaled?.minReplicas).toBeGreaterThan(1);
  });

  it('aim each selector at pods that there are', () => {
    const labels = find('Deployment', 'mcp-connectors').spec?.template.metadata?.labels;
    const jobLabels = find('Job', 'mcp-connectors-migration').spec?.template.metadata?.labels;
    expect(find('Deployment', 'mcp-connectors').spec?.selector.matchLabels).toEqual(labels);
    expect(find('Service', 'mcp-connectors').spec?.selector).toEqual(labels);
    const budget = find('PodDisruptionBudget', 'mcp-connectors').spec;
    expect(budget?.selector?.matchLabels).toEqual(labels);
    const policy = (name: string) => find('NetworkPolicy', name).spec?.podSelector?.matchLabels;
    expect(policy('mcp-connectors')).toEqual(labels);
    expect(policy('mcp-connectors-migration')).toEqual(jobLabels);
  });

  it('let the service reach no address that its own guard refuses', () => {
    const blocks = (find('NetworkPolicy', 'mcp-connectors').spec?.egress ?? []).flatMap(
      ({ to = [] }) => to.flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock])),
    );
    const excepted = blocks.flatMap(({ except = [] }) => except);
    for (const network of ['10.0.0.0/8', '169.254.0.0/16', '127.0.0.0/8', 'fc00::/7']) {
      expect(excepted).toContain(network);
    }
    expect(blocks.map(({ cidr }) => cidr)).toEqual(['0.0.0.0/0', '::/0']);
    // Servers that the service starts in the cluster reach no more than that.
    const [own] = blocks.map(({ cidr, except = [] }) => [cidr, [...except]]);
    expect(Object.entries(PRIVATE_NETWORKS)[0]).toEqual(own);
    expect(excepted).toEqual(Object.values(PRIVATE_NETWORKS).flat());
  });
});
