import { ConstraintViolation, type Database } from '../../database/index.ts';
import type { Prisma } from '../../database/prisma/client.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { Deployment } from './deployment.ts';
import type {
  DeploymentChanges,
  DeploymentPosition,
  DeploymentStore,
  NewDeployment,
} from './deployment-store.ts';
import {
  projectColumns,
  statusColumns,
  toDeployment,
  withInstances,
} from './prisma-deployment-rows.ts';

/** Sessions of its connector are ended where that is needed; what it changes belongs to no connector. */
const KEEPS_CONNECTORS = { keepsConnectors: true };

/** Deployments in PostgreSQL. */
export class PrismaDeploymentStore implements DeploymentStore {
  readonly #database: Pick<Database, 'asUser' | 'readAsUser'>;

  constructor({ database }: { database: Pick<Database, 'asUser' | 'readAsUser'> }) {
    this.#database = database;
  }

  async list(
    identity: Identity,
    { limit, after }: { limit: number; after: DeploymentPosition | undefined },
  ): Promise<Deployment[]> {
    const older: Prisma.DeploymentWhereInput =
      after === undefined
        ? {}
        : {
            OR: [
              { createdAt: { lt: after.createdAt } },
              { createdAt: after.createdAt, id: { lt: after.id } },
            ],
          };
    const rows = await this.#database.readAsUser(identity, (tx) =>
      tx.deployment.findMany({
        where: { ...projectColumns(identity), ...older },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: limit,
        include: withInstances,
      }),
    );
    return rows.map(toDeployment);
  }

  find(identity: Identity, id: string): Promise<Deployment | undefined> {
    return this.#find(identity, { id });
  }

  findByEntry(identity: Identity, entryKey: string): Promise<Deployment | undefined> {
    return this.#find(identity, { entryKey });
  }

  async findProject(
    identity: Identity,
    projectIds: readonly string[],
    id: string,
  ): Promise<string | undefined> {
    const { tenantId } = identity;
    const owner = { tenantId, ownerKind: 'project', ownerId: { in: [...projectIds] } };
    const row = await this.#database.readAsUser(
      identity,
      (tx) => tx.deployment.findFirst({ where: { id, ...owner }, select: { ownerId: true } }),
      { projectIds },
    );
    return row?.ownerId;
  }

  async insert(
    identity: Identity,
    { at, ...deployment }: NewDeployment,
  ): Promise<Deployment | undefined> {
    const owner = projectColumns(identity);
    try {
      const row = await this.#database.asUser(
        identity,
        async (tx, record) => {
          await record({ kind: 'deployment', id: deployment.id });
          return await tx.deployment.create({
            data: {
              ...owner,
              ...deployment,
              ...{ state: 'deploying', wanted: 'running', step: 'waiting' },
              ...{ startedAt: at, dueAt: at, createdAt: at, updatedAt: at },
            },
            include: withInstances,
          });
        },
        KEEPS_CONNECTORS,
      );
      return toDeployment(row);
    } catch (error) {
      const isThere =
        error instanceof ConstraintViolation && error.constraint === 'deployments_owner_entry_key';
      if (isThere) return undefined;
      throw error;
    }
  }

  update(
    identity: Identity,
    id: string,
    version: number,
    { wanted, sealed, specHash, generation, at, ...status }: DeploymentChanges,
  ): Promise<Deployment | undefined> {
    const where = { ...projectColumns(identity), id };
    return this.#database.asUser(
      identity,
      async (tx, record) => {
        const { count } = await tx.deployment.updateMany({
          where: { ...where, version },
          data: {
            ...statusColumns(status),
            ...(wanted !== undefined && { wanted }),
            ...(sealed !== undefined && { sealed }),
            ...(specHash !== undefined && { specHash }),
            ...(generation !== undefined && { generation }),
            version: { increment: 1 },
            updatedAt: at,
          },
        });
        if (count === 0) return undefined;
        await record({ kind: 'deployment', id });
        return toDeployment(
          await tx.deployment.findFirstOrThrow({ where, include: withInstances }),
        );
      },
      KEEPS_CONNECTORS,
    );
  }

  async #find(
    identity: Identity,
    by: { id: string } | { entryKey: string },
  ): Promise<Deployment | undefined> {
    const row = await this.#database.readAsUser(identity, (tx) =>
      tx.deployment.findFirst({
        where: { ...projectColumns(identity), ...by },
        include: withInstances,
      }),
    );
    return row === null ? undefined : toDeployment(row);
  }
}
