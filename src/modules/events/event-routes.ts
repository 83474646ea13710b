import type { FastifyReply } from 'fastify';
import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { EVENT_STREAM_MEDIA_TYPE, EventStream } from '../../http/event-stream.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import type { Clock } from '../../lib/clock.ts';
import { toEventTicket } from './event-mapper.ts';
import type { EventService } from './event-service.ts';
import type { EventTicketService } from './event-ticket-service.ts';
import { toSink } from './stream-sink.ts';

/** Services behind the event routes. */
export interface EventRoutesOptions {
  eventService: Pick<EventService, 'open'>;
  eventTicketService: Pick<EventTicketService, 'issue'>;
  clock: Pick<Clock, 'sleep'>;
}

/** Registers `followEvents` and `createEventTicket`. */
export function eventRoutes(
  app: ContractApp,
  { eventService, eventTicketService, clock }: EventRoutesOptions,
): void {
  route(app, operations.followEvents, async (request, reply: FastifyReply) => {
    const caller = getCaller(request);
    if (request.method === 'HEAD') return streamHeaders(reply).send();
    const { last_event_id: asParameter } = request.query;
    const lastEventId = request.headers['last-event-id'] ?? asParameter;
    let stream: EventStream | undefined;
    const open = await eventService.open(caller, lastEventId, () => {
      stream = new EventStream({ clock });
      return toSink(stream);
    });
    if (stream === undefined) throw new Error('The service opened no stream.');
    if (stream.ended.aborted) open.leave();
    stream.ended.addEventListener('abort', () => open.leave());
    return streamHeaders(reply).send(stream.body);
  });

  route(app, operations.createEventTicket, async (request, reply) => {
    const ticket = await eventTicketService.issue(getCaller(request));
    reply.header('cache-control', 'no-store');
    return reply.code(201).send(toEventTicket(ticket));
  });
}

function streamHeaders(reply: FastifyReply): FastifyReply {
  return reply.code(200).headers({
    'content-type': EVENT_STREAM_MEDIA_TYPE,
    'cache-control': 'no-store',
    // Some proxies would collect the events.
    'x-accel-buffering': 'no',
  });
}
