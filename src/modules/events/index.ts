export { EventHub } from './event-hub.ts';
export { eventRoutes } from './event-routes.ts';
export { EVENT_LIMITS, EventService } from './event-service.ts';
export { EventTicketService } from './event-ticket-service.ts';
export { PrismaEventStore } from './prisma-event-store.ts';
export { PrismaEventTicketStore } from './prisma-event-ticket-store.ts';
