// The catalog of known servers, for whoever builds on it:
// - `CatalogEntry` is one entry; `readCatalog` makes them of the files, `Catalog` finds them (former keys too) and knows which are open.
// - `CatalogConnectorService.enable(identity, entry, { settings })` tests the entry's server and makes the owner's connector of it, or has the
//   one there is be like that. `credentials` hands in the tokens of a sign-in, for entries with `auth.kind` `oauth2`.
// - An entry offered to projects belongs to `memberIdentity(caller, projectId)`, one offered to users (a system tool) to the user alone.
export { Catalog, serverOf } from './catalog.ts';
export { CatalogConnectorService, settingsIn } from './catalog-connector-service.ts';
export type { CatalogEntry, PlaceKind, SettingValues } from './catalog-entry.ts';
export { checkCatalogFile, readCatalog } from './catalog-file.ts';
export { toSettingResource } from './catalog-mapper.ts';
export { catalogRoutes } from './catalog-routes.ts';
export { CatalogService } from './catalog-service.ts';
export {
  CatalogUpkeepService,
  type RewriteReport,
  type SeedReport,
} from './catalog-upkeep-service.ts';
export {
  type EntryDeployment,
  type EntryDeployments,
  type EntryServer,
  isDeployed,
} from './entry-deployments.ts';
export { showConfig } from './legacy-config.ts';
export { MAX_PAGES, type RegistryQuery, RegistryService } from './registry-service.ts';
export { mergeSettings, type SettingInput } from './setting-values.ts';
