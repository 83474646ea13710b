import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Is what somebody sent one of these secrets? It takes the same time for each, whatever is sent: a hash of both is compared, so that neither
 * a common beginning nor the length shows.
 */
export function isOneOf(given: string, secrets: readonly string[]): boolean {
  const digest = digestOf(given);
  let found = false;
  // No early end.
  for (const secret of secrets) found = timingSafeEqual(digest, digestOf(secret)) || found;
  return found;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
