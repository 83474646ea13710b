import type { Audience, ChangeEvent, EventRange } from './event.ts';

/** The outbox of events. */
export interface EventStore {
  /**
   * Gives a place to each event that was committed before the call, and says which places there are. Places become visible in their order, so
   * that nothing is ever found before one that was read.
   */
  publish(): Promise<EventRange>;

  /** Events for this audience after a place, in order, at most `limit`; as the audience, so that row level security holds. */
  read(audience: Audience, after: bigint, limit: number): Promise<ChangeEvent[]>;

  /** Deletes the first ones, up to those of this time. @returns how many */
  deleteBefore(time: Date): Promise<number>;
}
