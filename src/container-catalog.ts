import type { Config } from './config.ts';
import type { Clock } from './lib/clock.ts';
import {
  Catalog,
  CatalogConnectorService,
  CatalogService,
  CatalogUpkeepService,
  type EntryDeployments,
  RegistryService,
  readCatalog,
} from './modules/catalog/index.ts';
import {
  type ConnectorHealthService,
  type ConnectorService,
  ManagedConnectorService,
  type ManagedConnectorServiceDeps,
} from './modules/connectors/index.ts';
import type { Outbound } from './outbound/guarded-fetch.ts';

/** What is known of the servers that the operator offers, before anything is built on it. */
export interface CatalogParts {
  catalog: Catalog;
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
    reservedSlugs: {
      user: catalog.list('user').map(({ key }) => key),
      project: catalog.list('project').map(({ key }) => key),
    },
    pinnedOrigins: [
      ...new Set(pinned.flatMap(({ url }) => (url === undefined ? [] : [new URL(url).origin]))),
    ],
  };
}

interface ServicesBasis extends ManagedConnectorServiceDeps {
  catalog: Catalog;
  clock: Clock;
  userOutbound: Pick<Outbound, 'request'>;
  connectorService: ConnectorService;
  connectorHealthService: ConnectorHealthService;
  catalogDeployments: EntryDeployments;
  config: Pick<Config, 'catalog'>;
}

/** Builds what makes connectors of entries. */
export function createCatalogServices({
  catalog,
  connectorService: connectors,
  connectorHealthService: health,
  clock,
  userOutbound: outbound,
  catalogDeployments: deployments,
  config: { catalog: settings },
  ...shared
}: ServicesBasis) {
  const managed = new ManagedConnectorService({ ...shared, clock });
  const catalogService = new CatalogService({ catalog, managed, deployments, clock });
  const enabling = new CatalogConnectorService({
    ...{ catalog, managed, health, connectors, deployments },
    ...{ hasAutoProvision: settings.autoProvision, hasAutoCleanup: settings.autoCleanup },
  });
  return {
    ...{ catalog, catalogService, catalogConnectorService: enabling },
    managedConnectorService: managed,
    registryService: new RegistryService({ outbound, catalog }),
    catalogUpkeepService: new CatalogUpkeepService({
      ...{ catalog, managed, connectors, catalogService, catalogConnectorService: enabling },
    }),
  };
}
