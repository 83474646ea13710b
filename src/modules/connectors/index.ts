export { type ConnectionTestReport, messageFor } from './connection-test.ts';
export { ConnectionValidator } from './connection-validator.ts';
export type {
  Connector,
  ConnectorFault,
  ConnectorRecord,
  ConnectorStatus,
  ToolDefinition,
} from './connector.ts';
export { UNREADABLE_URL } from './connector.ts';
export { type ConnectorAccess, ConnectorAccessService } from './connector-access-service.ts';
export { ConnectorHealthService, type ServerDiscovery } from './connector-health-service.ts';
export { toConnectorResource, toDraft, toErrorResource } from './connector-mapper.ts';
export type {
  ConnectorOfferingStore,
  ListedOffering,
  OfferingOwner,
} from './connector-offering-store.ts';
export { connectorRoutes } from './connector-routes.ts';
export { type ConnectorDraft, ConnectorSaveService } from './connector-save-service.ts';
export { ConnectorSecrets } from './connector-secrets.ts';
export { ConnectorService } from './connector-service.ts';
export { ConnectorTargets } from './connector-targets.ts';
export { ConnectorTester } from './connector-tester.ts';
export { connectorToolRoutes } from './connector-tool-routes.ts';
export { ConnectorToolService } from './connector-tool-service.ts';
export type {
  CallableTool,
  ConnectorToolStore,
  ToolSource,
  ToolStanding,
} from './connector-tool-store.ts';
export { deletionLimit } from './credential-deletion.ts';
export { DeactivatedCredentialService, listDue } from './deactivated-credential-service.ts';
export { GrantRenewal } from './grant-renewal.ts';
export { GrantRevocation } from './grant-revocation.ts';
export {
  type ManagedConnector,
  ManagedConnectorService,
  type ManagedConnectorServiceDeps,
  type SavedManagedConnector,
} from './managed-connector-service.ts';
export type { ManagedServer, ManagedServers } from './managed-servers.ts';
export { addressPrefix, findAddress } from './offering-names.ts';
export { PrismaConnectorOfferingStore } from './prisma-connector-offering-store.ts';
export { PrismaConnectorPlaceStore } from './prisma-connector-place-store.ts';
export { connectorInclude, toConnectorRecord } from './prisma-connector-rows.ts';
export { PrismaConnectorStore } from './prisma-connector-store.ts';
export { PrismaConnectorToolStore } from './prisma-connector-tool-store.ts';
export { PrismaCredentialAgeStore } from './prisma-credential-age-store.ts';
export { PrismaGrantStore } from './prisma-grant-store.ts';
export { PrismaResealStore } from './prisma-reseal-store.ts';
export { PrismaUsableConnectorStore } from './prisma-usable-connector-store.ts';
export { ResealService } from './reseal-service.ts';
export { TestLimiter } from './test-limiter.ts';
export { TokenRenewalService } from './token-renewal-service.ts';
export { offersChanges, type ToolPolicies, type ToolState } from './tool-approval.ts';
export { hashOfDiscovered } from './tool-definition.ts';
export { slugInName } from './tool-names.ts';
export type { UsableConnectorStore } from './usable-connector-store.ts';
