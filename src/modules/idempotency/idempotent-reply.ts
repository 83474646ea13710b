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

/** Work that is done at most once under a key. */
export interface IdempotentWork {
  operation: string;
  repeatable: boolean;
  work: () => Promise<StoredReply>;
}

/**
 * Does the work at most once where the request carries an `Idempotency-Key`, and as usual where it does not.
 * @throws AppError as {@link IdempotencyService.run}, or what the work throws
 */
export async function runIdempotently(
  service: IdempotencyService,
  identity: Identity,
  request: Pick<IdempotencyRequest, 'url' | 'body'> & { headers: { [name: string]: unknown } },
  { operation, repeatable, work }: IdempotentWork,
): Promise<{ reply: StoredReply; replayed: boolean }> {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return { reply: await work(), replayed: false };
  const slot = { identity, operation, key };
  return await service.run({ slot, requestHash: hashOf(request), repeatable, work });
}

/** Answers a request at most once where it carries an `Idempotency-Key`, and as usual where it does not. */
export async function idempotentReply(
  service: IdempotencyService,
  identity: Identity,
  request: IdempotencyRequest,
  reply: IdempotencyReply,
  options: IdempotentWork,
): Promise<void> {
  const answer = await runIdempotently(service, identity, request, options);
  reply.code(answer.reply.status);
  reply.headers({
    ...answer.reply.headers,
    ...(answer.replayed && { 'idempotency-replayed': 'true' }),
  });
  reply.send(answer.reply.body);
}

function hashOf({ url, body }: Pick<IdempotencyRequest, 'url' | 'body'>): string {
  return createHash('sha256')
    .update(JSON.stringify([url, body]))
    .digest('hex');
}
