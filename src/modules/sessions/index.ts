export { CircuitBreakers } from './circuit-breakers.ts';
export { ServerRequestService, ServiceStopping } from './server-request-service.ts';
export { SessionAlignmentService } from './session-alignment-service.ts';
export { registerSessionMetrics } from './session-metrics.ts';
export { SessionPool } from './session-pool.ts';
export { sessionRoutes } from './session-routes.ts';
export { SessionService } from './session-service.ts';
export { SessionStatisticsService } from './session-statistics-service.ts';
export { ToolRefreshService } from './tool-refresh-service.ts';
