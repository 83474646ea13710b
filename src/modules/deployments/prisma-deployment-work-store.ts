import { randomUUID } from 'node:crypto';
import { type Database, scheduleJob } from '../../database/index.ts';
import type { DeploymentInstance } from './deployment.ts';
import type {
  ClaimedDeployment,
  DeploymentWorkStore,
  InstanceOutcome,
  WorkOutcome,
} from './deployment-store.ts';
import { statusColumns, toDeployment, withInstances } from './prisma-deployment-rows.ts';

const NO_LEASE = { leaseId: null, leasedUntil: null };

/** Deployments of everybody in PostgreSQL. Nothing is locked while a runtime is asked. */
export class PrismaDeploymentWorkStore implements DeploymentWorkStore {
  readonly #database: Pick<Database, 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'asWorker'> }) {
    this.#database = database;
  }

  async claim({
    now,
    seconds,
  }: {
    now: Date;
    seconds: number;
  }): Promise<ClaimedDeployment | undefined> {
    const leaseId = randomUUID();
    const until = new Date(now.getTime() + seconds * 1000);
    return await this.#database.asWorker(async (tx) => {
      const [claimed] = await tx.$queryRaw<{ id: string; former: string | null }[]>`
        with due as (
          select id, lease_id as former from deployments
          where due_at <= ${now} and (leased_until is null or leased_until <= ${now})
          order by due_at, id limit 1 for update skip locked)
        update deployments d set lease_id = ${leaseId}::uuid, leased_until = ${until}
        from due where d.id = due.id returning d.id::text, due.former::text`;
      if (claimed === undefined) return undefined;
      const where = { id: claimed.id };
      const row = await tx.deployment.findUniqueOrThrow({ where, include: withInstances });
      return { deployment: toDeployment(row), leaseId, isResumed: claimed.former !== null };
    });
  }

  async nextDue(): Promise<Date | undefined> {
    const [row] = await this.#database.asWorker(
      (tx) => tx.$queryRaw<{ due: Date | null }[]>`
        select min(greatest(due_at, leased_until)) as due from deployments where due_at is not null`,
    );
    return row?.due ?? undefined;
  }

  async callAgain(at: Date): Promise<void> {
    await this.#database.asWorker((tx) => scheduleJob(tx, 'advance-deployments', at));
  }

  async hasten(
    { runtime, target }: Pick<DeploymentInstance, 'runtime' | 'target'>,
    now: Date,
  ): Promise<void> {
    await this.#database.asWorker(async (tx) => {
      const count = await tx.$executeRaw`
        update deployments set due_at = least(due_at, ${now})
        where due_at is not null and (runtime = ${runtime} and state = 'deploying'
          or id in (select deployment_id from deployment_instances where runtime = ${runtime} and target = ${target}))`;
      if (count > 0) await scheduleJob(tx, 'advance-deployments');
    });
  }

  finish({ deployment, leaseId }: ClaimedDeployment, outcome: WorkOutcome): Promise<boolean> {
    const { specHash, generation, at, isVisible, ...status } = outcome;
    const { id, version } = deployment;
    return this.#database.asWorker(async (tx) => {
      const { count } = await tx.deployment.updateMany({
        where: { id, leaseId, version },
        data: {
          ...statusColumns(status),
          ...NO_LEASE,
          ...{ specHash, generation },
          ...(isVisible && { version: { increment: 1 }, updatedAt: at }),
        },
      });
      if (count === 1) return true;
      await tx.deployment.updateMany({ where: { id, leaseId }, data: { ...NO_LEASE, dueAt: at } });
      return false;
    });
  }

  async isChanged({ deployment: { id, version } }: ClaimedDeployment): Promise<boolean> {
    const count = await this.#database.asWorker((tx) =>
      tx.deployment.count({ where: { id, version } }),
    );
    return count === 0;
  }

  async renew(
    { deployment: { id }, leaseId }: ClaimedDeployment,
    { now, seconds }: { now: Date; seconds: number },
  ): Promise<void> {
    const leasedUntil = new Date(now.getTime() + seconds * 1000);
    await this.#database.asWorker((tx) =>
      tx.deployment.updateMany({ where: { id, leaseId }, data: { leasedUntil } }),
    );
  }

  async release({ deployment: { id }, leaseId }: ClaimedDeployment, dueAt: Date): Promise<void> {
    await this.#database.asWorker((tx) =>
      tx.deployment.updateMany({ where: { id, leaseId }, data: { ...NO_LEASE, dueAt } }),
    );
  }

  async remove({ deployment: { id, version }, leaseId }: ClaimedDeployment): Promise<void> {
    await this.#database.asWorker(async (tx) => {
      const { count } = await tx.deployment.deleteMany({ where: { id, leaseId, version } });
      // Somebody wants it back.
      if (count === 0) await tx.deployment.updateMany({ where: { id, leaseId }, data: NO_LEASE });
    });
  }

  async addInstance(
    { deployment: { id: deploymentId, owner } }: ClaimedDeployment,
    { id, runtime, target, state, generation, createdAt }: DeploymentInstance,
  ): Promise<void> {
    const { tenantId, projectId: ownerId } = owner;
    const data = { id, deploymentId, tenantId, ownerKind: 'project', ownerId };
    await this.#database.asWorker((tx) =>
      tx.deploymentInstance.create({
        data: { ...data, runtime, target, state, generation, createdAt },
      }),
    );
  }

  async saveInstance(
    id: string,
    { url, seenAt, problemCode, ...rest }: InstanceOutcome,
  ): Promise<void> {
    const data = {
      ...rest,
      url: url ?? null,
      seenAt: seenAt ?? null,
      problemCode: problemCode ?? null,
    };
    await this.#database.asWorker((tx) =>
      tx.deploymentInstance.updateMany({ where: { id }, data }),
    );
  }

  async removeInstance(id: string): Promise<void> {
    await this.#database.asWorker((tx) => tx.deploymentInstance.deleteMany({ where: { id } }));
  }

  async listOrigins(): Promise<string[]> {
    const rows = await this.#database.asWorker((tx) =>
      tx.deploymentInstance.findMany({
        where: { url: { not: null } },
        distinct: ['url'],
        select: { url: true },
      }),
    );
    return [...new Set(rows.flatMap(({ url }) => (url === null ? [] : [new URL(url).origin])))];
  }
}
