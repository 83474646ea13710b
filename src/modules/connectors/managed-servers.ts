import type { McpTransport } from '../../mcp/client/mcp-client.ts';
import type { Identity } from '../../tenancy/caller.ts';

/** Where the server of a catalog entry is. */
export interface ManagedServer {
  /** The whole URL. */
  url: string;
  transport: McpTransport;
  /** Reached by the way that is pinned to its origin; else as a server that a user typed. */
  isPinned: boolean;
  /** What it asks of us beside the credentials of its connector: the secret of a server that we brought up. */
  secretHeaders?: Readonly<Record<string, string>>;
}

/** Servers that the catalog decides about. */
export interface ManagedServers {
  /**
   * Where this owner's server of the entry is at this moment; a sleeping one is woken. Undefined where the entry is gone, or may not be used now.
   * @throws McpFailure `CONNECTION_FAILED` where the server is up nowhere
   */
  findServer(identity: Identity, entryKey: string): Promise<ManagedServer | undefined>;
  /** Of all entries that may be used now, former keys too. */
  usableKeys(): readonly string[];
}
