import type { JsonObject } from '../client/json-object.ts';
import type { OfferingRequest } from '../client/server-offerings.ts';

/** A page of a list, in the protocol's own shape. */
export interface OfferingListPage {
  entries: JsonObject[];
  nextCursor: string | undefined;
}

/** The prompts and resources behind our endpoint for one caller. */
export interface OfferingsBackend {
  /** @throws RpcError for a cursor that was never given out */
  list(
    kind: 'prompt' | 'resource' | 'template',
    cursor: string | undefined,
  ): Promise<OfferingListPage>;
  /**
   * Asks for a prompt, a resource or a completion, and gives its `result`.
   * @throws RpcError for what does not exist, and for whatever keeps its server from answering
   */
  request(request: OfferingRequest, options: { signal: AbortSignal }): Promise<JsonObject>;
}
