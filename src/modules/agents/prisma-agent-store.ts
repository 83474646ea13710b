import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Database, DatabaseTransaction } from '../../database/index.ts';
import type { Prisma } from '../../database/prisma/client.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { AgentServerReport, Heartbeat, LastHeartbeat } from './agent.ts';
import type { AgentStore, FormerHeartbeat } from './agent-store.ts';

const Report = Type.Object({
  agent: Type.Object({
    version: Type.String(),
    hasDocker: Type.Boolean(),
    load: Type.Object({
      servers: Type.Number(),
      maxServers: Type.Number(),
      loadAverage: Type.Number(),
      processors: Type.Number(),
      freeMemoryMb: Type.Number(),
    }),
  }),
  servers: Type.Array(
    Type.Object({
      instanceId: Type.String(),
      generation: Type.Number(),
      phase: Type.Unsafe<AgentServerReport['phase']>(
        Type.Union(['starting', 'running', 'failed'].map((phase) => Type.Literal(phase))),
      ),
      step: Type.Union([Type.String(), Type.Null()]),
      percent: Type.Union([Type.Number(), Type.Null()]),
      problemCode: Type.Union([Type.String(), Type.Null()]),
      sessions: Type.Number(),
      restarts: Type.Number(),
    }),
  ),
});

/** Heartbeats in PostgreSQL. */
export class PrismaAgentStore implements AgentStore {
  readonly #database: Pick<Database, 'readAsUser' | 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'readAsUser' | 'asWorker'> }) {
    this.#database = database;
  }

  save(
    name: string,
    { runId, sequence, isStopping, agent, servers }: Heartbeat,
    seenAt: Date,
  ): Promise<{ before: FormerHeartbeat | undefined } | 'outdated'> {
    const report = JSON.stringify({ agent, servers });
    return this.#database.asWorker(async (tx) => {
      // Two that come at once are told apart by this, also where there is no row yet.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`agent ${name}`}, 0))`;
      const row = await tx.agent.findUnique({ where: { name } });
      if (row !== null && row.runId === runId && row.sequence >= sequence) return 'outdated';
      await tx.$executeRaw`
        insert into agents (name, seen_at, run_id, sequence, is_stopped, report)
        values (${name}, ${seenAt}, ${runId}::uuid, ${sequence}, ${isStopping}, ${report}::json)
        on conflict (name) do update set seen_at = excluded.seen_at, run_id = excluded.run_id, sequence = excluded.sequence,
          is_stopped = excluded.is_stopped, report = excluded.report`;
      return { before: row === null ? undefined : toFormer(row) };
    });
  }

  list(): Promise<LastHeartbeat[]> {
    return this.#database.asWorker(listAll);
  }

  listFor(operator: Identity): Promise<LastHeartbeat[]> {
    return this.#database.readAsUser(operator, async (tx) => {
      await tx.$executeRaw`SELECT set_config('app.agents', 'on', true)`;
      return await listAll(tx);
    });
  }
}

async function listAll(tx: DatabaseTransaction): Promise<LastHeartbeat[]> {
  const rows = await tx.agent.findMany({ orderBy: { name: 'asc' } });
  return rows.map(({ name, seenAt, isStopped: isStopping, report }) => ({
    ...{ name, seenAt, isStopping },
    agent: Value.Decode(Report, report).agent,
  }));
}

function toFormer({ seenAt, isStopped, report }: Prisma.AgentGetPayload<object>): FormerHeartbeat {
  return { seenAt, isStopping: isStopped, servers: Value.Decode(Report, report).servers };
}
