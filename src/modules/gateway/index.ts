export { Gateway } from './gateway.ts';
export { registerGatewayMetrics } from './gateway-metrics.ts';
export { gatewayRoutes } from './gateway-routes.ts';
export { GatewayService } from './gateway-service.ts';
