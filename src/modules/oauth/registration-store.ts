import type { Identity } from '../../tenancy/caller.ts';

/** Names a registration: it is good for this issuer and this redirect URI only. */
export interface RegistrationKey {
  issuer: string;
  redirectUri: string;
}

/** Our registrations with authorization servers, sealed; the users of a tenant share them. */
export interface RegistrationStore {
  find(
    identity: Identity,
    key: RegistrationKey,
  ): Promise<{ sealed: string; expiresAt: Date | undefined } | undefined>;
  /** Replaces an earlier one. */
  put(
    identity: Identity,
    key: RegistrationKey,
    registration: { sealed: string; expiresAt: Date | undefined; at: Date },
  ): Promise<void>;
  delete(identity: Identity, key: RegistrationKey): Promise<void>;
}
