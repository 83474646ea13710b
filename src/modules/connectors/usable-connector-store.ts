/** What sessions need to know of connectors, of all users. For background work only. */
export interface UsableConnectorStore {
  /** The present generation of URL and credentials of each of these connectors that is enabled; others are left out. */
  listGenerations(connectorIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
