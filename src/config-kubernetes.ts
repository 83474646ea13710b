import type { Settings } from './config-settings.ts';
import type { KubernetesSettings } from './runtimes/kubernetes-setup.ts';

/** The settings `KUBERNETES_…`; undefined where no server is to run in a cluster. */
export function kubernetesConfig(settings: Settings): KubernetesSettings | undefined {
  const { KUBERNETES_RUNTIME, KUBERNETES_FRONT_IMAGE: frontImage } = settings;
  if (KUBERNETES_RUNTIME === 'off' || frontImage === undefined) return undefined;
  return {
    configFile: settings.KUBECONFIG,
    namespace: settings.KUBERNETES_NAMESPACE,
    serviceNamespace: settings.KUBERNETES_SERVICE_NAMESPACE,
    images: settings.KUBERNETES_IMAGES,
    frontImage,
    pullSecret: settings.KUBERNETES_PULL_SECRET,
    idleMinutes: settings.KUBERNETES_IDLE_MINUTES,
  };
}
