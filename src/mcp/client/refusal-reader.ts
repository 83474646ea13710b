import type { OutboundResponse } from '../../outbound/guarded-fetch.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';
import { findErrorBody } from './json-rpc.ts';

/** Bytes of the body of a refusal that are looked at. */
const ERROR_BODY_BYTES = 64 * 1024;

/** Reads the JSON-RPC error of a refusal, where its status leaves a question open. Gives the body up where it does not. */
export async function readErrorBody(
  response: OutboundResponse,
): Promise<ReturnType<typeof findErrorBody>> {
  const { status } = response;
  if (status === 401 || status === 403 || status === 429 || status >= 500) {
    response.discard();
    return undefined;
  }
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
    if (error instanceof OutboundError) return undefined;
    throw error;
  }
  return findErrorBody(Buffer.concat(parts).toString());
}
