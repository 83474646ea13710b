import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config.ts';
import { settingChecks } from '../../../src/setting-checks.ts';

const MINIMUM = {
  JWT_SECRET: 'a-secret-of-32-bytes-or-even-more',
  ENCRYPTION_KEYS: 'k1:abc',
  KUBERNETES_FRONT_IMAGE: 'registry.example.com/mcp-connectors:0.1.0',
};
const CHECKS = { ...settingChecks, ENCRYPTION_KEYS: () => undefined };
const load = (env: Record<string, string>) => loadConfig({ ...MINIMUM, ...env }, CHECKS).kubernetes;

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    load(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the settings of the cluster that servers run in', () => {
  it('mean nothing before it is wanted, whatever KUBECONFIG the shell has', () => {
    expect(load({ KUBECONFIG: '/home/me/.kube/config' })).toBeUndefined();
  });

  it('allow no image by default', () => {
    expect(load({ KUBERNETES_RUNTIME: 'on' })).toEqual({
      configFile: undefined,
      namespace: 'mcp-connectors-servers',
      serviceNamespace: 'mcp-connectors',
      images: [],
      pullSecret: undefined,
      frontImage: MINIMUM.KUBERNETES_FRONT_IMAGE,
      idleMinutes: 60,
    });
  });

  it.each([
    [{ KUBERNETES_FRONT_IMAGE: '' }, 'KUBERNETES_RUNTIME needs KUBERNETES_FRONT_IMAGE'],
    [{ KUBERNETES_IMAGES: 'mcp/a:1,*' }, 'KUBERNETES_IMAGES must be a list of images'],
    [{ KUBERNETES_NAMESPACE: 'A/b' }, 'KUBERNETES_NAMESPACE must be a namespace of Kubernetes'],
    [{ KUBERNETES_PULL_SECRET: 'a b' }, 'KUBERNETES_PULL_SECRET must be the name of an object'],
    [{ KUBERNETES_IDLE_MINUTES: '-1' }, 'KUBERNETES_IDLE_MINUTES must be an integer'],
    [{ KUBERNETES_RUNTIME: 'yes' }, 'KUBERNETES_RUNTIME must be one of off, on'],
  ])('are refused: %j', (env, problem) => {
    expect(problemsOf({ KUBERNETES_RUNTIME: 'on', ...env })).toEqual([
      expect.stringContaining(problem),
    ]);
  });
});
