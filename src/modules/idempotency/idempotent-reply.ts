import { createHash } from 'node:crypto';
import type { Identity } from '../../tenancy/caller.ts';
import type { IdempotencyService, StoredReply } from './idempotency-service.ts';

/** The part of a Fastify request that makes it what it is. */
export interface IdempotencyRequest {
  url: string;
  body: unknown;
  headers: { 'idempotency-key'?: string };
}

/** The part of a Fastify reply that is used. */
export interface IdempotencyReply {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: unknown): unknown;
}

/** Answers a request at most once where it carries an `Idempotency-Key`, and as usual where it does not. */
export async function idempotentReply(
  service: IdempotencyService,
  identity: Identity,
  request: IdempotencyRequest,
  reply: IdempotencyReply,
  options: { operation: string; repeatable: boolean; work: () => Promise<StoredReply> },
): Promise<void> {
  const key = request.headers['idempotency-key'];
  const { operation, repeatable, work } = options;
  const answer = await (key === undefined
    ? work().then((stored) => ({ reply: stored, replayed: false }))
    : service.run({
        slot: { identity, operation, key },
        requestHash: hashOf(request),
        repeatable,
        work,
      }));
  reply.code(answer.reply.status);
  reply.headers({
    ...answer.reply.headers,
    ...(answer.replayed && { 'idempotency-replayed': 'true' }),
  });
  reply.send(answer.reply.body);
}

function hashOf({ url, body }: IdempotencyRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([url, body]))
    .digest('hex');
}
