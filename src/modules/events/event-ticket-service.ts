import { createHash } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import { type SealContext, SealError, type SealedBox } from '../credentials/index.ts';
import type { EventTicketStore } from './event-ticket-store.ts';

/** Collaborators of the {@link EventTicketService}. */
export interface EventTicketServiceDeps {
  store: EventTicketStore;
  box: Pick<SealedBox, 'seal' | 'open'>;
  clock: Pick<Clock, 'now'>;
}

/** A ticket for its holder. */
export interface IssuedTicket {
  ticket: string;
  expiresAt: Date;
}

/** How long a ticket may wait. */
const TICKET_MS = 30_000;
/** Longer ones are not ours: two ids of 255 characters, sealed. */
const MAX_TICKET_LENGTH = 6_000;

/** Who it was issued for stands inside, and is random by its seal. */
const CONTEXT: SealContext = {
  table: 'event_tickets',
  column: 'ticket',
  tenantId: '-',
  owner: '-',
  rowId: '-',
  url: '-',
};

/**
 * Tickets for browsers, whose `EventSource` sends no headers: a token does not belong into a URL, where it would be logged on its way and stay
 * good; a ticket opens one stream, once.
 */
export class EventTicketService {
  readonly #deps: EventTicketServiceDeps;

  constructor(deps: EventTicketServiceDeps) {
    this.#deps = deps;
  }

  /** @throws SealError while the keys are not there */
  async issue(caller: Caller): Promise<IssuedTicket> {
    const { store, box, clock } = this.#deps;
    const ticket = box.seal(JSON.stringify([caller.tenantId, caller.userId]), CONTEXT);
    const latest = Math.min(clock.now().getTime() + TICKET_MS, caller.tokenExpiresAt.getTime());
    const expiresAt = new Date(latest);
    await store.insert({ ticketHash: hashOf(ticket), caller, expiresAt });
    return { ticket, expiresAt };
  }

  /** The caller it was issued for, with the rights of then; undefined where it is none of ours, was used, or has expired. */
  async redeem(ticket: string): Promise<Caller | undefined> {
    const { store, clock } = this.#deps;
    const identity = this.#identityOf(ticket);
    return identity && (await store.take(identity, hashOf(ticket), clock.now()));
  }

  /** Deletes tickets that nobody used. @returns how many */
  deleteExpired(): Promise<number> {
    const { store, clock } = this.#deps;
    return store.deleteExpired(clock.now());
  }

  #identityOf(ticket: string): Identity | undefined {
    if (ticket.length > MAX_TICKET_LENGTH) return undefined;
    try {
      // The seal proves that the text is one of ours.
      const [tenantId = '', userId = ''] = JSON.parse(
        this.#deps.box.open(ticket, CONTEXT),
      ) as string[];
      return { tenantId, userId };
    } catch (error) {
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}
