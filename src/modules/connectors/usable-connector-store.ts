/** What a session has to be of. */
export interface SessionPlace {
  connectorId: string;
  userId: string;
}

/** What sessions need to know of connectors, of all users. For background work only. */
export interface UsableConnectorStore {
  /**
   * The present generation of URL and credentials of each of these sessions, in their order; undefined where its connector is disabled or
   * gone, or the user has no credentials for it any more.
   */
  listGenerations(sessions: readonly SessionPlace[]): Promise<(number | undefined)[]>;
}
