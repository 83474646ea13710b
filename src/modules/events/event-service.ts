import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Caller } from '../../tenancy/caller.ts';
import type { EventRange, EventSink, StreamEnd } from './event.ts';
import type { EventHub } from './event-hub.ts';
import type { EventStore } from './event-store.ts';
import { EventSubscription } from './event-subscription.ts';

/** Collaborators of the {@link EventService}. */
export interface EventServiceDeps {
  store: Pick<EventStore, 'publish' | 'deleteBefore'>;
  hub: Pick<EventHub, 'add' | 'remove' | 'countOf' | 'size'>;
  clock: Clock;
  limits: EventLimits;
  /** Told of each stream that ended, for the metrics. */
  onEnd: (reason: StreamEnd | 'left') => void;
}

/** How many streams one process has open at once. */
export interface EventLimits {
  perUser: number;
  total: number;
}

/** A stream that is open. */
export interface OpenStream {
  /** The client has left. */
  leave(): void;
}

/** Streams per process unless said otherwise: tabs and devices of a user, and what the process can hold. */
export const EVENT_LIMITS = { perUser: 20, total: 2_000 } as const;

const HOUR_MS = 3_600_000;
/** How long events are kept for clients that come back. */
const RETENTION_HOURS = 24;
/** The longest life of a stream, so that long-lived tokens do not keep rights that newer ones lack. */
const STREAM_HOURS = 1;
/** What a client that found no room waits. */
const RETRY_SECONDS = 10;
const POSITION = /^\d{1,18}$/;

/** Lets clients follow what changes. */
export class EventService {
  readonly #deps: EventServiceDeps;
  #opening = 0;
  #ranging: Promise<EventRange> | undefined;

  constructor(deps: EventServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Opens a stream of what the caller may see.
   * @param lastEventId where it goes on; what nobody can go on from begins anew, and the client is told.
   * @throws AppError `RATE_LIMITED` where the user has too many streams, `OVERLOADED` where all have
   * @throws DatabaseUnavailable
   */
  async open(
    caller: Caller,
    lastEventId: string | undefined,
    createSink: () => EventSink,
  ): Promise<OpenStream> {
    const { hub, limits } = this.#deps;
    if (hub.size + this.#opening >= limits.total) {
      throw new AppError('OVERLOADED', { retryAfterSeconds: RETRY_SECONDS });
    }
    this.#opening += 1;
    try {
      const range = await this.#range();
      if (hub.countOf(caller) >= limits.perUser) {
        const detail = `At most ${limits.perUser} event streams of a user may be open at once. Close one, then try again.`;
        throw new AppError('RATE_LIMITED', { detail, retryAfterSeconds: RETRY_SECONDS });
      }
      return this.#begin(caller, { lastEventId, range, sink: createSink() });
    } finally {
      this.#opening -= 1;
    }
  }

  /** Deletes events that nobody comes back for. @returns how many; more may be left */
  deleteExpired(): Promise<number> {
    const { store, clock } = this.#deps;
    return store.deleteBefore(new Date(clock.now().getTime() - RETENTION_HOURS * HOUR_MS));
  }

  /** Asked once for all who come at the same moment, as after a restart. A range that is a moment old only begins earlier. */
  #range(): Promise<EventRange> {
    this.#ranging ??= this.#deps.store.publish().finally(() => {
      this.#ranging = undefined;
    });
    return this.#ranging;
  }

  #begin(
    caller: Caller,
    {
      lastEventId,
      range,
      sink,
    }: { lastEventId: string | undefined; range: EventRange; sink: EventSink },
  ): OpenStream {
    const { hub, clock, onEnd } = this.#deps;
    const known = knownPosition(lastEventId, range);
    const after = known ?? range.newest;
    sink.begin(after, lastEventId !== undefined && known === undefined);
    const subscription = new EventSubscription({
      audience: {
        tenantId: caller.tenantId,
        userId: caller.userId,
        projectIds: [...caller.projects.keys()],
      },
      after,
      sink,
      until: this.#endOf(caller),
      clock,
      onEnd: (reason) => {
        hub.remove(subscription);
        onEnd(reason);
      },
    });
    hub.add(subscription);
    return subscription;
  }

  #endOf({ tokenExpiresAt }: Caller): { time: Date; reason: StreamEnd } {
    const renewal = new Date(this.#deps.clock.now().getTime() + STREAM_HOURS * HOUR_MS);
    if (tokenExpiresAt <= renewal) return { time: tokenExpiresAt, reason: 'token_expired' };
    return { time: renewal, reason: 'renewal' };
  }
}

/** Where a client can go on without having missed anything. */
function knownPosition(
  lastEventId: string | undefined,
  { oldest, newest }: EventRange,
): bigint | undefined {
  if (lastEventId === undefined || !POSITION.test(lastEventId)) return undefined;
  const position = BigInt(lastEventId);
  return position >= oldest && position <= newest ? position : undefined;
}
