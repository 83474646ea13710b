import type { Identity } from '../../tenancy/caller.ts';
import type { AuthorizationRecord, AuthorizationStatus } from './authorization.ts';

/** What the next step of a sign-in changes; what is absent stays. */
export interface AuthorizationStep extends Pick<AuthorizationRecord, 'status'> {
  /** `null` where the sign-in has ended. */
  sealed?: string | null;
  handleHash?: string;
  errorCode?: NonNullable<AuthorizationRecord['errorCode']>;
  connectorId?: string;
  expiresAt?: Date;
}

/** Sign-ins, each seen by the user who started it only. */
export interface AuthorizationStore {
  /** Stores it, and drops the user's oldest ones where there are more than `limit`. */
  insert(identity: Identity, record: AuthorizationRecord, limit: number): Promise<void>;
  find(identity: Identity, id: string): Promise<AuthorizationRecord | undefined>;
  /** Did the user lately leave for this issuer without having come back? */
  hasUnreturned(identity: Identity, issuer: string): Promise<boolean>;
  /** Gives a pending sign-in to a browser. @returns false where it is another one's, or not pending any more */
  bindBrowser(identity: Identity, id: string, browserHash: string): Promise<boolean>;
  /** Takes the step where the sign-in still is where it is thought to be. @returns was it? */
  advance(
    identity: Identity,
    id: string,
    from: AuthorizationStatus,
    step: AuthorizationStep,
  ): Promise<boolean>;
  /** Of all users; the number deleted. */
  deleteExpired(before: Date): Promise<number>;
}
