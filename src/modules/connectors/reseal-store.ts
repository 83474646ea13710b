import type { Identity } from '../../tenancy/caller.ts';

/** A connector whose URL or credentials are not sealed with the active key. */
export interface ResealRow {
  /** Of the owner: the user, or the project itself. */
  identity: Identity;
  connectorId: string;
  serverUrlSealed: string;
  /** That of the owner, or those of the members of its project. */
  credentials: { id: string; sealed: string; memberId: string }[];
}

/** What was sealed anew, with what it replaces. */
export interface Resealed {
  connectorId: string;
  url: { before: string; after: string };
  credentials: { id: string; before: string; after: string }[];
}

/** A deployment whose settings are not sealed with the active key. */
export interface StaleDeployment {
  identity: Identity;
  id: string;
  sealed: string;
}

/** Sealed texts of all tenants; only background work sees them. */
export interface ResealStore {
  /** Ids of the keys that stored texts need; kept answers and sign-ins that expired do not count, nor registrations, which are made anew. */
  listKeyIdsInUse(now: Date): Promise<string[]>;
  /** Up to `limit` connectors with a text that another key than `activeKeyId` sealed, in the order of their ids. */
  listStale(
    activeKeyId: string,
    page: { limit: number; afterId: string | undefined },
  ): Promise<ResealRow[]>;
  /**
   * Replaces the texts, each only where it is still the one that was read.
   * @returns whether all of them were.
   */
  replace(resealed: Resealed): Promise<boolean>;
  /** Connectors that {@link listStale} would list, over all pages. */
  countStale(activeKeyId: string): Promise<number>;
  /** Up to `limit` deployments with a text that another key sealed, in the order of their ids. */
  listStaleDeployments(
    activeKeyId: string,
    page: { limit: number; afterId: string | undefined },
  ): Promise<StaleDeployment[]>;
  /** Replaces the text where it is still the one that was read. @returns whether it was */
  replaceDeployment(id: string, before: string, after: string): Promise<boolean>;
  /** Deletes registrations with authorization servers that another key sealed: the next sign-in registers anew. @returns how many */
  dropStaleRegistrations(activeKeyId: string): Promise<number>;
}
