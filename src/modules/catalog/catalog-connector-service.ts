import { AppError } from '../../errors/app-error.ts';
import { isMcpFailureCode } from '../../mcp/client/mcp-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  Connector,
  ConnectorHealthService,
  ConnectorService,
  ManagedConnector,
  ManagedConnectorService,
  SavedManagedConnector,
} from '../connectors/index.ts';
import type { Credentials } from '../credentials/index.ts';
import type { Catalog } from './catalog.ts';
import { type CatalogEntry, type SettingValues, sourceOf } from './catalog-entry.ts';
import {
  type EntryDeployment,
  type EntryDeployments,
  isDeployed,
  prefersDeployment,
} from './entry-deployments.ts';
import { headersOf, mergeSettings, type SettingInput } from './setting-values.ts';

/** Collaborators of the {@link CatalogConnectorService}. */
export interface CatalogConnectorServiceDeps {
  catalog: Pick<Catalog, 'isOpen'>;
  managed: Pick<ManagedConnectorService, 'find' | 'save'>;
  health: Pick<ConnectorHealthService, 'sync'>;
  connectors: Pick<ConnectorService, 'setIntent' | 'delete'>;
  deployments: EntryDeployments;
  /** Whether switching an entry on brings its server up. */
  hasAutoProvision: boolean;
  /** Whether taking an entry away takes its deployment away as well. */
  hasAutoCleanup: boolean;
}

/** In the place of the address of a server that we brought up: where that is, is nobody's business, and changes. */
const DEPLOYED_URL = 'https://deployed.invalid/mcp';

/** What an entry is switched on with. */
export interface EnableRequest {
  /** Values that replace stored ones; default: none. */
  settings?: SettingInput;
  /** The tokens of a sign-in; for entries that are signed in to. Default: those that are stored. */
  credentials?: Credentials;
}

/**
 * Switches entries of the catalog on and off for an owner, a project or a user. The one place through which connectors of the catalog come,
 * change and go.
 */
export class CatalogConnectorService {
  readonly #deps: CatalogConnectorServiceDeps;

  constructor(deps: CatalogConnectorServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Tests the entry's server and saves the owner's connector of it, enabled. Nothing is saved where the test fails; said twice it makes no
   * second one, and one whose server has moved leads to the new place.
   * @throws AppError `CATALOG_ENTRY_CLOSED`, `DEPLOYMENT_REQUIRED` where its server is up nowhere, or runs with other settings,
   * `SETTINGS_INVALID`, `AUTH_REQUIRED` where nobody signed in, `TEST_LIMIT_REACHED`, `CONNECTOR_CHANGED`, or the code of the failed test
   */
  async enable(
    identity: Identity,
    entry: CatalogEntry,
    request: EnableRequest = {},
  ): Promise<SavedManagedConnector> {
    if (!this.#deps.catalog.isOpen(entry)) throw new AppError('CATALOG_ENTRY_CLOSED');
    const { key: entryKey, title: name } = entry;
    const deployment = await this.#deployment(identity, entry);
    if (deployment !== undefined) assertSameSettings(entry, deployment, request);
    const found = await this.#deps.deployments.locate(identity, entry);
    if (found === undefined) throw new AppError('DEPLOYMENT_REQUIRED');
    const draft = { entryKey, name, source: sourceOf(entry), server: found.server };
    if (found.place !== 'static') {
      const placed = { credentials: undefined, storedUrl: DEPLOYED_URL };
      return await this.#deps.managed.save(identity, { ...draft, ...placed });
    }
    const settings = deployment?.settings ?? request.settings;
    const credentials = await this.#credentials(identity, entry, {
      ...request,
      ...(settings !== undefined && { settings }),
    });
    return await this.#deps.managed.save(identity, { ...draft, credentials });
  }

