export { ToolCallService } from './tool-call-service.ts';
export { toolRoutes } from './tool-routes.ts';
export { ToolsetService } from './toolset-service.ts';
