import type { McpTransport } from '../../mcp/client/mcp-client.ts';

/** Where the server of a catalog entry is. */
export interface ManagedServer {
  /** The whole URL. */
  url: string;
  transport: McpTransport;
  /** Reached by the way that is pinned to its origin; else as a server that a user typed. */
  isPinned: boolean;
}

/** Servers that the catalog decides about. */
export interface ManagedServers {
  /** Undefined where the entry is gone, or may not be used now. */
  findServer(entryKey: string): ManagedServer | undefined;
  /** Of all entries that may be used now, former keys too. */
  usableKeys(): readonly string[];
}
