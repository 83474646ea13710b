import { AppError } from '../../errors/app-error.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  Connector,
  ConnectorService,
  ManagedConnectorService,
  SavedManagedConnector,
} from '../connectors/index.ts';
import type { Credentials } from '../credentials/index.ts';
import { type Catalog, serverOf } from './catalog.ts';
import { type CatalogEntry, type SettingValues, sourceOf } from './catalog-entry.ts';
import { headersOf, mergeSettings, type SettingInput } from './setting-values.ts';

/** Collaborators of the {@link CatalogConnectorService}. */
export interface CatalogConnectorServiceDeps {
  catalog: Pick<Catalog, 'isOpen'>;
  managed: Pick<ManagedConnectorService, 'find' | 'findCredentials' | 'save'>;
  connectors: Pick<ConnectorService, 'setIntent' | 'delete'>;
}

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
   * @throws AppError `CATALOG_ENTRY_CLOSED`, `SETTINGS_INVALID`, `AUTH_REQUIRED` where nobody signed in, `TEST_LIMIT_REACHED`,
   * `CONNECTOR_CHANGED`, or the code of the failed test
   */
  async enable(
    identity: Identity,
    entry: CatalogEntry,
    request: EnableRequest = {},
  ): Promise<SavedManagedConnector> {
    if (!this.#deps.catalog.isOpen(entry)) throw new AppError('CATALOG_ENTRY_CLOSED');
    const draft = {
      entryKey: entry.key,
      source: sourceOf(entry),
      name: entry.title,
      server: serverOf(entry),
      credentials: await this.#credentials(identity, entry, request),
    };
    try {
      return await this.#deps.managed.save(identity, draft);
    } catch (error) {
      // Two who enable at once want the same: the second finds what the first has made.
      const isRace = error instanceof AppError && error.code === 'CONNECTOR_CHANGED';
      if (!isRace) throw error;
      return await this.#deps.managed.save(identity, draft);
    }
  }

  /** Its tools are in no list any more; what was set stays. @throws AppError `CATALOG_ENTRY_NOT_ENABLED` where the owner has none */
  async disable(identity: Identity, entry: Pick<CatalogEntry, 'key'>): Promise<Connector> {
    const { id } = await this.#get(identity, entry);
    return await this.#deps.connectors.setIntent(identity, id, 'DISABLED', undefined);
  }

  /** Takes away the owner's connector with everything that was set; where there is none, nothing happens. */
  async remove(identity: Identity, entry: Pick<CatalogEntry, 'key'>): Promise<void> {
    const connector = await this.#deps.managed.find(identity, entry.key);
    if (connector === undefined) return;
    await this.#deps.connectors.delete(identity, connector.id, undefined, { isCatalog: true });
  }

  /** What is set, without secrets, and the names of those that are set. */
  async findSettings(
    identity: Identity,
    { key, settings }: Pick<CatalogEntry, 'key' | 'settings'>,
  ): Promise<{ values: SettingValues; secrets: string[] }> {
    const stored = await this.#stored(identity, key);
    const set = settings.filter(({ name }) => stored[name] !== undefined);
    const shown = set.filter(({ isSecret }) => !isSecret);
    return {
      values: Object.fromEntries(shown.flatMap(({ name }) => pick(stored, name))),
      secrets: set.filter(({ isSecret }) => isSecret).map(({ name }) => name),
    };
  }

  async #get(identity: Identity, { key }: Pick<CatalogEntry, 'key'>): Promise<Connector> {
    const connector = await this.#deps.managed.find(identity, key);
    if (connector === undefined) throw new AppError('CATALOG_ENTRY_NOT_ENABLED');
    return connector;
  }

  async #stored(identity: Identity, key: string): Promise<SettingValues> {
    const credentials = await this.#deps.managed.findCredentials(identity, key);
    return credentials?.kind === 'headers' ? (credentials.settings ?? {}) : {};
  }

  async #credentials(
    identity: Identity,
    { key, auth, settings }: CatalogEntry,
    { settings: given = {}, credentials }: EnableRequest,
  ): Promise<Credentials | undefined> {
    if (auth.kind === 'oauth2') {
      mergeSettings(settings, {}, given);
      const tokens = credentials ?? (await this.#deps.managed.findCredentials(identity, key));
      if (tokens === undefined) throw new AppError('AUTH_REQUIRED');
      return tokens;
    }
    const merged = mergeSettings(settings, await this.#stored(identity, key), given);
    if (auth.kind === 'none') return undefined;
    return { kind: 'headers', headers: headersOf(settings, merged), settings: merged };
  }
}

function pick(values: SettingValues, name: string): [string, SettingValues[string]][] {
  const value = values[name];
  return value === undefined ? [] : [[name, value]];
}
