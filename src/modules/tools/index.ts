export { createCallMetrics } from './call-metrics.ts';
export { toolCallRoutes } from './tool-call-routes.ts';
export { ToolCallService } from './tool-call-service.ts';
export { toolRoutes } from './tool-routes.ts';
export { SEARCH_LIMITS, type ToolMatch } from './tool-search.ts';
export { toolSearchRoutes } from './tool-search-routes.ts';
export { ToolSearchService } from './tool-search-service.ts';
export { toProtocolTool } from './tool-snapshot.ts';
export { ToolsetService } from './toolset-service.ts';
