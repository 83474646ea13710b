import type { Caller, Identity } from '../../tenancy/caller.ts';

/** A ticket as it is stored. */
export interface EventTicketRecord {
  /** SHA-256, hex. */
  ticketHash: string;
  /** What the token allowed that it was issued for. */
  caller: Caller;
  expiresAt: Date;
}

/** Tickets that were given out and not used yet. */
export interface EventTicketStore {
  insert(record: EventTicketRecord): Promise<void>;

  /** Takes it out: of several who try, one gets it. Undefined where there is none, or it has expired. */
  take(identity: Identity, ticketHash: string, now: Date): Promise<Caller | undefined>;

  /** Deletes those that expired before. @returns how many; more may be left */
  deleteExpired(before: Date): Promise<number>;
}
