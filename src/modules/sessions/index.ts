export { SessionPool, type SessionPoolStatistics } from './session-pool.ts';
export { SessionService } from './session-service.ts';
