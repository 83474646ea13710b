import type { OperationLog } from './lib/operation-log.ts';
import type { Catalog, CatalogConnectorService } from './modules/catalog/index.ts';
import type { ConnectorService, ManagedConnectorService } from './modules/connectors/index.ts';
import type { AuthorizationService } from './modules/oauth/index.ts';
import { SystemToolService } from './modules/system-tools/index.ts';

/** What system tools are built from. */
export interface SystemToolsBasis {
  catalog: Catalog;
  log: OperationLog;
  services: {
    catalogConnectorService: CatalogConnectorService;
    managedConnectorService: ManagedConnectorService;
    connectorService: ConnectorService;
    authorizationService: AuthorizationService;
  };
}

/** Builds what connects users to system tools. */
export function createSystemTools({ catalog, log, services }: SystemToolsBasis) {
  return {
    systemToolService: new SystemToolService({
      ...{ catalog, log },
      catalogConnectors: services.catalogConnectorService,
      managed: services.managedConnectorService,
      connectors: services.connectorService,
      authorizations: services.authorizationService,
    }),
  };
}
