export { systemToolRoutes } from './system-tool-routes.ts';
export { SystemToolService } from './system-tool-service.ts';
