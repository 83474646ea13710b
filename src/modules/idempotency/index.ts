export { IdempotencyService } from './idempotency-service.ts';
export { idempotentReply } from './idempotent-reply.ts';
export { PrismaIdempotencyStore } from './prisma-idempotency-store.ts';
