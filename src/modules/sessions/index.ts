export { SessionPool } from './session-pool.ts';
export { SessionService } from './session-service.ts';