  /**
   * As {@link enable}, for an entry whose server may have to be brought up first: then that begins, and the entry is switched on once it is.
   * @returns the deployment that is under way; undefined where the entry is switched on
   * @throws AppError as {@link enable}; `DEPLOYMENT_REQUIRED` where nobody brings servers up by switching them on
   */
  async switchOn(
    identity: Identity,
    entry: CatalogEntry,
    request: Pick<EnableRequest, 'settings'> = {},
  ): Promise<EntryDeployment | undefined> {
    if (!this.#deps.catalog.isOpen(entry)) throw new AppError('CATALOG_ENTRY_CLOSED');
    const isProvided = !this.#deps.hasAutoProvision || !isDeployed(entry);
    if (!isProvided && (await this.#needsDeployment(identity, entry, request))) {
      const { settings = {} } = request;
      return await this.#deps.deployments.deployAndEnable(identity, entry, settings);
    }
    await this.enable(identity, entry, request);
    return undefined;
  }

  async #needsDeployment(
    identity: Identity,
    entry: CatalogEntry,
    request: Pick<EnableRequest, 'settings'>,
  ): Promise<boolean> {
    const { deployments } = this.#deps;
    const deployment = await deployments.find(identity, entry.key);
    if (deployment === undefined) {
      // Where somebody else runs it, it need not be brought up, unless it is not there.
      if (prefersDeployment(entry)) return true;
      const enable = () => this.enable(identity, entry, request);
      return (await this.#unlessUnhealthy(enable)) === undefined;
    }
    if (deployment.isUnderWay || !hasSameSettings(entry, deployment, request)) return true;
    return (await deployments.locate(identity, entry)) === undefined;
  }

  /** Its tools are in no list any more; what was set stays. @throws AppError `CATALOG_ENTRY_NOT_ENABLED` where the owner has none */
  async disable(identity: Identity, entry: Pick<CatalogEntry, 'key'>): Promise<Connector> {
    const { connector } = await this.#get(identity, entry);
    // First, so that a deployment under way does not switch it on again.
    await this.#deps.deployments.forgetEnable(identity, entry.key);
    return await this.#deps.connectors.setIntent(identity, connector.id, 'DISABLED', undefined);
  }

  /**
   * Takes away the owner's connector with everything that was set; where there is none, nothing happens. Its deployment goes with it where that
   * is how the service is set up, and stays otherwise.
   */
  async remove(identity: Identity, entry: Pick<CatalogEntry, 'key'>): Promise<void> {
    const { deployments, hasAutoCleanup } = this.#deps;
    if (hasAutoCleanup) await deployments.release(identity, entry.key);
    else await deployments.forgetEnable(identity, entry.key);
    const managed = await this.#deps.managed.find(identity, entry.key);
    if (managed === undefined) return;
    const { id } = managed.connector;
    await this.#deps.connectors.delete(identity, id, undefined, { isCatalog: true });
  }

  /**
   * Tests the server where the catalog says it is now, and reads its tools: a healthy one has no error afterwards, of another one the error is
   * recorded.
   * @throws AppError `CATALOG_ENTRY_NOT_ENABLED`, `SETTINGS_INVALID`, `CONNECTOR_DISABLED`, `CONNECTOR_CHANGED`, `TEST_LIMIT_REACHED`
   */
  async sync(identity: Identity, entry: CatalogEntry): Promise<Connector> {
    const { connector, credentials } = await this.#get(identity, entry);
    const isEnabled = connector.intent === 'ENABLED';
    const isStatic = (await this.#deployment(identity, entry)) === undefined;
    if (
      isEnabled &&
      isStatic &&
      this.#deps.catalog.isOpen(entry) &&
      isOutdated(entry, connector, credentials)
    ) {
      const moved = await this.#unlessUnhealthy(() => this.enable(identity, entry));
      if (moved !== undefined) return moved.connector;
    }
    return await this.#deps.health.sync(identity, connector.id);
  }

  /** Undefined where the server is not one that we bring up, or nobody asked for it. */
  async #deployment(identity: Identity, entry: CatalogEntry): Promise<EntryDeployment | undefined> {
    return isDeployed(entry) ? await this.#deps.deployments.find(identity, entry.key) : undefined;
  }

  /** @returns undefined where the server failed its test, which a sync records */
  async #unlessUnhealthy<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError && isMcpFailureCode(error.code)) return undefined;
      throw error;
    }
  }

  async #get(identity: Identity, { key }: Pick<CatalogEntry, 'key'>): Promise<ManagedConnector> {
    const managed = await this.#deps.managed.find(identity, key);
    if (managed === undefined) throw new AppError('CATALOG_ENTRY_NOT_ENABLED');
    return managed;
  }

  async #credentials(
    identity: Identity,
    { key, auth, settings }: CatalogEntry,
    { settings: given = {}, credentials }: EnableRequest,
  ): Promise<Credentials | undefined> {
    const stored = (await this.#deps.managed.find(identity, key))?.credentials;
    if (auth.kind === 'oauth2') {
      mergeSettings(settings, {}, given);
      const tokens = credentials ?? stored;
      if (tokens === undefined) throw new AppError('AUTH_REQUIRED');
      return tokens;
    }
    const merged = mergeSettings(settings, settingsIn(stored), given);
    return auth.kind === 'none' ? undefined : toCredentials(settings, merged);
  }
}

/** Would these settings change what the deployment runs with? */
function hasSameSettings(
  { settings }: Pick<CatalogEntry, 'settings'>,
  deployment: EntryDeployment,
  { settings: given = {} }: EnableRequest,
): boolean {
  const merged = mergeSettings(settings, deployment.settings, given);
  return JSON.stringify(merged) === JSON.stringify(deployment.settings);
}

function assertSameSettings(
  entry: CatalogEntry,
  deployment: EntryDeployment,
  request: EnableRequest,
): void {
  if (!hasSameSettings(entry, deployment, request)) throw new AppError('DEPLOYMENT_REQUIRED');
}

/** What was set, of the credentials that were made of it. */
export function settingsIn(credentials: Credentials | undefined): SettingValues {
  return credentials?.kind === 'headers' ? (credentials.settings ?? {}) : {};
}

/** What is sent to the server of an entry with these settings. */
function toCredentials(settings: CatalogEntry['settings'], values: SettingValues): Credentials {
  return { kind: 'headers', headers: headersOf(settings, values), settings: values };
}

/** Does the catalog say something else by now than what is stored: another place, or other headers for the same settings? */
function isOutdated(
  entry: CatalogEntry,
  { serverUrl, transport }: Connector,
  credentials: Credentials | undefined,
): boolean {
  if (serverUrl !== entry.url || transport !== entry.transport) return true;
  if (entry.auth.kind !== 'settings') return false;
  const sent = credentials?.kind === 'headers' ? credentials.headers : {};
  return textOf(sent) !== textOf(headersOf(entry.settings, settingsIn(credentials)));
}

function textOf(headers: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(headers).sort());
}
