import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { createChangeFeed } from './container-changes.ts';
import type { Database } from './database/index.ts';
import type { Clock } from './lib/clock.ts';
import type { SealedBox } from './modules/credentials/index.ts';
import {
  EVENT_LIMITS,
  EventHub,
  EventService,
  EventTicketService,
  PrismaEventStore,
  PrismaEventTicketStore,
} from './modules/events/index.ts';

/** What streams of events are built from. */
export interface EventsBasis {
  database: Database;
  changes: Pick<ReturnType<typeof createChangeFeed>, 'feed' | 'onEvent'>;
  box: SealedBox;
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
  registry: Registry;
}

/** Builds what lets clients follow changes. */
export function createEvents({ database, changes, box, clock, logger, registry }: EventsBasis) {
  const store = new PrismaEventStore({ database });
  const hub = new EventHub({
    store,
    clock,
    onError: (err) => logger.warn({ err }, 'events cannot be read; it is tried again'),
  });
  changes.onEvent(({ isErasure, ...audience }) => {
    if (isErasure) hub.reset(audience);
    else hub.tell(audience);
  });
  // What was announced while nobody listened is found in the rows.
  changes.feed.subscribe((change) => {
    if (change === 'everything') hub.tellAll();
  });
  const ended = registerMetrics(registry, hub);
  return {
    eventService: new EventService({
      ...{ store, hub, clock, limits: EVENT_LIMITS },
      onEnd: (reason) => ended.inc({ reason }),
    }),
    eventTicketService: new EventTicketService({
      store: new PrismaEventTicketStore({ database }),
      box,
      clock,
    }),
    /** Ends the streams: they would hold up the end of the service. */
    closeEvents: () => hub.close(),
  };
}

function registerMetrics(registry: Registry, hub: EventHub): Counter<'reason'> {
  const registers = [registry];
  const streams: Gauge = new Gauge({
    name: 'mcp_event_streams',
    help: 'Clients that follow changes at this process.',
    registers,
    collect: () => void streams.set(hub.size),
  });
  return new Counter({
    name: 'mcp_event_streams_ended_total',
    help: 'Streams of events that ended, by why: left, token_expired, renewal, stopping, slow.',
    labelNames: ['reason'],
    registers,
  });
}
