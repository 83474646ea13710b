import type { JsonObject } from './json-object.ts';

/** What a server offers besides tools. */
export const OFFERING_KINDS = ['prompt', 'resource', 'template'] as const;

/** One of {@link OFFERING_KINDS}. */
export type OfferingKind = (typeof OFFERING_KINDS)[number];

/** A prompt, a resource or a resource template, its texts already stripped of control, bidirectional and tag characters. */
export interface Offering {
  /** What the server calls it by: the name of a prompt, a URI, a URI template. */
  key: string;
  /** Its other members, as the protocol names them. */
  definition: JsonObject;
}

/** The offerings of a server by kind; a kind that is absent could not be read. */
export type OfferingDiscovery = Partial<Record<OfferingKind, Offering[]>>;

/** A request for what a server offers; names and URIs as the server knows them. */
export type OfferingRequest =
  | { method: 'prompts/get'; params: { name: string; arguments?: Record<string, string> } }
  | { method: 'resources/read'; params: { uri: string } }
  | {
      method: 'completion/complete';
      params: {
        ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string };
        argument: { name: string; value: string };
        context?: { arguments?: Record<string, string> };
      };
    };

/** How such a request ended that the server did answer. */
export type OfferingOutcome =
  | {
      kind: 'result';
      /** The members that the protocol has for the answer to the method, passed on unchanged. */
      result: JsonObject;
    }
  | {
      /** A JSON-RPC error: the server understood us and refuses. */
      kind: 'protocol-error';
      code: number;
      /** Upstream text, sanitised, at most 2,000 characters. */
      message: string;
    };
