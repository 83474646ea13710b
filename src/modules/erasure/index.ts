export { erasureRoutes } from './erasure-routes.ts';
export { ErasureService } from './erasure-service.ts';
export { PrismaErasureStore } from './prisma-erasure-store.ts';
