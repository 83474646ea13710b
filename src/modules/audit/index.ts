export { auditRoutes } from './audit-routes.ts';
export { AuditService } from './audit-service.ts';
export { AuditTrail } from './audit-trail.ts';
export { recordForbiddenRequests } from './forbidden-requests.ts';
export { PrismaAuditStore } from './prisma-audit-store.ts';
