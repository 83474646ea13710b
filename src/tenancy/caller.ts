/** What a token allows. Names as in the OAuth `scope` claim. */
export type Scope =
  | 'connectors:read'
  | 'connectors:write'
  | 'tools:read'
  | 'tools:call'
  | 'operator'
  | 'agent';

/** The user on whose behalf rows are read and written. Every query carries it. */
export interface Identity {
  tenantId: string;
  /** Empty only where the service itself keeps what a project shares, as when it renews tokens ahead of their end. */
  userId: string;
  /** The project whose connectors are meant; undefined for the user's own. Whoever sets it has found the user to be a member. */
  projectId?: string | undefined;
}

/** What a member may do: `member` uses the project's connectors, `admin` manages them. */
export type ProjectRole = 'admin' | 'member';

/** A verified token: who is calling, and what they may do. */
export interface Caller extends Identity {
  scopes: ReadonlySet<Scope>;
  /** The agent that acts for the user (RFC 8693 `act.sub`), for logs. */
  actor: string | undefined;
  /** `client_id` or `azp` of the token, for logs and for the agent compatibility mode. */
  clientId: string | undefined;
  /** When the token is not valid any more. */
  tokenExpiresAt: Date;
  /** Project ids with the caller's role. */
  projects: ReadonlyMap<string, ProjectRole>;
}
