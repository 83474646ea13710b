import type { Identity } from '../../tenancy/caller.ts';

/** The credential whose tokens are renewed, as it was read. */
export interface LeasedCredential {
  id: string;
  connectorId: string;
  /** It is one member's: nobody else's sessions or status depend on it. */
  isPersonal: boolean;
  /** The sealed text; where it is another one by now, somebody else was faster. */
  sealed: string;
}

/** What a renewal changes in a stored credential. One replica at a time renews: the one that holds the lease. */
export interface GrantStore {
  /**
   * Takes the lease for some seconds, of the database's clock.
   * @returns false where somebody else has it, or the credential is not the one that was read.
   */
  lease(
    identity: Identity,
    credential: LeasedCredential,
    lease: { id: string; seconds: number },
  ): Promise<boolean>;
  /** Gives the lease back, where it is still this one. */
  release(identity: Identity, credentialId: string, leaseId: string): Promise<void>;
  /**
   * Stores renewed tokens and gives the lease back.
   * @returns false where the lease is another one, or the credential was replaced or deleted.
   */
  save(
    identity: Identity,
    credentialId: string,
    renewed: { leaseId: string; sealed: string; expiresAt: Date | undefined; at: Date },
  ): Promise<boolean>;
  /** Adds to what a new sign-in is to ask for, up to a number of scopes; where the credential is still there. */
  want(identity: Identity, credentialId: string, scopes: readonly string[]): Promise<void>;
  /** Marks the credential as refused, and its connector as in need of a sign-in unless it is personal, where it still is the one that was read. */
  refuse(identity: Identity, credential: LeasedCredential, at: Date): Promise<void>;
}
