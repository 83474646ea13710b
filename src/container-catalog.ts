import type { Config } from './config.ts';
import { Catalog, CatalogConnectorService, readCatalog } from './modules/catalog/index.ts';
import {
  type ConnectorService,
  ManagedConnectorService,
  type ManagedConnectorServiceDeps,
  type ManagedServers,
} from './modules/connectors/index.ts';

/** What is known of the servers that the operator offers, before anything is built on it. */
export interface CatalogParts {
  catalog: Catalog;
  managedServers: ManagedServers;
  /** Keys that are slugs of the catalog's connectors, by the kind of their owners. */
  reservedSlugs: Readonly<Record<'user' | 'project', readonly string[]>>;
  pinnedOrigins: readonly string[];
}

/**
 * Reads the catalog.
 * @throws CatalogFileError for an operator's file that cannot be used
 */
export function createCatalog({ catalog: settings }: Pick<Config, 'catalog'>): CatalogParts {
  const entries = readCatalog(settings);
  const catalog = new Catalog({ entries, gates: settings.gates });
  const pinned = entries.filter(({ reach }) => reach === 'pinned');
  return {
    catalog,
    managedServers: catalog,
    reservedSlugs: {
      user: catalog.list('user').map(({ key }) => key),
      project: catalog.list('project').map(({ key }) => key),
    },
    pinnedOrigins: [...new Set(pinned.map(({ url }) => new URL(url).origin))],
  };
}

/** Builds what makes connectors of entries. */
export function createCatalogServices({
  catalog,
  connectors,
  ...shared
}: ManagedConnectorServiceDeps & { catalog: Catalog; connectors: ConnectorService }) {
  const managed = new ManagedConnectorService(shared);
  return {
    catalogConnectorService: new CatalogConnectorService({ catalog, managed, connectors }),
    managedConnectorService: managed,
  };
}
