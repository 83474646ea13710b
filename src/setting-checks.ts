import type { SettingCheck } from './config.ts';
import { splitList } from './config-rules.ts';
import type { SettingName } from './config-settings.ts';
import { connectionConfig } from './database/connection-config.ts';
import { checkAgentsFile } from './modules/agents/index.ts';
import { checkCatalogFile } from './modules/catalog/index.ts';
import { checkKeyring } from './modules/credentials/index.ts';
import { parseOperatorClients } from './oauth/operator-clients.ts';
import { parseAllowedAddresses, parseAllowedHosts } from './outbound/allow-lists.ts';
import { CertificateFileError, readCertificateFile } from './outbound/certificate-authorities.ts';
import { EgressProxy } from './outbound/egress-proxy.ts';
import { parseNoProxy } from './outbound/no-proxy.ts';
import { isImagePattern } from './runtimes/kubernetes-images.ts';

/** Checks of settings whose format belongs to a module; for `loadConfig`. */
export const settingChecks: Readonly<Partial<Record<SettingName, SettingCheck>>> = {
  ENCRYPTION_KEYS: checkKeyring,
  CATALOG_FILE: checkCatalogFile,
  AGENTS_FILE: checkAgentsFile,
  DATABASE_URL: (text) => problemOf(() => connectionConfig(text, { application: 'check', max: 1 })),
  OUTBOUND_ALLOWED_HOSTS: (text) => problemOf(() => parseAllowedHosts(text)),
  OUTBOUND_ALLOWED_ADDRESSES: (text) => problemOf(() => parseAllowedAddresses(text)),
  OUTBOUND_CA_FILE: checkCertificateFile,
  HTTPS_PROXY: (url) =>
    problemOf(
      () => new EgressProxy({ url }),
      'must be an http or https URL such as http://proxy.internal:3128, with nothing after the port, and with user and password percent-encoded',
    ),
  OAUTH_CLIENTS: (text) =>
    problemOf(
      () => parseOperatorClients(text),
      'must be a JSON list with one object for an issuer: issuer, client_id, client_secret or private_key (PEM, with key_id) where there is one, token_endpoint_auth_method (client_secret_basic, client_secret_post, private_key_jwt, none) where it is not the usual one, authorization_parameters, an object of texts, where the server wants more, and client_credentials_for (URLs) for one that acts without users',
    ),
  KUBERNETES_IMAGES: (text) =>
    splitList(text).every(isImagePattern)
      ? undefined
      : 'must be a list of images, each as mcp/github:latest, or as registry.example.com/mcp/*',
  NO_PROXY: (text) => problemOf(() => parseNoProxy(text)),
};

function checkCertificateFile(file: string): string | undefined {
  try {
    readCertificateFile(file);
    return undefined;
  } catch (error) {
    return error instanceof CertificateFileError ? error.message : 'cannot be used';
  }
}

/** What is wrong is not repeated: no value of a setting is ever printed. */
function problemOf(
  parse: () => unknown,
  problem = 'does not have the expected form',
): string | undefined {
  try {
    parse();
    return undefined;
  } catch {
    return problem;
  }
}
