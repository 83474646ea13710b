export { Gateway } from './gateway.ts';
export { gatewayRoutes } from './gateway-routes.ts';
export { GatewayService } from './gateway-service.ts';
