import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Database } from '../../database/index.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import type { EventTicketRecord, EventTicketStore } from './event-ticket-store.ts';

const Rights = Type.Object({
  scopes: Type.Array(
    Type.Union([
      Type.Literal('connectors:read'),
      Type.Literal('connectors:write'),
      Type.Literal('tools:read'),
      Type.Literal('tools:call'),
      Type.Literal('operator'),
      Type.Literal('agent'),
    ]),
  ),
  actor: Type.Union([Type.String(), Type.Null()]),
  clientId: Type.Union([Type.String(), Type.Null()]),
  tokenExpiresAt: Type.Number(),
  projects: Type.Array(
    Type.Tuple([Type.String(), Type.Union([Type.Literal('admin'), Type.Literal('member')])]),
  ),
});

/** Tickets in PostgreSQL. */
export class PrismaEventTicketStore implements EventTicketStore {
  readonly #database: Pick<Database, 'asUser' | 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'asUser' | 'asWorker'> }) {
    this.#database = database;
  }

  async insert({ ticketHash, caller, expiresAt }: EventTicketRecord): Promise<void> {
    const { tenantId, userId } = caller;
    const data = { ticketHash, tenantId, userId, rights: toRights(caller), expiresAt };
    await this.#database.asUser(
      { tenantId, userId },
      (tx) => tx.eventTicket.createMany({ data: [data] }),
      { keepsConnectors: true },
    );
  }

  async take(identity: Identity, ticketHash: string, now: Date): Promise<Caller | undefined> {
    const { tenantId, userId } = identity;
    const where = { tenantId, userId, ticketHash, expiresAt: { gt: now } };
    const rights = await this.#database.asUser(
      identity,
      async (tx) => {
        const row = await tx.eventTicket.findFirst({ where });
        const { count } = await tx.eventTicket.deleteMany({ where });
        return count === 1 ? row?.rights : undefined;
      },
      { keepsConnectors: true },
    );
    return rights === undefined ? undefined : toCaller(identity, Value.Decode(Rights, rights));
  }

  async deleteExpired(before: Date): Promise<number> {
    const { count } = await this.#database.asWorker((tx) =>
      tx.eventTicket.deleteMany({ where: { expiresAt: { lt: before } } }),
    );
    return count;
  }
}

function toRights(caller: Caller): Static<typeof Rights> {
  return {
    scopes: [...caller.scopes],
    actor: caller.actor ?? null,
    clientId: caller.clientId ?? null,
    tokenExpiresAt: caller.tokenExpiresAt.getTime(),
    projects: [...caller.projects],
  };
}

function toCaller({ tenantId, userId }: Identity, rights: Static<typeof Rights>): Caller {
  return {
    tenantId,
    userId,
    scopes: new Set(rights.scopes),
    actor: rights.actor ?? undefined,
    clientId: rights.clientId ?? undefined,
    tokenExpiresAt: new Date(rights.tokenExpiresAt),
    projects: new Map(rights.projects),
  };
}
