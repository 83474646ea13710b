import type { Database, DatabaseTransaction } from '../../database/index.ts';
import type { Audience, ChangeEvent, EventRange } from './event.ts';
import type { EventStore } from './event-store.ts';

/** How many events get their place in one transaction. */
const BATCH = 1_000;
/** Names the lock under which places are given: any number that nothing else of us uses. */
const LOCK = 4_727_001;

interface EventRow {
  position: bigint;
  kind: string;
  object_type: string;
  object_id: string;
  project_id: string | null;
  created_at: Date;
}

/** Events in PostgreSQL, written by its triggers. */
export class PrismaEventStore implements EventStore {
  readonly #database: Pick<Database, 'readAsUser' | 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'readAsUser' | 'asWorker'> }) {
    this.#database = database;
  }

  async publish(): Promise<EventRange> {
    for (;;) {
      const { placed, range } = await this.#database.asWorker(async (tx) => {
        await lock(tx);
        return { placed: await placeSome(tx), range: await rangeOf(tx) };
      });
      if (placed < BATCH) return range;
    }
  }

  async read(
    { tenantId, userId, projectIds }: Audience,
    after: bigint,
    limit: number,
  ): Promise<ChangeEvent[]> {
    const rows = await this.#database.readAsUser(
      { tenantId, userId },
      (tx) => tx.$queryRaw<EventRow[]>`
        select position, kind, object_type, object_id, project_id, created_at from events
        where tenant_id = ${tenantId} and position > ${after}
          and (user_id is null or user_id = ${userId}) and (project_id is null or project_id = any(${[...projectIds]}))
        order by position limit ${limit}`,
      { projectIds },
    );
    return rows.map(toEvent);
  }

  async deleteBefore(time: Date): Promise<number> {
    // Also where nobody has followed for long: only what has a place is deleted.
    await this.publish();
    return await this.#database.asWorker(async (tx) => {
      await lock(tx);
      // From the first one on without a gap, so that the oldest place says what is missing. One that is being erased is left for the next time.
      return tx.$executeRaw`
        delete from events where id in (
          select id from events
          where position <= (select max(position) from events where created_at < ${time}) order by position limit 5000 for update skip locked
        )`;
    });
  }
}

/** One process after the other, until the end of the transaction. */
async function lock(tx: DatabaseTransaction): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`;
}

/** In the order in which they were written. What is being erased is not waited for. @returns how many */
function placeSome(tx: DatabaseTransaction): Promise<number> {
  return tx.$executeRaw`
    with waiting as materialized (
      select id from events where position is null order by id limit ${BATCH} for update skip locked
    ), placed as materialized (
      select id, nextval('events_position_seq') as position from (select id from waiting order by id) ordered
    )
    update events set position = placed.position, transaction_id = null from placed where events.id = placed.id`;
}

async function rangeOf(tx: DatabaseTransaction): Promise<EventRange> {
  const [row] = await tx.$queryRaw<{ newest: bigint; first: bigint | null }[]>`
    select case when is_called then last_value else 0 end as newest, (select min(position) from events) as first
    from events_position_seq`;
  if (row === undefined) throw new Error('There is no sequence of events.');
  return { newest: row.newest, oldest: row.first === null ? row.newest : row.first - 1n };
}

function toEvent(row: EventRow): ChangeEvent {
  return {
    position: row.position,
    kind: row.kind,
    objectType: row.object_type,
    objectId: row.object_id,
    projectId: row.project_id ?? undefined,
    at: row.created_at,
  };
}
