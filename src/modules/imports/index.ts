export { ExportService, type PublicEndpoint } from './export-service.ts';
export { importRoutes } from './import-routes.ts';
export { ImportService } from './import-service.ts';
