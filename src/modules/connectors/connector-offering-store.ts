import type { JsonObject } from '../../mcp/client/mcp-client.ts';
import type { OfferingDiscovery, OfferingKind } from '../../mcp/client/server-offerings.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorRecord } from './connector.ts';

/** A prompt, a resource or a template as agents see it. */
export interface ListedOffering {
  /** What agents ask for it by. */
  exposedKey: string;
  /** Its other members, as the protocol names them. */
  definition: JsonObject;
}

/** The connector behind what an agent asks for. */
export interface OfferingOwner
  extends Pick<
    ConnectorRecord,
    'projectId' | 'intent' | 'slug' | 'credentialGeneration' | 'callTimeoutSeconds'
  > {
  connectorId: string;
}

/** A prompt as a request for it needs it. */
export interface AskablePrompt extends OfferingOwner {
  /** As the server calls it. */
  name: string;
}

/**
 * Prompts, resources and resource templates as discovery stored them; no server is asked. Those of the user, and of the project that the
 * identity names.
 */
export interface ConnectorOfferingStore {
  /** Those of enabled connectors by key, at most `limit`, after the key. */
  list(
    identity: Identity,
    kind: OfferingKind,
    page: { limit: number; after: string | undefined },
  ): Promise<ListedOffering[]>;
  /** For each of these kinds a text that is another one when what {@link list} gives is. */
  fingerprintsOf(
    identity: Identity,
    kinds: readonly OfferingKind[],
  ): Promise<Map<OfferingKind, string>>;
  /** All that is stored of one connector. */
  listOf(identity: Identity, connectorId: string): Promise<OfferingDiscovery>;
  /** The prompt with this exposed name, also of a disabled connector. */
  findPrompt(identity: Identity, exposedName: string): Promise<AskablePrompt | undefined>;
  /** The connector with this slug, also a disabled one. */
  findOwner(identity: Identity, slug: string): Promise<OfferingOwner | undefined>;
}
