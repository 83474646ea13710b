import type { Clock } from '../../lib/clock.ts';
import { parseChallenge } from '../../oauth/challenge.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';
import type { OutboundResponse } from '../../outbound/outbound-response.ts';
import { findErrorBody } from './json-rpc.ts';
import type { LinkedSignal } from './linked-signal.ts';
import type { MissingScopes } from './mcp-failure.ts';

/** Bytes of the body of a refusal that are looked at. */
const ERROR_BODY_BYTES = 64 * 1024;
/** Milliseconds it may take: the status is known already, and says enough. */
const ERROR_BODY_MS = 2_000;

/** What bounds the reading of a refusal. */
export interface RefusalBounds {
  /** The signal of its exchange; aborted where the body takes too long. */
  linked: Pick<LinkedSignal, 'abort'>;
  clock: Pick<Clock, 'sleep'>;
}

/** Reads the JSON-RPC error of a refusal, where its status leaves a question open. Gives the body up where it does not. */
export async function readErrorBody(
  response: OutboundResponse,
  { linked, clock }: RefusalBounds,
): Promise<ReturnType<typeof findErrorBody>> {
  const { status } = response;
  if (status === 401 || status === 403 || status === 429 || status >= 500) {
    response.discard();
    return undefined;
  }
  const over = new AbortController();
  let tooLate = false;
  clock.sleep(ERROR_BODY_MS, over.signal).then(
    () => {
      tooLate = true;
      linked.abort(undefined);
    },
    () => {},
  );
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.chunks()) {
      parts.push(chunk);
      bytes += chunk.length;
      if (bytes > ERROR_BODY_BYTES) return undefined;
    }
  } catch (error) {
    // The status is known; a body that breaks off adds nothing.
    if (tooLate || error instanceof OutboundError) return undefined;
    throw error;
  } finally {
    over.abort();
  }
  return findErrorBody(Buffer.concat(parts).toString());
}

/** What a 403 says that the token lacks (RFC 6750 section 3.1); undefined where it says nothing of that. */
export function readMissingScopes({
  status,
  headers,
}: Pick<OutboundResponse, 'status' | 'headers'>): MissingScopes | undefined {
  if (status !== 403) return undefined;
  const { isScopeMissing, scopes } = parseChallenge(headers['www-authenticate'] ?? '');
  return isScopeMissing && scopes.length > 0 ? { scopes, mayBeGranted: true } : undefined;
}
