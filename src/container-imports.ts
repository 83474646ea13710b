import type { Config } from './config.ts';
import { mcpAddress } from './http/mcp-address.ts';
import type { OperationLog } from './lib/operation-log.ts';
import type { ConnectorSaveService, ConnectorService } from './modules/connectors/index.ts';
import { ExportService, ImportService, type PublicEndpoint } from './modules/imports/index.ts';
import type { UserPolicy } from './outbound/outbound-policy.ts';

/** What imports and exports reach. */
export interface ImportsBasis {
  config: Pick<Config, 'publicUrl' | 'mcp'>;
  log: OperationLog;
  userPolicy: UserPolicy;
  services: { connectorService: ConnectorService; connectorSaveService: ConnectorSaveService };
}

/** Builds what reads and writes configuration files of MCP clients. */
export function createImports({ config, log, userPolicy: urlPolicy, services }: ImportsBasis) {
  const { connectorService: connectors, connectorSaveService: saves } = services;
  return {
    importService: new ImportService({ connectors, saves, urlPolicy, log }),
    exportService: new ExportService({ connectors, endpoint: publicEndpoint(config) }),
  };
}

function publicEndpoint({ publicUrl, mcp }: ImportsBasis['config']): PublicEndpoint | undefined {
  if (publicUrl === undefined || mcp === undefined) return undefined;
  return {
    url: mcpAddress(publicUrl).resource,
    needsToken: mcp.authorizationServers.length === 0,
  };
}
