export { IdempotencyService } from './idempotency-service.ts';
export {
  type IdempotencyReply,
  type IdempotentWork,
  idempotentReply,
  runIdempotently,
} from './idempotent-reply.ts';
export { PrismaIdempotencyStore } from './prisma-idempotency-store.ts';
