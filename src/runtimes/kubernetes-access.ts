import type { RequestOptions } from 'node:https';
import type { SecureContext } from 'node:tls';
import { createSecureContext } from 'node:tls';
import type { KubeConfig } from '@kubernetes/client-node';
import { canParseUrl } from '../lib/can-parse-url.ts';
import { LoggableCause } from './loggable-cause.ts';

/** Where pods find what their account signs in with. */
const ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The API server's name inside of every cluster; its certificate is for it. */
const INTERNAL_SERVER = 'https://kubernetes.default.svc';

/** The configuration of the access to a cluster cannot be used. `message` ends a sentence about it, and holds nothing of a file. */
export class ClusterAccessError extends LoggableCause {
  override readonly name = 'ClusterAccessError';
}

/** The way into a cluster. */
export interface ClusterAccess {
  /** Origin of the API server. */
  server: string;
  /** Whom to trust there, and our own certificate where that is how we sign in. Read once, at the start. */
  secureContext: SecureContext;
  /** What to sign in with now: tokens are renewed. */
  headers(): Promise<Record<string, string>>;
}

/**
 * Reads how to reach the cluster.
 * @param kubeconfig an empty one of the library
 * @param file a kubeconfig; undefined: the account of the pod that we run in
 * @throws ClusterAccessError
 */
export async function openAccess(
  kubeconfig: KubeConfig,
  file: string | undefined,
): Promise<ClusterAccess> {
  if (file === undefined) loadAccount(kubeconfig);
  else loadFile(kubeconfig, file);
  const cluster = kubeconfig.getCurrentCluster();
  if (cluster === null) throw new ClusterAccessError('names no current cluster');
  if (!cluster.server.startsWith('https://')) {
    throw new ClusterAccessError('has a cluster without https');
  }
  if (cluster.skipTLSVerify === true) {
    throw new ClusterAccessError('does not check the certificate of its cluster');
  }
  if (cluster.proxyUrl !== undefined || cluster.tlsServerName !== undefined) {
    throw new ClusterAccessError('has a proxy or another server name, which is not supported');
  }
  if (!canParseUrl(cluster.server)) {
    throw new ClusterAccessError('has a cluster whose address is no URL');
  }
  return {
    server: new URL(cluster.server).href.replace(/\/$/, ''),
    secureContext: secureContextOf(await optionsOf(kubeconfig)),
    headers: async () => signInHeaders(await optionsOf(kubeconfig)),
  };
}

function loadFile(kubeconfig: KubeConfig, file: string): void {
  try {
    kubeconfig.loadFromFile(file);
  } catch {
    throw new ClusterAccessError('names a file that cannot be read, or is no kubeconfig');
  }
}

/** The library would ask the environment where the cluster is. */
function loadAccount(kubeconfig: KubeConfig): void {
  kubeconfig.loadFromClusterAndUser(
    {
      name: 'cluster',
      server: INTERNAL_SERVER,
      caFile: `${ACCOUNT_DIRECTORY}/ca.crt`,
      skipTLSVerify: false,
    },
    {
      name: 'account',
      authProvider: {
        name: 'tokenFile',
        config: { tokenFile: `${ACCOUNT_DIRECTORY}/token` },
      },
    },
  );
}

async function optionsOf(kubeconfig: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await kubeconfig.applyToHTTPSOptions(options);
  } catch {
    throw new ClusterAccessError('names a certificate, a key or a token that cannot be had');
  }
  return options;
}

function secureContextOf({ ca, cert, key }: RequestOptions): SecureContext {
  try {
    return createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    });
  } catch {
    throw new ClusterAccessError('has a certificate or a key that cannot be used');
  }
}

function signInHeaders({ headers = {}, auth }: RequestOptions): Record<string, string> {
  const own = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value.trim()]] : [],
  );
  return {
    ...Object.fromEntries(own),
    ...(typeof auth === 'string' && {
      authorization: `Basic ${Buffer.from(auth).toString('base64')}`,
    }),
  };
}
