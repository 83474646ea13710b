import type { Identity } from '../../tenancy/caller.ts';

/** A credential of anybody, without its secret. */
export interface AgedCredential {
  /** The credential's; pages are in the order of these. */
  id: string;
  identity: Identity;
  connectorId: string;
}

/** A credential whose connector is disabled. */
export interface DeactivatedCredential extends AgedCredential {
  kind: string;
  disabledAt: Date;
}

/** A page of a list: up to `limit` after this id. */
export interface AgePage {
  limit: number;
  afterId: string | undefined;
}

/** Credentials of all tenants by their times; only background work sees them. */
export interface CredentialAgeStore {
  /** Grants in use, of enabled connectors, whose tokens end in this time; none that is a member's own in a project. */
  listEnding(between: { from: Date; until: Date }, page: AgePage): Promise<AgedCredential[]>;
  /** Credentials of connectors that were disabled before, and neither changed nor tested since. */
  listDeactivated(before: Date, page: AgePage): Promise<DeactivatedCredential[]>;
}
